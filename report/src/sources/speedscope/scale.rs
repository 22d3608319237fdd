//! Scale: what the numbers of a profile count, as the model has it.
//!
//! Takes the name of a unit, which a file may give after its numbers; so these are kept in billionths until then.

use crate::model::Unit;

/// How numbers of a file become weights: what they count, and how many billionths of a number are one of the model's.
#[derive(Clone, Copy)]
pub(super) struct Scale {
    pub(super) unit: Unit,
    divisor: i128,
}

impl Scale {
    /// Billionths of a number of the file as a weight, or as a time in ns; rounded to the nearest.
    pub(super) fn of(self, billionths: i128) -> i128 {
        let half = self.divisor / 2;
        (billionths.saturating_add(if billionths < 0 { -half } else { half })) / self.divisor
    }
}

/// The scale of a unit, and whether the unit is known.
pub(super) fn scale(unit: &str) -> (Scale, bool) {
    let (unit, divisor, known) = match unit {
        "seconds" => (Unit::Seconds, 1, true),
        "milliseconds" => (Unit::Seconds, 1_000, true),
        "microseconds" => (Unit::Seconds, 1_000_000, true),
        "nanoseconds" => (Unit::Seconds, 1_000_000_000, true),
        "bytes" => (Unit::Bytes, 1, true),
        "none" | "" => (Unit::None, 1, true),
        _ => (Unit::None, 1, false),
    };
    (Scale { unit, divisor }, known)
}
