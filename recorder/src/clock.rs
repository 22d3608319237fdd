//! The time: a clock that never runs backwards, and its offset to Unix time.
//!
//! Spans are timed by the machine's boot clock, which nobody can set and which runs while the machine sleeps. Each
//! process has one offset from it to the wall clock. A look compares the two now and then, and changes the offset only
//! when the wall clock was set. Slewing moves both clocks alike, and an offset that followed each look would step back
//! by microseconds. Must not know stamps or bias.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::SystemTime;

use crate::system;
pub(crate) use crate::system::boot_ns;

/// What to add to a time since boot to get Unix time, in nanoseconds, as of the last look.
pub(crate) fn offset_ns() -> i64 {
    match OFFSET_NS.load(Ordering::Relaxed) {
        UNKNOWN => look(),
        known => known,
    }
}

/// Looks at the wall clock and returns the offset that is valid from now on. Takes about 250 ns.
pub(crate) fn look() -> i64 {
    let known = OFFSET_NS.load(Ordering::Relaxed);
    let looks = [(); 3].map(|()| {
        let before_ns = system::boot_ns();
        let unix_ns = wall_ns();
        Look { before_ns, unix_ns, after_ns: system::boot_ns() }
    });
    let found = offset_after(known, looks);
    match OFFSET_NS.compare_exchange(known, found, Ordering::Relaxed, Ordering::Relaxed) {
        Ok(_) => found,
        Err(other_thread) => other_thread,
    }
}

/// The wall clock in nanoseconds since the Unix epoch.
pub(crate) fn wall_ns() -> i64 {
    match SystemTime::now().duration_since(SystemTime::UNIX_EPOCH) {
        Ok(after) => saturate(after.as_nanos()),
        Err(before) => -saturate(before.duration().as_nanos()),
    }
}

/// The error of the offset above which it is changed.
const STEP_NS: u64 = 1_000_000;

/// The offset before the first look.
const UNKNOWN: i64 = i64::MIN;

static OFFSET_NS: AtomicI64 = AtomicI64::new(UNKNOWN);

/// A reading of the wall clock between two readings of the boot clock.
#[derive(Clone, Copy, Debug)]
struct Look {
    before_ns: i64,
    unix_ns: i64,
    after_ns: i64,
}

/// The offset after some looks. It stays the known one unless the tightest look shows a greater error than a thread
/// that waits in the middle of a look can make.
fn offset_after(known: i64, looks: [Look; 3]) -> i64 {
    let [first, rest @ ..] = looks.map(|look| (look.after_ns.saturating_sub(look.before_ns), look));
    let (width_ns, look) =
        rest.into_iter().fold(first, |best, next| if next.0 < best.0 { next } else { best });
    let found = look.unix_ns.saturating_sub(look.before_ns).saturating_sub(width_ns / 2);
    let is_close = found.abs_diff(known) <= STEP_NS.saturating_add(width_ns.unsigned_abs());
    if known != UNKNOWN && is_close { known } else { found }
}

fn saturate(ns: u128) -> i64 {
    i64::try_from(ns).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three looks of the given widths at a wall clock that is `offset_ns` ahead.
    fn looks(offset_ns: i64, widths_ns: [i64; 3]) -> [Look; 3] {
        widths_ns.map(|width_ns| Look {
            before_ns: 5_000,
            unix_ns: 5_000 + width_ns / 2 + offset_ns,
            after_ns: 5_000 + width_ns,
        })
    }

    #[test]
    fn the_first_look_is_taken_at_its_word() {
        assert_eq!(offset_after(UNKNOWN, looks(1_000_000_000, [90, 60, 70])), 1_000_000_000);
    }

    #[test]
    fn what_two_looks_differ_by_moves_nothing() {
        for drift_ns in [-999_000, -1, 0, 1, 999_000] {
            assert_eq!(offset_after(7_000, looks(7_000 + drift_ns, [60; 3])), 7_000);
        }
    }

    #[test]
    fn a_clock_that_was_set_is_followed_either_way() {
        for step_ns in [-3_600_000_000_000, -1_100_000, 1_100_000, 3_600_000_000_000] {
            assert_eq!(offset_after(7_000, looks(7_000 + step_ns, [60; 3])), 7_000 + step_ns);
        }
    }

    #[test]
    fn a_thread_that_was_kept_waiting_is_no_step() {
        let mut waited = looks(7_000, [9_000_000; 3]);
        waited[1].unix_ns += 4_000_000;
        assert_eq!(offset_after(7_000, waited), 7_000);
        // The tightest look counts, whichever it is.
        let mut waited = looks(7_000, [9_000_000, 60, 9_000_000]);
        waited[0].unix_ns += 50_000_000;
        waited[2].unix_ns += 50_000_000;
        assert_eq!(offset_after(7_000, waited), 7_000);
    }

    #[test]
    fn time_is_about_the_wall_clock() {
        let unix_ns = boot_ns() + offset_ns();
        assert!(unix_ns.abs_diff(wall_ns()) < 3_600_000_000_000);
        assert!(boot_ns() <= boot_ns());
    }
}
