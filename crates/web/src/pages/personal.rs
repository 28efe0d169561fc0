//! Personal data: where it is, marking it, and where to go on from there.

use axum::extract::State;
use axum::response::Response;
use jiff::civil::Date;
use kizuna_access::marking::personal::Category;
use kizuna_app::personal::{Mark, PersonalPlace};
use kizuna_app::stix::Id;
use kizuna_app::{AppError, Node};
use kizuna_http::{Failure, Query, Server};
use serde::Deserialize;

use super::desk::Desk;
use super::sent::{Sent, sent};
use super::{Form, encoded, html};
use crate::view::personal::{MARK, PersonalPage, PersonalRow, ToMark, UNMARK};
use crate::view::{Faults, Here, Value};

const ROWS: usize = 100;
const PATH: &str = "/personal-data";

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
pub(super) struct Asked {
    object: String,
    fields: String,
    category: String,
    next: Option<String>,
}

pub(super) async fn list(
    State(server): State<Server>,
    desk: Desk,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let work = move |node: &Node| {
        let Asked { object, fields, category, next } = asked;
        let page = shown(node, &desk, next.as_deref())?;
        Ok(PersonalPage { typed: ToMark { object, fields, category, ..ToMark::default() }, ..page })
    };
    Ok(html(&server.blocking(work).await?))
}

fn shown(node: &Node, desk: &Desk, next: Option<&str>) -> Result<PersonalPage, AppError> {
    let reading = node.read(desk.who())?;
    let found = reading.personal_data(next, ROWS)?;
    let next = found.next.filter(|_| found.more).map(|next| format!("{PATH}?next={}", encoded(&next)));
    Ok(PersonalPage {
        page: desk.page(Here::Elsewhere, reading.directory()),
        rows: found.items.into_iter().map(row).collect(),
        next,
        may_mark: reading.reader().may_write(),
        categories: Category::ALL.map(|category| category.as_str().to_owned()).into(),
        typed: ToMark::default(),
        faults: Faults::default(),
        unmark_faults: Faults::default(),
    })
}

fn row(one: PersonalPlace) -> PersonalRow {
    let field = one.place.strip_prefix("$.").unwrap_or_default().to_owned();
    let (id, category) = (one.object.to_string(), one.category.as_str().to_owned());
    let mark = format!("{PATH}?object={}&fields={}&category={category}#mark", encoded(&id), encoded(&field));
    PersonalRow {
        href: format!("/objects/{id}"),
        minimise: format!("/tearlines/new?object={}", encoded(&id)),
        object: Value::new(id),
        place: one.place,
        category,
        marked: one.marked,
        basis: one.legal_basis.unwrap_or_default(),
        review: one.review.map(|date| date.to_string()).unwrap_or_default(),
        field,
        mark,
    }
}

/// What is no id, hidden or absent is said in the same way.
fn object(typed: &str) -> Result<Id, AppError> {
    typed.trim().parse().map_err(|_| unknown())
}

fn unknown() -> AppError {
    AppError::invalid("object", "names nothing that you may read")
}

fn found<T>(attempt: Result<T, AppError>) -> Result<T, AppError> {
    attempt.map_err(|error| if matches!(error, AppError::NotFound) { unknown() } else { error })
}

fn fields(typed: &str) -> Vec<String> {
    let named = typed.split(',').map(str::trim).filter(|field| !field.is_empty());
    named.map(str::to_owned).collect()
}

pub(super) async fn mark(
    State(server): State<Server>,
    desk: Desk,
    Form(typed): Form<ToMark>,
) -> Result<Response, Failure> {
    let work = move |node: &Node| {
        let attempt =
            marking(&typed).and_then(|(id, mark)| found(node.mark_personal(desk.who(), &id, &mark)));
        sent(attempt.map(|_| Sent::Done(PATH.to_owned())), MARK, |faults| {
            let page = shown(node, &desk, None)?;
            Ok(PersonalPage { typed, faults, ..page })
        })
    };
    Ok(server.writing(work).await?.response())
}

fn marking(typed: &ToMark) -> Result<(Id, Mark), AppError> {
    let id = object(&typed.object)?;
    let category = serde_json::from_value(typed.category.trim().into())
        .map_err(|_| AppError::invalid("category", "is no category of personal data"))?;
    let review = match typed.review.trim() {
        "" => None,
        text => Some(text.parse::<Date>().map_err(|_| AppError::invalid("review", "is no date"))?),
    };
    let (legal_basis, named) = (typed.legal_basis.clone(), typed.named.clone());
    Ok((id, Mark { category, legal_basis, review, named, fields: fields(&typed.fields) }))
}

#[derive(Deserialize)]
pub(super) struct Unmarking {
    object: String,
    #[serde(default)]
    fields: String,
}

pub(super) async fn unmark(
    State(server): State<Server>,
    desk: Desk,
    Form(typed): Form<Unmarking>,
) -> Result<Response, Failure> {
    let work = move |node: &Node| {
        let attempt = object(&typed.object)
            .and_then(|id| found(node.unmark_personal(desk.who(), &id, &fields(&typed.fields))));
        sent(attempt.map(|_| Sent::Done(PATH.to_owned())), UNMARK, |unmark_faults| {
            let page = shown(node, &desk, None)?;
            Ok(PersonalPage { unmark_faults, ..page })
        })
    };
    Ok(server.writing(work).await?.response())
}
