//! How long single pairs take by the wall clock: what a program's slowest calls feel.
//!
//! Each pair stands between two reads of the monotonic clock, and what they cost is in the figure; so
//! the same is measured of an empty body and of the floor. The system can take the processor from any
//! of the three: compare their tails, not a tail with nothing.

use std::hint::black_box;

use waterfall_recorder::Recorder;

use crate::clock::{ClockId, time_ns};
use crate::floor::{BIAS_MINUTES, Floor, GROUP, TASK};

const PAIRS: usize = 2_000_000;

/// What is measured, by the names that the processes have.
pub(crate) const BODIES: [(&str, &str); 3] =
    [("empty", "nothing"), ("floor", "the floor"), ("pair", "`start` and `dump`")];

/// Nanoseconds of single pairs.
#[derive(Clone, Copy)]
pub(crate) struct Latency {
    /// p50, p99, p99.9 and the greatest.
    pub(crate) figures: [u64; 4],
}

pub(crate) fn measure(body: &str) -> Latency {
    match body {
        "empty" => of(|| ()),
        "floor" => {
            let mut floor = Floor::new();
            of(|| floor.pair())
        }
        "pair" => {
            let pp = Recorder::new(GROUP, "records", BIAS_MINUTES);
            of(|| {
                pp.start(black_box(TASK));
                pp.dump();
            })
        }
        other => panic!("no body is called {other}"),
    }
}

fn of(mut body: impl FnMut()) -> Latency {
    (0..1000).for_each(|_| body());
    // Filled before, so that no page of it is touched for the first time while it is measured.
    let mut times_ns = vec![u64::MAX; PAIRS];
    for time_ns_of_one in &mut times_ns {
        *time_ns_of_one = time_ns(ClockId::Monotonic, &mut body);
    }
    times_ns.sort_unstable();
    let at = |per_mille: usize| times_ns[PAIRS * per_mille / 1000];
    Latency { figures: [at(500), at(990), at(999), times_ns[PAIRS - 1]] }
}
