//! Observed data and patterns over it, made from a seed: for comparing with other matchers, and for measuring.

use serde_json::{Map, Value, json};

use super::Random;

/// Names, addresses and numbers are taken from so few that patterns often match.
const NAMES: [&str; 6] =
    ["a.example", "b.example", "A.example", "caf\u{e9}.example", "cafe\u{301}.example", "x_y%z.example"];
const ADDRESSES: [&str; 5] = ["192.0.2.1", "192.0.2.77", "198.51.100.7", "203.0.113.0/24", "10.0.0.0/8"];
const NETWORKS: [&str; 5] =
    ["192.0.2.0/24", "192.0.2.64/26", "198.51.100.7/32", "203.0.113.128/25", "10.1.2.3"];
const FILES: [&str; 4] = ["evil.exe", "notes.txt", "it's.dll", "back\\slash"];
const PROTOCOLS: [&str; 4] = ["ipv4", "tcp", "udp", "http"];
const LIKES: [&str; 6] = ["%", "a.%", "_.example", "%e%", "%.exe", "caf_.example"];
const EXPRESSIONS: [&str; 7] =
    ["^a", "example$", "[0-9]+", "(?i)^A\\.", "e.*e", "^(?!b).*\\.example$", "^(.)\\.e.*\\1"];

/// Makes bundles and patterns.
#[derive(Debug, Clone)]
pub struct Observed {
    random: Random,
    objects: u64,
}

impl Observed {
    pub fn new(seed: u64) -> Self {
        Self { random: Random::new(seed), objects: 0 }
    }

