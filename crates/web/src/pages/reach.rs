//! Whom something reaches, for the pages on which that is decided.

use kizuna_app::people::{Feed, FeedKind, Reached};

use crate::language::Language;
use crate::view::reach::{FeedView, ReachView};

pub(super) fn view(t: Language, reached: Reached) -> ReachView {
    ReachView {
        members: reached.members.into_iter().map(|member| member.name).collect(),
        peers: reached.peers,
        feeds: reached.feeds.into_iter().map(|it| feed(t, it)).collect(),
    }
}

fn feed(t: Language, feed: Feed) -> FeedView {
    let kind = match feed.kind {
        FeedKind::Collection => t.with("reach-collection", "of", &feed.of),
        FeedKind::Keys => t.count("reach-keys", feed.keys.unwrap_or_default() as u64),
    };
    FeedView { name: feed.title.unwrap_or(feed.of), kind }
}
