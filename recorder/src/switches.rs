//! The switches: environment variables by which a user controls an instrumented program.
//!
//! `WATERFALL=0`, `WATERFALL=1`, `WATERFALL_DIR`, `WATERFALL_BIAS`, `WATERFALL_TASKS`, `WATERFALL_TIMING=1`,
//! `WATERFALL_CPU`, `WATERFALL_JOURNAL=write`. Each new Recorder reads them once. A variable that is empty or has an
//! unknown value counts as not set; an unknown `WATERFALL_CPU` is also reported. Public, so that other programs that
//! write records obey the same variables. Must not know what is recorded where.

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use crate::glob;
use crate::losses::Named;

/// What the environment asks for.
///
/// A [`Recorder`](crate::Recorder) reads it by itself. This is for programs that write record files in another way,
/// for example with a [`Writer`](crate::writer::Writer).
#[derive(Debug)]
#[non_exhaustive]
pub struct Switches {
    /// `WATERFALL`: `0` switches every Recorder off, `1` switches on those that ask the environment.
    pub power: Option<bool>,
    /// `WATERFALL_DIR`: the directory for the records, whatever the program says.
    pub directory: Option<PathBuf>,
    /// `WATERFALL_BIAS`: the offset in minutes east of UTC, for Recorders that ask the environment.
    pub bias_minutes: i32,
    /// `WATERFALL_TASKS`: the tasks to record.
    pub tasks: TaskFilter,
    /// `WATERFALL_TIMING=1`: each duration is also printed to stderr.
    pub timing: bool,
    /// `WATERFALL_CPU`: the spans whose CPU time is recorded.
    pub cpu: CpuSwitch,
    /// The value of `WATERFALL_CPU`, if it is unknown. A [`Recorder`](crate::Recorder) prints it once in a process.
    pub unknown_cpu: Option<String>,
    /// `WATERFALL_JOURNAL=write`: no file is mapped, the system writes every row.
    pub writes: bool,
}

impl Switches {
    /// Reads the environment of this process.
    #[must_use]
    pub fn from_env() -> Self {
        Self::read(|name| env::var_os(name))
    }

    fn read(variable: impl Fn(&str) -> Option<OsString>) -> Self {
        let variable = |name| variable(name).filter(|value| !value.is_empty());
        let text = |name| variable(name).map(|value| value.to_string_lossy().trim().to_owned());
        let cpu = text("WATERFALL_CPU").unwrap_or_default();
        Self {
            power: match text("WATERFALL").as_deref() {
                Some("0") => Some(false),
                Some("1") => Some(true),
                _ => None,
            },
            directory: variable("WATERFALL_DIR").map(PathBuf::from),
            bias_minutes: text("WATERFALL_BIAS").and_then(|bias| bias.parse().ok()).unwrap_or(0),
            tasks: TaskFilter::new(&text("WATERFALL_TASKS").unwrap_or_default()),
            timing: text("WATERFALL_TIMING").as_deref() == Some("1"),
            cpu: CpuSwitch::parse(&cpu).unwrap_or_default(),
            unknown_cpu: Some(cpu).filter(|cpu| CpuSwitch::parse(cpu).is_none()),
            writes: text("WATERFALL_JOURNAL").as_deref() == Some("write"),
        }
    }
}

/// The spans whose CPU time is recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub enum CpuSwitch {
    /// None: `0`, `false`, `off`, `no`, or empty.
    #[default]
    Off,
    /// Every span: `1`, `true`, `on` or `yes`.
    Every,
    /// Spans that take at least this long: `50us`, `1.5 ms`.
    AtLeast(Duration),
    /// As many spans as a part of the thread's time allows, between 0 and 1: `1%`.
    Share(f64),
}

impl CpuSwitch {
    /// Reads the value of the variable. `None` if it is unknown.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let is_one_of = |words: &[&str]| words.iter().any(|word| word.eq_ignore_ascii_case(text));
        if is_one_of(&["", "0", "false", "off", "no"]) {
            return Some(Self::Off);
        }
        if is_one_of(&["1", "true", "on", "yes"]) {
            return Some(Self::Every);
        }
        let unit_at =
            text.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(text.len());
        let (number, unit) = text.split_at(unit_at);
        let number: f64 = number.parse().ok()?;
        let seconds = match unit.trim_start() {
            "%" if number == 0.0 => return Some(Self::Off),
            "%" if number < 100.0 => return Some(Self::Share(number / 100.0)),
            "%" => return Some(Self::Every),
            "ns" => number / 1e9,
            "us" | "\u{b5}s" | "\u{3bc}s" => number / 1e6,
            "ms" => number / 1e3,
            "s" => number,
            _ => return None,
        };
        Duration::try_from_secs_f64(seconds).ok().map(Self::AtLeast)
    }
}

/// What to print about an unknown value of `WATERFALL_CPU`.
#[must_use]
pub fn unknown_cpu_line(value: &str) -> String {
    let known = "0, 1, a duration such as 50us, or a percentage such as 1%";
    format!("unknown value \"{}\" of WATERFALL_CPU: use {known}", Named(value))
}

/// A list of globs. A task must match one of them; an empty list lets every task pass.
#[derive(Debug)]
pub struct TaskFilter {
    globs: Vec<String>,
}

impl TaskFilter {
    /// Reads globs separated by commas.
    fn new(list: &str) -> Self {
        let globs = list.split(',').map(str::trim).filter(|glob| !glob.is_empty());
        Self { globs: globs.map(str::to_owned).collect() }
    }

