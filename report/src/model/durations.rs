//! Durations of a task's spans: exact while there are few, in buckets when there are more.
//!
//! Durations are a commutative monoid: a merge depends on the durations alone, never on their order or grouping. Up
//! to [`EXACT`] durations are kept as they are. More are counted in buckets, whose width is at most 1/128 of their
//! least value (the crate `histogram`, grouping power 7). So a quantile is at most 0.4 % off.

use std::borrow::Cow;
use std::collections::BTreeMap;

use histogram::{Bucket, Config, Histogram, SparseHistogram};

/// Most durations that are kept exactly.
pub(crate) const EXACT: usize = 4096;

/// 128 buckets between a power of two and the next, for every ns that an `i64` can count.
const GROUPING_POWER: u8 = 7;
const MAX_VALUE_POWER: u8 = 64;

/// A percentile in thousandths of a percent, at most [`Percentile::MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Percentile(u32);

impl Percentile {
    /// The minimum.
    pub const MIN: Percentile = Percentile(0);
    /// The median.
    pub const P50: Percentile = Percentile(50_000);
    /// The 95th percentile.
    pub const P95: Percentile = Percentile(95_000);
    /// The 99th percentile.
    pub const P99: Percentile = Percentile(99_000);
    /// The maximum.
    pub const MAX: Percentile = Percentile(100_000);

    /// From thousandths of a percent; `None` above [`Percentile::MAX`].
    pub(crate) fn of_thousandths(thousandths: u32) -> Option<Percentile> {
        (thousandths <= Self::MAX.0).then_some(Percentile(thousandths))
    }

    /// The percentile in thousandths of a percent.
    pub fn thousandths(self) -> u32 {
        self.0
    }
}

/// The durations of a task in ns, none negative.
#[derive(Debug, Clone)]
pub(crate) enum Durations {
    /// All durations, in any order; at most [`EXACT`].
    Exact(Vec<i64>),
    /// The number of durations in each bucket; more than [`EXACT`] in all.
    Counted(Box<Counts>),
}

/// Durations in buckets.
#[derive(Debug, Clone)]
pub(crate) struct Counts {
    buckets: SparseHistogram,
    /// Durations not yet in a bucket, at most [`EXACT`]: counting a few costs as much as counting many.
    waiting: Vec<i64>,
}

impl Default for Durations {
    fn default() -> Durations {
        Durations::Exact(Vec::new())
    }
}

impl FromIterator<i64> for Durations {
    fn from_iter<I: IntoIterator<Item = i64>>(durations: I) -> Durations {
        let mut durations = durations.into_iter();
        let few: Vec<i64> = durations.by_ref().take(EXACT + 1).collect();
        if few.len() <= EXACT {
            return Durations::Exact(few);
        }
        let buckets = counted(few.into_iter().chain(durations));
        Durations::Counted(Box::new(Counts { buckets, waiting: Vec::new() }))
    }
}

/// Equal durations are equal, whether or not they are counted yet.
impl PartialEq for Durations {
    fn eq(&self, other: &Durations) -> bool {
        match (self, other) {
            (Durations::Exact(one), Durations::Exact(other)) => {
                let sorted = |all: &Vec<i64>| {
                    let mut all = all.clone();
                    all.sort_unstable();
                    all
                };
                sorted(one) == sorted(other)
            }
            (Durations::Counted(one), Durations::Counted(other)) => one.all() == other.all(),
            _ => false,
        }
    }
}

fn config() -> Config {
    Config::new(GROUPING_POWER, MAX_VALUE_POWER).expect("7 and 64 are within the limits")
}

fn counted(durations: impl IntoIterator<Item = i64>) -> SparseHistogram {
    let mut counts = Histogram::with_config(&config());
    for duration_ns in durations {
        counts.increment(duration_ns as u64).expect("any u64 has a bucket");
    }
    SparseHistogram::from(&counts)
}

fn sum(one: &SparseHistogram, other: &SparseHistogram) -> SparseHistogram {
    // Counts of spans do not reach 2^64, but a summary file may contain any number.
    one.wrapping_add(other).expect("alike by their config")
}

