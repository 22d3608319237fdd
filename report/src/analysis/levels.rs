//! Levels: the parts of a series between its change points, each with its median and spread.
//!
//! Takes the numbers of a series in order, with gaps; gives its levels, which cover all numbers. Knows no unit.

use super::change_points::change_points;
use super::quantile::quantile;

/// A part of a series in which the numbers vary about one level.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Level {
    /// The indices of its first and last number in the series, gaps included.
    pub first: usize,
    pub last: usize,
    /// How many numbers it has.
    pub count: usize,
    pub median: f64,
    /// The quartiles: half of its numbers lie between them.
    pub low: f64,
    pub high: f64,
}

impl Level {
    /// How far its quartiles are apart, as a part of its median. `None` if that is 0.
    pub(crate) fn spread(&self) -> Option<f64> {
        (self.median > 0.0).then(|| (self.high - self.low) / self.median)
    }
}

/// The levels of a series; none if it has no number. Without a family, of which [`change_points`] says what it means, the
/// series has one level. Numbers of 0 or less have no ratio: they are in a level, and never make one.
pub(crate) fn levels(series: &[Option<f64>], family: Option<usize>) -> Vec<Level> {
    let known: Vec<(usize, f64)> =
        series.iter().enumerate().filter_map(|(at, number)| Some((at, (*number)?))).collect();
    let positive: Vec<(usize, f64)> = known.iter().copied().filter(|(_, number)| *number > 0.0).collect();
    let numbers: Vec<f64> = positive.iter().map(|(_, number)| *number).collect();
    let points = family.map_or(Vec::new(), |family| change_points(&numbers, family));
    let starts: Vec<usize> = points.into_iter().map(|point| positive[point].0).collect();
    let same = |at: usize| starts.partition_point(|start| *start <= at);
    known.chunk_by(|one, next| same(one.0) == same(next.0)).map(level).collect()
}

fn level(part: &[(usize, f64)]) -> Level {
    let mut sorted: Vec<f64> = part.iter().map(|(_, number)| *number).collect();
    sorted.sort_by(f64::total_cmp);
    Level {
        first: part[0].0,
        last: part[part.len() - 1].0,
        count: part.len(),
        median: quantile(&sorted, 0.5),
        low: quantile(&sorted, 0.25),
        high: quantile(&sorted, 0.75),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_is_in_no_level_and_a_level_begins_at_its_first_number() {
        let mut series: Vec<Option<f64>> =
            (0..30).map(|at| Some((if at < 20 { 100.0 } else { 120.0 }) + f64::from(at % 3))).collect();
        (series[7], series[20]) = (None, None);
        let found = levels(&series, Some(1));
        let of = |level: &Level| (level.first, level.last, level.count, level.median);
        assert_eq!(found.iter().map(of).collect::<Vec<_>>(), [(0, 19, 19, 101.0), (21, 29, 9, 121.0)]);
        assert_eq!(found[0].spread(), Some((102.0 - 100.0) / 101.0));
        assert_eq!(levels(&series, None).len(), 1);
        assert_eq!(levels(&[None, None], Some(1)), [] as [Level; 0]);
        assert_eq!(levels(&[Some(0.0)], Some(1)).len(), 1);
    }
}