    /// Whether to record a task. A glob with a `/` also matches `group/task`.
    #[inline]
    #[must_use]
    pub fn passes(&self, group: &str, task: &str) -> bool {
        self.globs.is_empty() || self.matches(group, task)
    }

    fn matches(&self, group: &str, task: &str) -> bool {
        self.globs.iter().any(|glob| {
            glob::matches(glob, task) || glob.contains('/') && glob::matches(glob, &format!("{group}/{task}"))
        })
    }
}

/// The line that `WATERFALL_TIMING=1` asks for: `[TIMING] save: 2.34 ms`.
///
/// A duration of less than a millisecond is exact to the nanosecond, because `0.00 ms` says nothing. Control characters
/// of the name are not escaped.
#[must_use]
pub fn timing_line(task: &str, duration_ns: i64) -> String {
    let decimals = if duration_ns < 1_000_000 { 6 } else { 2 };
    format!("[TIMING] {task}: {:.decimals$} ms", duration_ns as f64 / 1e6)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(variables: &[(&str, &str)]) -> Switches {
        let value = |name: &str| {
            variables.iter().find(|variable| variable.0 == name).map(|variable| variable.1.into())
        };
        Switches::read(value)
    }

    #[test]
    fn without_variables_nothing_is_asked_for() {
        for switches in [set(&[]), set(&[("WATERFALL", ""), ("WATERFALL_DIR", ""), ("WATERFALL_TASKS", "")])]
        {
            assert_eq!((switches.power, switches.directory, switches.bias_minutes), (None, None, 0));
            assert!(switches.tasks.passes("download", "save") && !switches.timing);
        }
    }

    #[test]
    fn each_variable_is_read() {
        let switches = set(&[
            ("WATERFALL", "1"),
            ("WATERFALL_DIR", "x y"),
            ("WATERFALL_JOURNAL", "write"),
            ("WATERFALL_BIAS", "-90"),
            ("WATERFALL_TIMING", "1"),
        ]);
        assert_eq!((switches.power, switches.bias_minutes, switches.timing), (Some(true), -90, true));
        assert!(switches.writes && !set(&[("WATERFALL_JOURNAL", "map")]).writes);
        assert_eq!(switches.directory, Some(PathBuf::from("x y")));
        assert_eq!(set(&[("WATERFALL", "0")]).power, Some(false));
    }

    #[test]
    fn what_is_not_understood_counts_as_not_set() {
        let switches = set(&[("WATERFALL", "yes"), ("WATERFALL_BIAS", "east"), ("WATERFALL_TIMING", "0")]);
        assert_eq!((switches.power, switches.bias_minutes, switches.timing), (None, 0, false));
    }

    #[test]
    fn cpu_time_is_of_no_span_or_every_or_the_long_ones_or_of_some() {
        let read = |text| set(&[("WATERFALL_CPU", text)]).cpu;
        for off in ["", " ", "0", " 0 ", "0%", "off", "No", "false"] {
            assert_eq!(read(off), CpuSwitch::Off, "{off:?}");
        }
        for every in ["1", " 1 ", "100%", "250 %", "on", "YES", "true"] {
            assert_eq!(read(every), CpuSwitch::Every, "{every:?}");
        }
        for least in ["50us", "50 \u{b5}s", "0.05ms", "50000ns", " 0.00005 s"] {
            assert_eq!(read(least), CpuSwitch::AtLeast(Duration::from_micros(50)), "{least:?}");
        }
        assert_eq!((read("1%"), read("0.5 %")), (CpuSwitch::Share(0.01), CpuSwitch::Share(0.005)));
    }

    #[test]
    fn an_unknown_cpu_switch_is_off_and_said() {
        for unknown in ["banana", "2", "%", "us", "-1", "-1%", "1.5.0ms", "1 kg", "1e999s", "...", "onn"] {
            let switches = set(&[("WATERFALL_CPU", unknown)]);
            assert_eq!((switches.cpu, switches.unknown_cpu.as_deref()), (CpuSwitch::Off, Some(unknown)));
        }
        for known in ["", " ", "0", "1", "on", "50us", "1%"] {
            assert_eq!(set(&[("WATERFALL_CPU", known)]).unknown_cpu, None, "{known:?}");
        }
        let line = "unknown value \"ba\\u{a}na\" of WATERFALL_CPU: use 0, 1, a duration such as 50us, or a \
                    percentage such as 1%";
        assert_eq!(unknown_cpu_line("ba\nna"), line);
    }

    #[test]
    fn times_are_told_in_milliseconds() {
        assert_eq!(timing_line("save", 2_344_999), "[TIMING] save: 2.34 ms");
        assert_eq!(timing_line("save", 61_000_000_000), "[TIMING] save: 61000.00 ms");
        assert_eq!(timing_line("save", 812), "[TIMING] save: 0.000812 ms");
        assert_eq!(timing_line("save", 0), "[TIMING] save: 0.000000 ms");
    }

    #[test]
    fn any_of_the_globs_is_enough() {
        let tasks = set(&[("WATERFALL_TASKS", "save, load*")]).tasks;
        assert!(tasks.passes("g", "save") && tasks.passes("g", "load image"));
        assert!(!tasks.passes("g", "parse") && !tasks.passes("save", "parse"));
    }

    #[test]
    fn a_glob_with_a_slash_may_name_the_group() {
        let tasks = set(&[("WATERFALL_TASKS", "zip/*,a/b")]).tasks;
        assert!(tasks.passes("zip", "save") && tasks.passes("any", "a/b") && tasks.passes("a", "b"));
        assert!(!tasks.passes("download", "save"));
    }
}
