//! Lines of logs.

use std::io::Write as _;

use super::Style;
use super::random::Random;

/// What a line is to hold: fields by name, their values as they are to stand in JSON (escapes included) and in text.
#[derive(Debug, Clone, Default)]
pub struct Fields {
    pub json: Vec<(&'static str, String)>,
    pub text: String,
}

impl Fields {
    /// A value that is written the same way everywhere.
    pub fn plain(name: &'static str, value: String) -> Self {
        Self { json: vec![(name, value.clone())], text: value }
    }

    /// A value that JSON has to write otherwise.
    pub fn escaped(name: &'static str, json: String, text: String) -> Self {
        Self { json: vec![(name, json)], text }
    }
}

const TOPS: [&str; 12] =
    ["com", "com", "com", "net", "org", "jp", "co.jp", "io", "de", "info", "gov", "or.jp"];

/// A host that no indicator is or lies above: its registered label begins with `ok-`.
fn host(random: &mut Random) -> String {
    let word = random.word(2 + (random.clone().below(2) as usize));
    let top = random.one_of(&TOPS);
    match random.below(4) {
        0 => format!("ok-{word}.{top}"),
        1 => format!("www.ok-{word}.{top}"),
        2 => format!("{}.cdn.ok-{word}.{top}", random.word(2)),
        _ => format!("api.ok-{word}.{top}"),
    }
}

/// An address that is no indicator: its last number is even.
fn address(random: &mut Random) -> String {
    if random.below(2) == 0 {
        return format!("10.{}.{}.{}", random.below(256), random.below(256), random.below(128) * 2);
    }
    public(random)
}

pub fn public(random: &mut Random) -> String {
    format!(
        "{}.{}.{}.{}",
        11 + random.below(180),
        random.below(256),
        random.below(256),
        random.below(128) * 2
    )
}

fn uid(random: &mut Random) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz0123456789";
    let mut uid = String::from("C");
    for _ in 0..17 {
        uid.push(char::from(*random.one_of(LETTERS)));
    }
    uid
}

/// Seconds and microseconds since 1970.
fn epoch(clock: u64, random: &mut Random) -> String {
    let millis = 1_767_225_600_000 + clock;
    format!("{}.{:03}{:03}", millis / 1000, millis % 1000, random.below(1000))
}

/// `2026-01-01T00:00:00.000Z`, within the first month.
fn stamp(clock: u64) -> String {
    let seconds = clock / 1000;
    let (day, hour) = (1 + seconds / 86_400 % 28, seconds / 3600 % 24);
    format!("2026-01-{day:02}T{hour:02}:{:02}:{:02}.{:03}Z", seconds / 60 % 60, seconds % 60, clock % 1000)
}

/// A line without any indicator.
pub fn ordinary(style: Style, clock: u64, random: &mut Random, out: &mut Vec<u8>) {
    match style {
        Style::Json | Style::Mixed => match random.below(4) {
            0 => conn(clock, random, out),
            1 => dns(clock, random, out),
            2 => http(clock, random, out),
            _ => tls(clock, random, out),
        },
        Style::Tsv => tsv(clock, None, random, out),
        Style::Text => text(clock, None, random, out),
    }
}

/// A line that holds the fields given.
pub fn holding(style: Style, clock: u64, fields: &Fields, random: &mut Random, out: &mut Vec<u8>) {
    match style {
        Style::Json | Style::Mixed => {
            put(out, &format!("{{\"ts\":{},\"uid\":\"{}\"", epoch(clock, random), uid(random)));
            let ends = (address(random), address(random));
            put(out, &format!(",\"id.orig_h\":\"{}\",\"id.resp_h\":\"{}\"", ends.0, ends.1));
            for (name, value) in &fields.json {
                put(out, &format!(",\"{name}\":\"{value}\""));
            }
            put(out, &format!(",\"note\":\"{} {}\"}}", random.word(3), random.word(2)));
        }
        Style::Tsv => tsv(clock, Some(&fields.text), random, out),
        Style::Text => text(clock, Some(&fields.text), random, out),
    }
}

fn put(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(text.as_bytes());
}

fn ends(random: &mut Random) -> String {
    let (from, to) = (address(random), address(random));
    let (port, service) = (1024 + random.below(60_000), random.one_of(&[53, 80, 443, 22, 25, 8080]));
    format!("\"id.orig_h\":\"{from}\",\"id.orig_p\":{port},\"id.resp_h\":\"{to}\",\"id.resp_p\":{service}")
}

