//! Fields by the names that rules give them: what the fields of an event are called in rules.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::route::{Origin, provider_channel};
use crate::event::{Event, Value};

/// The names that Windows' own audit and others give to what rules call by Sysmon's names: channel or log, number of
/// the event, name there, name in rules.
const AUDIT: [(u32, &str, &str); 16] = [
    (4688, "NewProcessName", "Image"),
    (4688, "ParentProcessName", "ParentImage"),
    (4688, "SubjectUserName", "User"),
    (4688, "NewProcessId", "ProcessId"),
    (4688, "ProcessId", "ParentProcessId"),
    (4688, "SubjectLogonId", "LogonId"),
    (4688, "MandatoryLabel", "IntegrityLevel"),
    (4689, "ProcessName", "Image"),
    (4657, "ProcessName", "Image"),
    (4657, "NewValue", "Details"),
    (5156, "Application", "Image"),
    (5156, "DestAddress", "DestinationIp"),
    (5156, "DestPort", "DestinationPort"),
    (5156, "SourceAddress", "SourceIp"),
    (5156, "SourcePort", "SourcePort"),
    (5156, "ProcessID", "ProcessId"),
];

/// Names of the Elastic Common Schema and what rules call them.
const ELASTIC: [(&str, &str); 40] = [
    ("process.command_line", "CommandLine"),
    ("process.executable", "Image"),
    ("process.pid", "ProcessId"),
    ("process.working_directory", "CurrentDirectory"),
    ("process.pe.original_file_name", "OriginalFileName"),
    ("process.pe.company", "Company"),
    ("process.pe.description", "Description"),
    ("process.pe.product", "Product"),
    ("process.pe.imphash", "Imphash"),
    ("process.hash.md5", "md5"),
    ("process.hash.sha1", "sha1"),
    ("process.hash.sha256", "sha256"),
    ("process.parent.executable", "ParentImage"),
    ("process.parent.command_line", "ParentCommandLine"),
    ("process.parent.pid", "ParentProcessId"),
    ("file.path", "TargetFilename"),
    ("dll.path", "ImageLoaded"),
    ("registry.path", "TargetObject"),
    ("registry.data.strings", "Details"),
    ("dns.question.name", "QueryName"),
    ("dns.question.name", "query"),
    ("dns.question.type", "record_type"),
    ("destination.ip", "DestinationIp"),
    ("destination.ip", "dst_ip"),
    ("destination.port", "DestinationPort"),
    ("destination.port", "dst_port"),
    ("destination.domain", "DestinationHostname"),
    ("source.ip", "SourceIp"),
    ("source.ip", "src_ip"),
    ("source.port", "SourcePort"),
    ("source.port", "src_port"),
    ("user.name", "User"),
    ("host.name", "Computer"),
    ("host.name", "ComputerName"),
    ("url.original", "c-uri"),
    ("url.domain", "cs-host"),
    ("user_agent.original", "c-useragent"),
    ("http.request.method", "cs-method"),
    ("http.response.status_code", "sc-status"),
    ("winlog.provider_name", "Provider_Name"),
];

/// Names in Zeek's logs and what rules of general categories call them.
const ZEEK: [(&str, &str, &str); 13] = [
    ("http", "uri", "c-uri"),
    ("http", "uri", "cs-uri-query"),
    ("http", "uri", "cs-uri-stem"),
    ("http", "user_agent", "c-useragent"),
    ("http", "host", "cs-host"),
    ("http", "method", "cs-method"),
    ("http", "referrer", "cs-referer"),
    ("http", "status_code", "sc-status"),
    ("dns", "qtype_name", "record_type"),
    ("dns", "answers", "answer"),
    ("conn", "id.orig_h", "src_ip"),
    ("conn", "id.resp_h", "dst_ip"),
    ("conn", "id.resp_p", "dst_port"),
];

/// What stands around the fields of an event in the ways in which Windows' events are exported.
const WRAPPERS: [&str; 12] = [
    "Event.EventData.",
    "Event.System.",
    "Event.UserData.",
    "Event.RenderingInfo.",
    "winlog.event_data.",
    "winlog.user_data.",
    "winlog.",
    "EventData.",
    "event_data.",
    "data.win.eventdata.",
    "data.win.system.",
    "Event.",
];

/// Where the number, the provider and the log of a Windows event stand.
const IDS: [&str; 7] = [
    "Event.System.EventID",
    "Event.System.EventID.#text",
    "EventID",
    "winlog.event_id",
    "event_id",
    "EventId",
    "EventCode",
];
const PROVIDERS: [&str; 7] = [
    "Event.System.Provider_attributes.Name",
    "Event.System.Provider.#attributes.Name",
    "winlog.provider_name",
    "Provider_Name",
    "ProviderName",
    "SourceName",
    "Provider",
];
const CHANNELS: [&str; 5] = ["Event.System.Channel", "Channel", "winlog.channel", "log_name", "LogName"];

/// The first of these fields that has a value.
fn text<'e>(event: &'e Event<'_>, names: &[&str]) -> Cow<'e, str> {
    names.iter().find_map(|name| event.get(name).and_then(Value::text)).unwrap_or_default()
}

/// Appends what tells the origin of an event from others: events with the same key have the same origin.
pub(super) fn origin_key(event: &Event<'_>, path: &str, key: &mut String) {
    let id = text(event, &IDS);
    if id.parse::<u32>().is_ok() {
        key.push_str("windows ");
        for part in [id, text(event, &PROVIDERS), text(event, &CHANNELS)] {
            key.push_str(&part);
            key.push('\0');
        }
        return;
    }
    match origin(event, path) {
        Origin::Zeek(log) => key.extend(["zeek ", log.as_str()]),
        Origin::Product(product, service) => key.extend(["product ", product, " ", service]),
        Origin::Windows { .. } | Origin::Unknown => key.push_str("unknown"),
    }
}

