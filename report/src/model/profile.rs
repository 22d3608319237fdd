//! Profiles: how much weight was in which function, without times.
//!
//! [`Stacks`] takes stacks with their weights and gives a [`Profile`]: for each function the weight of the stacks that
//! end in it (self), and of those that contain it (total). A function that calls itself counts once in the total of a
//! stack. Weights are integers, in billionths of their unit; profiles are a commutative monoid. Memory grows with the
//! number of different functions, never with that of stacks. A name is all that a profile knows of a function.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// The parts of a unit that a weight counts.
pub(crate) const PARTS: i128 = 1_000_000_000;

/// Distinguishes a profile from all others.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ProfileIdentity {
    /// The name of the file.
    pub source: String,
    /// What the file calls it, such as a thread; empty if it has one profile without a name.
    pub name: String,
    /// What its weights count.
    pub unit: Unit,
}

/// The unit of a profile's weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unit {
    /// Time; weights are in ns.
    Seconds,
    /// Memory; weights are in billionths of a byte.
    Bytes,
    /// Numbers, most often of samples; weights are in billionths of one.
    None,
}

const UNITS: [(Unit, &str); 3] = [(Unit::Seconds, "seconds"), (Unit::Bytes, "bytes"), (Unit::None, "none")];

/// `seconds`, `bytes` or `none`.
impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(UNITS.iter().find(|(unit, _)| unit == self).map_or("none", |(_, name)| name))
    }
}

impl FromStr for Unit {
    type Err = ();

    fn from_str(text: &str) -> Result<Unit, ()> {
        UNITS.iter().find(|(_, name)| *name == text).map(|&(unit, _)| unit).ok_or(())
    }
}

/// The weights of one profile.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Profile {
    /// Number of stacks.
    pub(crate) stacks: u64,
    /// The weight of all stacks, empty ones included.
    pub(crate) total: i128,
    /// By name.
    pub(crate) functions: BTreeMap<Arc<str>, Weights>,
}

/// The weight of stacks, in billionths of the profile's unit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Weights {
    /// Of those that end in the function.
    pub own: i128,
    /// Of those that contain it.
    pub total: i128,
}

impl Weights {
    fn merge(&mut self, other: Weights) {
        self.own = self.own.saturating_add(other.own);
        self.total = self.total.saturating_add(other.total);
    }
}

impl Profile {
    /// Adds the stacks of `other`.
    pub(crate) fn merge(&mut self, other: Profile) {
        self.stacks = self.stacks.saturating_add(other.stacks);
        self.total = self.total.saturating_add(other.total);
        for (name, weights) in other.functions {
            self.functions.entry(name).or_default().merge(weights);
        }
    }

    /// Keeps the `most` functions of greatest weight, ties by name. Gives the number of the others.
    pub(super) fn keep(&mut self, most: usize) -> usize {
        let mut ranked: Vec<_> = std::mem::take(&mut self.functions).into_iter().collect();
        ranked.sort_by_key(|(_, weights)| std::cmp::Reverse(weights.total)); // stable
        let others = ranked.len().saturating_sub(most);
        ranked.truncate(most);
        self.functions = ranked.into_iter().collect();
        others
    }

    /// Adds weights of a function, which are not more than the total.
    pub(crate) fn add(&mut self, function: &str, weights: Weights) {
        self.functions.entry(function.into()).or_default().merge(weights);
    }
}

/// Stacks that are being added up.
#[derive(Debug, Default)]
pub(crate) struct Stacks {
    ids: HashMap<Arc<str>, usize>,
    functions: Vec<Function>,
    stacks: u64,
    total: i128,
}

#[derive(Debug)]
struct Function {
    name: Arc<str>,
    weights: Weights,
    /// The last stack that contained it, counted from 1.
    last: u64,
}

impl Stacks {
    /// The id of a function.
    pub(crate) fn function(&mut self, name: &str) -> usize {
        if let Some(&id) = self.ids.get(name) {
            return id;
        }
        let (name, id): (Arc<str>, usize) = (name.into(), self.functions.len());
        self.functions.push(Function { name: Arc::clone(&name), weights: Weights::default(), last: 0 });
        self.ids.insert(name, id);
        id
    }

    /// Adds a stack of functions, the outermost first, that was there `count` times, at least once. `weight` is that of
    /// all, in billionths of the unit and not negative. O(depth).
    pub(crate) fn add(&mut self, stack: impl IntoIterator<Item = usize>, count: u64, weight: i128) {
        self.stacks += count;
        self.total = self.total.saturating_add(weight);
        let mut innermost = None;
        for id in stack {
            let function = &mut self.functions[id];
            if function.last != self.stacks {
                function.last = self.stacks;
                function.weights.merge(Weights { own: 0, total: weight });
            }
            innermost = Some(id);
        }
        if let Some(id) = innermost {
            self.functions[id].weights.merge(Weights { own: weight, total: 0 });
        }
    }

    /// The profile of all stacks. Functions of no stack are not in it.
    pub(crate) fn finish(self) -> Profile {
        let Stacks { functions, stacks, total, .. } = self;
        let functions = functions.into_iter().filter(|function| function.last > 0);
        Profile { stacks, total, functions: functions.map(|of| (of.name, of.weights)).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The profile of stacks such as `a;b;a 3`.
    fn profile(stacks: &[&str]) -> Profile {
        let mut all = Stacks::default();
        for stack in stacks {
            let (frames, weight) = stack.rsplit_once(' ').unwrap();
            let frames: Vec<usize> =
                frames.split(';').filter(|name| !name.is_empty()).map(|name| all.function(name)).collect();
            all.add(frames, 1, weight.parse().unwrap());
        }
        all.finish()
    }

    /// Name, self and total of each function.
    fn dump(profile: &Profile) -> Vec<String> {
        profile.functions.iter().map(|(name, of)| format!("{name} {} {}", of.own, of.total)).collect()
    }

    #[test]
    fn a_function_that_calls_itself_counts_once_in_a_stack() {
        let profile = profile(&["a;b 3", "a;b;a;b 5", "a 2", " 4"]);
        assert_eq!(dump(&profile), ["a 2 10", "b 8 8"]);
        assert_eq!((profile.stacks, profile.total), (4, 14), "also the weight of no function");
    }

    proptest! {
        #[test]
        fn merging_is_as_reading_all_stacks_in_any_order(
            stacks in prop::collection::vec((prop::collection::vec(0u8..5, 0..6), 0u32..9), 0..20),
            cut in 0usize..20,
        ) {
            let texts: Vec<String> = stacks.iter()
                .map(|(frames, weight)| {
                    let frames: Vec<String> = frames.iter().map(u8::to_string).collect();
                    format!("{} {weight}", frames.join(";"))
                })
                .collect();
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            let (one, other) = texts.split_at(cut.min(texts.len()));
            let mut merged = profile(other);
            merged.merge(profile(one));
            prop_assert_eq!(&merged, &profile(&texts));
            let own: i128 = merged.functions.values().map(|of| of.own).sum();
            prop_assert!(own <= merged.total);
        }
    }
}
