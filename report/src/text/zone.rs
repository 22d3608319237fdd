//! Time zones in which clock times are shown.

use chrono::{DateTime, FixedOffset, Offset, TimeZone};
use chrono_tz::Tz;

const NS_PER_S: i64 = 1_000_000_000;

/// A time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Zone {
    /// A constant number of seconds east of UTC.
    Fixed(i32),
    /// A zone of the IANA database, with its changes of offset.
    Named(Tz),
}

impl Zone {
    /// Its name: `Asia/Shanghai`, `+08:00` or `UTC`.
    pub fn name(&self) -> String {
        match self {
            Zone::Fixed(0) => "UTC".into(),
            Zone::Fixed(offset) => suffix(*offset),
            Zone::Named(zone) => zone.name().into(),
        }
    }

    /// A time as a clock in the zone shows it, with the offset: `2026-11-20 22:43:18 +08:00`. `unix_ns` is in ns.
    pub fn clock(&self, unix_ns: i64) -> String {
        let offset = self.offset_at(unix_ns);
        let fixed = FixedOffset::east_opt(offset).unwrap_or_else(|| chrono::Utc.fix());
        let local = DateTime::from_timestamp_nanos(unix_ns).with_timezone(&fixed);
        format!("{} {}", local.format("%Y-%m-%d %H:%M:%S"), suffix(offset))
    }

    /// A time as RFC 3339 to the ns, with the zone's offset: `2026-11-20T22:43:18.123456789+08:00`.
    pub fn stamp(&self, unix_ns: i64) -> String {
        let offset = self.offset_at(unix_ns);
        let fixed = FixedOffset::east_opt(offset).unwrap_or_else(|| chrono::Utc.fix());
        let local = DateTime::from_timestamp_nanos(unix_ns).with_timezone(&fixed);
        format!("{}{}", local.format("%Y-%m-%dT%H:%M:%S%.9f"), suffix(offset))
    }

    /// The offsets from `first_ns` to `last_ns`, as `(since, seconds east of UTC)`. `since` is in ns after
    /// `first_ns`; the first is 0. Costs one look-up per day of that time.
    pub fn offsets(&self, first_ns: i64, last_ns: i64) -> Vec<(i64, i32)> {
        let mut offsets = vec![(0, self.offset_at(first_ns))];
        if matches!(self, Zone::Fixed(_)) {
            return offsets;
        }
        const DAY_NS: i64 = 86_400 * NS_PER_S;
        let mut from_ns = first_ns;
        while from_ns < last_ns {
            let to_ns = from_ns.saturating_add(DAY_NS).min(last_ns);
            let offset = self.offset_at(to_ns);
            if offset != self.offset_at(from_ns) {
                let (mut before_ns, mut after_ns) = (from_ns, to_ns);
                while after_ns - before_ns > 1 {
                    let middle_ns = before_ns + (after_ns - before_ns) / 2;
                    if self.offset_at(middle_ns) == offset {
                        after_ns = middle_ns;
                    } else {
                        before_ns = middle_ns;
                    }
                }
                offsets.push((after_ns - first_ns, offset));
            }
            from_ns = to_ns;
        }
        offsets
    }

    fn offset_at(&self, unix_ns: i64) -> i32 {
        match self {
            Zone::Fixed(offset) => *offset,
            Zone::Named(zone) => {
                let utc = DateTime::from_timestamp_nanos(unix_ns).naive_utc();
                zone.offset_from_utc_datetime(&utc).fix().local_minus_utc()
            }
        }
    }
}

/// `+08:00`.
fn suffix(offset: i32) -> String {
    let sign = if offset < 0 { '-' } else { '+' };
    let minutes = offset.unsigned_abs() / 60;
    format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_show_their_offset() {
        assert_eq!(Zone::Fixed(28_800).clock(1_795_185_798_123_456_789), "2026-11-20 22:43:18 +08:00");
        assert_eq!(Zone::Fixed(-20_700).name(), "-05:45");
        assert_eq!(Zone::Fixed(0).name(), "UTC");
    }

    #[test]
    fn stamps_are_to_the_ns() {
        let stamp = Zone::Fixed(28_800).stamp(1_795_185_798_120_000_000);
        assert_eq!(stamp, "2026-11-20T22:43:18.120000000+08:00");
    }

    #[test]
    fn a_change_of_offset_inside_the_trace_is_found_to_the_second() {
        let zone = Zone::Named(chrono_tz::America::New_York);
        // 2025-11-02 06:00:00 UTC: 02:00 daylight time becomes 01:00 standard time.
        let change_ns = 1_762_063_200 * NS_PER_S;
        let start_ns = change_ns - 5 * NS_PER_S;
        assert_eq!(zone.offsets(start_ns, change_ns + NS_PER_S), [(0, -14_400), (5 * NS_PER_S, -18_000)]);
        assert_eq!(zone.offsets(change_ns, change_ns), [(0, -18_000)]);
        let year_ns = 365 * 86_400 * NS_PER_S;
        assert_eq!(zone.offsets(start_ns, start_ns + year_ns).len(), 4, "autumn, spring, autumn");
    }
}
