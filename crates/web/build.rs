//! Lists the translations, so that a further language is one more file in `locales/`.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=locales");
    println!("cargo::rerun-if-changed=templates");
    let root = env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?;
    let out = env::var("OUT_DIR").map_err(io::Error::other)?;
    let folder = Path::new(&root).join("locales");
    let mut tags = Vec::new();
    for entry in fs::read_dir(&folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|kind| kind == "ftl")
            && let Some(tag) = path.file_stem().and_then(|stem| stem.to_str())
        {
            tags.push(tag.to_owned());
        }
    }
    // English first: it is the language of whoever asks for none that is here.
    tags.sort_by_key(|tag| (tag != "en", tag.clone()));
    let mut list = String::from("&[\n");
    for tag in tags {
        let file = folder.join(format!("{tag}.ftl"));
        writeln!(list, "    ({tag:?}, include_str!({:?})),", file.display()).map_err(io::Error::other)?;
    }
    list.push(']');
    fs::write(Path::new(&out).join("locales.rs"), list)
}
