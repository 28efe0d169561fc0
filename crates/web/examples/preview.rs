//! Serves every page with invented content, to look at: `cargo run -p kizuna-web --example preview`, then
//! `http://127.0.0.1:8499/object?lang=ja&theme=dark`.

#[path = "../tests/fixture/mod.rs"]
mod fixture;

use std::collections::HashMap;

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{StatusCode, header};
use kizuna_web::asset;
use kizuna_web::preferences::Theme;

async fn page(Path(name): Path<String>, Query(wish): Query<HashMap<String, String>>) -> Response {
    let word = |key: &str, or: &str| wish.get(key).cloned().unwrap_or_else(|| or.to_owned());
    let theme = Theme::of_word(&word("theme", "light")).unwrap_or_default();
    let p = fixture::preferences(&word("lang", "en"), theme);
    let html = match name.as_str() {
        "home" => fixture::lists::home(&p).render(),
        "empty" => fixture::lists::empty_home(&p).render(),
        "search" => fixture::lists::search(&p).render(),
        "nothing" => fixture::lists::empty_search(&p).render(),
        "collections" => fixture::lists::collections(&p).render(),
        "members" => fixture::lists::members(&p).render(),
        "peers" => fixture::lists::peers(&p).render(),
        "quarantine" => fixture::lists::quarantine(&p).render(),
        "quarantined" => fixture::lists::quarantined(&p).render(),
        "object" => fixture::object(&p).render(),
        "release" => fixture::release::release(&p).render(),
        "release-check" => fixture::release::blocked(&p).render(),
        "release-new" => fixture::release::new_release(&p).render(),
        "release-amend" => fixture::release::amend(&p).render(),
        "releases" => fixture::release::releases(&p).render(),
        "report" => fixture::release::report(&p).render(),
        "tearline-new" => fixture::tearline::new(&p).render(),
        "tearline-preview" => fixture::tearline::preview(&p).render(),
        "tearline" => fixture::tearline::made(&p).render(),
        "policy-check" => fixture::policies::policy_check(&p).render(),
        "policies" => fixture::policies::policies(&p).render(),
        "peer" => fixture::lists::one_peer(&p).render(),
        "proposals" => fixture::lists::proposals(&p).render(),
        "zone" => fixture::working::zone(&p).render(),
        "sign-in" => fixture::working::sign_in(&p).render(),
        "link" => fixture::working::link(&p).render(),
        "set-up" => fixture::working::set_up(&p).render(),
        "forecast" => fixture::foresee::forecast(&p).render(),
        "forecast-asked" => fixture::foresee::nothing_asked(&p).render(),
        "as-seen" => fixture::foresee::as_seen(&p).render(),
        "explain" => fixture::working::explain(&p).render(),
        "import" => fixture::working::import(&p).render(),
        "check" => fixture::working::import_check(&p).render(),
        "done" => fixture::working::import_done(&p).render(),
        "help" => fixture::working::help(&p).render(),
        "demo" => fixture::working::demo(&p).render(),
        _ => fixture::working::failure(&p, 404, true).render(),
    };
    let policy =
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'";
    let headers =
        [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CONTENT_SECURITY_POLICY, policy)];
    match html {
        Ok(html) => (headers, html).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

async fn file(Path(name): Path<String>) -> Response {
    let Some(asset) = asset::find(&name) else { return StatusCode::NOT_FOUND.into_response() };
    // From the disk, so that a change shows when the page is loaded again.
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("assets");
    let bytes = if asset.name == asset::STYLE.name {
        let parts = asset::STYLE_PARTS.iter();
        let read = parts.map(|part| std::fs::read(folder.join("style").join(part).with_extension("css")));
        read.collect::<Result<Vec<_>, _>>().map(|parts| parts.concat())
    } else {
        std::fs::read(folder.join(asset.name))
    };
    match bytes {
        Ok(bytes) => ([(header::CONTENT_TYPE, asset.media)], bytes).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let router = Router::new().route("/{page}", get(page)).route("/assets/{name}", get(file));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8499").await?;
    axum::serve(listener, router).await
}
