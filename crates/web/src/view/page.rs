//! What every page has around its content.

use crate::asset::{self, Asset};
use crate::icon::{Icon, icon};
use crate::language::Language;
use crate::preferences::{Preferences, Theme};
use crate::view::Banner;

/// Places of the rail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Here {
    Home,
    Search,
    Import,
    Alerts,
    Release,
    Collections,
    Members,
    Policies,
    Peers,
    Quarantine,
    /// A page that is not on the rail.
    Elsewhere,
}

/// An entry of the rail.
#[derive(Debug)]
pub struct Place {
    pub here: Here,
    pub href: &'static str,
    pub icon: &'static str,
    /// The message with its name.
    pub name: &'static str,
    /// The letter after `g`.
    pub letter: char,
}

/// The rail, from the top.
pub static RAIL: &[Place] = &[
    Place { here: Here::Home, href: "/", icon: "home", name: "nav-home", letter: 'h' },
    Place { here: Here::Search, href: "/search", icon: "search", name: "nav-search", letter: 's' },
    Place { here: Here::Import, href: "/import", icon: "import", name: "nav-import", letter: 'i' },
    Place { here: Here::Alerts, href: "/alerts", icon: "warn", name: "nav-alerts", letter: 'a' },
    Place { here: Here::Release, href: "/releases", icon: "out", name: "nav-release", letter: 'r' },
    Place {
        here: Here::Collections,
        href: "/collections",
        icon: "collections",
        name: "nav-collections",
        letter: 'c',
    },
    Place { here: Here::Members, href: "/members", icon: "members", name: "nav-members", letter: 'm' },
    Place { here: Here::Policies, href: "/policies", icon: "shield", name: "nav-policies", letter: 'o' },
    Place { here: Here::Peers, href: "/peers", icon: "peers", name: "nav-peers", letter: 'p' },
    Place {
        here: Here::Quarantine,
        href: "/quarantine",
        icon: "quarantine",
        name: "nav-quarantine",
        letter: 'q',
    },
];

/// Who is signed in.
#[derive(Debug, Clone)]
pub struct Person {
    pub email: String,
    pub member: String,
    /// Sent back with every form.
    pub form_token: String,
}

/// What every page has around its content.
#[derive(Debug, Clone)]
pub struct Page {
    pub preferences: Preferences,
    pub here: Here,
    /// This page's own path, to come back to.
    pub path: String,
    pub person: Option<Person>,
    pub banner: Option<Banner>,
    /// What stands in the search box.
    pub query: String,
    /// The style sheet with the colours of levels; empty where nobody is signed in.
    pub levels: String,
}

impl Page {
    pub fn new(
        preferences: Preferences,
        here: Here,
        path: impl Into<String>,
        person: Option<Person>,
    ) -> Self {
        Self {
            preferences,
            here,
            path: path.into(),
            person,
            banner: None,
            query: String::new(),
            levels: String::new(),
        }
    }

    #[must_use]
    pub fn under(mut self, banner: Option<Banner>) -> Self {
        self.banner = banner;
        self
    }

    pub fn t(&self) -> Language {
        self.preferences.language
    }

    pub fn say(&self, key: &str) -> String {
        self.t().say(key)
    }

    pub fn count(&self, key: &str, number: impl Number) -> String {
        self.t().count(key, number.number())
    }

    pub fn with(&self, key: &str, name: &str, value: &str) -> String {
        self.t().with(key, name, value)
    }

    pub fn theme(&self) -> &'static str {
        self.preferences.theme.as_str()
    }

    pub fn themes(&self) -> [Theme; 3] {
        Theme::ALL
    }

    pub fn languages(&self) -> Vec<Language> {
        Language::all().collect()
    }

    pub fn rail(&self) -> &'static [Place] {
        RAIL
    }

    pub fn icon(&self, name: &str) -> Icon {
        icon(name)
    }

    pub fn style(&self) -> &'static Asset {
        &asset::STYLE
    }

    pub fn script(&self) -> &'static Asset {
        &asset::SCRIPT
    }

    pub fn favicon(&self) -> &'static Asset {
        &asset::ICON
    }

    pub fn form_token(&self) -> &str {
        self.person.as_ref().map_or("", |person| person.form_token.as_str())
    }
}

/// A number however often a template borrows it.
pub trait Number {
    fn number(&self) -> u64;
}

impl Number for u64 {
    fn number(&self) -> u64 {
        *self
    }
}

impl<T: Number + ?Sized> Number for &T {
    fn number(&self) -> u64 {
        (**self).number()
    }
}
