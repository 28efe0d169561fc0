//! A source takes its contributions back.

use kizuna_testkit::script::{Label, Op, Party, Query, Versions};

use super::{Story, all, but, given, page, walk};

fn world() -> Label {
    Label::naming([Party::World])
}

fn narrow(source: &str, object: u32, version: Option<i64>) -> Op {
    Op::Narrow { source: source.into(), object, version }
}

#[test]
fn what_is_narrowed_stays_its_members_and_others_read_a_recall() {
    Story::new()
        .gives(given(0, "jp-cert", world()))
        .gives(given(1, "jp-cert", Label::own("jp-cert")))
        .asks("ee-cert-ana", walk(9), "0@-100/0 jp-cert")
        .does(narrow("jp-cert", 0, None))
        .asks("ee-cert-ana", Query::Object(0), "nothing")
        .asks("ee-cert-ana", Query::Claims(0), "nothing")
        .asks("ee-cert-ana", walk(9), "0 recalled jp-cert")
        .asks("jp-cert-ana", Query::Object(0), "0@-100/0 jp-cert")
        // Who could not read it is told nothing.
        .does(narrow("jp-cert", 1, None))
        .asks("ee-cert-ana", all(), "0 recalled jp-cert")
        .holds();
}

#[test]
fn one_version_can_be_narrowed_alone() {
    let newer = || but(given(0, "jp-cert", world()), |it| it.content.modified = -50);
    Story::new()
        .gives(given(0, "jp-cert", world()))
        .gives(newer())
        .does(narrow("jp-cert", 0, Some(-50)))
        .asks("ee-cert-ana", page(Versions::All), "0@-100/0 jp-cert, 0 recalled jp-cert")
        .asks("jp-cert-ana", Query::Versions(0), "0@-100/0 jp-cert, 0@-50/0 jp-cert")
        .holds();
}

#[test]
fn only_what_a_source_gave_itself_is_narrowed() {
    Story::new()
        .gives(given(0, "jp-cert", world()))
        .does(narrow("ee-cert", 0, None))
        .does(narrow("ee-cert", 5, None))
        .asks("fr-cert-ana", all(), "0@-100/0 jp-cert")
        .holds();
}

#[test]
fn what_was_narrowed_can_be_given_again() {
    Story::new()
        .gives(given(0, "jp-cert", world()))
        .does(narrow("jp-cert", 0, None))
        .gives(given(0, "jp-cert", world()))
        .asks("ee-cert-ana", all(), "0 recalled jp-cert, 0@-100/0 jp-cert")
        .holds();
}
