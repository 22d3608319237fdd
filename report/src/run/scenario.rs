//! Scenarios: runs described in `waterfall.toml`. Takes the file, gives one. An unknown key is an error with its line.
//!
//! ```toml
//! [scenario.render]
//! command = ["cargo", "run", "--release", "--example", "render"]  # unless the command line has one
//! tasks = ["frame", "io/*"]         # record only these: WATERFALL_TASKS
//! wait = ["lock*"]                  # these are waits, as with --wait
//! environment = { THREADS = "8" }
//! repeat = 5
//! warmup = 1
//! budgets = ["frame=16ms@p95"]      # limits for tasks
//! thresholds = { wall = "90 s", peak_memory = "2 GB" }  # limits for a run
//! compare = { baseline = "main", thresholds = ["5%"] }  # what may change
//! ```

use std::collections::BTreeMap;
use std::fmt::{self, Display};
use std::fs;
use std::io::{self, ErrorKind};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use toml::Spanned;

use crate::gate::{Budget, Threshold};
use crate::runs::Name;
use crate::text::{self, quoted};

pub(super) const FILE: &str = "waterfall.toml";

/// How to run a command, as the file describes it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Scenario {
    pub name: String,
    /// Where its file is; `None` without a scenario.
    pub directory: Option<PathBuf>,
    /// The program and its arguments; empty if the file names none.
    pub command: Vec<String>,
    /// Globs of the tasks to record; empty: all tasks.
    pub tasks: Vec<String>,
    /// Globs of the tasks that are declared waits.
    pub wait: Vec<String>,
    pub environment: BTreeMap<String, String>,
    /// The number of runs.
    pub repeat: Option<u32>,
    /// The number of unrecorded runs before them.
    pub warmup: Option<u32>,
    pub budgets: Vec<Budget>,
    /// Budgets of the whole run.
    pub thresholds: Vec<Budget>,
    pub compare: Compare,
}

/// What its runs are compared with, and which changes count.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Compare {
    /// `None`: its runs are compared only if the user asks for it.
    pub baseline: Option<Name>,
    pub thresholds: Vec<Threshold>,
    pub fail_on_inconclusive: bool,
}

/// Why there is no scenario.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum Error {
    #[error("no {FILE} in {} or above it", .0.display())]
    Missing(PathBuf),
    #[error("cannot read {}", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("{}{}: {message}", path.display(), line.map_or(String::new(), |line| format!(":{line}")))]
    Invalid {
        path: PathBuf,
        /// Counted from 1.
        line: Option<usize>,
        message: String,
    },
    #[error("{} has no scenario {}{proposal}", path.display(), quoted(name))]
    Unknown {
        path: PathBuf,
        name: String,
        /// The similar names, as the end of a sentence.
        proposal: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(default)]
    scenario: BTreeMap<String, Table>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Table {
    command: Vec<String>,
    tasks: Vec<Spanned<String>>,
    wait: Vec<String>,
    environment: BTreeMap<Spanned<String>, String>,
    repeat: Option<Spanned<u32>>,
    warmup: Option<u32>,
    budgets: Vec<Spanned<String>>,
    /// A map, because serde would also accept a list for a struct.
    thresholds: BTreeMap<Spanned<String>, Spanned<String>>,
    #[serde(deserialize_with = "compare_table")]
    compare: CompareTable,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct CompareTable {
    baseline: Option<Spanned<String>>,
    thresholds: Vec<Spanned<String>>,
    fail_on_inconclusive: bool,
}

/// Only from a table, because serde would also accept a list for a struct.
fn compare_table<'de, D: Deserializer<'de>>(deserializer: D) -> Result<CompareTable, D::Error> {
    struct OfTable;
    impl<'de> Visitor<'de> for OfTable {
        type Value = CompareTable;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a table such as { baseline = \"main\" }")
        }

        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<CompareTable, A::Error> {
            CompareTable::deserialize(MapAccessDeserializer::new(map))
        }
    }
    deserializer.deserialize_map(OfTable)
}

impl Scenario {
    /// The scenario of that name, from the file in `directory` or the nearest one above it.
    ///
    /// # Errors
    ///
    /// [`Error`] if there is no file, if it is invalid, or if it has no such scenario.
    pub(crate) fn find(name: &str, directory: &Path) -> Result<Scenario, Error> {
        for above in directory.ancestors() {
            let path = above.join(FILE);
            match fs::read_to_string(&path) {
                Ok(text) => {
                    let scenario = Scenario::read(name, &path, &text)?;
                    return Ok(Scenario { directory: Some(above.to_owned()), ..scenario });
                }
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(source) => return Err(Error::Read { path, source }),
            }
        }
        Err(Error::Missing(directory.to_owned()))
    }

