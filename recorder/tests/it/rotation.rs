//! Long files: a lane goes on in its next part.

use std::fs;

use crate::records::{Records, name_of};

const LIMIT: u64 = 256_000_000;

#[test]
fn past_256_mb_a_lane_goes_on_in_the_next_part_when_nothing_is_open() {
    let records = Records::new();
    // The longest names, so that few rows are enough.
    let pp = records.recorder_of(&"g".repeat(1000), 0);
    let task = "t".repeat(1000);
    pp.start("open all along");
    for _ in 0..LIMIT / 2000 {
        pp.instant(&task);
    }
    let length_of = |part: usize| fs::metadata(&records.files()[part]).unwrap().len();
    assert!(length_of(0) > LIMIT && records.files().len() == 1, "rotated although a row is open");
    pp.dump();
    pp.instant("in the next part");
    pp.instant("there, too");

    let names: Vec<_> = records.files().iter().map(|file| name_of(file)).collect();
    assert_eq!(names.iter().map(|name| name.part).collect::<Vec<_>>(), [0, 1]);
    let lane_of = |part: usize| (names[part].lane, names[part].thread.clone(), names[part].process_start_ns);
    assert_eq!(lane_of(0), lane_of(1));
    let first = fs::read(&records.files()[0]).unwrap();
    assert!(first.ends_with(b"\r\n"), "the first part was not cut to its rows");
    drop(first);
    let spans = records.spans();
    assert!(spans.iter().all(|span| span.end_ns.is_some()));
    let tasks_of_second: Vec<_> =
        spans.iter().filter(|span| span.file == records.files()[1]).map(|span| &span.task).collect();
    assert_eq!(tasks_of_second, ["in the next part", "there, too"]);
}
