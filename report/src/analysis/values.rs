//! Values: the sums of a task's spans by the values of one attribute.
//!
//! A commutative monoid of bounded size. Up to a number of values, each has its sums. If there are more and all of them
//! are numbers, each bin of numbers has its sums; else all values have theirs together. Which of these it is depends on
//! the spans alone, not on the order or the grouping in which they come.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

use super::division::Division;
use super::ranges::Bin;
use super::statistics::Sums;
use crate::model::Durations;

/// The sums of a task's spans that have an attribute.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Values<T: Eq + Hash> {
    /// The most values that are distinguished.
    pub(super) most: usize,
    pub(super) apart: Apart<T>,
}

/// How values are distinguished.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Apart<T: Eq + Hash> {
    /// Each by itself.
    Each(HashMap<T, Part>),
    /// There are too many, and all of them are numbers.
    Bins(BTreeMap<Bin, Part>),
    /// There are too many, and one of them is not a number.
    Together(Box<Part>),
}

/// Some spans of a task.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Part {
    pub(super) sums: Sums,
    pub(super) durations: Durations,
}

impl Part {
    pub(super) fn add(&mut self, duration_ns: Option<i64>, division: Division) {
        self.sums.add(duration_ns, division);
        if let Some(duration_ns) = duration_ns {
            self.durations.push(duration_ns);
        }
    }

    pub(super) fn span_count(&self) -> u64 {
        self.sums.count + self.sums.unfinished
    }

    pub(super) fn merge(&mut self, other: Part) {
        self.sums.merge(&other.sums);
        self.durations.merge(other.durations);
    }

    pub(super) fn together<'a>(parts: impl Iterator<Item = &'a Part>) -> Part {
        parts.fold(Part::default(), |mut all, part| {
            all.merge(part.clone());
            all
        })
    }
}

impl<T: Eq + Hash> Values<T> {
    pub(super) fn new(most: usize) -> Values<T> {
        Values { most, apart: Apart::Each(HashMap::new()) }
    }

    /// The part that a value belongs to. `bin` gives the bin of a value that is a number.
    pub(super) fn part(&mut self, value: T, bin: impl Fn(&T) -> Option<Bin>) -> &mut Part {
        if let Apart::Each(parts) = &self.apart
            && parts.len() >= self.most
            && !parts.contains_key(&value)
        {
            self.merge_values(&bin);
        }
        let own = bin_if(&self.apart, || bin(&value));
        if own == Some(None) {
            self.merge_all();
        }
        match (&mut self.apart, own) {
            (Apart::Each(parts), _) => parts.entry(value).or_default(),
            (Apart::Bins(parts), Some(Some(bin))) => parts.entry(bin).or_default(),
            (Apart::Together(all), _) => all,
            (Apart::Bins(_), _) => unreachable!("values that are not numbers are together"),
        }
    }

    /// Tells values apart by their bins, or not at all.
    fn merge_values(&mut self, bin: impl Fn(&T) -> Option<Bin>) {
        let Apart::Each(parts) = &mut self.apart else { return };
        let parts = std::mem::take(parts);
        let mut bins: BTreeMap<Bin, Part> = BTreeMap::new();
        let mut others: Option<Part> = None;
        for (value, part) in parts {
            match bin(&value) {
                Some(bin) => bins.entry(bin).or_default().merge(part),
                None => others.get_or_insert_default().merge(part),
            }
        }
        self.apart = Apart::Bins(bins);
        if let Some(others) = others {
            self.merge_all().merge(others);
        }
    }

    /// Tells no values apart.
    fn merge_all(&mut self) -> &mut Part {
        if !matches!(self.apart, Apart::Together(_)) {
            self.apart = Apart::Together(Box::new(Part::together(self.parts())));
        }
        let Apart::Together(all) = &mut self.apart else { unreachable!("it was just set") };
        all
    }

