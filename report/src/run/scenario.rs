//! Scenarios: runs that are described in `waterfall.toml`.
//!
//! ```toml
//! [scenario.render]
//! command = ["cargo", "run", "--release", "--example", "render"]  # where none is given
//! tasks = ["frame", "io/*"]         # what to record: WATERFALL_TASKS
//! environment = { THREADS = "8" }
//! repeat = 5
//! warmup = 1
//! budgets = ["frame=16ms@p95"]      # of tasks
//! thresholds = { wall = "90 s", peak_memory = "2 GB" }  # of a whole run
//! ```
//!
//! Takes the file, gives one of its scenarios; a key that is none is an error that says where it stands.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::thresholds::Thresholds;
use crate::budget::Budget;
use crate::near;
use crate::outputs::units;

/// The file's name.
pub const FILE: &str = "waterfall.toml";

/// How to run a command.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scenario {
    /// Its name.
    pub name: String,
    /// The command and its arguments; none where it names none.
    pub command: Vec<String>,
    /// Globs of tasks; none: all are recorded.
    pub tasks: Vec<String>,
    /// Variables for the command.
    pub environment: BTreeMap<String, String>,
    /// How often it is run.
    pub repeat: Option<u32>,
    /// How often it is run before that, without recording.
    pub warmup: Option<u32>,
    /// What its tasks may take.
    pub budgets: Vec<Budget>,
    /// What a whole run may take.
    pub thresholds: Thresholds,
}

/// Why there is no scenario.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no file.
    #[error("there is no {FILE} in {} nor above it", .0.display())]
    Missing(PathBuf),
    /// It could not be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// It is not as it should be.
    #[error("{}{}: {message}", path.display(), line.map_or(String::new(), |line| format!(":{line}")))]
    Invalid {
        /// Which.
        path: PathBuf,
        /// The line, counted from 1.
        line: Option<usize>,
        /// What is wrong there.
        message: String,
    },
    /// It has no scenario of that name.
    #[error("{} has no scenario `{name}`{proposal}", path.display())]
    Unknown {
        /// Which.
        path: PathBuf,
        /// What was asked for.
        name: String,
        /// Which names are near, as a sentence's end.
        proposal: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(default)]
    scenario: BTreeMap<String, toml::Spanned<Table>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
#[derive(Default)]
struct Table {
    command: Vec<String>,
    tasks: Vec<String>,
    environment: BTreeMap<String, String>,
    repeat: Option<u32>,
    warmup: Option<u32>,
    budgets: Vec<String>,
    thresholds: Limits,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
#[derive(Default)]
struct Limits {
    wall: Option<String>,
    peak_memory: Option<String>,
}

impl Scenario {
    /// The scenario of that name, from the file in `directory` or the nearest one above it.
    ///
    /// # Errors
    ///
    /// [`Error`], when there is none.
    pub fn find(name: &str, directory: &Path) -> Result<Scenario, Error> {
        for above in directory.ancestors() {
            let path = above.join(FILE);
            match fs::read_to_string(&path) {
                Ok(text) => return Scenario::read(name, &path, &text),
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(source) => return Err(Error::Read { path, source }),
            }
        }
        Err(Error::Missing(directory.to_owned()))
    }

