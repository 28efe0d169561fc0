//! Cyber-observable objects (STIX 2.1 §6) with what makes up their deterministic ids.

use super::{
    CHARACTER_SET, COUNT, Form, INTEGER, MEDIA_TYPE, PORT, Rule, Spec, TEXTS, Target, URI, extension, opt,
    part, req,
};
use crate::validate::rules;

const ACCOUNT: Form = Form::Identifier(Target::Only(&["user-account"]));
const ARTIFACT_REF: Form = Form::Identifier(Target::Only(&["artifact"]));
const CONTENT: Form = Form::List(&Form::Identifier(Target::Only(&["file", "directory"])));
const EMAIL: Form = Form::Identifier(Target::Only(&["email-addr"]));
const EMAILS: Form = Form::List(&EMAIL);
const MACS: Form = Form::List(&Form::Identifier(Target::Only(&["mac-addr"])));
const SYSTEMS: Form = Form::List(&Form::Identifier(Target::Only(&["autonomous-system"])));
const TRAFFIC: Form = Form::Identifier(Target::Only(&["network-traffic"]));
const ENDPOINT: Form = Form::Identifier(Target::Only(&["ipv4-addr", "ipv6-addr", "mac-addr", "domain-name"]));

static ENCRYPTION: &[&str] = &["AES-256-GCM", "ChaCha20-Poly1305", "mime-type-indicated"];

pub(super) static ARTIFACT: Spec = Spec::cyber(
    "artifact",
    "§6.1",
    &["hashes", "payload_bin"],
    &[
        opt("decryption_key", Form::Text),
        opt("encryption_algorithm", Form::Enum(ENCRYPTION)),
        opt("hashes", Form::Hashes),
        opt("mime_type", MEDIA_TYPE),
        opt("payload_bin", Form::Base64),
        opt("url", URI),
    ],
)
.rules(&[
    Rule::AnyOf(&["payload_bin", "url"]),
    Rule::NotBoth("payload_bin", "url"),
    Rule::Needs("url", "hashes"),
    Rule::Needs("decryption_key", "encryption_algorithm"),
]);

pub(super) static AUTONOMOUS_SYSTEM: Spec = Spec::cyber(
    "autonomous-system",
    "§6.2",
    &["number"],
    &[opt("name", Form::Text), req("number", COUNT), opt("rir", Form::Text)],
);

pub(super) static DIRECTORY: Spec = Spec::cyber(
    "directory",
    "§6.3",
    &["path"],
    &[
        opt("atime", Form::Time),
        opt("contains_refs", CONTENT),
        opt("ctime", Form::Time),
        opt("mtime", Form::Time),
        req("path", Form::Text),
        opt("path_enc", CHARACTER_SET),
    ],
);

pub(super) static DOMAIN_NAME: Spec = Spec::cyber(
    "domain-name",
    "§6.4",
    &["value"],
    &[
        opt(
            "resolves_to_refs",
            Form::List(&Form::Identifier(Target::Only(&["ipv4-addr", "ipv6-addr", "domain-name"]))),
        ),
        req("value", Form::Text),
    ],
);

pub(super) static EMAIL_ADDR: Spec = Spec::cyber(
    "email-addr",
    "§6.5",
    &["value"],
    &[opt("belongs_to_ref", ACCOUNT), opt("display_name", Form::Text), req("value", Form::Text)],
);

pub(super) static EMAIL_MESSAGE: Spec = Spec::cyber(
    "email-message",
    "§6.6",
    &["from_ref", "subject", "body"],
    &[
        opt("additional_header_fields", Form::Dictionary),
        opt("bcc_refs", EMAILS),
        opt("body", Form::Text),
        opt("body_multipart", Form::List(&Form::Part(&part::MIME_PART))),
        opt("cc_refs", EMAILS),
        opt("content_type", Form::Text),
        opt("date", Form::Time),
        opt("from_ref", EMAIL),
        req("is_multipart", Form::Bool),
        opt("message_id", Form::Text),
        opt("raw_email_ref", ARTIFACT_REF),
        opt("received_lines", TEXTS),
        opt("sender_ref", EMAIL),
        opt("subject", Form::Text),
        opt("to_refs", EMAILS),
    ],
)
.rules(&[Rule::Check(rules::email_message)]);

