//! `kizuna settings`, and the token for monitors.

use anyhow::Context;
use kizuna_app::Node;

use crate::args::{SettingsFile, WatchToken};
use crate::desk::Desk;
use crate::fail::Fail;
use crate::settings::Settings;

pub fn run(file: &SettingsFile, desk: &mut Desk<'_>) -> Result<(), Fail> {
    let settings = of(file)?;
    if desk.json {
        serde_json::to_writer(&mut *desk.out, &settings)?;
        writeln!(desk.out)?;
    } else {
        let text = toml::to_string(&settings).context("the settings cannot be written as TOML")?;
        write!(desk.out, "{text}")?;
    }
    Ok(())
}

/// The settings of a file; without one the defaults.
pub fn of(file: &SettingsFile) -> Result<Settings, Fail> {
    file.settings.as_deref().map_or_else(|| Ok(Settings::default()), Settings::read)
}

pub fn watch_token(node: &Node, asked: &WatchToken, desk: &mut Desk<'_>) -> Result<(), Fail> {
    let token = if asked.renew { node.renew_watch_token()? } else { node.watch_token()? };
    writeln!(desk.out, "{token}")?;
    Ok(())
}
