//! Names of files: the process and the lane that a file belongs to.
//!
//! A recorder's name has both, and what the file contains. Under any other name, a file is a process and a lane of its
//! own. Opens nothing.

use std::path::Path;

use recorder::format;

use crate::model::{LaneIdentity, ProcessIdentity};

/// The parts of a journal's name; `None` for a file that is not named as a recorder names its files.
pub(super) fn name(path: &Path) -> Option<format::FileName> {
    format::FileName::parse(path.file_name()?.to_str()?)
}

/// Whether a journal's first line is a part of a header.
pub(super) fn is_header_beginning(path: &Path, line: &[u8]) -> bool {
    name(path).is_some_and(|journal| journal.content.header().as_bytes().starts_with(line))
}

/// The process that wrote the file. A journal's name contains its host, pid and start; any other file is its own
/// process.
pub(super) fn process(path: &Path) -> ProcessIdentity {
    match name(path) {
        Some(journal) => ProcessIdentity {
            identity: identity(&journal),
            host: Some(journal.host),
            pid: Some(journal.pid),
            ..Default::default()
        },
        None => ProcessIdentity { identity: path.to_string_lossy().into_owned(), ..Default::default() },
    }
}

/// The name of a file without its endings: `a` of `a.json.gz`.
pub(super) fn stem(path: &Path) -> String {
    let file = path.file_name().unwrap_or_default().to_string_lossy();
    let mut stem = &*file;
    for ending in [".gz", ".zst", ".csv", ".tsv", ".json"] {
        let cut = stem.len().saturating_sub(ending.len());
        if cut > 0 && stem.is_char_boundary(cut) && stem[cut..].eq_ignore_ascii_case(ending) {
            stem = &stem[..cut];
        }
    }
    stem.to_owned()
}

/// Distinguishes the process of a journal from all others.
pub(super) fn identity(journal: &format::FileName) -> String {
    format!("{}.{}-{:x}", journal.host, journal.pid, journal.process_start_ns)
}

/// The lane of a file. For a journal, that is its path without the part; any other file is its own lane.
pub(super) fn lane(path: &Path) -> LaneIdentity {
    match name(path) {
        Some(journal) => {
            let directory = path.parent().unwrap_or(Path::new("")).to_string_lossy();
            let process = process(path).identity;
            let lane =
                Path::new(&*directory).join(format!("{process}.{}-{}.*.csv", journal.lane, journal.thread));
            let thread = match journal.thread.as_str() {
                "-" => format!("thread {}", journal.lane),
                _ => journal.thread,
            };
            LaneIdentity { identity: lane.to_string_lossy().into_owned(), thread, ..Default::default() }
        }
        None => {
            let file = path.file_name().unwrap_or_default().to_string_lossy();
            let thread = file.split(".csv").next().unwrap_or(&file).to_owned();
            LaneIdentity { identity: path.to_string_lossy().into_owned(), thread, ..Default::default() }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_called_by_its_name_without_endings() {
        for (file, expected) in [
            ("/tmp/a.json", "a"),
            ("a.JSON.gz", "a"),
            ("a.csv.zst", "a"),
            ("run.2026.tsv", "run.2026"),
            ("a.trace", "a.trace"),
            (".csv", ".csv"),
            ("\u{e9}.gz", "\u{e9}"),
        ] {
            assert_eq!(stem(Path::new(file)), expected, "{file}");
        }
    }
}
