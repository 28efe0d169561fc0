//! Discovery, credentials, media types, API roots, collections.

use http::Method;
use kizuna_taxii::media;
use serde_json::Value;
use uuid::Uuid;

use super::client::Client;
use super::{CheckError, FoundCollection, FoundRoot, Suite, list, require, require_text};

/// An id that no server has.
const ABSENT: &str = "00000000-0000-4000-8000-0000000000ff";

pub(super) fn check(client: &Client, suite: &mut Suite<'_>) -> Result<Vec<FoundRoot>, CheckError> {
    let discovery = client.get(client.base()).send()?;
    suite.judge("4.1", "discovery answers in TAXII's media type", discovery.is_message(200));
    suite.judge("4.1.1", "discovery has a title", require_text(&discovery.json, "title"));
    let urls: Vec<&str> = list(&discovery.json, "api_roots").iter().filter_map(Value::as_str).collect();
    suite.judge(
        "4.1.1",
        "discovery lists API roots",
        require(!urls.is_empty(), || "there is none".to_owned()),
    );
    match discovery.json["default"].as_str() {
        None => suite.skip("4.1.1", "the default is one of the API roots", "there is no default"),
        Some(default) => {
            let wrong = require(urls.contains(&default), || format!("{default} is not among them"));
            suite.judge("4.1.1", "the default is one of the API roots", wrong);
        }
    }
    check_credentials(client, suite)?;
    check_media(client, suite)?;
    let roots = urls.into_iter().filter_map(|url| client.url(url));
    Ok(roots.map(|url| FoundRoot { url: with_slash(url), max_content_length: None }).collect())
}

fn with_slash(url: String) -> String {
    if url.ends_with('/') { url } else { format!("{url}/") }
}

fn check_credentials(client: &Client, suite: &mut Suite<'_>) -> Result<(), CheckError> {
    let names = ["without credentials: 401 and WWW-Authenticate", "with wrong credentials: 401"];
    if !client.has_credentials() {
        for name in names {
            suite.skip("3.6", name, "no credentials were given");
        }
        return Ok(());
    }
    let anonymous = client.get(client.base()).authorization(None).send()?;
    if anonymous.status == 200 {
        suite.skip("3.6", names[0], "discovery is open to anybody");
    } else {
        let challenged = anonymous.is_failure(&[401]).and_then(|()| {
            require(anonymous.header("www-authenticate").is_some(), || {
                "it has no WWW-Authenticate".to_owned()
            })
        });
        suite.judge("3.6", names[0], challenged);
    }
    let wrong = client.get(client.base()).authorization(Some("Basic d3Jvbmc6d3Jvbmc=")).send()?;
    if wrong.status == 200 {
        suite.skip("3.6", names[1], "discovery is open to anybody");
    } else {
        suite.judge("3.6", names[1], wrong.is_failure(&[401, 403]));
    }
    Ok(())
}

fn check_media(client: &Client, suite: &mut Suite<'_>) -> Result<(), CheckError> {
    let taken = [
        ("Accept without a version is taken", "application/taxii+json"),
        ("Accept with a space before the version is taken", "application/taxii+json; version=2.1"),
        ("Accept of anything is taken", "*/*"),
        (
            "Accept with a list and weights is taken",
            "text/html;q=0.9, application/taxii+json;version=2.1;q=0.5",
        ),
    ];
    for (name, accept) in taken {
        let answer = client.get(client.base()).accept(accept).send()?;
        suite.judge("1.6.8", name, answer.is_message(200));
    }
    let refused = [
        ("Accept of other types: 406", "text/html"),
        ("Accept of TAXII 2.0 alone: 406", "application/taxii+json;version=2.0"),
        ("Accept that gives TAXII no weight: 406", "application/taxii+json;version=2.1;q=0"),
    ];
    for (name, accept) in refused {
        let answer = client.get(client.base()).accept(accept).send()?;
        suite.judge("3.6", name, answer.is_failure(&[406]));
    }
    Ok(())
}

