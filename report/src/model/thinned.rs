//! The samples of a counter, thinned when there are many.
//!
//! Each bin keeps its first, last, least and greatest sample: a line drawn at the bin's width shows no others (M4:
//! Jugel et al., VLDB 2014). The width of bins is a power of two of ns, aligned to the epoch. It is just so wide that
//! at most [`BINS`] bins contain a sample: up to that many distinct times, nothing is lost. It is a commutative
//! monoid, like the [`Summary`](super::Summary) that contains it.

use std::cmp::Ordering;
use std::collections::BTreeMap;

/// Most bins that contain a sample.
const BINS: usize = 2048;

/// The kept samples of one counter of a process.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Thinned {
    count: u64,
    level: u32,
    bins: BTreeMap<i64, Extremes>,
}

/// A time in ns since the Unix epoch, and the value from then on, which is finite.
pub(crate) type Sample = (i64, f64);

/// The kept samples of a bin.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Extremes {
    first: Sample,
    last: Sample,
    least: Sample,
    greatest: Sample,
}

impl FromIterator<Sample> for Thinned {
    fn from_iter<I: IntoIterator<Item = Sample>>(samples: I) -> Thinned {
        let mut thinned = Thinned::default();
        for sample in samples {
            thinned.add(sample);
            thinned.count += 1;
        }
        thinned
    }
}

impl Thinned {
    /// From a summary file: the number of samples before thinning, the level of the bins, and the kept samples.
    pub(crate) fn of_kept(count: u64, level: u32, samples: impl IntoIterator<Item = Sample>) -> Thinned {
        let mut thinned = Thinned { count, level: level.min(63), bins: BTreeMap::new() };
        samples.into_iter().for_each(|sample| thinned.add(sample));
        thinned
    }

    /// Adds the samples of `other`.
    pub(crate) fn merge(&mut self, other: Thinned) {
        self.coarsen(other.level);
        self.count = self.count.saturating_add(other.count);
        other.bins.into_values().flat_map(Extremes::samples).for_each(|sample| self.add(sample));
    }

    /// Number of samples before thinning.
    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    /// Level of the bins: each is `1 << level` ns wide.
    pub(crate) fn level(&self) -> u32 {
        self.level
    }

    /// The kept samples, each once, sorted by time and then by value.
    pub(crate) fn samples(&self) -> impl Iterator<Item = Sample> + '_ {
        self.bins.values().flat_map(|bin| {
            let mut samples = bin.samples();
            samples.sort_by(by_time);
            let is_first = |index: usize| index == 0 || samples[index] != samples[index - 1];
            (0..samples.len())
                .filter(|&index| is_first(index))
                .map(|index| samples[index])
                .collect::<Vec<_>>()
        })
    }

    /// First and last time, in ns since the Unix epoch; `None` without samples.
    pub(crate) fn extent_ns(&self) -> Option<(i64, i64)> {
        let (first, last) = (self.bins.values().next()?, self.bins.values().next_back()?);
        Some((first.first.0, last.last.0))
    }

    fn add(&mut self, sample: Sample) {
        let bin = sample.0 >> self.level;
        self.bins.entry(bin).and_modify(|extremes| extremes.add(sample)).or_insert(Extremes::of(sample));
        while self.bins.len() > BINS {
            self.coarsen(self.level + 1);
        }
    }

    /// Widens the bins until at most `most` contain a sample.
    pub(super) fn thin(&mut self, most: usize) {
        while self.bins.len() > most.max(1) && self.level < 63 {
            self.coarsen(self.level + 1);
        }
    }

    /// Widens the bins to those of `level`, if they are narrower.
    fn coarsen(&mut self, level: u32) {
        if level <= self.level {
            return;
        }
        self.level = level;
        for sample in std::mem::take(&mut self.bins).into_values().flat_map(Extremes::samples) {
            let bin = sample.0 >> level;
            self.bins.entry(bin).and_modify(|extremes| extremes.add(sample)).or_insert(Extremes::of(sample));
        }
    }
}

impl Extremes {
    fn of(sample: Sample) -> Extremes {
        Extremes { first: sample, last: sample, least: sample, greatest: sample }
    }

    fn add(&mut self, sample: Sample) {
        let Extremes { first, last, least, greatest } = self;
        for (kept, order, better) in [
            (first, by_time as fn(&Sample, &Sample) -> Ordering, Ordering::Less),
            (last, by_time, Ordering::Greater),
            (least, by_value, Ordering::Less),
            (greatest, by_value, Ordering::Greater),
        ] {
            if order(&sample, kept) == better {
                *kept = sample;
            }
        }
    }

    fn samples(self) -> [Sample; 4] {
        [self.first, self.least, self.greatest, self.last]
    }
}

fn by_time(a: &Sample, b: &Sample) -> Ordering {
    a.0.cmp(&b.0).then_with(|| a.1.total_cmp(&b.1))
}

fn by_value(a: &Sample, b: &Sample) -> Ordering {
    a.1.total_cmp(&b.1).then_with(|| a.0.cmp(&b.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn few_samples_are_all_kept() {
        let samples: Vec<Sample> = (0..BINS as i64).map(|index| (index * 977, index as f64)).collect();
        let thinned: Thinned = samples.iter().copied().rev().collect();
        assert_eq!(thinned.samples().collect::<Vec<_>>(), samples);
        assert_eq!((thinned.count(), thinned.level()), (BINS as u64, 0));
    }

    #[test]
    fn of_many_samples_the_extremes_stay() {
        let wave = |time: i64| if time == 70_001 { 1e9 } else { (time % 100) as f64 };
        let thinned: Thinned = (0..100_000).map(|time| (time, wave(time))).collect();
        assert!(thinned.samples().count() <= 4 * BINS);
        assert!(thinned.samples().any(|sample| sample == (70_001, 1e9)));
        assert_eq!((thinned.count(), thinned.extent_ns()), (100_000, Some((0, 99_999))));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn what_is_kept_depends_on_the_samples_alone(
            steps in prop::collection::vec((0i64..40, -3i8..3), 2..40),
            cuts in prop::collection::vec(0usize..9000, 0..4),
            rotation in 0usize..5,
        ) {
            let mut time = -50_000;
            let samples: Vec<Sample> = (0..9000)
                .map(|index| {
                    let (step, value) = steps[index * index % steps.len()];
                    time += step * step;
                    (time, f64::from(value))
                })
                .collect();
            let mut places = [vec![0, samples.len()], cuts].concat();
            places.sort_unstable();
            let mut parts: Vec<Thinned> =
                places.windows(2).map(|ends| samples[ends[0]..ends[1]].iter().copied().collect()).collect();
            let middle = rotation % parts.len();
            parts.rotate_left(middle);
            let mut merged = Thinned::default();
            parts.into_iter().for_each(|part| merged.merge(part));
            let whole: Thinned = samples.into_iter().collect();
            let back = Thinned::of_kept(whole.count(), whole.level(), whole.samples());
            prop_assert_eq!(&merged, &whole);
            prop_assert_eq!(back, whole);
        }
    }
}
