//! Keeps language, time zone, light or dark in cookies.

use axum::extract::State;
use axum::response::Response;
use http::{HeaderValue, header};
use kizuna_http::{Failure, Server};
use serde::Deserialize;

use super::{Form, own_path, see};
use crate::language::Language;
use crate::preferences::{LANGUAGE_COOKIE, THEME_COOKIE, Theme, ZONE_COOKIE, zone};

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
    Form(wishes): Form<Wishes>,
) -> Result<Response, Failure> {
    let mut response = see(own_path(wishes.back.as_deref().unwrap_or("/")));
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
        let found = zone(name.trim());
        let found = found.ok_or_else(|| Failure::invalid("$.zone", "not a time zone, such as Asia/Tokyo"))?;
        keep(ZONE_COOKIE, found.iana_name().unwrap_or("UTC"));
    }
    Ok(response)
}
