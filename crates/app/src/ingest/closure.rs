//! Which labels reach an unmarked object from those that refer to it in the same envelope.

use std::collections::{BTreeSet, HashMap};

use kizuna_stix::{Id, Object};

/// The labels, by number, of the marked objects from which each unmarked one is reached over unmarked ones: directly,
/// or through an unmarked object that takes its label from there itself. Independent of the order of the envelope.
pub struct Reached {
    sets: Vec<BTreeSet<u32>>,
}

impl Reached {
    /// `label_of` has the number of each marked object's label, and nothing for unmarked ones.
    pub fn compute(objects: &[&Object], label_of: &[Option<u32>]) -> Self {
        let sets: Vec<BTreeSet<u32>> = label_of.iter().map(|label| label.iter().copied().collect()).collect();
        let mut reached = Self { sets };
        let is_mixed = label_of.iter().any(Option::is_some) && label_of.iter().any(Option::is_none);
        if is_mixed {
            reached.spread(objects, label_of);
        }
        reached
    }

    fn spread(&mut self, objects: &[&Object], label_of: &[Option<u32>]) {
        let mut unmarked: HashMap<&Id, Vec<usize>> = HashMap::new();
        for (place, object) in objects.iter().enumerate() {
            if label_of[place].is_none() {
                unmarked.entry(object.id()).or_default().push(place);
            }
        }
        let targets: Vec<Vec<usize>> = objects
            .iter()
            .map(|object| {
                let references = object.references();
                references.iter().filter_map(|id| unmarked.get(id)).flatten().copied().collect()
            })
            .collect();
        let mut open: Vec<usize> = (0..objects.len()).filter(|place| label_of[*place].is_some()).collect();
        while let Some(place) = open.pop() {
            let labels = self.sets[place].clone();
            for target in &targets[place] {
                let set = &mut self.sets[*target];
                let before = set.len();
                set.extend(&labels);
                if set.len() > before {
                    open.push(*target);
                }
            }
        }
    }

    /// The numbers of the labels that reach an object.
    pub fn of(&self, place: usize) -> &BTreeSet<u32> {
        &self.sets[place]
    }
}
