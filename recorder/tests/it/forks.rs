//! Children made by fork without exec.

use std::fmt::{self, Display, Formatter};
use std::thread::Builder;

use waterfall_recorder::format::{Content, FileName};
use waterfall_recorder::{Loss, Recorder};

use crate::records::{Records, assert_lost, end_if_it_hangs};

/// Runs `child` in a forked child. Fails unless it comes to a good end.
pub(crate) fn fork(child: impl FnOnce() + std::panic::UnwindSafe) {
    assert_eq!(status_of_forked(child), 0, "the forked child failed");
}

/// Runs `child` in a forked child. Returns its wait status.
fn status_of_forked(child: impl FnOnce() + std::panic::UnwindSafe) -> i32 {
    #[expect(unsafe_code, reason = "std has no fork")]
    // SAFETY: the process that forks has no other threads, so the child may do anything.
    let pid = unsafe { libc::fork() };
    if pid == 0 {
        end_if_it_hangs();
        let result = std::panic::catch_unwind(child);
        #[expect(unsafe_code, reason = "the child must not run what the test binary does at its exit")]
        // SAFETY: ends the process.
        unsafe {
            libc::_exit(i32::from(result.is_err()))
        }
    }
    let mut status = -1;
    #[expect(unsafe_code, reason = "std cannot wait for a process that it did not start")]
    // SAFETY: `status` outlives the call.
    let waited = unsafe { libc::waitpid(pid, &raw mut status, 0) };
    assert_eq!(waited, pid);
    status
}

fn pid_of(file: &std::path::Path) -> u32 {
    FileName::parse(file.file_name().unwrap().to_str().unwrap()).unwrap().pid
}

fn time_on_thread(pp: &Recorder, name: &str) {
    let pp = pp.clone();
    Builder::new()
        .name(name.to_owned())
        .spawn(move || pp.time("on a thread", || ()))
        .unwrap()
        .join()
        .unwrap();
}

#[test]
fn a_forked_child_writes_a_file_of_its_own() {
    let records = Records::new();
    let program = records.child(|records| {
        let pp = records.recorder();
        pp.instant("parent before");
        let child = pp.clone();
        fork(move || {
            child.time("child", || ());
            let grandchild = child.clone();
            fork(move || grandchild.time("grandchild", || ()));
            child.instant("child again");
            assert_lost(&child, &[]);
        });
        pp.instant("parent after");
    });
    program.succeed();
    let file = |task| records.span(task).file;
    assert_eq!(records.files().len(), 3);
    assert_eq!(file("parent before"), file("parent after"));
    assert_eq!(file("child"), file("child again"));
    assert_ne!(pid_of(&file("parent after")), pid_of(&file("child")));
    assert_ne!(pid_of(&file("child")), pid_of(&file("grandchild")));
}

#[test]
fn the_end_of_a_span_from_before_the_fork_is_the_parents() {
    let records = Records::new();
    let program = records.child(|records| {
        let pp = records.recorder();
        pp.start("started");
        let guard = pp.span("guarded");
        fork(|| {
            pp.dump();
            let guard = guard; // moved here, and dropped in the child alone
            drop(guard);
            assert_lost(&pp, &[(Loss::Forked, 2)]);
        });
        // The closure was moved to `fork`, so the guard of the parent was dropped too.
        assert_lost(&pp, &[]);
        pp.start("running in the parent");
        fork(|| assert_lost(&pp, &[]));
    });
    program.succeed();
    assert!(records.span("guarded").end_ns.is_some());
    assert_eq!(records.span("running in the parent").end_ns, None);
    assert_eq!(records.span("started").end_ns, None);
}

