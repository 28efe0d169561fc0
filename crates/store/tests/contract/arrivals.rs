//! In which order, and how often, content reaches a viewer.

use kizuna_testkit::script::{Label, Op, Party};

use super::{Story, all, given, walk, walk_by_date};

fn quad() -> Label {
    Label::naming([Party::Community("quad".into())])
}

fn ring() -> Label {
    Label::naming([Party::Community("ring".into())])
}

fn world() -> Label {
    Label::naming([Party::World])
}

#[test]
fn what_a_right_gained_later_opens_arrives_after_the_cursor_exactly_once() {
    Story::new()
        .gives(given(0, "jp-cert", quad()))
        .gives(given(1, "jp-cert", world()))
        .gives(given(2, "jp-cert", quad()))
        .asks("fr-cert-ana", walk(1), "1@-100/0 jp-cert")
        .asks("fr-cert-ana", walk_by_date(1), "1@-100/0 jp-cert")
        .joins("quad", "fr-cert")
        .gives(given(4, "jp-cert", world()))
        .asks("fr-cert-ana", walk(2), "0@-100/0 jp-cert, 2@-100/0 jp-cert, more")
        .asks("fr-cert-ana", walk_by_date(1), "0@-100/0 jp-cert, more")
        .gives(given(5, "jp-cert", quad()))
        .asks("fr-cert-ana", walk(2), "4@-100/0 jp-cert, 5@-100/0 jp-cert")
        .asks("fr-cert-ana", walk_by_date(2), "2@-100/0 jp-cert, 4@-100/0 jp-cert, more")
        .asks("fr-cert-ana", walk_by_date(2), "5@-100/0 jp-cert")
        .asks("fr-cert-ana", walk(2), "nothing")
        .asks("fr-cert-ana", walk_by_date(2), "nothing")
        .asks(
            "ee-cert-ana",
            walk(9),
            "0@-100/0 jp-cert, 1@-100/0 jp-cert, 2@-100/0 jp-cert, 4@-100/0 jp-cert, 5@-100/0 jp-cert",
        )
        .holds();
}

#[test]
fn a_right_lost_closes_and_a_right_regained_opens_again() {
    Story::new()
        .gives(given(0, "jp-cert", quad()))
        .asks("ee-cert-ana", walk(9), "0@-100/0 jp-cert")
        .leaves("quad", "ee-cert")
        .gives(given(1, "jp-cert", quad()))
        .asks("ee-cert-ana", all(), "nothing")
        .asks("ee-cert-ana", walk(9), "nothing")
        .gives(given(2, "jp-cert", world()))
        .asks("ee-cert-ana", walk(9), "2@-100/0 jp-cert")
        .joins("quad", "ee-cert")
        .asks("ee-cert-ana", walk(9), "0@-100/0 jp-cert, 1@-100/0 jp-cert")
        .holds();
}

#[test]
fn a_membership_counts_from_its_first_second_to_before_its_last() {
    Story::new()
        .gives(given(0, "jp-cert", quad()))
        .joins_for("quad", "fr-cert", Some(10), Some(20))
        .passes(9)
        .asks("fr-cert-ana", all(), "nothing")
        .passes(1)
        .asks("fr-cert-ana", all(), "0@-100/0 jp-cert")
        .passes(1)
        .asks("fr-cert-ana", all(), "0@-100/0 jp-cert")
        .passes(8)
        .asks("fr-cert-ana", all(), "0@-100/0 jp-cert")
        .passes(1)
        .asks("fr-cert-ana", all(), "nothing")
        .passes(1)
        .asks("fr-cert-ana", all(), "nothing")
        .holds();
}

#[test]
fn a_community_from_joining_opens_what_arrives_from_then_on() {
    Story::new()
        .gives(given(0, "jp-cert", ring()))
        .passes(10)
        .gives(given(1, "jp-cert", ring()))
        .joins("ring", "fr-cert")
        .gives(given(2, "jp-cert", ring()))
        .asks("fr-cert-ana", all(), "2@-100/0 jp-cert")
        // With an earlier date of joining, what arrived since that date.
        .joins_for("ring", "ee-cert", Some(5), None)
        .asks("ee-cert-ana", all(), "1@-100/0 jp-cert, 2@-100/0 jp-cert")
        .leaves("ring", "fr-cert")
        .passes(10)
        .gives(given(4, "jp-cert", ring()))
        .joins("ring", "fr-cert")
        .gives(given(5, "jp-cert", ring()))
        .asks("fr-cert-ana", walk(9), "5@-100/0 jp-cert")
        .holds();
}

#[test]
fn a_key_opens_until_it_expires_or_is_revoked_and_never_after_its_person() {
    let key = |name: &str, expires| Op::AddKey {
        name: name.into(),
        person: "ee-cert-ana".into(),
        read_only: true,
        expires,
    };
    Story::new()
        .gives(given(0, "jp-cert", quad()))
        .does(key("short", Some(10)))
        .does(key("long", None))
        .passes(9)
        .asks_with_key("ee-cert-ana", "short", all(), "0@-100/0 jp-cert")
        .passes(1)
        .asks_with_key("ee-cert-ana", "short", all(), "nobody")
        .passes(1)
        .asks_with_key("ee-cert-ana", "short", all(), "nobody")
        .asks_with_key("ee-cert-ana", "long", all(), "0@-100/0 jp-cert")
        .does(Op::RevokeKey { name: "long".into() })
        .asks_with_key("ee-cert-ana", "long", all(), "nobody")
        .does(key("third", None))
        .asks_with_key("ee-cert-ana", "third", all(), "0@-100/0 jp-cert")
        .does(Op::RemovePerson { person: "ee-cert-ana".into() })
        .asks_with_key("ee-cert-ana", "third", all(), "nobody")
        .asks("ee-cert-ana", all(), "nobody")
        .holds();
}

#[test]
fn dates_do_not_fall_back_when_a_right_is_lost() {
    Story::new()
        .gives(given(0, "jp-cert", quad()))
        .gives(given(1, "jp-cert", quad()))
        .gives(given(2, "jp-cert", quad()))
        .joins("quad", "fr-cert")
        .gives(given(4, "jp-cert", world()))
        .gives(given(5, "jp-cert", world()))
        .gives(given(6, "jp-cert", world()))
        .asks(
            "fr-cert-ana",
            walk_by_date(4),
            "0@-100/0 jp-cert, 1@-100/0 jp-cert, 2@-100/0 jp-cert, 4@-100/0 jp-cert, more",
        )
        .leaves("quad", "fr-cert")
        .asks("fr-cert-ana", walk_by_date(9), "5@-100/0 jp-cert, 6@-100/0 jp-cert")
        .holds();
}
