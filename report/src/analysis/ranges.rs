//! Ranges of numbers with round edges: 1, 2 or 5 times a power of ten.
//!
//! A [`Bin`] is the finest range that a number can be in. Bins depend on nothing but the number, so figures of bins
//! add up. [`ranges`] puts bins together until there are at most [`MOST`] ranges. They follow these rules:
//!
//! - A range contains its lower edge, not its upper one: `[1, 2)`, `[2, 5)`, `[5, 10)`, `[-2, -1)`.
//! - 0 has a range of its own, up to the least edge in use. Ranges without a number are left out.
//! - If there are too many ranges, the edges are only the powers of ten. If these are too many, only every second
//!   power, then every third, and so on: `[0.01, 1)`, `[1, 100)`.
//!
//! A number is a decimal text that Rust reads as an `f64` and whose absolute value is 0 or from 1e-299 to 1e300.

use std::sync::LazyLock;

/// The most ranges.
pub(super) const MOST: usize = 12;

/// Exponents of the least and the greatest edge.
const EXPONENTS: (i32, i32) = (-300, 301);
const STEPS: [u8; 3] = [1, 2, 5];

/// The edges above 0, ascending: 1, 2 and 5 times each power of ten.
static EDGES: LazyLock<Vec<f64>> = LazyLock::new(|| {
    let exponents = EXPONENTS.0..=EXPONENTS.1;
    exponents.flat_map(|exponent| STEPS.map(|step| number(&format!("{step}e{exponent}")))).collect()
});

fn number(text: &str) -> f64 {
    text.parse().expect("digits and an exponent are a number")
}

/// The finest range of a number. Bins sort like their numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Bin {
    /// 0 for the number 0. Else the index of the edge that is closest to 0, plus 1; negative for negative numbers.
    place: i16,
}

/// The numbers from `from` to `to`, not including `to`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Range {
    pub(crate) from: f64,
    pub(crate) to: f64,
}

impl Bin {
    /// The bin of a text; `None` if it is not a number.
    pub(super) fn of(text: &str) -> Option<Bin> {
        let value: f64 = text.parse().ok()?;
        if value == 0.0 {
            return Some(Bin { place: 0 });
        }
        let size = value.abs();
        if !(1e-299..=1e300).contains(&size) {
            return None;
        }
        let is_before = |edge: &f64| if value > 0.0 { *edge <= size } else { *edge < size };
        let place = EDGES.partition_point(is_before) as i16;
        Some(Bin { place: if value > 0.0 { place } else { -place } })
    }

    /// The exponent of the greatest power of ten that is no further from 0 than the bin.
    fn exponent(self) -> i32 {
        EXPONENTS.0 + i32::from(self.place.abs() - 1) / STEPS.len() as i32
    }

    /// The range of the bin if all edges are used (`coarseness` 0), or every `coarseness`-th power of ten.
    fn range(self, coarseness: i32) -> Range {
        let (near, far) = match coarseness {
            _ if self.place == 0 => return Range { from: 0.0, to: 0.0 },
            0 => {
                let near = usize::from(self.place.unsigned_abs()) - 1;
                (EDGES[near], EDGES[near + 1])
            }
            every => {
                let first = self.exponent().div_euclid(every) * every;
                let power =
                    |exponent: i32| number(&format!("1e{}", exponent.clamp(EXPONENTS.0, EXPONENTS.1)));
                (power(first), power(first.saturating_add(every)))
            }
        };
        if self.place > 0 { Range { from: near, to: far } } else { Range { from: -far, to: -near } }
    }
}