impl Counts {
    fn all(&self) -> Cow<'_, SparseHistogram> {
        if self.waiting.is_empty() {
            return Cow::Borrowed(&self.buckets);
        }
        Cow::Owned(sum(&self.buckets, &counted(self.waiting.iter().copied())))
    }

    fn add(&mut self, few: impl IntoIterator<Item = i64>) {
        self.waiting.extend(few);
        if self.waiting.len() > EXACT {
            self.buckets = self.all().into_owned();
            self.waiting = Vec::new();
        }
    }
}

impl Durations {
    /// Durations from buckets, given as `(bucket, count)` in ascending order. `None` when
    /// [`buckets`](Durations::buckets) cannot have returned them.
    pub(crate) fn of_buckets(buckets: &[(u32, u64)]) -> Option<Durations> {
        if buckets.is_empty() {
            return None;
        }
        let (indices, counts) = buckets.iter().copied().unzip();
        let buckets = SparseHistogram::from_parts(config(), indices, counts).ok()?;
        Some(Durations::Counted(Box::new(Counts { buckets, waiting: Vec::new() })))
    }

    /// `(bucket, count)` of each bucket that is not empty, ascending. Empty while the durations are exact.
    pub(crate) fn buckets(&self) -> Vec<(u32, u64)> {
        match self {
            Durations::Exact(_) => Vec::new(),
            Durations::Counted(counts) => {
                let all = counts.all();
                all.index().iter().copied().zip(all.count().iter().copied()).collect()
            }
        }
    }

    /// Adds the durations of `other`.
    pub(crate) fn merge(&mut self, other: Durations) {
        *self = match (std::mem::take(self), other) {
            (Durations::Exact(mut all), Durations::Exact(more)) => {
                all.extend(more);
                if all.len() <= EXACT { Durations::Exact(all) } else { all.into_iter().collect() }
            }
            (Durations::Counted(mut counts), Durations::Counted(other)) => {
                counts.buckets = sum(&counts.buckets, &other.buckets);
                counts.add(other.waiting);
                Durations::Counted(counts)
            }
            (Durations::Counted(mut counts), Durations::Exact(few))
            | (Durations::Exact(few), Durations::Counted(mut counts)) => {
                counts.add(few);
                Durations::Counted(counts)
            }
        };
    }

    /// Counts them in buckets, however few they are.
    pub(super) fn count(&mut self) {
        if let Durations::Exact(all) = self
            && !all.is_empty()
        {
            let buckets = counted(all.drain(..));
            *self = Durations::Counted(Box::new(Counts { buckets, waiting: Vec::new() }));
        }
    }

    /// Adds one duration.
    pub(crate) fn push(&mut self, duration_ns: i64) {
        match self {
            Durations::Exact(all) if all.len() < EXACT => all.push(duration_ns),
            Durations::Exact(_) => self.merge(Durations::Exact(vec![duration_ns])),
            Durations::Counted(counts) => counts.add([duration_ns]),
        }
    }

    /// The durations that remain without those of `part`, which must be among these. In buckets if these are.
    pub(crate) fn without(&self, part: &Durations) -> Durations {
        match (self, part) {
            (Durations::Exact(all), Durations::Exact(part)) => {
                let mut left: BTreeMap<i64, usize> = BTreeMap::new();
                all.iter().for_each(|&ns| *left.entry(ns).or_default() += 1);
                for ns in part {
                    left.entry(*ns).and_modify(|count| *count = count.saturating_sub(1));
                }
                Durations::Exact(
                    left.into_iter().flat_map(|(ns, count)| std::iter::repeat_n(ns, count)).collect(),
                )
            }
            _ => {
                let mut left: BTreeMap<u32, u64> = self.buckets().into_iter().collect();
                let part = match part {
                    Durations::Exact(all) => {
                        let part = counted(all.iter().copied());
                        part.index().iter().copied().zip(part.count().iter().copied()).collect()
                    }
                    Durations::Counted(_) => part.buckets(),
                };
                for (bucket, count) in part {
                    left.entry(bucket).and_modify(|left| *left = left.saturating_sub(count));
                }
                let left: Vec<(u32, u64)> = left.into_iter().filter(|&(_, count)| count > 0).collect();
                Durations::of_buckets(&left).unwrap_or_default()
            }
        }
    }

