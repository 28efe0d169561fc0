//! Every leak that can be seeded into the use cases must be caught by the tests that there are: this runs them again,
//! once for each leak, in a process that has it.

use std::process::{Command, Stdio};

/// A leak, and the tests of which at least one must fail with it.
const LEAKS: [(u32, &str); 19] = [
    (54, "ingest::"),
    (64, "release::tests"),
    (65, "release::tests"),
    (66, "release::tests"),
    (67, "release::tests"),
    (68, "release::tests"),
    (69, "tearline::tests"),
    (70, "tearline::tests"),
    (71, "tearline::tests"),
    (72, "as_seen::tests"),
    (73, "forecast::tests"),
    (74, "as_seen::tests"),
    (75, "overlay::tests"),
    (76, "overlay::tests"),
    (77, "audit::tests"),
    (78, "audit::tests"),
    (79, "changes::tests"),
    (80, "changes::tests"),
    (81, "changes::tests"),
];

/// The tests that fail in a process with this leak (0 for none).
fn failing(leak: u32, tests: &str) -> Vec<String> {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.arg(tests).env("KIZUNA_SEEDED", leak.to_string()).stderr(Stdio::null());
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains("test result:"), "no tests of the name {tests}: {said}");
    let failed = said.lines().filter_map(|line| line.strip_prefix("test ")?.strip_suffix(" ... FAILED"));
    failed.map(str::to_owned).collect()
}

#[test]
fn every_leak_seeded_into_the_use_cases_is_caught() {
    let mut survivors = Vec::new();
    for (leak, tests) in LEAKS {
        match failing(leak, tests).first() {
            Some(by) => println!("{leak}  {by}"),
            None => survivors.push(leak),
        }
    }
    assert!(survivors.is_empty(), "leaks that nothing caught: {survivors:?}");
    let groups: std::collections::BTreeSet<&str> = LEAKS.iter().map(|(_, tests)| *tests).collect();
    for tests in groups {
        let failing = failing(0, tests);
        assert!(failing.is_empty(), "without any leak: {failing:?}");
    }
}
