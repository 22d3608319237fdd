//! Time stamps as people and other programs write them.
//!
//! Takes the text of a field, gives ns since the Unix epoch and the offset in the text. `recorder::format` reads the
//! record format's own stamps. This module reads all others: with fewer digits, `Z`, a blank for the `T`, or no
//! offset.

use chrono::{DateTime, NaiveDateTime};

/// A time, and its seconds east of UTC if the stamp contains them.
pub(super) type Stamp = (i64, Option<i32>);

/// The earliest accepted time, 1969-01-01 in ns: local clocks at the epoch show up to a day before it. From here to
/// 2262 is only a year more than an `i64` of ns can count.
const EARLIEST_NS: i64 = -365 * 86_400 * 1_000_000_000;

/// Parses a stamp. Without an offset it counts as `assumed_offset_s` seconds east of UTC.
///
/// # Errors
///
/// What is wrong with the stamp, worded to follow it in a message.
pub(super) fn parse(text: &str, assumed_offset_s: i32) -> Result<Stamp, &'static str> {
    let (ns, offset) = match DateTime::parse_from_rfc3339(text) {
        Ok(moment) => (moment.timestamp_nanos_opt(), Some(moment.offset().local_minus_utc())),
        Err(_) => {
            let naive = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f"]
                .iter()
                .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())
                .ok_or("is not a date and time")?;
            let assumed_ns = i64::from(assumed_offset_s) * 1_000_000_000;
            let ns = naive.and_utc().timestamp_nanos_opt();
            (ns.and_then(|ns| ns.checked_sub(assumed_ns)), None)
        }
    };
    match ns {
        Some(ns) if ns >= EARLIEST_NS => Ok((ns, offset)),
        _ => Err("is out of range: use times from 1969 to April 2262"),
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn stamps_of_any_precision_and_offset_are_read() {
        let second = 1_795_215_291;
        for (text, expected) in [
            ("2026-11-20T22:54:51+00:00", (second * 1_000_000_000, Some(0))),
            ("2026-11-20T22:54:51Z", (second * 1_000_000_000, Some(0))),
            ("2026-11-20 22:54:51.000000001Z", (second * 1_000_000_000 + 1, Some(0))),
            ("2026-11-21T04:39:51.5+05:45", (second * 1_000_000_000 + 500_000_000, Some(20_700))),
            ("2026-11-20 22:54:51.347682", (second * 1_000_000_000 + 347_682_000, None)),
            ("2026-11-20T22:54:51", (second * 1_000_000_000, None)),
        ] {
            assert_eq!(parse(text, 0), Ok(expected), "{text}");
        }
        assert_eq!(parse("1970-01-01 08:00:00", 28_800), Ok((0, None)));
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "",
            "NaT",
            "2026-02-30 00:00:00",
            "2026-11-20 24:00:00",
            "20/11/2026 22:54",
            "2026-11-20T22:00:00+24:00",
        ] {
            assert_eq!(parse(text, 0), Err("is not a date and time"), "{text}");
        }
        for text in [
            "9999-12-31 23:59:59",
            "0001-01-01 00:00:00",
            "1968-12-31T23:59:59Z",
            "2262-04-11 23:47:16.854776",
        ] {
            assert!(parse(text, 0).unwrap_err().starts_with("is out of range"), "{text}");
        }
    }
}
