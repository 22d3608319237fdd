//! A directory of records under test: makes it, runs programs that write to it, and reads it.

use std::any;
use std::collections::HashMap;
use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{self, Command, Output, Stdio};

use tempfile::TempDir;
use waterfall_recorder::format::{self, Content, FileName};
use waterfall_recorder::{Loss, Recorder};

/// The variable of a child process for the records directory of its parent.
const CHILD: &str = "WATERFALL_TEST_CHILD";

/// Variables that the recorder obeys, and that a developer may have exported.
const SWITCHES: [&str; 6] =
    ["WATERFALL", "WATERFALL_DIR", "WATERFALL_BIAS", "WATERFALL_TASKS", "WATERFALL_TIMING", "WATERFALL_CPU"];

/// A span as it is in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) group: String,
    pub(crate) task: String,
    pub(crate) start_ns: i64,
    /// `None` when it is unfinished.
    pub(crate) end_ns: Option<i64>,
    pub(crate) offset_s: i32,
    pub(crate) color: String,
    pub(crate) file: PathBuf,
}

impl Span {
    pub(crate) fn contains(&self, other: &Span) -> bool {
        self.start_ns <= other.start_ns && other.end_ns.unwrap() <= self.end_ns.unwrap()
    }
}

/// An attribute, and the span whose row it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Given {
    pub(crate) span: Span,
    pub(crate) name: String,
    pub(crate) value: String,
    /// The attribute file.
    pub(crate) file: PathBuf,
}

pub(crate) struct Records {
    path: PathBuf,
    _directory: Option<TempDir>,
}

