//! Lanes whose files are removed or refused, and whose clock is set, without waiting for any of it.

use std::collections::HashMap;
use std::fs::{self, OpenOptions};
use std::path::PathBuf;

use tempfile::TempDir;

use super::*;
use crate::format::{FileName, HEADER, STAMP_LENGTH};

const SECOND_NS: i64 = 1_000_000_000;

fn lane(directory: &TempDir, may_map: bool) -> Lane {
    let directory = directory.path().join("records");
    let mut lane = Lane::new(Arc::new(Target { directory, may_map }), Content::Records);
    lane.open();
    lane
}

fn file_of(lane: &Lane) -> PathBuf {
    lane.file().unwrap().path().to_owned()
}

/// Appends a row at a given time. Returns its place, if it was written.
fn start(lane: &mut Lane, task: &str, now_ns: i64) -> Option<RowPlace> {
    let end_at = lane.append(&mut Row::default(), &mut item(task, now_ns, None), Ending::Here)?;
    Some(lane.place(end_at))
}

fn is_written(lane: &mut Lane, task: &str, now_ns: i64) -> bool {
    let mut item = item(task, now_ns, Some(Stamp::default()));
    lane.append(&mut Row::default(), &mut item, Ending::Elsewhere).is_some()
}

fn item(task: &str, now_ns: i64, end: Option<Stamp>) -> Item<'_> {
    let fields = Fields::Record(Record { group: "g", task, start: Stamp::default(), end, color: "" });
    Item { now_ns, offset_minutes: 0, fields }
}

/// The tasks of a file's rows.
fn tasks_of(file: PathBuf) -> Vec<String> {
    let written = fs::read_to_string(file).unwrap();
    let rows = written.strip_prefix(HEADER).unwrap();
    let rows = rows.lines().filter(|line| !line.is_empty());
    rows.map(|row| row.split(',').nth(1).unwrap().to_owned()).collect()
}

/// Writes a row, does `damage` to the file, and writes rows before and after the next look.
fn check_replaced(may_map: bool, damage: impl FnOnce(PathBuf)) {
    let directory = tempfile::tempdir().unwrap();
    let mut lane = lane(&directory, may_map);
    let file = file_of(&lane);
    let lost = losses::losses().count(Loss::FileLost);
    assert!(is_written(&mut lane, "before", 0));
    damage(file.clone());
    assert!(is_written(&mut lane, "unseen", SECOND_NS - 1));
    assert_eq!(file_of(&lane), file, "no look before its time");
    assert!(is_written(&mut lane, "after", SECOND_NS));
    assert_ne!(file_of(&lane), file);
    assert!(losses::losses().count(Loss::FileLost) > lost);
    assert_eq!(tasks_of(file_of(&lane)), ["after"]);
}

fn shorten(file: PathBuf, length: u64) {
    OpenOptions::new().write(true).open(file).unwrap().set_len(length).unwrap();
}

#[test]
fn a_removed_file_is_replaced_at_the_next_look() {
    for may_map in [true, false] {
        check_replaced(may_map, |file| fs::remove_file(file).unwrap());
        check_replaced(may_map, |file| fs::remove_dir_all(file.parent().unwrap()).unwrap());
        check_replaced(may_map, |file| {
            fs::remove_dir_all(file.parent().unwrap()).unwrap();
            fs::create_dir(file.parent().unwrap()).unwrap();
        });
    }
}

#[test]
fn a_shortened_file_is_replaced_although_later_rows_made_it_long_again() {
    for length in [0, 1, HEADER.len() as u64 - 1] {
        check_replaced(false, |file| shorten(file, length));
    }
    // Within the page that is in memory: an empty file would kill the process.
    check_replaced(true, |file| shorten(file, 1));
}

#[test]
fn a_file_that_is_replaced_by_a_copy_is_let_go_of() {
    for may_map in [true, false] {
        check_replaced(may_map, |file| {
            let copy = fs::read(&file).unwrap();
            fs::remove_file(&file).unwrap();
            fs::write(&file, copy).unwrap();
        });
    }
}

