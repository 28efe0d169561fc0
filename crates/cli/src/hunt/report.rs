//! Where hits go.

use kizuna_hunt::index::Index;
use kizuna_hunt::output::Line;
use kizuna_hunt::sweep::{Hit, Summary};

use super::args::Hunt;
use crate::desk::Desk;
use crate::fail::Fail;

/// The files that a sweep writes beside standard output.
pub struct Outputs;

impl Outputs {
    #[allow(clippy::unnecessary_wraps, reason = "files that cannot be made are said before the sweep")]
    pub fn open(_hunt: &Hunt, _desk: &Desk<'_>) -> Result<Self, Fail> {
        Ok(Self)
    }

    pub fn hit(&mut self, hit: &Hit, index: &Index, desk: &mut Desk<'_>) -> Result<(), Fail> {
        let line = Line::of(index, hit);
        if desk.json {
            desk.print_json(&line)?;
        } else {
            desk.print(line.text())?;
        }
        Ok(())
    }

    #[allow(clippy::unnecessary_wraps, reason = "as above")]
    pub fn finish(self, _index: &Index, _summary: &Summary, _desk: &mut Desk<'_>) -> Result<(), Fail> {
        Ok(())
    }
}
