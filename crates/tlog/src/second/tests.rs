#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;

fn entries(count: usize) -> Vec<Hash> {
    (0..count).map(|number| version(&[7; 32], &digest(b"", &[&number.to_be_bytes()]), &[9; 32])).collect()
}

fn parts_of(second: &Second) -> HashMap<u32, Vec<u8>> {
    second.parts().into_iter().map(|part| (part.number, part.octets)).collect()
}

#[test]
fn every_entry_is_found_and_leads_to_the_root() {
    for count in [1, 2, 63, 64, 65, 128, 129, 700, 5_000] {
        let entries = entries(count);
        let second = Second::place([3; 32], &entries);
        assert_eq!(second.len(), count);
        let (root, parts) = (second.root(), parts_of(&second));
        let part = |number| Ok::<_, ()>(parts.get(&number).cloned());
        let kept = Kept { seed: &[3; 32], entries: count, part: &part };
        assert_eq!(kept.root(), Ok(root), "{count}");
        assert_eq!(kept.all().unwrap().len(), count);
        for entry in entries.iter().step_by(count / 50 + 1) {
            let found = kept.find(entry).unwrap().expect("an entry that was placed");
            let led = proof::root_by_inclusion(entry, u64::from(found.place), PLACES, &found.path);
            assert_eq!(led, Ok(root), "of {count}");
        }
        assert_eq!(kept.find(&Hash([5; 32])), Ok(None));
    }
}

#[test]
fn a_full_second_takes_as_many_as_it_says() {
    let entries = entries(MOST);
    let second = Second::place([1; 32], &entries);
    assert_eq!(second.len(), MOST);
    let parts = parts_of(&second);
    let part = |number| Ok::<_, ()>(parts.get(&number).cloned());
    let kept = Kept { seed: &[1; 32], entries: MOST, part: &part };
    let root = second.root();
    for entry in entries.iter().step_by(997) {
        let found = kept.find(entry).unwrap().expect("an entry that was placed");
        assert_eq!(proof::root_by_inclusion(entry, u64::from(found.place), PLACES, &found.path), Ok(root));
    }
}

#[test]
fn places_and_paths_depend_on_the_secret_of_the_second() {
    let entries = entries(40);
    let places = |seed| Second::place(seed, &entries).placed.into_keys().collect::<Vec<u64>>();
    assert_ne!(places([1; 32]), places([2; 32]));
    assert_ne!(Second::place([1; 32], &entries).root(), Second::place([2; 32], &entries).root());
}

#[test]
fn an_opening_survives_its_octets_and_leads_to_one_leaf() {
    let (bytes, salt) = ([4; 32], [7; 32]);
    let commitment = label(&[0; 16], &[1; 32]);
    let entry_of_it = version(&salt, &bytes, &commitment);
    let second = Second::place([6; 32], &[entry_of_it, Hash([8; 32])]);
    let parts = parts_of(&second);
    let part = |number| Ok::<_, ()>(parts.get(&number).cloned());
    let found = Kept { seed: &[6; 32], entries: 2, part: &part }.find(&entry_of_it).unwrap().unwrap();
    let opening =
        Opening { second: 1_700_000_000, place: found.place, salt, label: commitment, path: found.path };
    assert_eq!(Opening::read(&opening.octets()), Ok(opening.clone()));
    let leaf = leaf_hash(&entry(1_700_000_000, &second.root()));
    assert_eq!(opening.leaf(&bytes), Ok(leaf));
    assert_ne!(opening.leaf(&[5; 32]), Ok(leaf));
    assert_ne!(Opening { second: 1, ..opening.clone() }.leaf(&bytes), Ok(leaf));
    assert_eq!(Opening::read(&opening.octets()[1..]), Err(BadOpening));
    assert_eq!(read_entry(&entry(5, &second.root())), Some((5, second.root())));
    assert_eq!(read_entry(&[1; 40]), None);
}
