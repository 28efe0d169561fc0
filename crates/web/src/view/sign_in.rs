//! Signing in, and the first page of a new node.

use askama::Template;

use crate::view::Page;
use crate::view::form::{Faults, Shape};

/// What a new node asks for.
pub const SET_UP: Shape = Shape { name: "set-up", fields: &["member", "country", "sector", "email"] };

/// Signing in with an API key.
#[derive(Debug, Clone, Template)]
#[template(path = "sign_in.html")]
pub struct SignInPage {
    pub page: Page,
    /// Where to go on to.
    pub back: String,
    /// The last attempt was refused.
    pub refused: bool,
}

/// A one-time link: a button, so that a mail program's preview does not spend it.
#[derive(Debug, Clone, Template)]
#[template(path = "link.html")]
pub struct LinkPage {
    pub page: Page,
    pub token: String,
}

/// A kind of organisation to choose.
#[derive(Debug, Clone)]
pub struct Choice {
    pub value: String,
    pub name: String,
    pub chosen: bool,
}

/// What a new node asks for: its own member and its first person.
#[derive(Debug, Clone, Template)]
#[template(path = "set_up.html")]
pub struct SetUpPage {
    pub page: Page,
    pub token: String,
    pub member: String,
    pub country: String,
    pub email: String,
    pub sectors: Vec<Choice>,
    pub faults: Faults,
}
