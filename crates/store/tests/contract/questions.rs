//! What can be asked.

use kizuna_testkit::script::{Contribution, Holds, Label, Party, Query, Search, Selection, Versions};

use super::{Story, but, find, given, select};

fn world() -> Label {
    Label::naming([Party::World])
}

fn quad() -> Label {
    Label::naming([Party::Community("quad".into())])
}

fn saying(object: u32, words: &[&str], label: Label) -> Contribution {
    but(given(object, "jp-cert", label), |it| {
        it.content.words = words.iter().map(|word| (*word).to_owned()).collect();
    })
}

fn words(words: &[&str]) -> Search {
    Search { words: words.iter().map(|word| (*word).to_owned()).collect(), ..Search::default() }
}

#[test]
fn text_is_found_by_whole_words_in_any_language_newest_first() {
    Story::new()
        .gives(saying(0, &["harbour", "lantern"], world()))
        .gives(saying(1, &["harbour", "攻撃"], world()))
        .gives(saying(2, &["harbour"], quad()))
        .asks("fr-cert-ana", find(words(&["harbour"])), "1@-100/0 jp-cert, 0@-100/0 jp-cert")
        .asks("fr-cert-ana", find(words(&["HARBOUR", "lantern"])), "0@-100/0 jp-cert")
        .asks("fr-cert-ana", find(words(&["harb"])), "nothing")
        .asks("fr-cert-ana", find(words(&["攻撃"])), "1@-100/0 jp-cert")
        .asks(
            "ee-cert-ana",
            find(words(&["harbour"])),
            "2@-100/0 jp-cert, 1@-100/0 jp-cert, 0@-100/0 jp-cert",
        )
        .holds();
}

#[test]
fn only_what_the_newest_readable_version_says_is_found() {
    let newer = but(saying(0, &["lantern"], quad()), |it| it.content.modified = -50);
    Story::new()
        .gives(saying(0, &["harbour"], world()))
        .gives(newer)
        .asks("ee-cert-ana", find(words(&["harbour"])), "nothing")
        .asks("ee-cert-ana", find(words(&["lantern"])), "0@-50/0 jp-cert")
        .asks("fr-cert-ana", find(words(&["harbour"])), "0@-100/0 jp-cert")
        .asks("fr-cert-ana", find(words(&["lantern"])), "nothing")
        .holds();
}

#[test]
fn values_references_and_types_are_found() {
    let value = Search { value_of: Some(4), ..Search::default() };
    let refers = Search { refers_to: Some(4), ..Search::default() };
    let malware = Search { kinds: vec!["malware".into()], ..Search::default() };
    Story::new()
        .gives(given(4, "jp-cert", world()))
        .gives(given(8, "jp-cert", world()))
        .gives(but(given(1, "jp-cert", world()), |it| it.content.refs = vec![4]))
        .gives(but(given(6, "jp-cert", quad()), |it| it.content.refs = vec![4]))
        // An indicator and a domain name that state the same value.
        .asks("fr-cert-ana", find(value), "8/0 jp-cert, 4@-100/0 jp-cert")
        .asks("fr-cert-ana", find(refers), "1@-100/0 jp-cert")
        .asks("fr-cert-ana", find(malware), "1@-100/0 jp-cert")
        .holds();
}

#[test]
fn a_count_stops_at_its_cap() {
    let count = |cap| Query::Count { search: words(&["harbour"]), cap };
    Story::new()
        .gives(saying(0, &["harbour"], world()))
        .gives(saying(1, &["harbour"], world()))
        .gives(saying(2, &["harbour"], quad()))
        .asks("fr-cert-ana", count(1), "1+")
        .asks("fr-cert-ana", count(2), "2")
        .asks("ee-cert-ana", count(2), "2+")
        .asks("ee-cert-ana", count(3), "3")
        .holds();
}

#[test]
fn a_selection_filters_by_what_is_named_by_id_by_type_and_by_own() {
    let naming = Selection { holds: Holds::Naming(Party::Community("quad".into())), ..Selection::default() };
    let ids = Selection { objects: vec![1, 2, 9], ..Selection::default() };
    let kinds = Selection { kinds: vec!["indicator".into()], ..Selection::default() };
    let own = Selection { own: true, versions: Versions::All, ..Selection::default() };
    Story::new()
        .gives(given(0, "jp-cert", world()))
        .gives(given(1, "jp-cert", quad()))
        .gives(given(2, "ee-cert", world()))
        .asks("ee-cert-ana", select(naming.clone()), "1@-100/0 jp-cert")
        .asks("fr-cert-ana", select(naming), "nothing")
        .asks("fr-cert-ana", select(ids), "2@-100/0 ee-cert")
        .asks("fr-cert-ana", select(kinds), "0@-100/0 jp-cert")
        .asks("ee-cert-ana", select(own.clone()), "2@-100/0 ee-cert")
        .asks("fr-cert-ana", select(own), "nothing")
        .holds();
}
