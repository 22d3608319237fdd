//! A moment of a trace.

/// Nanoseconds since the trace's origin, its first start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(i64);

/// The first moment that there is, 1969-01-01, in ns since the Unix epoch: local clocks at the epoch lie up to a day
/// before it.
pub const FIRST_NS: i64 = -365 * 86_400 * 1_000_000_000;

/// The last moment that there is, in 2260: no two are further apart than [`Time::LATEST`].
pub const LAST_NS: i64 = FIRST_NS + Time::LATEST.0;

impl Time {
    /// The trace's first start.
    pub const ORIGIN: Time = Time(0);

    /// The last moment that there is, 291 years after the origin: so far below the greatest `i64` that a
    /// bin which begins before the origin still ends where an `i64` can say.
    pub const LATEST: Time = Time(i64::MAX - (1 << 54));

    /// `ns` after the origin.
    pub fn since_origin(ns: i64) -> Time {
        Time(ns)
    }

    /// Nanoseconds since the origin.
    pub fn ns(self) -> i64 {
        self.0
    }

    /// Nanoseconds from `earlier` to this; negative when it is later.
    pub fn since(self, earlier: Time) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}
