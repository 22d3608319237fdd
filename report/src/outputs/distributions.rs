//! Distributions of task durations on the page: figures that the table lacks, what is drawn, and the slowest spans.
//!
//! Takes the trace, its figures and the distributions of some tasks. Gives the data of the page's section of a task.
//! Computes no statistic.

use templates::{Slow, SlowAttribute};

use super::brief::cut;
use super::labels::place;
use crate::analysis::{Analysis, Distribution, SpanIndex, Tracks};
use crate::model::Trace;

/// The most durations drawn for a task. In a figure of 400 pixels nobody sees more.
const MOST: usize = 128;
/// The most attributes of a slow span.
const ATTRIBUTES: usize = 12;

pub(super) fn data(
    trace: &Trace,
    analysis: &Analysis,
    tracks: &[Tracks],
    distributions: &[Distribution],
) -> Vec<templates::Distribution> {
    let slow = |at: &SpanIndex| {
        let spans = &trace.lanes()[at.lane].spans;
        let span = spans.at(at.span);
        let mut attributes = spans.attributes().of(at.span).map(|(name, value)| {
            let (value, cut) = cut(value);
            SlowAttribute { name: name.to_owned(), value, cut }
        });
        Slow {
            place: place(*at, tracks),
            start_ns: span.start.ns(),
            duration_ns: span.duration_ns().expect("only finished spans are slow"),
            attributes: attributes.by_ref().take(ATTRIBUTES).collect(),
            more_attributes: attributes.count() as u64,
        }
    };
    let distribution = |of: &Distribution| {
        let durations = analysis.tasks[of.row].durations;
        templates::Distribution {
            task: of.row as u32,
            sd_ns: durations.and_then(|durations| durations.sd_ns),
            min_ns: durations.map(|durations| durations.min_ns),
            p99_ns: durations.map(|durations| durations.p99_ns),
            quantiles_ns: of.quantiles(MOST),
            slowest: of.slowest.iter().map(slow).collect(),
            may_lack: of.summarised > 0,
        }
    };
    distributions.iter().map(distribution).collect()
}
