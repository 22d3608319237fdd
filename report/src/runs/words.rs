//! One run in words: a line for the terminal, and the figures and notes of its page.

use super::metadata::{Metadata, Outcome, Resources};
use crate::outputs::{self, Figure};
use crate::text::units;

impl Metadata {
    /// Name and number: `latest 3`.
    pub(crate) fn title(&self) -> String {
        format!("{} {}", self.name, self.number)
    }

    /// Duration: `2.34 s`, or `-` if the run has not ended.
    pub(crate) fn length(&self) -> String {
        self.elapsed_ns.map_or("-".into(), |ns| units::duration(ns.into()))
    }

    /// How it ended, in words: `exit code 0`, `killed by signal 9`, `waterfall was killed`.
    pub(crate) fn outcome_in_words(&self) -> String {
        match &self.outcome {
            Outcome::Running if self.process.lives() => "running".into(),
            Outcome::Running => "waterfall was killed".into(),
            Outcome::Exited { code } => format!("exit code {code}"),
            Outcome::Signalled { signal } => format!("killed by signal {signal}"),
            Outcome::NotStarted { reason } => format!("not started: {reason}"),
        }
    }

    /// The run as one line: `latest 3: 4.21 s, 217 spans, 61.0 % of busy time on a CPU, peak memory 71.3 MB, CPU 12.4
    /// s, exit code 0`. Without the part on a CPU if it is not known.
    pub(crate) fn line(&self) -> String {
        let spans = self.recorded.map_or(0, |recorded| recorded.span_count());
        let on_cpu = self.recorded.and_then(|recorded| recorded.busy?.on_cpu());
        let on_cpu =
            on_cpu.map_or(String::new(), |part| format!(", {} of busy time on a CPU", units::percent(part)));
        format!(
            "{}: {}, {}{on_cpu}, peak memory {}, CPU {}, {}",
            self.title(),
            self.length(),
            units::counted(spans, "span"),
            self.resources.peak_in_words(),
            self.resources.cpu_in_words(),
            self.outcome_in_words(),
        )
    }

    /// What the run used, for the head of its page.
    pub(crate) fn figures(&self) -> Vec<Figure> {
        let resources = &self.resources;
        let sampled = or_not_recorded(resources.peak_tree_bytes.map(units::bytes));
        let of_one = resources.peak_process_bytes.map(units::bytes);
        let at_least = of_one.map_or(String::new(), |of_one| {
            format!("; never less than the exact peak of the largest process ({of_one})")
        });
        vec![
            Figure {
                label: "peak memory".into(),
                value: resources.peak_in_words(),
                hint: format!(
                    "resident memory of all processes of the command together, sampled ({sampled}); memory that they \
                     share counts once for each{at_least}"
                ),
            },
            Figure {
                label: "CPU time".into(),
                value: resources.cpu_in_words(),
                hint: "of all processes of the command, user and system".into(),
            },
        ]
    }

    /// What the run was, for the notes of its page.
    pub(crate) fn facts(&self) -> Vec<String> {
        let Metadata { machine, git, .. } = self;
        let commit = git.as_ref().map_or(String::new(), |git| format!(", commit {}", git.short()));
        let memory = or_not_recorded(machine.memory_bytes.map(units::bytes));
        let cores = or_not_recorded(machine.cores.map(|cores| cores.to_string()));
        let words = self.command.iter().map(String::as_str);
        let command = shlex::try_join(words).unwrap_or_else(|_| self.command.join(" ")); // a command has no NUL
        vec![
            format!(
                "`{command}` took {} ({}). The wall time above is from its first span to its last.",
                self.length(),
                self.outcome_in_words()
            ),
            format!("On {}: {cores} cores, {memory} memory, {}{commit}.", machine.host, machine.system),
        ]
    }
}

impl Resources {
    /// Peak memory: `71.3 MB`; `1.52 MB to 7.90 MB` or `at most 7.90 MB` if it is not known exactly.
    pub(crate) fn peak_in_words(&self) -> String {
        let bytes = |bytes: i64| units::bytes(bytes.unsigned_abs());
        or_not_recorded(self.peak().map(|peak| outputs::amount(peak, bytes)))
    }

    /// CPU time: `12.4 s`.
    pub(crate) fn cpu_in_words(&self) -> String {
        or_not_recorded(self.cpu_ns().map(|ns| units::duration(ns.into())))
    }
}

fn or_not_recorded(text: Option<String>) -> String {
    text.unwrap_or_else(|| "not recorded".into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::{self, Check, Gate, Whole};

    /// Whether a run with these resources keeps a limit of 10 MB, and the text of that check.
    fn check(resources: Resources) -> (bool, String) {
        let whole = Whole { wall_ns: None, peak: resources.peak() };
        let checks = gate::check_of_run(&"peak_memory=10MB".parse().unwrap(), whole);
        let gate = Gate { checks: checks.into_iter().map(Check::Limit).collect() };
        let text = outputs::lines(&gate, None, None);
        let (told, outcome) = text.trim_end().rsplit_once(": ").unwrap();
        (outcome == "met", told.to_owned())
    }

    #[test]
    fn memory_is_held_against_what_is_known_of_it() {
        let none = Resources::default();
        let exact = |bytes| Resources { peak_process_bytes: Some(bytes), ..none.clone() };
        assert_eq!(check(exact(10_000_000)), (true, "peak memory 10.0 MB, limit 10.0 MB".into()));
        assert!(!check(exact(10_000_001)).0);
        let at_most = Resources { peak_process_at_most_bytes: Some(8_000_000), ..none.clone() };
        assert_eq!(check(at_most.clone()), (true, "peak memory at most 8.00 MB, limit 10.0 MB".into()));
        let between = Resources {
            peak_tree_bytes: Some(2_000_000),
            peak_process_at_most_bytes: Some(12_000_000),
            ..none.clone()
        };
        assert_eq!(check(between), (false, "peak memory 2.00 MB to 12.0 MB, limit 10.0 MB".into()));
        let seen = Resources { peak_tree_bytes: Some(11_000_000), ..at_most };
        assert_eq!(check(seen), (false, "peak memory 11.0 MB, limit 10.0 MB".into()));
        assert_eq!(check(none), (false, "peak memory not recorded, limit 10.0 MB".into()));
    }
}