pub(super) static FILE: Spec = Spec::cyber(
    "file",
    "§6.7",
    &["hashes", "name", "parent_directory_ref", "extensions"],
    &[
        opt("atime", Form::Time),
        opt("contains_refs", Form::List(&super::ANYTHING)),
        opt("content_ref", ARTIFACT_REF),
        opt("ctime", Form::Time),
        opt("hashes", Form::Hashes),
        opt("magic_number_hex", Form::Hex),
        opt("mime_type", MEDIA_TYPE),
        opt("mtime", Form::Time),
        opt("name", Form::Text),
        opt("name_enc", CHARACTER_SET),
        opt("parent_directory_ref", Form::Identifier(Target::Only(&["directory"]))),
        opt("size", COUNT),
    ],
)
.rules(&[Rule::AnyOf(&["hashes", "name"]), Rule::Needs("name_enc", "name")])
.extensions(&[
    &extension::ARCHIVE,
    &extension::NTFS,
    &extension::PDF,
    &extension::RASTER_IMAGE,
    &extension::WINDOWS_PEBINARY,
]);

pub(super) static IPV4_ADDR: Spec = Spec::cyber(
    "ipv4-addr",
    "§6.8",
    &["value"],
    &[opt("belongs_to_refs", SYSTEMS), opt("resolves_to_refs", MACS), req("value", Form::Text)],
)
.rules(&[Rule::Check(rules::ipv4)]);

pub(super) static IPV6_ADDR: Spec = Spec::cyber(
    "ipv6-addr",
    "§6.9",
    &["value"],
    &[opt("belongs_to_refs", SYSTEMS), opt("resolves_to_refs", MACS), req("value", Form::Text)],
)
.rules(&[Rule::Check(rules::ipv6)]);

pub(super) static MAC_ADDR: Spec = Spec::cyber("mac-addr", "§6.10", &["value"], &[req("value", Form::Text)])
    .rules(&[Rule::Check(rules::mac)]);

pub(super) static MUTEX: Spec = Spec::cyber("mutex", "§6.11", &["name"], &[req("name", Form::Text)]);

pub(super) static NETWORK_TRAFFIC: Spec = Spec::cyber(
    "network-traffic",
    "§6.12",
    &["start", "end", "src_ref", "dst_ref", "src_port", "dst_port", "protocols", "extensions"],
    &[
        opt("dst_byte_count", COUNT),
        opt("dst_packets", COUNT),
        opt("dst_payload_ref", ARTIFACT_REF),
        opt("dst_port", PORT),
        opt("dst_ref", ENDPOINT),
        opt("encapsulated_by_ref", TRAFFIC),
        opt("encapsulates_refs", Form::List(&TRAFFIC)),
        opt("end", Form::Time),
        opt("ipfix", Form::Dictionary),
        opt("is_active", Form::Bool),
        req("protocols", TEXTS),
        opt("src_byte_count", COUNT),
        opt("src_packets", COUNT),
        opt("src_payload_ref", ARTIFACT_REF),
        opt("src_port", PORT),
        opt("src_ref", ENDPOINT),
        opt("start", Form::Time),
    ],
)
.rules(&[
    Rule::AnyOf(&["src_ref", "dst_ref"]),
    Rule::NotBefore("start", "end"),
    Rule::Check(rules::network_traffic),
])
.extensions(&[&extension::HTTP_REQUEST, &extension::ICMP, &extension::SOCKET, &extension::TCP]);

