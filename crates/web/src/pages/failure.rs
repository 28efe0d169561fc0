//! Failures as pages, from the one map. Hidden and absent are the same page: nothing of the viewer's view is in it.

use axum::response::Response;
use http::request::Parts;
use http::{Method, StatusCode};
use kizuna_http::Failure;
use uuid::Uuid;

use crate::preferences::Preferences;
use crate::view::failure::FailurePage;
use crate::view::object::FaultView;
use crate::view::{Here, Page};

/// Statuses with texts of their own; others speak as the nearest of these.
const SPOKEN: &[u16] = &[400, 401, 403, 404, 405, 409, 413, 500, 503];

/// Writes a failure as a page. Who is not signed in and only looks is led to the sign-in page and back.
pub(crate) fn present(failure: &Failure, head: &Parts, request: Uuid) -> Response {
    let path = head.uri.path_and_query().map_or("/", |path| path.as_str());
    if failure.status == StatusCode::UNAUTHORIZED && head.method == Method::GET {
        return super::see(&sign_in_path(path));
    }
    let preferences = Preferences::of_request(&head.headers);
    let t = preferences.language;
    let status = failure.status.as_u16();
    let spoken = match status {
        status if SPOKEN.contains(&status) => status,
        400..=499 => 400,
        _ => 500,
    };
    let says_nothing_more = matches!(spoken, 401 | 404 | 405 | 500);
    let places = failure.places.iter();
    let page = FailurePage {
        // The path is not shown: a page about what is not there does not repeat what was asked for.
        page: Page::new(preferences, Here::Elsewhere, "/", None),
        status,
        title: t.say(&format!("failure-{spoken}")),
        way_out: t.say(&format!("failure-{spoken}-next")),
        detail: if says_nothing_more || !failure.places.is_empty() {
            String::new()
        } else {
            failure.detail.clone()
        },
        places: places
            .map(|place| FaultView { path: place.path.clone(), rule: place.rule.clone() })
            .collect(),
        request: failure.is_fault_of_the_program().then(|| request.to_string()),
    };
    super::html_with(&page, failure.status)
}

fn sign_in_path(back: &str) -> String {
    if back == "/" {
        return "/sign-in".to_owned();
    }
    format!("/sign-in?back={}", super::encoded(back))
}
