//! Writing an alert, or a further version of one: the form, whom it would reach, then sending it.

use axum::extract::State as Shared;
use axum::response::Response;
use kizuna_access::alert::Urgency;
use kizuna_app::alerts::{AlertInfo, NewAlert};
use kizuna_app::notices::To;
use kizuna_app::{AppError, Node};
use kizuna_http::{Failure, Query, Server};
use kizuna_stix::Id;

use super::super::desk::Desk;
use super::super::marking;
use super::super::sent::{Sent, sent};
use super::super::{Form, html, named};
use super::addressees;
use super::writing::{Fields, Looked, about, check, industries, may_write, placed, typed_instant};
use crate::view::notices::{ALERT, NewAlertPage, TypedAlert};
use crate::view::sign_in::Choice;
use crate::view::{Faults, Here};

/// The fields in which properties of an alert are typed.
const NAMED: &[(&str, &str)] = &[
    ("name", "title"),
    ("description", "text"),
    ("addressed_to", "to"),
    ("object_refs", "objects"),
    ("to.sectors", "to"),
];

/// The form, with the objects that the query names; or the alert of which a further version is written.
pub(in super::super) async fn new(
    Shared(server): Shared<Server>,
    desk: Desk,
    Query(asked): Query<Vec<(String, String)>>,
) -> Result<Response, Failure> {
    let page = server
        .blocking(move |node| {
            let reading = node.read(desk.who())?;
            may_write(&reading)?;
            let fields = if let Some(id) = named(&asked, "alert").next() {
                let id: Id = id.parse().map_err(|_| AppError::NotFound)?;
                let info = reading.alert(&id)?.info(&reading);
                if info.line.by != desk.who().member() {
                    return Err(AppError::NotFound);
                }
                of_alert(&desk, &info)
            } else {
                let objects: Vec<&str> = named(&asked, "object").map(String::as_str).collect();
                Fields::of(vec![("objects".to_owned(), objects.join("\n"))])
            };
            form(node, &desk, &fields, Faults::default())
        })
        .await?;
    Ok(html(&page))
}

/// An alert as its form would have it.
fn of_alert(desk: &Desk, info: &AlertInfo) -> Fields {
    let line = &info.line;
    let objects: Vec<&str> = info.objects.iter().map(Id::as_str).collect();
    let mut typed = vec![
        ("id", line.id.to_string()),
        ("title", line.title.clone()),
        ("text", info.text.clone().unwrap_or_default()),
        ("urgency", line.urgency.as_str().to_owned()),
        ("actions", info.actions.join("\n")),
        ("respond_by", typed_instant(line.respond_by, &desk.preferences.zone)),
        ("objects", objects.join("\n")),
    ];
    typed.extend(info.addressed.parties.iter().map(|party| ("to", party.clone())));
    typed.extend(info.addressed.sectors.iter().map(|sector| ("sector", sector.clone())));
    Fields::of(typed.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

/// First shows whom it would reach; then sends it.
pub(in super::super) async fn send(
    Shared(server): Shared<Server>,
    desk: Desk,
    Form(typed): Form<Vec<(String, String)>>,
) -> Result<Response, Failure> {
    let work = move |node: &Node| {
        let fields = Fields::of(typed);
        let attempt = match fields.text("do").as_str() {
            "edit" => form(node, &desk, &fields, Faults::default()).map(|page| Sent::check(&page)),
            "send" => alert(&desk, &fields).and_then(|new| {
                let id = node.send_alert(desk.who(), &new, fields.label().as_deref())?;
                Ok(Sent::Done(format!("/alerts/{id}")))
            }),
            _ => alert(&desk, &fields).and_then(|new| looked(node, &desk, &fields, new)),
        };
        let attempt = attempt.map_err(|error| placed(error, NAMED));
        sent(attempt, ALERT, |faults| form(node, &desk, &fields, faults))
    };
    Ok(server.writing(work).await?.response())
}

fn looked(node: &Node, desk: &Desk, fields: &Fields, new: NewAlert) -> Result<Sent<NewAlertPage>, AppError> {
    let preview = node.preview_alert(desk.who(), &new, fields.label().as_deref())?;
    let t = desk.t();
    let to = addressees(t, &new.to.parties, &new.to.sectors);
    let looked = Looked {
        kind: "alert-kind",
        send: "alert-send",
        title: new.title,
        action: "/alerts".to_owned(),
        may_edit: true,
        fields,
        facts: vec![
            ("alerts-urgency", t.term("urgency", new.urgency.as_str())),
            ("writing-to", to.join(", ")),
            ("alert-respond-by", fields.text("respond_by").replace('T', " ")),
            ("field-description", new.text.unwrap_or_default()),
            ("alert-actions", new.actions.join("\n")),
        ],
        objects: &new.objects,
    };
    check(node, desk, preview, looked).map(|page| Sent::check(&page))
}

fn alert(desk: &Desk, fields: &Fields) -> Result<NewAlert, AppError> {
    let id = fields.said("id").map(|id| id.parse().map_err(|_| AppError::NotFound)).transpose()?;
    let urgency = fields.said("urgency").map(|word| {
        Urgency::from_word(&word).ok_or_else(|| AppError::invalid("urgency", "is none of the urgencies"))
    });
    Ok(NewAlert {
        id,
        title: fields.text("title"),
        text: fields.said("text"),
        urgency: urgency.transpose()?.unwrap_or_default(),
        actions: fields.lines("actions"),
        respond_by: fields.instant("respond_by", &desk.preferences.zone)?,
        to: fields.to(),
        objects: fields.objects()?,
    })
}

fn form(node: &Node, desk: &Desk, fields: &Fields, faults: Faults) -> Result<NewAlertPage, AppError> {
    let t = desk.t();
    let reading = node.read(desk.who())?;
    let chosen = fields.said("urgency").unwrap_or_else(|| Urgency::default().as_str().to_owned());
    let urgency = |one: Urgency| Choice {
        value: one.as_str().to_owned(),
        name: t.term("urgency", one.as_str()),
        chosen: one.as_str() == chosen,
    };
    let To { parties, sectors } = fields.to();
    Ok(NewAlertPage {
        page: desk.page(Here::Alerts, reading.directory()),
        about: about(t, &reading, fields)?,
        typed: TypedAlert {
            id: fields.text("id"),
            title: fields.text("title"),
            text: fields.text("text"),
            actions: fields.text("actions"),
            respond_by: fields.text("respond_by"),
            objects: fields.text("objects"),
        },
        urgencies: Urgency::ALL.into_iter().map(urgency).collect(),
        to: marking::parties(node, desk, reading.directory(), &parties)?,
        sectors: industries(t, &sectors),
        marking: fields.marking.form(node, desk, reading.directory())?,
        faults,
    })
}
