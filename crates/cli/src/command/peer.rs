//! `kizuna peer`.

use kizuna_app::Node;

use crate::args::PeerCommand;
use crate::desk::Desk;
use crate::fail::Fail;

pub fn run(_node: &Node, _command: PeerCommand, _desk: &mut Desk<'_>) -> Result<(), Fail> {
    Err(Fail::work("peers are not built yet"))
}