    fn read(name: &str, path: &Path, text: &str) -> Result<Scenario, Error> {
        let invalid = |at: Option<usize>, message: String| {
            let line = at.map(|at| {
                1 + text.as_bytes()[..at.min(text.len())].iter().filter(|&&byte| byte == b'\n').count()
            });
            Error::Invalid { path: path.to_owned(), line, message }
        };
        let document: Document = toml::from_str(text)
            .map_err(|error| invalid(error.span().map(|span| span.start), error.message().to_owned()))?;
        let Some(table) = document.scenario.get(name) else {
            let names = document.scenario.keys().map(String::as_str);
            let proposal = near::proposal(name, names);
            return Err(Error::Unknown { path: path.to_owned(), name: name.to_owned(), proposal });
        };
        let at = Some(table.span().start);
        let Table { command, tasks, environment, repeat, warmup, budgets, thresholds } = document
            .scenario
            .into_iter()
            .find(|(own, _)| own == name)
            .map(|(_, table)| table.into_inner())
            .unwrap_or_default();
        let refused = |what: &str, text: &str| invalid(at, format!("scenario `{name}`: {what} `{text}`"));
        if let Some(glob) = tasks.iter().find(|glob| glob.contains(',') || glob.trim().is_empty()) {
            return Err(refused("a glob of tasks is not empty and has no comma:", glob));
        }
        if let Some(variable) = environment.keys().find(|key| key.is_empty() || key.contains(['=', '\0'])) {
            return Err(refused("no variable is called", variable));
        }
        if repeat == Some(0) {
            return Err(refused("repeat is at least 1, not", "0"));
        }
        let limit = |text: Option<String>, read: fn(&str) -> Option<u64>, what: &str| match text {
            None => Ok(None),
            Some(text) => read(&text).map(Some).ok_or_else(|| refused(what, &text)),
        };
        let wall_ns = |text: &str| units::read_duration(text).and_then(|ns| u64::try_from(ns).ok());
        Ok(Scenario {
            name: name.to_owned(),
            command,
            tasks,
            environment,
            repeat,
            warmup,
            budgets: (budgets.iter())
                .map(|text| text.parse().map_err(|error| invalid(at, format!("scenario `{name}`: {error}"))))
                .collect::<Result<_, _>>()?,
            thresholds: Thresholds {
                wall_ns: limit(thresholds.wall, wall_ns, "wall is a length of time such as 90 s, not")?,
                peak_memory_bytes: limit(
                    thresholds.peak_memory,
                    units::read_bytes,
                    "peak_memory is a size such as 2 GB, not",
                )?,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str, text: &str) -> Result<Scenario, String> {
        Scenario::read(name, Path::new("waterfall.toml"), text).map_err(|error| error.to_string())
    }

    #[test]
    fn a_scenario_is_read_whole() {
        let text = r#"
[scenario.render]
command = ["make", "-j 8"]
tasks = ["frame", "io/*"]
environment = { THREADS = "8" }
repeat = 5
warmup = 1
budgets = ["a=b=16ms@p95"]
thresholds = { wall = "1.5 min", peak_memory = "2 GB" }

[scenario.other]
"#;
        let scenario = read("render", text).unwrap();
        assert_eq!(scenario.command, ["make", "-j 8"]);
        assert_eq!(scenario.tasks, ["frame", "io/*"]);
        assert_eq!(scenario.environment["THREADS"], "8");
        assert_eq!((scenario.repeat, scenario.warmup), (Some(5), Some(1)));
        assert_eq!(scenario.budgets[0].task, "a=b");
        let Thresholds { wall_ns, peak_memory_bytes } = scenario.thresholds;
        assert_eq!((wall_ns, peak_memory_bytes), (Some(90_000_000_000), Some(2_000_000_000)));
        let other = Scenario { name: "other".into(), ..Scenario::default() };
        assert_eq!(read("other", text).unwrap(), other);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        for (text, told) in [
            ("[scenario.a]\n\nrepeats = 3\n", "waterfall.toml:3: unknown field `repeats`, expected one of"),
            ("[scenario.a]\nrepeat = \"x\"\n", "waterfall.toml:2: invalid type: string \"x\""),
            ("[scenario.a]\nrepeat = 0\n", "waterfall.toml:1: scenario `a`: repeat is at least 1, not `0`"),
            (
                "[scenario.a]\nbudgets = [\"x\"]\n",
                "waterfall.toml:1: scenario `a`: `x` is not like render=16ms@p95",
            ),
            (
                "[scenario.a]\ntasks = [\"x,y\"]\n",
                "scenario `a`: a glob of tasks is not empty and has no comma: `x,y`",
            ),
            (
                "[scenario.a]\nthresholds = { wall = \"2\" }\n",
                "wall is a length of time such as 90 s, not `2`",
            ),
            ("[scenario.a\n", "waterfall.toml:1: "),
            ("[scenarios.a]\n", "waterfall.toml:1: unknown field `scenarios`"),
            ("[scenario.b]\n[scenario.nightly]\n", "has no scenario `a`; there is `b`, `nightly`"),
        ] {
            let error = read("a", text).unwrap_err();
            assert!(error.contains(told), "{error}");
        }
        assert!(read("nightl", "[scenario.nightly]\n").unwrap_err().ends_with("did you mean `nightly`?"));
    }

    #[test]
    fn the_file_is_looked_for_upwards() {
        let directory = tempfile::tempdir().unwrap();
        let below = directory.path().join("a/b");
        fs::create_dir_all(&below).unwrap();
        let missing = Scenario::find("x", &below);
        assert!(matches!(missing, Err(Error::Missing(_))), "{missing:?}");
        fs::write(directory.path().join(FILE), "[scenario.x]\nrepeat = 2\n").unwrap();
        assert_eq!(Scenario::find("x", &below).unwrap().repeat, Some(2));
    }
}
