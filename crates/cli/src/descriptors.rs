//! File descriptors: each connection takes one, and what a process may open at first is often no more than 1,024.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// For all else than connections: the store and its readers, the control socket, peers.
const ELSE: usize = 256;

/// Raises what this process may open to the most that it may have; how many that is, where there is a limit.
pub fn raise() -> Option<u64> {
    let limit = getrlimit(Resource::Nofile);
    let most = Rlimit { current: limit.maximum, maximum: limit.maximum };
    match setrlimit(Resource::Nofile, most) {
        Ok(()) => limit.maximum,
        Err(error) => {
            tracing::warn!(%error, "the limit of open files cannot be raised");
            limit.current
        }
    }
}

/// So many of the connections that are wanted as there are descriptors for.
pub fn connections(wanted: usize, descriptors: Option<u64>) -> usize {
    let most = descriptors.map_or(usize::MAX, |most| usize::try_from(most).unwrap_or(usize::MAX));
    wanted.min(most.saturating_sub(ELSE).max(1))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use super::*;

    #[test]
    fn connections_leave_descriptors_for_all_else() {
        assert_eq!(connections(16_384, None), 16_384);
        assert_eq!(connections(16_384, Some(65_536)), 16_384);
        assert_eq!(connections(16_384, Some(1_024)), 768);
        assert_eq!(connections(16_384, Some(10)), 1);
    }
}
