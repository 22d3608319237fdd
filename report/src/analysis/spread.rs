//! How much figures vary between several runs.
//!
//! Takes the figures of each run. Gives the min, median and max of each figure. Two runs have the same task when
//! group and name are the same. Does not judge whether a difference means anything.

use std::collections::BTreeMap;

use super::statistics::TaskStatistics;
use crate::model::Keys;

/// The values of a figure in several runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Spread {
    /// In the order of the runs. `None` for a run without the figure.
    pub values: Vec<Option<i128>>,
    pub least: i128,
    /// The middle value. For an even number of values, the mean of the two middle ones, rounded down.
    pub median: i128,
    pub greatest: i128,
}

impl Spread {
    /// The spread of a figure. `None` when no run has it. O(n log n).
    pub(crate) fn of(values: Vec<Option<i128>>) -> Option<Spread> {
        let mut sorted: Vec<i128> = values.iter().copied().flatten().collect();
        sorted.sort_unstable();
        let (&least, &greatest) = (sorted.first()?, sorted.last()?);
        let (lower, upper) = (sorted[(sorted.len() - 1) / 2], sorted[sorted.len() / 2]);
        Some(Spread { values, least, median: (lower + upper).div_euclid(2), greatest })
    }

    /// The range (greatest minus least) as a part of the median. `None` unless the median is positive.
    pub(crate) fn apart(&self) -> Option<f64> {
        (self.median > 0).then(|| (self.greatest - self.least) as f64 / self.median as f64)
    }

    /// A value as a part of the greatest, 0 to 1.
    pub(crate) fn part(&self, value: i128) -> f64 {
        if self.greatest > 0 { value as f64 / self.greatest as f64 } else { 0.0 }
    }
}

/// The total duration of each task in one run, in ns, by the names of group and task.
pub(crate) type Totals = BTreeMap<(String, String), i128>;

/// The totals of a table in which each task has a row of its own.
pub(crate) fn totals(tasks: &[TaskStatistics], keys: &Keys) -> Totals {
    let named = tasks.iter().map(|row| {
        let (group, task) = row.task.names(keys);
        ((group.to_owned(), task.to_owned()), row.total_ns)
    });
    named.collect()
}

/// The total time of each task over the runs, the greatest median first, ties by name. O(tasks x runs).
pub(crate) fn spreads(runs: &[Totals]) -> Vec<((&str, &str), Spread)> {
    let mut values: BTreeMap<(&str, &str), Vec<Option<i128>>> = BTreeMap::new();
    for (run, totals) in runs.iter().enumerate() {
        for ((group, task), &total_ns) in totals {
            values.entry((group, task)).or_insert_with(|| vec![None; runs.len()])[run] = Some(total_ns);
        }
    }
    let mut spreads: Vec<_> =
        values.into_iter().filter_map(|(name, values)| Some((name, Spread::of(values)?))).collect();
    spreads.sort_by_key(|(_, spread)| std::cmp::Reverse(spread.median));
    spreads
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{drawn, of_trace};

    fn totals(lane: &str) -> Totals {
        let trace = drawn::trace(&[lane]);
        super::totals(&of_trace(&trace).tasks, trace.keys())
    }

    #[test]
    fn tasks_are_told_by_their_median_and_those_that_a_run_lacks_say_so() {
        let runs = [totals("a(0..10) b(10..30)"), totals("a(0..50) a(60..62)"), totals("a(0..12) b(20..21)")];
        let found = spreads(&runs);
        let told: Vec<_> = found
            .iter()
            .map(|((_, task), spread)| (*task, spread.values.clone(), spread.median, spread.apart()))
            .collect();
        assert_eq!(
            told,
            [
                ("a", vec![Some(10), Some(52), Some(12)], 12, Some(42.0 / 12.0)),
                ("b", vec![Some(20), None, Some(1)], 10, Some(1.9)),
            ]
        );
        assert_eq!(found[0].1.part(26), 0.5);
    }

    #[test]
    fn what_no_run_has_has_no_spread_and_zeros_lie_nowhere_apart() {
        assert_eq!(Spread::of(vec![None, None]), None);
        let zeros = Spread::of(vec![Some(0), Some(0)]).unwrap();
        assert_eq!((zeros.median, zeros.apart(), zeros.part(0)), (0, None, 0.0));
    }
}
