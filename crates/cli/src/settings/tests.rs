#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;

fn read(text: &str) -> Result<Settings, String> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    Settings::read(file.path())
        .map_err(|fail| format!("{fail:?}").replace(&*file.path().to_string_lossy(), "FILE"))
}

#[test]
fn an_empty_file_changes_nothing() {
    assert_eq!(read("").unwrap(), Settings::default());
}

#[test]
fn what_is_printed_reads_back_as_itself() {
    let printed = toml::to_string(&Settings::default()).unwrap();
    assert_eq!(read(&printed).unwrap(), Settings::default());
    insta::assert_snapshot!(printed);
}

#[test]
fn a_file_says_only_what_it_changes() {
    let settings = read("[limits]\npage_objects = 50\n[rates]\naccount_per_second = 0\n").unwrap();
    let caps = settings.caps();
    assert_eq!((caps.page, caps.rates.account), (50, None));
    assert_eq!(caps.requests, Caps::default().requests);
}

#[test]
fn faults_name_the_place_and_the_rule() {
    let faults = [
        "[limits]\npage_objcts = 50\n",
        "[limits]\npage_objects = 0\n",
        "[limits]\nbody_bytes = 1_000_000_000\n",
        "[log]\nformat = \"xml\"\n",
        "[http]\nlisten = \"here\"\n",
        "[http\n",
    ];
    let said: Vec<String> = faults.into_iter().map(|text| read(text).unwrap_err()).collect();
    insta::assert_snapshot!(said.join("\n----\n"));
}
