//! `kizuna bench`.

use crate::args::{Bench, Benched, Place};
use crate::bench::{self, Figure};
use crate::desk::Desk;
use crate::fail::Fail;

pub fn run(place: &Place, bench: &Bench, desk: &mut Desk<'_>) -> Result<(), Fail> {
    let said = std::cell::RefCell::new(&mut *desk.err);
    let say = |what: &str| {
        // Who closed standard error does not want to be told.
        let _ = writeln!(said.borrow_mut(), "measuring {what}");
    };
    let report = match (&bench.what, &place.database) {
        (Some(Benched::Streams { subscribers, members }), _) => {
            bench::streams::run(*subscribers as usize, *members as usize, &say)?
        }
        (Some(Benched::Federation { behind, nodes }), _) => {
            bench::federation::run(*behind as usize, *nodes as usize, &say)?
        }
        (None, Some(store)) => {
            crate::child::keep_in(store);
            bench::database::run(bench.objects as usize, &say)?
        }
        (None, None) => bench::run(bench.objects as usize, &say)?,
    };
    serde_json::to_writer_pretty(&mut *desk.out, &report)?;
    writeln!(desk.out)?;
    let failed: Vec<&Figure> = report.failed();
    for figure in &failed {
        desk.say(format!(
            "missed: {} is {:.2} {}, wanted {}",
            figure.what, figure.value, figure.unit, figure.goal
        ))?;
    }
    if bench.gate && !failed.is_empty() { Err(Fail::Said) } else { Ok(()) }
}
