//! A record file of one row: written before the command starts, its end filled in afterwards.
//!
//! Takes a file's name without its numbers, chooses lane and part, and never touches a file that is there.
//! Runs of one task one after another are parts 0, 1, 2 ... of one lane. A run that starts while the lane's
//! last part has no end, because that one is running at the same time or was killed, takes the next lane.
//! Must not know commands or clocks.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Seek, SeekFrom, Write};
use std::mem;
use std::path::{Path, PathBuf};

use recorder::format::{FileName, HEADER, Row, STAMP_LENGTH, Stamp, parse_stamp};

/// A file that has been created and is still empty.
#[derive(Debug)]
pub(super) struct RecordFile {
    file: File,
    path: PathBuf,
}

/// A file whose row waits for its end.
#[derive(Debug)]
pub(super) struct OpenRow {
    file: File,
    end_at: u64,
}

impl RecordFile {
    /// Creates the file, and its directory when that is not there, under the first free numbers.
    pub(super) fn create(directory: &Path, mut name: FileName) -> io::Result<RecordFile> {
        fs::create_dir_all(directory)?;
        for lane in 0..LANES {
            let mut path_of = |part| {
                (name.lane, name.part) = (lane, part);
                directory.join(name.to_string())
            };
            let part = first_free(|part| path_of(part).symlink_metadata().is_ok());
            if part > 0 && !has_ended(&path_of(part - 1)) {
                continue;
            }
            let path = path_of(part);
            match OpenOptions::new().write(true).create_new(true).open(&path) {
                // Another run took it in the meantime: it is running.
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                result => return result.map(|file| RecordFile { file, path }),
            }
        }
        Err(ErrorKind::AlreadyExists.into())
    }

    /// Writes header and row, by one write when the row has no quotes. After an error there is no file.
    pub(super) fn begin(mut self, row: &Row) -> io::Result<OpenRow> {
        let mut header = HEADER;
        let stored = row.append_with(|offset, bytes| {
            // The first store is of a whole row.
            let header = mem::take(&mut header);
            let at = if header.is_empty() { HEADER.len() + offset } else { 0 };
            write_at(&mut self.file, at as u64, &[header.as_bytes(), bytes].concat())
        });
        if let Err(error) = stored {
            let _ = fs::remove_file(self.path);
            return Err(error);
        }
        Ok(OpenRow { file: self.file, end_at: (HEADER.len() + row.end_at()) as u64 })
    }
}

impl OpenRow {
    /// Fills in the end.
    pub(super) fn end(mut self, end: Stamp) -> io::Result<()> {
        write_at(&mut self.file, self.end_at, &end.to_bytes())
    }
}

/// How many lanes are tried: so many runs of one task may be running, or killed, below one caller.
const LANES: u32 = 100_000;

/// The least number for which `is_taken` is false, when it is true for all below: asks for few of them.
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

/// The end field of a text's last row: what stands before its colour, which has no comma.
fn end_of_last_row(text: &[u8]) -> Option<&[u8; STAMP_LENGTH]> {
    let row = text.strip_suffix(b"\r\n")?;
    let color_at = row.iter().rposition(|&byte| byte == b',')?;
    row[..color_at].last_chunk()
}

fn write_at(file: &mut File, offset: u64, bytes: &[u8]) -> io::Result<()> {
    file.seek(SeekFrom::Start(offset))?;
    file.write_all(bytes)
}

#[cfg(test)]
mod tests {
    use recorder::format::{Content, Record};

    use super::*;

    fn row(task: &str, color: &str) -> Row {
        Row::new(&Record { group: "g", task, start: Stamp::new(0, 0), end: None, color })
    }

    fn create(directory: &Path) -> RecordFile {
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
        RecordFile::create(directory, name).unwrap()
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
            let open = create(directory.path()).begin(&row("a, \"b\"", color)).unwrap();
            open.end(Stamp::new(1, 0)).unwrap();
        }
        assert_eq!(names(directory.path()), ["h.1-2.0-t.0.csv", "h.1-2.0-t.1.csv", "h.1-2.0-t.2.csv"]);
    }

    #[test]
    fn a_run_beside_an_open_one_takes_the_next_lane() {
        let directory = tempfile::tempdir().unwrap();
        let empty = create(directory.path());
        let blank = create(directory.path()).begin(&row("t", "#ca562c")).unwrap();
        let ended = create(directory.path()).begin(&row("t", "#ca562c")).unwrap();
        ended.end(Stamp::new(1, 0)).unwrap();
        create(directory.path());
        assert_eq!(
            names(directory.path()),
            ["h.1-2.0-t.0.csv", "h.1-2.1-t.0.csv", "h.1-2.2-t.0.csv", "h.1-2.2-t.1.csv"]
        );
        drop((empty, blank));
    }

    #[test]
    fn a_row_is_written_as_the_format_says() {
        let directory = tempfile::tempdir().unwrap();
        for (task, field) in [("t", "t"), ("a, \"b\"\n", "\"a, \"\"b\"\" \"")] {
            let file = create(directory.path());
            let path = file.path.clone();
            let open = file.begin(&row(task, "#ca562c")).unwrap();
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
