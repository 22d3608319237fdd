//! The sentence about lanes that worked and waited.
//!
//! Takes the fact, and how a task is called. Gives figures with units, and what lanes waited for, in words. Computes
//! no statistic.

use crate::analysis::{Crowd, Division, Working};
use crate::text::units;

/// The system's word on threads that waited for a core is worth it from 1/20 of the busy time on.
const QUEUED_PART: i128 = 20;

/// Of two kinds of waits, both are named if each is at least 1/20.
const PART_OF_WAITS: i128 = 20;

/// One sentence; a second one names the tasks that are not counted, if there are any.
pub(super) fn sentence(of: &Working, task: impl Fn(usize) -> String) -> String {
    let (waits, system) = (waits(of, &task), system(of));
    let not_counted = not_counted(of, &task);
    if !of.is_mostly_waiting {
        let at_least = if of.division.is_partly_known() { "At least " } else { "" };
        let part = units::percent(of.division.idle_ns() as f64 / of.division.busy_ns() as f64);
        let busy = if of.around.is_some() { "the other busy time" } else { "all busy time" };
        return format!("{at_least}{part} of {busy} was waiting: {waits}{system}.{not_counted}");
    }
    let (lanes, they) = match of.lanes {
        0.95..1.05 => ("one lane was in a span".to_owned(), "it"),
        lanes => (format!("{} lanes were in spans", units::ratio(lanes)), "they"),
    };
    let waits = match waits.as_str() {
        "" => ". In which spans is not known: they have no CPU times".to_owned(),
        waits if 2 * of.division.idle_ns() < of.division.busy_ns() => {
            format!(", {waits}, and others that have no CPU times")
        }
        waits => format!(", {waits}"),
    };
    let used = used(of);
    format!("On average, {lanes}{used}: {they} mostly waited{waits}{system}.{not_counted}")
}

/// The words before a CPU time, or a time off the CPU, of which a part is not known.
pub(super) fn at_least(division: &Division) -> &'static str {
    if division.is_partly_known() { "at least " } else { "" }
}

/// How many cores worked.
fn used(of: &Working) -> String {
    let Some(used) = of.cores_used else { return String::new() };
    let at_least = if of.is_of_spans { at_least(&of.division) } else { "" };
    let who = if of.is_of_spans { " and used" } else { ", and the run used" };
    let cores = of.used.cores.map_or("cores".into(), |cores| format!("of {}", units::counted(cores, "core")));
    format!("{who} {at_least}{} {cores}", units::ratio(used))
}

