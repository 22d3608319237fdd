//! The band of a figure: the changes that do not reach its threshold.
//!
//! Takes a judged figure, gives the ends of the band as changes of the typical figure of the baseline. For drawings: the
//! verdict was made before.

use super::change::Change;
use super::figure::Figure;

/// A rate that is higher by more than this part is an improvement, whatever its threshold.
pub(crate) const HIGHER: f64 = 0.05;

impl Change {
    /// The changes, candidate / baseline - 1, between which the threshold is not reached. `None` without a ratio, or if
    /// every change counts.
    pub(crate) fn band(&self) -> Option<(f64, f64)> {
        let baseline = self.estimate.filter(|estimate| estimate.change.is_some())?.baseline;
        let relative = self.threshold.relative.unwrap_or(0.0);
        if self.figure == Figure::Throughput {
            return Some((-relative, HIGHER));
        }
        let absolute = self.threshold.absolute.unwrap_or(0) as f64 / baseline;
        let up = relative.max(absolute);
        // On the logarithmic scale, 5 % less is what 5 % more leads back from. Plain units are used where a run has 0.
        let is_plain = self.baseline.iter().chain(&self.candidate).any(|&figure| figure == 0.0);
        let down = if is_plain { up } else { (relative / (1.0 + relative)).max(absolute) };
        (up > 0.0).then_some((-down, up))
    }
}

#[cfg(test)]
mod tests {
    use super::super::change::{Design, Pair, changes};
    use super::super::subject::Subject;

    #[track_caller]
    fn check(threshold: &str, baseline: f64, expected: Option<(f64, f64)>) {
        let runs = vec![baseline; 5];
        let pair = Pair {
            subject: Subject::Run,
            figure: super::Figure::Wall,
            threshold: threshold.parse().unwrap(),
            baseline: runs.clone(),
            candidate: runs,
        };
        let band = changes(vec![pair], Design::Independent).remove(0).band();
        let rounded = band.map(|(down, up)| [down, up].map(|end| (end * 1e6).round() / 1e6));
        assert_eq!(rounded.map(|[down, up]| (down, up)), expected, "{threshold} of {baseline}");
    }

    #[test]
    fn both_parts_of_a_threshold_must_be_reached() {
        check("25%", 1e9, Some((-0.2, 0.25)));
        check("100ms", 1e9, Some((-0.1, 0.1)));
        check("25% and 100ms", 1e9, Some((-0.2, 0.25)));
        check("25% and 100ms", 2e8, Some((-0.5, 0.5)));
        check("25%", 0.0, None);
    }
}
