//! A report as one HTML file that needs nothing else: no script, no font, no picture from anywhere.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write};

use super::{Line, reason};
use crate::input::Trouble;
use crate::sweep::Summary;

/// Hits that the page lists; the others are in the other outputs.
const LISTED: usize = 5_000;

/// Language of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    #[default]
    English,
    Japanese,
}

struct Words {
    lang: &'static str,
    title: &'static str,
    marking: &'static str,
    files: &'static str,
    lines: &'static str,
    text: &'static str,
    looked: &'static str,
    hits: &'static str,
    listed: &'static str,
    indicators: &'static str,
    unread: &'static str,
    complete: &'static str,
    clean: &'static str,
    value: &'static str,
    kind: &'static str,
    count: &'static str,
    name: &'static str,
    level: &'static str,
    time: &'static str,
    asset: &'static str,
    place: &'static str,
    reason: &'static str,
    more: &'static str,
    /// A reason that was given in English.
    reason_of: fn(&str) -> Cow<'_, str>,
    /// The level of a rule by its English name.
    levels: &'static [(&'static str, &'static str)],
}

const ENGLISH: Words = Words {
    lang: "en",
    title: "Sweep report",
    marking: "Handle as the markings of the indicators say. Holds names of machines and files.",
    files: "Files",
    lines: "Lines",
    text: "Megabytes of text",
    looked: "Megabytes asked about with YARA",
    hits: "Hits",
    listed: "Hits",
    indicators: "Indicators and rules seen",
    unread: "Not read",
    complete: "Everything was read.",
    clean: "Nothing was found.",
    value: "Value",
    kind: "Kind",
    count: "Hits",
    name: "Name",
    level: "Level",
    time: "Time (UTC)",
    asset: "Machine",
    place: "Place",
    reason: "Reason",
    more: "Further hits are in the other outputs:",
    reason_of: |reason| Cow::Borrowed(reason),
    levels: &[],
};

const JAPANESE: Words = Words {
    lang: "ja",
    title: "ログ走査の報告",
    marking: "侵害指標の取扱表示に従ってください。端末名とファイル名を含みます。",
    files: "ファイル数",
    lines: "行数",
    text: "テキスト量（MB）",
    looked: "YARAで照合した量（MB）",
    hits: "検知数",
    listed: "検知の一覧",
    indicators: "検知した侵害指標とルール",
    unread: "読み取れなかった入力",
    complete: "すべて読み取りました。",
    clean: "検知はありません。",
    value: "値",
    kind: "種別",
    count: "検知数",
    name: "名称",
    level: "深刻度",
    time: "時刻（UTC）",
    asset: "端末",
    place: "場所",
    reason: "理由",
    more: "残りの検知はほかの出力にあります：",
    reason_of: reason::japanese,
    levels: &[
        ("informational", "情報"),
        ("low", "低"),
        ("medium", "中"),
        ("high", "高"),
        ("critical", "重大"),
    ],
};

const STYLE: &str = "\
:root{--paper:#fbfbf9;--surface:#fff;--ink:#1b1f24;--quiet:#59636e;--line:#d9dee3;--warn:#9a6700}\
@media(prefers-color-scheme:dark){:root{--paper:#111418;--surface:#191d23;--ink:#e6e9ec;--quiet:#9aa5b1;--line:#2b323a;--warn:#e0b050}}\
*{box-sizing:border-box}body{margin:0;background:var(--paper);color:var(--ink);font:14px/1.5 system-ui,\"Hiragino Sans\",\"Noto Sans JP\",\"Yu Gothic UI\",sans-serif}\
:lang(ja){line-height:1.7}main{max-width:1280px;margin:0 auto;padding:16px}\
.banner{padding:8px 16px;border-bottom:1px solid var(--line);color:var(--quiet)}h1{font-size:28px;margin:16px 0}h2{font-size:20px;margin:32px 0 8px}\
dl{display:grid;grid-template-columns:repeat(auto-fit,minmax(160px,1fr));gap:16px;margin:0}dl div{background:var(--surface);border:1px solid var(--line);border-radius:6px;padding:12px 16px}\
dt{color:var(--quiet)}dd{margin:0;font-size:20px;font-variant-numeric:tabular-nums}.scroll{overflow-x:auto;background:var(--surface);border:1px solid var(--line);border-radius:6px}\
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:8px 12px;border-top:1px solid var(--line);vertical-align:top}th{border-top:0;color:var(--quiet);font-weight:600;white-space:nowrap}\
td.n{text-align:right}td.n,td.t{font-variant-numeric:tabular-nums;white-space:nowrap}td code{display:inline-block;min-width:18ch}code{font:13px ui-monospace,monospace;overflow-wrap:anywhere}.warn{color:var(--warn)}\
@media print{body{background:#fff;color:#000}}";

/// What is said of one indicator or rule.
#[derive(Debug)]
struct Counted {
    hits: u64,
    name: String,
    level: &'static str,
    techniques: Vec<String>,
}

