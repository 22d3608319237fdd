//! Limits of the system: the program goes on, and losses are counted.

use std::sync::{Arc, Barrier};
use std::thread;
use std::time::{Duration, Instant};

use waterfall_recorder::Loss;

use crate::records::{Records, assert_lost};

/// Sets a soft limit, which `soft` computes from the current limits.
fn set_soft_limit(resource: libc::__rlimit_resource_t, soft: impl FnOnce(libc::rlimit) -> libc::rlim_t) {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    #[expect(unsafe_code, reason = "std cannot set limits")]
    // SAFETY: `limit` outlives both calls.
    let results = unsafe {
        let got = libc::getrlimit(resource, &raw mut limit);
        limit.rlim_cur = soft(limit);
        (got, libc::setrlimit(resource, &raw const limit))
    };
    assert_eq!(results, (0, 0));
}

/// Restores the default action of SIGXFSZ. A parent that ignores the signal may have passed that on.
fn let_sigxfsz_kill() {
    #[expect(unsafe_code, reason = "std knows no signals")]
    // SAFETY: no handler is installed.
    let previous = unsafe { libc::signal(libc::SIGXFSZ, libc::SIG_DFL) };
    assert_ne!(previous, libc::SIG_ERR);
}

#[test]
fn a_file_never_meets_the_limit_on_file_sizes() {
    let records = Records::new();
    let program = records.child(|records| {
        let_sigxfsz_kill();
        let pp = records.recorder();
        // A row has 113 bytes. 36 rows and the header have 4,096, and the next write would kill.
        for _ in 0..1000 {
            pp.start("x".repeat(36));
            pp.dump();
        }
        assert_lost(&pp, &[(Loss::RowRefused, 964)]);
    });
    // In blocks of 512 bytes.
    let stderr = program.limited("ulimit -f 8").succeed();
    assert_eq!(stderr.matches("waterfall: a row could not be written").count(), 1, "{stderr}");
    assert_eq!(records.spans().iter().filter(|span| span.end_ns.is_some()).count(), 36);
}

#[test]
fn no_file_may_grow_at_all() {
    let records = Records::new();
    let program = records.child(|records| {
        let_sigxfsz_kill();
        let pp = records.recorder();
        pp.start("save");
        pp.dump();
        assert_lost(&pp, &[(Loss::NoFile, 1)]);
    });
    program.limited("ulimit -f 0").succeed();
    assert_eq!(records.files().len(), 0);
}

#[test]
fn a_raised_limit_is_seen() {
    let records = Records::new();
    let program = records.child(|records| {
        let pp = records.recorder();
        let_sigxfsz_kill();
        while pp.losses().total() == 0 {
            pp.instant("before");
        }
        set_soft_limit(libc::RLIMIT_FSIZE, |limit| limit.rlim_max);
        // Until the pause after a refusal is over.
        let deadline = Instant::now() + Duration::from_secs(60);
        let mut lost = 0;
        while lost != pp.losses().total() {
            assert!(Instant::now() < deadline, "nothing is recorded after the limit was raised");
            lost = pp.losses().total();
            pp.instant("after");
        }
    });
    program.limited("ulimit -S -f 8").succeed();
    records.span("after");
    records.tasks();
}

#[test]
fn a_limit_that_is_lowered_below_what_is_written_kills_nobody() {
    let records = Records::new();
    let program = records.child(|records| {
        let_sigxfsz_kill();
        let pp = records.recorder();
        let far = pp.span("ends on another thread");
        pp.start("ends when the window has moved on");
        for _ in 0..5000 {
            pp.instant("x".repeat(1000));
        }
        set_soft_limit(libc::RLIMIT_FSIZE, |_| 0);
        pp.dump();
        thread::spawn(move || drop(far)).join().unwrap();
        for _ in 0..1000 {
            pp.time("t", || ());
        }
        assert_eq!(pp.losses().count(Loss::EndRefused), 2, "{}", pp.losses());
    });
    program.succeed();
    assert!(records.spans().len() >= 5002);
}

