//! Counters as the page shows them: one panel each, and as text for screen readers.
//!
//! Takes the trace and its figures. Gives the first counters by name, with a run's resources before all others and
//! the samples of each process, and notes on the rest. Computes no statistic; the template escapes.

use std::collections::{BTreeSet, HashMap};

use templates::{Chunk, Counter, shown};

use super::columns::{self, Columns};
use crate::analysis::{Analysis, CounterFigures, RESOURCES};
use crate::model::{self, ProcessIdentity, Trace};
use crate::text::units;

/// The most panels. With more, no screen would have room for the spans.
const MOST: usize = 12;

/// The counters of the page.
pub(super) struct Counters {
    /// The panels, from top to bottom.
    pub(super) panels: Vec<Counter>,
    /// The number of series in each chunk.
    pub(super) chunk_counts: Vec<u32>,
    /// The samples of the panels' series.
    pub(super) chunks: Vec<Chunk>,
    /// The names of the processes with counters. The panels' series have indices into it.
    pub(super) processes: Vec<String>,
    /// The number of counters without a panel.
    pub(super) more: u64,
}

/// The counters with a panel. A run's resources come first, so no other counter takes their place.
fn drawn<'a>(trace: &Trace, analysis: &'a Analysis) -> Vec<&'a CounterFigures> {
    let is_other = |figures: &&CounterFigures| trace.counters()[figures.series.start].group != RESOURCES;
    let mut drawn: Vec<&CounterFigures> = analysis.counters.iter().collect();
    drawn.sort_by_key(is_other);
    drawn.truncate(MOST);
    drawn
}

pub(super) fn panels(trace: &Trace, analysis: &Analysis) -> Counters {
    let drawn = drawn(trace, analysis);
    let mut processes: Vec<&ProcessIdentity> = Vec::new();
    let mut indices: HashMap<&ProcessIdentity, u32> = HashMap::new();
    let counters = drawn.iter().flat_map(|figures| &trace.counters()[figures.series.clone()]);
    let all = counters.map(|counter| {
        let process = *indices.entry(&counter.process).or_insert_with(|| {
            processes.push(&counter.process);
            processes.len() as u32 - 1
        });
        (process, &counter.samples)
    });
    let Columns { parts, counts, chunks } = columns::samples(all);
    let mut series = parts.into_iter();
    let panels = (drawn.iter())
        .map(|figures| {
            let first = &trace.counters()[figures.series.start];
            Counter {
                group: first.group.clone(),
                name: first.name.clone(),
                series: series.by_ref().take(figures.series.len()).collect(),
            }
        })
        .collect();
    let more = (analysis.counters.len() - drawn.len()) as u64;
    Counters { panels, chunk_counts: counts, chunks, processes: names(trace, &processes), more }
}

/// Short names for the processes with counters: their pids, with their names, or with hosts if there are several. A process whose short
/// name is not unique gets its whole identity.
fn names(trace: &Trace, processes: &[&ProcessIdentity]) -> Vec<String> {
    let all = trace.processes().iter().map(|process| &process.identity).chain(processes.iter().copied());
    let hosts: BTreeSet<&str> = all.filter_map(|process| process.host.as_deref()).collect();
    let short =
        |process: &ProcessIdentity| match (process.name.as_ref().or(process.host.as_ref()), process.pid) {
            (Some(name), Some(pid)) if process.name.is_some() => format!("{name} · {pid}"),
            (Some(host), Some(pid)) if hosts.len() > 1 => format!("{host} · {pid}"),
            (_, Some(pid)) => pid.to_string(),
            _ => process.identity.rsplit(['/', '\\']).next().unwrap_or_default().to_owned(),
        };
    let mut uses: HashMap<String, u32> = HashMap::new();
    for process in processes {
        *uses.entry(short(process)).or_default() += 1;
    }
    (processes.iter())
        .map(|process| Some(short(process)).filter(|name| uses[name] == 1))
        .zip(processes)
        .map(|(name, process)| name.unwrap_or_else(|| process.identity.clone()))
        .collect()
}

/// A line for each panel, and one for the counters without a panel, for screen readers.
pub(super) fn sentences(trace: &Trace, analysis: &Analysis) -> Vec<String> {
    let drawn = drawn(trace, analysis);
    let mut sentences: Vec<String> = (drawn.iter())
        .map(|figures| {
            let [least, greatest, last] = [figures.least, figures.greatest, figures.last].map(units::number);
            let processes = units::counted(figures.series.len() as u64, "process");
            let name = name(&trace.counters()[figures.series.start]);
            format!("{name}: min {least}, max {greatest}, last {last}, in {processes}")
        })
        .collect();
    let more = analysis.counters.len() - drawn.len();
    if more > 0 {
        let are = if more == 1 { "is" } else { "are" };
        sentences.push(format!("{} {are} not drawn", units::counted(more as u64, "more counter")));
    }
    sentences
}

