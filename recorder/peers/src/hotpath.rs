//! `hotpath`: the number of runs of a block, and their time as a sum and as percentiles.
//!
//! Not comparable: it keeps no spans, so there is nothing to draw. It writes its report, a table, once, when its
//! guard is dropped. Its clock is the processor's counter, which costs less than the system's clock, but other
//! processes do not share its time. Its server for a live view is switched off.

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
