//! CPU time of the measuring thread as a measurement for criterion, instead of wall time.

use criterion::measurement::{Measurement, ValueFormatter, WallTime};

use crate::clock::{ClockId, read_ns};

pub(crate) struct CpuTime;

impl Measurement for CpuTime {
    type Intermediate = u64;
    type Value = u64; // nanoseconds

    fn start(&self) -> u64 {
        read_ns(ClockId::ThreadCPUTime)
    }

    fn end(&self, start_ns: u64) -> u64 {
        read_ns(ClockId::ThreadCPUTime) - start_ns
    }

    fn add(&self, first: &u64, second: &u64) -> u64 {
        first + second
    }

    fn zero(&self) -> u64 {
        0
    }

    fn to_f64(&self, value: &u64) -> f64 {
        *value as f64
    }

    fn formatter(&self) -> &dyn ValueFormatter {
        WallTime.formatter() // it formats nanoseconds, too
    }
}
