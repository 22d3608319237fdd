//! Programs that close or replace descriptors that they do not know, as every daemon does. Their own files stay as they
//! are, and no row is lost in silence.

use std::env;
use std::fs::{self, File};
use std::io::{self, Write};
use std::os::fd::{AsRawFd, RawFd};
use std::path::PathBuf;
use std::thread;

use waterfall_recorder::Loss;

use crate::forks::fork;
use crate::records::{Records, assert_lost};

/// How a program takes numbers away. Only the numbers of record files are surely among them.
type Taking = fn();

const TAKINGS: [(&str, Taking); 3] =
    [("closed one by one", close_each), ("closed at once", close_all), ("replaced", replace_each)];

fn close_each() {
    (3..1024).for_each(close);
}

/// As `closefrom(3)` does.
fn close_all() {
    #[cfg(target_os = "linux")]
    #[expect(unsafe_code, reason = "std closes nothing that it did not open")]
    // SAFETY: nothing in this program uses a descriptor from 3 on without checking it first.
    let closed = unsafe { libc::syscall(libc::SYS_close_range, 3, libc::c_uint::MAX, 0) } == 0;
    #[cfg(not(target_os = "linux"))]
    let closed = false;
    if !closed {
        close_each(); // Linux before 5.9
    }
}

/// Puts a file of the program on every number that is in use.
fn replace_each() {
    let theirs = File::create(work_file("replacement")).unwrap();
    for number in (3..64).filter(|&number| number != theirs.as_raw_fd() && is_open(number)) {
        #[expect(unsafe_code, reason = "std has no dup2")]
        // SAFETY: nothing in this program uses a descriptor from 3 on without checking it first.
        let result = unsafe { libc::dup2(theirs.as_raw_fd(), number) };
        assert_eq!(result, number);
    }
    // `theirs` is closed, its copies stay open.
}

fn close(number: RawFd) {
    #[expect(unsafe_code, reason = "std closes nothing that it did not open")]
    // SAFETY: nothing in this program uses the number without checking it first.
    unsafe {
        libc::close(number)
    };
}

fn is_open(number: RawFd) -> bool {
    #[expect(unsafe_code, reason = "std asks for no flags")]
    // SAFETY: asks for a number.
    let flags = unsafe { libc::fcntl(number, libc::F_GETFD) };
    flags >= 0
}

/// A file of the program, in the directory above the records.
fn work_file(name: &str) -> PathBuf {
    Records::new().path().parent().unwrap().join(name)
}

/// The program's own files, on the numbers that were taken away.
struct Theirs(Vec<(PathBuf, File)>);

impl Theirs {
    fn open() -> Self {
        let path = |n| work_file(&format!("theirs {n}"));
        let mut files: Vec<_> = (0..8).map(|n| (path(n), File::create(path(n)).unwrap())).collect();
        files.iter_mut().for_each(|(_, file)| file.write_all(b"one\n").unwrap());
        Self(files)
    }

    /// Writes to them once more. Fails if anybody else has closed or written them.
    fn check(mut self) {
        for (path, file) in &mut self.0 {
            file.write_all(b"two\n").unwrap();
            assert_eq!(fs::read_to_string(path).unwrap(), "one\ntwo\n");
        }
    }
}

/// A program that records in all ways before and after its numbers are taken away.
fn record_around(records: &Records, take: Taking) {
    let pp = records.recorder();
    pp.start("ends after");
    let guard = pp.span("guarded");
    thread::scope(|scope| {
        scope.spawn(|| pp.time("of an ended thread", || ()));
    });
    pp.counter("length", 1.0);
    pp.record("given", "before");
    take();
    let theirs = Theirs::open();
    pp.record("given", "after");
    guard.record("given", "after");
    pp.dump();
    thread::scope(|scope| {
        scope.spawn(|| drop(guard));
        scope.spawn(|| pp.time("of a later thread", || ()));
    });
    // The files must grow.
    for n in 0..3000 {
        drop(pp.span("after").with("n", n));
    }
    pp.counter("length", 2.0);
    theirs.check();
    assert_lost(&pp, &[]);
}

