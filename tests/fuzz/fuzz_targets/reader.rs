//! Any bytes as a record file: the fast reader must return what the plain one returns, and neither may panic.
//!
//! The first three bytes choose the size of the buffer, the size of the chunks, and the assumed offset, so that
//! every edge falls on every byte. The others are the file.

#![no_main]

use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use tempfile::TempDir;
use waterfall::internals::{Way, read_rows};

/// One file for all inputs, with a name as a recorder gives it.
static FILE: LazyLock<(TempDir, PathBuf)> = LazyLock::new(|| {
    let directory = tempfile::tempdir().expect("a directory can be made");
    let path = directory.path().join("h.1-ff.0-main.0.csv");
    (directory, path)
});

fuzz_target!(|input: &[u8]| {
    let Some((&[buffer, chunk, offset], bytes)) = input.split_first_chunk() else { return };
    let path = &FILE.1;
    fs::write(path, bytes).expect("the file can be written");
    let assumed_offset_s = (offset > 127).then_some(i32::from(offset) * 60);
    let way =
        Way { buffer_bytes: 2 + usize::from(buffer) * 4, chunk_bytes: 1 + u64::from(chunk) * 4, ..Way::FAST };
    let read = read_rows(path, way, assumed_offset_s);
    assert_eq!(read, read_rows(path, Way::PLAIN, assumed_offset_s), "{way:?}");
});
