//! Objects, manifest, versions: pages, filters, headers, and the pitfalls seen in the field.

use std::collections::BTreeSet;

use http::Method;
use jiff::Timestamp;
use kizuna_taxii::{DATE_ADDED_FIRST, DATE_ADDED_LAST, instant};
use serde_json::Value;

use super::client::{Answer, Client};
use super::{CheckError, FoundCollection, Suite, list, require};

/// Pages followed at most.
const PAGES: usize = 20;
/// Objects of a page while paging is tried out.
const SMALL: usize = 3;
/// An object that no server has.
const ABSENT: &str = "identity--00000000-0000-4000-8000-0000000000ff";

pub(super) fn check(
    client: &Client,
    suite: &mut Suite<'_>,
    collections: &[FoundCollection],
) -> Result<(), CheckError> {
    let mut chosen = None;
    for collection in collections.iter().filter(|collection| collection.can_read) {
        let answer = client.get(format!("{}objects/", collection.url)).send()?;
        suite.judge("5.4", "objects answer in TAXII's media type", answer.is_message(200));
        let better = chosen.as_ref().is_none_or(|(_, best): &(_, Answer)| size(&answer) > size(best));
        if better {
            chosen = Some((collection, answer));
        }
    }
    let Some((collection, answer)) = chosen.filter(|(_, answer)| size(answer) > 0) else {
        suite.skip("5.4", "pages, filters and versions", "no collection that can be read holds an object");
        return Ok(());
    };
    let objects = format!("{}objects/", collection.url);
    check_page(client, suite, &objects, &answer)?;
    check_paging(client, suite, &objects)?;
    check_filters(client, suite, &objects, &answer)?;
    check_refusals(client, suite, &objects)?;
    check_manifest(client, suite, &collection.url)?;
    check_object(client, suite, &objects, &answer)
}

fn size(answer: &Answer) -> usize {
    list(&answer.json, "objects").len()
}

fn ids(answer: &Answer) -> Vec<&str> {
    list(&answer.json, "objects").iter().filter_map(|object| object["id"].as_str()).collect()
}

/// When the first and the last object of a page were added, as its headers say.
fn added(answer: &Answer) -> Result<(Timestamp, Timestamp), String> {
    let read = |name: &str| {
        let text = answer.header(name).ok_or_else(|| format!("there is no {name}"))?;
        let digits = text.split_once('.').map_or(0, |(_, rest)| rest.trim_end_matches('Z').len());
        require(digits >= 6, || format!("{name} has {digits} digits of a second: {text}"))?;
        instant::parse(text).map_err(|bad| format!("{name} is {bad}: {text}"))
    };
    let (first, last) = (read(DATE_ADDED_FIRST)?, read(DATE_ADDED_LAST)?);
    require(first <= last, || format!("{first} is after {last}"))?;
    Ok((first, last))
}

fn check_page(client: &Client, suite: &mut Suite<'_>, url: &str, answer: &Answer) -> Result<(), CheckError> {
    suite.judge("3.3", "a page says when its first and last object were added", added(answer).map(drop));
    let stix = list(&answer.json, "objects").iter().all(|object| object["type"].is_string());
    suite.judge("3.7", "an envelope holds objects", require(stix, || "one has no type".to_owned()));
    let head = client.ask(Method::HEAD, url).send()?;
    let same = head
        .has_status(&[200])
        .and_then(|()| head.is_taxii())
        .and_then(|()| require(head.bytes.is_empty(), || "it has a body".to_owned()));
    suite.judge("3.2", "HEAD answers as GET, without a body", same);
    Ok(())
}

