//! Figures of profiles: which functions had how much of the weight.
//!
//! Takes a summary; gives the functions of each profile by their self weight. Knows nothing of lanes and times.

use std::sync::Arc;

use crate::model::{ProfileIdentity, Summary, Weights};

/// The functions of a profile.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ProfileFigures {
    pub(crate) identity: ProfileIdentity,
    /// Number of stacks.
    pub(crate) stacks: u64,
    /// The weight of all stacks, in billionths of the unit.
    pub(crate) total: i128,
    /// By self weight, the greatest first, then by total, then by name.
    pub(crate) functions: Vec<FunctionFigures>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FunctionFigures {
    pub(crate) name: Arc<str>,
    /// The weight of the stacks that end in it, and of those that contain it, in billionths of the unit.
    pub(crate) weights: Weights,
    /// Both as parts of the weight of all stacks, 0 to 1. The first ones of a profile sum to 1, unless it has empty stacks.
    pub(crate) own_share: f64,
    pub(crate) total_share: f64,
}

/// The figures of each profile, in the order of the summary. O(n log n) in the number of functions.
pub(crate) fn profiles(summary: &Summary) -> Vec<ProfileFigures> {
    let figures = summary.profiles().map(|(identity, profile)| {
        let share = |weight: i128| if profile.total > 0 { weight as f64 / profile.total as f64 } else { 0.0 };
        let mut functions: Vec<FunctionFigures> = (profile.functions.iter())
            .map(|(name, &weights)| FunctionFigures {
                name: Arc::clone(name),
                weights,
                own_share: share(weights.own),
                total_share: share(weights.total),
            })
            .collect();
        // Stable: they are sorted by name.
        functions.sort_by_key(|of| std::cmp::Reverse((of.weights.own, of.weights.total)));
        ProfileFigures { identity: identity.clone(), stacks: profile.stacks, total: profile.total, functions }
    });
    figures.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Stacks, Unit};

    #[test]
    fn functions_come_by_self_weight_then_by_total_then_by_name() {
        let mut stacks = Stacks::default();
        let [z, b, a, c] = ["z", "b", "a", "c"].map(|name| stacks.function(name));
        stacks.add([z, a, b], 1, 3);
        stacks.add([z, a, c], 1, 3);
        stacks.add([z, a], 1, 1);
        stacks.add([], 1, 3);
        let identity = ProfileIdentity { source: "s".into(), name: "n".into(), unit: Unit::None };
        let found = profiles(&Summary::of_profile(identity, stacks.finish()));
        let names: Vec<&str> = found[0].functions.iter().map(|of| &*of.name).collect();
        assert_eq!(names, ["b", "c", "a", "z"]);
        assert_eq!((found[0].functions[3].own_share, found[0].functions[3].total_share), (0.0, 0.7));
    }
}
