//! The wall time of single pairs: what the slowest calls of a program take.
//!
//! Each pair is between two reads of the monotonic clock, whose cost is in the figure. So an empty body and the floor
//! are measured in the same way. The system can take the processor from any of the three, so compare a tail only with
//! the other tails.

use std::hint::black_box;

use waterfall_recorder::Recorder;

use crate::clock::{ClockId, time_ns};
use crate::floor::{BIAS_MINUTES, Floor, GROUP, TASK};

const PAIRS: usize = 2_000_000;

/// The measured bodies: a name for the process, and a label.
pub(crate) const BODIES: [(&str, &str); 3] =
    [("empty", "nothing"), ("floor", "the floor"), ("pair", "`start` and `dump`")];

/// Nanoseconds of single pairs.
#[derive(Clone, Copy)]
pub(crate) struct Latency {
    /// p50, p99, p99.9 and the longest.
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
    // Filled now, so that no page of it is touched for the first time during the measurement.
    let mut times_ns = vec![u64::MAX; PAIRS];
    for time_ns_of_one in &mut times_ns {
        *time_ns_of_one = time_ns(ClockId::Monotonic, &mut body);
    }
    times_ns.sort_unstable();
    let at = |per_mille: usize| times_ns[PAIRS * per_mille / 1000];
    Latency { figures: [at(500), at(990), at(999), times_ns[PAIRS - 1]] }
}