    /// Its file; `None` without a scenario.
    pub(crate) fn path(&self) -> Option<PathBuf> {
        self.directory.as_ref().map(|directory| directory.join(FILE))
    }

    fn read(name: &str, path: &Path, text: &str) -> Result<Scenario, Error> {
        let file = TomlFile { path, text, name };
        let Table { command, tasks, wait, environment, repeat, warmup, budgets, thresholds, compare } =
            file.table()?;
        tasks.iter().try_for_each(|pattern| file.check_pattern(pattern))?;
        environment.keys().try_for_each(|variable| file.check_variable(variable))?;
        if let Some(zero) = repeat.as_ref().filter(|repeat| *repeat.as_ref() == 0) {
            return Err(file.refused(zero.span(), "repeat must be at least 1".into()));
        }
        Ok(Scenario {
            name: name.to_owned(),
            directory: None,
            command,
            tasks: tasks.into_iter().map(Spanned::into_inner).collect(),
            wait,
            environment: environment.into_iter().map(|(key, value)| (key.into_inner(), value)).collect(),
            repeat: repeat.map(Spanned::into_inner),
            warmup,
            budgets: file.all("budget", &budgets)?,
            thresholds: file.thresholds(&thresholds)?,
            compare: Compare {
                baseline: compare.baseline.map(|name| file.parse("baseline", &name)).transpose()?,
                thresholds: file.all("threshold", &compare.thresholds)?,
                fail_on_inconclusive: compare.fail_on_inconclusive,
            },
        })
    }
}

/// The file that a scenario is read from.
struct TomlFile<'a> {
    path: &'a Path,
    text: &'a str,
    /// Of the scenario.
    name: &'a str,
}

