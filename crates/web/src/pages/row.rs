//! Rows of objects.

use kizuna_access::Label;
use kizuna_app::{AppError, Item, Reading};

use super::title::{Titles, properties};
use crate::label;
use crate::moment::Moment;
use crate::preferences::Preferences;
use crate::view::row::middle;
use crate::view::{Banner, Row, Run};

/// Characters of a value in a row.
const VALUE: usize = 56;

/// One object as a row.
pub(super) fn row(
    preferences: &Preferences,
    reading: &Reading,
    titles: &mut Titles<'_>,
    item: &Item,
) -> Result<Row, AppError> {
    let t = preferences.language;
    let title = titles.of(&properties(&item.bytes), &item.id)?;
    let shown = if title.exact { Run::new("", middle(&title.text.text, VALUE)) } else { title.text };
    Ok(Row {
        href: format!("/objects/{}", item.id),
        kind: item.id.kind().to_owned(),
        kind_name: t.term("kind", item.id.kind()),
        title: shown,
        exact: title.exact,
        label: label::view(t, &item.label, reading),
        source: reading.member_name(item.source),
        added: Moment::new(item.added, &preferences.zone),
        revoked: item.revoked,
        disputed: item.disputed,
    })
}

pub(super) fn rows(
    preferences: &Preferences,
    reading: &Reading,
    items: &[Item],
) -> Result<Vec<Row>, AppError> {
    let mut titles = Titles::new(preferences.language, reading);
    items.iter().map(|item| row(preferences, reading, &mut titles, item)).collect()
}

/// What stands over a page that shows these.
pub(super) fn banner(preferences: &Preferences, reading: &Reading, items: &[Item]) -> Option<Banner> {
    let labels: Vec<Label> = items.iter().map(Item::whole).collect();
    label::banner(preferences.language, labels.iter(), reading)
}