/// Collects hits and writes the page at the end.
#[derive(Debug, Default)]
pub struct Page {
    lines: Vec<Line>,
    left: u64,
    counts: BTreeMap<(String, &'static str), Counted>,
    troubles: Vec<Trouble>,
}

impl Page {
    pub fn hit(&mut self, line: &Line) {
        let key = (line.value.clone(), line.kind);
        let counted = self.counts.entry(key).or_insert_with(|| Counted {
            hits: 0,
            name: if line.name == line.value { String::new() } else { line.name.clone() },
            level: line.level.map(crate::sigma::Level::name).unwrap_or_default(),
            techniques: line.techniques.clone(),
        });
        counted.hits += 1;
        if self.lines.len() < LISTED {
            self.lines.push(line.clone());
        } else {
            self.left += 1;
        }
    }

    pub fn trouble(&mut self, trouble: &Trouble) {
        if self.troubles.len() < LISTED {
            self.troubles.push(trouble.clone());
        }
    }

    /// Writes the page.
    pub fn write(&self, summary: &Summary, language: Language, out: &mut dyn Write) -> io::Result<()> {
        let words = if language == Language::Japanese { &JAPANESE } else { &ENGLISH };
        let mut page = String::new();
        self.head(words, summary, &mut page);
        self.tables(words, &mut page);
        page.push_str("</main></body></html>\n");
        out.write_all(page.as_bytes())
    }

    fn head(&self, words: &Words, summary: &Summary, page: &mut String) {
        let title = words.title;
        let _ = write!(
            page,
            "<!doctype html><html lang=\"{}\"><head><meta charset=\"utf-8\">\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\
             <meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title><style>{STYLE}</style></head>\
             <body><div class=\"banner\">{}</div><main><h1>{title}</h1><dl>",
            words.lang, words.marking
        );
        let facts = [
            (words.files, summary.files),
            (words.lines, summary.lines),
            (words.text, summary.text / 1_000_000),
            (words.looked, summary.looked / 1_000_000),
            (words.hits, summary.hits),
            (words.indicators, self.counts.len() as u64),
            (words.unread, summary.troubles),
        ];
        for (name, number) in facts {
            // Most sweeps have no YARA rules.
            if name == words.looked && summary.looked == 0 {
                continue;
            }
            let _ = write!(page, "<div><dt>{name}</dt><dd>{number}</dd></div>");
        }
        page.push_str("</dl>");
        if summary.troubles == 0 {
            let _ = write!(page, "<p>{}</p>", words.complete);
        }
        if summary.hits == 0 {
            let _ = write!(page, "<p>{}</p>", words.clean);
        }
    }

    fn tables(&self, words: &Words, page: &mut String) {
        if !self.troubles.is_empty() {
            begin(page, words.unread, &[words.place, words.reason]);
            for trouble in &self.troubles {
                let _ = write!(
                    page,
                    "<tr><td><code>{}</code></td><td class=\"warn\">{}</td></tr>",
                    escaped(&trouble.path),
                    escaped(&(words.reason_of)(&trouble.reason))
                );
            }
            page.push_str("</table></div>");
        }
        if self.counts.is_empty() {
            return;
        }
        let columns = [words.value, words.kind, words.level, words.count, words.name, "ATT&amp;CK"];
        begin(page, words.indicators, &columns);
        let mut counts: Vec<_> = self.counts.iter().collect();
        counts.sort_by_key(|(_, counted)| std::cmp::Reverse(counted.hits));
        for ((value, kind), Counted { hits, name, level, techniques }) in counts {
            let said = words.levels.iter().find(|(english, _)| english == level);
            let level = said.map_or(*level, |(_, said)| *said);
            let _ = write!(
                page,
                "<tr><td><code>{}</code></td><td>{kind}</td><td>{level}</td><td class=\"n\">{hits}</td><td>{}</td><td>{}</td></tr>",
                escaped(value),
                escaped(name),
                escaped(&techniques.join(", "))
            );
        }
        page.push_str("</table></div>");
        begin(page, words.listed, &[words.time, words.asset, words.value, words.place]);
        for line in &self.lines {
            let time = line.time.map_or_else(String::new, |time| time.to_string());
            let strings = if line.strings.is_empty() { String::new() } else { format!(" {}", line.places()) };
            let _ = write!(
                page,
                "<tr><td class=\"t\">{}</td><td>{}</td><td><code>{}</code></td><td><code>{}:{}{}</code></td></tr>",
                escaped(&time),
                escaped(line.asset.as_deref().unwrap_or_default()),
                escaped(&line.value),
                escaped(&line.path),
                line.line,
                escaped(&strings)
            );
        }
        page.push_str("</table></div>");
        if self.left > 0 {
            let _ = write!(page, "<p>{} {}</p>", words.more, self.left);
        }
    }
}

fn begin(page: &mut String, title: &str, columns: &[&str]) {
    let _ = write!(page, "<h2>{title}</h2><div class=\"scroll\"><table><tr>");
    for column in columns {
        let _ = write!(page, "<th>{column}</th>");
    }
    page.push_str("</tr>");
}

/// Text for the page: what logs hold is never markup.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c if c.is_control() => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}
