//! `kizuna backup` and `kizuna restore`.

use kizuna_app::{Config, Node, backup};

use crate::args::{BackupFile, Place};
use crate::desk::Desk;
use crate::fail::Fail;

pub fn run(node: &Node, backup: &BackupFile, desk: &mut Desk<'_>) -> Result<(), Fail> {
    let file = desk.path(&backup.file);
    let progress = desk.progress;
    let saved = node.back_up(&file, &mut |done, total| progress("backing up", count(done), count(total)))?;
    desk.say(format!("{} contributions are in {}; keep it as secret as the node", saved, file.display()))?;
    Ok(())
}

pub fn restore(place: &Place, backup: &BackupFile, desk: &mut Desk<'_>) -> Result<(), Fail> {
    let file = desk.path(&backup.file);
    let config = Config { database: place.database.clone(), ..Config::new(&place.data) };
    let progress = desk.progress;
    let mut show = |done, total| progress("restoring", count(done), count(total));
    let checked = backup::restore(&config, &file, &mut show)?;
    for fault in &checked.faults {
        desk.say(format!("fault: {fault}"))?;
    }
    for lost in &checked.lost {
        desk.say(format!("contribution {} is lost: {}", lost.seq, lost.why))?;
    }
    if !checked.is_sound() {
        return Err(Fail::work("what was restored has faults"));
    }
    desk.say(format!("{} contributions restored, every digest checked", checked.contributions))?;
    Ok(())
}

fn count(count: u64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}
