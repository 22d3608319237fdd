//! Words: findings as sentences.
//!
//! Takes a trace's findings. Gives a plain sentence for each: a fact with its figures and units. Names have their
//! display form, long ones without their middle; the caller escapes them. Computes no statistic.

use templates::Process;

use super::labels;
use crate::analysis::{Analysis, Division, Fact, Few, Finding, OUTLIER_RATIO, Ran, Task, Working};
use crate::model::Trace;
use crate::text::units;

/// The system's word on threads that waited for a core is worth it from 1/20 of the busy time on.
const QUEUED_PART: i128 = 20;

/// Of two kinds of waits, both are named if each is at least 1/20.
const PART_OF_WAITS: i128 = 20;

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
        let why = match finding.fact {
            Fact::Working(_) => ", which waited around other lanes",
            _ if explains => ", which contains all other lanes",
            _ => "",
        };
        let around = finding.fact.around().map(|task| format!("besides {}{why}, ", self.task(task)));
        let besides = around.unwrap_or_default();
        match finding.fact {
            Fact::Working(ref of) => capitalised(besides + &self.working(of)),
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
        let most = if waits { "did the most work" } else { "took the most time" };
        let Division { on_cpu_ns, .. } = row.division;
        let is_known = 2 * row.division.known_ns() >= row.self_ns;
        let on_cpu = if is_known {
            format!(", {} of it on a CPU", units::percent(on_cpu_ns as f64 / row.self_ns as f64))
        } else {
            String::new()
        };
        format!(
            "{name} {most}: {about}{self_time}{own}, {share} of all busy time{on_cpu}, in {spans}{each}.",
            name = self.task(task),
            about = about(row.exact),
            share = units::percent(row.share),
            spans = units::counted(row.count, "span"),
        )
    }

    fn working(&self, of: &Working) -> String {
        let waits = self.waits(of);
        if !of.is_mostly_waiting {
            let busy_ns = of.division.busy_ns();
            let part = units::percent(of.division.idle_ns() as f64 / busy_ns as f64);
            return format!("{part} of all busy time was waiting: {waits}.");
        }
        let lanes = units::ratio(of.lanes);
        let cores =
            of.used.cores.map_or("cores".into(), |cores| format!("of {}", units::counted(cores, "core")));
        let worked = of.cores_used.map_or(String::new(), |used| {
            let used = units::ratio(used);
            match of.is_of_spans {
                true => format!(" and used {used} {cores}"),
                false => format!(", and the run used {used} {cores}"),
            }
        });
        let queued_ns =
            of.used.run_queue_ns.map(i128::from).filter(|&ns| ns * QUEUED_PART >= of.division.busy_ns());
        let queued = queued_ns.map_or(String::new(), |ns| {
            format!("; the system says that threads waited for a core for at least {}", units::duration(ns))
        });
        let waits = match waits.as_str() {
            "" => ". In which spans is not known: record with WATERFALL_CPU=1 to see that".to_owned(),
            waits => format!(", {waits}"),
        };
        format!("on average, {lanes} lanes were in spans{worked}: they mostly waited{waits}{queued}.")
    }

    /// What lanes waited for, and in which tasks.
    fn waits(&self, of: &Working) -> String {
        let Division { wait_ns, off_cpu_ns, .. } = of.division;
        let is_some = |ns: i128| ns * PART_OF_WAITS >= of.division.idle_ns();
        let off_cpu = if of.is_crowded { " for a core" } else { " off the CPU" };
        let declared = if is_some(off_cpu_ns) { " as declared" } else { "" };
        let part = |(task, most_ns): (usize, i128), all_ns: i128, how: &str| {
            let (all, task) = (units::duration(all_ns), self.task(task));
            match units::duration(most_ns) {
                most if most == all => format!("{all}{how} in {task}"),
                most => format!("{all}{how}, most in {task} ({most})"),
            }
        };
        let mut parts = [
            of.wait.map(|most| (wait_ns, part(most, wait_ns, declared))),
            of.off_cpu.map(|most| (off_cpu_ns, part(most, off_cpu_ns, off_cpu))),
        ];
        parts.sort_by_key(|part| part.as_ref().map_or(0, |&(ns, _)| -ns));
        let parts = parts.into_iter().flatten().filter(|&(ns, _)| is_some(ns));
        parts.map(|(_, text)| text).collect::<Vec<_>>().join(" and ")
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
                let time = if waits { "the other time" } else { "the busy time" };
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

    /// A task as the table names it: `group / task`.
    fn task(&self, task: usize) -> String {
        let row = &self.analysis.tasks[task];
        match row.task {
            Task::Others(count) => labels::others(count),
            Task::Named { group, task } => {
                let name = |id| self.trace.keys().name(id);
                labels::names(&[name(group), name(task)], " / ")
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
    use crate::analysis::{CpuUse, analyse, drawn, of_trace, summary_of};

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

    /// The first sentence of lanes whose numbers are ms, on a machine of which this is known.
    #[track_caller]
    fn check_first(lanes: &[&str], used: CpuUse, expected: &str) {
        let trace = drawn::milliseconds(lanes);
        let analysis = analyse(&trace, &summary_of(&trace), used);
        assert_eq!(sentences(&trace, &analysis)[0], expected);
    }

    #[test]
    fn lanes_at_a_lock_mostly_waited() {
        let locked = |at: i64| format!("lock~(0..{at}) hold({at}..{})", at + 100);
        let lanes: Vec<String> = (0..4).map(|lane| locked(lane * 100)).collect();
        let lanes: Vec<&str> = lanes.iter().map(String::as_str).collect();
        check_first(
            &lanes,
            CpuUse::default(),
            "On average, 2.50 lanes were in spans: they mostly waited, 600 ms in g / lock.",
        );
        let used = CpuUse {
            elapsed_ns: Some(1_000_000_000),
            cores: Some(2),
            cpu_ns: Some(52_100_000),
            run_queue_ns: Some(1_000_000),
            machine: None,
        };
        check_first(
            &lanes,
            used,
            "On average, 2.50 lanes were in spans, and the run used 0.052 of 2 cores: they mostly waited, 600 ms in g / \
             lock.",
        );
    }

    #[test]
    fn waits_that_nobody_declared_are_off_the_cpu() {
        check_first(
            &["read(0..100:5) sum(100..110:10)", "read(0..80:4) q~(80..110:0)"],
            CpuUse::default(),
            "On average, 2.00 lanes were in spans and used 0.173 cores: they mostly waited, 171 ms off the CPU in g / \
             read and 30.0 ms as declared in g / q.",
        );
        // A part of the time alone is no first sentence.
        let lanes = drawn::milliseconds(&["read(0..10:1) sum(10..110:100)", "sum(0..80:80) q~(80..90:0)"]);
        assert_eq!(
            sentences(&lanes, &of_trace(&lanes))[..2],
            [
                "g / sum took the most time: 180 ms, 90.0 % of all busy time, 100 % of it on a \
                 CPU, in 2 spans, 90.0 ms each on average.",
                "9.50 % of all busy time was waiting: 10.0 ms as declared in g / q and 9.00 ms off the CPU in g / \
                 read.",
            ]
        );
    }

    #[test]
    fn more_lanes_than_cpus_wait_for_one() {
        let lanes = ["spin(0..100:50)"; 4];
        let used = CpuUse { cores: Some(2), run_queue_ns: Some(190_000_000), ..CpuUse::default() };
        check_first(
            &lanes,
            used,
            "On average, 4.00 lanes were in spans and used 2.00 of 2 cores: they mostly waited, 200 ms for a core in \
             g / spin; the system says that threads waited for a core for at least 190 ms.",
        );
    }

    #[test]
    fn without_cpu_times_of_spans_the_runs_own_tell_that_they_waited() {
        let used = CpuUse {
            elapsed_ns: Some(100_000_000),
            cores: Some(8),
            cpu_ns: Some(90_000_000),
            ..CpuUse::default()
        };
        check_first(
            &["publish(0..100)"; 6],
            used,
            "On average, 6.00 lanes were in spans, and the run used 0.900 of 8 cores: they mostly waited. In which \
             spans is not known: record with WATERFALL_CPU=1 to see that.",
        );
        check_first(
            &["publish(0..100)"; 6],
            CpuUse { cpu_ns: Some(590_000_000), ..used },
            "g / publish took the most time: 600 ms, 100 % of all busy time, in 6 spans, 100 ms each on average.",
        );
    }

    #[test]
    fn a_span_that_waits_for_other_lanes_is_not_blamed() {
        check_first(
            &["1 main: run(0..100:1)", "1 io: read(1..99:2) sum(99..100:1)", "2 main: a(0..50:48)"],
            CpuUse::default(),
            "Besides g / run, which waited around other lanes, on average, 1.49 lanes were in spans and used 0.510 \
             cores: they mostly waited, 98.0 ms off the CPU, most in g / read (96.0 ms).",
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
                 serial took 100 % of the other time there.",
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
