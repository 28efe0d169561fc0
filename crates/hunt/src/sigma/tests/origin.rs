use super::{found, loaded};

fn rules(logsource: &str, item: &str) -> super::Rules {
    let text = format!("title: t\nlogsource: {logsource}\ndetection:\n  s:\n    {item}\n  condition: s\n");
    let (rules, refused) = loaded(&text);
    assert_eq!(refused, []);
    rules
}

fn windows(channel: &str, id: u32, data: &serde_json::Value) -> String {
    serde_json::json!({ "Event": {
        "System": {
            "Provider_attributes": { "Name": "Some-Provider" }, "EventID": id, "Channel": channel,
            "Computer": "pc1.example",
        },
        "EventData": data,
    }})
    .to_string()
}

const SYSMON: &str = "Microsoft-Windows-Sysmon/Operational";

#[test]
fn a_category_is_a_number_in_a_log() {
    let created = rules("{product: windows, category: process_creation}", "Image|endswith: '\\evil.exe'");
    let data = serde_json::json!({ "Image": "C:\\x\\EVIL.exe" });
    assert_eq!(found(&created, &windows(SYSMON, 1, &data)).len(), 1);
    assert_eq!(found(&created, &windows(SYSMON, 5, &data)).len(), 0);
    assert_eq!(found(&created, &windows("System", 1, &data)).len(), 0);
    // Windows' own audit calls the same fields otherwise.
    let audit = serde_json::json!({ "NewProcessName": "C:\\x\\evil.exe" });
    assert_eq!(found(&created, &windows("Security", 4688, &audit)).len(), 1);
    assert_eq!(found(&created, &windows("Security", 4689, &audit)).len(), 0);
}

#[test]
fn windows_own_audit_says_the_same_in_other_words() {
    let level = rules("{product: windows, category: process_creation}", "IntegrityLevel: High");
    let audit = serde_json::json!({ "MandatoryLabel": "S-1-16-12288" });
    assert_eq!(found(&level, &windows("Security", 4688, &audit)).len(), 1);
    let parent = rules("{product: windows, category: process_creation}", "ParentProcessId: '0x10'");
    let audit = serde_json::json!({ "NewProcessId": "0x20", "ProcessId": "0x10" });
    assert_eq!(found(&parent, &windows("Security", 4688, &audit)).len(), 1);
    let set =
        rules("{product: windows, category: registry_set}", "TargetObject: 'HKLM\\SOFTWARE\\Run\\evil'");
    let audit =
        serde_json::json!({ "ObjectName": "\\REGISTRY\\MACHINE\\SOFTWARE\\Run", "ObjectValueName": "evil" });
    assert_eq!(found(&set, &windows("Security", 4657, &audit)).len(), 1);
    let network = rules("{product: windows, category: network_connection}", "DestinationPort: 4444");
    assert_eq!(
        found(&network, &windows("Security", 5156, &serde_json::json!({ "DestPort": "4444" }))).len(),
        1
    );
}

#[test]
fn events_of_windows_however_exported() {
    let created = rules("{product: windows, category: process_creation}", "CommandLine|contains: whoami");
    for line in [
        r#"{"winlog":{"channel":"Microsoft-Windows-Sysmon/Operational","event_id":1,"event_data":{"CommandLine":"whoami /all"}}}"#,
        r#"{"Channel":"Microsoft-Windows-Sysmon/Operational","EventID":1,"CommandLine":"whoami /all"}"#,
        r#"{"winlog":{"channel":"Microsoft-Windows-Sysmon/Operational","event_id":"1"},"process":{"command_line":"whoami"}}"#,
        r#"{"SourceName":"Microsoft-Windows-Sysmon","EventID":"1","CommandLine":"whoami"}"#,
    ] {
        assert_eq!(found(&created, line).len(), 1, "{line}");
    }
    // Data without names, and data of user mode.
    let data = rules("{product: windows, service: application}", "Data|contains: mimikatz");
    let line = windows("Application", 1, &serde_json::json!({ "Data": { "#text": ["a", "MIMIKATZ"] } }));
    assert_eq!(found(&data, &line).len(), 1);
    let cleared = rules("{product: windows, service: system}", "SubjectUserName: eve");
    let line = r#"{"Event":{"System":{"EventID":104,"Channel":"System"},"UserData":{"LogFileCleared":{"SubjectUserName":"eve"}}}}"#;
    assert_eq!(found(&cleared, line).len(), 1);
}

#[test]
fn digests_in_one_field_are_fields() {
    let hash =
        rules("{product: windows, category: process_creation}", "Imphash: 0123456789ABCDEF0123456789ABCDEF");
    let data = serde_json::json!({ "Hashes": "MD5=00,IMPHASH=0123456789abcdef0123456789abcdef" });
    assert_eq!(found(&hash, &windows(SYSMON, 1, &data)).len(), 1);
}

#[test]
fn a_rule_about_one_product_leaves_others_alone() {
    let linux = rules("{product: linux, service: auditd}", "a1: /etc/shadow");
    let audit = r#"type=EXECVE msg=audit(1700000000.1:5): argc=2 a0="cat" a1="/etc/shadow""#;
    assert_eq!(found(&linux, audit).len(), 1);
    assert_eq!(found(&linux, &windows(SYSMON, 1, &serde_json::json!({ "a1": "/etc/shadow" }))).len(), 0);
    let cloud = rules("{product: aws, service: cloudtrail}", "userIdentity.type: Root");
    let trail = r#"{"eventSource":"x","awsRegion":"y","userIdentity":{"type":"Root"}}"#;
    assert_eq!(found(&cloud, trail).len(), 1);
    let okta = rules("{product: okta}", "userIdentity.type: Root");
    assert_eq!(found(&okta, trail).len(), 0);
    assert_eq!(found(&okta, r#"{"userIdentity":{"type":"Root"}}"#).len(), 1);
}

#[test]
fn zeek_is_told_by_its_log() {
    let dns = rules("{product: zeek, service: dns}", "query|endswith: .evil.example");
    assert_eq!(found(&dns, r#"{"_path":"dns","query":"x.evil.example"}"#).len(), 1);
    assert_eq!(found(&dns, r#"{"_path":"http","query":"x.evil.example"}"#).len(), 0);
    let proxy = rules("{category: proxy}", "c-uri|contains: /evil");
    assert_eq!(found(&proxy, r#"{"_path":"http","uri":"/evil.php"}"#).len(), 1);
    assert_eq!(found(&proxy, r#"{"_path":"dns","uri":"/evil.php"}"#).len(), 0);
}
