//! The model: everything loaded, merged and ordered, and what remains when rows are gone.
//!
//! A [`Trace`] has the spans of each lane, in columns. A [`Summary`] has what all statistics come from, and does not
//! grow with the number of spans. [`Reading`](crate::Reading) loads both. The model knows no paths and no formats,
//! and no floats for times.

mod assembly;
mod attributes;
mod bins;
#[cfg(test)]
mod builder;
mod clock;
mod counter;
mod dictionary;
mod durations;
mod identity;
mod key;
mod key_summary;
mod lane_summary;
mod profile;
mod rows;
mod spans;
pub(crate) mod summary;
mod thinned;
mod time;
mod timeless;
mod timings;
mod trace;

pub(crate) use attributes::MOST_NAMES;
pub use attributes::{Attributes, Column};
#[cfg(test)]
pub(crate) use builder::TraceBuilder;
pub use clock::Clock;
pub use counter::{Counter, Samples};
pub(crate) use counter::{Counters, SampleRows, add_samples};
pub(crate) use dictionary::Dictionary;
pub(crate) use durations::Durations;
pub use durations::Percentile;
pub use identity::{LaneIdentity, ProcessIdentity};
pub use key::{Color, Key, KeyId, Keys, Kind};
pub(crate) use profile::{PARTS, Stacks};
pub use profile::{Profile, ProfileIdentity, Unit, Weights};
pub(crate) use rows::Rows;
pub use spans::{Span, Spans};
pub use summary::Summary;
pub(crate) use thinned::{Sample, Thinned};
pub use time::Time;
pub(crate) use time::{FIRST_NS, LAST_NS, union};
pub(crate) use timings::{Timed, Timings};
pub use trace::{Lane, Process, Trace};
