//! The story that `make demo` tells, as STIX objects: an intrusion at a port operator of an invented state, told in two
//! versions. The first is for the circle; the second says more, and stays at home.

use kizuna_app::stix::Id;
use serde_json::{Value, json};
use uuid::{Uuid, uuid};

/// The report that each nation sees in its own way.
pub const REPORT: Uuid = uuid!("5b0f6a3e-1a52-4f3b-9a3e-0d6c7f1e2a01");
pub const INDICATOR: Uuid = uuid!("5b0f6a3e-1a52-4f3b-9a3e-0d6c7f1e2a02");
pub const MALWARE: Uuid = uuid!("5b0f6a3e-1a52-4f3b-9a3e-0d6c7f1e2a03");
pub const VICTIM: Uuid = uuid!("5b0f6a3e-1a52-4f3b-9a3e-0d6c7f1e2a04");
const INDICATES: Uuid = uuid!("5b0f6a3e-1a52-4f3b-9a3e-0d6c7f1e2a05");
const TRANSLATION: Uuid = uuid!("5b0f6a3e-1a52-4f3b-9a3e-0d6c7f1e2a06");

const FIRST: &str = "2026-11-20T09:12:00.000Z";
const SECOND: &str = "2026-11-21T16:40:00.000Z";

/// An object of the story with what every object has.
fn object(kind: &str, uuid: Uuid, author: &Id, modified: &str, rest: Value) -> Value {
    let mut object = json!({
        "type": kind,
        "spec_version": "2.1",
        "id": Id::new(kind, uuid),
        "created_by_ref": author,
        "created": FIRST,
        "modified": modified,
    });
    if let (Some(object), Value::Object(rest)) = (object.as_object_mut(), rest) {
        object.extend(rest);
    }
    object
}

fn bundle(objects: &[Value]) -> Value {
    json!({"type": "bundle", "id": Id::new("bundle", REPORT), "objects": objects})
}

/// What the circle and the operators served by its members may read.
pub fn shared(author: &Id) -> Value {
    let indicator = Id::new("indicator", INDICATOR);
    let malware = Id::new("malware", MALWARE);
    let report = Id::new("report", REPORT);
    bundle(&[
        object(
            "malware",
            MALWARE,
            author,
            FIRST,
            json!({
                "name": "Harbour Moth",
                "is_family": true,
                "malware_types": ["remote-access-trojan"],
                "description": "Remote access tool placed on terminal operating systems through a supplier's update.",
            }),
        ),
        object(
            "indicator",
            INDICATOR,
            author,
            FIRST,
            json!({
                "name": "Harbour Moth control server",
                "indicator_types": ["malicious-activity"],
                "pattern": "[domain-name:value = 'update.berth-planner.example'] OR [ipv4-addr:value = '198.51.100.77']",
                "pattern_type": "stix",
                "valid_from": FIRST,
                "confidence": 85,
            }),
        ),
        object(
            "relationship",
            INDICATES,
            author,
            FIRST,
            json!({"relationship_type": "indicates", "source_ref": indicator, "target_ref": malware}),
        ),
        object(
            "report",
            REPORT,
            author,
            FIRST,
            json!({
                "name": "Intrusions at container terminals through a berth planner's update",
                "description": "A supplier's update channel was used to place a remote access tool at a container \
                                terminal. Block the control servers below and look for their use since October.",
                "report_types": ["threat-report"],
                "published": FIRST,
                "object_refs": [indicator, malware],
                "lang": "en",
            }),
        ),
        object(
            "language-content",
            TRANSLATION,
            author,
            FIRST,
            json!({
                "object_ref": report,
                "object_modified": FIRST,
                "contents": {
                    "ja": {
                        "name": "バース計画ソフトの更新を悪用したコンテナターミナルへの侵入",
                        "description": "供給業者の更新経路を通じて遠隔操作ツールが設置された。以下の通信先を遮断し、10月以降の通信履歴を確認されたい。",
                    },
                },
            }),
        ),
    ])
}

/// What stays with the nation that found it: who was hit, and how it is known.
pub fn national(author: &Id) -> Value {
    let indicator = Id::new("indicator", INDICATOR);
    let malware = Id::new("malware", MALWARE);
    let victim = Id::new("identity", VICTIM);
    bundle(&[
        object(
            "identity",
            VICTIM,
            author,
            FIRST,
            json!({
                "name": "CinderHarbor Group, north quay",
                "identity_class": "organization",
                "sectors": ["transportation"],
            }),
        ),
        object(
            "report",
            REPORT,
            author,
            SECOND,
            json!({
                "name": "Intrusions at container terminals through a berth planner's update",
                "description": "The terminal is CinderHarbor's north quay. The update was signed with a key taken in \
                                August; the same operators hold access at two more suppliers. Known from a liaison \
                                whose position must not be betrayed.",
                "report_types": ["threat-report", "victim"],
                "published": FIRST,
                "object_refs": [indicator, malware, victim],
                "lang": "en",
            }),
        ),
    ])
}
