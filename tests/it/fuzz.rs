//! Files changed at random, as a fuzzer does, in every run of the tests. `tests/fuzz` goes on where this stops.

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::{Config, TestRunner};

use crate::dump::{nasty, root};
use crate::processes::within;

#[path = "../fuzz/src/lib.rs"]
#[expect(dead_code, unreachable_pub, reason = "there it is the library of the fuzz targets")]
mod checks;

/// The largest file that is changed, in bytes: one that is read in a millisecond.
const MOST: usize = 12_000;

/// Small files of every format, with their names: nasty ones and real ones.
fn corpus() -> Vec<(String, Vec<u8>)> {
    let (made, _) = nasty("");
    let below = |directory: &Path| walkdir::WalkDir::new(directory).sort_by_file_name();
    let data = ["tests/data", "tests/fuzz/seeds"].map(|folder| root().join(folder));
    let folders = ["csv", "gz", "json", "mixed", "records"].map(|folder| made.path().join(folder));
    let mut corpus = Vec::new();
    for entry in data.iter().chain(&folders).flat_map(|directory| below(directory)) {
        let entry = entry.unwrap();
        if entry.file_type().is_file() && entry.metadata().unwrap().len() <= MOST as u64 {
            let name = entry.file_name().to_str().unwrap().to_owned();
            corpus.push((name, fs::read(entry.path()).unwrap()));
        }
    }
    assert!(corpus.len() > 150, "{} files", corpus.len());
    corpus
}

/// One change of a file, at places that are parts of its length.
#[derive(Debug, Clone)]
enum Change {
    Cut(Index),
    Remove(Index, Index),
    Repeat(Index, Index),
    Overwrite(Index, u8),
    Insert(Index, &'static [u8]),
    /// Puts the rest of another file there.
    Join(Index, Index, Index),
}

/// Texts that mean something in some format.
const TEXTS: &[&[u8]] = &[
    b"\n",
    b"\r\n",
    b"\r",
    b",",
    b";",
    b"\t",
    b"\"",
    b"\"\"",
    b"\\",
    b"\0",
    b"\xff",
    b"[",
    b"]",
    b"{",
    b"}",
    b":",
    b"-",
    b"0",
    b"9999999999999999999999",
    b"1e308",
    b"-1e-308",
    b"NaN",
    b"null",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\x1f\x8b",
    b"\xe2\x80\xae",
    b"1969-12-31T23:59:59Z",
    b"2262-04-11T23:47:16.854775807Z",
    b"+14:00",
    b" ms",
    b"\\ud800",
];

fn change() -> impl Strategy<Value = Change> {
    let index = any::<Index>;
    prop_oneof![
        index().prop_map(Change::Cut),
        (index(), index()).prop_map(|(from, to)| Change::Remove(from, to)),
        (index(), index()).prop_map(|(from, to)| Change::Repeat(from, to)),
        (index(), any::<u8>()).prop_map(|(at, byte)| Change::Overwrite(at, byte)),
        (index(), select(TEXTS)).prop_map(|(at, text)| Change::Insert(at, text)),
        (index(), index(), index()).prop_map(|(at, other, from)| Change::Join(at, other, from)),
    ]
}

fn changed(bytes: &mut Vec<u8>, change: &Change, corpus: &[(String, Vec<u8>)]) {
    let place = |index: &Index, length: usize| index.index(length + 1);
    let range = |from: &Index, to: &Index, length: usize| {
        let (from, to) = (place(from, length), place(to, length));
        from.min(to)..from.max(to)
    };
    let length = bytes.len();
    match change {
        Change::Cut(at) => bytes.truncate(place(at, length)),
        Change::Remove(from, to) => drop(bytes.drain(range(from, to, length))),
        Change::Repeat(from, to) => bytes.extend_from_within(range(from, to, length)),
        Change::Overwrite(at, byte) => {
            if let Some(old) = bytes.get_mut(place(at, length)) {
                *old = *byte;
            }
        }
        Change::Insert(at, text) => {
            drop(bytes.splice(place(at, length)..place(at, length), text.iter().copied()))
        }
        Change::Join(at, other, from) => {
            bytes.truncate(place(at, length));
            let other = &other.get(corpus).1;
            bytes.extend_from_slice(&other[place(from, other.len())..]);
        }
    }
    bytes.truncate(2 * MOST);
}

#[test]
fn any_bytes_are_read_without_a_panic_and_in_any_pieces_alike() {
    within("the reading of files changed at random", || {
        let corpus = corpus();
        let directory = tempfile::tempdir().unwrap();
        for (name, bytes) in &corpus {
            checks::check(directory.path(), name, bytes);
        }
        // PROPTEST_CASES is another number.
        let is_default = std::env::var_os("PROPTEST_CASES").is_none();
        let config = if is_default { Config::with_cases(CASES) } else { Config::default() };
        let mut runner = TestRunner::new(Config { failure_persistence: None, ..config });
        let changes = (any::<Index>(), prop::collection::vec(change(), 1..6));
        runner
            .run(&changes, |(seed, changes)| {
                let (name, bytes) = seed.get(&corpus);
                let mut bytes = bytes.clone();
                changes.iter().for_each(|change| changed(&mut bytes, change, &corpus));
                checks::check(directory.path(), name, &bytes);
                Ok(())
            })
            .unwrap();
    });
}

/// Number of changed files.
const CASES: u32 = 500;