pub(super) static PROCESS: Spec = Spec::cyber(
    "process",
    "§6.13",
    &[],
    &[
        opt("child_refs", Form::List(&Form::Identifier(Target::Only(&["process"])))),
        opt("command_line", Form::Text),
        opt("created_time", Form::Time),
        opt("creator_user_ref", ACCOUNT),
        opt("cwd", Form::Text),
        opt("environment_variables", Form::Dictionary),
        opt("image_ref", Form::Identifier(Target::Only(&["file"]))),
        opt("is_hidden", Form::Bool),
        opt("opened_connection_refs", Form::List(&TRAFFIC)),
        opt("parent_ref", Form::Identifier(Target::Only(&["process"]))),
        opt("pid", INTEGER),
    ],
)
.rules(&[Rule::Check(rules::process)])
.extensions(&[&extension::WINDOWS_PROCESS, &extension::WINDOWS_SERVICE]);

pub(super) static SOFTWARE: Spec = Spec::cyber(
    "software",
    "§6.14",
    &["name", "cpe", "swid", "vendor", "version"],
    &[
        opt("cpe", Form::Text),
        opt("languages", TEXTS),
        req("name", Form::Text),
        opt("swid", Form::Text),
        opt("vendor", Form::Text),
        opt("version", Form::Text),
    ],
)
.rules(&[Rule::Check(rules::software)]);

pub(super) static URL: Spec = Spec::cyber("url", "§6.15", &["value"], &[req("value", URI)]);

pub(super) static USER_ACCOUNT: Spec = Spec::cyber(
    "user-account",
    "§6.16",
    &["account_type", "user_id", "account_login"],
    &[
        opt("account_created", Form::Time),
        opt("account_expires", Form::Time),
        opt("account_first_login", Form::Time),
        opt("account_last_login", Form::Time),
        opt("account_login", Form::Text),
        opt("account_type", Form::Vocabulary),
        opt("can_escalate_privs", Form::Bool),
        opt("credential", Form::Text),
        opt("credential_last_changed", Form::Time),
        opt("display_name", Form::Text),
        opt("is_disabled", Form::Bool),
        opt("is_privileged", Form::Bool),
        opt("is_service_account", Form::Bool),
        opt("user_id", Form::Text),
    ],
)
.rules(&[Rule::Check(rules::user_account), Rule::NotBefore("account_first_login", "account_last_login")])
.extensions(&[&extension::UNIX_ACCOUNT]);

pub(super) static WINDOWS_REGISTRY_KEY: Spec = Spec::cyber(
    "windows-registry-key",
    "§6.17",
    &["key", "values"],
    &[
        opt("creator_user_ref", ACCOUNT),
        opt("key", Form::Text),
        opt("modified_time", Form::Time),
        opt("number_of_subkeys", COUNT),
        opt("values", Form::List(&Form::Part(&part::REGISTRY_VALUE))),
    ],
)
.rules(&[Rule::Check(rules::windows_registry_key)]);

static CERTIFICATE_CONTENT: &[&str] = &[
    "is_self_signed",
    "hashes",
    "version",
    "serial_number",
    "signature_algorithm",
    "issuer",
    "validity_not_before",
    "validity_not_after",
    "subject",
    "subject_public_key_algorithm",
    "subject_public_key_modulus",
    "subject_public_key_exponent",
    "x509_v3_extensions",
];

pub(super) static X509_CERTIFICATE: Spec = Spec::cyber(
    "x509-certificate",
    "§6.18",
    &["hashes", "serial_number"],
    &[
        opt("hashes", Form::Hashes),
        opt("is_self_signed", Form::Bool),
        opt("issuer", Form::Text),
        opt("serial_number", Form::Text),
        opt("signature_algorithm", Form::Text),
        opt("subject", Form::Text),
        opt("subject_public_key_algorithm", Form::Text),
        opt("subject_public_key_exponent", INTEGER),
        opt("subject_public_key_modulus", Form::Text),
        opt("validity_not_after", Form::Time),
        opt("validity_not_before", Form::Time),
        opt("version", Form::Text),
        opt("x509_v3_extensions", Form::Part(&part::X509_V3)),
    ],
)
.rules(&[Rule::AnyOf(CERTIFICATE_CONTENT), Rule::NotBefore("validity_not_before", "validity_not_after")]);
