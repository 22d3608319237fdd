//! Any bytes as an attribute file: the fast reader must return what the plain one returns, neither may panic, and each
//! span must have the attributes whose rows name it, and no others. One named `cpu` may be its CPU time instead.
//!
//! The first byte chooses the size of the buffer. The others are the file; beside it are four rows.

#![no_main]

use std::collections::{BTreeMap, HashSet};
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

    // A task is the offset of its row. The first thousand names of the lane are kept.
    let names: HashSet<&str> = read.0.iter().map(|(.., name, _)| &**name).collect();
    let trace = Reading::of(directory.path()).load().expect("the records can be read").trace;
    for lane in trace.lanes() {
        for (index, span) in lane.spans.iter().enumerate() {
            let task = trace.keys().name(trace.keys().key(span.key).task);
            let (at, fraction_ns) =
                (task.parse().unwrap(), (trace.unix_ns(span.start) % 1_000_000_000) as u32);
            let is_given = |given: &&(u32, u32, u64, u32, String, String)| {
                (given.0, given.1, given.2, given.3) == (0, 0, at, fraction_ns)
            };
            let mut given: BTreeMap<&str, &str> =
                read.0.iter().filter(is_given).map(|(.., name, value)| (&**name, &**value)).collect();
            let mut own: BTreeMap<&str, &str> = lane.spans.attributes().of(index).collect();
            let (cpu_given, cpu_own) = (given.remove("cpu"), own.remove("cpu"));
            assert!(cpu_given.is_some() || cpu_own.is_none() && lane.spans.cpu_ns(index).is_none());
            assert!(own == given || names.len() > 1000, "{own:?} where {given:?} were given");
        }
    }
});
