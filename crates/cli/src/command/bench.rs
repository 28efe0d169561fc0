//! `kizuna bench`.

use crate::args::Bench;
use crate::desk::Desk;
use crate::fail::Fail;

pub fn run(_bench: &Bench, _desk: &mut Desk<'_>) -> Result<(), Fail> {
    Err(Fail::work("bench is not built yet"))
}
