//! A histogram: how many durations fall between round ones.
//!
//! Takes durations in ascending order. Gives bins that cover them, with round edges: 1, 2 or 5 times a power of ten
//! apart. If the longest is many times the shortest, the edges themselves are such numbers.

/// From this ratio of longest to shortest on, bins grow instead of having equal width.
const WIDE: i64 = 20;
/// The most bins of equal width.
const BINS: i64 = 20;
/// With more growing bins than this, each bin is ten times the one before.
const MOST: usize = 24;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct HistogramBin {
    /// Lower edge in ns, inclusive.
    pub from_ns: i64,
    /// Upper edge in ns, exclusive. `i64::MAX` is inclusive.
    pub to_ns: i64,
    pub count: u64,
}

/// The histogram of `(duration in ns, count)`, ascending and not negative. Empty without durations. O(n).
pub(crate) fn histogram(points: &[(i64, u64)]) -> Vec<HistogramBin> {
    let (Some(&(least_ns, _)), Some(&(most_ns, _))) = (points.first(), points.last()) else {
        return Vec::new();
    };
    let edges = if most_ns / least_ns.max(1) >= WIDE {
        let fine = growing(least_ns, most_ns, &[1, 2, 5]);
        if fine.len() <= MOST + 1 { fine } else { growing(least_ns, most_ns, &[1]) }
    } else {
        equal(least_ns, most_ns)
    };
    let mut rest = points.iter().peekable();
    (edges.windows(2))
        .map(|edge| {
            let mut count = 0;
            while let Some(&&(_, more)) = rest.peek().filter(|(ns, _)| *ns < edge[1] || edge[1] == i64::MAX) {
                count += more;
                rest.next();
            }
            HistogramBin { from_ns: edge[0], to_ns: edge[1], count }
        })
        .collect()
}

/// Edges at `steps` times the powers of ten, and at 0 if a duration is 0.
fn growing(least_ns: i64, most_ns: i64, steps: &[i64]) -> Vec<i64> {
    let mut edges = Vec::new();
    let mut power = Some(1_i64);
    while let Some(ten) = power {
        edges.extend(steps.iter().filter_map(|step| ten.checked_mul(*step)));
        power = ten.checked_mul(10);
    }
    edges.push(i64::MAX);
    let first = edges.partition_point(|&edge| edge <= least_ns);
    let last = edges.partition_point(|&edge| edge <= most_ns).min(edges.len() - 1);
    let mut own = edges[first.saturating_sub(1)..=last].to_vec();
    if first == 0 {
        own.insert(0, 0);
    }
    own
}

/// Edges of equal distance, with the smallest round step that needs at most [`BINS`] bins.
fn equal(least_ns: i64, most_ns: i64) -> Vec<i64> {
    let steps =
        (0..19).flat_map(|power| [1, 2, 5].map(|step| 10_i64.saturating_pow(power).saturating_mul(step)));
    let bins = |step: i64| most_ns / step - least_ns / step + 1;
    let step = steps.into_iter().find(|&step| bins(step) <= BINS).unwrap_or(i64::MAX);
    let first = least_ns / step;
    (0..=bins(step)).map(|number| (first + number).saturating_mul(step)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(durations: &[i64], expected: &[(i64, i64, u64)]) {
        let points: Vec<(i64, u64)> = durations.iter().map(|&ns| (ns, 1)).collect();
        let found: Vec<_> =
            histogram(&points).iter().map(|bin| (bin.from_ns, bin.to_ns, bin.count)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn near_durations_have_bins_of_one_width() {
        check(&[], &[]);
        check(&[7], &[(7, 8, 1)]);
        check(&[0, 0, 3], &[(0, 1, 2), (1, 2, 0), (2, 3, 0), (3, 4, 1)]);
        check(&[1000, 1010, 1099], &{
            let mut bins = Vec::from_iter((0..20).map(|bin| (1000 + 5 * bin, 1005 + 5 * bin, 0)));
            (bins[0].2, bins[2].2, bins[19].2) = (1, 1, 1);
            bins
        });
    }

    #[test]
    fn durations_far_apart_have_bins_that_grow() {
        check(&[1, 1, 30], &[(1, 2, 2), (2, 5, 0), (5, 10, 0), (10, 20, 0), (20, 50, 1)]);
        check(&[0, 3, 25], &[(0, 1, 1), (1, 2, 0), (2, 5, 1), (5, 10, 0), (10, 20, 0), (20, 50, 1)]);
        let wide = histogram(&[(0, 1), (36_000_000_000_000, 1)]);
        assert!(wide.len() <= MOST && wide.iter().map(|bin| bin.count).sum::<u64>() == 2, "{wide:?}");
        let greatest = histogram(&[(1, 1), (i64::MAX, 2)]);
        assert_eq!(greatest.last().unwrap().count, 2);
    }

    #[test]
    fn every_duration_is_in_the_bin_that_is_about_it() {
        for seed in 0..200_i64 {
            let mut durations: Vec<i64> =
                (0..50).map(|n| (n * 7919 + seed * 104_729) % (1 + seed * seed * 10)).collect();
            durations.sort_unstable();
            let points: Vec<(i64, u64)> = durations.iter().map(|&ns| (ns, 1)).collect();
            let bins = histogram(&points);
            assert!(bins.windows(2).all(|two| two[0].to_ns == two[1].from_ns));
            for bin in bins {
                let own = durations.iter().filter(|&&ns| bin.from_ns <= ns && ns < bin.to_ns).count();
                assert_eq!(bin.count, own as u64, "{bin:?} of {durations:?}");
            }
        }
    }
}
