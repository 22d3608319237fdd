//! The model: everything loaded, merged and ordered, and what stays of it when rows are gone.
//!
//! A [`Trace`] has the spans of each lane as columns. A [`Summary`] has what all figures are made from, and does not grow
//! with the number of spans. [`Reading`](crate::Reading) is the way to both. Knows no path, no format and no float for
//! time.

mod assembly;
#[cfg(test)]
mod builder;
mod counter;
mod durations;
mod identity;
mod key;
mod rows;
mod spans;
pub mod summary;
mod thinned;
mod time;
mod trace;

#[cfg(test)]
pub(crate) use builder::TraceBuilder;
pub use counter::{Counter, Counters, SampleRows, Samples, add_samples};
pub use durations::{Durations, EXACT, Percentile};
pub use identity::{LaneIdentity, ProcessIdentity};
pub use key::{Color, Key, KeyId, Keys};
pub use rows::Rows;
pub use spans::{Span, Spans};
pub use summary::Summary;
pub use thinned::{Sample, Thinned};
pub use time::{FIRST_NS, LAST_NS, Time};
pub use trace::{Lane, Process, Trace};
