//! A line of a log as the objects that it tells of, so that patterns can be asked of logs.

use std::borrow::Cow;
use std::collections::HashSet;
use std::net::IpAddr;

use serde_json::{Map, Value, json};

use super::Patterns;
use super::fields::{self, Names};
use super::path::Pool;
use crate::event::{self, Event};

/// Objects that one line becomes.
const MAX_OBJECTS: usize = 256;

/// Objects of one line, each with an id that only they know.
#[derive(Debug, Default)]
pub struct Objects {
    made: Vec<(String, Value)>,
}

impl Objects {
    /// The objects of a line, as far as the patterns ask for any of their types.
    pub fn of(event: &Event<'_>, patterns: &Patterns) -> Self {
        let mut maker = Maker { event, patterns, made: Vec::new(), texts: HashSet::new() };
        maker.network();
        maker.mail();
        maker.host();
        Self { made: maker.made }
    }

    pub fn is_empty(&self) -> bool {
        self.made.is_empty()
    }

    pub fn values(&self) -> Vec<&Value> {
        self.made.iter().map(|(_, value)| value).collect()
    }

    pub fn pool(&self) -> Pool<'_> {
        self.made.iter().map(|(id, value)| (id.as_str(), value)).collect()
    }
}

struct Maker<'e, 't> {
    event: &'e Event<'t>,
    patterns: &'e Patterns,
    made: Vec<(String, Value)>,
    /// Objects of one value that are there already: type and value.
    texts: HashSet<(&'static str, String)>,
}

impl Maker<'_, '_> {
    fn asked(&self, kinds: &[&str]) -> bool {
        kinds.iter().any(|kind| self.patterns.asks_for(kind))
    }

    /// The first of these fields that holds text or a number.
    fn text(&self, names: Names) -> Option<String> {
        names.iter().find_map(|name| self.one(name))
    }

    fn one(&self, name: &str) -> Option<String> {
        let text = |value: &event::Value<'_>| {
            let text = value.text()?;
            (!text.is_empty() && text != "-").then(|| text.into_owned())
        };
        if let Some(value) = self.event.get(name) {
            if let Some(text) = text(value) {
                return Some(text);
            }
            if *value == event::Value::Array {
                return self.all(&[name]).into_iter().next();
            }
        }
        // Names of Windows' own fields have neither dots nor hyphens, and begin with a capital.
        if !name.starts_with(|first: char| first.is_ascii_uppercase()) {
            return None;
        }
        fields::WINDOWS.iter().find_map(|place| text(self.event.get(&format!("{place}.{name}"))?))
    }

    /// What all of these fields hold, also each element of lists.
    fn all(&self, names: &[&str]) -> Vec<String> {
        let mut found = Vec::new();
        for name in names {
            let before = found.len();
            self.event.each(name, &mut |node| {
                found.extend(
                    node.value.text().map(Cow::into_owned).filter(|text| !text.is_empty() && text != "-"),
                );
                false
            });
            if found.len() == before {
                found.extend(self.one(name));
            }
        }
        found
    }

    fn number(&self, names: Names) -> Option<Value> {
        let text = self.text(names)?;
        let number = match text.strip_prefix("0x") {
            Some(hex) => i64::from_str_radix(hex, 16).ok(),
            None => text.trim().parse().ok(),
        };
        number.map(Value::from)
    }

    /// Adds an object and gives the id under which others can refer to it.
    fn add(&mut self, kind: &'static str, mut properties: Map<String, Value>) -> Option<String> {
        if self.made.len() >= MAX_OBJECTS {
            return None;
        }
        let id = format!("{kind}--{}", self.made.len());
        properties.insert("type".to_owned(), json!(kind));
        properties.insert("id".to_owned(), json!(id));
        self.made.push((id.clone(), Value::Object(properties)));
        Some(id)
    }

