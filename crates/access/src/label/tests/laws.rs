//! The laws of combining, over random labels and readers.

use proptest::prelude::*;

use super::*;
use crate::label::arbitrary::{label, terms};
use crate::reader::Decision;
use crate::rights::{Holder, Rights};
use crate::story::{Story, at, cleared};

/// The cast, with clearances and memberships so that many labels have readers.
fn story() -> Story {
    let mut story = Story::cast();
    for (name, level) in [("alpha", "SECRET"), ("bravo", "UNCLASSIFIED"), ("echo", "RESTRICTED")] {
        let mut clearance = cleared(level);
        let held = clearance.0.get_mut("EXERCISE").unwrap();
        held.categories.insert("Special".to_owned(), BTreeSet::from(["A".to_owned(), "B".to_owned()]));
        held.categories.insert("Project".to_owned(), BTreeSet::from(["A".to_owned()]));
        story.clear(Holder::Person(person(name)), clearance);
    }
    story.join("alpha", "circle");
    story.join("echo", "late");
    story.join("grid", "circle");
    story.tell(Rights::ClientAdded { client: member("echo"), of: member("bravo") });
    story
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn combining_is_commutative_associative_and_idempotent(a in label(), b in label(), c in label()) {
        prop_assert_eq!(a.and(&b), b.and(&a));
        prop_assert_eq!(a.and(&b).and(&c), a.and(&b.and(&c)));
        prop_assert_eq!(a.and(&a), a.clone());
        prop_assert_eq!(a.and(&b).and(&b), a.and(&b));
    }

    #[test]
    fn terms_combine_in_any_order(a in terms(), b in terms(), c in terms()) {
        prop_assert_eq!(a.and(&b), b.and(&a));
        prop_assert_eq!(a.and(&b).and(&c), a.and(&b.and(&c)));
        prop_assert_eq!(a.and(&a), a.clone());
        prop_assert_eq!(a.and(&Terms::default()), a);
    }

    #[test]
    fn a_label_is_its_own_normal_form(a in label()) {
        prop_assert_eq!(&a.terms().label(), &a);
        prop_assert_eq!(&Label::from_canonical(&a.canonical()).unwrap(), &a);
    }

    /// Never wider than either; equal to the intersection where only the audience, and not a stricter TLP, a draft
    /// or intersecting permissive categories, takes anything away.
    #[test]
    fn combining_never_widens(a in label(), b in label(), second in 0_i64..40) {
        let story = story();
        let both = a.and(&b);
        let permissive = |label: &Label| label.classification().values().any(|asked| !asked.permissive.is_empty());
        let draft = |label: &Label| label.handling().contains(&Handling::Draft);
        let exact = a.tlp() == b.tlp() && draft(&a) == draft(&b) && !(permissive(&a) && permissive(&b));
        for name in ["alpha", "bravo", "echo", "grid"] {
            let reader = story.reader(name);
            let reads = |label: &Label| reader.can_read(label, at(second));
            let intersection = reads(&a) && reads(&b);
            prop_assert!(!reads(&both) || intersection, "{name} reads only the combination");
            if exact {
                prop_assert_eq!(reads(&both), intersection, "{} loses what both permit", name);
            }
        }
    }

    /// A static emptiness is one for everybody, but for a client of two that are named.
    #[test]
    fn an_audience_that_is_empty_has_no_reader(a in label()) {
        let story = story();
        if a.audience_is_empty() && a.tlp().is_none_or(|tlp| tlp > Tlp::Amber) {
            for name in ["alpha", "bravo", "echo", "grid"] {
                prop_assert_eq!(story.reader(name).decide(&a), Decision::Hidden);
            }
        }
    }

    #[test]
    fn what_is_left_to_the_source_names_it_alone(a in label()) {
        let own = a.only_own(member("bravo"));
        let named = Label::own(member("bravo"));
        prop_assert_eq!(own.audience(), named.audience());
        prop_assert!(!own.audience_is_empty());
    }
}
