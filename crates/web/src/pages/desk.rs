//! What every page about content begins with: who reads, how he wants it, and where he is.

use axum::extract::FromRequestParts;
use http::request::Parts;
use kizuna_access::{Directory, Principal};
use kizuna_app::Caller;
use kizuna_http::{Failure, Server, Viewer};

use crate::language::Language;
use crate::preferences::Preferences;
use crate::view::{Here, Page, Person};

/// Who reads, how he wants it, and where he is.
#[derive(Debug, Clone)]
pub(super) struct Desk {
    pub preferences: Preferences,
    pub viewer: Viewer,
    path: String,
}

impl Desk {
    pub fn t(&self) -> Language {
        self.preferences.language
    }

    pub fn who(&self) -> &Principal {
        &self.viewer.principal
    }

    pub fn caller(&self) -> Caller {
        self.viewer.caller()
    }

    /// The frame of a page, with the reader's own name in it.
    pub fn page(&self, here: Here, directory: &Directory) -> Page {
        let person = directory.person(self.who().person());
        let member = directory.member(self.who().member());
        let person = Person {
            email: person.map(|person| person.email.clone()).unwrap_or_default(),
            member: member.map(|member| member.name.clone()).unwrap_or_default(),
            form_token: self.viewer.form_token().unwrap_or_default().to_owned(),
        };
        let mut page = Page::new(self.preferences.clone(), here, self.path.clone(), Some(person));
        page.levels = crate::levels::path(directory);
        page
    }
}

impl FromRequestParts<Server> for Desk {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, Failure> {
        let viewer = <Viewer as FromRequestParts<Server>>::from_request_parts(parts, server).await?;
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
        Ok(Self { preferences: Preferences::of_request(&parts.headers), viewer, path })
    }
}

/// How somebody who need not be signed in wants a page.
#[derive(Debug, Clone)]
pub(crate) struct Visitor {
    pub preferences: Preferences,
    pub path: String,
}

impl Visitor {
    pub fn page(&self) -> Page {
        Page::new(self.preferences.clone(), Here::Elsewhere, self.path.clone(), None)
    }
}

impl<S: Sync> FromRequestParts<S> for Visitor {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
        Ok(Self { preferences: Preferences::of_request(&parts.headers), path })
    }
}