pub(super) fn check_root(
    client: &Client,
    suite: &mut Suite<'_>,
    root: &mut FoundRoot,
) -> Result<Vec<FoundCollection>, CheckError> {
    let information = client.get(&root.url).send()?;
    suite.judge("4.2", "an API root answers in TAXII's media type", information.is_message(200));
    suite.judge("4.2.1", "an API root has a title", require_text(&information.json, "title"));
    let versions: Vec<&str> = list(&information.json, "versions").iter().filter_map(Value::as_str).collect();
    let speaks = versions.iter().any(|version| media::is_taxii(version));
    suite.judge("4.2.1", "an API root says that it speaks 2.1", require(speaks, || format!("{versions:?}")));
    let length = &information.json["max_content_length"];
    let is_number = length.as_u64().is_some_and(|length| length > 0);
    suite.judge("4.2.1", "an API root says how much it takes", require(is_number, || length.to_string()));
    root.max_content_length = length.as_u64();
    let missing = client.get(format!("{}collections/{ABSENT}/", root.url)).send()?;
    suite.judge("5.2", "a collection that is absent: 404", missing.is_failure(&[404, 403]));
    let elsewhere = client.url(&format!("{ABSENT}/")).unwrap_or_default();
    let absent = client.get(elsewhere).send()?;
    suite.judge("4.2", "an API root that is absent: 404", absent.has_status(&[404, 403]));
    let unknown =
        client.ask(Method::PUT, format!("{}collections/", root.url)).body(media::TAXII, "{}").send()?;
    suite.judge("3.6", "a method that is not there: 405", unknown.has_status(&[405, 404, 501]));
    check_collections(client, suite, root)
}

fn check_collections(
    client: &Client,
    suite: &mut Suite<'_>,
    root: &FoundRoot,
) -> Result<Vec<FoundCollection>, CheckError> {
    let answer = client.get(format!("{}collections/", root.url)).send()?;
    suite.judge("5.1", "collections answer in TAXII's media type", answer.is_message(200));
    let found = list(&answer.json, "collections");
    let sound = found.iter().try_for_each(|collection| {
        require_text(collection, "title")?;
        let id = collection["id"].as_str().unwrap_or_default();
        require(Uuid::try_parse(id).is_ok(), || format!("{id:?} is no UUID"))?;
        let says = collection["can_read"].is_boolean() && collection["can_write"].is_boolean();
        require(says, || format!("{id} does not say whether it can be read and written"))
    });
    suite.judge("5.2.1", "collections have id, title and rights", sound);
    if let Some(first) = found.first() {
        let id = first["id"].as_str().unwrap_or_default();
        let alone = client.get(format!("{}collections/{id}/", root.url)).send()?;
        let same = alone
            .is_message(200)
            .and_then(|()| require(alone.json == *first, || "it differs from what the list says".to_owned()));
        suite.judge("5.2", "a collection alone is what the list says", same);
    }
    match found.iter().find_map(|collection| Some((collection, collection["alias"].as_str()?))) {
        None => suite.skip("5.2.1", "a collection answers to its alias", "none has one"),
        Some((collection, alias)) => {
            let by_alias = client.get(format!("{}collections/{alias}/", root.url)).send()?;
            let same = by_alias.is_message(200).and_then(|()| {
                require(by_alias.json["id"] == collection["id"], || "it is another".to_owned())
            });
            suite.judge("5.2.1", "a collection answers to its alias", same);
        }
    }
    let usable = found.iter().filter_map(|collection| {
        Some(FoundCollection {
            url: format!("{}collections/{}/", root.url, collection["id"].as_str()?),
            root: root.url.clone(),
            can_read: collection["can_read"].as_bool()?,
            can_write: collection["can_write"].as_bool()?,
        })
    });
    Ok(usable.collect())
}
