#![allow(clippy::unwrap_used, clippy::expect_used)]

use proptest::prelude::*;

use super::fold::Fold;
use super::*;
use crate::label::Handling;
use crate::label::arbitrary::terms;
use crate::story::{Story, at, community, member, rel};

fn alert() -> Id {
    "kizuna-alert--31b940d4-6f7f-459a-80ea-9c1f17b5891b".parse().unwrap()
}

fn anonymous(secret: u8, by: &str, state: State) -> Receipt {
    let (by, circle) = (member(by), community("circle"));
    let id = anonymous_id(&[secret; 32], (by, circle), &alert(), state);
    let by = By::Anonymous { community: circle, owner: member("alpha") };
    Receipt { id, by, ..Receipt::by_name(member("alpha"), alert(), state, at(0)) }
}

#[test]
fn a_receipt_reads_back_by_name_and_without() {
    let mut receipt = Receipt::by_name(member("echo"), alert(), State::Blocked, at(3));
    receipt.count = Some(12);
    receipt.note = Some("at the border".to_owned());
    receipt.object_modified = Some(at(1));
    let object = receipt.object().unwrap();
    assert_eq!(object.warnings(), []);
    assert_eq!(Receipt::read(&object), Ok(receipt.clone()));
    assert!(object.references().contains(&alert()));
    assert!(is_its_own(&object, member("echo")) && !is_its_own(&object, member("alpha")));

    let hidden = anonymous(7, "echo", State::False);
    let object = hidden.object().unwrap();
    assert_eq!(Receipt::read(&object), Ok(hidden));
    assert_eq!(anonymous_in(&object), Some((community("circle"), member("alpha"))));
    let bytes = String::from_utf8(object.canonical().to_vec()).unwrap();
    assert!(!bytes.contains(&member("echo").to_string()));
}

#[test]
fn nobody_takes_anothers_receipt_for_himself() {
    let mut forged =
        Receipt::by_name(member("echo"), alert(), State::Done, at(0)).object().unwrap().into_value();
    forged.insert("created_by_ref".to_owned(), json!(member("alpha").identity().as_str()));
    let forged = Object::from_value(Value::Object(forged)).unwrap();
    assert_eq!(Receipt::read(&forged).unwrap_err().property, "id");
    assert!(!is_its_own(&forged, member("alpha")));
}

#[test]
fn an_anonymous_member_has_one_receipt_of_a_state_and_nobody_makes_its_id() {
    assert_eq!(anonymous(7, "echo", State::Used).id, anonymous(7, "echo", State::Used).id);
    assert_ne!(anonymous(7, "echo", State::Used).id, anonymous(8, "echo", State::Used).id, "another secret");
    assert_ne!(anonymous(7, "echo", State::Used).id, anonymous(7, "bravo", State::Used).id);
    assert_ne!(anonymous(7, "echo", State::Used).id, anonymous(7, "echo", State::False).id);
    let mut talkative = anonymous(7, "echo", State::Used);
    talkative.note = Some("it is me".to_owned());
    assert_eq!(talkative.check().unwrap_err().property, "note");
}

#[test]
fn the_keyed_digest_is_that_of_the_standard() {
    // RFC 4231 has no key of 32 octets; its first key padded with zeros is the same to HMAC.
    let mut key = [0; 32];
    key[..20].fill(0x0b);
    let expected = "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7";
    assert_eq!(hex::encode(keyed_digest(&key, b"Hi There")), expected);
}

#[test]
fn what_cannot_be_counted_has_no_count() {
    let mut receipt = Receipt::by_name(member("echo"), alert(), State::Read, at(0));
    receipt.count = Some(1);
    assert_eq!(receipt.check().unwrap_err().property, "count");
    receipt.state = State::Used;
    assert_eq!(receipt.check(), Ok(()));
    receipt.count = Some(0);
    assert!(receipt.check().is_err());
}

