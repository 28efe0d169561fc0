//! Under which names logs hold what the properties of STIX objects hold: Zeek, Suricata's EVE, the Elastic Common Schema,
//! Sysmon and other Windows events (as EVTX records and as others flatten them), IIS. docs/HUNT.md shows the table.
//!
//! Names are asked for in their order; the first that holds something counts.

pub(super) type Names = &'static [&'static str];

pub(super) const SOURCE: Names = &[
    "id.orig_h",
    "src_ip",
    "source.ip",
    "SourceIp",
    "c-ip",
    "client.ip",
    "SourceAddress",
    "IpAddress",
    "srcip",
    "src",
];
pub(super) const DESTINATION: Names = &[
    "id.resp_h",
    "dest_ip",
    "dst_ip",
    "destination.ip",
    "DestinationIp",
    "s-ip",
    "server.ip",
    "DestAddress",
    "dstip",
    "dst",
];
pub(super) const SOURCE_PORT: Names =
    &["id.orig_p", "src_port", "source.port", "SourcePort", "client.port", "srcport", "spt"];
pub(super) const DESTINATION_PORT: Names = &[
    "id.resp_p",
    "dest_port",
    "dst_port",
    "destination.port",
    "DestinationPort",
    "s-port",
    "server.port",
    "DestPort",
    "dstport",
    "dpt",
];
pub(super) const TRANSPORT: Names = &["proto", "network.transport", "Protocol", "protocol", "transport"];
pub(super) const SERVICE: Names = &["service", "app_proto", "network.protocol"];
pub(super) const BYTES_OUT: Names =
    &["orig_bytes", "flow.bytes_toserver", "source.bytes", "cs-bytes", "sentbyte"];
pub(super) const BYTES_IN: Names =
    &["resp_bytes", "flow.bytes_toclient", "destination.bytes", "sc-bytes", "rcvdbyte"];
pub(super) const PACKETS_OUT: Names = &["orig_pkts", "flow.pkts_toserver", "source.packets"];
pub(super) const PACKETS_IN: Names = &["resp_pkts", "flow.pkts_toclient", "destination.packets"];

pub(super) const METHOD: Names = &["method", "http.http_method", "http.request.method", "cs-method"];
pub(super) const TARGET: Names = &["uri", "http.url", "url.path", "cs-uri-stem"];
pub(super) const AGENT: Names =
    &["user_agent", "http.http_user_agent", "user_agent.original", "cs(User-Agent)"];
pub(super) const REFERRER: Names = &["referrer", "http.http_refer", "http.request.referrer", "cs(Referer)"];
pub(super) const HTTP_HOST: Names = &["http.hostname", "url.domain", "cs-host", "host"];
pub(super) const URL: Names =
    &["url.full", "url.original", "url", "http.url", "request_url", "cs-uri", "uri"];

/// Names that were asked for or spoken to; all of them count.
pub(super) const DOMAINS: Names = &[
    "query",
    "dns.rrname",
    "dns.query.rrname",
    "dns.queries.rrname",
    "dns.question.name",
    "QueryName",
    "server_name",
    "tls.sni",
    "tls.client.server_name",
    "destination.domain",
    "DestinationHostname",
    "domain",
];
/// What names resolve to; all of them count.
pub(super) const ANSWERS: Names =
    &["answers", "dns.answers.rdata", "dns.rdata", "dns.answers.data", "dns.resolved_ip", "QueryResults"];

pub(super) const MAIL_FROM: Names =
    &["mailfrom", "smtp.mail_from", "email.from", "email.from.address", "from", "sender"];
pub(super) const MAIL_TO: Names =
    &["rcptto", "smtp.rcpt_to", "email.to", "email.to.address", "to", "recipient", "recipients"];
pub(super) const SUBJECT: Names = &["subject", "email.subject"];
/// Without one of these, a field called `from` or `to` is no mail.
pub(super) const MAIL: Names =
    &["mailfrom", "rcptto", "smtp.mail_from", "email.from", "email.subject", "subject", "recipient"];