impl Records {
    /// A fresh directory, which does not exist yet. In a child process, that of its parent.
    pub(crate) fn new() -> Self {
        match env::var_os(CHILD) {
            Some(path) => Self { path: path.into(), _directory: None },
            None => {
                let directory = TempDir::new().unwrap();
                Self { path: directory.path().join("some/records"), _directory: Some(directory) }
            }
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// A Recorder of the group `g` with an offset of zero.
    pub(crate) fn recorder(&self) -> Recorder {
        self.recorder_of("g", 0)
    }

    /// A Recorder of this directory. Fails if the environment would control it; a child has only the variables that its
    /// test has set.
    pub(crate) fn recorder_of(&self, group: &str, bias_minutes: i32) -> Recorder {
        if env::var_os(CHILD).is_none() {
            let set: Vec<_> = SWITCHES.into_iter().filter(|name| env::var_os(name).is_some()).collect();
            assert!(set.is_empty(), "your environment would control these tests: unset {set:?}");
        }
        Recorder::new(group, &self.path, bias_minutes)
    }

    /// Runs `program` in a process of its own: the child runs this test again and comes here. So a test must do nothing
    /// before it except make `Records`.
    pub(crate) fn child<F: FnOnce(&Self)>(&self, program: F) -> Child {
        if env::var_os(CHILD).is_some() {
            #[cfg(unix)]
            end_if_it_hangs();
            program(self);
            process::exit(0);
        }
        // The name of the test is in that of the closure's type: `it::crashes::abort::{{closure}}`.
        let (test, _) = any::type_name::<F>().split_once("::{{closure}}").expect("a closure of the test");
        let (_crate, test) = test.split_once("::").unwrap();
        let mut command = Command::new(env::current_exe().unwrap());
        command.args([test, "--exact", "--nocapture", "--test-threads=1"]).env(CHILD, &self.path);
        for name in SWITCHES {
            command.env_remove(name);
        }
        Child { command }
    }

    /// The record files, by name.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        self.files_of(Content::Records)
    }

    /// The files of one kind, by name.
    pub(crate) fn files_of(&self, content: Content) -> Vec<PathBuf> {
        let Ok(entries) = fs::read_dir(&self.path) else { return Vec::new() };
        let files = entries.map(|entry| entry.unwrap().path());
        let mut files: Vec<_> = files.filter(|file| name_of(file).content == content).collect();
        files.sort();
        files
    }

    /// All samples as `(group, counter, time in Unix nanoseconds, value)`, file by file.
    pub(crate) fn samples(&self) -> Vec<(String, String, i64, f64)> {
        let files = self.files_of(Content::Counters);
        let rows = files.iter().flat_map(|file| rows_of(file, format::COUNTER_HEADER));
        rows.map(|row| {
            let (time_ns, _) = format::parse_stamp(row[2].as_bytes()).unwrap();
            (row[0].to_owned(), row[1].to_owned(), time_ns, row[3].parse().unwrap())
        })
        .collect()
    }

    /// All spans, file by file. Fails on anything that is not to the letter of the format.
    pub(crate) fn spans(&self) -> Vec<Span> {
        self.files().iter().flat_map(|file| spans_of(file)).collect()
    }

    /// All attributes, in the order of lanes, parts and rows: of one name, the last counts. Fails if one names no row
    /// of a record file, or not by its nine digits.
    pub(crate) fn given(&self) -> Vec<Given> {
        let mut files = self.files_of(Content::Attributes);
        files.sort_by_key(|file| (name_of(file).lane, name_of(file).part));
        // All of them before the records, so that a running program has written the row of each.
        let attributes: Vec<_> = (files.into_iter())
            .flat_map(|file| {
                let rows = rows_of(&file, format::ATTRIBUTE_HEADER);
                rows.into_iter().map(move |row| (file.clone(), row))
            })
            .collect();
        let records: Vec<_> = self.files().iter().map(|file| (name_of(file), spans_by_row(file))).collect();
        (attributes.into_iter())
            .map(|(file, row)| {
                let (by, number) = (name_of(&file), |field: usize| row[field].parse::<u64>().unwrap());
                let is_of = |name: &FileName| {
                    (&name.host, name.pid, name.process_start_ns) == (&by.host, by.pid, by.process_start_ns)
                        && (u64::from(name.lane), u64::from(name.part)) == (number(0), number(1))
                };
                let rows = records.iter().find(|(name, _)| is_of(name)).map(|(_, rows)| rows);
                let rows = rows.unwrap_or_else(|| panic!("{row:?} names no file"));
                let span = rows.get(&number(2)).unwrap_or_else(|| panic!("{row:?} names no row")).clone();
                assert_eq!(row[3], format!("{:09}", span.start_ns.rem_euclid(1_000_000_000)), "{row:?}");
                Given { span, name: row[4].to_owned(), value: row[5].to_owned(), file }
            })
            .collect()
    }

    /// The attributes of the only span of a task, as `name=value`, in the order of their rows.
    pub(crate) fn attributes_of(&self, task: &str) -> Vec<String> {
        let span = self.span(task);
        let given = self.given().into_iter().filter(|given| given.span == span);
        given.map(|given| format!("{}={}", given.name, given.value)).collect()
    }

    /// The names of the tasks in the order of their rows. There must be only one file.
    pub(crate) fn tasks(&self) -> Vec<String> {
        assert_eq!(self.files().len(), 1, "{:?}", self.files());
        self.spans().into_iter().map(|span| span.task).collect()
    }

    /// The only span of a task.
    pub(crate) fn span(&self, task: &str) -> Span {
        let mut spans: Vec<_> = self.spans().into_iter().filter(|span| span.task == task).collect();
        assert_eq!(spans.len(), 1, "spans of {task}");
        spans.remove(0)
    }
}

/// Lets the system kill this process if it still runs after fifteen minutes, so that no test waits for ever.
#[cfg(unix)]
pub(crate) fn end_if_it_hangs() {
    #[expect(unsafe_code, reason = "std knows no signals")]
    // SAFETY: no handler is installed.
    let previous = unsafe { libc::signal(libc::SIGALRM, libc::SIG_DFL) };
    assert_ne!(previous, libc::SIG_ERR);
    #[expect(unsafe_code, reason = "std has no alarm")]
    // SAFETY: all that the signal does is to end this process.
    unsafe {
        libc::alarm(900)
    };
}

/// The parts of the name of a file.
pub(crate) fn name_of(file: &Path) -> FileName {
    let name = file.file_name().unwrap().to_str().unwrap();
    FileName::parse(name).unwrap_or_else(|| panic!("{name} is not a name that a recorder gives"))
}

fn spans_of(file: &Path) -> Vec<Span> {
    let rows = rows_of(file, format::HEADER);
    let spans: Vec<_> = rows.iter().map(|row| span_of(row, file)).collect();
    assert!(spans.is_sorted_by_key(|span| span.start_ns), "{file:?}");
    spans
}

/// The spans of a file by the offsets of their rows.
fn spans_by_row(file: &Path) -> HashMap<u64, Span> {
    let bytes = fs::read(file).unwrap();
    let lines = rows_and_others(&bytes).0;
    let rows = lines.into_iter().filter(|line| *line != format::HEADER.as_bytes());
    rows.map(|line| {
        let row = csv::ReaderBuilder::new().has_headers(false).from_reader(line).into_records().next();
        (line.as_ptr().addr() as u64 - bytes.as_ptr().addr() as u64, span_of(&row.unwrap().unwrap(), file))
    })
    .collect()
}

/// The rows below a header, by the rule of the format.
fn rows_of(file: &Path, header: &str) -> Vec<csv::StringRecord> {
    let bytes = fs::read(file).unwrap();
    if header.as_bytes().starts_with(&bytes) {
        return Vec::new(); // killed before its first row
    }
    assert!(bytes.starts_with(header.as_bytes()), "{file:?}");
    let rows = rows_and_others(&bytes).0.concat();
    csv::Reader::from_reader(&rows[..]).records().map(Result::unwrap).collect()
}

/// How many lines are neither rows nor fill.
#[cfg(unix)]
pub(crate) fn lines_that_are_no_rows(bytes: &[u8]) -> usize {
    rows_and_others(bytes).1.iter().filter(|line| line.iter().any(|byte| !b"\n\0".contains(byte))).count()
}

/// The lines that are rows, and the others. A line is a row if and only if it and the line before it end in CRLF.
fn rows_and_others(bytes: &[u8]) -> (Vec<&[u8]>, Vec<&[u8]>) {
    let mut is_after_crlf = true;
    bytes.split_inclusive(|&byte| byte == b'\n').partition(|line| {
        let is_crlf = line.ends_with(b"\r\n");
        let was_after_crlf = std::mem::replace(&mut is_after_crlf, is_crlf);
        is_crlf && was_after_crlf
    })
}

fn span_of(row: &csv::StringRecord, file: &Path) -> Span {
    let (start_ns, offset_s) = format::parse_stamp(row[2].as_bytes()).unwrap();
    let end_ns = (!format::is_unfinished(row[3].as_bytes())).then(|| {
        let (end_ns, end_offset_s) = format::parse_stamp(row[3].as_bytes()).unwrap();
        assert!(start_ns <= end_ns && offset_s == end_offset_s, "{row:?}");
        end_ns
    });
    let (group, task, color) = (row[0].to_owned(), row[1].to_owned(), row[4].to_owned());
    Span { group, task, start_ns, end_ns, offset_s, color, file: file.to_owned() }
}

/// A process that is about to run.
pub(crate) struct Child {
    command: Command,
}

impl Child {
    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    pub(crate) fn directory(mut self, directory: &Path) -> Self {
        self.command.current_dir(directory);
        self
    }

