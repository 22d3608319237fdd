//! Looks: after which numbers of pairs a comparison that may end early is judged.
//!
//! Who looks often finds a false alarm at last. So each look spends an equal part of the rate of false alarms, and the
//! parts sum to the whole: a spending of alpha (Lan and DeMets, Biometrika 70, 1983, pages 659-663) in which a look tests
//! at its own part alone. The sum is a bound whatever the looks have in common (Bonferroni), so it holds for
//! probabilities of any test, also where trimming begins. Equal parts also find a great change after few pairs: O'Brien
//! and Fleming's (Biometrics 35, 1979, pages 549-556) would not before a fifth of the pairs. The looks are few and later
//! ones farther apart, so that each has more. All are after an even number of pairs: only then does drift cancel in turns
//! of ABBA.

use super::change::LEAST_RUNS;

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
    fn looks_are_after_even_numbers_of_pairs_and_the_last_is_after_all() {
        assert_eq!(looks(60), [4, 6, 8, 10, 12, 14, 16, 20, 24, 30, 36, 44, 54, 60]);
        assert_eq!(looks(11), [4, 6, 8, 10, 11]);
        assert_eq!(looks(4), [4]);
        assert!(looks(3).is_empty());
        assert!(looks(u32::MAX).len() < 100);
    }
}
