//! The demonstration's page, before nodes that answer one key and not the other.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{HeaderMap, Request, StatusCode};
use kizuna_web::demo::{Config, Told, Try, Viewer, router};
use serde_json::json;
use tower::ServiceExt as _;

const ID: &str = "tool--00000000-0000-4000-8000-000000000001";
const MEMBER: &str = "00000000-0000-4000-8000-00000000000a";

/// A node that shows the object to the key `may`.
fn stub() -> Router {
    let object = |Path(id): Path<String>, headers: HeaderMap| async move {
        if headers["authorization"] != "Bearer may" || id != ID {
            return StatusCode::NOT_FOUND.into_response();
        }
        let item = json!({
            "version": "2026-11-22T05:05:09Z",
            "label": { "audience": [[{ "member": MEMBER }, { "country": "EST" }]], "tlp": "amber" },
            "object": { "type": "tool", "id": ID, "name": "<b>hammer</b>", "lang": "en" },
        });
        axum::Json(item).into_response()
    };
    let list = || async { axum::Json(json!({ "items": [{ "id": MEMBER, "name": "Nordavia Power" }] })) };
    let count = || async { axum::Json(json!({ "at_least": 1234, "capped": false })) };
    Router::new()
        .route("/api/v1/objects/{id}", get(object))
        .route("/api/v1/objects/{id}/versions", get(list))
        .route("/api/v1/members", get(list))
        .route("/api/v1/communities", get(list))
        .route("/api/v1/count", get(count))
}

async fn ask(node: &str, path: &str) -> (StatusCode, String) {
    let viewer =
        |name: &str, node: &str, key: &str| Viewer { name: name.into(), node: node.into(), key: key.into() };
    let config = Config {
        viewers: vec![
            viewer("Esteria", node, "may"),
            viewer("Nordavia", node, "may-not"),
            viewer("Nowhere", "http://127.0.0.1:1", "may"),
        ],
        story: vec![Told { id: ID.into(), name: "Hammer".into() }],
        tries: vec![Try { what: "See why:".into(), line: format!("kizuna explain {ID}") }],
        alarm: None,
    };
    let request = Request::get(path).body(Body::empty()).unwrap();
    let response: Response = router(config).oneshot(request).await.unwrap();
    let status = response.status();
    let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
    (status, String::from_utf8(bytes.to_vec()).unwrap())
}

#[tokio::test]
async fn each_column_is_what_its_node_answers_to_its_key() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let node = format!("http://{}", listener.local_addr().unwrap());
    let served = tokio::spawn(async move { axum::serve(listener, stub()).await });
    let (status, html) = ask(&node, "/").await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(crate::markup::faults(&html), Vec::<String>::new());
    let columns: Vec<&str> = html.split("<article class=\"nation\">").skip(1).collect();
    assert_eq!(columns.len(), 3);
    assert!(columns[0].contains("&#60;b&#62;hammer") && columns[0].contains("TLP:AMBER"), "{}", columns[0]);
    assert!(columns[0].contains("Nordavia Power") && columns[0].contains("1,234"), "{}", columns[0]);
    assert!(columns[1].contains("There is no such object here."), "{}", columns[1]);
    assert!(!columns[1].contains("hammer"), "{}", columns[1]);
    assert!(columns[2].contains("This node does not answer."), "{}", columns[2]);
    for secret in ["may-not", "Bearer"] {
        assert!(!html.contains(secret), "a key is shown");
    }
    let (_, odd) = ask(&node, "/?id=../../metrics").await;
    assert!(odd.contains(ID), "what is no id is not asked for");
    served.abort();
}
