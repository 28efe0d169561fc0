//! `kizuna check`.

use kizuna_app::Node;

use crate::desk::Desk;
use crate::fail::Fail;

/// Lines of each kind that are printed for people; `--json` prints all.
const LINES: usize = 50;

pub fn run(node: &Node, desk: &mut Desk<'_>) -> Result<(), Fail> {
    let progress = desk.progress;
    let step = |count: u64| usize::try_from(count).unwrap_or(usize::MAX);
    let checked = node.check(&|done, all| progress("checking", step(done), step(all)))?;
    if desk.json {
        desk.print_json(&checked)?;
    } else {
        let directory = node.directory()?;
        for lost in checked.lost.iter().take(LINES) {
            let object = lost.object.as_deref().unwrap_or("an object that cannot be told");
            let member = lost.source.and_then(|source| directory.member(source));
            let from = member.map(|member| format!(" of {}", member.name)).unwrap_or_default();
            writeln!(desk.out, "lost   {} {object}{from}: {}", lost.seq, lost.why)?;
        }
        for fault in checked.faults.iter().take(LINES) {
            writeln!(desk.out, "fault  {fault}")?;
        }
        let more = checked.lost.len().saturating_sub(LINES) + checked.faults.len().saturating_sub(LINES);
        if more > 0 {
            desk.say(format!("and {more} more (--json prints all)"))?;
        }
    }
    desk.say(format!(
        "{} contributions and {} lines of the audit are as they were written, and as {} leaves of the log say",
        checked.contributions, checked.audited, checked.leaves
    ))?;
    if checked.is_sound() {
        return Ok(());
    }
    desk.say(format!(
        "{} contributions are lost, {} other faults",
        checked.lost.len(),
        checked.faults.len()
    ))?;
    desk.say("stop the node and restore a backup; what peers have comes back from them")?;
    Err(Fail::Said)
}
