//! Findings: the few facts that show where the time went.
//!
//! Takes the summaries of lanes and their table. Gives at most four facts, each with the window and the span that
//! show it in the chart. The span is looked up among those that the trace still has. The constants below say when a
//! fact is worth reporting. Among equals the first one counts, in the order of the table, the lanes or time. The
//! values are typed; an output writes the sentences.

use std::cmp::Reverse;

use rayon::prelude::*;

use super::concurrency::{self, Bins};
use super::cpu_use::CpuUse;
use super::fact::{Fact, Few, Finding, SpanIndex};
use super::innermost::longest_innermost;
use super::statistics::{DurationFigures, Task, TaskRows, TaskStatistics};
use super::tail;
use super::umbrella::{Counted, Umbrella};
use super::wall::Wall;
use super::working::{self, Subject};
use crate::model::summary::LaneSummary;
use crate::model::{KeyId, Span, Trace};

/// The most facts: more would not be read.
const MOST: usize = 4;

/// A stretch is worth a sentence from 1/20 of the wall time on. A shorter one hardly lengthens the run.
const STRETCH_PART: i128 = 20;

/// A span is an outlier when it took more than this many times its task's median: far more than a busy machine
/// adds.
pub(crate) const OUTLIER_RATIO: i64 = 10;

/// With fewer spans than this, the median does not show what is usual.
const OUTLIER_COUNT: u64 = 3;

/// An outlier is worth a sentence from 1/100 of the wall time on.
const OUTLIER_PART: i128 = 100;

/// The least number of spans that counts as many.
const MANY_COUNT: u64 = 100;

/// Spans are short when their mean is at most 1/1,000 of the wall time: hardly visible in the chart.
const SHORT_PART: i128 = 1000;

/// Many short spans are worth a sentence from 1/10 of the busy time on.
const SUM_PART: i128 = 10;

/// The chart shows a quarter of the stretch on either side of it.
const AIR_PART: i64 = 4;

/// The least time shown on either side, for a stretch without length.
const LEAST_AIR_NS: i64 = 1;

/// The input of [`findings`].
pub(super) struct Run<'a> {
    pub(super) trace: &'a Trace,
    /// In the trace's order.
    pub(super) lanes: &'a [&'a LaneSummary],
    /// By self time, the largest first.
    pub(super) tasks: &'a [TaskStatistics],
    pub(super) rows: &'a TaskRows,
    pub(super) wall: Wall,
    pub(super) bins: Bins,
    /// The busy time of all lanes, in ns.
    pub(super) busy_ns: i128,
    pub(super) used: CpuUse,
}

/// The facts of a run: the most important come first.
pub(super) fn findings(run: &Run<'_>) -> Vec<Finding> {
    let around = Umbrella::of(run.lanes, run.tasks, run.rows);
    let counted = Counted::of(run.lanes, around.as_ref());
    let ended_last = run.ended_last(&Counted::of(run.lanes, None)).or_else(|| run.ended_last(&counted));
    let until_ns = ended_last.as_ref().and_then(|tail| tail.selected).map_or(i64::MAX, |tail| tail.0);
    let few_busy = run.few_busy(&counted, until_ns);
    let working = run.working(around.as_ref());
    let largest = run.largest_self(around);
    let many_short = run.many_short(largest.as_ref());
    let is_first = |finding: &Finding| matches!(&finding.fact, Fact::Working(of) if of.is_mostly_waiting);
    let (first, second) = match working {
        Some(working) if is_first(&working) => (Some(working), largest),
        working => (largest, working),
    };
    let found = [first, second, few_busy, ended_last, run.outlier(), many_short];
    found.into_iter().flatten().take(MOST).collect()
}

