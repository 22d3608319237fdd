//! Looks: after which numbers of pairs a comparison that may end early is judged.
//!
//! Who looks often finds a false alarm at last. So the looks spend parts of the rate of false alarms that sum to the whole
//! (a spending of alpha: Lan and DeMets, Biometrika 70, 1983, pages 659-663), and a look tests at its own part alone. The
//! sum is a bound whatever the looks have in common (Bonferroni), so it holds for probabilities of any test, also where
//! trimming begins. The last look has half of all, so that the most pairs find almost what they find without looks; all
//! others have one strict bound in common, as in the rule of Haybittle (British Journal of Radiology 44, 1971, pages
//! 793-797) and Peto. There are few looks, and later ones are farther apart, so that each has more. All but perhaps the
//! last are after an even number of pairs: only then does drift cancel in turns of ABBA.

/// The least runs a side for a verdict.
pub(crate) const LEAST_RUNS: usize = 4;
/// The part of the last look.
const OF_LAST: f64 = 0.5;

/// The part of all errors that one of so many looks may make.
pub(super) fn share(looks: u32, is_last: bool) -> f64 {
    match looks {
        0 | 1 => 1.0,
        _ if is_last => OF_LAST,
        looks => (1.0 - OF_LAST) / f64::from(looks - 1),
    }
}

/// The numbers of pairs after which a comparison of at most so many pairs is looked at, in order: the last is `at_most`.
/// Each is about a quarter greater than that before it. Empty if there are too few pairs for a verdict.
pub(crate) fn looks(at_most: u32) -> Vec<u32> {
    let mut looks = Vec::new();
    let mut next = LEAST_RUNS as u32;
    while next < at_most {
        looks.push(next);
        next = next.saturating_add(2 * (next / 8).max(1));
    }
    looks.extend((at_most >= LEAST_RUNS as u32).then_some(at_most));
    looks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_all_looks_sum_to_the_whole() {
        assert_eq!(share(1, true), 1.0);
        assert!((13.0 * share(14, false) + share(14, true) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn looks_are_after_even_numbers_of_pairs_and_the_last_is_after_all() {
        assert_eq!(looks(60), [4, 6, 8, 10, 12, 14, 16, 20, 24, 30, 36, 44, 54, 60]);
        assert_eq!(looks(11), [4, 6, 8, 10, 11]);
        assert_eq!(looks(4), [4]);
        assert!(looks(3).is_empty());
        assert!(looks(u32::MAX).len() < 100);
    }
}