    /// Adds an object that is one value, once.
    fn add_value(&mut self, kind: &'static str, value: &str, key: &str) -> Option<String> {
        if !self.texts.insert((kind, value.to_owned())) {
            let there = self.made.iter().find(|(_, object)| {
                object["type"] == kind && object.get(key).and_then(Value::as_str) == Some(value)
            });
            return there.map(|(id, _)| id.clone());
        }
        self.add(kind, Map::from_iter([(key.to_owned(), json!(value))]))
    }

    /// An address, or a name where somebody wrote a name instead of an address.
    fn endpoint(&mut self, text: &str) -> Option<String> {
        let bare = text.trim_start_matches('[').trim_end_matches(']');
        let address = bare.split('%').next().unwrap_or_default();
        match address.strip_prefix("::ffff:").unwrap_or(address).parse() {
            Ok(IpAddr::V4(address)) => self.add_value("ipv4-addr", &address.to_string(), "value"),
            Ok(IpAddr::V6(address)) => self.add_value("ipv6-addr", &address.to_string(), "value"),
            Err(_) => self.domain(text),
        }
    }

    fn domain(&mut self, text: &str) -> Option<String> {
        let name = text.trim_end_matches('.');
        let sound = name.contains('.') && !name.contains(['/', ' ', '@', ':', '=']);
        if sound { self.add_value("domain-name", name, "value") } else { None }
    }

    fn network(&mut self) {
        const KINDS: [&str; 8] = [
            "network-traffic",
            "ipv4-addr",
            "ipv6-addr",
            "domain-name",
            "url",
            "mac-addr",
            "autonomous-system",
            "x509-certificate",
        ];
        if !self.asked(&KINDS) {
            return;
        }
        let source = self.text(fields::SOURCE).and_then(|text| self.endpoint(&text));
        let destination = self.text(fields::DESTINATION).and_then(|text| self.endpoint(&text));
        let mut answers = Vec::new();
        for answer in self.all(fields::ANSWERS) {
            // Windows writes `::ffff:192.0.2.1;type:  5 name.example;`.
            for part in answer.split(';') {
                let part = part.trim().rsplit(' ').next().unwrap_or_default();
                answers.extend(self.endpoint(part));
            }
        }
        let mut names = self.all(fields::DOMAINS);
        let method = self.text(fields::METHOD);
        let host =
            self.text(fields::HTTP_HOST).filter(|_| method.is_some() || self.event.get("http").is_some());
        let host = host.or_else(|| self.one("url.domain"));
        names.extend(host.as_ref().map(|host| host.split(':').next().unwrap_or_default().to_owned()));
        let mut first_name = None;
        for name in names {
            let id = self.endpoint(&name);
            if let (Some(id), false) = (&id, answers.is_empty())
                && let Some((_, Value::Object(object))) = self.made.iter_mut().find(|(known, _)| known == id)
            {
                object.insert("resolves_to_refs".to_owned(), json!(answers));
            }
            first_name = first_name.or(id);
        }
        self.url(host.as_deref());
        for mac in self.all(fields::MACS) {
            self.add_value("mac-addr", &mac.replace('-', ":").to_ascii_lowercase(), "value");
        }
        for name in fields::SYSTEMS {
            if let Some(number) = self.number(std::slice::from_ref(name)) {
                self.add("autonomous-system", Map::from_iter([("number".to_owned(), number)]));
            }
        }
        self.certificate();
        self.traffic(source, destination.or(first_name), method, host);
    }

    fn url(&mut self, host: Option<&str>) {
        let whole = self.all(fields::URL).into_iter().find(|text| text.contains("://"));
        if let Some(url) = &whole {
            self.add_value("url", url, "value");
            return;
        }
        if let (Some(host), Some(target)) = (host, self.text(fields::TARGET))
            && target.starts_with('/')
        {
            let query = self.one("cs-uri-query").or_else(|| self.one("url.query"));
            let query = query.map_or_else(String::new, |query| format!("?{query}"));
            self.add_value("url", &format!("http://{host}{target}{query}"), "value");
        }
    }