/// Where an event comes from. `path` is the name of the file, which for Zeek is the name of the log.
pub(super) fn origin(event: &Event<'_>, path: &str) -> Origin {
    if let Ok(id) = text(event, &IDS).parse() {
        let provider = text(event, &PROVIDERS).to_lowercase();
        let mut channel = text(event, &CHANNELS).to_lowercase();
        if channel.is_empty()
            && let Some(known) = provider_channel(&provider)
        {
            known.clone_into(&mut channel);
        }
        return Origin::Windows { channel, provider, id };
    }
    let log = text(event, &["_path"]);
    if !log.is_empty() {
        return Origin::Zeek(log.into_owned());
    }
    if event.get("uid").is_some() && (event.get("id.orig_h").is_some() || event.get("ts").is_some()) {
        let name = path.rsplit(['/', '\\', '!']).next().unwrap_or_default();
        return Origin::Zeek(name.split('.').next().unwrap_or_default().to_lowercase());
    }
    if event.get("eventSource").is_some() && event.get("awsRegion").is_some() {
        return Origin::Product("aws", "cloudtrail");
    }
    if event.line().starts_with("type=") && event.line().contains(" msg=audit(") {
        return Origin::Product("linux", "auditd");
    }
    Origin::Unknown
}

/// The names by which rules may call the field at a path.
pub(super) fn names(origin: &Origin, path: &str) -> Vec<String> {
    let path = path.strip_suffix(".#text").unwrap_or(path);
    let mut names = vec![path.to_owned()];
    let mut add = |name: &str| {
        if !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    };
    match origin {
        Origin::Windows { id, .. } => {
            let mut own = path;
            for wrapper in WRAPPERS {
                if let Some(inner) = path.strip_prefix(wrapper) {
                    // Data of user mode lies in one more element, whose name differs.
                    own = if wrapper.contains("UserData") || wrapper.contains("user_data") {
                        inner.split_once('.').map_or(inner, |(_, inner)| inner)
                    } else {
                        inner
                    };
                    break;
                }
            }
            let own = own.strip_suffix(".#text").unwrap_or(own);
            match own {
                "Provider_attributes.Name" | "Provider.#attributes.Name" | "provider_name" | "SourceName" => {
                    add("Provider_Name");
                }
                "event_id" | "EventId" | "EventCode" => add("EventID"),
                "channel" | "log_name" | "LogName" => add("Channel"),
                "computer_name" => add("Computer"),
                "Computer" => add("ComputerName"),
                _ => {}
            }
            add(own);
            let renamed = AUDIT.iter().filter(|(number, from, _)| number == id && *from == own);
            let renamed: Vec<&str> = renamed.map(|(.., to)| *to).collect();
            // Where the audit gives a name to something else, that something is not meant.
            if own == "ProcessId" && *id == 4688 {
                names.retain(|name| name != own);
            }
            for name in renamed {
                if !names.iter().any(|known| known == name) {
                    names.push(name.to_owned());
                }
            }
        }
        Origin::Zeek(log) => {
            for (of, from, to) in ZEEK {
                if of == log && from == path {
                    add(to);
                }
            }
        }
        Origin::Product(..) | Origin::Unknown => {}
    }
    for (from, to) in ELASTIC {
        if from == path && !names.iter().any(|known| known == to) {
            names.push(to.to_owned());
        }
    }
    names
}

/// What a value is in Sysmon's words, where Windows' audit says it otherwise.
pub(super) fn reworded(origin: &Origin, name: &str, value: &str) -> Option<String> {
    let Origin::Windows { id, .. } = origin else { return None };
    if *id == 4688 && name == "IntegrityLevel" {
        let level = match value.rsplit('-').next()? {
            "4096" => "Low",
            "8192" | "8448" => "Medium",
            "12288" => "High",
            "16384" => "System",
            _ => return None,
        };
        return Some(level.to_owned());
    }
    None
}

/// Further fields that an event holds within its values: single digests, and the registry's paths as Sysmon writes them.
pub(super) fn derived(origin: &Origin, event: &Event<'_>, give: &mut dyn FnMut(&str, &str)) {
    let Origin::Windows { id, .. } = origin else { return };
    let mut hashes = |path: &str| {
        let Some(text) = event.get(path).and_then(Value::text) else { return };
        for pair in text.split(',') {
            let Some((kind, digest)) = pair.trim().split_once('=') else { continue };
            match kind.to_ascii_uppercase().as_str() {
                "IMPHASH" => give("Imphash", digest),
                "MD5" => give("md5", digest),
                "SHA1" => give("sha1", digest),
                "SHA256" => give("sha256", digest),
                _ => {}
            }
        }
    };
    for path in ["Event.EventData.Hashes", "winlog.event_data.Hashes", "Hashes"] {
        hashes(path);
    }
    if *id == 4657 {
        let get = |name: &str| {
            ["Event.EventData.", "winlog.event_data.", ""]
                .iter()
                .find_map(|wrapper| event.get(&format!("{wrapper}{name}")).and_then(Value::text))
        };
        if let Some(key) = get("ObjectName") {
            let mut path = String::new();
            let known = [("\\REGISTRY\\MACHINE", "HKLM"), ("\\REGISTRY\\USER", "HKU")];
            let upper = key.to_ascii_uppercase();
            match known.iter().find(|(long, _)| upper.starts_with(long)) {
                Some((long, short)) => {
                    let _ = write!(path, "{short}{}", &key[long.len()..]);
                }
                None => path.push_str(&key),
            }
            if let Some(value) = get("ObjectValueName") {
                let _ = write!(path, "\\{value}");
            }
            give("TargetObject", &path);
        }
    }
}
