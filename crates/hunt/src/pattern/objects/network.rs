//! What a line tells of connections, names, URLs, certificates and mail.

use serde_json::{Map, Value, json};

use super::super::fields;
use super::Maker;

impl Maker<'_, '_> {
    pub(super) fn network(&mut self) {
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

    pub(super) fn mail(&mut self) {
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
}
