//! Distributions of task durations on the page: figures that the table lacks, what is drawn, and the slowest spans.
//!
//! Takes the trace, its figures and the distributions of some tasks. Gives the data of the page's section of a task.
//! Computes no statistic.

use templates::{Slow, SlowAttribute};

use super::brief::cut;
use super::labels::place;
use super::room::Room;
use crate::analysis::{Analysis, Distribution, SpanIndex, Tracks};
use crate::model::Trace;

/// The most durations drawn for a task. In a figure of 400 pixels nobody sees more.
const MOST: usize = 128;
/// The most attributes of a slow span.
const ATTRIBUTES: usize = 12;

/// The slowest spans have their attributes as far as there is room.
pub(super) fn data(
    trace: &Trace,
    analysis: &Analysis,
    tracks: &[Tracks],
    distributions: &[Distribution],
    room: &mut Room,
) -> Vec<templates::Distribution> {
    let mut slow = |at: &SpanIndex| {
        let spans = &trace.lanes()[at.lane].spans;
        let span = spans.at(at.span);
        let all: Vec<(&str, &str)> = spans.attributes().telling(at.span);
        let first = all.iter().take(ATTRIBUTES).map(attribute);
        let attributes: Vec<SlowAttribute> = first.take_while(|attribute| room.take(attribute)).collect();
        Slow {
            place: place(*at, tracks),
            start_ns: span.start.ns(),
            duration_ns: span.duration_ns().expect("only finished spans are slow"),
            more_attributes: (all.len() - attributes.len()) as u64,
            attributes,
        }
    };
    let mut distribution = |of: &Distribution| {
        let durations = analysis.tasks[of.row].durations;
        templates::Distribution {
            task: of.row as u32,
            sd_ns: durations.and_then(|durations| durations.sd_ns),
            min_ns: durations.map(|durations| durations.min_ns),
            p99_ns: durations.map(|durations| durations.p99_ns),
            quantiles_ns: of.quantiles(MOST),
            slowest: of.slowest.iter().map(&mut slow).collect(),
            may_lack: of.summarised > 0,
        }
    };
    distributions.iter().map(&mut distribution).collect()
}

fn attribute(&(name, value): &(&str, &str)) -> SlowAttribute {
    let (value, cut) = cut(value);
    SlowAttribute { name: name.to_owned(), value, cut }
}