#[test]
fn a_receipt_is_for_its_member_and_the_producer() {
    let object =
        Label::builder().rel([rel("JPN"), rel("EST")]).tlp(Tlp::Amber).handling(Handling::Orcon).label();
    let label = label(By::Member(member("echo")), member("alpha"), &object);
    assert!(label.names(&Party::Member(member("echo"))) && label.names(&Party::Member(member("alpha"))));
    assert_eq!(label.tlp(), Some(Tlp::AmberStrict), "clients of either have no part in it");
    assert!(!label.handling().contains(&Handling::Orcon));
    let arrived =
        Label::builder().rel([rel("JPN"), rel("EST")]).handling(Handling::OneHop).label().after_hop();
    let back = super::label(By::Member(member("alpha")), member("bravo"), &arrived);
    assert!(back.handling().contains(&Handling::OneHop) && !back.handling().contains(&Handling::ThisNode));
    let stays = Label::builder().rel([rel("JPN"), rel("EST")]).handling(Handling::ThisNode).label();
    let stays = super::label(By::Member(member("alpha")), member("bravo"), &stays);
    assert!(
        stays.handling().contains(&Handling::ThisNode),
        "what was never to leave is not told of elsewhere"
    );
    let exercise = super::label(
        By::Member(member("echo")),
        member("alpha"),
        &Label::builder()
            .rel([Party::World])
            .handling(Handling::Exercise)
            .class("EXERCISE", "SECRET")
            .label(),
    );
    assert!(exercise.handling().contains(&Handling::Exercise));
    assert!(exercise.classification().contains_key("EXERCISE"));
}

#[test]
fn the_last_word_holds_and_delivery_takes_nothing_back() {
    let told = |receipts: &[(State, i64)]| {
        let receipts: Vec<Receipt> = receipts
            .iter()
            .map(|(state, when)| Receipt::by_name(member("echo"), alert(), *state, at(*when)))
            .collect();
        receipts.iter().collect::<Fold>().members[&member("echo")].clone()
    };
    assert_eq!(told(&[(State::Read, 5), (State::Delivered, 9)]).state(), Some(State::Read));
    assert_eq!(told(&[(State::Acting, 5), (State::NotAffected, 9)]).state(), Some(State::NotAffected));
    assert_eq!(
        told(&[(State::NotAffected, 5), (State::Acting, 9), (State::Read, 20)]).state(),
        Some(State::Acting)
    );
    assert_eq!(told(&[(State::Acting, 5), (State::Done, 5)]).state(), Some(State::Done));
    assert_eq!(told(&[(State::False, 5)]).state(), None);
}

fn receipts() -> impl Strategy<Value = Vec<Receipt>> {
    let one = (
        prop::sample::select(vec!["alpha", "bravo", "echo"]),
        prop::sample::select(State::ALL.to_vec()),
        0_i64..4,
        0_i64..4,
        prop::option::of(1_u64..5),
        any::<bool>(),
    );
    let receipt = one.prop_map(|(by, state, created, later, count, named)| {
        let receipt = if named {
            Receipt::by_name(member(by), alert(), state, at(created))
        } else {
            Receipt { created: at(created), ..anonymous(7, by, state) }
        };
        Receipt { modified: at(created + later), count: count.filter(|_| state.is_counted()), ..receipt }
    });
    prop::collection::vec(receipt, 0..12)
}

proptest! {
    #[test]
    fn states_do_not_depend_on_order_or_repetition(
        (receipts, shuffled) in receipts().prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle())),
        cut in 0_usize..12,
    ) {
        let fold: Fold = receipts.iter().collect();
        prop_assert_eq!(&fold, &shuffled.iter().collect::<Fold>());
        prop_assert_eq!(&fold, &receipts.iter().chain(&shuffled).collect::<Fold>());
        let (one, two) = receipts.split_at(cut.min(receipts.len()));
        let (one, two): (Fold, Fold) = (one.iter().collect(), two.iter().collect());
        prop_assert_eq!(&fold, &one.clone().and(&two));
        prop_assert_eq!(&fold, &two.and(&one));
        prop_assert_eq!(&fold, &fold.clone().and(&fold));
    }

    /// Whoever reads a receipt of an object reads the object, whatever its label.
    #[test]
    fn a_receipt_reaches_nobody_whom_its_object_does_not_reach(asked in terms()) {
        let story = Story::cast();
        let object = asked.label();
        let by = [
            By::Member(member("echo")),
            By::Anonymous { community: community("circle"), owner: member("alpha") },
        ];
        for by in by {
            let receipt = label(by, member("alpha"), &object);
            for name in ["alpha", "bravo", "echo", "grid"] {
                if story.directory.person(crate::story::person(name)).is_none() {
                    continue;
                }
                let reader = story.reader(name);
                let now = story.now;
                prop_assert!(!reader.can_read(&receipt, now) || reader.can_read(&object.without(Handling::Draft), now));
            }
        }
    }
}
