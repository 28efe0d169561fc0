//! `kizuna taxii-check`.

use std::time::Duration;

use kizuna_api::taxii_check::{self, Target};

use crate::args::TaxiiCheck;
use crate::desk::Desk;
use crate::fail::Fail;

/// For one answer.
const PATIENCE: Duration = Duration::from_secs(30);

pub fn run(check: &TaxiiCheck, desk: &mut Desk<'_>) -> Result<(), Fail> {
    let target = Target {
        url: check.url.to_string(),
        user: check.user.clone(),
        key: check.key.clone(),
        write: check.write,
        timeout: PATIENCE,
    };
    let mut done = 0;
    let checks = taxii_check::run(&target, |check| {
        done += 1;
        tracing::debug!(check = check.name, number = done, "checked");
    })
    .map_err(|error| Fail::work(error.to_string()))?;
    if desk.json {
        checks.iter().try_for_each(|check| desk.print_json(check))?;
    } else {
        write!(desk.out, "{}", taxii_check::table(&checks))?;
    }
    if taxii_check::all_passed(&checks) { Ok(()) } else { Err(Fail::Said) }
}
