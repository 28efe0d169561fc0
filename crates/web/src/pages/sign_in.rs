//! Signing in and out, and the first page of a new node.

use axum::extract::State;
use axum::response::Response;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use kizuna_access::rights::Sector;
use kizuna_app::AppError;
use kizuna_app::sign_in::{Session, SetUp, SignIn};
use kizuna_http::{Failure, Path, Place, Query, Server, Viewer, session_cookie};
use serde::Deserialize;

use super::desk::Visitor;
use super::{Form, html, html_with, own_path, see};
use crate::language::Language;
use crate::view::Faults;
use crate::view::object::FaultView;
use crate::view::sign_in::{Choice, LinkPage, SET_UP, SetUpPage, SignInPage};

const SECTORS: [(Sector, &str); 5] = [
    (Sector::Public, "public"),
    (Sector::Private, "private"),
    (Sector::Academic, "academic"),
    (Sector::Military, "military"),
    (Sector::Civil, "civil"),
];

#[derive(Deserialize)]
pub(super) struct Back {
    back: Option<String>,
}

pub(super) async fn form(visitor: Visitor, Query(query): Query<Back>) -> Response {
    let back = own_path(query.back.as_deref().unwrap_or("/")).to_owned();
    html(&SignInPage { page: visitor.page(), back, refused: false })
}

#[derive(Deserialize)]
pub(super) struct KeyForm {
    key: String,
    back: Option<String>,
}

pub(super) async fn with_key(
    State(server): State<Server>,
    visitor: Visitor,
    headers: HeaderMap,
    Form(given): Form<KeyForm>,
) -> Result<Response, Failure> {
    let back = own_path(given.back.as_deref().unwrap_or("/")).to_owned();
    match server.writing(move |node| node.sign_in_with_key(&given.key)).await {
        Ok(session) => Ok(begin(&server, &headers, &session, &back)),
        Err(failure) if failure.status == StatusCode::UNAUTHORIZED => {
            let page = SignInPage { page: visitor.page(), back, refused: true };
            Ok(html_with(&page, StatusCode::UNAUTHORIZED))
        }
        Err(failure) => Err(failure),
    }
}

pub(super) async fn link(
    State(server): State<Server>,
    visitor: Visitor,
    Path(token): Path<String>,
) -> Result<Response, Failure> {
    let asked = token.clone();
    let is_new_node = server
        .blocking(move |node| {
            if !node.link_is_valid(&asked)? {
                return Err(AppError::NotFound);
            }
            Ok(node.directory()?.people().next().is_none())
        })
        .await?;
    Ok(if is_new_node {
        html(&set_up_page(&visitor, token, None))
    } else {
        html(&LinkPage { page: visitor.page(), token })
    })
}

pub(super) async fn use_link(
    State(server): State<Server>,
    visitor: Visitor,
    Path(token): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Failure> {
    let spent = token.clone();
    let found = server.writing(move |node| node.sign_in(&spent)).await?;
    if let SignIn::Session(session) = found {
        return Ok(begin(&server, &headers, &session, "/"));
    }
    let answers: SetUp = match answers(&body) {
        Some(answers) => answers,
        None => return Ok(html(&set_up_page(&visitor, token, None))),
    };
    let (spent, given) = (token.clone(), answers.clone());
    match server.writing(move |node| node.set_up(&spent, &given)).await {
        Ok(session) => Ok(begin(&server, &headers, &session, "/")),
        Err(failure)
            if failure.status == StatusCode::BAD_REQUEST || failure.status == StatusCode::CONFLICT =>
        {
            let mut page = set_up_page(&visitor, token, Some(&answers));
            let place = |place: &Place| FaultView { path: place.path.clone(), rule: place.rule.clone() };
            let mut found: Vec<FaultView> = failure.places.iter().map(place).collect();
            if found.is_empty() {
                found.push(FaultView { path: String::new(), rule: failure.detail.clone() });
            }
            page.faults = Faults::new(SET_UP, found);
            Ok(html_with(&page, failure.status))
        }
        Err(failure) => Err(failure),
    }
}

/// The form's answers; nothing where it was not sent from the set-up page.
fn answers(body: &[u8]) -> Option<SetUp> {
    let request = http::Request::builder()
        .method(http::Method::GET)
        .uri(format!("/?{}", std::str::from_utf8(body).ok()?))
        .body(())
        .ok()?;
    axum::extract::Query::<SetUp>::try_from_uri(request.uri()).ok().map(|query| query.0)
}

fn set_up_page(visitor: &Visitor, token: String, given: Option<&SetUp>) -> SetUpPage {
    let page = visitor.page();
    let chosen = given.and_then(|given| given.sector).unwrap_or(Sector::Public);
    SetUpPage {
        sectors: sectors(page.t(), chosen),
        page,
        token,
        member: given.map(|given| given.member.clone()).unwrap_or_default(),
        country: given.map(|given| given.country.clone()).unwrap_or_default(),
        email: given.map(|given| given.email.clone()).unwrap_or_default(),
        faults: Faults::default(),
    }
}

fn sectors(t: Language, chosen: Sector) -> Vec<Choice> {
    let choice = |(sector, word): (Sector, &str)| Choice {
        value: word.to_owned(),
        name: t.term("sector", word),
        chosen: sector == chosen,
    };
    SECTORS.into_iter().map(choice).collect()
}

fn begin(server: &Server, headers: &HeaderMap, session: &Session, back: &str) -> Response {
    let mut response = see(back);
    set_cookie(server, headers, &mut response, &session.token, kizuna_app::sign_in::SESSION_HOURS * 3600);
    response
}

pub(super) async fn out(
    State(server): State<Server>,
    viewer: Option<Viewer>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    if let Some(session) = viewer.and_then(|viewer| viewer.session) {
        server.writing(move |node| node.sign_out(&session.token)).await?;
    }
    let mut response = see("/sign-in");
    set_cookie(&server, &headers, &mut response, "", 0);
    Ok(response)
}

fn set_cookie(server: &Server, headers: &HeaderMap, response: &mut Response, value: &str, seconds: i64) {
    let name = session_cookie(headers, server.secure_cookies());
    let secure = if server.secure_cookies() { "; Secure" } else { "" };
    let cookie = format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}
