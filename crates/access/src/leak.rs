//! Seeded leaks: mistakes switched on at run time, to prove that the non-interference test would catch them.
//!
//! Without the feature `seeded-leaks` every question is answered `false` at compile time and the mistakes are not
//! in the program. Each mistake is one that somebody could make in good faith:
//!
//! | number | the mistake |
//! |---|---|
//! | 1 | the clauses of an audience are alternatives (OR) instead of conditions (AND) |
//! | 2 | a membership whose `until` has passed still counts |
//! | 3 | clients also read what is AMBER+STRICT |
//! | 4 | the level of a classification is not asked for |
//! | 5 | restrictive categories are not asked for |
//! | 6 | a dangling or unknown marking is treated as if it were not there |
//! | 7 | a member removed from a community still counts as in it |
//! | 8 | a revoked key still opens |
//! | 9 | the node's ceiling does not lower a clearance |
//! | 10 | a community `from-joining` opens older content too |
//! | 11 | TLP:RED is read by countries and communities that are named |
//! | 12 | a draft is read without the role for it |
//! | 13 | a right that was lost and regained counts as held all the time |

#[cfg(feature = "seeded-leaks")]
mod switch {
    use std::sync::atomic::{AtomicU32, Ordering};

    static LEAK: AtomicU32 = AtomicU32::new(0);

    /// Switches one leak on (and any other off), or all off.
    pub fn set(leak: Option<u32>) {
        LEAK.store(leak.unwrap_or(0), Ordering::SeqCst);
    }

    /// Whether this leak is switched on.
    pub fn is(leak: u32) -> bool {
        LEAK.load(Ordering::Relaxed) == leak
    }
}

#[cfg(feature = "seeded-leaks")]
pub use switch::{is, set};

/// Whether this leak is switched on: never, in this build.
#[cfg(not(feature = "seeded-leaks"))]
#[inline]
pub const fn is(_leak: u32) -> bool {
    false
}

#[cfg(all(test, feature = "seeded-leaks"))]
mod tests;
