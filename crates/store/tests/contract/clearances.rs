//! Classifications, and who reaches them; roles that see more than content.

use kizuna_testkit::script::{Clearance, Held, Holder, Label, Op, Party, Query, Role};

use super::{Story, all, given};

fn world() -> Label {
    Label::naming([Party::World])
}

fn held(level: &str, categories: &[(&str, &str)]) -> Clearance {
    let mut held = Held { level: level.into(), ..Held::default() };
    for (set, tag) in categories {
        held.categories.entry((*set).to_owned()).or_default().insert((*tag).to_owned());
    }
    Clearance::from([("EXERCISE".to_owned(), held)])
}

fn clear(holder: Holder, clearance: Clearance) -> Op {
    Op::SetClearance { holder, clearance }
}

fn person(name: &str) -> Holder {
    Holder::Person(name.into())
}

#[test]
fn who_was_granted_nothing_holds_nothing_and_a_level_reaches_those_below() {
    Story::new()
        .gives(given(0, "jp-cert", world().level("UNCLASSIFIED")))
        .gives(given(1, "jp-cert", world().level("CONFIDENTIAL")))
        .gives(given(2, "jp-cert", world().level("SECRET")))
        .gives(given(4, "jp-cert", world().level("BEYOND")))
        .asks("ee-cert-ana", all(), "nothing")
        .does(clear(person("ee-cert-ana"), held("UNCLASSIFIED", &[])))
        .asks("ee-cert-ana", all(), "0@-100/0 jp-cert")
        .does(clear(person("ee-cert-ana"), held("CONFIDENTIAL", &[])))
        .asks("ee-cert-ana", all(), "0@-100/0 jp-cert, 1@-100/0 jp-cert")
        .does(clear(person("ee-cert-ana"), held("SECRET", &[])))
        .asks("ee-cert-ana", all(), "0@-100/0 jp-cert, 1@-100/0 jp-cert, 2@-100/0 jp-cert")
        .holds();
}

#[test]
fn restrictive_categories_are_all_needed_permissive_ones_one_of_each_set() {
    let level = || world().level("RESTRICTED");
    Story::new()
        .gives(given(0, "jp-cert", level().restrictive("CODEWORD", "ALPHA").restrictive("CODEWORD", "BRAVO")))
        .gives(given(1, "jp-cert", level().permissive("REGION", "NORTH").permissive("REGION", "SOUTH")))
        .does(clear(person("ee-cert-ana"), held("SECRET", &[("CODEWORD", "ALPHA"), ("REGION", "SOUTH")])))
        .asks("ee-cert-ana", all(), "1@-100/0 jp-cert")
        .does(clear(person("ee-cert-ana"), held("SECRET", &[("CODEWORD", "ALPHA"), ("CODEWORD", "BRAVO")])))
        .asks("ee-cert-ana", all(), "0@-100/0 jp-cert")
        .holds();
}

#[test]
fn the_effective_clearance_is_that_of_person_member_key_and_node() {
    let key = Op::AddKey { name: "key".into(), person: "ee-cert-ana".into(), read_only: true, expires: None };
    Story::new()
        .gives(given(0, "jp-cert", world().level("RESTRICTED")))
        .gives(given(1, "jp-cert", world().level("SECRET")))
        .does(clear(person("ee-cert-ana"), held("SECRET", &[])))
        .does(key)
        .asks_with_key("ee-cert-ana", "key", all(), "0@-100/0 jp-cert, 1@-100/0 jp-cert")
        .does(clear(Holder::Key("key".into()), held("RESTRICTED", &[])))
        .asks_with_key("ee-cert-ana", "key", all(), "0@-100/0 jp-cert")
        .asks("ee-cert-ana", all(), "0@-100/0 jp-cert, 1@-100/0 jp-cert")
        .does(clear(Holder::Member("ee-cert".into()), held("CONFIDENTIAL", &[])))
        .asks("ee-cert-ana", all(), "0@-100/0 jp-cert")
        .does(clear(Holder::Node, held("UNCLASSIFIED", &[])))
        .asks("ee-cert-ana", all(), "nothing")
        .holds();
}

#[test]
fn an_administrator_reads_no_more_than_his_member() {
    Story::new()
        .person("jp-admin", "jp-cert", &[Role::Admin])
        .gives(given(0, "ee-cert", Label::own("ee-cert")))
        .gives(given(1, "ee-cert", Label::naming([Party::World]).level("SECRET")))
        .asks("jp-admin", all(), "nothing")
        .holds();
}

#[test]
fn quarantine_is_its_givers_and_the_roles_at_the_ceiling() {
    let refused = |source: &str, text: &str| Op::Refuse {
        source: source.into(),
        by: Some(format!("{source}-ana")),
        channel: "inbox".into(),
        text: text.into(),
    };
    let quarantine = || Query::Quarantine { limit: 9 };
    Story::new()
        .person("fr-warden", "fr-cert", &[Role::Quarantine])
        .does(refused("jp-cert", "{1"))
        .does(refused("ee-cert", "{2"))
        .asks("jp-cert-ana", quarantine(), "jp-cert {1")
        .asks("ee-cert-ana", quarantine(), "ee-cert {2")
        .asks("fr-cert-ana", quarantine(), "")
        .person("jp-colleague", "jp-cert", &[Role::Analyst])
        .asks("jp-colleague", quarantine(), "")
        .asks("fr-warden", quarantine(), "ee-cert {2, jp-cert {1")
        .does(clear(Holder::Node, held("SECRET", &[])))
        // One's own input stays one's own, whatever one is cleared for.
        .asks("jp-cert-ana", quarantine(), "jp-cert {1")
        .asks("jp-colleague", quarantine(), "")
        .does(clear(person("fr-warden"), held("CONFIDENTIAL", &[])))
        .asks("fr-warden", quarantine(), "")
        .does(clear(person("fr-warden"), held("SECRET", &[])))
        .asks("fr-warden", quarantine(), "ee-cert {2, jp-cert {1")
        .holds();
}

#[test]
fn an_auditor_reads_every_entry_but_only_the_objects_it_may_read() {
    let looked = |object| Op::Audit { action: "exercise.looked".into(), object };
    let audit = || Query::Audit { limit: 9 };
    Story::new()
        .person("jp-auditor", "jp-cert", &[Role::Auditor])
        .gives(given(0, "ee-cert", Label::own("ee-cert")))
        .gives(given(1, "ee-cert", world()))
        .does(looked(Some(0)))
        .does(looked(Some(1)))
        .does(looked(None))
        .asks("jp-auditor", audit(), "exercise.looked, exercise.looked 1, exercise.looked masked")
        .asks("jp-cert-ana", audit(), "")
        .holds();
}
