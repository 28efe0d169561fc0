//! Keys and words.

use askama::Template;

use crate::view::Page;

#[derive(Debug, Clone, Template)]
#[template(path = "help.html")]
pub struct HelpPage {
    pub page: Page,
}
