//! The project's own icons: line drawings on a grid of 20 by 20, written for it, put into pages as inline SVG so
//! that a page needs no further request and takes the colour of its words.

use std::fmt;

/// Name → paths on a 20 × 20 grid, drawn with a line of 1.5.
static DRAWINGS: &[(&str, &str)] = &[
    ("home", "M3 9.5 10 3.5l7 6M5 8.5V16.5h10V8.5M8.5 16.5v-4h3v4"),
    ("search", "M13.2 13.2 17 17M14.5 9a5.5 5.5 0 1 1-11 0 5.5 5.5 0 0 1 11 0Z"),
    ("import", "M10 3v9M6.5 8.8 10 12.3l3.5-3.5M3.5 13v3.5h13V13"),
    ("collections", "M10 3.2 17 6.8l-7 3.6-7-3.6 7-3.6ZM3 10.2l7 3.6 7-3.6M3 13.4l7 3.6 7-3.6"),
    (
        "members",
        "M10 7a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0ZM2.5 16c.4-3 2.3-4.6 5-4.6s4.6 1.6 5 4.6M13 4.7a2.4 2.4 0 0 1 0 4.6M14.5 11.8c1.7.6 2.7 2 3 4.2",
    ),
    ("peers", "M4 10h12M12.5 6.5 16 10l-3.5 3.5M7.5 6.5 4 10l3.5 3.5M2 4.5v11M18 4.5v11"),
    ("quarantine", "M10 3.2 17.5 16.5h-15L10 3.2ZM10 8v4M10 14.2v.1"),
    ("menu", "M3.5 5.5h13M3.5 10h13M3.5 14.5h13"),
    ("label", "M3.5 3.5h6l7 7-6 6-7-7v-6ZM6.8 6.8v.1"),
    ("lock", "M5 9h10v7.5H5V9ZM7 9V6.5a3 3 0 0 1 6 0V9"),
    ("copy", "M7.5 7.5h9v9h-9v-9ZM12.5 7.5v-4h-9v9h4"),
    ("arrow", "M4 10h12M11.5 5.5 16 10l-4.5 4.5"),
    ("back", "M16 10H4M8.5 5.5 4 10l4.5 4.5"),
    ("ok", "M4.5 10.5 8.5 14.5l7-9"),
    ("no", "M5 5l10 10M15 5 5 15"),
    ("note", "M17 10a7 7 0 1 1-14 0 7 7 0 0 1 14 0ZM10 9v4.5M10 6.5v.1"),
    ("warn", "M10 3.2 17.5 16.5h-15L10 3.2ZM10 8v4M10 14.2v.1"),
    ("out", "M8 3.5H4v13h4M8 10h9M13.5 6.5 17 10l-3.5 3.5"),
    ("clock", "M17 10a7 7 0 1 1-14 0 7 7 0 0 1 14 0ZM10 6v4.2l2.8 1.8"),
    // Kinds of objects, each with a shape of its own.
    (
        "indicator",
        "M17 10a7 7 0 1 1-14 0 7 7 0 0 1 14 0ZM13 10a3 3 0 1 1-6 0 3 3 0 0 1 6 0ZM10 1.5v3M10 15.5v3M1.5 10h3M15.5 10h3",
    ),
    (
        "malware",
        "M6.5 9a3.5 3.5 0 0 1 7 0v3.5a3.5 3.5 0 0 1-7 0V9ZM10 9v7M7.5 6 5.5 3.5M12.5 6l2-2.5M6.5 10h-3.5M17 10h-3.5M6.8 13.5 4 16M13.2 13.5 16 16",
    ),
    ("actor", "M13 6.5a3 3 0 1 1-6 0 3 3 0 0 1 6 0ZM4 16.5c.5-3.6 2.7-5.5 6-5.5s5.5 1.9 6 5.5"),
    ("report", "M5 3h7l3.5 3.5V17H5V3ZM12 3v3.5h3.5M7.5 10h5M7.5 13h5"),
    ("technique", "M10 3l6 3.5v7L10 17l-6-3.5v-7L10 3ZM10 10v7M10 10 4 6.5M10 10l6-3.5"),
    (
        "observable",
        "M2 10c2-3.5 4.7-5.3 8-5.3s6 1.8 8 5.3c-2 3.5-4.7 5.3-8 5.3S4 13.5 2 10ZM12.2 10a2.2 2.2 0 1 1-4.4 0 2.2 2.2 0 0 1 4.4 0Z",
    ),
    ("relation", "M7 5.5a2 2 0 1 1-4 0 2 2 0 0 1 4 0ZM17 14.5a2 2 0 1 1-4 0 2 2 0 0 1 4 0ZM6.5 7l7 6"),
    ("organisation", "M4 16.5v-12h7v12M11 8.5h5v8M2.5 16.5h15M6.5 7.5h2M6.5 10.5h2M6.5 13.5h2"),
    (
        "place",
        "M10 17.5c-3.5-3.8-5.2-6.5-5.2-9a5.2 5.2 0 0 1 10.4 0c0 2.5-1.7 5.2-5.2 9ZM12 8.5a2 2 0 1 1-4 0 2 2 0 0 1 4 0Z",
    ),
    ("shield", "M10 2.8 16 5v5c0 3.6-2 6-6 7.5C6 16 4 13.6 4 10V5l6-2.2Z"),
    ("object", "M4.5 4.5h11v11h-11v-11Z"),
];

/// A drawing that can stand in a page. It is decoration: words beside it carry the meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Icon {
    path: &'static str,
}

impl askama::filters::HtmlSafe for Icon {}

impl fmt::Display for Icon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "<svg class=\"icon\" viewBox=\"0 0 20 20\" width=\"20\" height=\"20\" fill=\"none\" \
             stroke=\"currentColor\" stroke-width=\"1.5\" stroke-linecap=\"round\" stroke-linejoin=\"round\" \
             aria-hidden=\"true\" focusable=\"false\"><path d=\"{}\"/></svg>",
            self.path
        )
    }
}

/// The icon with this name; a plain square for a name that has none.
pub fn icon(name: &str) -> Icon {
    let drawing = DRAWINGS.iter().find(|(known, _)| *known == name);
    let fallback = DRAWINGS.last().map_or("", |(_, path)| path);
    Icon { path: drawing.map_or(fallback, |(_, path)| path) }
}

/// The icon for a type of STIX object.
pub fn of_kind(kind: &str) -> Icon {
    let name = match kind {
        "indicator" => "indicator",
        "malware" | "tool" | "malware-analysis" => "malware",
        "threat-actor" | "intrusion-set" | "campaign" => "actor",
        "report" | "note" | "opinion" | "grouping" | "language-content" => "report",
        "attack-pattern" | "x-mitre-tactic" | "x-mitre-matrix" => "technique",
        "relationship" => "relation",
        "identity" | "infrastructure" => "organisation",
        "location" => "place",
        "course-of-action"
        | "vulnerability"
        | "x-mitre-detection-strategy"
        | "x-mitre-analytic"
        | "kizuna-attestation"
        | "kizuna-key" => "shield",
        "marking-definition" | "kizuna-label" | "kizuna-recall" => "label",
        "sighting"
        | "observed-data"
        | "artifact"
        | "autonomous-system"
        | "directory"
        | "domain-name"
        | "email-addr"
        | "email-message"
        | "file"
        | "ipv4-addr"
        | "ipv6-addr"
        | "mac-addr"
        | "mutex"
        | "network-traffic"
        | "process"
        | "software"
        | "url"
        | "user-account"
        | "windows-registry-key"
        | "x509-certificate" => "observable",
        _ => "object",
    };
    icon(name)
}
