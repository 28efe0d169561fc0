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
//! | 21 | a mask is used on after the epoch has changed |
//! | 22 | a count counts everything |
//! | 23 | the winner is found over all contributions, not only the readable ones |
//! | 24 | the latest version is that of all contributions |
//! | 25 | `added_after` looks at when content was stored, not at when it became readable |
//! | 26 | text search does not look at the mask |
//! | 27 | the lookup of values does not look at the mask |
//! | 28 | the lookup of references does not look at the mask |
//! | 29 | a duplicate of what another source gave is said to be one |
//! | 30 | a cursor is a bare number: content opened by a right gained is stepped over |
//! | 31 | whether others differ is computed over all contributions |
//! | 32 | whether an object is revoked is computed over all contributions |
//! | 33 | what its source has narrowed is still read |
//! | 34 | drafts are read by everybody |
//! | 35 | the quarantine shows every source's input |
//! | 36 | a page filtered by type does not look at the mask |
//! | 37 | the mask of a colleague with other clearances is used |
//! | 38 | dates of arrival count all contributions |
//! | 39 | another source's marking definitions explain a source's markings |
//! | 40 | the limit of a page counts what is hidden |
//! | 41 | who may not read a field gets the object with it |
//! | 42 | granular markings go on naming fields that are taken out |
//! | 43 | who reads an object has the right to all its fields |
//! | 44 | which bytes win is found by the digests of whole objects, not of what the viewer gets |
//! | 45 | what is left of an object goes out with the digest of the whole |
//! | 46 | text search finds words of fields that are taken out |
//! | 47 | the lookup of values finds those of fields that are taken out |
//! | 48 | the lookup of references finds those of fields that are taken out |
//! | 49 | a field that an object needs is taken out, instead of narrowing the whole |
//! | 50 | what is left of an object goes out with the warnings about the whole |
//! | 51 | the recall of a fuller form is read by all readers of the object |
//! | 52 | a right gained to a field is no arrival |
//! | 53 | two contributions that differ in what is taken out stand side by side |
//! | 54 | a label object names a fuller form for all readers of the object |
//! | 55 | fields that are taken out are told with their labels |
//! | 61 | an equivalence between policies is applied outside its dates |
//! | 62 | equivalences are chained: what A is worth under B, and that under C |
//! | 63 | an equivalence is applied in both directions, whatever it says |
//! | 64 | the record of a release in full goes to those to whom something is to be released |
//! | 65 | recipients are told why, and what the content was before |
//! | 66 | what was released stays with its recipients when it is withdrawn |
//! | 67 | what was released stays with its recipients when the release has ended |
//! | 68 | the report on releases counts those of other members |
//! | 69 | what a tear-line makes is under the low label at once |
//! | 70 | the record of a tear-line goes with what was made |
//! | 71 | what a tear-line makes keeps the ids of what it was made from |
//! | 72 | a forecast is made for communities, members and persons that its caller may not know of |
//! | 73 | a forecast counts what its caller does not read |
//! | 74 | looking as somebody else shows what is hidden from that one |
//! | 75 | an overlay reaches further than its object |
//! | 76 | a judgement that somebody else writes in a member's name counts as the member's |
//! | 77 | an auditor is shown ids that it may not read |
//! | 78 | the audit is read without the role |
//! | 79 | colleagues share what one of them reads, whatever each may read |
//! | 80 | who shared a reading goes on to after the rights have changed |
//! | 81 | a reading is shared past the place of who has come further |

#[cfg(feature = "seeded-leaks")]
mod switch {
    use std::sync::LazyLock;
    use std::sync::atomic::{AtomicU32, Ordering};

    /// At first the one that the environment names: so a whole run of tests has it.
    static LEAK: LazyLock<AtomicU32> = LazyLock::new(|| {
        let named = std::env::var("KIZUNA_SEEDED").ok().and_then(|text| text.parse().ok());
        AtomicU32::new(named.unwrap_or(0))
    });

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
