//! Who is meant by a label.

use kizuna_testkit::script::{Handling, Label, Op, Party, Query, Role, Search, Tlp};

use super::{Story, all, find, given};

fn country(code: &str) -> Party {
    Party::Country(code.into())
}

fn member(name: &str) -> Party {
    Party::Member(name.into())
}

fn community(name: &str) -> Party {
    Party::Community(name.into())
}

#[test]
fn a_label_names_countries_members_communities_persons_or_the_world() {
    Story::new()
        .gives(given(0, "jp-cert", Label::naming([country("JPN")])))
        .gives(given(1, "jp-cert", Label::naming([member("ee-cert")])))
        .gives(given(2, "jp-cert", Label::naming([community("quad")])))
        .gives(given(4, "jp-cert", Label::naming([Party::Person("fr-cert-ana".into())])))
        .gives(given(5, "jp-cert", Label::naming([Party::World])))
        .asks("jp-cert-ana", all(), "0@-100/0 jp-cert, 2@-100/0 jp-cert, 5@-100/0 jp-cert")
        .asks("jp-power-ana", all(), "0@-100/0 jp-cert, 5@-100/0 jp-cert")
        .asks("ee-cert-ana", all(), "1@-100/0 jp-cert, 2@-100/0 jp-cert, 5@-100/0 jp-cert")
        .asks("fr-cert-ana", all(), "4@-100/0 jp-cert, 5@-100/0 jp-cert")
        .holds();
}

#[test]
fn a_reader_must_be_in_one_party_of_every_clause() {
    let both = Label::naming([community("quad")]).and([country("EST"), country("FRA")]);
    Story::new()
        .gives(given(0, "jp-cert", both))
        .gives(given(1, "jp-cert", Label::default()))
        .asks("ee-cert-ana", all(), "0@-100/0 jp-cert")
        .asks("jp-cert-ana", all(), "nothing")
        .asks("fr-cert-ana", all(), "nothing")
        .holds();
}

#[test]
fn clients_read_with_those_named_down_to_amber_and_no_further() {
    let named = || Label::naming([member("jp-cert")]);
    Story::new()
        .does(Op::ClientOf { client: "jp-power".into(), of: "jp-cert".into() })
        .gives(given(0, "ee-cert", named().tlp(Tlp::Green)))
        .gives(given(1, "ee-cert", named().tlp(Tlp::Amber)))
        .gives(given(2, "ee-cert", named().tlp(Tlp::AmberStrict)))
        .gives(given(4, "ee-cert", named().tlp(Tlp::Red)))
        .gives(given(5, "ee-cert", named()))
        .gives(given(6, "ee-cert", Label::naming([Party::ClientsOf("jp-cert".into())])))
        .asks("jp-power-ana", all(), "0@-100/0 ee-cert, 1@-100/0 ee-cert, 6@-100/0 ee-cert")
        .does(Op::NotClientOf { client: "jp-power".into(), of: "jp-cert".into() })
        .asks("jp-power-ana", all(), "nothing")
        .holds();
}

#[test]
fn red_counts_only_members_and_persons() {
    Story::new()
        .gives(given(0, "jp-cert", Label::naming([country("EST"), community("quad")]).tlp(Tlp::Red)))
        .gives(given(1, "jp-cert", Label::naming([member("ee-cert"), country("FRA")]).tlp(Tlp::Red)))
        .gives(given(
            2,
            "jp-cert",
            Label::naming([Party::World]).and([member("ee-cert")]).tlp(Tlp::AmberStrict),
        ))
        .asks("ee-cert-ana", all(), "1@-100/0 jp-cert, 2@-100/0 jp-cert")
        .asks("fr-cert-ana", all(), "nothing")
        .holds();
}

#[test]
fn a_draft_is_for_those_of_its_member_who_write() {
    Story::new()
        .person("jp-reader", "jp-cert", &[Role::Reader])
        .gives(given(0, "jp-cert", Label::own("jp-cert").handling(Handling::Draft)))
        .asks("jp-cert-ana", all(), "0@-100/0 jp-cert")
        .asks("jp-reader", all(), "nothing")
        .does(Op::SetRoles { person: "jp-reader".into(), roles: [Role::Releaser].into() })
        .asks("jp-reader", all(), "0@-100/0 jp-cert")
        .holds();
}

#[test]
fn hidden_and_absent_are_the_same() {
    let mut story = Story::new().gives(given(0, "jp-cert", Label::own("jp-cert")));
    for object in [0, 9] {
        let refers = Search { refers_to: Some(object), ..Search::default() };
        let value = Search { value_of: Some(object), ..Search::default() };
        story = story
            .asks("ee-cert-ana", Query::Object(object), "nothing")
            .asks("ee-cert-ana", Query::Versions(object), "nothing")
            .asks("ee-cert-ana", Query::Claims(object), "nothing")
            .asks("ee-cert-ana", find(refers.clone()), "nothing")
            .asks("ee-cert-ana", find(value), "nothing")
            .asks("ee-cert-ana", Query::Count { search: refers, cap: 1 }, "0");
    }
    // Writing to an id that one cannot see is like writing to a new one.
    story
        .gives(given(0, "ee-cert", Label::own("ee-cert")))
        .gives(given(5, "ee-cert", Label::own("ee-cert")))
        .asks("ee-cert-ana", all(), "0@-100/0 ee-cert, 5@-100/0 ee-cert")
        .asks("jp-cert-ana", all(), "0@-100/0 jp-cert")
        .holds();
}
