//! The bins of a lane's summary: how long each key was innermost in a stretch of time, and how much of it on a CPU.
//!
//! Bins are plain values that add up; where they lie in time is the matter of the summary that has them.

use super::KeyId;

/// Most bins that a lane has.
pub(crate) const BINS: i64 = 2048;

/// The level of the bins for `extent_ns`: the least level at which it touches at most [`BINS`] bins. A bin covers `1
/// << level` ns and is aligned to the epoch.
pub(crate) fn level(extent_ns: (i64, i64)) -> u32 {
    level_within(extent_ns, BINS)
}

/// As [`level`], for at most `most` bins. `most` must be 4 or more: 4 bins of the greatest width cover all of time.
pub(crate) fn level_within(extent_ns: (i64, i64), most: i64) -> u32 {
    (0..62).find(|level| (extent_ns.1 >> level) - (extent_ns.0 >> level) < most).unwrap_or(62)
}

/// How long spans of a key were the innermost running ones, in one bin of a lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Bin {
    /// Counted from the bin in which the lane begins.
    pub place: u32,
    /// The key of the spans.
    pub key: KeyId,
    /// In ns; at most the width of the bin.
    pub busy_ns: i64,
}

/// How much of the busy time of a [`Bin`] was on a CPU, as far as that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct CpuBin {
    /// That of the bin.
    pub place: u32,
    /// The key of the bin.
    pub key: KeyId,
    /// The busy time of which the CPU time is known, in ns; at most that of the bin, and more than 0.
    pub known_ns: i64,
    /// The CPU time, in ns; at most `known_ns`.
    pub cpu_ns: i64,
}

/// Sorts `bins`, and adds up those with the same place and key.
pub(crate) fn add_up(bins: &mut Vec<Bin>) {
    bins.sort_unstable();
    bins.dedup_by(|next, kept| {
        let is_same = (next.place, next.key) == (kept.place, kept.key);
        kept.busy_ns = kept.busy_ns.saturating_add(if is_same { next.busy_ns } else { 0 });
        is_same
    });
}

/// As [`add_up`].
pub(crate) fn add_up_cpu(bins: &mut Vec<CpuBin>) {
    bins.sort_unstable();
    bins.dedup_by(|next, kept| {
        let is_same = (next.place, next.key) == (kept.place, kept.key);
        if is_same {
            kept.known_ns = kept.known_ns.saturating_add(next.known_ns);
            kept.cpu_ns = kept.cpu_ns.saturating_add(next.cpu_ns);
        }
        is_same
    });
}
