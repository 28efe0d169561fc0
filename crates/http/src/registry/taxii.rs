//! TAXII 2.1 (OASIS Standard, 2021-06-10), under `/taxii2/`.

use super::{Access, Answer, Body, Face, Kind, Method, OutputPath, Param, Reads};

/// The media type of every TAXII message (TAXII 2.1 §1.6.8).
pub const MEDIA: &str = "application/taxii+json;version=2.1";

const ROOT: Param = Param::path("root", Kind::Text, "The API root: `own`, or a community's id");
const COLLECTION: Param = Param::path("collection", Kind::Text, "The collection's id or its alias");
const OBJECT: Param = Param::path("id", Kind::StixId, "The object's id");
const STATUS: Param = Param::path("status", Kind::Uuid, "The status's id");
const ADDED_AFTER: Param = Param::query(
    "added_after",
    Kind::Timestamp,
    "Only what became readable to this viewer after this instant",
);
const LIMIT: Param = Param::query("limit", Kind::Limit, "How many objects at most; the node caps it");
const NEXT: Param = Param::query("next", Kind::Cursor, "Where the page before ended");
const MATCH_ID: Param = Param::query("match[id]", Kind::List, "Object ids");
const MATCH_TYPE: Param = Param::query("match[type]", Kind::List, "Object types");
const MATCH_VERSION: Param =
    Param::query("match[version]", Kind::List, "`last`, `first`, `all` or values of `modified`");
const MATCH_SPEC: Param = Param::query("match[spec_version]", Kind::List, "STIX versions, such as `2.1`");

const fn message(schema: &'static str, summary: &'static str) -> Answer {
    Answer { status: 200, media: MEDIA, schema, summary }
}

const READ: OutputPath = OutputPath {
    name: "",
    method: Method::Get,
    path: "",
    face: Face::Taxii,
    access: Access::Viewer,
    reads: Reads::Directory,
    summary: "",
    params: &[],
    body: None,
    answers: &[],
};

/// §4.1.
pub static DISCOVERY: OutputPath = OutputPath {
    name: "taxii.discovery",
    path: "/taxii2/",
    summary: "The API roots that the viewer may use",
    answers: &[message("TaxiiDiscovery", "The API roots")],
    ..READ
};

/// §4.2.
pub static API_ROOT: OutputPath = OutputPath {
    name: "taxii.api-root",
    path: "/taxii2/{root}/",
    summary: "What an API root is and can do",
    params: &[ROOT],
    answers: &[message("TaxiiApiRoot", "The API root")],
    ..READ
};

/// §4.3.
pub static STATUS_OF: OutputPath = OutputPath {
    name: "taxii.status",
    path: "/taxii2/{root}/status/{status}/",
    reads: Reads::Own,
    summary: "What became of objects that the viewer added",
    params: &[ROOT, STATUS],
    answers: &[message("TaxiiStatus", "The status")],
    ..READ
};

/// §5.1.
pub static COLLECTIONS: OutputPath = OutputPath {
    name: "taxii.collections",
    path: "/taxii2/{root}/collections/",
    summary: "The collections of an API root",
    params: &[ROOT],
    answers: &[message("TaxiiCollections", "The collections")],
    ..READ
};

/// §5.2.
pub static COLLECTION_OF: OutputPath = OutputPath {
    name: "taxii.collection",
    path: "/taxii2/{root}/collections/{collection}/",
    summary: "One collection",
    params: &[ROOT, COLLECTION],
    answers: &[message("TaxiiCollection", "The collection")],
    ..READ
};

/// §5.3.
pub static MANIFEST: OutputPath = OutputPath {
    name: "taxii.manifest",
    path: "/taxii2/{root}/collections/{collection}/manifest/",
    reads: Reads::Content,
    summary: "Which versions of which objects a collection holds",
    params: &[ROOT, COLLECTION, ADDED_AFTER, LIMIT, NEXT, MATCH_ID, MATCH_TYPE, MATCH_VERSION, MATCH_SPEC],
    answers: &[message("TaxiiManifest", "The manifest")],
    ..READ
};

/// §5.4.
pub static OBJECTS: OutputPath = OutputPath {
    name: "taxii.objects",
    path: "/taxii2/{root}/collections/{collection}/objects/",
    reads: Reads::Content,
    summary: "The objects of a collection",
    params: &[ROOT, COLLECTION, ADDED_AFTER, LIMIT, NEXT, MATCH_ID, MATCH_TYPE, MATCH_VERSION, MATCH_SPEC],
    answers: &[message("TaxiiEnvelope", "A page of objects")],
    ..READ
};

/// §5.5.
pub static ADD_OBJECTS: OutputPath = OutputPath {
    name: "taxii.add-objects",
    method: Method::Post,
    path: "/taxii2/{root}/collections/{collection}/objects/",
    reads: Reads::Own,
    summary: "Adds objects to a collection",
    params: &[ROOT, COLLECTION],
    body: Some(Body { media: MEDIA, schema: "TaxiiEnvelope", required: true }),
    answers: &[Answer {
        status: 202,
        media: MEDIA,
        schema: "TaxiiStatus",
        summary: "What became of each object",
    }],
    ..READ
};

/// §5.6.
pub static OBJECT_OF: OutputPath = OutputPath {
    name: "taxii.object",
    path: "/taxii2/{root}/collections/{collection}/objects/{id}/",
    reads: Reads::Content,
    summary: "One object, in one or more versions",
    params: &[ROOT, COLLECTION, OBJECT, ADDED_AFTER, LIMIT, NEXT, MATCH_VERSION, MATCH_SPEC],
    answers: &[message("TaxiiEnvelope", "The versions asked for")],
    ..READ
};

/// §5.7.
pub static DELETE_OBJECT: OutputPath = OutputPath {
    name: "taxii.delete-object",
    method: Method::Delete,
    path: "/taxii2/{root}/collections/{collection}/objects/{id}/",
    reads: Reads::Own,
    summary: "Narrows the viewer's own contribution to its member",
    params: &[ROOT, COLLECTION, OBJECT, MATCH_VERSION, MATCH_SPEC],
    answers: &[Answer { status: 200, media: MEDIA, schema: "", summary: "It was narrowed" }],
    ..READ
};

/// §5.8.
pub static VERSIONS: OutputPath = OutputPath {
    name: "taxii.versions",
    path: "/taxii2/{root}/collections/{collection}/objects/{id}/versions/",
    reads: Reads::Content,
    summary: "The versions of one object",
    params: &[ROOT, COLLECTION, OBJECT, ADDED_AFTER, LIMIT, NEXT, MATCH_SPEC],
    answers: &[message("TaxiiVersions", "The versions")],
    ..READ
};

/// All of them.
pub static ALL: &[&OutputPath] = &[
    &DISCOVERY,
    &API_ROOT,
    &STATUS_OF,
    &COLLECTIONS,
    &COLLECTION_OF,
    &MANIFEST,
    &OBJECTS,
    &ADD_OBJECTS,
    &OBJECT_OF,
    &DELETE_OBJECT,
    &VERSIONS,
];
