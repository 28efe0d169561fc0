//! Channels: what the way by which content arrives adds to its markings.

use crate::label::{Label, Terms};
use crate::party::MemberId;

/// What a way in (a collection, a peer, `--label`) adds to what arrives by it (design, semantics 2 and 4).
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct Channel {
    /// Asked of everything that arrives, beside its own markings.
    #[serde(default)]
    pub always: Terms,
    /// Fills each part on which the markings are silent. `None`: the source's own member.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<Label>,
    /// Whether another node is at its other end: what was to make one hop has made it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_hop: bool,
}

impl Channel {
    /// Adds nothing but a default.
    pub fn with_default(default: Label) -> Self {
        Self { default: Some(default), ..Self::default() }
    }

    /// What `--label` asks of an import: of everything, and of what has no marking of its own too.
    pub fn labelled(terms: Terms, own: MemberId) -> Self {
        let default = terms.or(&Label::own(own)).label();
        Self { always: terms, default: Some(default), is_hop: false }
    }

    /// Asks this label of everything, and of what says nothing.
    pub fn exactly(label: &Label) -> Self {
        Self { always: label.terms(), ..Self::with_default(label.clone()) }
    }

    /// A label of something, also of a field, as it is behind this way.
    pub fn arrived(&self, label: Label) -> Label {
        if self.is_hop { label.after_hop() } else { label }
    }

    /// The same, with another node at its other end where `is_hop` says so.
    #[must_use]
    pub fn over(self, is_hop: bool) -> Self {
        Self { is_hop, ..self }
    }
}

/// The label of content from `source` that arrived through `channel`.
///
/// `marked` is what all its resolved markings ask for together; `dangling` whether one of its markings could not be
/// resolved or is of an unknown kind; `referencing` the labels of the objects in the same envelope that refer to it,
/// which count only where it is unmarked.
///
/// An unknown or dangling marking and an empty audience leave it to the source's member only, under whatever else is
/// asked of a reader.
pub fn compile(
    marked: &Terms,
    dangling: bool,
    referencing: &[&Label],
    channel: &Channel,
    source: MemberId,
) -> Label {
    let default = channel.default.clone().unwrap_or_else(|| Label::own(source));
    let asked =
        if marked.is_silent() { unmarked(&default, referencing) } else { marked.or(&default).label() };
    let label = channel.arrived(asked.narrowed(&channel.always));
    if dangling && !crate::leak::is(6) {
        return label.only_own(source);
    }
    label.or_own(source)
}

/// The default and the labels of the objects that refer to it; where their audiences have nobody in common, the
/// default alone.
fn unmarked(default: &Label, referencing: &[&Label]) -> Label {
    let mut together = default.clone();
    // RED takes whole countries from an audience; that is no disagreement about whom is meant, so the test for
    // one looks at the audiences before that.
    let mut audiences = audience_alone(default);
    for label in referencing {
        together = together.and(label);
        audiences = audiences.and(&audience_alone(label));
    }
    if audiences.audience_is_empty() { default.clone() } else { together }
}

fn audience_alone(label: &Label) -> Label {
    Terms { audience: Some(label.audience().clone()), ..Terms::default() }.label()
}

#[cfg(test)]
mod tests;
