//! What must hold for any bytes, whatever format they have.
//!
//! Nothing panics or hangs. Read in any pieces, a file gives what it gives in one. What was read becomes a summary, and
//! that summary, read and written again, has the same bytes. `tests/it/fuzz.rs` checks the same in every run of the
//! tests, with files changed at random.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use tempfile::TempDir;
use waterfall::internals::Way;
use waterfall::{Reading, write_summary};

/// Checks a file of this name, in a directory that all calls of a program share.
pub fn check_alone(name: &str, bytes: &[u8]) {
    static DIRECTORY: LazyLock<TempDir> =
        LazyLock::new(|| tempfile::tempdir().expect("a directory can be made"));
    check(DIRECTORY.path(), name, bytes);
}

/// Checks a file of this name, which this writes into the directory.
pub fn check(directory: &Path, name: &str, bytes: &[u8]) {
    let path = directory.join(name);
    fs::write(&path, bytes).expect("the file can be written");
    // Sizes of all kinds, the same for the same bytes.
    let sum = bytes.iter().fold(bytes.len(), |sum, &byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    let (buffer_bytes, chunk_bytes) = (2 + sum % 97, 1 + sum as u64 / 97 % 997);
    let way = Way { buffer_bytes, chunk_bytes, ..Way::FAST };
    let text = read(&path, way);
    assert_same(&text, &read(&path, Way::PLAIN), &format!("{way:?}"));

    let Some(summary) = text.strip_prefix(SUMMARY) else { return };
    let path = directory.join("again.summary");
    fs::write(&path, format!("{SUMMARY}{summary}")).expect("the summary can be written");
    assert_same(&text, &read(&path, Way::FAST), "the summary of the summary");
}

/// Compares line by line, and shows the first line that differs.
fn assert_same(left: &str, right: &str, what: &str) {
    for (left, right) in left.lines().zip(right.lines()) {
        assert!(left == right, "{what}: {left:.300}\nis not {right:.300}");
    }
    assert_eq!(left.lines().count(), right.lines().count(), "{what}");
}

/// How a summary begins.
const SUMMARY: &str = "waterfall-summary";

/// The summary of a file, with its problems; or why there is none.
fn read(path: &Path, way: Way) -> String {
    match (Reading { way, ..Reading::of(path) }).summarise() {
        Ok((summary, problems)) => {
            let mut text = Vec::new();
            write_summary(&summary, &problems, &mut text).expect("memory takes all");
            String::from_utf8(text).expect("a summary is text")
        }
        Err(error) => format!("{error}: {:?}", error.problems()),
    }
}
