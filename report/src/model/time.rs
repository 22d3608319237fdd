//! Times of a trace.

/// Nanoseconds since the trace's origin, its first start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(i64);

/// First time that the model knows, 1969-01-01, in ns since the Unix epoch. Local clocks at the epoch show up to a
/// day before it.
pub(crate) const FIRST_NS: i64 = -365 * 86_400 * 1_000_000_000;

/// Last time that the model knows, in 2260, in ns since the Unix epoch. No two times differ by more than
/// [`Time::LATEST`].
pub(crate) const LAST_NS: i64 = FIRST_NS + Time::LATEST.0;

impl Time {
    /// The trace's first start.
    pub const ORIGIN: Time = Time(0);

    /// Last time of a trace, 291 years after the origin. It is well below the greatest `i64`: a bin that begins
    /// before the origin still ends within an `i64`.
    pub const LATEST: Time = Time(i64::MAX - (1 << 54));

    /// The time `ns` after the origin.
    pub(crate) fn since_origin(ns: i64) -> Time {
        Time(ns)
    }

    /// Nanoseconds since the origin.
    pub fn ns(self) -> i64 {
        self.0
    }

    /// Nanoseconds from `earlier` to this time; negative when `earlier` is later.
    pub fn since(self, earlier: Time) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// From the start of the first to the end of the last.
pub(crate) fn union(one: (i64, i64), other: (i64, i64)) -> (i64, i64) {
    (one.0.min(other.0), one.1.max(other.1))
}
