//! Figures: what a budget limits and a threshold compares, and their names.

use std::fmt;

use crate::model::Percentile;

/// A figure of a run or of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Figure {
    /// The wall time of a run, from its start to its end, in ns.
    Wall,
    /// The peak memory of a run, in bytes.
    PeakMemory,
    /// The number of a task's spans.
    Count,
    /// The sum of a task's durations, in ns.
    Total,
    /// The mean of a task's durations, in ns.
    Mean,
    /// A percentile of a task's durations, in ns. 0 is the shortest, 100 the longest.
    Percentile(Percentile),
    /// A rate per second, of which more is better. Only files of metrics have it.
    Throughput,
}

impl Figure {
    /// Reads a figure of durations: mean, median, min, max or a percentile from p0 to p100 with at most three decimals.
    pub(super) fn of_durations(text: &str) -> Option<Figure> {
        let thousandths = match text {
            "mean" => return Some(Figure::Mean),
            "min" => Percentile::MIN.thousandths(),
            "median" => Percentile::P50.thousandths(),
            "max" => Percentile::MAX.thousandths(),
            _ => {
                let (whole, part) =
                    text.strip_prefix('p').map(|digits| digits.split_once('.').unwrap_or((digits, "")))?;
                let are_digits =
                    [whole, part].iter().all(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
                if !are_digits || whole.is_empty() || part.len() > 3 {
                    return None;
                }
                format!("{whole}{part:0<3}").parse().ok()?
            }
        };
        Percentile::of_thousandths(thousandths).map(Figure::Percentile)
    }
}

/// `wall time`, `peak memory`, `mean`, `p95`, `p99.9`, `min`, `max`, `throughput`.
impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Figure::Wall => f.write_str("wall time"),
            Figure::PeakMemory => f.write_str("peak memory"),
            Figure::Count => f.write_str("count"),
            Figure::Total => f.write_str("total"),
            Figure::Mean => f.write_str("mean"),
            Figure::Throughput => f.write_str("throughput"),
            Figure::Percentile(percentile) if *percentile == Percentile::MAX => f.write_str("max"),
            Figure::Percentile(percentile) if *percentile == Percentile::MIN => f.write_str("min"),
            Figure::Percentile(percentile) => {
                let (whole, part) = (percentile.thousandths() / 1000, percentile.thousandths() % 1000);
                let part = format!(".{part:03}");
                write!(f, "p{whole}{}", part.trim_end_matches('0').trim_end_matches('.'))
            }
        }
    }
}
