//! What the literals of a field said of values that were seen before: logs say the same again and again.

use ahash::RandomState;

/// Values that are remembered on each thread, each in the one place that its hash says.
const PLACES: usize = 4096;
/// Shorter values are searched as fast as they are found here, in bytes.
const SHORTEST: usize = 16;
/// Longer values would take the place of many, and come back seldom.
const LONGEST: usize = 1024;

#[derive(Debug, Default, Clone)]
struct Place {
    field: u32,
    value: String,
    tests: Vec<u32>,
}

/// The answers for the values that were seen last.
#[derive(Debug)]
pub(super) struct Memory {
    places: Vec<Place>,
    state: RandomState,
}

impl Default for Memory {
    fn default() -> Self {
        Self { places: vec![Place::default(); PLACES], state: RandomState::default() }
    }
}

impl Memory {
    /// The tests that a value of a field passes, by `search` where they are not known.
    pub fn tests<'m>(
        &'m mut self,
        field: u32,
        value: &str,
        scratch: &'m mut Vec<u32>,
        search: impl FnOnce(&mut Vec<u32>),
    ) -> &'m [u32] {
        if !(SHORTEST..=LONGEST).contains(&value.len()) {
            scratch.clear();
            search(scratch);
            return scratch;
        }
        let hash = self.state.hash_one((field, value));
        let place = &mut self.places[hash as usize % PLACES];
        if place.field != field || place.value != value {
            place.field = field;
            place.value.clear();
            place.value.push_str(value);
            place.tests.clear();
            search(&mut place.tests);
            place.tests.sort_unstable();
            place.tests.dedup();
        }
        &place.tests
    }
}