    fn traffic(
        &mut self,
        source: Option<String>,
        destination: Option<String>,
        method: Option<String>,
        host: Option<String>,
    ) {
        if source.is_none() && destination.is_none() || !self.patterns.asks_for("network-traffic") {
            return;
        }
        let mut traffic = Map::new();
        let mut put = |key: &str, value: Option<Value>| {
            if let Some(value) = value {
                traffic.insert(key.to_owned(), value);
            }
        };
        put("src_ref", source.map(Value::from));
        put("dst_ref", destination.map(Value::from));
        put("src_port", self.number(fields::SOURCE_PORT));
        put("dst_port", self.number(fields::DESTINATION_PORT));
        put("src_byte_count", self.number(fields::BYTES_OUT));
        put("dst_byte_count", self.number(fields::BYTES_IN));
        put("src_packets", self.number(fields::PACKETS_OUT));
        put("dst_packets", self.number(fields::PACKETS_IN));
        let mut protocols: Vec<String> = [fields::TRANSPORT, fields::SERVICE]
            .iter()
            .filter_map(|names| self.text(names))
            .map(|text| text.to_ascii_lowercase())
            .collect();
        if method.is_some() && !protocols.iter().any(|known| known == "http") {
            protocols.push("http".to_owned());
        }
        put("protocols", (!protocols.is_empty()).then(|| json!(protocols)));
        if let Some(method) = method {
            let mut header = Map::new();
            for (key, value) in [
                ("User-Agent", self.text(fields::AGENT)),
                ("Referer", self.text(fields::REFERRER)),
                ("Host", host),
            ] {
                if let Some(value) = value {
                    header.insert(key.to_owned(), json!(value));
                }
            }
            let mut request = json!({ "request_method": method, "request_header": header });
            if let Some(target) = self.text(fields::TARGET) {
                request["request_value"] = json!(target);
            }
            put("extensions", Some(json!({ "http-request-ext": request })));
        }
        self.add("network-traffic", traffic);
    }

    fn certificate(&mut self) {
        let mut certificate = Map::new();
        for (key, names) in [
            ("serial_number", fields::SERIAL),
            ("subject", fields::CERTIFICATE_SUBJECT),
            ("issuer", fields::CERTIFICATE_ISSUER),
        ] {
            certificate.extend(self.text(names).map(|text| (key.to_owned(), json!(text))));
        }
        let hashes = self.hashes([&[], fields::CERTIFICATE_SHA1, fields::CERTIFICATE_SHA256, &[]]);
        if certificate.is_empty() {
            return;
        }
        if !hashes.is_empty() {
            certificate.insert("hashes".to_owned(), Value::Object(hashes));
        }
        self.add("x509-certificate", certificate);
    }

    fn mail(&mut self) {
        if !self.asked(&["email-message", "email-addr"]) || self.text(fields::MAIL).is_none() {
            return;
        }
        let mut message = Map::new();
        let from = self.text(fields::MAIL_FROM).and_then(|text| self.mailbox(&text));
        message.extend(from.map(|id| ("from_ref".to_owned(), json!(id))));
        let mut to = Vec::new();
        for text in self.all(fields::MAIL_TO) {
            for one in text.split(',') {
                to.extend(self.mailbox(one));
            }
        }
        to.dedup();
        message.insert("to_refs".to_owned(), json!(to));
        message.extend(self.text(fields::SUBJECT).map(|text| ("subject".to_owned(), json!(text))));
        self.add("email-message", message);
    }

    /// `Name <a@b.example>` or the address alone.
    fn mailbox(&mut self, text: &str) -> Option<String> {
        let inside =
            text.rsplit_once('<').map_or(text, |(_, rest)| rest.split('>').next().unwrap_or_default());
        let address = inside.trim();
        if address.contains('@') { self.add_value("email-addr", address, "value") } else { None }
    }