    fn pick<'a>(&mut self, all: &[&'a str]) -> &'a str {
        self.random.one_of::<&str>(all)
    }

    fn id(&mut self, kind: &str) -> String {
        self.objects += 1;
        format!("{kind}--00000000-0000-4000-8000-{:012x}", self.objects)
    }

    /// A bundle of so many observations, at most a few seconds from each other.
    pub fn bundle(&mut self, observations: u64) -> Value {
        let mut objects = Vec::new();
        for _ in 0..observations {
            let begun = objects.len();
            for _ in 0..=self.random.below(2) {
                self.object(&mut objects);
            }
            let refs: Vec<Value> =
                objects[begun..].iter().map(|object: &Value| object["id"].clone()).collect();
            let first = self.random.below(20);
            let last = first + if self.random.below(2) == 0 { 0 } else { self.random.below(6) };
            let count = if self.random.below(5) == 0 { 1 + self.random.below(3) } else { 1 };
            let id = self.id("observed-data");
            objects.push(json!({
                "type": "observed-data", "spec_version": "2.1", "id": id,
                "created": "2026-01-01T00:00:00.000Z", "modified": "2026-01-01T00:00:00.000Z",
                "first_observed": moment(first), "last_observed": moment(last), "number_observed": count,
                "object_refs": refs,
            }));
        }
        let id = self.id("bundle");
        json!({ "type": "bundle", "id": id, "objects": objects })
    }

    /// Adds an object, behind those that it refers to.
    fn object(&mut self, objects: &mut Vec<Value>) {
        let object = match self.random.below(7) {
            0 | 1 => self.name(),
            2 => self.address(),
            3 => self.file(),
            4 => {
                let (from, to) = (self.address(), self.address());
                let protocols = [self.pick(&PROTOCOLS), self.pick(&PROTOCOLS)];
                let id = self.id("network-traffic");
                let traffic = json!({
                    "type": "network-traffic", "id": id, "src_ref": from["id"], "dst_ref": to["id"],
                    "dst_port": 440 + self.random.below(6), "src_byte_count": self.random.below(4) * 1000,
                    "protocols": protocols, "is_active": self.random.below(2) == 0,
                    "extensions": { "tcp-ext": { "src_flags_hex": self.pick(&["02", "12", "4142"]) } },
                });
                objects.extend([from, to]);
                traffic
            }
            5 => {
                let image = self.file();
                let id = self.id("process");
                let process = json!({
                    "type": "process", "id": id, "pid": self.random.below(4), "image_ref": image["id"],
                    "created_time": moment(self.random.below(10)),
                    "command_line": format!("{} -x", self.pick(&FILES)),
                });
                objects.push(image);
                process
            }
            _ => {
                let to = [self.mailbox(), self.mailbox()];
                let id = self.id("email-message");
                let refs: Vec<&Value> = to.iter().map(|mailbox| &mailbox["id"]).collect();
                let message = json!({
                    "type": "email-message", "id": id, "is_multipart": false, "to_refs": refs,
                    "subject": self.pick(&NAMES),
                    "received_lines": [self.pick(&NAMES), self.pick(&NAMES)],
                });
                objects.extend(to);
                message
            }
        };
        objects.push(object);
    }

    fn name(&mut self) -> Value {
        let id = self.id("domain-name");
        json!({ "type": "domain-name", "id": id, "value": self.pick(&NAMES) })
    }

    fn address(&mut self) -> Value {
        let id = self.id("ipv4-addr");
        json!({ "type": "ipv4-addr", "id": id, "value": self.pick(&ADDRESSES) })
    }

    fn mailbox(&mut self) -> Value {
        let id = self.id("email-addr");
        json!({ "type": "email-addr", "id": id, "value": format!("a@{}", self.pick(&NAMES)) })
    }

    fn file(&mut self) -> Value {
        let id = self.id("file");
        let mut file = Map::new();
        file.insert("type".to_owned(), json!("file"));
        file.insert("id".to_owned(), json!(id));
        file.insert("name".to_owned(), json!(self.pick(&FILES)));
        if self.random.below(2) == 0 {
            file.insert("size".to_owned(), json!(self.random.below(4)));
        }
        if self.random.below(2) == 0 {
            file.insert("hashes".to_owned(), json!({ "MD5": hash(self.random.below(3)), "SHA-1": "00" }));
        }
        Value::Object(file)
    }

    /// A pattern, as its text.
    pub fn pattern(&mut self) -> String {
        let depth = self.random.below(3);
        self.expression(depth)
    }

    fn expression(&mut self, depth: u64) -> String {
        let plain = if depth == 0 {
            format!("[{}]", self.comparison())
        } else {
            let joined = self.pick(&["AND", "OR", "FOLLOWEDBY"]);
            format!("({} {joined} {})", self.expression(depth - 1), self.expression(depth - 1))
        };
        match self.random.below(7) {
            0 => format!("{plain} WITHIN {} SECONDS", self.pick(&["1", "2.5", "4", "10"])),
            1 if depth < 2 => format!("{plain} REPEATS {} TIMES", 1 + self.random.below(3)),
            2 => {
                let start = self.random.below(18);
                let stop = start + 1 + self.random.below(8);
                format!("{plain} START t'{}' STOP t'{}'", moment(start), moment(stop))
            }
            _ => plain,
        }
    }

    /// A comparison expression about one type of object.
    fn comparison(&mut self) -> String {
        let kind = self.random.below(6);
        let first = self.proposition(kind);
        match self.random.below(4) {
            0 => format!("{first} AND {}", self.proposition(kind)),
            1 => {
                let other = self.random.below(6);
                format!("{first} OR {}", self.proposition(other))
            }
            2 => format!("({first} OR {}) AND {}", self.proposition(kind), self.proposition(kind)),
            _ => first,
        }
    }

    fn proposition(&mut self, kind: u64) -> String {
        let (path, asked) = match kind {
            0 => ("domain-name:value", self.text(&NAMES)),
            1 => ("ipv4-addr:value", self.network()),
            2 => match self.random.below(4) {
                0 => ("file:size", self.number(4)),
                1 => ("file:hashes.MD5", format!("= '{}'", hash(self.random.below(3)))),
                2 => ("file:hashes.'SHA-1'", "= '00'".to_owned()),
                _ => ("file:name", self.text(&FILES)),
            },
            3 => match self.random.below(7) {
                0 => ("network-traffic:dst_port", self.number(446)),
                1 => ("network-traffic:src_ref.value", self.network()),
                2 => ("network-traffic:dst_ref.type", "= 'ipv4-addr'".to_owned()),
                3 => ("network-traffic:protocols[*]", self.text(&PROTOCOLS)),
                4 => ("network-traffic:protocols[1]", self.text(&PROTOCOLS)),
                5 => ("network-traffic:is_active", "= true".to_owned()),
                _ => {
                    let wanted = self.pick(&["= h'02'", "!= h'12'", "= 'AB'", "> h'02'", "= b'QUI='"]);
                    ("network-traffic:extensions.'tcp-ext'.src_flags_hex", wanted.to_owned())
                }
            },
            4 => match self.random.below(4) {
                0 => ("process:pid", self.number(4)),
                1 => ("process:image_ref.name", self.text(&FILES)),
                2 => {
                    let sign = self.pick(&["=", "!=", "<", ">=", "NOT >"]);
                    let time = moment(self.random.below(10));
                    ("process:created_time", format!("{sign} t'{time}'"))
                }
                _ => ("process:command_line", self.text(&FILES)),
            },
            _ => match self.random.below(3) {
                0 => ("email-message:to_refs[*].value", self.text(&["a@a.example", "a@b.example"])),
                1 => ("email-message:received_lines[0]", self.text(&NAMES)),
                _ => ("email-message:subject", self.text(&NAMES)),
            },
        };
        format!("{path} {asked}")
    }

    fn not(&mut self) -> &'static str {
        if self.random.below(4) == 0 { "NOT " } else { "" }
    }

    fn text(&mut self, values: &[&str]) -> String {
        let not = self.not();
        let value = quoted(self.pick(values));
        match self.random.below(8) {
            0 => format!("{not}!= {value}"),
            1 => format!("{not}IN ({value}, {})", quoted(self.pick(values))),
            2 => format!("{not}LIKE {}", quoted(self.pick(&LIKES))),
            3 => format!("{not}MATCHES {}", quoted(self.pick(&EXPRESSIONS))),
            4 => format!("{not}{} {value}", self.pick(&["<", "<=", ">", ">="])),
            _ => format!("{not}= {value}"),
        }
    }

    fn number(&mut self, near: u64) -> String {
        let not = self.not();
        let number = near - self.random.below(5).min(near);
        match self.random.below(5) {
            0 => format!("{not}IN ({number}, {})", number + 2),
            1 => format!("{not}= {number}.0"),
            2 => format!("{not}< {number}.5"),
            _ => format!("{not}{} {number}", self.pick(&["=", "!=", "<", "<=", ">", ">="])),
        }
    }

    fn network(&mut self) -> String {
        let not = self.not();
        match self.random.below(4) {
            0 => format!("{not}ISSUBSET '{}'", self.pick(&NETWORKS[..4])),
            1 => format!("{not}= '{}'", self.pick(&ADDRESSES)),
            // Only networks can contain something for the other matcher; see the list of exclusions.
            2 => format!("{not}LIKE '1%'"),
            _ => format!("{not}IN ('{}', '10.0.0.0/8')", self.pick(&ADDRESSES)),
        }
    }
}

fn moment(second: u64) -> String {
    format!("2026-01-01T00:00:{second:02}.500Z")
}

fn hash(number: u64) -> String {
    format!("{number:032x}")
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}
