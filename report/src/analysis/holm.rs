//! Holm's adjustment of the probabilities of a family of tests, which keeps the rate of false alarms over all of them
//! (Scandinavian Journal of Statistics 6, 1979, pages 65-70).

/// The probabilities of a family of tests, adjusted so that fewer than `level` of all families in which nothing changed
/// have one below `level`. In the order given.
pub(crate) fn holm(family: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..family.len()).collect();
    order.sort_by(|&one, &other| family[one].total_cmp(&family[other]));
    let mut adjusted = vec![0.0; family.len()];
    let mut least: f64 = 0.0;
    for (rank, &index) in order.iter().enumerate() {
        least = least.max(family[index] * (family.len() - rank) as f64).min(1.0);
        adjusted[index] = least;
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_adjustment_of_holm_is_that_of_statsmodels() {
        let adjusted = holm(&[0.01, 0.04, 0.03, 0.005, 0.5]);
        let expected = [0.04, 0.09, 0.09, 0.025, 0.5];
        assert!(
            adjusted.iter().zip(expected).all(|(&one, other)| (one - other).abs() < 1e-12),
            "{adjusted:?}"
        );
        assert_eq!(holm(&[0.6, 0.7]), [1.0, 1.0], "a probability is at most 1");
        assert!(holm(&[]).is_empty());
    }
}
