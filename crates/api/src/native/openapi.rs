//! The description of everything for programs (OpenAPI 3.1), printed from the registry that the router is built from.

use std::sync::LazyLock;

use axum::response::IntoResponse;
use http::header;
use kizuna_http::registry::{self, Access, Answer, Face, Kind, OutputPath, Param, Place};
use serde_json::{Map, Value, json};

/// The schemas of bodies and answers, by name.
const SCHEMAS: &str = include_str!("openapi/schemas.json");

static DOCUMENT: LazyLock<String> = LazyLock::new(|| {
    // The text is fixed at compile time and a test reads it.
    serde_json::to_string(&document()).unwrap_or_default()
});

pub(super) async fn openapi() -> impl IntoResponse {
    (
        [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "public, max-age=300")],
        DOCUMENT.as_str(),
    )
}

/// The whole description.
pub(crate) fn document() -> Value {
    let mut paths = Map::new();
    for entry in registry::api() {
        // OpenAPI has no word for a parameter of several segments.
        let methods = paths.entry(entry.path.replace("{*", "{")).or_insert_with(|| json!({}));
        methods[entry.method.as_str().to_ascii_lowercase()] = operation(entry);
    }
    let schemas: Value = serde_json::from_str(SCHEMAS).unwrap_or_default();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Kizuna",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "What a viewer may not read is not there: hidden and absent answer alike.",
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "key": { "type": "http", "scheme": "bearer", "description": "An API key" },
                "basic": { "type": "http", "scheme": "basic", "description": "E-mail address and API key" },
                "watch": { "type": "http", "scheme": "bearer", "description": "The node's watch token" },
            },
            "responses": { "TaxiiError": failure(registry::taxii::MEDIA, "TaxiiError"),
                "Problem": failure("application/problem+json", "Problem") },
        },
    })
}

fn failure(media: &str, schema: &str) -> Value {
    json!({ "description": "A failure", "content": { media: { "schema": reference(schema) } } })
}

fn operation(entry: &OutputPath) -> Value {
    let mut answers = Map::new();
    for answer in entry.answers {
        answers.insert(answer.status.to_string(), describe(answer));
    }
    let failure = match entry.face {
        Face::Taxii => "TaxiiError",
        Face::Native | Face::Pages => "Problem",
    };
    answers.insert("default".to_owned(), json!({ "$ref": format!("#/components/responses/{failure}") }));
    let mut operation = json!({
        "operationId": entry.name,
        "summary": entry.summary,
        "tags": [entry.name.split('.').next().unwrap_or_default()],
        "parameters": entry.params.iter().map(parameter).collect::<Vec<_>>(),
        "responses": answers,
        "security": match entry.access {
            Access::Anyone => json!([]),
            Access::Optional => json!([{}, { "key": [] }, { "basic": [] }]),
            Access::Viewer => json!([{ "key": [] }, { "basic": [] }]),
            Access::Watcher => json!([{ "watch": [] }]),
        },
    });
    if let Some(body) = &entry.body {
        let content = json!({ body.media: { "schema": reference(body.schema) } });
        operation["requestBody"] = json!({ "required": body.required, "content": content });
    }
    operation
}

fn describe(answer: &Answer) -> Value {
    if answer.schema.is_empty() {
        return json!({ "description": answer.summary });
    }
    json!({ "description": answer.summary, "content": { answer.media: { "schema": reference(answer.schema) } } })
}

fn parameter(param: &Param) -> Value {
    let place = match param.place {
        Place::Path => "path",
        Place::Query => "query",
        Place::Header => "header",
    };
    let schema = match param.kind {
        Kind::Text | Kind::Cursor => json!({ "type": "string" }),
        Kind::Uuid => json!({ "type": "string", "format": "uuid" }),
        Kind::StixId => reference("StixId"),
        Kind::Limit => json!({ "type": "integer", "minimum": 1 }),
        Kind::Timestamp => json!({ "type": "string", "format": "date-time" }),
        Kind::Boolean => json!({ "type": "boolean" }),
        Kind::List => json!({ "type": "array", "items": { "type": "string" } }),
    };
    let mut described = json!({
        "name": param.name.trim_start_matches('*'),
        "in": place,
        "required": param.required,
        "description": param.summary,
        "schema": schema,
    });
    if param.kind == Kind::List {
        described["style"] = "form".into();
        described["explode"] = false.into();
    }
    described
}

fn reference(schema: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{schema}") })
}

#[cfg(test)]
mod tests;