#[test]
fn a_file_that_grows_fast_is_looked_at_by_its_length() {
    for may_map in [true, false] {
        let directory = tempfile::tempdir().unwrap();
        let mut lane = lane(&directory, may_map);
        let file = file_of(&lane);
        assert!(is_written(&mut lane, "before", 0));
        fs::remove_file(&file).unwrap();
        for _ in 0..512 {
            assert!(is_written(&mut lane, &"x".repeat(1000), 0));
        }
        assert_ne!(file_of(&lane), file);
    }
}

#[test]
fn a_file_that_is_still_there_is_kept() {
    for may_map in [true, false] {
        let directory = tempfile::tempdir().unwrap();
        let mut lane = lane(&directory, may_map);
        let file = file_of(&lane);
        for second in 0..10 {
            assert!(is_written(&mut lane, "t", second * SECOND_NS));
        }
        assert_eq!(file_of(&lane), file);
    }
}

#[test]
fn when_the_clock_was_set_a_new_file_is_begun_and_open_rows_end_by_the_old_clock() {
    for may_map in [true, false] {
        let directory = tempfile::tempdir().unwrap();
        let mut lane = lane(&directory, may_map);
        let open = start(&mut lane, "open", 0).unwrap();
        // As if the clock had been an hour ahead until now.
        lane.journal.as_mut().unwrap().clock_offset_ns += 3600 * SECOND_NS;
        let file = file_of(&lane);
        assert!(is_written(&mut lane, "before the next look", SECOND_NS - 1));
        let after = start(&mut lane, "after", SECOND_NS).unwrap();
        assert_ne!(file_of(&lane), file);
        for (place, expected_ns) in
            [(after, clock::offset_ns()), (open, clock::offset_ns() + 3600 * SECOND_NS)]
        {
            let stamp = |offset_ns| {
                assert_eq!(offset_ns, expected_ns);
                Stamp::new(offset_ns, 0)
            };
            lane.end(place, &mut Stamper::default(), stamp).unwrap();
        }
        assert!(lane.retired.is_empty());
        assert_eq!(tasks_of(file.clone()), ["open", "before the next look"]);
        assert!(!fs::read_to_string(file).unwrap().contains("  "), "an end was not filled in");
        assert_eq!(tasks_of(file_of(&lane)), ["after"]);
    }
}

/// Makes it as if the clock had been ahead until now.
fn shift_clock(lane: &mut Lane, by_ns: i64) {
    let open = lane.journal.as_mut().unwrap();
    open.journal.medium_mut().unwrap().shift_clock(by_ns);
    open.clock_offset_ns += by_ns;
}

/// The part of a file's text that begins at an offset, by the numbers in the file's name.
fn row_at<'a>(files: &'a HashMap<(u32, u32), String>, row: &csv::StringRecord) -> &'a str {
    let file = &files[&(row[0].parse().unwrap(), row[1].parse().unwrap())];
    &file[row[2].parse::<usize>().unwrap()..]
}