impl Run<'_> {
    fn largest_self(&self, around: Option<Umbrella>) -> Option<Finding> {
        let is_named = |task: &usize| matches!(self.tasks[*task].task, Task::Named { .. });
        let work_ns = |task: usize| self.tasks[task].self_ns - self.tasks[task].division.idle_ns();
        let mut tasks: Vec<usize> =
            (0..self.tasks.len()).filter(is_named).filter(|&task| work_ns(task) > 0).collect();
        tasks.sort_by_key(|&task| Reverse(work_ns(task))); // stable: ties in table order
        let (first, second) = (*tasks.first()?, tasks.get(1).copied());
        let around = around.map(|around| around.task).filter(|&task| task == first && second.is_some());
        let task = second.filter(|_| around.is_some()).unwrap_or(first);
        Some(self.of_task(task, Fact::LargestSelf { task, around }))
    }

    fn working(&self, around: Option<&Umbrella>) -> Option<Finding> {
        let processes: Vec<usize> = self.trace.lanes().iter().map(|lane| lane.process).collect();
        let working = working::working(&Subject {
            lanes: self.lanes,
            processes: &processes,
            keys: self.trace.keys(),
            rows: self.rows,
            task_count: self.tasks.len(),
            wall: self.wall,
            bins: self.bins,
            used: self.used,
            around: around.map(|around| (around.lane, around.key)),
        })?;
        let most = [working.wait, working.off_cpu].into_iter().flatten().max_by_key(|&(_, ns)| ns);
        let fact = Fact::Working(Box::new(working));
        Some(match most {
            Some((task, _)) => self.of_task(task, fact),
            None => Finding { fact, window: self.whole(), selected: None, pinned: None },
        })
    }

    fn few_busy(&self, counted: &Counted<'_>, until_ns: i64) -> Option<Finding> {
        let lanes = counted.lanes();
        if lanes.len() < 2 {
            return None;
        }
        let busy = concurrency::concurrency(&lanes, self.trace.keys(), self.bins);
        let working_ns = busy.working_ns();
        let occupied_ns = concurrency::occupied(&lanes, self.trace.keys(), self.bins, &working_ns);
        let begun_ns = concurrency::begun(&lanes, &counted.extents, self.bins);
        let most = if lanes.len() > 2 { 1 } else { 0 };
        let one = concurrency::longest_few(&occupied_ns, self.bins, until_ns, |bin, width_ns| {
            occupied_ns[bin] <= most * width_ns
        });
        let half = concurrency::longest_few(&occupied_ns, self.bins, until_ns, |bin, _| {
            2 * occupied_ns[bin] < begun_ns[bin]
        });
        let length_ns = |run: &std::ops::Range<usize>| {
            let (from_ns, to_ns) = self.bins.stretch(run.clone());
            to_ns - from_ns
        };
        // The last of equals.
        let (run, is_half) = (half.map(|run| (run, true)).into_iter())
            .chain(one.map(|run| (run, false)))
            .max_by_key(|(run, _)| length_ns(run))?;
        let length_ns = length_ns(&run);
        if !self.is_part(length_ns, STRETCH_PART) {
            return None;
        }
        let sum = |ns: &[i128]| ns[run.clone()].iter().sum::<i128>();
        let (busy_ns, stretch) = (sum(&working_ns), self.bins.stretch(run.clone()));
        let waiting_ns = sum(&busy.busy_ns) - busy_ns;
        let times = (lanes.iter().flat_map(|lane| lane.bins_at(self.bins.level)))
            .filter(|&(number, ..)| run.contains(&self.bins.place(number)))
            .filter(|&(_, key, _)| !self.trace.keys().key(key).is_wait())
            .map(|(_, key, ns)| (key, ns));
        let mean = |ns: i128| ns as f64 / length_ns as f64;
        let fact = Fact::FewBusy {
            stretch,
            few: if is_half { Few::Half { mean_begun: mean(sum(&begun_ns)) } } else { Few::One },
            mean_busy: mean(busy_ns),
            mean_waiting: mean(waiting_ns),
            most: self.most(times).map(|(task, ns)| (task, ns as f64 / busy_ns as f64)),
            unfinished: sum(&occupied_ns) > busy_ns,
            around: counted.around,
        };
        Some(Finding { fact, window: self.with_air(stretch), selected: Some(stretch), pinned: None })
    }

    fn ended_last(&self, counted: &Counted<'_>) -> Option<Finding> {
        let lanes = counted.lanes();
        let origin_ns = self.wall.unix_ns.0;
        let mut ends: Vec<(i64, usize)> = (counted.extents.iter().enumerate())
            .filter(|&(place, _)| lanes[place].unfinished_ns().is_none())
            .map(|(place, extent_ns)| (extent_ns.1 - origin_ns, place))
            .collect();
        let ended = Some(ends.len()).filter(|&ended| ended < lanes.len());
        // Stable: lanes that end together stay in their order.
        ends.sort_by_key(|&(end_ns, _)| Reverse(end_ns));
        let &[(end_ns, last), (next_end_ns, _), ..] = ends.as_slice() else { return None };
        let lead_ns = end_ns - next_end_ns;
        if lead_ns == 0 || !self.is_part(lead_ns, STRETCH_PART) {
            return None;
        }
        let part = lead_ns as f64 / self.wall.length_ns() as f64;
        let lead = (next_end_ns, end_ns);
        let ran = tail::ran(lanes[last], self.rows, (origin_ns + next_end_ns, origin_ns + end_ns));
        let lane = counted.index[last];
        let spans = &self.trace.lanes()[lane].spans;
        let longest = longest_innermost(spans, lead).map(|(span, _)| span);
        // Nothing ran in that time: an instant ended the lane.
        let is_span = |span: &Span| !self.trace.keys().key(span.key).is_point();
        let ends = |span: &Span| is_span(span) && span.end.is_some_and(|end| end.ns() == end_ns);
        let instant = || spans.iter().position(|span| ends(&span));
        Some(Finding {
            fact: Fact::EndedLast { lane, lead_ns, part, ran, ended, around: counted.around },
            window: self.with_air(lead),
            selected: Some(lead),
            pinned: longest.or_else(instant).map(|span| SpanIndex { lane, span }),
        })
    }

    fn outlier(&self) -> Option<Finding> {
        let excess_ns = |durations: DurationFigures| durations.max_ns - durations.median_ns;
        let mut like: Vec<(usize, DurationFigures)> = (self.tasks.iter().enumerate())
            .filter(|(_, task)| task.count >= OUTLIER_COUNT && matches!(task.task, Task::Named { .. }))
            .filter(|(_, task)| task.timings == 0) // they are in no part of the chart
            .filter_map(|(task, row)| Some((task, row.durations?)))
            .filter(|(_, durations)| {
                durations.max_ns > durations.median_ns.saturating_mul(OUTLIER_RATIO)
                    && self.is_part(durations.max_ns, OUTLIER_PART)
            })
            .collect();
        like.sort_by_key(|&(_, durations)| Reverse(excess_ns(durations))); // stable: ties in table order
        let &(task, DurationFigures { max_ns, median_ns, .. }) = like.first()?;
        let ratio = (median_ns > 0).then(|| max_ns as f64 / median_ns as f64);
        let (next, others) = (like.get(1).map(|&(next, _)| next), like.len().saturating_sub(2));
        let finding = self.of_task(task, Fact::Outlier { task, ratio, next, others });
        let window = finding.pinned.map_or(finding.window, |SpanIndex { lane, span }| {
            let start_ns = self.trace.lanes()[lane].spans.at(span).start.ns();
            self.with_air((start_ns, start_ns + max_ns))
        });
        Some(Finding { window, ..finding })
    }

    /// `largest` has its sentence already.
    fn many_short(&self, largest: Option<&Finding>) -> Option<Finding> {
        let wall_ns = i128::from(self.wall.length_ns());
        let is_told = |index: usize| {
            largest.is_some_and(|of| matches!(of.fact, Fact::LargestSelf { task, .. } if task == index))
        };
        let is_such = |(index, task): (usize, &TaskStatistics)| {
            matches!(task.task, Task::Named { .. })
                && !is_told(index)
                && task.count >= MANY_COUNT
                && task.total_ns * SHORT_PART <= wall_ns * i128::from(task.count)
                && task.self_ns > 0
                && task.self_ns * SUM_PART >= self.busy_ns
        };
        // Tasks are sorted by self time, so the first match is the largest.
        let task = self.tasks.iter().enumerate().position(is_such)?;
        Some(self.of_task(task, Fact::ManyShort { task }))
    }

    /// A fact of the whole run, shown by the task's longest span if the trace still has it.
    fn of_task(&self, task: usize, fact: Fact) -> Finding {
        let longest_ns = self.tasks[task].durations.map(|durations| durations.max_ns);
        let is_longest = |span: Span| {
            span.duration_ns() == longest_ns && longest_ns.is_some() && self.rows.of(span.key) == Some(task)
        };
        let pinned = (self.trace.lanes().par_iter().enumerate()).find_map_first(|(lane, of)| {
            of.spans.iter().position(is_longest).map(|span| SpanIndex { lane, span })
        });
        Finding { fact, window: self.whole(), selected: None, pinned }
    }

    /// The row with the most time, and that time; the first of the table if several are equal.
    fn most(&self, times: impl Iterator<Item = (KeyId, i64)>) -> Option<(usize, i128)> {
        let mut by_row = vec![0; self.tasks.len()];
        for (key, ns) in times {
            by_row[self.rows.of(key).expect("a bin's key is one of its lane's")] += i128::from(ns);
        }
        let rows = by_row.into_iter().enumerate().filter(|&(_, ns)| ns > 0);
        rows.max_by_key(|&(row, ns)| (ns, Reverse(row)))
    }

    fn whole(&self) -> (i64, i64) {
        (0, self.wall.length_ns())
    }

    /// Whether a length of time is at least 1/`part` of the wall time.
    fn is_part(&self, length_ns: i64, part: i128) -> bool {
        i128::from(length_ns) * part >= i128::from(self.wall.length_ns())
    }

    /// The stretch, widened on both sides.
    fn with_air(&self, stretch: (i64, i64)) -> (i64, i64) {
        around(stretch, self.wall.length_ns())
    }
}

