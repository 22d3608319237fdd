//! Programs that wait: what the report says of them agrees with what they measured themselves.
//!
//! `examples/waiting.rs` is five programs, each with a problem of its own. Each runs under `waterfall run`; bounds are
//! between two measurements of the same run, so they hold on any machine.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::dump::example;
use crate::processes::{Bounded, WATERFALL, program};

/// What a program measured, and what the report says of its records.
struct Told {
    /// In ns.
    waited: i128,
    on_cpu: i128,
    /// `waterfall stats --format json`.
    stats: Value,
    page: String,
}

impl Told {
    /// Runs one of the programs, with the CPU time of all spans.
    fn of(name: &str) -> Told {
        Told::with_cpu(name, Some("1"))
    }

    fn with_cpu(name: &str, cpu: Option<&str>) -> Told {
        let directory = tempfile::tempdir().unwrap();
        let mut run = program(WATERFALL);
        run.current_dir(directory.path()).args(["run", "--name", name, "--"]);
        run.arg(example("waiting")).arg(name).envs(cpu.map(|cpu| ("WATERFALL_CPU", cpu)));
        let output = run.run();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let printed = String::from_utf8(output.stdout).unwrap();
        let figure = |name: &str| {
            let word = printed.split_whitespace().find_map(|word| word.strip_prefix(name));
            word.unwrap_or_else(|| panic!("{name} in {printed}")).parse().unwrap()
        };
        let records = directory.path().join(".waterfall/runs").join(name).join("1");
        let page = fs::read_to_string(records.join("waterfall.html")).unwrap();
        Told { waited: figure("wait_ns="), on_cpu: figure("cpu_ns="), stats: stats(&records), page }
    }

    fn division(&self, part: &str) -> i128 {
        ns(&self.stats["division"][part])
    }

    /// The first sentence of the page, which no character of these programs' names changes.
    fn first_sentence(&self) -> &str {
        let findings = self.page.split_once("<ol id=\"findings\"").unwrap().1;
        findings.split_once("title=\"").unwrap().1.split_once('"').unwrap().0
    }

    /// Checks that the parts sum to the busy time, and that CPU time and declared waits are what the program measured.
    /// Between its spans, the program itself works for a moment, which is in its CPU time only; and its waits are
    /// within their spans.
    #[track_caller]
    fn check(&self) {
        let parts = ["on_cpu_ns", "wait_ns", "off_cpu_ns", "not_known_ns"].map(|part| self.division(part));
        assert_eq!(parts.iter().sum::<i128>(), ns(&self.stats["busy_ns"]));
        let [on_cpu, waited, _, not_known] = parts;
        assert_eq!(not_known, 0, "every span has its CPU time");
        assert!(on_cpu <= self.on_cpu, "{on_cpu} of {}", self.on_cpu);
        assert!(waited >= self.waited, "{waited} of {}", self.waited);
        // What is not in a span: a few us for each of at most 4,000, and starting the threads.
        assert!(on_cpu + 100_000_000 >= self.on_cpu * 9 / 10, "{on_cpu} of {}", self.on_cpu);
    }
}

fn ns(value: &Value) -> i128 {
    value.as_i64().unwrap_or_else(|| panic!("{value} is a number of ns")).into()
}

fn stats(records: &Path) -> Value {
    let mut command = program(WATERFALL);
    let output = command.args(["stats", "--format", "json"]).arg(records).run();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Whether a sentence says that lanes mostly waited, so long in this task.
#[track_caller]
fn assert_waited(told: &Told, what: &str) {
    let sentence = told.first_sentence();
    assert!(sentence.contains(" mostly waited, ") && sentence.contains(what), "{sentence}");
}

#[test]
fn a_mutex_that_is_held_through_a_sleep_is_named_first() {
    let told = Told::of("lock");
    told.check();
    assert_waited(&told, "as declared in lock / lock");
}

#[test]
fn a_bounded_queue_that_is_full_is_named_first() {
    let told = Told::of("queue");
    told.check();
    assert_waited(&told, "in queue / push");
}

#[test]
fn a_pipe_whose_writer_is_slow_is_named_first_though_no_wait_is_declared() {
    let told = Told::of("pipe");
    told.check();
    assert_eq!(told.division("wait_ns"), 0);
    assert_waited(&told, " pipe / read line");
}

#[test]
fn reads_from_the_disk_are_named_first_with_the_time_that_they_waited() {
    let told = Told::of("disk");
    told.check();
    let (off_cpu, busy) = (told.division("off_cpu_ns"), ns(&told.stats["busy_ns"]));
    assert!(told.first_sentence().contains("disk / read block"), "{}", told.first_sentence());
    // How slow the disk is, is the machine's affair.
    assert_eq!(
        told.first_sentence().contains("mostly waited"),
        2 * off_cpu >= busy,
        "{}",
        told.first_sentence()
    );
}

#[test]
fn threads_that_compute_on_too_few_cpus_waited_for_one() {
    let told = Told::of("cpu");
    told.check();
    assert_waited(&told, "cpu / compute");
}

#[test]
fn a_run_without_any_wait_says_how_much_of_its_busy_time_was_on_a_cpu() {
    let told = Told::with_cpu("pipe", None);
    let known = told.division("on_cpu_ns") + told.division("off_cpu_ns");
    assert!(2 * known >= ns(&told.stats["busy_ns"]), "waterfall run asks for CPU times itself: {known}");
    assert_waited(&told, " pipe / read line");
}
