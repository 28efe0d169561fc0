#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::sync::Arc;

use kizuna_access::Role;

use crate::contribution::{Quarantined, Relabelled};
use crate::query::{Search, Selection, Start, Versions};
use crate::story::{Story, indicator, to_all, to_own};
use crate::view::{AuditFilter, AuditObject};
use crate::writer::{Actor, AuditEntry};
use crate::{Options, Store, StoreError, SystemClock};

#[test]
fn each_reads_its_own_and_what_is_shared() {
    let story = Story::cast();
    story.give("alpha", indicator("alpha", 1, 1, "for all"), to_all());
    story.give("alpha", indicator("alpha", 2, 1, "for alpha"), to_own("alpha"));
    story.give("bravo", indicator("bravo", 3, 1, "for bravo"), to_own("bravo"));
    assert_eq!(story.names("alpha"), ["for all", "for alpha"]);
    assert_eq!(story.names("bravo"), ["for all", "for bravo"]);
}

#[test]
fn a_page_goes_on_where_the_last_one_ended() {
    let story = Story::cast();
    for number in 0..25 {
        story.give("alpha", indicator("alpha", number, 1, &format!("n{number}")), to_all());
    }
    let view = story.view("bravo");
    let mut start = Start::First;
    let mut names = Vec::new();
    loop {
        let page = view.page(&Selection::default(), start, 7).unwrap();
        names.extend(page.items.iter().map(crate::story::name));
        let added: Vec<_> = page.items.iter().map(|item| item.added).collect();
        assert!(added.windows(2).all(|pair| pair[0] < pair[1]));
        let Some(next) = page.next else { break };
        start = Start::After(next);
    }
    assert_eq!(names.len(), 25);
    let third = view.page(&Selection::default(), Start::First, 3).unwrap().items[2].added;
    let rest = view.page(&Selection::default(), Start::AddedAfter(third), 100).unwrap();
    assert_eq!(rest.items.len(), 22);
}

#[test]
fn a_right_gained_brings_older_content_after_the_cursor_once() {
    let story = Story::cast();
    story.community("circle");
    story.give("alpha", indicator("alpha", 1, 1, "older"), Story::to_community("circle"));
    story.give("alpha", indicator("alpha", 2, 1, "for all"), to_all());
    let first = story.view("bravo").page(&Selection::default(), Start::First, 10).unwrap();
    assert_eq!(first.items.len(), 1);
    let cursor = first.items[0].position;
    story.join("circle", "bravo");
    story.give("alpha", indicator("alpha", 3, 1, "newer"), Story::to_community("circle"));
    let view = story.view("bravo");
    let next = view.page(&Selection::default(), Start::After(cursor), 10).unwrap();
    let names: Vec<String> = next.items.iter().map(crate::story::name).collect();
    assert_eq!(names, ["older", "newer"]);
    let added = first.items[0].added;
    let by_date = view.page(&Selection::default(), Start::AddedAfter(added), 10).unwrap();
    assert_eq!(by_date.items.iter().map(crate::story::name).collect::<Vec<_>>(), ["older", "newer"]);
    let last = next.items[0].position;
    let rest = view.page(&Selection::default(), Start::After(last), 10).unwrap();
    assert_eq!(rest.items.iter().map(crate::story::name).collect::<Vec<_>>(), ["newer"]);
    let page = view.page(&Selection::default(), Start::First, 10).unwrap();
    assert_eq!(page.items.iter().map(crate::story::name).collect::<Vec<_>>(), ["for all", "older", "newer"]);
}

#[test]
fn the_newest_version_is_computed_over_what_is_readable() {
    let story = Story::cast();
    story.give("alpha", indicator("alpha", 1, 1, "first"), to_all());
    story.give("alpha", indicator("alpha", 1, 2, "second"), to_own("alpha"));
    assert_eq!(story.names("alpha"), ["second"]);
    assert_eq!(story.names("bravo"), ["first"]);
    let id = indicator("alpha", 1, 1, "first").id().clone();
    assert_eq!(story.view("alpha").versions(&id).unwrap().len(), 2);
    assert_eq!(story.view("bravo").versions(&id).unwrap().len(), 1);
    let all = Selection { versions: Versions::All, ..Selection::default() };
    assert_eq!(story.view("alpha").page(&all, Start::First, 10).unwrap().items.len(), 2);
}

#[test]
fn search_finds_japanese_and_only_what_is_readable() {
    let story = Story::cast();
    story.give("alpha", indicator("alpha", 1, 1, "電力への攻撃者"), to_all());
    story.give("alpha", indicator("alpha", 2, 1, "攻撃 hidden"), to_own("alpha"));
    let search = Search { text: Some("攻撃".into()), ..Search::default() };
    assert_eq!(story.view("bravo").search(&search, None, 10).unwrap().items.len(), 1);
    assert_eq!(story.view("alpha").search(&search, None, 10).unwrap().items.len(), 2);
    let both = Search { text: Some("Hidden 攻撃".into()), ..Search::default() };
    assert_eq!(story.view("alpha").count(&both, 10).unwrap().at_least, 1);
    assert_eq!(story.view("bravo").count(&both, 10).unwrap().at_least, 0);
}