    /// The durations in ascending order, each with its count. Durations in a bucket count as its middle, but never as
    /// less or more than the given extremes.
    pub(crate) fn points(&self, (least_ns, longest_ns): (i64, i64)) -> Vec<(i64, u64)> {
        match self {
            Durations::Exact(all) => {
                let mut sorted = all.clone();
                sorted.sort_unstable();
                sorted.chunk_by(|one, next| one == next).map(|run| (run[0], run.len() as u64)).collect()
            }
            Durations::Counted(counts) => (counts.all().iter())
                .map(|bucket| {
                    let middle = bucket.start() + (bucket.end() - bucket.start()) / 2;
                    let middle_ns = i64::try_from(middle).unwrap_or(i64::MAX);
                    (middle_ns.max(least_ns).min(longest_ns), bucket.count())
                })
                .collect(),
        }
    }

    /// The least and the greatest possible number of durations longer than `limit_ns`. They differ by the count of
    /// the limit's bucket. O(n).
    pub(crate) fn over(&self, limit_ns: i64) -> (u64, u64) {
        match self {
            Durations::Exact(all) => {
                let over = all.iter().filter(|&&ns| ns > limit_ns).count() as u64;
                (over, over)
            }
            Durations::Counted(counts) => {
                let limit = u64::try_from(limit_ns).unwrap_or(0);
                let sum = |is_over: fn(&Bucket, u64) -> bool| {
                    let over = counts
                        .all()
                        .iter()
                        .filter(|bucket| is_over(bucket, limit))
                        .map(|bucket| bucket.count())
                        .collect::<Vec<_>>();
                    over.into_iter().fold(0, u64::saturating_add)
                };
                (sum(|bucket, limit| bucket.start() > limit), sum(|bucket, limit| bucket.end() > limit))
            }
        }
    }

    /// The `percentiles` in ns, rounded down; `None` without durations. Interpolates linearly between the closest
    /// ranks (Hyndman and Fan's type 7, NumPy's default). Durations in a bucket count as its middle. `least_ns` and
    /// `longest_ns` are the exact extremes. O(n log n) for exact durations.
    pub(crate) fn percentiles<const N: usize>(
        &self,
        percentiles: [Percentile; N],
        (least_ns, longest_ns): (i64, i64),
    ) -> Option<[i64; N]> {
        match self {
            Durations::Exact(all) if all.is_empty() => None,
            Durations::Exact(all) => {
                let mut sorted = all.clone();
                sorted.sort_unstable();
                let at = |rank: u64| sorted[rank as usize];
                Some(percentiles.map(|percentile| interpolated(sorted.len() as u64, percentile, at)))
            }
            Durations::Counted(_) => {
                let mut up_to = 0;
                let mut points = self.points((least_ns, longest_ns));
                for (_, count) in &mut points {
                    up_to = count.saturating_add(up_to);
                    *count = up_to;
                }
                if up_to == 0 {
                    return None;
                }
                let at = |rank: u64| match rank {
                    0 => least_ns,
                    rank if rank + 1 == up_to => longest_ns,
                    rank => points[points.partition_point(|&(_, before)| before <= rank)].0,
                };
                Some(percentiles.map(|percentile| interpolated(up_to, percentile, at)))
            }
        }
    }

    /// Whether quantiles are exact.
    pub(crate) fn is_exact(&self) -> bool {
        matches!(self, Durations::Exact(_))
    }
}

