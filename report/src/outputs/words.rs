//! Words: findings as sentences.
//!
//! Takes a trace's findings. Gives a plain sentence for each: a fact with its figures and units. Names have their
//! display form, long ones without their middle; the caller escapes them. Computes no statistic.

use templates::Process;

use super::{labels, waiting};
use crate::analysis::{Analysis, Fact, Few, Finding, OUTLIER_RATIO, Ran, Task};
use crate::model::Trace;
use crate::text::units;

/// One sentence for each finding, in their order.
pub fn sentences(trace: &Trace, analysis: &Analysis) -> Vec<String> {
    let words = Words { trace, analysis, processes: labels::processes(trace) };
    let first_besides = analysis.findings.iter().position(|finding| finding.fact.around().is_some());
    let findings = analysis.findings.iter().enumerate();
    findings.map(|(index, finding)| words.sentence(finding, Some(index) == first_besides)).collect()
}

struct Words<'a> {
    trace: &'a Trace,
    analysis: &'a Analysis,
    processes: Vec<Process>,
}

impl Words<'_> {
    /// Only the first sentence that leaves out a span explains why.
    fn sentence(&self, finding: &Finding, explains: bool) -> String {
        let why = if explains { ", which contains all other lanes" } else { "" };
        let around = finding.fact.around().map(|task| format!("besides {}{why}, ", self.task(task)));
        let besides = around.unwrap_or_default();
        match finding.fact {
            Fact::Working(ref of) => waiting::sentence(of, |task| self.task(task)),
            Fact::LargestSelf { task, .. } => capitalised(besides) + &self.largest_self(task),
            Fact::FewBusy { stretch, few, mean_busy, mean_waiting, most, unfinished, .. } => {
                let few = self.few_busy(few, (mean_busy, mean_waiting), most, unfinished);
                format!("{} {besides}{few}.", self.when(stretch))
            }
            Fact::EndedLast { lane, lead_ns, part, ref ran, ended, .. } => {
                let among = ended.map_or(String::new(), |ended| {
                    format!("of the {} lanes without an unfinished span, ", units::count(ended as u64))
                });
                let lead = (lead_ns, part);
                capitalised(besides + &among) + &self.ended_last(lane, lead, ran)
            }
            Fact::Outlier { task, ratio, next, others } => self.outlier(task, ratio, next, others),
            Fact::ManyShort { task } => self.many_short(task),
        }
    }

    fn largest_self(&self, task: usize) -> String {
        let row = &self.analysis.tasks[task];
        let own = if row.self_ns == row.total_ns { "" } else { " of its own (self time)" };
        let (self_time, mean) = (units::duration(row.self_ns), self.mean(task));
        let each = match row.count {
            1 if row.exact && mean == self_time => String::new(),
            1 => format!(" of {mean}"),
            _ => format!(", {mean} each on average"),
        };
        let mut others = self.analysis.tasks.iter();
        let waits = others.any(|other| other.self_ns > row.self_ns && other.division.idle_ns() > 0);
        let most = if waits { "took the most time outside waits" } else { "took the most time" };
        let at_least = waiting::at_least(&row.division);
        let on_cpu = row
            .division
            .on_cpu_part()
            .map_or(String::new(), |part| format!(", {at_least}{} of it on a CPU", units::percent(part)));
        format!(
            "{name} {most}: {about}{self_time}{own}, {share} of all busy time{on_cpu}, in {spans}{each}.",
            name = self.task(task),
            about = about(row.exact),
            share = units::percent(row.share),
            spans = units::counted(row.count, "span"),
        )
    }

    /// A stretch of the run, as the beginning of a sentence.
    fn when(&self, (from_ns, to_ns): (i64, i64)) -> String {
        let text = |ns: i64| units::duration(i128::from(ns));
        let (length, end_ns) = (text(to_ns - from_ns), self.trace.end().ns());
        match (from_ns == 0, to_ns == end_ns) {
            (true, true) => format!("During the whole run ({length}),"),
            (true, false) => format!("In the first {length},"),
            (false, true) => format!("In the last {length},"),
            (false, false) => {
                format!("For {length} ({} to {} after the start),", text(from_ns), text(to_ns))
            }
        }
    }

    fn few_busy(
        &self,
        few: Few,
        (mean_busy, mean_waiting): (f64, f64),
        most: Option<(usize, f64)>,
        unfinished: bool,
    ) -> String {
        let mean = units::ratio(mean_busy);
        let waits = mean_waiting > 0.0;
        let busy = if waits { "at work" } else { "busy" };
        let some = match few {
            Few::One => format!("one lane or none was {busy} ({mean} on average)"),
            Few::Half { mean_begun } => format!(
                "{mean} lanes were {busy} on average, of {} that had begun and not yet ended",
                units::ratio(mean_begun)
            ),
        };
        let waiting = if waits {
            format!(", and {} in declared waits", units::ratio(mean_waiting))
        } else {
            String::new()
        };
        match most {
            Some((task, part)) => {
                let (task, part) = (self.task(task), units::percent(part));
                let time = if waits { "the time at work" } else { "the busy time" };
                format!("{some}{waiting}; {task} took {part} of {time} there")
            }
            None if unfinished => "few lanes were busy, and only with spans that never ended".into(),
            None if waits => {
                format!("{} lanes waited on average, and nothing else ran", units::ratio(mean_waiting))
            }
            None => "nothing ran on any lane".into(),
        }
    }

    fn ended_last(&self, lane: usize, (lead_ns, part): (i64, f64), ran: &[Ran]) -> String {
        format!(
            "{lane} ended last, {lead} ({part} of the wall time) after all others{ran}.",
            lane = self.lane(lane),
            lead = units::duration(i128::from(lead_ns)),
            part = units::percent(part),
            ran = self.ran(ran),
        )
    }

    /// What ran in the time just named, as the end of a sentence.
    fn ran(&self, ran: &[Ran]) -> String {
        let part = |ran: &Ran| format!("{}{}", about(ran.exact), units::percent(ran.part));
        match ran {
            [] => "; nothing ran in that time".into(),
            [first, others @ ..] => {
                let first = format!("; {} took {} of that time", self.task(first.task), part(first));
                let others = others.iter().map(|ran| format!(", {} {}", self.task(ran.task), part(ran)));
                first + &others.collect::<String>()
            }
        }
    }

    fn outlier(&self, task: usize, ratio: Option<f64>, next: Option<usize>, others: usize) -> String {
        let row = &self.analysis.tasks[task];
        let duration = |ns: Option<i64>| units::duration(i128::from(ns.unwrap_or(0)));
        let times = ratio.map_or("against a".into(), |ratio| format!("{} times the", units::ratio(ratio)));
        let others = match (next.map(|next| self.task(next)), others) {
            (None, _) => String::new(),
            (Some(next), 0) => format!("; {next} also has a span over {OUTLIER_RATIO} times its median"),
            (Some(next), _) => {
                let others = units::counted(others as u64, "other task");
                format!("; {next} and {others} also have a span over {OUTLIER_RATIO} times their median")
            }
        };
        format!(
            "The longest span of {name} took {max}, {times} median of {median} ({spans}){others}.",
            name = self.task(task),
            max = duration(row.durations.map(|durations| durations.max_ns)),
            spans = units::counted(row.count, "span"),
            median = duration(row.durations.map(|durations| durations.median_ns)),
        )
    }

    fn many_short(&self, task: usize) -> String {
        let row = &self.analysis.tasks[task];
        let own = if row.self_ns == row.total_ns { "" } else { " of their own (self time)" };
        format!(
            "{name} ran in {count} short spans, {mean} each on average. Together they took {about}{self_time}{own}, \
             {share} of all busy time.",
            name = self.task(task),
            count = units::count(row.count),
            mean = self.mean(task),
            about = about(row.exact),
            self_time = units::duration(row.self_ns),
            share = units::percent(row.share),
        )
    }

    /// A task as the table names it: `group / task`, or `task` if it has no group.
    fn task(&self, task: usize) -> String {
        let row = &self.analysis.tasks[task];
        match row.task {
            Task::Others(count) => labels::others(count),
            Task::Named { group, task } => {
                let (group, task) = (self.trace.keys().name(group), self.trace.keys().name(task));
                if group.is_empty() {
                    labels::names(&[task], "")
                } else {
                    labels::names(&[group, task], " / ")
                }
            }
        }
    }

    fn lane(&self, lane: usize) -> String {
        labels::lane(self.trace, &self.processes, lane)
    }

    fn mean(&self, task: usize) -> String {
        let durations = self.analysis.tasks[task].durations;
        units::duration(i128::from(durations.map_or(0, |durations| durations.mean_ns)))
    }
}

