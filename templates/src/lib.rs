//! The page of `waterfall`: a [`Page`] value in, one self-contained HTML document out.
//!
//! Knows no trace, no file and no clock: the caller computes what the page shows.
#![forbid(unsafe_code)]

mod assets;
mod chunk;
mod comparison;
mod data;
mod document;
mod history;
mod inert;
mod names;
mod nonce;
mod page;
mod runs;
#[cfg(test)]
mod typedefs;

pub use chunk::Chunk;
pub use comparison::{
    Bridge, BridgePart, Compared, ComparedRow, Judged, Mark, OneSided, Part as ComparedPart, Piece, Place,
    RunDot, Stretch, Strip, Strips,
};
pub(crate) use comparison::{marked, percent, within};
pub use data::{
    Attribute, Bins, Counter, Data, Distribution, Division, Finding, Function, Key, Lane, Ledger, LedgerTask,
    Part, Points, Process, Profile, Raster, Series, Slow, SlowAttribute, Split, SplitRow, Task, Track, Zone,
};
pub(crate) use document::thousands;
pub use document::{render, render_runs};
pub use history::{CHART, History, HistoryChart, HistorySection, render_history};
pub(crate) use names::tied;
pub use names::{named, shown};
pub use page::{Figure, Page, Problem};
pub(crate) use runs::along;
pub use runs::{Dot, Run, Runs, RunsSide, Spread};
