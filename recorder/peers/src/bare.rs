//! The floor of the recorder's own bench. It writes no file, so a kill leaves nothing.

use crate::floor::{Floor, clock_reads};
use crate::peer::Peer;

pub(crate) const FLOOR: Peer = Peer {
    name: "the floor: two clock reads, and a row formatted into RAM",
    record: |job| {
        let mut floor = Floor::new();
        job.repeat(|batch| batch.spans().for_each(|_| floor.pair()));
    },
    count: |_| 0,
};

pub(crate) const CLOCK: Peer = Peer {
    name: "two clock reads alone",
    record: |job| job.repeat(|batch| batch.spans().for_each(|_| clock_reads())),
    count: |_| 0,
};
