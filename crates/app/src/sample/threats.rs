//! Who does what to whom: actors, campaigns, their tools, and what is said of them at each level.

use serde_json::json;

use super::scene::Scene;

/// Actor, campaign, target, techniques, malware.
struct Story {
    actor: &'static str,
    about: &'static str,
    campaign: &'static str,
    happened: &'static str,
    target: &'static str,
    techniques: &'static [&'static str],
    malware: &'static str,
    does: &'static str,
    japanese: (&'static str, &'static str),
}

const STORIES: [Story; 3] = [
    Story {
        actor: "TA-700 Obsidian Jackal",
        about: "Patient, well financed, and interested in who telephones whom.",
        campaign: "Lantern Tide",
        happened: "From February 2026 on, functions that nobody had ordered registered with the 5G core of one operator and asked for the location of subscribers.",
        target: "BlueBridge Networks",
        techniques: &[
            "Register a rogue network function",
            "Abuse the O1 interface",
            "Poison a software update",
        ],
        malware: "GlassTern",
        does: "Speaks the service-based interface of a 5G core and keeps a list of subscribers.",
        japanese: (
            "ランタン・タイド作戦",
            "2026年2月以降、ある通信事業者の5Gコアに、発注されていない機能が登録され、加入者の位置を要求した。重要インフラへの攻撃の演習用の想定である。",
        ),
    },
    Story {
        actor: "TA-701 Silver Mantis",
        about: "Writes better tenders than those who issue them.",
        campaign: "Quiet Tender",
        happened: "Ministries and their suppliers received tender documents that loaded code; sessions were taken at a copied sign-in page.",
        target: "Asterin Union CERT",
        techniques: &[
            "Lure with a tender document",
            "Steal a session at the sign-in page",
            "Tunnel over name resolution",
        ],
        malware: "PaperLoom",
        does: "Loads itself from a document, then talks in names that it asks for.",
        japanese: (
            "クワイエット・テンダー作戦",
            "各省とその取引先に、コードを読み込む入札書類が届き、偽のサインインページでセッションが窃取された。標的型攻撃の演習用の想定である。",
        ),
    },
    Story {
        actor: "TA-702 Crimson Rook",
        about: "Loud, fast, and gone before the second shift.",
        campaign: "Cold Harbour",
        happened: "A port and a grid operator lost their backups within one night; the ransom note named an account that did not exist.",
        target: "NovaCore Systems",
        techniques: &["Wipe what cannot be encrypted", "Live off the remote management"],
        malware: "SaltMarch",
        does: "Removes backups, overwrites partition tables, then shows a note.",
        japanese: (
            "コールド・ハーバー作戦",
            "港湾と送電の事業者が一夜でバックアップを失った。身代金要求の口座は存在しなかった。電力への破壊的攻撃の演習用の想定である。",
        ),
    },
];

/// What every partner in the exercise may know.
pub fn tell_openly(scene: &mut Scene) {
    for story in &STORIES {
        tell_story(scene, story);
    }
    let course = scene.object(
        "course-of-action",
        "Watch for registrations that nobody ordered",
        json!({ "description": "Compare the functions in the repository with those that were ordered, every hour." }),
    );
    let technique = scene.id("attack-pattern", "Register a rogue network function");
    scene.relate(&course, "mitigates", &technique);
    let tool = scene.object(
        "tool",
        "RookConsole",
        json!({ "tool_types": ["remote-access"], "description": "An invented remote console that administrators like, and others too." }),
    );
    let rook = scene.id("threat-actor", "TA-702 Crimson Rook");
    scene.relate(&rook, "uses", &tool);
}

fn tell_story(scene: &mut Scene, story: &Story) {
    let more = json!({
        "threat_actor_types": ["nation-state"], "sophistication": "advanced", "description": story.about,
        "first_seen": "2025-06-01T00:00:00.000Z",
    });
    let actor = scene.object("threat-actor", story.actor, more);
    let more = json!({
        "description": story.happened, "first_seen": "2026-02-03T00:00:00.000Z",
        "objective": "Access that lasts.",
    });
    let campaign = scene.object("campaign", story.campaign, more);
    scene.in_japanese(&campaign, story.japanese.0, story.japanese.1);
    scene.relate(&campaign, "attributed-to", &actor);
    let target = scene.id("identity", story.target);
    scene.relate(&campaign, "targets", &target);
    let more = json!({ "malware_types": ["backdoor"], "is_family": true, "description": story.does });
    let malware = scene.object("malware", story.malware, more);
    scene.relate(&campaign, "uses", &malware);
    for technique in story.techniques {
        let technique = scene.id("attack-pattern", technique);
        scene.relate(&campaign, "uses", &technique);
    }
    let refs = [actor.as_str(), campaign.as_str(), malware.as_str()];
    let more = json!({
        "published": "2026-03-01T09:00:00.000Z", "report_types": ["campaign"], "description": story.happened,
        "object_refs": refs,
    });
    let report = scene.object("report", &format!("{}: what partners should look for", story.campaign), more);
    scene.in_japanese(&report, &format!("{}:確認すべき事項", story.japanese.0), story.japanese.1);
}

/// What is for those cleared for RESTRICTED.
pub fn tell_restricted(scene: &mut Scene) {
    let jackal = scene.id("threat-actor", "TA-700 Obsidian Jackal");
    let tern = scene.id("malware", "GlassTern");
    for number in 1..=4 {
        let name = format!("Registration with an instance id of GlassTern, variant {number}");
        let pattern = format!("[network-traffic:dst_ref.value = '198.51.100.{}']", 40 + number);
        scene.indicator(&name, &pattern, &["malicious-activity"], &tern);
    }
    let more = json!({
        "infrastructure_types": ["command-and-control"],
        "description": "Rented in three states by one company that has no telephone.",
    });
    let relay = scene.object("infrastructure", "Relay chain Heron", more);
    scene.relate(&jackal, "uses", &relay);
    let more = json!({
        "abstract": "How it was found", "object_refs": [tern.as_str(), relay.as_str()],
        "content": "An operator compared the list of functions with the orders. The comparison itself is worth protecting.",
    });
    scene.unnamed("note", "how it was found", more);
    let more = json!({
        "context": "suspicious-activity", "object_refs": [jackal.as_str(), relay.as_str()],
        "description": "What the relay chain and the actor have in common.",
    });
    scene.object("grouping", "Heron and the Jackal", more);
}

/// What is for those cleared for SECRET.
pub fn tell_secret(scene: &mut Scene) {
    let jackal = scene.id("threat-actor", "TA-700 Obsidian Jackal");
    let identity = json!({
        "identity_class": "organization",
        "description": "The fictional bureau whose working hours and holidays the actor keeps.",
    });
    let bureau = scene.object("identity", "Seventh Bureau of Cartography, Velkar Republic", identity);
    scene.relate(&jackal, "attributed-to", &bureau);
    let more = json!({
        "abstract": "Ground for the attribution", "object_refs": [jackal.as_str(), bureau.as_str()],
        "content": "Two sources that do not know of each other. Losing either would be worse than losing the argument.",
    });
    scene.unnamed("note", "ground for the attribution", more);
    let more = json!({
        "opinion": "agree", "object_refs": [bureau.as_str()],
        "explanation": "The holidays fit better than the hours.",
    });
    scene.unnamed("opinion", "on the bureau", more);
}
