//! Why an input was not read, in the language of the report.
//!
//! Reasons are written where they arise, in English, and are the same in every output; the page says them in its own
//! language. What stands in a gap (a number, a message of the operating system) stays as it is.

use std::borrow::Cow;

/// Reasons with gaps (`{}`), and the same in Japanese with as many. The first that fits is taken.
const JAPANESE: &[(&str, &str)] = &[
    ("cannot be read: {}", "読み取れません: {}"),
    ("cannot be listed: {}", "一覧を取得できません: {}"),
    ("is a link, which is not followed", "リンクのため、たどりません"),
    ("is no regular file", "通常のファイルではありません"),
    ("lies in more than {} archives", "アーカイブが{}重を超えて入れ子になっています"),
    (
        "is {}, which is not read; only YARA rules were asked about it",
        "{}のため読み取りません。YARAルールだけで照合しました",
    ),
    ("is {}, which is not read", "{}のため読み取りません"),
    (
        "unpacks to more than {} bytes; the rest was not read",
        "展開すると{}バイトを超えます。残りは読み取っていません",
    ),
    (
        "lies within another archive and has more than {} bytes",
        "別のアーカイブの中にあり、{}バイトを超えます",
    ),
    (
        "holds more than {} files; the rest was not read",
        "ファイルが{}個を超えています。残りは読み取っていません",
    ),
    ("is broken: it ends in the middle", "壊れています: 途中で終わっています"),
    (
        "is broken: {} of its records cannot be read, the first: {}",
        "壊れています: レコード{}件が読み取れません。最初の理由: {}",
    ),
    ("is broken: {}", "壊れています: {}"),
    (
        "has more than {} bytes and was not asked about with YARA rules as a whole",
        "{}バイトを超えるため、全体をYARAルールで照合していません",
    ),
    (
        "was not asked about with all YARA rules: they took more than {} s",
        "{}秒を超えたため、一部のYARAルールで照合していません",
    ),
    ("could not be asked about with YARA rules: {}", "YARAルールで照合できませんでした: {}"),
    (
        "ends the engine of YARA rules, which is a fault of the engine",
        "YARAルールのエンジンが停止しました。エンジンの不具合です",
    ),
    (
        "has more than {} bytes, so that patterns were not asked of its observations",
        "{}バイトを超えるため、観測データをパターンで照合していません",
    ),
    (
        "holds {} values that regular expressions of patterns could not decide in time",
        "パターンの正規表現が時間内に判定できなかった値が{}件あります",
    ),
    ("there may be more matches than were searched for", "探索した範囲を超える一致がある可能性があります"),
    ("it matches more often than is told of", "示した件数を超えて一致しています"),
    (
        "more than {} matches were to be correlated; {} were left out",
        "相関の対象が{}件を超えたため、{}件を除外しました",
    ),
    (
        "more than {} observations satisfied parts of patterns; {} early ones were let go, and matches of later ones with \
         them may be missing",
        "パターンの一部を満たす観測が{}件を超えたため、古い{}件を手放しました。後の観測との一致が欠けている可能性があります",
    ),
];

/// What stands in gaps and is no number or message.
const FORMS: &[(&str, &str)] = &[
    ("a program", "プログラム"),
    ("captured packets", "パケットキャプチャー"),
    ("an SQLite database", "SQLiteデータベース"),
    ("binary data", "バイナリーデータ"),
];

/// A reason in Japanese; as it is where it is none that this program gives.
pub(super) fn japanese(reason: &str) -> Cow<'_, str> {
    let filled =
        JAPANESE.iter().find_map(|(english, japanese)| Some(fill(japanese, &gaps(english, reason)?)));
    filled.map_or(Cow::Borrowed(reason), Cow::Owned)
}

/// What stands in the gaps of a form of words; nothing where the text has another form.
fn gaps<'a>(form: &str, text: &'a str) -> Option<Vec<&'a str>> {
    let mut fixed = form.split("{}");
    let mut rest = text.strip_prefix(fixed.next()?)?;
    let mut found = Vec::new();
    let mut fixed = fixed.peekable();
    while let Some(after) = fixed.next() {
        let is_last = fixed.peek().is_none();
        // The last gap reaches to the end: a message may hold the words after it.
        let end = if is_last { rest.len().checked_sub(after.len())? } else { rest.find(after)? };
        let tail = rest.get(end..)?.strip_prefix(after)?;
        found.push(&rest[..end]);
        rest = tail;
    }
    rest.is_empty().then_some(found)
}

fn fill(form: &str, gaps: &[&str]) -> String {
    let mut fixed = form.split("{}");
    let mut out = fixed.next().unwrap_or_default().to_owned();
    for (gap, after) in gaps.iter().zip(fixed) {
        let form = FORMS.iter().find(|(english, _)| english == gap);
        out.push_str(form.map_or(gap, |(_, japanese)| japanese));
        out.push_str(after);
    }
    out
}

#[cfg(test)]
mod tests;
