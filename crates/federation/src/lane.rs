//! Lanes: what overtakes what on the way to a peer.

/// The lane of an object by its type. Lanes are emptied in their order; what is in one keeps its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lane {
    /// What people wait for: alerts, what is answered to them, and what is taken back.
    Urgent,
    /// Everything else.
    Bulk,
}

/// Types that overtake.
pub const URGENT_KINDS: [&str; 6] = [
    "kizuna-alert",
    "kizuna-answer",
    "kizuna-recall",
    "kizuna-receipt",
    "kizuna-request",
    "kizuna-requirement",
];

impl Lane {
    /// The lane of an object of this type.
    pub fn of(kind: &str) -> Self {
        if URGENT_KINDS.contains(&kind) { Self::Urgent } else { Self::Bulk }
    }
}