/// Notes on the panels for the page.
pub(super) fn notes(trace: &Trace, analysis: &Analysis) -> Vec<String> {
    let mut notes = Vec::new();
    if trace.span_count() == 0 && !trace.counters().is_empty() {
        notes.push("No spans: only counters are shown.".to_owned());
    }
    let is_late = |figures: &&CounterFigures| figures.first > trace.end();
    let late: Vec<_> = drawn(trace, analysis).into_iter().filter(is_late).collect();
    if let [first, others @ ..] = late.as_slice() {
        let name = name(&trace.counters()[first.series.start]);
        let more = match others.len() {
            0 => String::new(),
            more => format!(" and {}", units::counted(more as u64, "more counter")),
        };
        notes.push(format!(
            "All samples of {name}{more} come after the last span has ended: at the right edge of the chart or beyond \
             it."
        ));
    }
    notes
}

fn name(counter: &model::Counter) -> String {
    let shown = |name: &str| if name.trim().is_empty() { "(unnamed)".to_owned() } else { shown(name) };
    match counter.group.as_str() {
        "" => shown(&counter.name),
        group => format!("{} / {}", shown(group), shown(&counter.name)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::of_trace;
    use crate::model::{SampleRows, TraceBuilder};

    fn journal(host: &str, pid: u32, start: u32) -> ProcessIdentity {
        ProcessIdentity {
            identity: format!("{host}.{pid}-{start}"),
            host: Some(host.into()),
            pid: Some(pid),
            ..Default::default()
        }
    }

    fn foreign(path: &str) -> ProcessIdentity {
        ProcessIdentity { identity: path.into(), ..Default::default() }
    }

    #[track_caller]
    fn check_names(processes: &[ProcessIdentity], expected: &[&str]) {
        let mut builder = TraceBuilder::new();
        for process in processes {
            let mut rows = SampleRows::new();
            rows.push("g", "queue", 5, 1.0);
            builder.add_samples(process.clone(), rows);
        }
        let trace = builder.finish();
        assert_eq!(panels(&trace, &of_trace(&trace)).processes, expected);
    }

    #[test]
    fn processes_are_named_as_shortly_as_tells_them_apart() {
        check_names(&[journal("a", 16, 1), journal("a", 17, 1)], &["16", "17"]);
        check_names(&[journal("a", 16, 1), journal("b", 16, 1)], &["a · 16", "b · 16"]);
        check_names(&[journal("a", 16, 1), journal("a", 16, 2)], &["a.16-1", "a.16-2"]);
        check_names(&[foreign("x/one.csv"), foreign("x/two.csv")], &["one.csv", "two.csv"]);
        check_names(&[foreign("x/one.csv"), foreign("y/one.csv")], &["x/one.csv", "y/one.csv"]);
    }

    #[test]
    fn what_a_run_used_is_drawn_however_many_counters_there_are() {
        let mut builder = TraceBuilder::new();
        let mut rows = SampleRows::new();
        (1..=15).for_each(|counter| rows.push("a", &format!("c{counter:02}"), 5, f64::from(counter)));
        let resources = ["CPU, cores", "memory, MB", "read, MB/s", "written, MB/s"];
        resources.iter().for_each(|counter| rows.push(RESOURCES, counter, 5, 1.0));
        builder.add_samples(foreign("x.csv"), rows);
        let trace = builder.finish();
        let counters = panels(&trace, &of_trace(&trace));
        let names: Vec<&str> = counters.panels.iter().map(|panel| &*panel.name).collect();
        assert_eq!((&names[..4], names[4], names[11], counters.more), (&resources[..], "c01", "c08", 7));
    }

    #[test]
    fn twelve_counters_are_drawn_and_the_rest_is_told() {
        let mut builder = TraceBuilder::new();
        let mut rows = SampleRows::new();
        for counter in 1..=15 {
            rows.push("g", &format!("c{counter}\u{202e}"), 5, f64::from(counter) * 1e6);
        }
        builder.add_samples(foreign("x.csv"), rows);
        let trace = builder.finish();
        let analysis = of_trace(&trace);
        let counters = panels(&trace, &analysis);
        assert_eq!((counters.panels.len(), counters.more), (12, 3));
        let sentences = sentences(&trace, &analysis);
        assert_eq!(sentences[1], "g / c2\\u202e: min 2e6, max 2e6, last 2e6, in 1 process");
        assert_eq!(sentences[12..], ["3 more counters are not drawn"]);
        assert_eq!(notes(&trace, &analysis), ["No spans: only counters are shown."]);
    }
}
