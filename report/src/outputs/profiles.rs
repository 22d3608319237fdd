//! Profiles for people and for the page: their names, and weights with units.
//!
//! Takes figures of `analysis`. Computes nothing.

use crate::analysis::ProfileFigures;
use crate::model::{PARTS, Unit};
use crate::text::{shortened, terminal, units};

/// The most functions of a profile on a page.
const FUNCTIONS: usize = 1000;
/// The most profiles of a page: those with the most stacks.
const PROFILES: usize = 100;
/// The most columns of a name in a terminal.
const NAME_WIDTH: usize = 120;

/// A weight with its unit: `1.2 s`, `4.1 MB`, `288`.
pub(super) fn weight(unit: Unit, weight: i128) -> String {
    let whole = u64::try_from(weight / PARTS).unwrap_or(u64::MAX);
    match unit {
        Unit::Seconds => units::duration(weight),
        Unit::Bytes => units::bytes(whole),
        Unit::None if weight % PARTS == 0 => units::count(whole),
        Unit::None => units::number(amount(unit, weight)),
    }
}

/// A weight as a number: of ns, of bytes, or as the source has it.
pub(super) fn amount(unit: Unit, weight: i128) -> f64 {
    match unit {
        Unit::Seconds => weight as f64,
        // Apart, so that a whole number stays one.
        Unit::Bytes | Unit::None => (weight / PARTS) as f64 + (weight % PARTS) as f64 / PARTS as f64,
    }
}

/// What the numbers of a unit count.
pub(super) fn unit_name(unit: Unit) -> &'static str {
    match unit {
        Unit::Seconds => "nanoseconds",
        Unit::Bytes => "bytes",
        Unit::None => "none",
    }
}

/// A name on one line, without its middle if it is long. Safe for a terminal.
pub(super) fn shown(name: &str) -> String {
    shortened(&terminal::plain(name), NAME_WIDTH)
}

/// The profile in a heading: `threads.json · Thread 7 "main": 36 stacks, 180 ms`.
pub(super) fn heading(of: &ProfileFigures) -> String {
    let name = match &*of.identity.name {
        "" => String::new(),
        name => format!(" · {}", shown(name)),
    };
    format!(
        "{}{name}: {}, {}{}",
        shown(&of.identity.source),
        units::counted(of.stacks, "stack"),
        weight(of.identity.unit, of.total),
        if of.identity.unit == Unit::None { " in all" } else { "" },
    )
}

/// The profiles of a page, and the number of others.
pub(super) fn data(all: &[ProfileFigures]) -> (Vec<templates::Profile>, u64) {
    let mut wanted: Vec<usize> = (0..all.len()).collect();
    wanted.sort_by_key(|&index| std::cmp::Reverse(all[index].stacks));
    wanted.truncate(PROFILES);
    wanted.sort_unstable();
    let more = (all.len() - wanted.len()) as u64;
    (wanted.into_iter().map(|index| profile(&all[index])).collect(), more)
}

fn profile(of: &ProfileFigures) -> templates::Profile {
    let unit = of.identity.unit;
    let functions = of.functions.iter().take(FUNCTIONS).map(|function| templates::Function {
        name: function.name.to_string(),
        own: amount(unit, function.weights.own),
        own_share: function.own_share,
        total: amount(unit, function.weights.total),
        total_share: function.total_share,
    });
    templates::Profile {
        source: of.identity.source.clone(),
        name: of.identity.name.clone(),
        unit: unit_name(unit),
        stacks: of.stacks,
        total: amount(unit, of.total),
        functions: functions.collect(),
        more: of.functions.len().saturating_sub(FUNCTIONS) as u64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_weight_has_the_unit_of_its_profile() {
        assert_eq!(weight(Unit::Seconds, 180_000_000), "180 ms");
        assert_eq!(weight(Unit::Bytes, 4_100_000 * PARTS), units::bytes(4_100_000));
        assert_eq!(weight(Unit::None, 12_345 * PARTS), "12,345");
        assert_eq!(weight(Unit::None, PARTS / 4), "0.25");
        assert_eq!(amount(Unit::None, 9_007_199_254_740_991 * PARTS), 9_007_199_254_740_991.0);
    }
}