fn check_paging(client: &Client, suite: &mut Suite<'_>, url: &str) -> Result<(), CheckError> {
    let names = [
        "a page has no more than `limit`",
        "a page with more says where to go on",
        "following `next` repeats nothing",
        "`added_after` the last object of a page excludes it",
        "`added_after` goes on where the page ended",
    ];
    let mut seen = BTreeSet::new();
    let mut repeated = None;
    let mut too_long = None;
    let mut without_next = None;
    let first = client.get(format!("{url}?limit={SMALL}")).send()?;
    let mut page = client.get(format!("{url}?limit={SMALL}")).send()?;
    for _ in 0..PAGES {
        if size(&page) > SMALL {
            too_long = Some(size(&page));
        }
        for id in ids(&page) {
            if !seen.insert(id.to_owned()) {
                repeated = Some(id.to_owned());
            }
        }
        if page.json["more"] != Value::Bool(true) {
            break;
        }
        let Some(next) = page.json["next"].as_str() else {
            without_next = Some(());
            break;
        };
        let query =
            kizuna_taxii::Filter { limit: Some(SMALL), next: Some(next.to_owned()), ..Default::default() };
        page = client.get(format!("{url}?{}", query.query())).send()?;
    }
    suite.judge(
        "3.5",
        names[0],
        too_long.map_or(Ok(()), |size| Err(format!("asked for {SMALL}, got {size}"))),
    );
    suite.judge("3.7.1", names[1], without_next.map_or(Ok(()), |()| Err("`more` without `next`".to_owned())));
    suite.judge("3.5", names[2], repeated.map_or(Ok(()), |id| Err(format!("{id} came twice"))));
    let Ok((_, last)) = added(&first) else {
        suite.skip("3.4", names[3], "the page does not say when");
        suite.skip("3.4", names[4], "the page does not say when");
        return Ok(());
    };
    let after = client.get(format!("{url}?limit={SMALL}&added_after={}", instant::format(last))).send()?;
    let before: BTreeSet<&str> = ids(&first).into_iter().collect();
    let again: Vec<&str> = ids(&after).into_iter().filter(|id| before.contains(id)).collect();
    suite.judge("3.4", names[3], require(again.is_empty(), || format!("{} came again", again.join(", "))));
    let expected = seen.len() > before.len();
    suite.judge(
        "3.4",
        names[4],
        require(expected == (size(&after) > 0), || "something was left out".to_owned()),
    );
    Ok(())
}

fn check_filters(
    client: &Client,
    suite: &mut Suite<'_>,
    url: &str,
    answer: &Answer,
) -> Result<(), CheckError> {
    let first = &list(&answer.json, "objects")[0];
    let id = first["id"].as_str().unwrap_or_default();
    let kind = first["type"].as_str().unwrap_or_default();
    let only = |answer: &Answer, holds: &dyn Fn(&Value) -> bool| {
        answer.is_message(200)?;
        require(size(answer) > 0, || "nothing was found".to_owned())?;
        let other = list(&answer.json, "objects").iter().find(|object| !holds(object));
        other.map_or(Ok(()), |object| Err(format!("{} came too", object["id"])))
    };
    let by_type = client.get(format!("{url}?match[type]={kind}")).send()?;
    suite.judge("3.4.1", "match[type]", only(&by_type, &|object| object["type"] == kind));
    let by_id = client.get(format!("{url}?match[id]={id}")).send()?;
    suite.judge("3.4.1", "match[id]", only(&by_id, &|object| object["id"] == id));
    let by_two = client.get(format!("{url}?match[id]={id},{ABSENT}")).send()?;
    suite.judge("3.4.1", "match[id] with two values is OR", only(&by_two, &|object| object["id"] == id));
    let escaped = client.get(format!("{url}?match%5Btype%5D={kind}")).send()?;
    suite.judge("3.4.1", "brackets may be escaped", only(&escaped, &|object| object["type"] == kind));
    let none = client.get(format!("{url}?match[id]={ABSENT}")).send()?;
    let empty = none.is_message(200).and_then(|()| require(size(&none) == 0, || "something came".to_owned()));
    suite.judge("3.4.1", "a filter that nothing meets gives an empty page", empty);
    for version in ["all", "first", "last", "first,last"] {
        let answer = client.get(format!("{url}?match[id]={id}&match[version]={version}")).send()?;
        let name = match version {
            "all" => "match[version]=all",
            "first" => "match[version]=first",
            "last" => "match[version]=last",
            _ => "match[version]=first,last",
        };
        suite.judge("3.4.1", name, only(&answer, &|object| object["id"] == id));
    }
    let specified = client.get(format!("{url}?match[spec_version]=2.0,2.1&limit=1")).send()?;
    suite.judge("3.4.1", "match[spec_version]", only(&specified, &|_| true));
    Ok(())
}

