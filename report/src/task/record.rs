//! A record file with one row: written before the command starts, and completed when it has ended.
//!
//! Takes the name of a file without its numbers, chooses lane and part, and never touches an existing file. Runs of
//! one task one after another are parts 0, 1, 2 ... of one lane. If the last part of a lane has no end, its run is
//! not over or was killed, and a new run takes the next lane. Must not know commands or clocks.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;

use recorder::format::{FileName, Row, STAMP_LENGTH, parse_stamp};
use recorder::writer::{OpenRow, Writer};

/// Creates the file under the first free numbers, and its directory if that does not exist. Returns also its name.
pub(super) fn create(directory: &Path, mut name: FileName) -> io::Result<(Writer, FileName)> {
    for lane in (FIRST_LANE..).take(LANES) {
        let mut path_of = |part| {
            (name.lane, name.part) = (lane, part);
            directory.join(name.to_string())
        };
        let part = first_free(|part| path_of(part).symlink_metadata().is_ok());
        if part > 0 && !has_ended(&path_of(part - 1)) {
            continue;
        }
        name.part = part;
        match Writer::create(directory, &name) {
            // Another run took it in the meantime, and still runs.
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            result => return result.map(|file| (file, name)),
        }
    }
    Err(ErrorKind::AlreadyExists.into())
}

/// Writes the row. After an error the file is removed.
pub(super) fn begin(mut file: Writer, row: &Row) -> io::Result<OpenRow> {
    file.append_open(row).inspect_err(|_| {
        let _ = fs::remove_file(file.path());
    })
}

/// The lanes below belong to the caller itself, if it records: it may have a thread with the name of a task.
const FIRST_LANE: u32 = 1_000_000;

/// The number of lanes that are tried: at most this many runs of one task may be running, or killed, for one caller.
const LANES: usize = 100_000;

/// The least free number, if all below it are taken. Asks for few of them.
fn first_free(mut is_taken: impl FnMut(u32) -> bool) -> u32 {
    let mut free = 0;
    while is_taken(free) {
        free = 2 * free + 1;
    }
    let mut least = free.div_ceil(2);
    while least < free {
        let middle = least.midpoint(free);
        if is_taken(middle) {
            least = middle + 1;
        } else {
            free = middle;
        }
    }
    free
}

/// Whether the last row of a file has its end.
fn has_ended(path: &Path) -> bool {
    fs::read(path).is_ok_and(|text| end_of_last_row(&text).is_some_and(|end| parse_stamp(end).is_some()))
}

/// The end field of the last row of a text. Only the colour follows it, and has no comma.
fn end_of_last_row(text: &[u8]) -> Option<&[u8; STAMP_LENGTH]> {
    let row = text.strip_suffix(b"\r\n")?;
    let color_at = row.iter().rposition(|&byte| byte == b',')?;
    row[..color_at].last_chunk()
}

#[cfg(test)]
mod tests {
    use recorder::format::{Content, HEADER, Record, Stamp};

    use super::*;

    fn row(task: &str, color: &str) -> Row {
        Row::new(&Record { group: "g", task, start: Stamp::new(0, 0), end: None, color })
    }

    fn created(directory: &Path) -> Writer {
        let (host, thread) = ("h".into(), "t".into());
        let name = FileName {
            host,
            pid: 1,
            process_start_ns: 2,
            lane: 0,
            thread,
            part: 0,
            content: Content::Records,
        };
        create(directory, name).unwrap().0
    }

    fn names(directory: &Path) -> Vec<String> {
        let mut names: Vec<_> = (fs::read_dir(directory).unwrap())
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn runs_one_after_another_are_parts_of_one_lane() {
        let directory = tempfile::tempdir().unwrap();
        for color in ["", "#ca562c", ""] {
            let open = begin(created(directory.path()), &row("a, \"b\"", color)).unwrap();
            open.end(Stamp::new(1, 0)).unwrap();
        }
        assert_eq!(
            names(directory.path()),
            ["h.1-2.1000000-t.0.csv", "h.1-2.1000000-t.1.csv", "h.1-2.1000000-t.2.csv"]
        );
    }

    #[test]
    fn a_run_beside_an_open_one_takes_the_next_lane() {
        let directory = tempfile::tempdir().unwrap();
        let empty = created(directory.path());
        let blank = begin(created(directory.path()), &row("t", "#ca562c")).unwrap();
        let ended = begin(created(directory.path()), &row("t", "#ca562c")).unwrap();
        ended.end(Stamp::new(1, 0)).unwrap();
        created(directory.path());
        assert_eq!(
            names(directory.path()),
            [
                "h.1-2.1000000-t.0.csv",
                "h.1-2.1000001-t.0.csv",
                "h.1-2.1000002-t.0.csv",
                "h.1-2.1000002-t.1.csv"
            ]
        );
        drop((empty, blank));
    }

    #[test]
    fn a_row_is_written_as_the_format_says() {
        let directory = tempfile::tempdir().unwrap();
        for (task, field) in [("t", "t"), ("a, \"b\"\n", "\"a, \"\"b\"\" \"")] {
            let file = created(directory.path());
            let path = file.path().to_owned();
            let open = begin(file, &row(task, "#ca562c")).unwrap();
            let text = |end: &str| {
                format!("{HEADER}g,{field},1970-01-01T00:00:00.000000000+00:00,{end},#ca562c\r\n")
            };
            assert_eq!(fs::read_to_string(&path).unwrap(), text(&" ".repeat(STAMP_LENGTH)));
            open.end(Stamp::new(1, 60)).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), text("1970-01-01T01:00:00.000000001+01:00"));
        }
    }

    #[test]
    fn the_first_free_number_is_found_with_few_questions() {
        for taken in (0..70).chain([1_000, 65_535, 1_000_000]) {
            let mut questions = 0;
            let found = first_free(|number| {
                questions += 1;
                number < taken
            });
            assert_eq!(found, taken);
            assert!(questions <= 42, "{questions} for {taken}");
        }
    }
}
