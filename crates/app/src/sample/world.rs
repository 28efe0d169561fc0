//! Who and what there is on Nacre: states, companies, what they run.

use serde_json::json;

use super::scene::Scene;

/// Name, sector, what it is.
const COMPANIES: [(&str, &str, &str); 5] = [
    ("NovaCore Systems", "energy", "Runs the transmission grid of the Asterin Union."),
    (
        "BlueBridge Networks",
        "telecommunications",
        "Runs the only nation-wide 5G network of the Caelum Protectorate.",
    ),
    (
        "AuroraHarbor Dynamics",
        "transportation",
        "Runs the container port through which the Brinax Collective eats.",
    ),
    ("HelixCore Group", "financial-services", "Clears the payments of the Velkar Republic at night."),
    ("IronCore Dynamics", "healthcare", "Runs forty hospitals in Orinthia on one network."),
];

const STATES: [(&str, &str); 4] = [
    ("Asterin Union", "northern-europe"),
    ("Velkar Republic", "eastern-europe"),
    ("Orinthia", "eastern-asia"),
    ("Caelum Protectorate", "oceania"),
];

/// Name, English, Japanese name, Japanese.
const TECHNIQUES: [(&str, &str, &str, &str); 8] = [
    (
        "Lure with a tender document",
        "A document that looks like an invitation to tender loads code when it is opened.",
        "入札書類を装った誘導",
        "入札案内に見える文書を開くとコードが読み込まれる。",
    ),
    (
        "Steal a session at the sign-in page",
        "A page between the user and the real one takes the session after the second factor.",
        "サインインページでのセッション窃取",
        "利用者と正規ページの間に入り、二要素認証の後のセッションを奪う。",
    ),
    (
        "Poison a software update",
        "The update server of a supplier is made to sign and serve something else.",
        "ソフトウェア更新の汚染",
        "供給業者の更新サーバーに別のものを署名・配布させる。",
    ),
    (
        "Register a rogue network function",
        "A function that nobody ordered registers with the repository of a 5G core and asks for subscribers.",
        "不正なネットワーク機能の登録",
        "発注されていない機能が5Gコアのリポジトリに登録し、加入者情報を要求する。",
    ),
    (
        "Abuse the O1 interface",
        "Settings of radio units are changed over the management interface of an open radio network.",
        "O1インターフェースの悪用",
        "オープン無線網の管理インターフェースを通じて無線装置の設定を変更する。",
    ),
    (
        "Wipe what cannot be encrypted",
        "Backups are removed and partition tables overwritten before the ransom note appears.",
        "暗号化できないものの消去",
        "身代金要求の表示前にバックアップを削除し、パーティション表を上書きする。",
    ),
    (
        "Tunnel over name resolution",
        "Commands and results travel inside questions for names that nobody else asks for.",
        "名前解決によるトンネル",
        "他に誰も問い合わせない名前の照会の中で命令と結果をやり取りする。",
    ),
    (
        "Live off the remote management",
        "The tools of the administrators are used at the hours of the administrators.",
        "遠隔管理ツールの流用",
        "管理者の道具を管理者の時間帯に使う。",
    ),
];

pub fn tell(scene: &mut Scene) {
    for (name, region) in STATES {
        let more = json!({ "region": region, "description": "A fictional state on Nacre, for exercises." });
        scene.object("location", name, more);
        let about = "The fictional national team for computer emergencies.";
        let more =
            json!({ "identity_class": "organization", "sectors": ["government"], "description": about });
        scene.object("identity", &format!("{name} CERT"), more);
    }
    for (name, sector, about) in COMPANIES {
        let more = json!({ "identity_class": "organization", "sectors": [sector], "description": about });
        scene.object("identity", name, more);
    }
    for (name, about, japanese, about_japanese) in TECHNIQUES {
        let id = scene.object("attack-pattern", name, json!({ "description": about }));
        scene.in_japanese(&id, japanese, about_japanese);
    }
    tell_networks(scene);
    tell_weaknesses(scene);
}

fn tell_networks(scene: &mut Scene) {
    let bridge = scene.id("identity", "BlueBridge Networks");
    for (name, about) in [
        ("BlueBridge 5G core, repository function", "Where the functions of the core find each other."),
        ("BlueBridge O-RAN near-real-time controller", "Steers 1,200 radio units over open interfaces."),
    ] {
        let more = json!({ "infrastructure_types": ["hosting-target-lists"], "description": about });
        let id = scene.object("infrastructure", name, more);
        scene.relate(&bridge, "owns", &id);
    }
}

fn tell_weaknesses(scene: &mut Scene) {
    for (name, about) in [
        (
            "EXV-2026-0007",
            "The repository function of an invented 5G core takes registrations without a client certificate.",
        ),
        ("EXV-2026-0012", "An invented mail gateway runs what an archive in an archive contains."),
        ("EXV-2026-0019", "An invented remote desktop broker believes the address that a client states."),
    ] {
        let id = scene.object("vulnerability", name, json!({ "description": about }));
        let about = match name {
            "EXV-2026-0007" => "Ask for client certificates between network functions",
            "EXV-2026-0012" => "Open archives inside archives in a sandbox only",
            _ => "Take a client's address from the connection, not from its words",
        };
        let remedy = scene.object("course-of-action", about, json!({ "description": format!("{about}.") }));
        scene.relate(&remedy, "mitigates", &id);
    }
}
