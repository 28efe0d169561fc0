//! Signing in and out, and what a reader prefers.

use super::{ACTION, PAGE};
use crate::registry::{Access, Kind, OutputPath, Param, Reads};

const TOKEN: Param = Param::path("token", Kind::Text, "The link's secret");

/// The sign-in form.
pub static SIGN_IN: OutputPath = OutputPath {
    name: "pages.sign-in",
    path: "/sign-in",
    access: Access::Anyone,
    reads: Reads::Nothing,
    summary: "Sign in",
    params: &[Param::query("back", Kind::Text, "Where to go on to")],
    ..PAGE
};

/// Signs in with an API key.
pub static SIGN_IN_WITH_KEY: OutputPath = OutputPath {
    name: "pages.sign-in-with-key",
    path: "/sign-in",
    access: Access::Anyone,
    reads: Reads::Nothing,
    summary: "Sign in with an API key",
    ..ACTION
};

/// What a one-time link opens.
pub static LINK: OutputPath = OutputPath {
    name: "pages.link",
    path: "/sign-in/{token}",
    access: Access::Anyone,
    reads: Reads::Nothing,
    summary: "A one-time link: asks before it is spent",
    params: &[TOKEN],
    ..PAGE
};

/// Spends a one-time link.
pub static USE_LINK: OutputPath = OutputPath {
    name: "pages.use-link",
    path: "/sign-in/{token}",
    access: Access::Anyone,
    reads: Reads::Nothing,
    summary: "Sign in with a one-time link, or set up a new node with it",
    params: &[TOKEN],
    ..ACTION
};

/// Ends the session.
pub static SIGN_OUT: OutputPath = OutputPath {
    name: "pages.sign-out",
    path: "/sign-out",
    access: Access::Optional,
    reads: Reads::Nothing,
    summary: "Ends the session",
    ..ACTION
};

/// Language, time zone, light or dark.
pub static PREFER: OutputPath = OutputPath {
    name: "pages.prefer",
    path: "/preferences",
    access: Access::Anyone,
    reads: Reads::Nothing,
    summary: "Keeps language, time zone, light or dark in cookies",
    ..ACTION
};
