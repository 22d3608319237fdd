//! One run in words: a line for the terminal, the figures and notes of its page.

use templates::Figure;

use super::units;
use crate::run::{Metadata, Outcome, Resources};

impl Metadata {
    /// Its name and number: `latest 3`.
    pub fn title(&self) -> String {
        format!("{} {}", self.name, self.number)
    }

    /// How long it took: `2.34 s`, or `-` where it has not ended.
    pub fn length(&self) -> String {
        self.elapsed_ns.map_or("-".into(), |ns| units::duration(ns.into()))
    }

    /// How it ended, in words: `exit code 0`, `killed by signal 9`, `killed with waterfall`.
    pub fn outcome_in_words(&self) -> String {
        match &self.outcome {
            Outcome::Running if self.process.lives() => "runs".into(),
            Outcome::Running => "killed with waterfall".into(),
            Outcome::Exited { code } => format!("exit code {code}"),
            Outcome::Signalled { signal } => format!("killed by signal {signal}"),
            Outcome::NotStarted { reason } => format!("not started: {reason}"),
        }
    }

    /// A line of it: `latest 3: 4.21 s, 217 spans, peak memory 71.3 MB, CPU 12.4 s, exit code 0`.
    pub fn line(&self) -> String {
        let spans = self.recorded.map_or(0, |recorded| recorded.span_count());
        format!(
            "{}: {}, {}, peak memory {}, CPU {}, {}",
            self.title(),
            self.length(),
            units::counted(spans, "span"),
            self.resources.peak_in_words(),
            self.resources.cpu_in_words(),
            self.outcome_in_words(),
        )
    }

    /// What the run used, for the page's head.
    pub fn figures(&self) -> Vec<Figure> {
        let resources = &self.resources;
        let sampled = or_not_recorded(resources.peak_tree_bytes.map(units::bytes));
        let of_one = resources.peak_process_bytes.map(units::bytes);
        let at_least = of_one.map_or(String::new(), |of_one| {
            format!(", and at least that of the largest one, which is exact ({of_one})")
        });
        vec![
            Figure {
                label: "peak memory".into(),
                value: resources.peak_in_words(),
                hint: format!(
                    "resident memory of all processes of the command at once, as sampled ({sampled}; shared memory \
                     counts in each){at_least}"
                ),
            },
            Figure {
                label: "CPU time".into(),
                value: resources.cpu_in_words(),
                hint: "of the command's processes, in their own code and in the system".into(),
            },
        ]
    }

    /// What the run was, for the page's notes.
    pub fn facts(&self) -> Vec<String> {
        let Metadata { machine, git, .. } = self;
        let commit = git.as_ref().map_or(String::new(), |git| format!(", commit {}", git.short()));
        let memory = or_not_recorded(machine.memory_bytes.map(units::bytes));
        let cores = or_not_recorded(machine.cores.map(|cores| cores.to_string()));
        let words = self.command.iter().map(String::as_str);
        let command = shlex::try_join(words).unwrap_or_else(|_| self.command.join(" ")); // a command has no NUL
        vec![
            format!(
                "`{command}` took {}, {}; wall time is that from its first span to its last.",
                self.length(),
                self.outcome_in_words()
            ),
            format!("On {}: {cores} cores, {memory} memory, {}{commit}.", machine.host, machine.system),
        ]
    }
}

impl Resources {
    /// The most memory: `71.3 MB`; `1.52 MB to 7.90 MB` or `at most 7.90 MB` where no more is known.
    pub fn peak_in_words(&self) -> String {
        match (self.peak_bytes(), self.peak_bound_bytes()) {
            (Some(known), Some(bound)) if known < bound => {
                format!("{} to {}", units::bytes(known), units::bytes(bound))
            }
            (None, Some(bound)) => format!("at most {}", units::bytes(bound)),
            (known, _) => or_not_recorded(known.map(units::bytes)),
        }
    }

    /// The CPU time: `12.4 s`.
    pub fn cpu_in_words(&self) -> String {
        or_not_recorded(self.cpu_ns().map(|ns| units::duration(ns.into())))
    }
}

fn or_not_recorded(text: Option<String>) -> String {
    text.unwrap_or_else(|| "not recorded here".into())
}
