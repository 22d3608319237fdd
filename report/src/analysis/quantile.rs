//! Quantiles of a few numbers, each known exactly. Takes sorted numbers; must not be given none.

/// A quantile of sorted numbers, interpolated between the closest ranks (Hyndman and Fan's type 7).
pub(crate) fn quantile(sorted: &[f64], part: f64) -> f64 {
    let at = (sorted.len() - 1) as f64 * part;
    let (low, high) = (sorted[at.floor() as usize], sorted[at.ceil() as usize]);
    low + (high - low) * at.fract()
}
