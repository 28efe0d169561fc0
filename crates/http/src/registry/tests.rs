use std::collections::BTreeSet;

use super::{Place, all};

#[test]
fn names_and_method_with_path_are_unique() {
    let mut names = BTreeSet::new();
    let mut routes = BTreeSet::new();
    for path in all() {
        assert!(names.insert(path.name), "{} is declared twice", path.name);
        assert!(routes.insert((path.path, path.method)), "{} is declared twice", path.path);
    }
}

#[test]
fn path_parameters_are_those_in_the_path() {
    for path in all() {
        let in_path: Vec<&str> =
            path.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).collect();
        let declared: Vec<&str> =
            path.params.iter().filter(|p| p.place == Place::Path).map(|p| p.name).collect();
        assert_eq!(in_path, declared, "{}", path.name);
    }
}
