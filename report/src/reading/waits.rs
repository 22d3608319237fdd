//! Waits that records do not say: the tasks that a reader declares to be waits.
//!
//! Takes globs, those of some directories for the files below these only. They are applied to the rows of each file,
//! and to summaries that were read.

use std::path::{Path, PathBuf};

use crate::model::{Keys, Rows, Summary};
use crate::text::{NoMatch, TaskGlobs};

/// The most names that a suggestion chooses from.
const NAMES: usize = 1000;

/// The tasks that are declared to be waits.
#[derive(Default)]
pub(super) struct Waits {
    /// What the names of files are relative to.
    root: PathBuf,
    /// Globs for the files below a directory. The names of all files are below the empty path.
    below: Vec<(PathBuf, TaskGlobs)>,
}

impl Waits {
    /// The tasks that match one of some globs, `all` in any file, the others in the files below a directory.
    pub(super) fn new(all: &[String], below: &[(PathBuf, Vec<String>)], root: Option<&Path>) -> Waits {
        let anywhere = (PathBuf::new(), all);
        let own = below.iter().map(|(directory, globs)| (absolute(directory), globs.as_slice()));
        let below = std::iter::once(anywhere).chain(own).filter(|(_, globs)| !globs.is_empty());
        let below = below.map(|(directory, globs)| (directory, TaskGlobs::new(globs))).collect();
        Waits { root: root.unwrap_or(Path::new("")).to_owned(), below }
    }

    /// Declares waits in what was read of the file with this name.
    pub(super) fn declare(&self, name: &Path, rows: &mut Rows) {
        for globs in self.of_file(name) {
            rows.declare_waits(|group, task| globs.matches(group, task));
        }
    }

    pub(super) fn declare_in(&self, name: &Path, summary: &mut Summary) {
        for globs in self.of_file(name) {
            summary.declare_waits(|group, task| globs.matches(group, task));
        }
    }