/// What lanes waited for, and in which tasks: the longest first.
fn waits(of: &Working, task: impl Fn(usize) -> String) -> String {
    let Division { wait_ns, off_cpu_ns, .. } = of.division;
    let is_some = |ns: i128| ns * PART_OF_WAITS >= of.division.idle_ns();
    let off_cpu = if of.crowd == Crowd::Yes { " for a core" } else { " off the CPU" };
    let declared = if is_some(off_cpu_ns) { " as declared" } else { "" };
    let part = |(most, most_ns): (usize, i128), all_ns: i128, how: &str| {
        let (all, task) = (units::duration(all_ns), task(most));
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
    parts.map(|(_, text)| text).collect::<Vec<_>>().join(", and ")
}

/// What is known of the cores meanwhile.
fn system(of: &Working) -> String {
    let queued_ns = of.used.run_queue_ns.map(i128::from);
    match queued_ns.filter(|&ns| ns * QUEUED_PART >= of.division.busy_ns()) {
        _ if of.crowd == Crowd::Yes => String::new(), // that is said already
        Some(ns) => {
            format!("; threads waited at least {} for a core", units::duration(ns))
        }
        None if of.crowd == Crowd::Perhaps => "; meanwhile other lanes used all cores".into(),
        None => String::new(),
    }
}

/// The tasks that waited around other lanes.
fn not_counted(of: &Working, task: impl Fn(usize) -> String) -> String {
    let Some(around) = of.around.map(task) else { return String::new() };
    match of.more_around {
        0 => format!(" {around}, which waited around other lanes, is not counted."),
        more => {
            let more = units::counted(more as u64, "other task");
            format!(" {around} and {more}, which waited around other lanes, are not counted.")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::words::sentences;
    use crate::analysis::{CpuUse, analyse, drawn, of_trace, summary_of};

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
             read, and 30.0 ms as declared in g / q.",
        );
        // A part of the time alone is no first sentence.
        let lanes = drawn::milliseconds(&["read(0..10:1) sum(10..110:100)", "sum(0..80:80) q~(80..90:0)"]);
        assert_eq!(
            sentences(&lanes, &of_trace(&lanes))[..2],
            [
                "g / sum took the most time: 180 ms, 90.0 % of all busy time, 100 % of it on a CPU, in 2 spans, 90.0 ms \
                 each on average.",
                "9.50 % of all busy time was waiting: 10.0 ms as declared in g / q, and 9.00 ms off the CPU in g / \
                 read.",
            ]
        );
    }

    #[test]
    fn more_lanes_than_cores_wait_for_one() {
        let lanes = ["spin(0..100:50)"; 4];
        let cores = CpuUse { cores: Some(2), ..CpuUse::default() };
        let used = CpuUse { run_queue_ns: Some(190_000_000), ..cores };
        check_first(
            &lanes,
            used,
            "On average, 4.00 lanes were in spans and used 2.00 of 2 cores: they mostly waited, 200 ms for a core in \
             g / spin.",
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
             spans is not known: they have no CPU times.",
        );
        check_first(
            &["publish(0..100)"; 6],
            CpuUse { cpu_ns: Some(400_000_000), ..used },
            "g / publish took the most time: 600 ms, 100 % of all busy time, in 6 spans, 100 ms each on average.",
        );
        // Waits alone say nothing of cores; what the run used is known.
        check_first(
            &["publish~(0..100)"],
            used,
            "On average, one lane was in a span, and the run used 0.900 of 8 cores: it mostly waited, 100 ms in g / \
             publish.",
        );
    }

    #[test]
    fn a_span_that_waits_for_other_lanes_is_not_blamed() {
        check_first(
            &["1 main: run(0..100:1)", "1 io: read(1..99:2) sum(99..100:1)", "2 main: a(0..50:48)"],
            CpuUse::default(),
            "On average, 1.49 lanes were in spans and used 0.510 cores: they mostly waited, 98.0 ms off the CPU, most in \
             g / read (96.0 ms). g / run, which waited around other lanes, is not counted.",
        );
        check_first(
            &["1 main: run(0..100:1)", "1 io: read(1..99:2)", "2 main: go(0..90:1)", "2 io: read(1..89:2)"],
            CpuUse::default(),
            "On average, 1.86 lanes were in spans and used 0.040 cores: they mostly waited, 182 ms off the CPU in g / \
             read. g / run and 1 other task, which waited around other lanes, are not counted.",
        );
    }

    #[test]
    fn lanes_that_sleep_beside_a_full_machine_do_not_wait_for_a_core() {
        // Two lanes use all cores, and four sleep.
        let lanes =
            ["spin(0..100:100)", "spin(0..100:100)", "nap(0..100:0)", "nap(0..100:0)", "nap(0..100:0)"];
        let cores = CpuUse { cores: Some(2), ..CpuUse::default() };
        let first = "On average, 5.00 lanes were in spans and used 2.00 of 2 cores: they mostly waited, 300 ms off the \
                     CPU in g / nap";
        check_first(&lanes, CpuUse { run_queue_ns: Some(0), ..cores }, &format!("{first}."));
        check_first(&lanes, cores, &format!("{first}; meanwhile other lanes used all cores."));
        // Threads without spans waited for a core, these lanes used none.
        let used = CpuUse { run_queue_ns: Some(250_000_000), ..cores };
        check_first(
            &["nap(0..100:0)", "nap(0..100:0)"],
            used,
            "On average, 2.00 lanes were in spans and used 0 of 2 cores: they mostly waited, 200 ms off the CPU in g / \
             nap; threads waited at least 250 ms for a core.",
        );
    }

    #[test]
    fn a_parent_that_waits_in_one_of_its_spans_is_not_blamed() {
        let lanes = [
            "1 main: build(0..100:6) plan(0..5:5) children(6..100:0)",
            "2 main: cc(5..99:94)",
            "3 main: cc(5..90:85)",
        ];
        let trace = drawn::milliseconds(&lanes);
        let sentences = sentences(&trace, &of_trace(&trace));
        assert!(sentences.iter().all(|sentence| !sentence.contains("waiting")), "{sentences:?}");
        check_first(
            &[
                "1 main: build(0..100:6) plan(0..5:5) children(6..100:0)",
                "2 main: get(5..99:4)",
                "3 main: get(5..90:5)",
            ],
            CpuUse::default(),
            "On average, 1.85 lanes were in spans and used 0.150 cores: they mostly waited, 170 ms off the CPU in g / get. \
             g / children, which waited around other lanes, is not counted.",
        );
    }

    #[test]
    fn a_part_of_the_time_is_of_what_is_counted() {
        let lanes = ["1 main: run(0..100:1)", "1 io: read(1..40:1) sum(40..99:59)", "1 cpu: sum(1..99:98)"];
        let trace = drawn::milliseconds(&lanes);
        assert_eq!(
            sentences(&trace, &of_trace(&trace))[1],
            "19.4 % of the other busy time was waiting: 38.0 ms off the CPU in g / read. g / run, which waited around \
             other lanes, is not counted."
        );
    }

    #[test]
    fn a_command_around_all_others_is_not_counted_among_those_that_waited() {
        let used = CpuUse { elapsed_ns: Some(100_000_000), cpu_ns: Some(59_000_000), ..CpuUse::default() };
        check_first(
            &["1 main: make(0..100)", "2 main: get~(1..50) cc(50..99)", "3 main: get~(1..50) cc(50..60)"],
            used,
            "On average, 1.57 lanes were in spans, and the run used 0.590 cores: they mostly waited, 98.0 ms in g / get. g \
             / make, which waited around other lanes, is not counted.",
        );
    }

    #[test]
    fn what_is_partly_known_is_at_least_so_much() {
        check_first(
            &["read(0..100:5) more(100..150)"],
            CpuUse::default(),
            "On average, one lane was in a span and used at least 0.033 cores: it mostly waited, 95.0 ms off the CPU in g \
             / read.",
        );
    }
}