#[test]
fn a_program_that_takes_all_numbers_away_keeps_its_files_and_its_records() {
    for (name, _) in TAKINGS {
        for journal in ["map", "write"] {
            let records = Records::new();
            let program = records.child(|records| {
                let name = env::var("TAKING").unwrap();
                record_around(records, TAKINGS.iter().find(|taking| taking.0 == name).unwrap().1);
            });
            program.env("TAKING", name).env("WATERFALL_JOURNAL", journal).succeed();
            let spans = records.spans();
            let count = |task| spans.iter().filter(|span| span.task == task && span.end_ns.is_some()).count();
            let all = ["ends after", "guarded", "of an ended thread", "of a later thread", "after"];
            assert_eq!(all.map(count), [1, 1, 1, 1, 3000], "{name}, {journal}");
            assert_eq!(records.samples().len(), 2);
            assert_eq!(records.attributes_of("ends after"), ["given=before", "given=after"]);
            assert_eq!(records.attributes_of("guarded"), ["given=after"]);
            let given = records.given();
            let numbers = given.iter().filter(|given| given.span.task == "after").map(|given| &given.value);
            assert!(numbers.eq(&(0..3000).map(|n| n.to_string()).collect::<Vec<_>>()), "{name}, {journal}");
            let replacement = records.path().parent().unwrap().join("replacement");
            assert!(!replacement.exists() || fs::read(replacement).unwrap().is_empty());
        }
    }
}

#[test]
fn a_daemon_closes_what_its_parent_had_open_and_keeps_its_files() {
    for journal in ["map", "write"] {
        let records = Records::new();
        let program = records.child(|records| {
            let pp = records.recorder();
            let guard = pp.span("of the parent");
            thread::scope(|scope| {
                scope.spawn(|| pp.time("of a thread of the parent", || ()));
            });
            let in_child = pp.clone();
            fork(move || {
                close_all();
                let theirs = Theirs::open();
                // Here the child drops the journals of its parent, also those of ended threads.
                in_child.time("of the daemon", || ());
                thread::scope(|scope| {
                    scope.spawn(|| in_child.time("of a thread of the daemon", || ()));
                });
                theirs.check();
                assert_lost(&in_child, &[]);
            });
            drop(guard);
            assert_lost(&pp, &[]);
        });
        program.env("WATERFALL_JOURNAL", journal).succeed();
        let all =
            ["of the parent", "of a thread of the parent", "of the daemon", "of a thread of the daemon"];
        for task in all {
            assert!(records.span(task).end_ns.is_some(), "{task}, {journal}");
        }
    }
}

#[test]
fn what_cannot_be_written_because_the_file_is_gone_too_is_counted() {
    let records = Records::new();
    let program = records.child(|records| {
        let pp = records.recorder();
        pp.time("before", || ());
        close_all();
        let theirs = Theirs::open();
        let [file] = &records.files()[..] else { panic!("one file") };
        fs::rename(file, work_file("moved")).unwrap();
        fs::write(file, "theirs\n").unwrap();
        pp.time("lost", || ());
        theirs.check();
        assert_lost(&pp, &[(Loss::RowRefused, 1)]);
        assert_eq!(fs::read(file).unwrap(), b"theirs\n");
        fs::remove_file(file).unwrap();
    });
    let stderr = program.env("WATERFALL_JOURNAL", "write").succeed();
    assert_eq!(stderr.matches("waterfall: a row could not be written").count(), 1, "{stderr}");
}

#[test]
fn a_program_without_stdin_stdout_and_stderr_prints_into_no_record_file() {
    for journal in ["map", "write"] {
        let records = Records::new();
        let program = records.child(|records| {
            let pp = records.recorder();
            (0..3).for_each(close);
            for n in 0..3 {
                pp.time(format!("before {n}"), || ());
                thread::scope(|scope| {
                    scope.spawn(|| pp.time(format!("on a thread {n}"), || ()));
                });
                // Both are closed, which std does not report.
                io::stdout().write_all(b"printed by the program\n").unwrap();
                io::stdout().flush().unwrap();
                io::stderr().write_all(b"printed by the program\n").unwrap();
            }
            // Its numbers are closed, for the next file of the program.
            assert!((0..3).all(|number| !is_open(number)));
        });
        program.env("WATERFALL_JOURNAL", journal).succeed();
        assert_eq!(records.spans().len(), 6, "{journal}");
    }
}

#[test]
fn a_warning_goes_to_the_stderr_of_the_beginning_and_into_no_file_in_its_place() {
    let records = Records::new();
    let program = records.child(|records| {
        let pp = records.recorder();
        fs::create_dir_all(records.path()).unwrap();
        let path = work_file("theirs");
        close(2);
        let theirs = File::create(&path).unwrap();
        assert_eq!(theirs.as_raw_fd(), 2);
        pp.dump(); // without a start
        assert_lost(&pp, &[(Loss::NotStarted, 1)]);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.is_empty(), "{text}");
    });
    program.succeed();
}
