#![allow(clippy::unwrap_used, clippy::expect_used)]

use crate::query::{Search, Selection, Start, Versions};
use crate::story::{Story, indicator, to_all, to_own};

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
    story.give("alpha", indicator("alpha", 1, 1, "older"), story.to_community("circle"));
    story.give("alpha", indicator("alpha", 2, 1, "for all"), to_all());
    let first = story.view("bravo").page(&Selection::default(), Start::First, 10).unwrap();
    assert_eq!(first.items.len(), 1);
    let cursor = first.items[0].position;
    story.join("circle", "bravo");
    story.give("alpha", indicator("alpha", 3, 1, "newer"), story.to_community("circle"));
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
