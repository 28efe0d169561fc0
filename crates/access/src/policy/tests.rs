#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::difference::difference;
use super::*;

const ASTERIN: &str = include_str!("../../../../fixtures/policies/asterin.xml");

fn asterin() -> Policy {
    spif::read(ASTERIN).unwrap().policy
}

fn refused(from: &str, to: &str) -> String {
    assert!(ASTERIN.contains(from), "{from}");
    spif::read(&ASTERIN.replacen(from, to, 1)).unwrap_err().to_string()
}

#[test]
fn the_built_in_policy_is_its_file() {
    let read = spif::read(EXERCISE_SPIF).unwrap();
    assert_eq!(read.losses, []);
    let exercise = find("EXERCISE").expect("the file in the program is read");
    assert_eq!(*exercise, read.policy);
    let levels: Vec<&str> = exercise.levels.iter().map(|level| level.id.as_str()).collect();
    assert_eq!(levels, ["UNCLASSIFIED", "RESTRICTED", "CONFIDENTIAL", "SECRET"]);
    assert_eq!(exercise.level("SECRET").unwrap().name("ja"), "極秘");
    assert_eq!(exercise.level("SECRET").unwrap().colour, "#c8102e");
    assert!(exercise.equivalences.is_empty(), "it claims no equivalence");
}

#[test]
fn a_policy_is_read_and_written_back() {
    let policy = asterin();
    assert_eq!(policy.levels.len(), 5);
    assert_eq!(policy.rank("GUARDED"), Some(2));
    assert_eq!(policy.level("GUARDED").unwrap().name("fr"), "Guarded");
    assert_eq!(policy.equivalences.len(), 4);
    assert_eq!(policy.equivalences[1].from, Some("2026-04-01T00:00:00Z".parse().unwrap()));
    assert_eq!(policy.equivalences[3].applied, Applied::Encrypt);
    let kinds: Vec<TagType> = policy.sets.iter().flat_map(|set| &set.tags).map(|tag| tag.kind).collect();
    assert_eq!(kinds, [TagType::EnumeratedPermissive, TagType::Restrictive, TagType::Informative]);
    for policy in [policy, find("EXERCISE").unwrap().clone()] {
        let again = spif::read(&spif::write(&policy)).unwrap();
        assert_eq!(again.policy, policy);
        assert_eq!(again.losses, []);
    }
}

#[test]
fn what_is_not_applied_is_a_stated_loss() {
    let marked = ASTERIN.replacen(
        "<tagCategory name=\"EST\" lacv=\"233\"/>",
        "<tagCategory name=\"EST\" lacv=\"233\"><excludedClass>SEALED</excludedClass></tagCategory>",
        1,
    );
    let losses = spif::read(&marked).unwrap().losses;
    assert_eq!(losses.iter().map(|loss| loss.part.as_str()).collect::<Vec<_>>(), ["excludedClass"]);
}

#[test]
fn refusals_name_the_line_and_the_rule() {
    let told = [
        refused("<SPIF ", "<!DOCTYPE SPIF><SPIF "),
        refused("http://www.xmlspif.org/spif", "http://example.org/spif"),
        refused("id=\"2.25.332922775440291421287013159579273464491\"", "id=\"Asterin\""),
        refused("lacv=\"20\"", "lacv=\"10\""),
        refused("hierarchy=\"15\"", "hierarchy=\"10\""),
        refused("name=\"GUARDED\"", "name=\"closed\""),
        refused("color=\"#f9a825\"", "color=\"red;}\""),
        refused("applied=\"encrypt\"", "applied=\"sometimes\""),
        refused("kz:until=\"2027-04-01T00:00:00Z\"", "kz:until=\"2025-04-01T00:00:00Z\""),
        refused("kz:from=\"2026-04-01T00:00:00Z\"", "kz:from=\"next year\""),
        refused("policyRef=\"EXERCISE\"", "policyRef=\"NATO\""),
        refused("tagType=\"restrictive\"", "tagType=\"secret\""),
        refused("version=\"1\"\n", "version=\"one\"\n"),
    ];
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn an_equivalence_holds_from_its_first_instant_until_before_its_last() {
    let (asterin, exercise) = (asterin(), find("EXERCISE").unwrap());
    let service = asterin.rank("SERVICE").unwrap();
    let open = asterin.rank("OPEN").unwrap();
    let worth =
        |text: &str| reaches(exercise, exercise.rank("RESTRICTED").unwrap(), &asterin, text.parse().unwrap());
    assert_eq!(worth("2026-03-31T23:59:59Z"), Some(open));
    assert_eq!(worth("2026-04-01T00:00:00Z"), Some(service));
    assert_eq!(worth("2026-04-01T00:00:01Z"), Some(service));
    assert_eq!(worth("2027-03-31T23:59:59Z"), Some(service));
    assert_eq!(worth("2027-04-01T00:00:00Z"), Some(open));
    assert_eq!(worth("2027-04-01T00:00:01Z"), Some(open));
}

#[test]
fn an_equivalence_is_applied_in_its_direction_and_to_its_level() {
    let (asterin, exercise) = (asterin(), find("EXERCISE").unwrap());
    let noon = "2026-06-01T12:00:00Z".parse().unwrap();
    let there = |level: &str| {
        let rank = reaches(exercise, exercise.rank(level).unwrap(), &asterin, noon)?;
        Some(asterin.levels[rank].id.as_str())
    };
    let back = |level: &str| {
        let rank = reaches(&asterin, asterin.rank(level).unwrap(), exercise, noon)?;
        Some(exercise.levels[rank].id.as_str())
    };
    assert_eq!(
        ["UNCLASSIFIED", "RESTRICTED", "CONFIDENTIAL", "SECRET"].map(there),
        [Some("OPEN"), Some("SERVICE"), Some("CLOSED"), Some("SEALED")]
    );
    // GUARDED lies between: it is worth what the level below it is. SEALED is applied outward only.
    assert_eq!(
        ["OPEN", "SERVICE", "GUARDED", "CLOSED", "SEALED"].map(back),
        [
            Some("UNCLASSIFIED"),
            Some("RESTRICTED"),
            Some("RESTRICTED"),
            Some("CONFIDENTIAL"),
            Some("CONFIDENTIAL")
        ]
    );
}

#[test]
fn a_difference_says_what_changed() {
    let before = asterin();
    let text = ASTERIN.replacen("version=\"1\"\n", "version=\"2\"\n", 1).replacen(
        "color=\"#f9a825\"",
        "color=\"orange\"",
        1,
    );
    let text = text.replacen("kz:until=\"2027-04-01T00:00:00Z\"", "kz:until=\"2028-04-01T00:00:00Z\"", 1);
    let text = text.replacen("<tagCategory name=\"PORTS\" lacv=\"2\"/>", "", 1);
    let after = spif::read(&text).unwrap().policy;
    insta::assert_json_snapshot!(difference(Some(&before), &after));
    assert_eq!(difference(Some(&before), &before), []);
    assert!(difference(None, &after).iter().all(|change| change.before.is_none()));
}