/// A phrase of ours as the beginning of a sentence. It begins with an ASCII letter, if it is there.
fn capitalised(mut phrase: String) -> String {
    if let Some(first) = phrase.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    phrase
}

/// The word before a figure that is not exact.
fn about(exact: bool) -> &'static str {
    if exact { "" } else { "about " }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{drawn, of_trace};

    /// The sentences of lanes whose numbers are ms.
    #[track_caller]
    fn check(lanes: &[&str], expected: &[&str]) {
        let trace = drawn::milliseconds(lanes);
        assert_eq!(sentences(&trace, &of_trace(&trace)), expected);
    }

    #[test]
    fn every_sentence_is_a_fact_with_its_figures() {
        let hashes: Vec<String> = (0..200)
            .map(|number| format!("work/hash({}..{})", 5000 + 10 * number, 5007 + 10 * number))
            .collect();
        check(
            &[
                &format!(
                    "16241 main: work/parse(0..1000) work/parse(1000..1030) work/parse(1030..1050) {} \
                     work/end(9000..9100)",
                    hashes.join(" ")
                ),
                "16241 io-1: work/load(0..3000)",
                "16242 main: zip/pack(0..7000) zip/open(100..300)",
            ],
            &[
                "zip / pack took the most time: 6.80 s of its own (self time), 54.2 % of all busy time, in 1 span \
                 of 7.00 s.",
                "For 2.00 s (3.00 s to 5.00 s after the start), one lane or none was busy (1.00 on average); zip / \
                 pack took 100 % of the busy time there.",
                "work · 16241 · main ended last, 2.10 s (23.1 % of the wall time) after all others; work / end took \
                 4.76 % of that time.",
                "The longest span of work / parse took 1.00 s, 33.3 times the median of 30.0 ms (3 spans).",
            ],
        );
    }

    #[test]
    fn a_stretch_is_told_by_where_it_lies() {
        let when = |lanes: &[&str]| {
            let trace = drawn::milliseconds(lanes);
            let analysis = of_trace(&trace);
            let is_few = |finding: &Finding| matches!(finding.fact, Fact::FewBusy { .. });
            let at = analysis.findings.iter().position(is_few).unwrap();
            sentences(&trace, &analysis).swap_remove(at)
        };
        let idle = ["a(0..40) a(60..100)", "a(0..40) a(60..100)"];
        assert_eq!(
            when(&idle),
            // To the width of a bin, 65 us here.
            "For 19.9 ms (40.0 ms to 60.0 ms after the start), nothing ran on any lane."
        );
        assert_eq!(
            when(&["a(0..90)", "b(90..100)", "b(90..100)"]),
            "In the first 90.0 ms, one lane or none was busy (1.00 on average); g / a took 100 % of the busy time \
             there."
        );
        assert_eq!(
            when(&["a(0..50)", "b(50..75) c(55..56)", "b(75..100) c(99..100)", "c(99..100)"]),
            "In the first 99.0 ms, one lane or none was busy (1.00 on average); g / a took 50.5 % of the busy time \
             there."
        );
        assert_eq!(
            when(&["a(0..)", "a(90..)", "a(100..)"]),
            "In the first 90.0 ms, few lanes were busy, and only with spans that never ended."
        );
        let five =
            ["a(0..100)", "a(0..100)", "b(0..20) b(80..100)", "b(0..20) b(80..100)", "b(0..20) b(80..100)"];
        assert_eq!(
            when(&five),
            "For 59.9 ms (20.1 ms to 80.0 ms after the start), 2.00 lanes were busy on average, of 5.00 that had \
             begun and not yet ended; g / a took 100 % of the busy time there."
        );
    }

    #[test]
    fn a_span_around_all_other_lanes_is_left_out_and_named() {
        check(
            &["1 main: make(0..100)", "1 a: cc(1..30) ld(50..99)", "1 b: cc(1..31)", "1 c: cc(1..31)"],
            &[
                "Besides g / make, which contains all other lanes, g / cc took the most time: 89.0 ms, 37.4 % of \
                 all busy time, in 3 spans, 29.7 ms each on average.",
                "Besides g / make, g · 1 · a ended last, 68.0 ms (68.0 % of the wall time) after all others; g / ld \
                 took 72.1 % of that time.",
            ],
        );
    }

    #[test]
    fn self_times_that_are_not_exact_are_about_right() {
        check(
            &["a(0..10) b(5..20)"],
            &["g / b took the most time: about 15.0 ms, 75.0 % of all busy time, in 1 span of 15.0 ms."],
        );
    }

    #[test]
    fn a_lane_that_never_ended_did_not_end_last() {
        let lanes = ["1 main: a(0..50) b(90..)", "2 main: a(0..60)", "3 main: a(0..100)"];
        let trace = drawn::milliseconds(&lanes);
        assert_eq!(
            sentences(&trace, &of_trace(&trace)).last().unwrap(),
            "Of the 2 lanes without an unfinished span, g · 3 · main ended last, 40.0 ms (40.0 % of the wall time) \
             after all others; g / a took 100 % of that time."
        );
    }

    #[test]
    fn outliers_beside_it_are_named_and_counted() {
        let lanes = ["a(0..0) a(1..1) a(2..32) b(40..41) b(41..42) b(42..62) c(70..71) c(71..72) c(72..90)"];
        let trace = drawn::milliseconds(&lanes);
        assert_eq!(
            sentences(&trace, &of_trace(&trace))[1],
            "The longest span of g / a took 30.0 ms, against a median of 0 ns (3 spans); g / b and 1 other task \
             also have a span over 10 times their median."
        );
        let trace = drawn::milliseconds(&["a(0..0) a(1..1) a(2..32) b(40..41) b(41..42) b(42..62)"]);
        assert_eq!(
            sentences(&trace, &of_trace(&trace))[1],
            "The longest span of g / a took 30.0 ms, against a median of 0 ns (3 spans); g / b also has a span over \
             10 times its median."
        );
    }

    #[test]
    fn the_work_at_the_end_is_named_by_its_innermost_tasks() {
        let items = |length: i64| {
            let item = |number: i64| format!("worker/item({}..{})", number * length, (number + 1) * length);
            (0..10).map(item).collect::<Vec<_>>().join(" ")
        };
        // One span contains all other lanes. No sentence is about it, so none leaves it out.
        check(
            &[
                "1 main: main/program(0..4250) main/merge(3041..4250) main/sort(3045..3745) main/write(3750..4250)",
                &format!("2 main: {}", items(304)),
                &format!("2 io: {}", items(300)),
                &format!("3 main: {}", items(302)),
            ],
            &[
                "worker / item took the most time: 9.06 s, 68.1 % of all busy time, in 30 spans, 302 ms each on \
                 average.",
                "main · 1 · main ended last, 1.21 s (28.5 % of the wall time) after all others; main / sort took \
                 57.9 % of that time, main / write 41.3 %.",
            ],
        );
    }

    #[test]
    fn a_part_of_the_end_that_a_bin_cuts_is_about_right() {
        check(
            &["1 main: a(0..1500) b(1500..2000)", "2 main: c(0..1500)"],
            &[
                "g / a took the most time: 1.50 s, 42.9 % of all busy time, in 1 span.",
                "g · 1 · main ended last, 500 ms (25.0 % of the wall time) after all others; g / b took about 99.9 \
                 % of that time.",
            ],
        );
    }

    #[test]
    fn where_an_instant_ends_the_last_lane_nothing_ran_before_it() {
        check(
            &["1 main: a(0..50) b(100..100)", "2 main: a(0..60)"],
            &[
                "g / a took the most time: 110 ms, 100 % of all busy time, in 2 spans, 55.0 ms each on average.",
                "g · 1 · main ended last, 40.0 ms (40.0 % of the wall time) after all others; nothing ran in that \
                 time.",
            ],
        );
    }

    #[test]
    fn lanes_that_wait_are_not_at_work() {
        check(
            &["serial(0..60) a(60..100)", "q~(0..60) a(60..100)", "q~(0..60) a(60..100)"],
            &[
                "g / a took the most time: 120 ms, 40.0 % of all busy time, in 3 spans, 40.0 ms each on average.",
                "40.0 % of all busy time was waiting: 120 ms in g / q.",
                "In the first 60.0 ms, one lane or none was at work (1.00 on average), and 2.00 in declared waits; g / \
                 serial took 100 % of the time at work there.",
            ],
        );
    }

    #[test]
    fn long_names_lose_their_middles_and_not_the_figures() {
        let long = "n".repeat(200);
        check(
            &[&format!("1 main: {long}/{long}(0..100)"), &format!("1 {long}: {long}/b(0..50)")],
            &[
                "nnnnnnnnnn…nnnnnnnnn / nnnnnnnnnn…nnnnnnnnn took the most time: 100 ms, 66.7 % of all busy time, \
                 in 1 span.",
                "nnnnnnnnnnnnnnnnn…nnnnnnnnnnnnnnnnn · 1 · main ended last, 50.0 ms (50.0 % of the wall time) after \
                 all others; nnnnnnnnnn…nnnnnnnnn / nnnnnnnnnn…nnnnnnnnn took 100 % of that time.",
            ],
        );
    }

    #[test]
    fn a_trace_without_findings_has_no_sentence() {
        check(&[], &[]);
        check(&["a(5..5)"], &[]);
        check(&["a(0..)", "b(5..)"], &[]);
    }
}