#[test]
fn when_the_clock_was_set_attributes_stay_at_the_rows_of_both_clocks() {
    for may_map in [true, false] {
        let directory = tempfile::tempdir().unwrap();
        let mut records = lane(&directory, may_map);
        let mut attributes = Lane::new(records.target.clone(), Content::Attributes);
        attributes.open();
        let mut row = Row::default();
        let mut give = |records: &Lane, attributes: &mut Lane, place, start_ns, task: &str, now_ns| {
            let end_in_row = format!("g,{task},,").len() as u32 + STAMP_LENGTH as u32;
            let started = Started { start_ns, offset_minutes: 0, end_in_row };
            records.span_row(place, started).unwrap().fill(&mut row, "of", &task);
            let mut item = Item { now_ns, offset_minutes: 0, fields: Fields::Attribute };
            assert!(attributes.append(&mut row, &mut item, Ending::Elsewhere).is_some());
        };
        let first = start(&mut records, "first", 0).unwrap();
        give(&records, &mut attributes, first, 0, "first", 0);
        for lane in [&mut records, &mut attributes] {
            shift_clock(lane, 3600 * SECOND_NS + SECOND_NS / 4); // also the fraction of a second
        }
        let before = start(&mut records, "before", 1).unwrap();
        let unseen = start(&mut records, "unseen", SECOND_NS - 1).unwrap();
        give(&records, &mut attributes, before, 1, "before", 2);
        let after = start(&mut records, "after", SECOND_NS).unwrap();
        for now_ns in [SECOND_NS - 1, SECOND_NS + 1, SECOND_NS + 2] {
            give(&records, &mut attributes, before, 1, "before", now_ns);
            give(&records, &mut attributes, unseen, SECOND_NS - 1, "unseen", now_ns);
            give(&records, &mut attributes, after, SECOND_NS, "after", now_ns);
        }
        let files = fs::read_dir(directory.path().join("records")).unwrap().map(|file| {
            let file = file.unwrap();
            let name = FileName::parse(file.file_name().to_str().unwrap()).unwrap();
            (name.content, (name.lane, name.part), fs::read_to_string(file.path()).unwrap())
        });
        let (records, attributes): (Vec<_>, Vec<_>) =
            files.partition(|(content, ..)| *content == Content::Records);
        let records: HashMap<_, _> = records.into_iter().map(|(_, numbers, text)| (numbers, text)).collect();
        assert_eq!((records.len(), attributes.len()), (2, 2));
        let old = records.values().find(|text| text.contains("before")).unwrap();
        assert!(old.contains("unseen") && !old.contains("after"));
        let mut found = Vec::new();
        for (.., text) in &attributes {
            for given in csv::Reader::from_reader(text.trim_end_matches('\n').as_bytes()).records() {
                let given = given.unwrap();
                let row = row_at(&records, &given);
                assert!(row.starts_with(&format!("g,{},", &given[5])), "{given:?} {row}");
                assert!(row.split(',').nth(2).unwrap()[20..].starts_with(&given[3]), "{given:?} {row}");
                found.push(given[5].to_owned());
            }
        }
        found.sort();
        assert_eq!(found, [["after"; 3].as_slice(), &["before"; 4], &["first"], &["unseen"; 3]].concat());
    }
}

#[test]
fn a_journal_from_before_the_clock_was_set_is_not_taken_over() {
    for (shift_ns, is_taken_over) in [(0, true), (3600 * SECOND_NS, false)] {
        let directory = tempfile::tempdir().unwrap();
        let first = lane(&directory, true);
        let (file, target) = (file_of(&first), first.target.clone());
        let mut journal = first.into_journal().unwrap();
        journal.medium_mut().unwrap().shift_clock(shift_ns);
        pool::give(journal);
        let mut next = Lane::new(target, Content::Records);
        next.open();
        assert_eq!(file_of(&next) == file, is_taken_over);
    }
}

#[test]
fn where_no_new_file_can_be_made_the_next_is_tried_for_after_a_pause() {
    let directory = tempfile::tempdir().unwrap();
    let mut lane = lane(&directory, true);
    let records = directory.path().join("records");
    fs::remove_dir_all(&records).unwrap();
    fs::write(&records, "in the way").unwrap();
    assert!(!is_written(&mut lane, "t", 0));
    fs::remove_file(&records).unwrap();
    assert!(!is_written(&mut lane, "t", BACK_OFF_NS - 1) && !records.exists());
    lane.open(); // asks the clock, by which that pause is long over
    assert!(is_written(&mut lane, "t", BACK_OFF_NS));
}

#[test]
fn after_a_refusal_no_more_room_is_asked_for_for_a_while() {
    let directory = tempfile::tempdir().unwrap();
    let mut lane = lane(&directory, false);
    assert!(is_written(&mut lane, "t", 0));
    assert!(lane.lose(io::ErrorKind::StorageFull.into(), 1000).is_none());
    lane.journal.as_mut().unwrap().journal.rest(); // leaves no room
    assert!(!is_written(&mut lane, "t", 1000));
    assert!(!is_written(&mut lane, "t", 1000 + BACK_OFF_NS - 1));
    assert!(is_written(&mut lane, "t", 1000 + BACK_OFF_NS));
    assert!(is_written(&mut lane, "t", 1001), "a row that was written ends the pause");
}