#[test]
fn narrowing_leaves_a_recall_for_those_who_could_read() {
    let story = Story::cast();
    let object = indicator("alpha", 1, 1, "shared too widely");
    let id = object.id().clone();
    story.give("alpha", object, to_all());
    let cursor = story.view("bravo").page(&Selection::default(), Start::First, 10).unwrap().items[0].position;
    let narrowed = story.store.writer().narrow(&id, None, crate::story::member("alpha"), Actor::Operator);
    assert_eq!(narrowed.unwrap(), 1);

    let after = story.view("bravo").page(&Selection::default(), Start::After(cursor), 10).unwrap();
    assert_eq!(after.items.len(), 1);
    assert_eq!(after.items[0].id.kind(), "kizuna-recall");
    assert!(story.view("bravo").object(&id).unwrap().is_none());
    let own = story.view("alpha").object(&id).unwrap().unwrap();
    assert_eq!(own.label.as_ref(), &to_all().only_own(crate::story::member("alpha")));
    assert!(matches!(
        story.store.writer().narrow(&id, None, crate::story::member("bravo"), Actor::Operator),
        Err(StoreError::NotFound)
    ));
    assert_eq!(
        story.store.writer().narrow(&id, None, crate::story::member("alpha"), Actor::Operator).unwrap(),
        0
    );
}

#[test]
fn quarantine_is_its_sources() {
    let story = Story::cast();
    let input = Quarantined {
        source: crate::story::member("alpha"),
        by: Some(story.principal("alpha").person()),
        channel: "inbox".into(),
        received: jiff::Timestamp::UNIX_EPOCH,
        bytes: b"{".to_vec(),
        id: None,
        faults: Vec::new(),
    };
    story.store.writer().contribute(Vec::new(), vec![input.clone()]).unwrap();
    assert_eq!(story.view("alpha").quarantine(None, 10).unwrap()[0].1, input);
    assert!(story.view("bravo").quarantine(None, 10).unwrap().is_empty());
    story.roles("bravo", &[Role::Quarantine]);
    assert_eq!(story.view("bravo").quarantine(None, 10).unwrap().len(), 1);
}

#[test]
fn an_auditor_reads_every_line_and_no_hidden_id() {
    let story = Story::cast();
    let hidden = indicator("alpha", 1, 1, "hidden");
    let shown = indicator("alpha", 2, 1, "shown");
    for (object, label) in [(&hidden, to_own("alpha")), (&shown, to_all())] {
        story.give("alpha", object.clone(), label);
        story
            .store
            .writer()
            .audit(AuditEntry {
                actor: Actor::Node,
                action: "object.touched".into(),
                object: Some(object.id().clone()),
                detail: serde_json::json!({ "also": [object.id().as_str()] }),
            })
            .unwrap();
    }
    assert!(story.view("bravo").audit(&AuditFilter::default(), None, 100).unwrap().is_empty());
    story.roles("bravo", &[Role::Auditor]);
    let of_objects = AuditFilter { prefix: "object.".into(), ..AuditFilter::default() };
    let lines = story.view("bravo").audit(&of_objects, None, 100).unwrap();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0].object, Some(AuditObject::Readable(shown.id().clone())));
    assert!(matches!(lines[1].object, Some(AuditObject::Masked(_))));
    assert!(!lines[1].detail.to_string().contains("indicator--"));
    assert!(lines[0].detail.to_string().contains("indicator--"));
}

#[test]
fn a_missing_marking_that_arrives_is_a_right_gained() {
    let story = Story::cast();
    let marking: kizuna_stix::Id =
        "marking-definition--11111111-1111-4111-8111-111111111111".parse().unwrap();
    let object = indicator("alpha", 1, 1, "waits");
    let mut waits = Story::contribution("alpha", object.clone(), to_own("alpha"));
    waits.dangling = vec![marking.clone()];
    story.store.writer().contribute(vec![waits], Vec::new()).unwrap();
    assert!(story.names("bravo").is_empty());
    let alpha = crate::story::member("alpha");
    assert!(story.store.waiting(crate::story::member("bravo"), &marking).unwrap().is_empty());
    let waiting = story.store.waiting(alpha, &marking).unwrap();
    assert_eq!(waiting[0].object, object);
    let relabelled = waiting.into_iter().map(|waiting| Relabelled {
        waiting,
        label: to_all(),
        parts: Vec::new(),
        dangling: Vec::new(),
    });
    story.store.writer().relabel(relabelled.collect()).unwrap();
    assert!(story.store.waiting(alpha, &marking).unwrap().is_empty());
    assert_eq!(story.names("bravo"), ["waits"]);
    assert_eq!(story.names("alpha"), ["waits"]);
}