    fn host(&mut self) {
        const KINDS: [&str; 6] =
            ["file", "process", "directory", "windows-registry-key", "user-account", "win-registry-key"];
        if !self.asked(&KINDS) {
            return;
        }
        let user = self.user();
        let hashes = self.hashes([fields::MD5, fields::SHA1, fields::SHA256, fields::SHA512]);
        let image = self.text(fields::IMAGE);
        if self.text(fields::FILE_NAME).is_some() || (!hashes.is_empty() && image.is_none()) {
            let id = self.file(self.text(fields::FILE_NAME).as_deref(), hashes);
            let (size, form) = (self.number(fields::FILE_SIZE), self.text(fields::FILE_TYPE));
            if let Some((_, Value::Object(file))) =
                self.made.iter_mut().find(|(known, _)| Some(known) == id.as_ref())
            {
                file.extend(size.map(|size| ("size".to_owned(), size)));
                file.extend(form.map(|form| ("mime_type".to_owned(), json!(form))));
            }
        }
        self.process(image, user);
        self.registry();
    }

    fn user(&mut self) -> Option<String> {
        let name = self.text(fields::USER)?;
        let account = |login: &str| Map::from_iter([("account_login".to_owned(), json!(login))]);
        let mut whole = account(&name);
        whole.extend(self.text(fields::USER_ID).map(|id| ("user_id".to_owned(), json!(id))));
        if let Some((_, login)) = name.rsplit_once('\\') {
            self.add("user-account", account(login));
        }
        self.add("user-account", whole)
    }

    /// Hashes by algorithm, under the standard's names and those that others use.
    fn hashes(&self, names: [Names; 4]) -> Map<String, Value> {
        let mut hashes = Map::new();
        for (algorithms, names) in
            [["MD5", "md5"], ["SHA-1", "SHA1"], ["SHA-256", "SHA256"], ["SHA-512", "SHA512"]]
                .iter()
                .zip(names)
        {
            let Some(value) = self.text(names) else { continue };
            let value = value.replace(':', "").to_ascii_lowercase();
            hashes.extend(algorithms.iter().map(|algorithm| ((*algorithm).to_owned(), json!(value))));
        }
        hashes
    }

    /// `SHA256=…,MD5=…`, as Sysmon writes the hashes of the image, or of the file where the event is about one.
    fn listed_hashes(&self) -> Map<String, Value> {
        let mut hashes = Map::new();
        for pair in self.text(fields::HASHES).unwrap_or_default().split(',') {
            let Some((algorithm, value)) = pair.split_once('=') else { continue };
            let names: &[&str] = match algorithm.trim().to_ascii_uppercase().as_str() {
                "MD5" => &["MD5", "md5"],
                "SHA1" => &["SHA-1", "SHA1"],
                "SHA256" => &["SHA-256", "SHA256"],
                "IMPHASH" => &["IMPHASH"],
                _ => continue,
            };
            let value = json!(value.trim().to_ascii_lowercase());
            hashes.extend(names.iter().map(|name| ((*name).to_owned(), value.clone())));
        }
        hashes
    }

    fn file(&mut self, path: Option<&str>, mut hashes: Map<String, Value>) -> Option<String> {
        let mut file = Map::new();
        if let Some(path) = path {
            let (folder, name) = path.rsplit_once(['\\', '/']).unwrap_or(("", path));
            file.insert("name".to_owned(), json!(name));
            file.insert("path".to_owned(), json!(path));
            if !folder.is_empty() {
                let folder = self.add_value("directory", folder, "path");
                file.extend(folder.map(|id| ("parent_directory_ref".to_owned(), json!(id))));
            }
        }
        if self.one("TargetFilename").is_some() || self.one("ImageLoaded").is_some() {
            hashes.extend(self.listed_hashes());
        }
        if !hashes.is_empty() {
            file.insert("hashes".to_owned(), Value::Object(hashes));
        }
        self.add("file", file)
    }

