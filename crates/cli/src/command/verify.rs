//! `kizuna verify`, but for the store: files and keys alone.

use std::path::Path;

use jiff::Timestamp;
use kizuna_app::log::verify;
use kizuna_app::tlog::Verifier;

use crate::args::VerifyCommand;
use crate::desk::Desk;
use crate::fail::Fail;

pub fn run(command: &VerifyCommand, desk: &mut Desk<'_>) -> Result<(), Fail> {
    match command {
        VerifyCommand::Proof { proof, object, key, witness } => {
            let witnesses = witness.iter().map(|key| verifier(key)).collect::<Result<Vec<_>, _>>()?;
            let log = verifier(key)?;
            let (proof, object) = (read(desk, proof)?, read(desk, object)?);
            let proven = verify::version(&proof, &object, &log, &witnesses).map_err(|why| fails(&why))?;
            if desk.json {
                return desk.print_json(&proven);
            }
            let second = i64::try_from(proven.second).unwrap_or(i64::MAX);
            let at = Timestamp::from_second(second).map_or_else(|_| second.to_string(), |at| at.to_string());
            desk.print(format!(
                "in the log {} since {at} (leaf {} of {})",
                proven.origin, proven.index, proven.size
            ))?;
            for witness in &proven.witnesses {
                desk.print(format!("co-signed by {}", witness.name))?;
            }
            Ok(())
        }
        VerifyCommand::Checkpoints { old, new, proof, key } => {
            let log = verifier(key)?;
            let (old, new, proof) = (read(desk, old)?, read(desk, new)?, read(desk, proof)?);
            let proof = String::from_utf8_lossy(&proof);
            let one = verify::checkpoints(&old, &new, &proof, &log).map_err(|why| fails(&why))?;
            if desk.json {
                return desk.print_json(&one);
            }
            desk.print(format!(
                "one history: the log {} of {} leaves goes on from {}",
                one.origin, one.size, one.old
            ))?;
            Ok(())
        }
        VerifyCommand::Package(asked) => super::channel::verify(asked, desk),
        VerifyCommand::Store => Err(Fail::usage("this takes a node")),
    }
}

fn verifier(key: &str) -> Result<Verifier, Fail> {
    key.parse().map_err(|error| Fail::usage(format!("{key:?}: {error}")))
}

fn read(desk: &Desk<'_>, file: &Path) -> Result<Vec<u8>, Fail> {
    let file = desk.path(file);
    std::fs::read(&file).map_err(|error| Fail::work(format!("{}: {error}", file.display())))
}

fn fails(why: &verify::Unproven) -> Fail {
    Fail::work(format!("it does not hold: {why}"))
}
