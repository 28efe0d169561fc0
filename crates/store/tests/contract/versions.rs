//! Several contributions to one object.

use kizuna_testkit::script::{Contribution, Follow, Label, Op, Party, Query, Versions};

use super::{Story, all, but, given, page, walk};

fn world() -> Label {
    Label::naming([Party::World])
}

fn quad() -> Label {
    Label::naming([Party::Community("quad".into())])
}

/// What a source gives of an object whose author is no party here.
fn copy(object: u32, source: &str, variant: u32) -> Contribution {
    but(given(object, source, world()), |it| {
        it.content.created_by = Some("knowledge".into());
        it.content.variant = variant;
        it.authored = false;
    })
}

fn at(given: Contribution, modified: i64) -> Contribution {
    but(given, |it| it.content.modified = modified)
}

/// As another member's claim about the author's object.
fn claimed(by: &str, given: Contribution) -> Contribution {
    but(given, |it| {
        it.source = by.into();
        it.authored = false;
    })
}

#[test]
fn two_members_may_hold_one_id_under_disjoint_labels() {
    Story::new()
        .gives(given(
            0,
            "jp-cert",
            Label::naming([Party::Member("jp-cert".into()), Party::Member("fr-cert".into())]),
        ))
        .gives(given(
            0,
            "ee-cert",
            Label::naming([Party::Member("ee-cert".into()), Party::Member("fr-cert".into())]),
        ))
        .asks("jp-cert-ana", Query::Claims(0), "0@-100/0 jp-cert")
        .asks("ee-cert-ana", Query::Claims(0), "0@-100/0 ee-cert")
        .asks("fr-cert-ana", all(), "0@-100/0 jp-cert?")
        .asks("fr-cert-ana", Query::Claims(0), "0@-100/0 jp-cert?, 0@-100/0 ee-cert?")
        .holds();
}

#[test]
fn giving_anew_in_ones_own_name_takes_nothing_over() {
    let forged = but(at(copy(0, "ee-cert", 1), 50), |it| {
        it.content.created_by = Some("ee-cert".into());
        it.authored = true;
    });
    Story::new()
        .gives(copy(0, "jp-cert", 0))
        .gives(forged)
        .asks("jp-cert-ana", all(), "0@-100/0 jp-cert")
        .asks("fr-cert-ana", all(), "0@-100/0 jp-cert")
        .asks("fr-cert-ana", Query::Claims(0), "0@-100/0 jp-cert, 0@50/1 ee-cert")
        .holds();
}

#[test]
fn only_the_author_makes_newer_versions() {
    let original = || given(0, "jp-cert", world());
    Story::new()
        .gives(claimed("ee-cert", at(original(), -50)))
        .asks("fr-cert-ana", all(), "0@-50/0 ee-cert")
        .gives(original())
        .asks("fr-cert-ana", all(), "0@-100/0 jp-cert")
        .asks("fr-cert-ana", Query::Versions(0), "0@-100/0 jp-cert")
        .asks("fr-cert-ana", Query::Claims(0), "0@-50/0 ee-cert, 0@-100/0 jp-cert")
        .gives(at(original(), -80))
        .asks("fr-cert-ana", Query::Object(0), "0@-80/0 jp-cert")
        .asks("fr-cert-ana", Query::Versions(0), "0@-100/0 jp-cert, 0@-80/0 jp-cert")
        .holds();
}

#[test]
fn nobody_else_revokes() {
    let original = || given(0, "jp-cert", world());
    let revoking = |given: Contribution| but(at(given, -10), |it| it.content.revoked = true);
    Story::new()
        .gives(original())
        .gives(claimed("ee-cert", revoking(original())))
        .asks("fr-cert-ana", all(), "0@-100/0 jp-cert")
        .gives(revoking(original()))
        .asks("fr-cert-ana", page(Versions::All), "0@-100/0 jp-cert!, 0@-10/0 jp-cert!")
        .holds();
}