pub(super) const FILE_NAME: Names = &[
    "TargetFilename",
    "file.path",
    "file.name",
    "fileinfo.filename",
    "filename",
    "ImageLoaded",
    "file_name",
];
pub(super) const FILE_SIZE: Names = &["file.size", "fileinfo.size", "total_bytes", "seen_bytes"];
pub(super) const FILE_TYPE: Names = &["file.mime_type", "mime_type", "fileinfo.magic"];
pub(super) const MD5: Names = &["file.hash.md5", "fileinfo.md5", "md5"];
pub(super) const SHA1: Names = &["file.hash.sha1", "fileinfo.sha1", "sha1"];
pub(super) const SHA256: Names = &["file.hash.sha256", "fileinfo.sha256", "sha256"];
pub(super) const SHA512: Names = &["file.hash.sha512", "sha512"];
pub(super) const IMAGE_MD5: Names = &["process.hash.md5"];
pub(super) const IMAGE_SHA1: Names = &["process.hash.sha1"];
pub(super) const IMAGE_SHA256: Names = &["process.hash.sha256"];
pub(super) const IMAGE_SHA512: Names = &["process.hash.sha512"];
/// `SHA256=…,MD5=…`
pub(super) const HASHES: Names = &["Hashes", "Hash"];

pub(super) const IMAGE: Names =
    &["process.executable", "Image", "NewProcessName", "process.name", "ProcessName"];
pub(super) const COMMAND: Names =
    &["process.command_line", "CommandLine", "ProcessCommandLine", "command_line"];
pub(super) const PID: Names = &["process.pid", "NewProcessId", "ProcessId", "pid"];
pub(super) const FOLDER: Names = &["process.working_directory", "CurrentDirectory"];
pub(super) const PARENT_IMAGE: Names = &["process.parent.executable", "ParentImage", "ParentProcessName"];
pub(super) const PARENT_COMMAND: Names = &["process.parent.command_line", "ParentCommandLine"];
pub(super) const PARENT_PID: Names = &["process.parent.pid", "ParentProcessId"];
pub(super) const USER: Names =
    &["user.name", "User", "TargetUserName", "SubjectUserName", "username", "acct", "user"];
pub(super) const USER_ID: Names = &["user.id", "TargetUserSid", "SubjectUserSid", "uid_user"];

pub(super) const REGISTRY_KEY: Names = &["registry.path", "registry.key", "TargetObject"];
pub(super) const REGISTRY_NAME: Names = &["registry.value"];
pub(super) const REGISTRY_DATA: Names = &["registry.data.strings", "Details"];

pub(super) const SERIAL: Names = &["tls.serial", "certificate.serial", "tls.server.x509.serial_number"];
pub(super) const CERTIFICATE_SUBJECT: Names = &[
    "tls.subject",
    "certificate.subject",
    "tls.server.x509.subject.distinguished_name",
    "tls.server.subject",
];
pub(super) const CERTIFICATE_ISSUER: Names =
    &["tls.issuerdn", "certificate.issuer", "tls.server.x509.issuer.distinguished_name", "tls.server.issuer"];
pub(super) const CERTIFICATE_SHA1: Names = &["tls.fingerprint", "tls.server.hash.sha1"];
pub(super) const CERTIFICATE_SHA256: Names = &["tls.server.hash.sha256", "fingerprint"];

pub(super) const MACS: Names = &[
    "src_mac",
    "dest_mac",
    "orig_l2_addr",
    "resp_l2_addr",
    "ether.src_mac",
    "ether.dest_mac",
    "source.mac",
    "destination.mac",
    "mac",
];
pub(super) const SYSTEMS: Names = &["source.as.number", "destination.as.number"];

/// Where records of Windows hold the fields that programs give them.
pub(super) const WINDOWS: [&str; 3] = ["Event.EventData", "winlog.event_data", "EventData"];
