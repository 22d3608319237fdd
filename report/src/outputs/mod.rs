//! Outputs: what is made from a trace and its figures, one file or folder for each output.
//!
//! Takes values of the rooms below and gives them units and words. Computes no statistic and reads no source. The
//! caller chooses where to write.

mod attributes;
mod brief;
mod calibration;
mod checks;
mod columns;
mod comparison;
mod counters;
mod distributions;
mod file;
mod gzip;
mod history;
mod html;
mod labels;
mod load;
mod names;
mod profiles;
mod room;
mod splits;
mod spreads;
mod statistics;
mod summary;
mod waiting;
mod words;

pub(crate) use brief::unknown_attributes;
pub(crate) use calibration::{
    Bounded, Calibrated, Calibration, Drift, RUNS_A_SIDE, Rate, Saved, Smallest, Splits,
};
pub(crate) use checks::{amount, lines, sentence};
pub use comparison::Comparison;
pub(crate) use comparison::{OneSided, SIDES, SideRead, run_key};
pub(crate) use file::{prepare, replace};
pub(crate) use history::{History, Point, Section, Series, SeriesUnit, Value};
pub(crate) use html::{Options, page};
pub(crate) use load::{cores_used, disturbed};
pub(crate) use spreads::{Line, spreads};
pub(crate) use statistics::Input;
pub use statistics::Statistics;
pub(crate) use summary::gzipped_summary;
pub use summary::write_summary;
pub(crate) use templates::Figure;
#[doc(hidden)]
pub use words::sentences;
