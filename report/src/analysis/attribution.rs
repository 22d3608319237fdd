//! Where the difference in wall time between two sides went.
//!
//! Takes the shares of the wall time of each run of both sides, gives their means over the runs. Means are linear, so
//! the parts sum to the mean wall times, and their differences to the difference, exactly and in ns: what rounding
//! leaves goes to the parts with the largest remainders.

use std::cmp::Reverse;
use std::collections::BTreeMap;

/// The parts of one run's wall time, in ns. They sum to it.
pub(crate) type WallParts = Vec<(PartOf, u64)>;

/// The mean wall times of both sides, and the parts that they consist of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Attribution {
    /// The mean wall time of the baseline's runs, rounded to ns.
    pub(crate) baseline_ns: i64,
    pub(crate) candidate_ns: i64,
    /// By the absolute difference, the greatest first, ties by name.
    pub(crate) parts: Vec<Part>,
}

/// A part of the wall time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) of: PartOf,
    pub(crate) baseline_ns: i64,
    pub(crate) candidate_ns: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum PartOf {
    Task {
        group: String,
        task: String,
    },
    /// Tasks that are not listed by a side.
    OtherTasks,
    /// No span had begun.
    IdleBefore,
    /// No span ran between the first and the last.
    IdleBetween,
    /// The last span had ended.
    IdleAfter,
}

impl Attribution {
    pub(crate) fn difference_ns(&self) -> i64 {
        self.candidate_ns - self.baseline_ns
    }
}

impl Part {
    pub(crate) fn difference_ns(&self) -> i64 {
        self.candidate_ns - self.baseline_ns
    }
}

/// The mean parts of both sides. A run without a part has 0 of it. Without runs all is 0. Up to 292 years a side.
pub(crate) fn attribution(baseline: &[WallParts], candidate: &[WallParts]) -> Attribution {
    let mut sums: BTreeMap<&PartOf, [i128; 2]> = BTreeMap::new();
    for (side, runs) in [baseline, candidate].into_iter().enumerate() {
        for (of, ns) in runs.iter().flatten() {
            sums.entry(of).or_default()[side] += i128::from(*ns);
        }
    }
    let means = |side: usize, runs: &[WallParts]| {
        let sums: Vec<i128> = sums.values().map(|sums| sums[side]).collect();
        divided(&sums, runs.len().max(1) as i128)
    };
    let ((baseline_ns, of_baseline), (candidate_ns, of_candidate)) =
        (means(0, baseline), means(1, candidate));
    let mut parts: Vec<Part> = (sums.keys().zip(of_baseline).zip(of_candidate))
        .map(|((&of, baseline_ns), candidate_ns)| Part { of: of.clone(), baseline_ns, candidate_ns })
        .collect();
    parts.sort_by_key(|part| Reverse(part.difference_ns().unsigned_abs()));
    Attribution { baseline_ns, candidate_ns, parts }
}

