//! Keeps language, time zone, light or dark in cookies.

use axum::extract::State;
use axum::response::Response;
use http::{HeaderValue, StatusCode, header};
use kizuna_http::{Failure, Server};
use serde::Deserialize;

use super::desk::Visitor;
use super::{Form, html_with, own_path, see};
use crate::language::Language;
use crate::preferences::{LANGUAGE_COOKIE, THEME_COOKIE, Theme, ZONE_COOKIE, zone};
use crate::view::Faults;
use crate::view::object::FaultView;
use crate::view::zone::{FORM, ZonePage};

const YEAR_SECONDS: u32 = 31_536_000;

#[derive(Deserialize)]
pub(super) struct Wishes {
    back: Option<String>,
    language: Option<String>,
    theme: Option<String>,
    zone: Option<String>,
}

pub(super) async fn prefer(
    State(server): State<Server>,
    visitor: Visitor,
    Form(wishes): Form<Wishes>,
) -> Result<Response, Failure> {
    let back = own_path(wishes.back.as_deref().unwrap_or("/"));
    let mut response = see(back);
    let secure = if server.secure_cookies() { "; Secure" } else { "" };
    let mut keep = |name: &str, value: &str| {
        let cookie = format!("{name}={value}; Path=/; Max-Age={YEAR_SECONDS}; SameSite=Lax{secure}");
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
    };
    if let Some(word) = wishes.language {
        let language = Language::of_tag(&word);
        let language =
            language.ok_or_else(|| Failure::invalid("$.language", "not a language of these pages"))?;
        keep(LANGUAGE_COOKIE, language.tag());
    }
    if let Some(word) = wishes.theme {
        let theme = Theme::of_word(&word);
        let theme = theme.ok_or_else(|| Failure::invalid("$.theme", "system, light or dark"))?;
        keep(THEME_COOKIE, theme.as_str());
    }
    if let Some(name) = wishes.zone {
        let Some(found) = zone(name.trim()) else {
            let rule = "not a time zone, such as Asia/Tokyo".to_owned();
            let faults = Faults::new(FORM, vec![FaultView { path: "zone".to_owned(), rule }]);
            let page = ZonePage { page: visitor.page(), back: back.to_owned(), zone: name, faults };
            return Ok(html_with(&page, StatusCode::BAD_REQUEST));
        };
        keep(ZONE_COOKIE, found.iana_name().unwrap_or("UTC"));
    }
    Ok(response)
}
