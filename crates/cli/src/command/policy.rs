//! `kizuna policy`.

use kizuna_app::access::policy;

use crate::args::Policy;
use crate::desk::Desk;
use crate::fail::Fail;

pub fn run(command: &Policy, desk: &mut Desk<'_>) -> Result<(), Fail> {
    match command {
        Policy::List => {
            let rows: Vec<serde_json::Value> = policy::built_in()
                .iter()
                .map(|policy| serde_json::json!({ "id": policy.id, "en": policy.name("en"), "ja": policy.name("ja") }))
                .collect();
            desk.print_rows(&["id", "en", "ja"], &rows, |row| cells(row, &["id", "en", "ja"]))
        }
        Policy::Show { policy } => {
            let known = policy::find(policy)
                .ok_or_else(|| Fail::work(format!("there is no policy {policy:?} (kizuna policy list)")))?;
            let rows: Vec<serde_json::Value> = known
                .levels
                .iter()
                .enumerate()
                .map(|(rank, level)| {
                    serde_json::json!({ "rank": rank.to_string(), "level": level.id, "en": level.name("en"), "ja": level.name("ja") })
                })
                .collect();
            let columns = ["rank", "level", "en", "ja"];
            desk.print_rows(&columns, &rows, |row| cells(row, &columns))
        }
    }
}

fn cells(row: &serde_json::Value, columns: &[&str]) -> Vec<String> {
    columns.iter().map(|column| row[column].as_str().unwrap_or_default().to_owned()).collect()
}