    pub(super) fn parts(&self) -> Box<dyn Iterator<Item = &Part> + '_> {
        match &self.apart {
            Apart::Each(parts) => Box::new(parts.values()),
            Apart::Bins(parts) => Box::new(parts.values()),
            Apart::Together(all) => Box::new(std::iter::once(&**all)),
        }
    }

    /// The same way to tell values apart, without any span. `None` while each value has its sums.
    pub(super) fn saturated(&self) -> Option<Values<T>> {
        let apart = match &self.apart {
            Apart::Each(_) => return None,
            Apart::Bins(_) => Apart::Bins(BTreeMap::new()),
            Apart::Together(_) => Apart::Together(Box::default()),
        };
        Some(Values { most: self.most, apart })
    }

    pub(super) fn rename<U: Eq + Hash>(self, name: impl Fn(T) -> U) -> Values<U> {
        let apart = match self.apart {
            Apart::Each(parts) => {
                Apart::Each(parts.into_iter().map(|(value, part)| (name(value), part)).collect())
            }
            Apart::Bins(parts) => Apart::Bins(parts),
            Apart::Together(all) => Apart::Together(all),
        };
        Values { most: self.most, apart }
    }
}

/// The bin, if values are distinguished by bins.
fn bin_if<T: Eq + Hash>(apart: &Apart<T>, bin: impl FnOnce() -> Option<Bin>) -> Option<Option<Bin>> {
    matches!(apart, Apart::Bins(_)).then(bin)
}

impl Values<String> {
    /// Adds those of another lane.
    pub(super) fn merge(&mut self, other: Values<String>) {
        match other.apart {
            Apart::Each(parts) => {
                parts
                    .into_iter()
                    .for_each(|(value, part)| self.part(value, |value| Bin::of(value)).merge(part));
            }
            Apart::Bins(parts) => {
                self.merge_values(|value| Bin::of(value));
                for (bin, part) in parts {
                    match &mut self.apart {
                        Apart::Bins(own) => own.entry(bin).or_default().merge(part),
                        _ => self.merge_all().merge(part),
                    }
                }
            }
            Apart::Together(all) => self.merge_all().merge(*all),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    /// Values of few kinds: numbers, and sometimes a text.
    fn any_part() -> impl Strategy<Value = (String, Option<i64>, i64)> {
        let value = prop_oneof![8 => (0..9i32).prop_map(|number| number.to_string()), 1 => "[a-c]"];
        (value, prop::option::of(0..50i64), 0..50i64)
    }

    proptest! {
        #[test]
        fn what_is_told_apart_depends_on_the_spans_alone(
            spans in prop::collection::vec(any_part(), 0..30),
            most in 1usize..8,
            lanes in 1usize..6,
            rotation in 0usize..6,
        ) {
            let of = |spans: &mut dyn Iterator<Item = &(String, Option<i64>, i64)>| {
                let mut values = Values::new(most);
                for (value, duration_ns, self_ns) in spans {
                    values.part(value.clone(), |value| Bin::of(value)).add(*duration_ns, Division { not_known_ns: (*self_ns).into(), ..Division::default() });
                }
                values
            };
            let whole = of(&mut spans.iter());
            let mut parts: Vec<Values<String>> =
                (0..lanes).map(|lane| of(&mut spans.iter().skip(lane).step_by(lanes))).collect();
            parts.rotate_left(rotation % lanes);
            let mut all = Values::new(most);
            parts.into_iter().for_each(|part| all.merge(part));
            prop_assert_eq!(&all, &whole);
            let distinct: BTreeSet<&String> = spans.iter().map(|(value, ..)| value).collect();
            let are_numbers = distinct.iter().all(|value| Bin::of(value).is_some());
            let is_right = match whole.apart {
                Apart::Each(each) => each.len() == distinct.len() && each.len() <= most,
                Apart::Bins(_) => distinct.len() > most && are_numbers,
                Apart::Together(_) => distinct.len() > most && !are_numbers,
            };
            prop_assert!(is_right);
        }
    }
}
