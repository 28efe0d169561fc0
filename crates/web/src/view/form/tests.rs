use super::*;

const SHAPE: Shape = Shape { name: "release", fields: &["objects", "label"] };

fn fault(path: &str, rule: &str) -> FaultView {
    FaultView { path: path.to_owned(), rule: rule.to_owned() }
}

#[test]
fn a_fault_stands_at_its_field_however_its_place_is_written() {
    for path in ["label", "$.label", "?label", "$.label.parts[2]", "label[0]"] {
        let faults = Faults::new(SHAPE, vec![fault(path, "is wrong")]);
        assert_eq!(faults.at("label"), ["is wrong"], "{path}");
        assert!(faults.elsewhere().is_empty() && !faults.has("objects"), "{path}");
    }
}

#[test]
fn what_is_at_no_field_is_said_over_the_form() {
    let faults = Faults::new(SHAPE, vec![fault("$", "is no form"), fault("", "there is one already")]);
    let said: Vec<&str> = faults.elsewhere().iter().map(|fault| fault.rule.as_str()).collect();
    assert_eq!(said, ["is no form", "there is one already"]);
}

#[test]
fn the_reader_goes_on_at_the_first_wrong_field_of_the_form() {
    let faults = Faults::new(SHAPE, vec![fault("label", "a"), fault("$.objects[2]", "b")]);
    assert!(faults.is_first("objects") && !faults.is_first("label"));
    assert!(!Faults::default().is_first("objects"));
    assert_eq!(faults.id("label"), "fault-release-label");
}