    /// Runs it under limits that a shell sets first, such as `ulimit -n 20`.
    #[cfg(target_os = "linux")]
    pub(crate) fn limited(self, limits: &str) -> Self {
        let mut command = Command::new("sh");
        command.arg("-c").arg(format!("{limits} && exec \"$0\" \"$@\""));
        self.under(command)
    }

    /// Runs it by another program, which gets it as its last arguments.
    #[cfg(target_os = "linux")]
    fn under(self, mut command: Command) -> Self {
        command.arg(self.command.get_program()).args(self.command.get_args());
        for (name, value) in self.command.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        Self { command }
    }

    /// Runs it with a disk of its own of `size` bytes, mounted on an existing directory. Needs root, or a system where
    /// users may make namespaces.
    #[cfg(target_os = "linux")]
    pub(crate) fn with_disk(self, directory: &Path, size: u32) -> Self {
        let mount = format!("mount -t tmpfs -o size={size} waterfall '{}'", directory.display());
        let mut command = Command::new("unshare");
        command.arg("--mount");
        #[expect(unsafe_code, reason = "std cannot ask for the user")]
        // SAFETY: asks for a number.
        if unsafe { libc::geteuid() } != 0 {
            command.args(["--user", "--map-root-user"]);
        }
        self.limited(&mount).under(command)
    }

    /// Runs it to its end, good or bad.
    pub(crate) fn output(mut self) -> Output {
        self.command.output().unwrap()
    }

    /// Runs it to a good end. Returns its stderr.
    pub(crate) fn succeed(self) -> String {
        let output = self.output();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{}: {stderr}", output.status);
        stderr
    }

    /// Starts it. It is killed when the result is dropped.
    #[cfg(unix)]
    pub(crate) fn spawn(mut self) -> Running {
        Running { process: self.command.stdout(Stdio::null()).spawn().unwrap() }
    }
}

/// A running process.
#[cfg(unix)]
pub(crate) struct Running {
    process: process::Child,
}

#[cfg(unix)]
impl Running {
    pub(crate) fn id(&self) -> i32 {
        self.process.id() as i32
    }

    /// Fails if it has ended by itself.
    pub(crate) fn check_runs(&mut self) {
        assert!(self.process.try_wait().unwrap().is_none(), "the program ended by itself");
    }

    /// Kills it with SIGKILL and waits for its end.
    pub(crate) fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

#[cfg(unix)]
impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Fails unless exactly these losses were counted.
pub(crate) fn assert_lost(pp: &Recorder, expected: &[(Loss, u64)]) {
    let losses = pp.losses();
    for &loss in Loss::ALL {
        let expected = expected.iter().find(|expected| expected.0 == loss).map_or(0, |expected| expected.1);
        assert_eq!(losses.count(loss), expected, "{loss}; {losses}");
    }
}
