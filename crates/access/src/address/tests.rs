#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;
use crate::Rights;
use crate::party::CommunityId;
use crate::story::{Story, at, community, member, rel};

fn works(story: &mut Story, name: &str, words: &[&str]) {
    let industries = words.iter().map(|word| (*word).to_owned()).collect();
    story.tell(Rights::IndustriesSet { member: member(name), industries });
}

fn to(parties: impl IntoIterator<Item = Party>) -> Addressees {
    Addressees { to: parties.into_iter().collect(), sectors: BTreeSet::new() }
}

#[test]
fn members_are_meant_by_name_country_community_and_sector_as_of_now() {
    let mut story = Story::cast();
    works(&mut story, "grid", &["nisc:electric-power"]);
    let now = story.now;
    let meant = |addressees: &Addressees, name| addressees.means(member(name), &story.directory, now);
    assert!(meant(&to([Party::Member(member("echo"))]), "echo"));
    assert!(!meant(&to([Party::Member(member("echo"))]), "alpha"));
    let energy = Addressees { to: BTreeSet::new(), sectors: BTreeSet::from(["energy".to_owned()]) };
    assert!(meant(&energy, "grid") && !meant(&energy, "alpha"));
    assert_eq!(energy.members(&story.directory, now), BTreeSet::from([member("grid")]));
    let alphas = story.directory.member(member("alpha")).unwrap().country;
    assert!(meant(&to([Party::Country(alphas)]), "alpha"));
    let nobody = to([Party::Community(CommunityId(uuid::Uuid::nil())), rel("XXX")]);
    assert!(nobody.members(&story.directory, now).is_empty());
}

#[test]
fn who_leaves_a_community_or_a_sector_is_meant_no_more() {
    let mut story = Story::cast();
    story.community("watch", false);
    story.join("echo", "watch");
    works(&mut story, "echo", &["water"]);
    let watch = to([Party::Community(community("watch"))]);
    let water = Addressees {
        to: BTreeSet::new(),
        sectors: BTreeSet::from(["utilities".to_owned(), "water".to_owned()]),
    };
    assert!(watch.means(member("echo"), &story.directory, story.now));
    assert!(water.means(member("echo"), &story.directory, story.now));
    story.leave("echo", "watch");
    works(&mut story, "echo", &[]);
    assert!(!watch.means(member("echo"), &story.directory, story.now));
    assert!(!water.means(member("echo"), &story.directory, story.now));
}

#[test]
fn what_is_no_sector_is_not_recorded() {
    let story = Story::cast();
    let industries = BTreeSet::from(["sorcery".to_owned()]);
    let refused =
        story.directory.allows(&Rights::IndustriesSet { member: member("echo"), industries }, at(99));
    assert!(refused.unwrap_err().to_string().contains("sorcery"));
}