fn conn(clock: u64, random: &mut Random, out: &mut Vec<u8>) {
    let _ = write!(
        out,
        "{{\"ts\":{},\"uid\":\"{}\",{},\"proto\":\"tcp\",\"service\":\"ssl\",\"duration\":{}.{:06},\"orig_bytes\":{},\
         \"resp_bytes\":{},\"conn_state\":\"SF\",\"local_orig\":true,\"missed_bytes\":0,\"history\":\"ShADadFf\",\
         \"orig_pkts\":{},\"orig_ip_bytes\":{},\"resp_pkts\":{},\"resp_ip_bytes\":{}}}",
        epoch(clock, random),
        uid(random),
        ends(random),
        random.below(300),
        random.below(1_000_000),
        random.below(100_000),
        random.below(1_000_000),
        random.below(1000),
        random.below(200_000),
        random.below(1000),
        random.below(1_000_000)
    );
}

fn dns(clock: u64, random: &mut Random, out: &mut Vec<u8>) {
    let _ = write!(
        out,
        "{{\"ts\":{},\"uid\":\"{}\",{},\"proto\":\"udp\",\"trans_id\":{},\"rtt\":0.{:06},\"query\":\"{}\",\"qclass\":1,\
         \"qclass_name\":\"C_INTERNET\",\"qtype\":1,\"qtype_name\":\"A\",\"rcode\":0,\"rcode_name\":\"NOERROR\",\
         \"AA\":false,\"TC\":false,\"RD\":true,\"RA\":true,\"Z\":0,\"answers\":[\"{}\",\"{}\"],\"TTLs\":[{}.0,60.0],\
         \"rejected\":false}}",
        epoch(clock, random),
        uid(random),
        ends(random),
        random.below(65_536),
        random.below(1_000_000),
        host(random),
        public(random),
        public(random),
        random.below(3600)
    );
}

fn http(clock: u64, random: &mut Random, out: &mut Vec<u8>) {
    let _ = write!(
        out,
        "{{\"ts\":\"{}\",\"uid\":\"{}\",{},\"trans_depth\":1,\"method\":\"GET\",\"host\":\"{}\",\"uri\":\"/{}/{}.html?id={}\",\
         \"referrer\":\"https://{}/{}\",\"version\":\"1.1\",\"user_agent\":\"Mozilla/5.0 (Windows NT 10.0; Win64; x64) \
         AppleWebKit/537.36\",\"request_body_len\":0,\"response_body_len\":{},\"status_code\":200,\"status_msg\":\"OK\",\
         \"tags\":[],\"resp_mime_types\":[\"text/html\"]}}",
        stamp(clock),
        uid(random),
        ends(random),
        host(random),
        random.word(3),
        random.word(2),
        random.below(100_000),
        host(random),
        random.word(4),
        random.below(100_000)
    );
}

fn tls(clock: u64, random: &mut Random, out: &mut Vec<u8>) {
    let _ = write!(
        out,
        "{{\"ts\":{},\"uid\":\"{}\",{},\"version\":\"TLSv13\",\"cipher\":\"TLS_AES_256_GCM_SHA384\",\"curve\":\"x25519\",\
         \"server_name\":\"{}\",\"resumed\":false,\"established\":true,\"ssl_history\":\"CsiI\",\"ja3\":\"{}\",\
         \"validation_status\":\"ok\"}}",
        epoch(clock, random),
        uid(random),
        ends(random),
        host(random),
        random.hex(32)
    );
}

fn tsv(clock: u64, value: Option<&str>, random: &mut Random, out: &mut Vec<u8>) {
    let _ = write!(
        out,
        "{}\t{}\t{}\t{}\t{}\t{}\ttcp\t{}\t{}\t-\t(empty)",
        epoch(clock, random),
        uid(random),
        address(random),
        random.below(65_536),
        address(random),
        random.below(65_536),
        value.map_or_else(|| host(random), str::to_owned),
        random.below(100_000)
    );
}

fn text(clock: u64, value: Option<&str>, random: &mut Random, out: &mut Vec<u8>) {
    let stamp = stamp(clock);
    let machine = random.word(3);
    let value = value.map_or_else(|| host(random), str::to_owned);
    let _ = match random.below(4) {
        0 => write!(
            out,
            "<134>1 {stamp} {machine} proxy {} - - allowed {value} from {}",
            random.below(9999),
            address(random)
        ),
        1 => write!(
            out,
            "{stamp} {machine} kernel: [UFW BLOCK] IN=eth0 SRC={} WHAT={value} LEN=60",
            address(random)
        ),
        2 => write!(out, "{stamp} 接続先「{value}」を検知しました。端末 {machine}"),
        _ => write!(out, "{} - - [{stamp}] \"{value}\" 200 {}", address(random), random.below(99_999)),
    };
}