/// The parts divided by a positive number, and their sum divided by it and rounded to an integer. The divided parts are
/// integers, too, and sum to it: those with the largest remainders are rounded up.
pub(crate) fn divided(parts: &[i128], divisor: i128) -> (i64, Vec<i64>) {
    let whole = (parts.iter().sum::<i128>() * 2 + divisor).div_euclid(divisor * 2);
    let mut shares: Vec<i128> = parts.iter().map(|part| part.div_euclid(divisor)).collect();
    let left = whole - shares.iter().sum::<i128>();
    let mut by_remainder: Vec<usize> = (0..parts.len()).collect();
    by_remainder.sort_by_key(|&part| Reverse(parts[part].rem_euclid(divisor)));
    for &part in by_remainder.iter().take(left as usize) {
        shares[part] += 1;
    }
    let bounded = |share: i128| share.clamp(i64::MIN.into(), i64::MAX.into()) as i64;
    (bounded(whole), shares.into_iter().map(bounded).collect())
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn task(name: &str) -> PartOf {
        PartOf::Task { group: "g".into(), task: name.into() }
    }

    /// The parts as `name baseline -> candidate`.
    #[track_caller]
    fn check(baseline: &[WallParts], candidate: &[WallParts], whole: (i64, i64), expected: &[&str]) {
        let found = attribution(baseline, candidate);
        assert_eq!((found.baseline_ns, found.candidate_ns), whole);
        let parts = found.parts.iter().map(|part| {
            let name = match &part.of {
                PartOf::Task { task, .. } => task.clone(),
                other => format!("{other:?}"),
            };
            format!("{name} {} -> {}", part.baseline_ns, part.candidate_ns)
        });
        assert_eq!(parts.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn the_part_that_changed_most_comes_first() {
        let run = |save, idle| vec![(task("request"), 50), (task("save"), save), (PartOf::IdleAfter, idle)];
        check(
            &[run(20, 10), run(40, 30)],
            &[run(90, 5)],
            (100, 145),
            &["save 30 -> 90", "IdleAfter 20 -> 5", "request 50 -> 50"],
        );
    }

    #[test]
    fn a_task_that_a_run_does_not_have_has_0_there() {
        check(
            &[vec![(task("a"), 8)], vec![(task("a"), 6), (task("b"), 4)]],
            &[vec![(task("c"), 3)]],
            (9, 3),
            &["a 7 -> 0", "c 0 -> 3", "b 2 -> 0"],
        );
    }

    #[test]
    fn what_rounding_leaves_goes_to_the_largest_remainders() {
        let run = |parts: [u64; 3]| ["a", "b", "c"].map(task).into_iter().zip(parts).collect::<WallParts>();
        let baseline = [run([1, 1, 2]), run([0, 1, 0]), run([0, 0, 0])]; // a third, two thirds, two thirds
        check(&baseline, &[run([0, 0, 0])], (2, 0), &["b 1 -> 0", "c 1 -> 0", "a 0 -> 0"]);
    }

    #[test]
    fn differences_are_divided_as_durations_are() {
        assert_eq!(divided(&[71, 10, 3], 10), (8, vec![7, 1, 0]));
        assert_eq!(divided(&[50, -29, -1], 10), (2, vec![5, -3, 0]));
        assert_eq!(divided(&[-71, -10, -3], 10), (-8, vec![-7, -1, 0]));
        assert_eq!(divided(&[], 10), (0, vec![]));
    }

    #[test]
    fn without_runs_there_is_no_time() {
        check(&[], &[], (0, 0), &[]);
        check(&[], &[vec![(PartOf::OtherTasks, 7)]], (0, 7), &["OtherTasks 0 -> 7"]);
    }

    proptest! {
        #[test]
        fn parts_sum_to_the_mean_wall_time_and_are_their_means_to_the_nanosecond(
            sides in [vec(vec((0_u8..7, 0_u64..1 << 50), 0..9), 1..12), vec(vec((0_u8..7, 0_u64..9), 0..9), 1..12)],
        ) {
            let part = |number: u8| match number {
                0 => PartOf::IdleBefore,
                1 => PartOf::IdleBetween,
                2 => PartOf::IdleAfter,
                3 => PartOf::OtherTasks,
                number => task(&number.to_string()),
            };
            let sides = sides.map(|runs| {
                let run = |run: Vec<(u8, u64)>| run.into_iter().map(|(number, ns)| (part(number), ns)).collect();
                runs.into_iter().map(run).collect::<Vec<WallParts>>()
            });
            let found = attribution(&sides[0], &sides[1]);
            let sum = |of: fn(&Part) -> i64| found.parts.iter().map(of).sum::<i64>();
            prop_assert_eq!(sum(|part| part.baseline_ns), found.baseline_ns);
            prop_assert_eq!(sum(|part| part.candidate_ns), found.candidate_ns);
            prop_assert_eq!(sum(Part::difference_ns), found.difference_ns());
            // Twice the error of a mean, times the number of runs.
            let error = |mean_ns: i64, runs: &[WallParts], of: Option<&PartOf>| {
                let all = runs.iter().flatten().filter(|part| of.is_none_or(|of| part.0 == *of));
                let sum = all.map(|part| i128::from(part.1)).sum::<i128>();
                2 * (i128::from(mean_ns) * runs.len() as i128 - sum).unsigned_abs()
            };
            let [baseline_runs, candidate_runs] = [&sides[0], &sides[1]].map(|runs| runs.len() as u128);
            prop_assert!(error(found.baseline_ns, &sides[0], None) <= baseline_runs);
            prop_assert!(error(found.candidate_ns, &sides[1], None) <= candidate_runs);
            for part in &found.parts {
                prop_assert!(error(part.baseline_ns, &sides[0], Some(&part.of)) < 2 * baseline_runs);
                prop_assert!(error(part.candidate_ns, &sides[1], Some(&part.of)) < 2 * candidate_runs);
            }
        }
    }
}