#[test]
fn a_revocation_reaches_those_who_could_read_what_is_revoked() {
    let revocation = but(at(given(0, "jp-cert", quad()), -10), |it| {
        it.content.revoked = true;
        it.content.variant = 2;
    });
    Story::new()
        .gives(given(0, "jp-cert", world()))
        .gives(but(at(given(0, "jp-cert", world()), -50), |it| it.content.variant = 1))
        .gives(revocation)
        // Those who cannot read the revocation read the newest version they had, as revoked.
        .asks("fr-cert-ana", page(Versions::All), "0@-100/0 jp-cert!, 0@-50/1 jp-cert!, 0@-10/1 jp-cert!")
        .asks("ee-cert-ana", page(Versions::Latest), "0@-10/2 jp-cert!")
        // An older version that comes later is no way around it.
        .gives(but(at(given(0, "jp-cert", Label::naming([Party::Country("FRA".into())])), -200), |it| {
            it.content.variant = 1;
        }))
        .asks("fr-cert-ana", Query::Object(0), "0@-10/1 jp-cert!")
        .holds();
}

#[test]
fn what_waited_for_a_marking_is_read_when_its_source_explains_it() {
    let waiting = but(given(0, "jp-cert", Label::own("jp-cert")), |it| it.waits = true);
    let settle = |source: &str| Op::Settle { source: source.into(), label: world() };
    Story::new()
        .gives(waiting)
        .asks("fr-cert-ana", walk(9), "nothing")
        .does(settle("ee-cert"))
        .asks("fr-cert-ana", walk(9), "nothing")
        .gives(given(1, "jp-cert", world()))
        .asks("fr-cert-ana", walk(9), "1@-100/0 jp-cert")
        .does(settle("jp-cert"))
        .asks("fr-cert-ana", walk(9), "0@-100/0 jp-cert")
        .does(settle("jp-cert"))
        .asks("fr-cert-ana", walk(9), "nothing")
        .holds();
}

#[test]
fn without_an_author_here_a_member_follows_its_choice_then_itself_then_the_first() {
    let follow = |source: &str| {
        Op::Follow(Follow { member: "fr-cert".into(), created_by: "knowledge".into(), source: source.into() })
    };
    Story::new()
        .gives(copy(0, "jp-cert", 1))
        .gives(copy(0, "ee-cert", 2))
        .asks("fr-cert-ana", all(), "0@-100/1 jp-cert?")
        .asks("ee-cert-ana", all(), "0@-100/2 ee-cert?")
        .does(follow("ee-cert"))
        .asks("fr-cert-ana", all(), "0@-100/2 ee-cert?")
        .asks("jp-power-ana", all(), "0@-100/1 jp-cert?")
        // One who does not give the object cannot be followed for it.
        .does(follow("jp-power"))
        .asks("fr-cert-ana", all(), "0@-100/1 jp-cert?")
        .gives(copy(0, "fr-cert", 0))
        .asks("fr-cert-ana", all(), "0@-100/0 fr-cert?")
        // It follows somebody again, and then nobody.
        .does(follow("ee-cert"))
        .asks("fr-cert-ana", all(), "0@-100/2 ee-cert?")
        .does(Op::Unfollow { member: "fr-cert".into(), created_by: "knowledge".into() })
        .asks("fr-cert-ana", all(), "0@-100/0 fr-cert?")
        .holds();
}

#[test]
fn nobody_becomes_the_author_of_what_somebody_else_created() {
    let taken =
        |object, variant| but(at(given(object, "ee-cert", world()), -10), |it| it.content.variant = variant);
    Story::new()
        // Public knowledge, given again with oneself as its creator.
        .gives(copy(0, "jp-cert", 1))
        .gives(taken(0, 2))
        .asks("fr-cert-ana", page(Versions::All), "0@-100/1 jp-cert")
        // Another's object, likewise.
        .gives(given(1, "jp-cert", world()))
        .gives(taken(1, 2))
        .asks("fr-cert-ana", Query::Versions(1), "1@-100/0 jp-cert")
        // Who reads only the claim cannot know better.
        .gives(given(2, "jp-cert", quad()))
        .gives(taken(2, 2))
        .asks("fr-cert-ana", Query::Versions(2), "2@-10/2 ee-cert")
        // The author, after somebody else's copy.
        .gives(claimed("ee-cert", given(4, "jp-cert", world())))
        .gives(but(at(given(4, "jp-cert", world()), -20), |it| it.content.variant = 1))
        .asks("fr-cert-ana", Query::Versions(4), "4@-20/1 jp-cert")
        .holds();
}