/// The stretch, widened on both sides, clipped to a trace that ends at `end_ns`.
pub(crate) fn around(stretch: (i64, i64), end_ns: i64) -> (i64, i64) {
    let air_ns = ((stretch.1 - stretch.0) / AIR_PART).max(LEAST_AIR_NS);
    ((stretch.0 - air_ns).max(0), stretch.1.saturating_add(air_ns).min(end_ns))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{Crowd, drawn, of_trace};
    use proptest::prelude::*;

    /// One line for each finding: the fact, `[window]`, `<selected>`, `@lane.span`.
    fn found(trace: &Trace) -> Vec<String> {
        let analysis = of_trace(trace);
        let name = |task: usize| analysis.tasks[task].task.names(trace.keys()).1;
        let besides =
            |around: Option<usize>| around.map_or(String::new(), |task| format!(" besides {}", name(task)));
        let line = |finding: &Finding| {
            let fact = match &finding.fact {
                Fact::LargestSelf { task, around } => format!("largest {}{}", name(*task), besides(*around)),
                Fact::Working(of) => {
                    let task = |of: Option<(usize, i128)>| {
                        of.map_or("-".into(), |(task, ns)| format!("{} {ns}", name(task)))
                    };
                    let cpus = of.cores_used.map_or("-".into(), |used| format!("{used:.2}"));
                    let crowded = if of.crowd == Crowd::No { "" } else { " crowded" };
                    format!(
                        "working {:.2} on {cpus}: wait {}, off {}{crowded}{}",
                        of.lanes,
                        task(of.wait),
                        task(of.off_cpu),
                        besides(of.around),
                    )
                }
                Fact::FewBusy { stretch, few, mean_busy, mean_waiting, most, unfinished, around } => {
                    let waiting =
                        if *mean_waiting > 0.0 { format!(" +{mean_waiting:.2}") } else { String::new() };
                    assert_eq!(finding.selected, Some(*stretch));
                    let most =
                        most.map_or("nothing".into(), |(task, part)| format!("{} {part:.2}", name(task)));
                    let mark = if *unfinished { " ~" } else { "" };
                    let few = match few {
                        Few::One => "one".into(),
                        Few::Half { mean_begun } => format!("half of {mean_begun:.2}"),
                    };
                    format!("few {few} {mean_busy:.2}{waiting} {most}{mark}{}", besides(*around))
                }
                Fact::EndedLast { lane, lead_ns, part, ran, ended, around } => {
                    let among = ended.map_or(String::new(), |ended| format!(" of {ended}"));
                    let ran: String =
                        ran.iter().map(|ran| format!(" {} {:.2}", name(ran.task), ran.part)).collect();
                    let besides = besides(*around);
                    format!("last {lane} by {lead_ns} ({part:.2}){among}:{ran}{besides}")
                }
                Fact::Outlier { task, ratio, next, others } => {
                    let ratio = ratio.map_or("-".into(), |ratio| format!("{ratio:.1}"));
                    let next = next.map_or(String::new(), |next| format!(" {} +{others}", name(next)));
                    format!("outlier {} {ratio}{next}", name(*task))
                }
                Fact::ManyShort { task } => format!("many {}", name(*task)),
            };
            let selected = finding.selected.map_or(String::new(), |(from, to)| format!(" <{from}..{to}>"));
            let pinned = finding.pinned.map_or(String::new(), |at| format!(" @{}.{}", at.lane, at.span));
            let (from, to) = finding.window;
            format!("{fact} [{from}..{to}]{selected}{pinned}")
        };
        analysis.findings.iter().map(line).collect()
    }

    #[track_caller]
    fn check(lanes: &[&str], expected: &[&str]) {
        assert_eq!(found(&drawn::trace(lanes)), expected);
    }

    /// `count` spans of a task, each `length` long, one every `step` from `start` on.
    fn row(task: &str, count: i64, start: i64, step: i64, length: i64) -> String {
        let spans = (0..count).map(|number| start + number * step);
        spans.map(|start| format!("{task}({start}..{})", start + length)).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn the_task_with_the_largest_self_time_is_told_and_its_longest_span_pinned() {
        check(&["a(0..90) b(10..30) b(40..80)"], &["largest b [0..90] @0.2"]);
        // Of equally long spans, the first lane's counts.
        check(&["a(0..10)", "b(0..20)", "b(0..20)"], &["largest b [0..20] @1.0"]);
    }

    #[test]
    fn without_busy_time_no_task_is_the_largest() {
        check(&[], &[]);
        check(&["a(5..5)"], &[]);
        check(&["a(5..5)", "a(5..5)"], &[]);
        check(&["a(0..)"], &[]);
        check(&["a(0..)", "b(100..)"], &[]);
        check(&["a(0..)", "b(90..)", "b(100..)"], &["few one 0.00 nothing ~ [0..100] <0..90>"]);
    }

    #[test]
    fn the_longest_stretch_with_few_lanes_busy_is_told_with_what_ran() {
        check(
            &["a(0..40) b(40..100) c(50..60)", "d(0..40) e(90..100)", "d(0..40) e(90..100)"],
            &["largest d [0..100] @1.0", "few one 1.00 b 0.80 [28..100] <40..90>"],
        );
    }

    #[test]
    fn a_stretch_in_which_nothing_ran_is_told() {
        check(
            &["a(0..40) a(60..100)", "a(0..40) a(60..100)"],
            &["largest a [0..100] @0.0", "few one 0.00 nothing [35..65] <40..60>"],
        );
    }

    #[test]
    fn lanes_that_have_ended_or_not_begun_are_not_idle() {
        // Two of the nine lanes run at any time.
        let steps = |offset: i64| {
            (0..4).map(move |step| format!("s({}..{})", offset + 20 * step, offset + 20 * step + 20))
        };
        let lanes: Vec<String> = steps(0).chain(steps(0)).chain(["s(79..80)".to_owned()]).collect();
        check(&lanes.iter().map(String::as_str).collect::<Vec<_>>(), &["largest s [0..80] @0.0"]);
        // Of six that have begun and not ended, two run.
        let six =
            ["a(0..100)", "a(0..100)", "b(0..20) b(80..100)", "b(0..20) b(80..100)", "b(0..20) b(80..100)"];
        check(&six, &["largest a [0..100] @0.0", "few half of 5.00 2.00 a 1.00 [5..95] <20..80>"]);
    }

    #[test]
    fn one_busy_lane_is_told_and_so_is_the_lane_that_ended_last() {
        check(
            &["a(0..40) c(40..60)", "b(40..70)", "b(40..70)", "b(40..100)"],
            &[
                "largest b [0..100] @3.0",
                "few one 1.00 a 1.00 [0..50] <0..40>",
                "last 3 by 30 (0.30): b 1.00 [63..100] <70..100> @3.0",
            ],
        );
    }

    #[test]
    fn a_span_around_all_other_lanes_is_left_out_and_named() {
        check(
            &["make(0..100)", "cc(1..30) ld(50..99)", "cc(1..31)", "cc(1..31)"],
            &[
                "largest cc besides make [0..100] @2.0",
                "last 1 by 68 (0.68): ld 0.72 besides make [14..100] <31..99> @1.1",
            ],
        );
        // It alone ran at the end.
        check(
            &["make(0..100)", "cc(0..80)", "cc(0..80)"],
            &["largest cc [0..100] @1.0", "last 0 by 20 (0.20): make 1.00 [75..100] <80..100> @0.0"],
        );
        // What the others did was little.
        check(
            &["a(0..100)", "b(10..20)", "b(90..97)"],
            &["largest a [0..100] @0.0", "few one 1.00 a 1.00 [3..100] <20..90>"],
        );
    }

    #[test]
    fn a_short_stretch_with_few_lanes_busy_is_not_told() {
        check(&["a(0..48) a(52..100)", "a(0..48) a(52..100)"], &["largest a [0..100] @0.0"]);
    }

    #[test]
    fn half_of_the_lanes_is_not_few() {
        check(&["a(0..100)", "b(0..50) b(99..100)"], &["largest a [0..100] @0.0"]);
    }

    #[test]
    fn one_lane_is_neither_few_nor_last() {
        check(&["a(0..10) a(90..100)"], &["largest a [0..100] @0.0"]);
    }

    #[test]
    fn a_killed_run_does_not_end_idly() {
        // Three of four lanes were inside a span when the run was killed.
        check(
            &["a(0..100)", "c(0..5) b(5..)", "c(0..5) b(5..)", "c(0..5) b(5..)"],
            &["largest a [0..100] @0.0"],
        );
        // One of five lanes was, and three had ended long before.
        check(
            &["a(0..10) b(20..)", "a(0..10)", "a(0..10)", "a(0..10)", "c(0..100)"],
            &["largest c [0..100] @4.0", "last 4 by 90 (0.90) of 4: c 1.00 [0..100] <10..100> @4.0"],
        );
    }

    #[test]
    fn the_lane_that_ended_last_is_told_with_what_it_ran_meanwhile() {
        check(
            &["a(0..80)", "a(0..10) b(20..100) c(60..100)"],
            &["largest a [0..100] @0.0", "last 1 by 20 (0.20): c 1.00 [75..100] <80..100> @1.2"],
        );
    }

    #[test]
    fn lanes_that_end_together_are_not_told() {
        check(&["a(0..100)", "a(0..97)", "b(0..20)"], &["largest a [0..100] @0.0"]);
        check(&["a(0..100)", "a(0..100)", "b(0..20)"], &["largest a [0..100] @0.0"]);
        // The other lane has no end to compare with.
        check(&["a(0..100)", "a(0..10) b(20..)"], &["largest a [0..100] @0.0"]);
    }

    #[test]
    fn the_task_with_the_span_farthest_over_its_median_is_told() {
        // a: median 2, longest 21. b: median 1, longest 11. c: median 4, longest 40: exactly ten times, so no
        // outlier.
        check(
            &["a(0..2) a(2..4) a(4..25) b(25..26) b(26..27) b(27..38) c(40..44) c(44..48) c(48..88)"],
            &["largest c [0..88] @0.8", "outlier a 10.5 b +0 [0..30] @0.2"],
        );
    }

    #[test]
    fn a_span_beside_instants_is_an_outlier_without_a_ratio() {
        check(&["a(0..0) a(1..1) a(2..12)"], &["largest a [0..12] @0.2", "outlier a - [0..12] @0.2"]);
    }

    #[test]
    fn too_few_spans_or_too_short_a_one_are_no_outlier() {
        check(&["a(0..1) a(2..100)"], &["largest a [0..100] @0.1"]);
        check(&["a(0..1) a(1..2) a(2..14) b(14..1300)"], &["largest b [0..1300] @0.3"]);
    }

    #[test]
    fn many_short_spans_with_a_large_sum_are_told() {
        let many = row("s", 100, 500, 5, 1);
        check(
            &[&format!("a(0..400) {many} b(999..1000)")],
            &["largest a [0..1000] @0.0", "many s [0..1000] @0.1"],
        );
    }

    #[test]
    fn few_or_long_spans_or_a_small_sum_are_not_told() {
        let check_silent = |spans: &str| {
            check(&[&format!("a(0..400) {spans} b(999..1000)")], &["largest a [0..1000] @0.0"]);
        };
        check_silent(&row("s", 99, 500, 5, 1));
        check_silent(&row("s", 100, 500, 4, 2));
        check(
            &[&format!("a(0..4000) {} b(9999..10000)", row("s", 100, 5000, 5, 1))],
            &["largest a [0..10000] @0.0"],
        );
    }

    #[test]
    fn many_short_spans_that_take_the_most_time_have_their_sentence_already() {
        check(&[&format!("{} b(999..1000)", row("s", 100, 0, 5, 1))], &["largest s [0..1000] @0.0"]);
        // Also where a span around all others takes more.
        let many = format!("{} b(8999..9000)", row("s", 300, 0, 28, 8));
        check(
            &["a(0..9000)", &many, &many],
            &[
                "largest s besides a [0..9000] @1.0",
                "few one 0.00 nothing besides a [8232..9000] <8384..8992>",
            ],
        );
    }

    proptest! {
        #[test]
        fn any_trace_has_findings_that_lie_inside_it(
            lanes in prop::collection::vec(
                prop::collection::vec((0i64..40, prop::option::weighted(0.9, 0i64..20), 0u8..3), 1..12), 1..5),
        ) {
            let lanes: Vec<Vec<_>> = lanes.into_iter()
                .map(|lane| lane.into_iter().map(|(start, length, task)| (start, length.map(|length| start + length), task)).collect())
                .collect();
            let trace = drawn::numbers(&lanes);
            let end_ns = trace.end().ns();
            let findings = of_trace(&trace).findings;
            prop_assert!(findings.len() <= MOST);
            for finding in &findings {
                let (from, to) = finding.window;
                prop_assert!(0 <= from && from < to && to <= end_ns, "{:?}", finding);
                if let Some(selected) = finding.selected {
                    prop_assert!(from <= selected.0 && selected.0 < selected.1 && selected.1 <= to, "{:?}", finding);
                }
                if let Some(at) = finding.pinned {
                    prop_assert!(at.span < trace.lanes()[at.lane].spans.len(), "{:?}", finding);
                }
            }
        }
    }
}
