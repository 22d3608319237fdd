//! Comparisons: two sides of runs, read and compared.
//!
//! Takes names of runs, directories and files; gives the figures of their runs and what changed between the sides.

mod baseline;
mod error;
mod layout;
mod side;

pub(crate) use baseline::{
    Baseline, Error as BaselineError, missing as missing_baseline, path as baseline_path,
};
pub(crate) use side::Side;