#[test]
fn a_forked_child_gives_attributes_to_its_own_spans_only() {
    let records = Records::new();
    let program = records.child(|records| {
        let pp = records.recorder();
        pp.start_with("started", &[("by", &"parent")]);
        let guard = pp.span("guarded").with("by", "parent");
        fork(|| {
            pp.record("by", "child");
            guard.record("by", "child");
            pp.start_with("of the child", &[("by", &"child")]);
            pp.record("late", true);
            pp.dump();
            drop(pp.span("guarded by the child").with("by", "child"));
            assert_lost(&pp, &[(Loss::Forked, 2)]);
        });
        pp.record("late", true);
        guard.record("late", true);
        pp.dump();
        assert_lost(&pp, &[]);
    });
    program.succeed();
    for task in ["started", "guarded"] {
        assert_eq!(records.attributes_of(task), ["by=parent", "late=true"], "{task}");
    }
    assert_eq!(records.attributes_of("of the child"), ["by=child", "late=true"]);
    assert_eq!(records.attributes_of("guarded by the child"), ["by=child"]);
    assert_eq!(records.files_of(Content::Attributes).len(), 2);
}

#[test]
fn a_value_that_forks_while_it_is_formatted_is_at_no_row_of_the_child() {
    struct Forking<'a>(&'a Recorder);
    impl Display for Forking<'_> {
        fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
            let pp = self.0;
            fork(|| pp.time("of the child", || ()));
            f.write_str("value")
        }
    }
    let records = Records::new();
    let program = records.child(|records| {
        let pp = records.recorder();
        pp.start_with("of the parent", &[("n", &Forking(&pp))]);
        pp.dump();
        assert_lost(&pp, &[]);
    });
    program.succeed();
    assert_eq!(records.attributes_of("of the parent"), ["n=value"]);
    assert_eq!(records.given().len(), 1);
}

#[test]
fn a_forked_child_that_ends_leaves_its_parents_file_alone() {
    let records = Records::new();
    let program = records.child(|records| {
        let pp = records.recorder();
        pp.start("parent");
        let guard = pp.span("guarded");
        fork(|| pp.instant("child"));
        for _ in 0..100 {
            pp.instant("parent goes on");
        }
        drop(guard);
        pp.dump();
        assert_lost(&pp, &[]);
    });
    program.succeed();
    assert!(records.span("parent").end_ns.is_some() && records.span("guarded").end_ns.is_some());
    assert_eq!(records.spans().len(), 103);
}

#[test]
fn a_forked_child_does_not_adopt_its_parents_files() {
    let records = Records::new();
    let program = records.child(|records| {
        let pp = records.recorder();
        time_on_thread(&pp, "worker");
        fork(|| {
            time_on_thread(&pp, "worker");
            time_on_thread(&pp, "worker");
        });
        time_on_thread(&pp, "worker");
    });
    program.succeed();
    let pids: Vec<_> = records.spans().iter().map(|span| pid_of(&span.file)).collect();
    assert_eq!((records.files().len(), pids.len()), (2, 4));
    assert_eq!(pids.iter().filter(|&&pid| pid == pids[0]).count(), 2);
}

#[test]
fn a_child_that_is_killed_after_the_fork_loses_nothing_and_harms_nobody() {
    let records = Records::new();
    let program = records.child(|records| {
        let pp = records.recorder();
        pp.start("parent");
        let guard = pp.span("guarded");
        let status = status_of_forked(|| {
            pp.time("child", || ());
            pp.start("child that was killed");
            #[expect(unsafe_code, reason = "std cannot kill a process that it did not start")]
            // SAFETY: ends the process.
            unsafe {
                libc::kill(std::process::id() as i32, libc::SIGKILL);
            }
        });
        assert_eq!(status, libc::SIGKILL);
        for _ in 0..100 {
            pp.instant("parent goes on");
        }
        drop(guard);
        pp.dump();
        assert_lost(&pp, &[]);
    });
    program.succeed();
    assert_eq!(records.files().len(), 2);
    for task in ["parent", "guarded", "child"] {
        assert!(records.span(task).end_ns.is_some(), "{task}");
    }
    assert_eq!(records.span("child that was killed").end_ns, None);
    assert_eq!(records.spans().len(), 104);
}