#[test]
fn one_process_owns_the_directory() {
    let story = Story::cast();
    let again =
        Options { directory: story.directory(), database: None, clock: Arc::new(SystemClock), readers: 1 };
    assert!(matches!(Store::open(again), Err(StoreError::Locked(_))));
}

#[test]
fn what_was_stored_is_there_when_the_store_is_opened_again() {
    let story = Story::cast();
    story.give("alpha", indicator("alpha", 1, 1, "kept"), to_all());
    let cursor = story.view("bravo").page(&Selection::default(), Start::First, 10).unwrap().items[0].position;
    story.give("alpha", indicator("alpha", 2, 1, "after"), to_all());
    let story = story.reopened();
    assert_eq!(story.names("bravo"), ["kept", "after"]);
    let after = story.view("bravo").page(&Selection::default(), Start::After(cursor), 10).unwrap();
    assert_eq!(after.items.len(), 1);
    assert!(story.store.dangerous("a test", Actor::Operator).unwrap().check(&|_, _| {}).unwrap().is_sound());
    assert!(story.store.durability().unwrap().contains("journal_mode=wal, synchronous=FULL"));
}

#[test]
fn state_is_kept_until_it_expires_or_is_removed() {
    let story = Story::cast();
    let writer = story.store.writer();
    let past = Some(jiff::Timestamp::UNIX_EPOCH);
    writer.set_state("session", "old", Some(b"1".to_vec()), past).unwrap();
    writer.set_state("session", "kept", Some(b"2".to_vec()), None).unwrap();
    assert_eq!(story.store.state("session", "old").unwrap(), None);
    assert_eq!(story.store.states("session").unwrap(), [("kept".to_owned(), b"2".to_vec())]);
    writer.set_state("session", "kept", None, None).unwrap();
    assert_eq!(story.store.state("session", "kept").unwrap(), None);
    let secret = story.store.secret("cursor").unwrap();
    // Whoever may write holds the lock.
    drop(writer);
    let story = story.reopened();
    assert_eq!(story.store.secret("cursor").unwrap(), secret);
    assert_ne!(story.store.secret("session").unwrap(), secret);
}

#[test]
fn the_file_is_its_owners_alone_in_an_open_directory() {
    use std::os::unix::fs::PermissionsExt as _;
    let directory = tempfile::tempdir().unwrap();
    std::fs::set_permissions(directory.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let options = Options {
        directory: directory.path().to_owned(),
        database: None,
        clock: Arc::new(SystemClock),
        readers: 1,
    };
    let store = Store::open(options).unwrap();
    let mode = std::fs::metadata(directory.path().join("kizuna.db")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    drop(store);
}

#[test]
fn the_audit_is_a_chain_that_shows_what_was_taken_out() {
    let story = Story::cast();
    let (hidden, shown) = (indicator("alpha", 1, 1, "hidden"), indicator("alpha", 2, 1, "shown"));
    for (object, label) in [(&hidden, to_own("alpha")), (&shown, to_all())] {
        story.give("alpha", object.clone(), label);
        let detail = serde_json::json!({ "why": format!("because of {} here", object.id()) });
        let (actor, object) = (Actor::Node, Some(object.id().clone()));
        let entry = AuditEntry { actor, action: "object.touched".into(), object, detail };
        story.store.writer().audit(entry).unwrap();
    }
    assert!(story.view("bravo").audit_stretch(None, None).unwrap().is_none());
    story.roles("bravo", &[Role::Auditor]);
    let view = story.view("bravo");
    let stretch = view.audit_stretch(None, None).unwrap().unwrap();
    let lines = view.audit_sealed(stretch.first, stretch.last, 1_000).unwrap();
    assert_eq!(lines.len() as u64, stretch.count);
    let mut previous = stretch.previous.clone().unwrap();
    for line in &lines {
        assert_eq!(line["previous"], previous.as_str());
        previous = crate::chain::check(line).unwrap();
    }
    assert_eq!(Some(previous), stretch.digest);

    let text = serde_json::to_string(&lines).unwrap();
    assert!(!text.contains(hidden.id().as_str()), "{text}");
    assert!(text.contains(shown.id().as_str()), "{text}");
    let mut forged = lines.last().unwrap().clone();
    forged.insert("action".into(), "object.spared".into());
    crate::chain::check(&forged).unwrap_err();
    let of_shown = AuditFilter { object: Some(shown.id().clone()), ..AuditFilter::default() };
    assert_eq!(view.audit(&of_shown, None, 10).unwrap().len(), 1);
    let of_hidden = AuditFilter { object: Some(hidden.id().clone()), ..AuditFilter::default() };
    assert!(view.audit(&of_hidden, None, 10).unwrap().is_empty());
    let of_operator = AuditFilter { actor: Some(Actor::Operator), ..AuditFilter::default() };
    let by = view.audit(&of_operator, None, 1_000).unwrap();
    assert!(by.iter().all(|line| line.actor == Actor::Operator) && !by.is_empty());
    assert!(story.store.dangerous("a test", Actor::Operator).unwrap().check(&|_, _| {}).unwrap().is_sound());
}
