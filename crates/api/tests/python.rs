//! The stock clients from `PyPI` read everything that their viewer may read, and nothing else.

use std::process::Command;

use serde_json::{Value, json};

use crate::world::{Client, World, tool, tool_at};

/// What the script read, or nothing where there is no Python to run it.
fn read_everything(world: &World, client: &Client) -> Option<Value> {
    let Some(python) = std::env::var_os("KIZUNA_PYTHON") else {
        println!("skipped: KIZUNA_PYTHON names no Python that has taxii2-client and stix2");
        return None;
    };
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/python/read_everything.py");
    let mut command = Command::new(python);
    command.arg(script).arg(format!("{}/taxii2/", world.base())).arg(&client.email);
    let output = command.arg(client.key.as_ref().unwrap()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

#[test]
fn stock_clients_read_everything_and_nothing_else() {
    let world = World::attesting();
    let shared: Vec<Value> = (0..30).map(|n| tool(&format!("shared {n}"))).collect();
    let own: Vec<Value> = (0..10).map(|n| tool(&format!("own {n}"))).collect();
    world.ana.give("rel:Circle", &shared);
    world.ana.give("", &own);
    world.ana.give("rel:Circle", &[tool_at("shared 7", "2026-05-01T00:00:00.000Z")]);
    let Some(seen) = read_everything(&world, &world.ana) else { return };
    assert_eq!(seen["tools"], 40);
    assert_eq!(seen["roots"], 2);
    assert_eq!(seen["versions"][crate::world::id_of("shared 7")], 2);
    let all = &seen["collections"]["own/all"];
    assert_eq!(all["objects"], all["manifest"]);
    assert_eq!(all["objects"], seen["parsed"]);
    world.bea.give("", &[tool("bea's")]);
    let seen = read_everything(&world, &world.bea).unwrap();
    let mut expected: Vec<String> = (0..30).map(|n| crate::world::id_of(&format!("shared {n}"))).collect();
    expected.push(crate::world::id_of("bea's"));
    expected.sort();
    let is_tool = |id: &&Value| id.as_str().unwrap().starts_with("tool--");
    let tools: Vec<&Value> = seen["parsed"].as_array().unwrap().iter().filter(is_tool).collect();
    assert_eq!(json!(tools), json!(expected));
}

/// Requests of every kind that the API's own description allows, and many that it does not.
#[test]
fn schemathesis_finds_no_fault_of_the_program_and_nothing_undocumented() {
    let Some(python) = std::env::var_os("KIZUNA_PYTHON") else {
        println!("skipped: KIZUNA_PYTHON names no Python that has schemathesis");
        return;
    };
    let world = World::attesting();
    world.ana.give("rel:Circle", &[tool("shared"), tool("another")]);
    let schema = format!("{}/api/v1/openapi.json", world.base());
    let examples = std::env::var("KIZUNA_EXAMPLES").unwrap_or_else(|_| "3".to_owned());
    // It keeps what it found beside where it runs.
    let place = tempfile::tempdir().unwrap();
    for who in [&world.ana, &world.ada] {
        let authorization = format!("Authorization: Bearer {}", who.key.as_ref().unwrap());
        let mut command = Command::new(&python);
        command.current_dir(&place);
        command.args(["-m", "schemathesis.cli", "run", &schema, "--header", &authorization]);
        command.args(["--max-examples", &examples, "--phases", "examples,coverage,fuzzing", "--no-color"]);
        command.args(["--checks", CHECKS, "--seed", "20261101"]);
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    }
}

const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
                      response_schema_conformance,response_headers_conformance";
