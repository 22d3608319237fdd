//! `hotpath`: how often a block ran and how long, in sum and by percentiles.
//!
//! Not comparable: it keeps no spans, so there is nothing to draw; its report, a table, is written once,
//! when its guard is dropped. It reads the processor's counter for its clock, which costs less than the
//! system's, and is no time that other processes share. Its server for a live view is switched off.

use hotpath::HotpathGuardBuilder;

use crate::floor::TASK;
use crate::job::Job;
use crate::peer::Peer;

pub(crate) const HOTPATH: Peer = Peer { name: "hotpath (keeps sums, no spans)", record, count: |_| 0 };

fn record(job: &Job) {
    let _reports_when_dropped = HotpathGuardBuilder::new("main").output_path(job.file()).build();
    job.repeat(|batch| {
        for _ in batch.spans() {
            hotpath::measure_block!(TASK, ());
        }
    });
}
