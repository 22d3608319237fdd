//! Assumptions: what the times of a file leave open, and where that was first seen.
//!
//! Each kind is reported once a file. A file whose numbers are of several sizes has several units: no other number
//! says which was meant, so the report names all of them. Knows no columns.

use super::stamp::{Assumption, Unit};

/// The first line with each assumption.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Assumed {
    offset: Option<u64>,
    units: [Option<u64>; Unit::ALL.len()],
}

impl Assumed {
    pub(super) fn note(&mut self, line: u64, assumption: Assumption) {
        let first = match assumption {
            Assumption::Offset => &mut self.offset,
            Assumption::Unit(unit) => &mut self.units[unit as usize],
        };
        first.get_or_insert(line);
    }

    /// Adds what was assumed `above` lines further down.
    pub(super) fn join(&mut self, later: Assumed, above: u64) {
        let join = |first: &mut Option<u64>, later: Option<u64>| {
            *first = first.or(later.map(|line| line + above));
        };
        join(&mut self.offset, later.offset);
        self.units.iter_mut().zip(later.units).for_each(|(first, later)| join(first, later));
    }

    /// The first line with a time without an offset.
    pub(super) fn offset(&self) -> Option<u64> {
        self.offset
    }

    /// The first line with a number for a time, and how such numbers were read.
    pub(super) fn units(&self) -> Option<(u64, String)> {
        let mut units: Vec<(u64, Unit)> = (Unit::ALL.into_iter().zip(self.units))
            .filter_map(|(unit, first)| Some((first?, unit)))
            .collect();
        units.sort_by_key(|(first, _)| *first);
        let &(line, unit) = units.first()?;
        if let [_] = units.as_slice() {
            return Some((line, format!("times are numbers: read as {} since 1970, UTC", unit.name())));
        }
        let units: Vec<String> =
            units.iter().map(|(first, unit)| format!("{} (line {first})", unit.name())).collect();
        let message = format!(
            "times are numbers of different sizes: each is read by its own number of digits, as {} since 1970, UTC",
            units.join(", ")
        );
        Some((line, message))
    }
}
