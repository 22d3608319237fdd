//! Thresholds: what a whole run may take, and whether it did. Budgets are those of its tasks.

use super::metadata::Metadata;
use crate::outputs::units;

/// What a whole run may take; what is `None` it may take at will.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Thresholds {
    /// From the command's start to its end, in ns.
    pub wall_ns: Option<u64>,
    /// [`Resources::peak_bound_bytes`](super::Resources::peak_bound_bytes).
    pub peak_memory_bytes: Option<u64>,
}

/// Whether a run kept a threshold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Whether it did: a figure that is not known keeps none.
    pub is_met: bool,
    /// As a sentence: `wall 4.21 s, limit 90.0 s`.
    pub told: String,
}

impl Thresholds {
    /// Of each threshold whether a run kept it.
    pub fn check(&self, run: &Metadata) -> Vec<Kept> {
        let wall = self.wall_ns.map(|limit| Kept {
            is_met: run.elapsed_ns.is_some_and(|ns| ns <= limit),
            told: format!("wall {}, limit {}", run.length(), units::duration(limit.into())),
        });
        let memory = self.peak_memory_bytes.map(|limit| Kept {
            is_met: run.resources.peak_bound_bytes().is_some_and(|bytes| bytes <= limit),
            told: format!("peak memory {}, limit {}", run.resources.peak_in_words(), units::bytes(limit)),
        });
        wall.into_iter().chain(memory).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::Resources;
    use crate::run::metadata;

    /// Whether a run that used so much keeps 10 MB, and how it is told.
    fn check(resources: Resources) -> (bool, String) {
        let path =
            std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/data/run/version-1.json"));
        let run = Metadata { resources, ..metadata::read(path).unwrap() };
        let thresholds = Thresholds { wall_ns: None, peak_memory_bytes: Some(10_000_000) };
        let [kept] = thresholds.check(&run).try_into().unwrap();
        (kept.is_met, kept.told)
    }

    #[test]
    fn memory_is_held_against_what_is_known_of_it() {
        let none = Resources::default();
        let exact = |bytes| Resources { peak_process_bytes: Some(bytes), ..none.clone() };
        assert_eq!(check(exact(10_000_000)), (true, "peak memory 10.0 MB, limit 10.0 MB".into()));
        assert!(!check(exact(10_000_001)).0);
        let at_most = Resources { peak_process_at_most_bytes: Some(8_000_000), ..none.clone() };
        assert_eq!(check(at_most.clone()), (true, "peak memory at most 8.00 MB, limit 10.0 MB".into()));
        let between = Resources {
            peak_tree_bytes: Some(2_000_000),
            peak_process_at_most_bytes: Some(12_000_000),
            ..none.clone()
        };
        assert_eq!(check(between), (false, "peak memory 2.00 MB to 12.0 MB, limit 10.0 MB".into()));
        let seen = Resources { peak_tree_bytes: Some(11_000_000), ..at_most };
        assert_eq!(check(seen), (false, "peak memory 11.0 MB, limit 10.0 MB".into()));
        assert_eq!(check(none), (false, "peak memory not recorded here, limit 10.0 MB".into()));
    }
}
