//! Disks that are full or read-only: the program goes on, the loss is counted, and recording resumes.

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use waterfall_recorder::{Loss, Recorder};

use crate::records::{Records, assert_lost};

/// Records until something is recorded again. That takes about as long as the pause after a refusal.
fn record_until_it_works(pp: &Recorder) {
    let deadline = Instant::now() + Duration::from_secs(60);
    let mut lost = u64::MAX;
    while lost != pp.losses().total() {
        assert!(Instant::now() < deadline, "nothing is recorded although there is room");
        lost = pp.losses().total();
        pp.time("resumed", || ());
    }
}

#[test]
fn on_a_full_disk_the_program_goes_on_and_rows_resume_when_there_is_room() {
    let records = Records::new();
    let disk = records.path().parent().unwrap();
    fs::create_dir_all(disk).unwrap();
    let child = records.child(|records| {
        let pp = records.recorder();
        let ballast = records.path().with_file_name("ballast");
        fs::write(&ballast, vec![0; 1 << 20]).unwrap();
        // Three times as many as fit.
        for _ in 0..30_000 {
            pp.start("t");
            pp.dump();
        }
        let lost = pp.losses().count(Loss::RowRefused);
        assert!(lost > 0 && pp.losses().total() == lost, "{}", pp.losses());
        let kept = records.spans();
        assert_eq!(kept.len() as u64 + lost, 30_000);
        assert!(kept.iter().all(|span| span.end_ns.is_some()));
        // All the room was used, except for less than a page.
        let length: u64 = records.files().iter().map(|file| fs::metadata(file).unwrap().len()).sum();
        assert!(length + 4096 > 1 << 20, "{length} bytes of 1 MiB");

        fs::remove_file(ballast).unwrap();
        record_until_it_works(&pp);
        let resumed = records.spans().into_iter().filter(|span| span.task == "resumed");
        assert_eq!(resumed.filter(|span| span.end_ns.is_some()).count(), 1);
        records.tasks();
    });
    let stderr = child.with_disk(disk, 2 << 20).succeed();
    assert_eq!(stderr.matches("waterfall: a row could not be written").count(), 1, "{stderr}");
}

#[test]
fn on_a_disk_without_any_room_no_file_is_made() {
    let records = Records::new();
    let disk = records.path().parent().unwrap();
    fs::create_dir_all(disk).unwrap();
    let child = records.child(|records| {
        let pp = records.recorder();
        fs::create_dir(records.path()).unwrap();
        let ballast = records.path().with_file_name("ballast");
        assert!(fs::write(&ballast, vec![0; 1 << 20]).is_err(), "the disk is larger than it should be");
        pp.start("t");
        pp.dump();
        assert_lost(&pp, &[(Loss::NoFile, 1)]);
        assert_eq!(records.files().len(), 0);
        fs::remove_file(ballast).unwrap();
        record_until_it_works(&pp);
        records.tasks();
    });
    child.with_disk(disk, 1 << 18).succeed();
}

#[test]
fn on_a_disk_that_may_not_be_written_the_program_goes_on() {
    let records = Records::new();
    let disk = records.path().parent().unwrap();
    fs::create_dir_all(disk).unwrap();
    let child = records.child(|records| {
        let disk = records.path().parent().unwrap();
        let remount = |how: &str| {
            let mount = Command::new("mount").args(["-o", &format!("remount,{how}")]).arg(disk).status();
            assert!(mount.unwrap().success());
        };
        remount("ro");
        let pp = records.recorder();
        pp.start("t");
        pp.counter("c", 1.0);
        pp.dump();
        assert_lost(&pp, &[(Loss::NoFile, 2)]);
        remount("rw");
        record_until_it_works(&pp);
        records.tasks();
    });
    let stderr = child.with_disk(disk, 1 << 20).succeed();
    assert_eq!(stderr.matches("waterfall: no record file could be opened").count(), 1, "{stderr}");
}