#[test]
fn newer_versions_of_those_not_followed_are_claims() {
    Story::new()
        .gives(copy(0, "jp-cert", 0))
        .gives(at(copy(0, "ee-cert", 0), -10))
        .asks("fr-cert-ana", page(Versions::All), "0@-100/0 jp-cert")
        .asks("fr-cert-ana", Query::Claims(0), "0@-100/0 jp-cert, 0@-10/0 ee-cert")
        .holds();
}

#[test]
fn first_latest_all_and_dated_versions() {
    let original = || given(0, "jp-cert", world());
    let any = |latest, first, at: &[i64]| page(Versions::Any { latest, first, at: at.to_vec() });
    Story::new()
        .gives(at(original(), -50))
        .gives(original())
        .gives(at(original(), -70))
        .asks("fr-cert-ana", page(Versions::First), "0@-100/0 jp-cert")
        .asks("fr-cert-ana", page(Versions::Latest), "0@-50/0 jp-cert")
        .asks("fr-cert-ana", page(Versions::All), "0@-50/0 jp-cert, 0@-100/0 jp-cert, 0@-70/0 jp-cert")
        .asks("fr-cert-ana", any(true, true, &[]), "0@-50/0 jp-cert, 0@-100/0 jp-cert")
        .asks("fr-cert-ana", any(false, false, &[-70, -60]), "0@-70/0 jp-cert")
        .asks("fr-cert-ana", Query::Versions(0), "0@-100/0 jp-cert, 0@-70/0 jp-cert, 0@-50/0 jp-cert")
        .holds();
}

#[test]
fn first_and_latest_are_those_that_the_viewer_may_read() {
    let original = || given(0, "jp-cert", world());
    Story::new()
        .gives(but(at(original(), -300), |it| it.label = quad()))
        .gives(at(original(), -200))
        .gives(but(original(), |it| it.label = quad()))
        .asks("fr-cert-ana", page(Versions::First), "0@-200/0 jp-cert")
        .asks("fr-cert-ana", page(Versions::Latest), "0@-200/0 jp-cert")
        .asks("ee-cert-ana", page(Versions::First), "0@-300/0 jp-cert")
        .asks("ee-cert-ana", page(Versions::Latest), "0@-100/0 jp-cert")
        .holds();
}

#[test]
fn without_modified_the_bytes_are_the_version_and_the_last_to_arrive_the_newest() {
    let bytes = |variant| but(given(3, "jp-cert", world()), |it| it.content.variant = variant);
    Story::new()
        .gives(bytes(2))
        .gives(bytes(0))
        .gives(but(bytes(2), |it| it.channel = "peer:north".into()))
        .asks("fr-cert-ana", Query::Versions(3), "3/2 jp-cert, 3/0 jp-cert")
        .asks("fr-cert-ana", Query::Object(3), "3/0 jp-cert")
        .asks("fr-cert-ana", page(Versions::First), "3/2 jp-cert")
        .holds();
}

#[test]
fn the_same_again_is_a_duplicate_and_through_another_channel_a_further_contribution() {
    let original = || given(0, "jp-cert", world());
    Story::new()
        .gives(original())
        .gives_again(original())
        .gives(but(original(), |it| it.channel = "peer:north".into()))
        .gives(but(original(), |it| it.label = quad()))
        .asks("jp-cert-ana", Query::Claims(0), "0@-100/0 jp-cert, 0@-100/0 jp-cert, 0@-100/0 jp-cert")
        .asks("jp-cert-ana", page(Versions::All), "0@-100/0 jp-cert")
        .asks("fr-cert-ana", Query::Claims(0), "0@-100/0 jp-cert, 0@-100/0 jp-cert")
        .holds();
}