    fn of_file(&self, name: &Path) -> impl Iterator<Item = &TaskGlobs> {
        let path = if self.below.is_empty() { PathBuf::new() } else { absolute(&self.root.join(name)) };
        let is_of = move |(directory, _): &&(PathBuf, TaskGlobs)| path.starts_with(directory);
        self.below.iter().filter(is_of).map(|(_, globs)| globs)
    }
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// Those of the globs of waits that match none of these keys.
pub(crate) fn unmatched_waits(globs: &[String], keys: &Keys) -> Vec<NoMatch> {
    let tasks = || keys.all().iter().map(|key| (keys.name(key.group), keys.name(key.task)));
    let is_unmatched = |glob: &&String| {
        let own = TaskGlobs::new(std::slice::from_ref(glob));
        !tasks().any(|(group, task)| own.matches(group, task))
    };
    let no_match = |glob: &String| {
        let names = tasks().take(NAMES);
        let names = match glob.contains('/') {
            true => names.map(|(group, task)| format!("{group}/{task}")).collect(),
            false => names.map(|(_, task)| task.to_owned()).collect(),
        };
        NoMatch::new("task", glob, names)
    };
    globs.iter().filter(is_unmatched).map(no_match).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::analysis;
    use crate::model::{Color, Kind, LaneIdentity, ProcessIdentity};
    use crate::outputs;
    use crate::text::Problems;

    /// Start, length, task, kind and CPU time.
    type Row = (i64, Option<i64>, u8, u8, Option<i64>);

    fn rows(rows: &[Row]) -> Rows {
        let mut made = Rows::new();
        for (index, &(start, length, task, kind, cpu_ns)) in rows.iter().enumerate() {
            let kind = match kind {
                0 => Kind::Work(None),
                1 => Kind::Work(Some(Color([255, 0, 0]))),
                _ => Kind::Wait,
            };
            let key = made.keys.intern(
                ["g", "h"][usize::from(task % 2)],
                ["lock", "queue"][usize::from(task / 2)],
                kind,
            );
            made.push(start, length.map(|length| start + length), key);
            if let Some(cpu_ns) = cpu_ns {
                made.set_cpu(index, cpu_ns);
            }
        }
        made
    }

    fn summary(rows: Rows) -> Summary {
        let process = ProcessIdentity { identity: "p".into(), ..Default::default() };
        let lane = LaneIdentity { identity: "l".into(), thread: "l".into(), ..Default::default() };
        let (keys, spans) = rows.sorted();
        analysis::summarise((process, lane), &keys, &spans, None).0
    }

    fn text(summary: &Summary) -> String {
        let mut text = Vec::new();
        outputs::write_summary(summary, &Problems::new(), &mut text).unwrap();
        String::from_utf8(text).unwrap()
    }

    fn is_of_cpu(line: &str) -> bool {
        line.starts_with("cpu\t")
    }

    proptest! {
        #[test]
        fn a_summary_of_declared_waits_is_the_declaration_of_a_summary(
            made in prop::collection::vec(
                (0i64..3_000_000, prop::option::weighted(0.9, 0i64..200_000), 0u8..4, 0u8..3, 0i64..200_000), 1..30),
            glob in prop::sample::select(vec!["lock", "*", "g/lock", "h/*", "g / que?e", "none"]),
            of_cpu in 0u8..3,
        ) {
            let with_cpu = |(index, &(start, length, task, kind, cpu_ns)): (usize, &(i64, Option<i64>, u8, u8, i64))| {
                let is_known = of_cpu == 2 || of_cpu == 1 && index % 2 == 0;
                (start, length, task, kind, length.filter(|_| is_known).map(|length| cpu_ns.min(length)))
            };
            let made: Vec<Row> = made.iter().enumerate().map(with_cpu).collect();
            let waits = Waits::new(&[glob.to_owned()], &[], None);
            let mut declared = rows(&made);
            waits.declare(Path::new("x"), &mut declared);
            let of_declared = text(&summary(declared));
            let mut later = summary(rows(&made));
            waits.declare_in(Path::new("x"), &mut later);
            let later = text(&later);
            let without_cpu = |text: &str| text.lines().filter(|line| !is_of_cpu(line)).map(str::to_owned).collect::<Vec<_>>();
            prop_assert_eq!(without_cpu(&of_declared), without_cpu(&later));
            if of_cpu != 1 {
                prop_assert_eq!(of_declared, later, "the CPU time of all spans is known, or of none");
            }
        }

        #[test]
        fn it_does_not_matter_when_parts_of_a_lane_are_declared(
            parts in prop::collection::vec(prop::collection::vec((0i64..900, 0i64..90, 0u8..4, 0u8..3), 1..20), 2..4),
        ) {
            let waits = Waits::new(&["lock".to_owned()], &[], None);
            let part = |(number, part): (usize, &Vec<(i64, i64, u8, u8)>)| {
                let row = |&(start, length, task, kind): &(i64, i64, u8, u8)| {
                    (number as i64 * 1000 + start, Some(length), task, kind, Some(length / 2))
                };
                summary(rows(&part.iter().map(row).collect::<Vec<_>>()))
            };
            let (mut first, mut last) = (Summary::new(), Summary::new());
            for mut of in parts.iter().enumerate().map(part) {
                last.merge(of.clone());
                waits.declare_in(Path::new("x"), &mut of);
                first.merge(of);
            }
            waits.declare_in(Path::new("x"), &mut last);
            prop_assert_eq!(text(&first), text(&last));
        }
    }

    #[test]
    fn a_wait_has_lost_its_colour_and_tasks_that_do_not_match_stay_as_they_are() {
        let mut declared =
            rows(&[(0, Some(5), 0, 1, None), (5, Some(5), 1, 1, None), (9, Some(9), 0, 0, None)]);
        Waits::new(&["g/lock".into()], &[], None).declare(Path::new("x"), &mut declared);
        let kinds: Vec<String> = declared.keys.all().iter().map(|key| key.kind.to_string()).collect();
        assert_eq!(kinds, ["wait", "#ff0000"]);
        let keys: Vec<usize> = declared.iter().map(|span| span.key.index()).collect();
        assert_eq!(keys, [0, 1, 0]);
    }

    #[test]
    fn a_glob_that_matches_no_task_is_told_with_those_that_are_near() {
        let all = rows(&[(0, Some(5), 0, 0, None), (5, Some(5), 3, 2, None)]);
        let unmatched = |glob: &str| {
            let found = unmatched_waits(&[glob.to_owned()], &all.keys);
            found.first().map(NoMatch::to_string)
        };
        for matching in ["lock", "l*", "h/queue", "*"] {
            assert_eq!(unmatched(matching), None);
        }
        assert_eq!(unmatched("lok").unwrap(), "no task matches `lok`; did you mean `lock`?");
        assert_eq!(unmatched("g/lok").unwrap(), "no task matches `g/lok`; did you mean `g/lock`?");
    }
}
