//! CPU times of spans, among their attributes.
//!
//! An attribute `cpu` whose value is a duration with a unit, such as `81233ns` or `1.5 ms`, is the CPU time of its span.
//! A recorder writes it in ns. Any other value of that name is an attribute like others, such as the number of a CPU.

use crate::model::Rows;
use crate::text::units;

/// The attribute's name.
pub(super) const NAME: &str = "cpu";

/// The CPU time that a value says, in ns. The units are ns, us, ms, s, min and h.
pub(super) fn read(value: &str) -> Option<i64> {
    let digits = value.strip_suffix("ns").filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
    digits.and_then(|digits| digits.parse().ok()).or_else(|| units::read_duration(value))
}

/// Gives a row an attribute, or its CPU time.
pub(super) fn attach(rows: &mut Rows, index: usize, name: &str, value: &str) {
    match Some(value).filter(|_| name == NAME).and_then(read) {
        Some(ns) => rows.set_cpu(index, ns),
        None => rows.attach(index, name, value),
    }
}