impl TomlFile<'_> {
    /// The table of the scenario.
    fn table(&self) -> Result<Table, Error> {
        let mut document: Document = toml::from_str(self.text)
            .map_err(|error| self.invalid(error.span(), error.message().to_owned()))?;
        document.scenario.remove(self.name).ok_or_else(|| Error::Unknown {
            path: self.path.to_owned(),
            name: self.name.to_owned(),
            proposal: text::proposal(self.name, document.scenario.keys().map(String::as_str)),
        })
    }

    fn check_pattern(&self, pattern: &Spanned<String>) -> Result<(), Error> {
        let own = pattern.as_ref();
        if !own.contains(',') && !own.trim().is_empty() {
            return Ok(());
        }
        let message =
            format!("invalid pattern {} in `tasks`: it must not be empty or contain a comma", quoted(own));
        Err(self.refused(pattern.span(), message))
    }

    fn check_variable(&self, variable: &Spanned<String>) -> Result<(), Error> {
        let own = variable.as_ref();
        if !own.is_empty() && !own.contains(['=', '\0']) {
            return Ok(());
        }
        Err(self
            .refused(variable.span(), format!("invalid name of an environment variable: {}", quoted(own))))
    }

    /// The values of a list; `what` they are.
    fn all<T: FromStr<Err: Display>>(&self, what: &str, texts: &[Spanned<String>]) -> Result<Vec<T>, Error> {
        texts.iter().map(|text| self.parse(what, text)).collect()
    }

    fn parse<T: FromStr<Err: Display>>(&self, what: &str, text: &Spanned<String>) -> Result<T, Error> {
        (text.as_ref().parse()).map_err(|error| {
            self.refused(text.span(), format!("invalid {what} {}: {error}", quoted(text.as_ref())))
        })
    }

    /// Thresholds as budgets, `wall = "90 s"` as `wall=90 s`.
    fn thresholds(
        &self,
        thresholds: &BTreeMap<Spanned<String>, Spanned<String>>,
    ) -> Result<Vec<Budget>, Error> {
        let is_known = |key: &str| ["wall", "peak_memory"].contains(&key);
        if let Some(other) = thresholds.keys().find(|key| !is_known(key.as_ref())) {
            let message =
                format!("unknown threshold {}: use `wall` or `peak_memory`", quoted(other.as_ref()));
            return Err(self.refused(other.span(), message));
        }
        let budget = |(key, limit): (&Spanned<String>, &Spanned<String>)| {
            let text = format!("{}={}", key.as_ref(), limit.as_ref());
            text.parse().map_err(|error| {
                self.refused(limit.span(), format!("invalid threshold {}: {error}", quoted(&text)))
            })
        };
        thresholds.iter().map(budget).collect()
    }

    /// The file is wrong there.
    fn invalid(&self, at: Option<Range<usize>>, message: String) -> Error {
        let line = at.map(|at| self.text[..at.start.min(self.text.len())].matches('\n').count() + 1);
        Error::Invalid { path: self.path.to_owned(), line, message }
    }

    /// The scenario is wrong there.
    fn refused(&self, at: Range<usize>, message: String) -> Error {
        self.invalid(Some(at), format!("scenario {}: {message}", quoted(self.name)))
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
wait = ["lock*", "io/poll"]
environment = { THREADS = "8" }
repeat = 5
warmup = 1
budgets = ["a=b=16ms@p95"]
thresholds = { wall = "1.5 min", peak_memory = "2 GB" }

[scenario.render.compare]
baseline = "main"
thresholds = ["5%", "wall=3%", "save=10% and 2ms", "io/*=8%@p95"]
fail_on_inconclusive = true

[scenario.other]
"#;
        let scenario = read("render", text).unwrap();
        assert_eq!(scenario.command, ["make", "-j 8"]);
        assert_eq!(scenario.tasks, ["frame", "io/*"]);
        assert_eq!(scenario.wait, ["lock*", "io/poll"]);
        assert_eq!(scenario.environment["THREADS"], "8");
        assert_eq!((scenario.repeat, scenario.warmup), (Some(5), Some(1)));
        assert_eq!(scenario.budgets[0].task.as_deref(), Some("a=b"));
        let thresholds: Vec<String> =
            scenario.thresholds.iter().map(|budget| format!("{budget} {}", budget.limit.at_most)).collect();
        assert_eq!(thresholds, ["peak_memory=2 GB 2000000000", "wall=1.5 min 90000000000"]);
        let Compare { baseline, thresholds, fail_on_inconclusive } = scenario.compare;
        let thresholds: Vec<String> = thresholds.into_iter().map(|threshold| threshold.text).collect();
        assert_eq!(thresholds, ["5%", "wall=3%", "save=10% and 2ms", "io/*=8%@p95"]);
        assert_eq!((baseline.unwrap().as_str(), fail_on_inconclusive), ("main", true));
        let other = Scenario { name: "other".into(), ..Scenario::default() };
        assert_eq!(read("other", text).unwrap(), other);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        for (text, told) in [
            ("[scenario.a]\n\nrepeats = 3\n", "waterfall.toml:3: unknown field `repeats`, expected one of"),
            ("[scenario.a]\nrepeat = \"x\"\n", "waterfall.toml:2: invalid type: string \"x\""),
            ("[scenario.a]\nrepeat = 0\n", "waterfall.toml:2: scenario `a`: repeat must be at least 1"),
            (
                "[scenario.a]\nbudgets = [\n  \"x=1s@p50\",\n  \"x\"]\n",
                "waterfall.toml:4: scenario `a`: invalid budget `x`: no `=` after the task",
            ),
            ("[scenario.a]\ncommand = \"make all\"\n", "waterfall.toml:2: invalid type: string \"make all\""),
            ("[scenario.a]\n\nthresholds = [\"90 s\"]\n", "waterfall.toml:3: invalid type: sequence"),
            (
                "[scenario.a.thresholds]\nwall = \"90 s\"\nmemory = \"2 GB\"\n",
                "waterfall.toml:3: scenario `a`: unknown threshold `memory`: use `wall` or `peak_memory`",
            ),
            (
                "[scenario.a.environment]\nA = \"1\"\n\"B=\" = \"1\"\n",
                "waterfall.toml:3: scenario `a`: invalid name of an environment variable: `B=`",
            ),
            (
                "[scenario.a]\ntasks = [\"x,y\"]\n",
                "scenario `a`: invalid pattern `x,y` in `tasks`: it must not be empty or contain a comma",
            ),
            (
                "[scenario.a]\nthresholds = { wall = \"2\" }\n",
                "invalid threshold `wall=2`: the limit is not a duration with a unit; write it as wall=90s",
            ),
            (
                "[scenario.a.compare]\nbaselines = \"main\"\n",
                "waterfall.toml:2: unknown field `baselines`, expected one of `baseline`",
            ),
            (
                "[scenario.a.compare]\nbaseline = \"../main\"\n",
                "waterfall.toml:2: scenario `a`: invalid baseline `../main`: it begins or ends with a dot",
            ),
            (
                "[scenario.a.compare]\nthresholds = [\n  \"5%\",\n  \"wall=5\"]\n",
                "waterfall.toml:4: scenario `a`: invalid threshold `wall=5`: ",
            ),
            (
                "[scenario.a]\ncompare = [\"main\"]\n",
                "waterfall.toml:2: invalid type: sequence, expected a table",
            ),
            ("[scenario.a\n", "waterfall.toml:1: "),
            ("[scenarios.a]\n", "waterfall.toml:1: unknown field `scenarios`"),
            ("[scenario.b]\n[scenario.nightly]\n", "has no scenario `a`; known: `b`, `nightly`"),
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
        let found = Scenario::find("x", &below).unwrap();
        assert_eq!((found.repeat, found.directory.as_deref()), (Some(2), Some(directory.path())));
    }
}