    fn process(&mut self, image: Option<String>, user: Option<String>) {
        let command = self.text(fields::COMMAND);
        if image.is_none() && command.is_none() {
            return;
        }
        let of_file = self.one("TargetFilename").is_some() || self.one("ImageLoaded").is_some();
        let mut hashes =
            self.hashes([fields::IMAGE_MD5, fields::IMAGE_SHA1, fields::IMAGE_SHA256, fields::IMAGE_SHA512]);
        if !of_file {
            hashes.extend(self.listed_hashes());
        }
        let parent = (self.text(fields::PARENT_IMAGE), self.text(fields::PARENT_COMMAND));
        let parent_pid = self.number(fields::PARENT_PID);
        let parent = if parent.0.is_some() || parent.1.is_some() || parent_pid.is_some() {
            self.one_process(parent.0, parent.1, parent_pid, Map::new())
        } else {
            None
        };
        let pid = self.number(fields::PID);
        let id = self.one_process(image, command, pid, hashes);
        let folder = self.text(fields::FOLDER);
        if let Some((_, Value::Object(process))) =
            self.made.iter_mut().find(|(known, _)| Some(known) == id.as_ref())
        {
            process.extend(folder.map(|folder| ("cwd".to_owned(), json!(folder))));
            process.extend(parent.map(|id| ("parent_ref".to_owned(), json!(id))));
            process.extend(user.map(|id| ("creator_user_ref".to_owned(), json!(id))));
        }
    }

    fn one_process(
        &mut self,
        image: Option<String>,
        command: Option<String>,
        pid: Option<Value>,
        hashes: Map<String, Value>,
    ) -> Option<String> {
        let mut process = Map::new();
        if let Some(image) = image {
            let name = image.rsplit(['\\', '/']).next().unwrap_or_default().to_owned();
            let mut file =
                Map::from_iter([("name".to_owned(), json!(name)), ("path".to_owned(), json!(image))]);
            if let Some((folder, _)) = image.rsplit_once(['\\', '/']) {
                let folder = self.add_value("directory", folder, "path");
                file.extend(folder.map(|id| ("parent_directory_ref".to_owned(), json!(id))));
            }
            if !hashes.is_empty() {
                file.insert("hashes".to_owned(), Value::Object(hashes));
            }
            let id = self.add("file", file);
            // STIX 2.0 had the name of a process, and patterns still ask for it.
            process.insert("name".to_owned(), json!(name));
            process.extend(id.map(|id| ("image_ref".to_owned(), json!(id))));
        }
        process.extend(command.map(|command| ("command_line".to_owned(), json!(command))));
        process.extend(pid.map(|pid| ("pid".to_owned(), pid)));
        self.add("process", process)
    }

    fn registry(&mut self) {
        let Some(written) = self.text(fields::REGISTRY_KEY) else { return };
        let key = long_name(&written);
        let data = self.text(fields::REGISTRY_DATA);
        let named = self.text(fields::REGISTRY_NAME);
        self.add_value("windows-registry-key", &key, "key");
        // What was written may be the key with the name of a value behind it.
        let (parent, name) = match (key.rsplit_once('\\'), named) {
            (Some((parent, last)), Some(name)) if last == name => (parent, name),
            (_, Some(name)) => (key.as_str(), name),
            (Some((parent, last)), None) if data.is_some() => (parent, last.to_owned()),
            _ => return,
        };
        let mut value = json!({ "name": name });
        if let Some(data) = data {
            value["data"] = json!(data);
        }
        let properties =
            Map::from_iter([("key".to_owned(), json!(parent)), ("values".to_owned(), json!([value]))]);
        self.add("windows-registry-key", properties);
    }
}

/// A registry key with the long name of its root, as STIX wants it.
fn long_name(key: &str) -> String {
    const ROOTS: [(&str, &str); 7] = [
        ("HKLM", "HKEY_LOCAL_MACHINE"),
        ("HKCU", "HKEY_CURRENT_USER"),
        ("HKCR", "HKEY_CLASSES_ROOT"),
        ("HKU", "HKEY_USERS"),
        ("HKCC", "HKEY_CURRENT_CONFIG"),
        ("\\REGISTRY\\MACHINE", "HKEY_LOCAL_MACHINE"),
        ("\\REGISTRY\\USER", "HKEY_USERS"),
    ];
    for (short, long) in ROOTS {
        let head = key.get(..short.len()).filter(|head| head.eq_ignore_ascii_case(short));
        if head.is_some() && matches!(key.as_bytes().get(short.len()), None | Some(b'\\')) {
            return format!("{long}{}", &key[short.len()..]);
        }
    }
    key.to_owned()
}
