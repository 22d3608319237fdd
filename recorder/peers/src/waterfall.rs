//! This project's recorder: a row in a file for every span, from its start on.

use std::fs;
use std::hint::black_box;
use std::io::{BufRead, BufReader};
use std::path::Path;

use waterfall_recorder::Recorder;
use waterfall_recorder::format::{HEADER, is_unfinished};

use crate::floor::{BIAS_MINUTES, GROUP, TASK};
use crate::job::Job;
use crate::peer::Peer;

pub(crate) const PAIR: Peer =
    Peer { name: "waterfall, `start` and `dump`", record: record_pairs, count: count_ended_rows };

/// The guard, which is what the others have, too.
pub(crate) const SPAN: Peer =
    Peer { name: "waterfall, `span`", record: record_spans, count: count_ended_rows };

fn record_pairs(job: &Job) {
    let pp = Recorder::new(GROUP, job.directory(), BIAS_MINUTES);
    job.repeat(|batch| {
        for _ in batch.spans() {
            pp.start(black_box(TASK));
            pp.dump();
        }
    });
}

fn record_spans(job: &Job) {
    let pp = Recorder::new(GROUP, job.directory(), BIAS_MINUTES);
    job.repeat(|batch| batch.spans().for_each(|_| drop(pp.span(black_box(TASK)))));
}

/// By the rule of the format, a row is a line that ends in CRLF after a line that does, too.
fn count_ended_rows(directory: &Path) -> u64 {
    let mut ended = 0;
    for entry in fs::read_dir(directory).expect("the records can be listed") {
        let file = fs::File::open(entry.expect("it has a name").path()).expect("it can be opened");
        let (mut file, mut line, mut is_after_row) = (BufReader::new(file), Vec::new(), false);
        while file.read_until(b'\n', &mut line).expect("it can be read") > 0 {
            let is_row = line.ends_with(b"\r\n");
            if is_row && is_after_row && line != HEADER.as_bytes() {
                let end = line.split(|&byte| byte == b',').nth(3).expect("a row has an end");
                ended += u64::from(!is_unfinished(end));
            }
            is_after_row = is_row;
            line.clear();
        }
    }
    ended
}
