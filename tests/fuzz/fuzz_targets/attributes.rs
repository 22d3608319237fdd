//! Any bytes as an attribute file: the fast reader must return what the plain one returns, neither may panic, and no
//! attribute may be read at a span whose row it does not name.
//!
//! The first byte chooses the size of the buffer. The others are the file; beside it are four rows.

#![no_main]

use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use tempfile::TempDir;
use waterfall::Reading;
use waterfall::internals::{Way, read_attributes};

const RECORDS: &str = "group,task,start,end,color\r\n\
                       g,28,2026-11-20T22:43:18.123456789+08:00,2026-11-20T22:43:19.000000000+08:00,\r\n\
                       g,107,2026-11-20T22:43:20.123456789+08:00,2026-11-20T22:43:21.000000000+08:00,\r\n\
                       g,187,2026-11-20T22:43:22.000000000+08:00,                                   ,\r\n\
                       g,267,2026-11-20T22:43:24.999999999+08:00,2026-11-20T22:43:25.000000000+08:00,\r\n";

/// One directory for all inputs.
static DIRECTORY: LazyLock<(TempDir, PathBuf)> = LazyLock::new(|| {
    let directory = tempfile::tempdir().expect("a directory can be made");
    fs::write(directory.path().join("h.1-ff.0-main.0.csv"), RECORDS).expect("the records can be written");
    let path = directory.path().join("h.1-ff.1-main.0.attributes.csv");
    (directory, path)
});

fuzz_target!(|input: &[u8]| {
    let Some((&buffer, bytes)) = input.split_first() else { return };
    let (directory, path) = &*DIRECTORY;
    fs::write(path, bytes).expect("the file can be written");
    let way = Way { buffer_bytes: 2 + usize::from(buffer) * 4, ..Way::FAST };
    let read = read_attributes(path, way);
    assert_eq!(read, read_attributes(path, Way::PLAIN), "{way:?}");

    // A task is the offset of its row.
    let trace = Reading::of(directory.path()).load().expect("the records can be read").trace;
    for lane in trace.lanes() {
        for (index, span) in lane.spans.iter().enumerate() {
            let task = trace.keys().name(trace.keys().key(span.key).task);
            let fraction_ns = trace.unix_ns(span.start) % 1_000_000_000;
            for (name, value) in lane.spans.attributes().of(index) {
                let given = format!("0,0,{task},{fraction_ns:09},{name:?},{value:?}");
                assert!(read.0.contains(&given), "{given}");
            }
        }
    }
});
