use super::{Form, Property, Spec, TYPES};

fn each_spec(spec: &'static Spec, visit: &mut impl FnMut(&'static Spec)) {
    visit(spec);
    for property in spec.properties.iter().chain(spec.common) {
        match property.form {
            Form::Part(part) | Form::List(&Form::Part(part)) => each_spec(part, visit),
            _ => {}
        }
    }
    for extension in spec.extensions {
        each_spec(extension, visit);
    }
}

fn is_sorted(properties: &[Property]) -> bool {
    properties.is_sorted_by(|a, b| a.name < b.name)
}

#[test]
fn types_and_properties_are_sorted_and_unique() {
    assert!(TYPES.is_sorted_by(|a, b| a.name < b.name));
    for spec in TYPES {
        each_spec(spec, &mut |spec| {
            assert!(is_sorted(spec.properties), "{}", spec.name);
            assert!(is_sorted(spec.common), "{}", spec.name);
            assert!(spec.properties.len() <= 64 && spec.common.len() <= 64, "{}", spec.name);
        });
    }
    assert!(is_sorted(super::COMMON_CUSTOM));
}

#[test]
fn rules_and_ids_name_properties_that_exist() {
    use super::Rule;
    for spec in TYPES {
        each_spec(spec, &mut |spec| {
            let known = |name: &&str| spec.properties.iter().chain(spec.common).any(|p| p.name == *name);
            for name in spec.identifying {
                assert!(known(name), "{} {name}", spec.name);
            }
            for rule in spec.rules {
                let names: Vec<&str> = match rule {
                    Rule::NotBefore(a, b) | Rule::After(a, b) | Rule::NotBoth(a, b) | Rule::Needs(a, b) => {
                        vec![a, b]
                    }
                    Rule::AnyOf(names) => names.to_vec(),
                    Rule::Check(_) => vec![],
                };
                assert!(names.iter().all(known), "{} {rule:?}", spec.name);
            }
        });
    }
}
