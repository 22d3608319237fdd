//! The time, in nanoseconds since the Unix epoch, that never runs backwards within a process.
//!
//! One anchor per process, a pair of the wall clock and the monotonic clock taken at the first
//! record, so that spans are exact and threads agree whatever is done to the wall clock later.
//! A forked child keeps its parent's anchor. Must not know stamps or offsets.

use std::sync::OnceLock;
use std::time::{Instant, SystemTime};

/// The time now, in nanoseconds since the Unix epoch. About 30 ns.
pub(crate) fn now_ns() -> i64 {
    let now = Instant::now();
    let anchor = ANCHOR.get().copied().unwrap_or_else(|| {
        // Made before the lock of `get_or_init` is taken: a thread that comes second waits for no
        // more than the store of the first one's pair, and that once in the process's life.
        let fresh = Anchor { instant: now, unix_ns: wall_ns() };
        *ANCHOR.get_or_init(|| fresh)
    });
    let since_anchor = now.saturating_duration_since(anchor.instant);
    anchor.unix_ns.saturating_add(saturate(since_anchor.as_nanos()))
}

/// The wall clock in nanoseconds since the Unix epoch: for the anchor, and for what needs no more.
pub(crate) fn wall_ns() -> i64 {
    match SystemTime::now().duration_since(SystemTime::UNIX_EPOCH) {
        Ok(after) => saturate(after.as_nanos()),
        Err(before) => -saturate(before.duration().as_nanos()),
    }
}

static ANCHOR: OnceLock<Anchor> = OnceLock::new();

#[derive(Clone, Copy)]
struct Anchor {
    instant: Instant,
    unix_ns: i64,
}

fn saturate(ns: u128) -> i64 {
    i64::try_from(ns).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_does_not_run_backwards_and_is_about_the_wall_clock() {
        let wall = wall_ns();
        let first = now_ns();
        let second = now_ns();
        assert!(first <= second);
        assert!(first.abs_diff(wall) < 3_600_000_000_000);
    }
}
