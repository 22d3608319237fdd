//! The end of a lane: what it ran from a moment on.
//!
//! Takes the bins of its summary and the rows of the table. Gives the one or two rows with the most innermost time
//! since then. The moment cuts a bin in two: of each row's time in there, the part is taken that lies behind the
//! moment if it is spread evenly.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::statistics::TaskRows;
use crate::model::summary::LaneSummary;

/// The second row is worth naming from 1/10 of the time on.
const SECOND_PART: i128 = 10;

/// What a task took of a stretch of a lane's time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ran {
    /// Index into [`Analysis::tasks`](super::Analysis::tasks).
    pub task: usize,
    /// Its innermost time as a part of the stretch, 0 to 1.
    pub part: f64,
    /// Whether `part` is exact. If not, it is off by less than a bin.
    pub exact: bool,
}

/// The rows with the most innermost time in a stretch, in ns since the Unix epoch, at whose end the lane ends. The
/// largest first. O(bins of the lane).
pub(super) fn ran(lane: &LaneSummary, rows: &TaskRows, (from_ns, to_ns): (i64, i64)) -> Vec<Ran> {
    let (level, length_ns) = (lane.level(), i128::from(to_ns) - i128::from(from_ns));
    let cut = from_ns >> level;
    let cut_from_ns = (i128::from(cut) << level).max(lane.extent_ns.0.into());
    let cut_to_ns = (i128::from(cut + 1) << level).min(lane.extent_ns.1.into());
    let (cut_ns, behind_ns) = (cut_to_ns - cut_from_ns, cut_to_ns - i128::from(from_ns));
    let mut by_row: BTreeMap<usize, (i128, bool)> = BTreeMap::new();
    for (number, key, ns) in lane.bins_at(level).filter(|&(number, ..)| number >= cut) {
        let ns = i128::from(ns);
        let is_whole = number > cut || behind_ns >= cut_ns;
        let row = rows.of(key).expect("a bin's key is one of its lane's");
        let (sum_ns, exact) = by_row.entry(row).or_insert((0, true));
        *sum_ns += if is_whole { ns } else { ns * behind_ns / cut_ns };
        *exact &= is_whole || ns == cut_ns;
    }
    let mut most: Vec<_> = by_row.into_iter().collect();
    most.sort_by_key(|&(row, (ns, _))| (Reverse(ns), row));
    most.truncate(2);
    if most.get(1).is_some_and(|&(_, (ns, _))| ns * SECOND_PART < length_ns) {
        most.truncate(1);
    }
    let part = |ns: i128| ns as f64 / length_ns as f64;
    most.into_iter().map(|(task, (ns, exact))| Ran { task, part: part(ns), exact }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{drawn, of_trace, summary_of};
    use proptest::prelude::*;

    /// What a lane ran from `from_ns` on, as `task part`, with a `~` where it is not exact.
    #[track_caller]
    fn check(lane: &str, from_ns: i64, expected: &str) {
        let trace = drawn::trace(&[lane]);
        let (summary, analysis) = (summary_of(&trace), of_trace(&trace));
        let (.., of) = summary.lanes().next().unwrap();
        let name = |ran: &Ran| analysis.tasks[ran.task].task.names(trace.keys()).1;
        let text = |ran: &Ran| format!("{} {:.3}{}", name(ran), ran.part, if ran.exact { "" } else { "~" });
        let all = ran(of, &analysis.rows, (from_ns, of.extent_ns.1));
        assert_eq!(all.iter().map(text).collect::<Vec<_>>().join(", "), expected);
    }

    #[test]
    fn the_two_tasks_with_the_most_innermost_time_are_given() {
        check("a(0..100) b(10..40) c(60..85) d(85..90)", 40, "a 0.500, c 0.417");
        check("a(0..100) b(10..40) c(60..65)", 40, "a 0.917");
        check("a(0..100) a(150..190) b(190..200)", 100, "a 0.400, b 0.100");
        check("a(0..10) b(100..100)", 10, "");
    }

    #[test]
    fn in_a_bin_that_is_cut_the_time_counts_by_its_part() {
        // Bins of 1,024.
        check("a(0..1000000) b(1000000..2000000)", 1_500_000, "b 1.000");
        check("a(0..1000000) b(1000000..2000000)", 999_900, "b 1.000~");
        check("a(0..1000000) b(1000000..2000000)", 999_424, "b 0.999");
        check("a(0..1500000) b(1500100..1500200) c(1900000..2000000)", 1_500_050, "c 0.200");
        check("a(0..1500000) b(1500100..1700000) c(1900000..2000000)", 1_500_050, "b 0.400~, c 0.200");
    }

    proptest! {
        #[test]
        fn no_part_is_more_than_the_whole_or_off_by_a_bin(
            spans in prop::collection::vec((0i64..5000, 1i64..2000, 0u8..4), 1..20),
            from in 0i64..5000,
        ) {
            let lane: Vec<_> = spans.iter().map(|&(start, length, task)| (start, Some(start + length), task)).collect();
            let trace = drawn::numbers(&[lane]);
            let (summary, analysis) = (summary_of(&trace), of_trace(&trace));
            let (.., of) = summary.lanes().next().unwrap();
            let stretch = (from, of.extent_ns.1);
            prop_assume!(stretch.0 < stretch.1);
            let found = ran(of, &analysis.rows, stretch);
            prop_assert!(found.iter().map(|ran| ran.part).sum::<f64>() <= 1.0 + 1e-9);
            let mut by_row = vec![0; analysis.tasks.len()];
            let spans = trace.unix_spans(&trace.lanes()[0]);
            crate::analysis::innermost::innermost(&spans, |_| true, |index, from, to| {
                by_row[analysis.rows.of(spans.at(index).key).unwrap()] += (to - from.max(stretch.0)).max(0);
            });
            for Ran { task, part, exact } in found {
                let off = (part - by_row[task] as f64 / (stretch.1 - stretch.0) as f64).abs();
                let bin = if exact { 1e-9 } else { (1 << of.level()) as f64 / (stretch.1 - stretch.0) as f64 };
                prop_assert!(off <= bin, "{task} {off} {bin}");
            }
        }
    }
}
