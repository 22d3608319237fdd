//! What a trace means: pure functions over the model.
//!
//! [`summarise`] makes the summary of a lane, without its rows. [`analyse`] computes all that a report shows from
//! the summary of all lanes, so the figures are the same with or without rows. No I/O, no formatting.

mod attribution;
mod change;
mod change_points;
mod concurrency;
mod counters;
mod cpu;
mod cpu_use;
mod distribution;
mod division;
#[cfg(test)]
pub(crate) mod drawn;
mod fact;
mod findings;
mod histogram;
mod holm;
mod innermost;
mod ledger;
mod levels;
mod nesting;
mod noise;
mod outliers;
mod overview;
mod points;
mod profiles;
mod quantile;
mod ranges;
mod raster;
mod split;
mod spread;
mod statistics;
mod summary;
mod tail;
mod umbrella;
mod values;
mod wall;
mod wall_shares;
mod whole;
mod working;

pub(crate) use attribution::{Attribution, Part, PartOf, WallParts, attribution, divided};
pub(crate) use change::{Difference, Scale, TRIMMED_FROM};
pub(crate) use change_points::{FALSE_ALARMS, LEAST_POINTS};
pub(crate) use concurrency::Concurrency;
pub(crate) use counters::{CounterFigures, RESOURCES, figures as counter_figures};
pub use cpu_use::CpuUse;
pub(crate) use cpu_use::{Disturbance, MachineUse};
pub(crate) use distribution::{Distribution, distributions};
pub(crate) use division::Division;
pub(crate) use fact::{Fact, Few, Finding, SpanIndex};
pub(crate) use findings::OUTLIER_RATIO;
pub(crate) use histogram::{HistogramBin, histogram};
pub(crate) use holm::holm;
pub(crate) use ledger::Ledger;
pub(crate) use levels::{Level, levels};
pub(crate) use nesting::Tracks;
pub(crate) use noise::{Noise, drift_p, rate_interval};
pub(crate) use outliers::{distances, outliers};
pub(crate) use overview::{Overview, overview};
pub(crate) use profiles::{ProfileFigures, profiles};
pub(crate) use quantile::quantile;
pub(crate) use raster::{Cell, Raster};
pub use split::SplitBy;
pub(crate) use split::{Room, Split, Splits, Table, Value, by_all, by_name, split};
pub(crate) use spread::{Spread, Totals, spreads, totals};
pub(crate) use statistics::{
    NAMED, QUANTILE_ERROR, Task, TaskRows, TaskStatistics, durations_of, statistics,
};
pub(crate) use summary::summarise;
pub(crate) use tail::Ran;
pub use wall_shares::{WallShares, wall_shares};
pub use whole::{Analysis, analyse, of_trace, summary_of};
pub(crate) use working::{Crowd, Working};