fn check_refusals(client: &Client, suite: &mut Suite<'_>, url: &str) -> Result<(), CheckError> {
    let refused = [
        ("`added_after` that is no timestamp: 400", "added_after=yesterday"),
        ("`limit` that is no number: 400", "limit=many"),
        ("`limit` of 0: 400", "limit=0"),
    ];
    for (name, query) in refused {
        let answer = client.get(format!("{url}?{query}")).send()?;
        suite.judge("3.6", name, answer.is_failure(&[400, 422]));
    }
    let cursor = client.get(format!("{url}?next=made-up")).send()?;
    suite.judge(
        "3.5",
        "a made-up `next` is no fault of the server",
        require(cursor.status < 500, || cursor.status.to_string()),
    );
    Ok(())
}

fn check_manifest(client: &Client, suite: &mut Suite<'_>, collection: &str) -> Result<(), CheckError> {
    let manifest = client.get(format!("{collection}manifest/")).send()?;
    suite.judge("5.3", "the manifest answers in TAXII's media type", manifest.is_message(200));
    let records = list(&manifest.json, "objects");
    let sound = records.iter().try_for_each(|record| {
        for member in ["id", "date_added", "version"] {
            super::require_text(record, member)?;
        }
        let version = record["version"].as_str().unwrap_or_default();
        require(version.parse::<Timestamp>().is_ok(), || format!("`version` is no timestamp: {version}"))
    });
    suite.judge("5.3.1", "a manifest record has id, date_added and version", sound);
    let dates: Vec<Timestamp> =
        records.iter().filter_map(|record| record["date_added"].as_str()?.parse().ok()).collect();
    let falls = dates.windows(2).find(|pair| pair[0] > pair[1]);
    suite.judge(
        "5.3",
        "date_added ascends",
        falls.map_or(Ok(()), |pair| Err(format!("{} before {}", pair[0], pair[1]))),
    );
    let same = dates.windows(2).find(|pair| pair[0] == pair[1]);
    suite.judge(
        "5.3",
        "no two records share a date_added",
        same.map_or(Ok(()), |pair| Err(pair[0].to_string())),
    );
    let objects = client.get(format!("{collection}objects/?limit={}", records.len().max(1))).send()?;
    let listed: Vec<&str> = records.iter().filter_map(|record| record["id"].as_str()).collect();
    let equal = ids(&objects) == listed || size(&objects) < listed.len();
    suite.judge("5.3", "manifest and objects list the same", require(equal, || "they differ".to_owned()));
    Ok(())
}

fn check_object(
    client: &Client,
    suite: &mut Suite<'_>,
    url: &str,
    answer: &Answer,
) -> Result<(), CheckError> {
    let objects = list(&answer.json, "objects");
    let versioned = objects.iter().find(|object| object["modified"].is_string()).unwrap_or(&objects[0]);
    let id = versioned["id"].as_str().unwrap_or_default();
    let alone = client.get(format!("{url}{id}/")).send()?;
    let same = alone
        .is_message(200)
        .and_then(|()| require(ids(&alone) == [id], || format!("{:?} came", ids(&alone))));
    suite.judge("5.6", "one object", same);
    let absent = client.get(format!("{url}{ABSENT}/")).send()?;
    suite.judge("5.6", "an object that is absent: 404", absent.is_failure(&[404]));
    let versions = client.get(format!("{url}{id}/versions/")).send()?;
    let wanted = versioned["modified"].as_str().and_then(|text| text.parse::<Timestamp>().ok());
    let listed: Vec<Timestamp> =
        list(&versions.json, "versions").iter().filter_map(|text| text.as_str()?.parse().ok()).collect();
    let holds = versions.is_message(200).and_then(|()| {
        require(wanted.is_none_or(|wanted| listed.contains(&wanted)), || {
            format!("{listed:?} lacks its `modified`")
        })
    });
    suite.judge("5.8", "the versions of an object hold its `modified`", holds);
    let absent = client.get(format!("{url}{ABSENT}/versions/")).send()?;
    suite.judge("5.8", "versions of an object that is absent: 404", absent.is_failure(&[404]));
    Ok(())
}