#[test]
fn few_open_files_are_enough_for_many_threads() {
    let records = Records::new();
    let program = records.child(|records| {
        let barrier = Arc::new(Barrier::new(30));
        let threads = (0..30).map(|_| {
            let (pp, barrier) = (records.recorder(), barrier.clone());
            thread::spawn(move || {
                for _ in 0..20 {
                    pp.start("outer");
                    drop(pp.span("in,ner"));
                    barrier.wait();
                    pp.dump();
                }
                let open = std::fs::read_dir("/proc/self/fd").unwrap().count();
                assert!(open < 24, "{open} open files");
            })
        });
        threads.collect::<Vec<_>>().into_iter().for_each(|thread| thread.join().unwrap());
        assert_lost(&records.recorder(), &[]);
    });
    // Eight of these are for records. Other record files are closed after each use.
    program.limited("ulimit -n 32").succeed();
    assert_eq!(records.files().len(), 30);
    assert_eq!(records.spans().iter().filter(|span| span.end_ns.is_some()).count(), 30 * 20 * 2);
}

#[test]
fn no_more_than_an_eighth_of_a_limited_address_space_is_mapped() {
    let records = Records::new();
    let program = records.child(|records| {
        let barrier = Arc::new(Barrier::new(40));
        let threads = (0..40).map(|_| {
            let (pp, barrier) = (records.recorder(), barrier.clone());
            thread::Builder::new().stack_size(1 << 18).spawn(move || {
                for _ in 0..20 {
                    pp.time("t", || ());
                }
                barrier.wait();
                let mapped: u64 = (std::fs::read_to_string("/proc/self/maps").unwrap().lines())
                    .filter(|line| line.contains("/some/records/"))
                    .map(|line| {
                        let (from, to) = line.split(' ').next().unwrap().split_once('-').unwrap();
                        u64::from_str_radix(to, 16).unwrap() - u64::from_str_radix(from, 16).unwrap()
                    })
                    .sum();
                barrier.wait();
                // An eighth of 640 MiB is 20 windows.
                assert!(mapped <= 80 << 20, "{mapped} bytes");
            })
        });
        threads.collect::<Vec<_>>().into_iter().for_each(|thread| thread.unwrap().join().unwrap());
        assert_lost(&records.recorder(), &[]);
    });
    // Otherwise each thread that allocates takes 64 MiB of address space.
    program.env("MALLOC_ARENA_MAX", "1").limited("ulimit -v 655360").succeed();
    assert_eq!(records.spans().len(), 40 * 20);
}

#[test]
fn without_address_space_rows_are_written_all_the_same() {
    let records = Records::new();
    let program = records.child(|records| {
        let pp = records.recorder();
        pp.time("before", || ());
        let mut taken = Vec::new();
        let mut size = 1 << 26;
        while size > 1 << 21 {
            let mut memory = Vec::<u8>::new();
            match memory.try_reserve_exact(size) {
                Ok(()) => taken.push(memory),
                Err(_) => size /= 2,
            }
        }
        // More than a window, so that another one is needed.
        for _ in 0..3000 {
            pp.instant("x".repeat(1000));
        }
        for _ in 0..3000 {
            pp.instant("x".repeat(1000));
        }
        assert_lost(&pp, &[]);
    });
    program.limited("ulimit -v 1048576").succeed();
    assert_eq!(records.spans().len(), 6001);
    records.files();
}

#[test]
fn without_a_file_left_to_open_records_are_counted() {
    let records = Records::new();
    let program = records.child(|records| {
        let pp = records.recorder();
        let mut taken = Vec::new();
        while let Ok(file) = std::fs::File::open("/dev/null") {
            taken.push(file);
        }
        pp.start("save");
        pp.dump();
        assert_lost(&pp, &[(Loss::NoFile, 1)]);
    });
    let stderr = program.limited("ulimit -n 32").succeed();
    assert!(stderr.contains("waterfall: no record file could be opened"), "{stderr}");
}