/// The range of each of these different bins, which ascend. Neighbours may share a range. There are at most [`MOST`]
/// different ones.
pub(super) fn ranges(bins: &[Bin]) -> Vec<Range> {
    let at = |coarseness: i32| bins.iter().map(|bin| bin.range(coarseness)).collect::<Vec<Range>>();
    let count = |ranges: &[Range]| ranges.chunk_by(|one, next| one == next).count();
    // From this coarseness on there are at most five: far below 0, near below 0, 0, near above 0, far above 0.
    let coarsest = EXPONENTS.1 - EXPONENTS.0;
    let mut ranges =
        (0..coarsest).map(at).find(|ranges| count(ranges) <= MOST).unwrap_or_else(|| at(coarsest));
    let least = ranges
        .iter()
        .filter(|range| range.from != range.to)
        .map(|range| range.from.abs().min(range.to.abs()));
    let least = least.reduce(f64::min);
    for zero in ranges.iter_mut().filter(|range| range.from == range.to) {
        zero.to = least.unwrap_or(1.0);
    }
    ranges
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The ranges of numbers, each as `from..to`.
    fn of(numbers: &[&str]) -> Vec<String> {
        let mut bins: Vec<Bin> = numbers.iter().map(|number| Bin::of(number).unwrap()).collect();
        bins.sort();
        bins.dedup();
        let mut ranges = ranges(&bins);
        ranges.dedup();
        ranges.iter().map(|range| format!("{:?}..{:?}", range.from, range.to)).collect()
    }

    #[test]
    fn edges_are_round_and_belong_to_the_range_above_them() {
        assert_eq!(
            of(&["1", "1.99", "2", "4.9", "5", "9.9", "10"]),
            ["1.0..2.0", "2.0..5.0", "5.0..10.0", "10.0..20.0"]
        );
        assert_eq!(of(&["81233", "0.003", "3e-3"]), ["0.002..0.005", "50000.0..100000.0"]);
        assert_eq!(
            of(&["-1", "-2", "-2.5", "-0", "7"]),
            ["-5.0..-2.0", "-2.0..-1.0", "-1.0..-0.5", "0.0..0.5", "5.0..10.0"]
        );
    }

    #[test]
    fn where_there_would_be_too_many_edges_are_further_apart() {
        let powers: Vec<String> = (0..12).map(|exponent| format!("3e{exponent}")).collect();
        let powers: Vec<&str> = powers.iter().map(String::as_str).collect();
        assert_eq!(of(&powers)[..2], ["2.0..5.0", "20.0..50.0"]);
        let more = [powers, vec!["6", "0"]].concat();
        assert_eq!(of(&more)[..3], ["0.0..1.0", "1.0..100.0", "100.0..10000.0"]);
        let all: Vec<String> = (-299..300).map(|exponent| format!("7e{exponent}")).collect();
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        assert!((6..=MOST).contains(&of(&all).len()), "{:?}", of(&all));
    }

    #[test]
    fn only_finite_decimal_numbers_are_numbers() {
        for text in ["", " 1", "1 ", "0x10", "1,000", "nan", "inf", "-infinity", "1e301", "1e-310", "12ab"] {
            assert_eq!(Bin::of(text), None, "{text}");
        }
        for text in ["0", "-0.0", "+1", ".5", "5.", "1e300", "-1e-299", "123456789012345678901234567890"] {
            assert!(Bin::of(text).is_some(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_number_is_in_its_range_and_ranges_do_not_overlap(
            numbers in prop::collection::vec((-9999i32..9999, -290i32..290, 1i32..200), 1..60),
        ) {
            let values: Vec<f64> = numbers.iter()
                .map(|(digits, exponent, spread)| number(&format!("{digits}e{}", exponent / spread)))
                .collect();
            let mut bins: Vec<(Bin, f64)> =
                values.iter().map(|value| (Bin::of(&value.to_string()).unwrap(), *value)).collect();
            bins.sort_by(|one, next| one.1.total_cmp(&next.1));
            prop_assert!(bins.is_sorted_by_key(|(bin, _)| *bin));
            let mut own: Vec<Bin> = bins.iter().map(|(bin, _)| *bin).collect();
            own.dedup();
            let found = ranges(&own);
            let range = |bin: Bin| found[own.binary_search(&bin).unwrap()];
            for &(bin, value) in &bins {
                let Range { from, to } = range(bin);
                prop_assert!(from <= value && value < to, "{value} in {from}..{to}");
            }
            let mut different = found.clone();
            different.dedup();
            prop_assert!(different.len() <= MOST);
            prop_assert!(different.windows(2).all(|pair| pair[0].to <= pair[1].from), "{different:?}");
        }
    }
}