/// A percentile of `count` sorted values, which must be at least one. `at` gives the value of a rank.
fn interpolated(count: u64, percentile: Percentile, at: impl Fn(u64) -> i64) -> i64 {
    let whole = u128::from(Percentile::MAX.0);
    let position = u128::from(count - 1) * u128::from(percentile.0);
    let (rank, rest) = ((position / whole) as u64, (position % whole) as i128);
    let low = at(rank);
    let high = at((rank + 1).min(count - 1));
    low + (i128::from(high - low) * rest / whole as i128) as i64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn extremes(values: &[i64]) -> (i64, i64) {
        (*values.iter().min().unwrap(), *values.iter().max().unwrap())
    }

    fn percent(percent: u32) -> Percentile {
        Percentile::of_thousandths(1000 * percent).unwrap()
    }

    fn percentiles(values: &[i64], percentile: u32) -> i64 {
        let durations: Durations = values.iter().copied().collect();
        durations.percentiles([percent(percentile)], extremes(values)).unwrap()[0]
    }

    #[test]
    fn quantiles_interpolate_between_the_closest_ranks() {
        assert_eq!(percentiles(&[7], 95), 7);
        assert_eq!(percentiles(&[10, 0], 50), 5);
        assert_eq!(percentiles(&[4, 3, 2, 1], 50), 2); // 2.5, rounded down
        assert_eq!(percentiles(&(0..=100).collect::<Vec<_>>(), 95), 95);
        assert_eq!(percentiles(&[0, i64::MAX], 95), i64::MAX / 100 * 95 + i64::MAX % 100 * 95 / 100);
        assert_eq!(Durations::default().percentiles([percent(50)], (0, 0)), None);
    }

    /// Many durations over eight powers of ten, made from a few numbers.
    fn many(seeds: &[u32]) -> Vec<i64> {
        let count = EXACT + 1 + seeds.len();
        (0..count).map(|index| i64::from(seeds[index % seeds.len()]) * (1 + index as i64 % 97)).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn a_quantile_of_buckets_is_at_most_0_4_percent_off(
            seeds in prop::collection::vec(0u32..100_000_000, 1..40),
            percentile in 0u32..=100,
            limit in 0usize..EXACT,
        ) {
            let values = many(&seeds);
            let mut sorted = values.clone();
            sorted.sort_unstable();
            let exact =
                interpolated(sorted.len() as u64, percent(percentile), |rank| sorted[rank as usize]);
            prop_assert!((percentiles(&values, percentile) - exact).abs() * 250 <= exact);

            let durations: Durations = values.iter().copied().collect();
            let points = durations.points(extremes(&values));
            prop_assert_eq!(points.iter().map(|point| point.1).sum::<u64>(), values.len() as u64);
            prop_assert!(points.is_sorted_by_key(|point| point.0));
            let limit_ns = sorted[limit];
            let over = values.iter().filter(|&&ns| ns > limit_ns).count() as u64;
            let (least, most) = durations.over(limit_ns);
            prop_assert!(least <= over && over <= most);
            let near = values.iter().filter(|&&ns| (ns - limit_ns).abs() * 128 <= limit_ns).count() as u64;
            prop_assert!(most - least <= near);
        }

        #[test]
        fn a_part_and_what_remains_without_it_are_the_whole(
            seeds in prop::collection::vec(0u32..1_000_000, 1..40),
            count in 0usize..2 * EXACT,
            part in 0usize..2 * EXACT,
        ) {
            let values: Vec<i64> = many(&seeds).into_iter().cycle().take(count).collect();
            let of = |values: &[i64]| values.iter().copied().collect::<Durations>();
            let (one, other) = values.split_at(part.min(count));
            let (whole, rest) = (of(&values), of(&values).without(&of(one)));
            let mut pushed = of(other);
            one.iter().for_each(|&ns| pushed.push(ns));
            prop_assert_eq!(&pushed, &whole);
            if other.is_empty() {
                prop_assert!(rest.points((0, i64::MAX)).is_empty());
            } else {
                let buckets = |of: &Durations| match of {
                    Durations::Exact(all) => counted(all.iter().copied()),
                    Durations::Counted(counts) => counts.all().into_owned(),
                };
                prop_assert_eq!(buckets(&rest), buckets(&of(other)));
                prop_assert_eq!(rest.is_exact(), whole.is_exact());
            }
        }

        #[test]
        fn what_they_become_together_depends_on_nothing_but_themselves(
            seeds in prop::collection::vec(0u32..1_000_000, 1..40),
            cuts in prop::collection::vec(0usize..EXACT, 0..4),
            rotation in 0usize..5,
        ) {
            let values = many(&seeds);
            let mut places = [vec![0, values.len()], cuts].concat();
            places.sort_unstable();
            let mut parts: Vec<Durations> =
                places.windows(2).map(|ends| values[ends[0]..ends[1]].iter().copied().collect()).collect();
            let middle = rotation % parts.len();
            parts.rotate_left(middle);
            let mut merged = Durations::default();
            for part in parts {
                merged.merge(part);
            }
            prop_assert_eq!(merged, values.into_iter().collect::<Durations>());
        }
    }
}
