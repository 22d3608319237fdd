//! The page: a trace and its analysis as a `templates::Page`.
//!
//! Takes the trace, its analysis and the reader's options. Gives the value that the template renders. All it shows
//! are figures of `analysis` with their units and names as recorded. The template escapes.

use templates::{Bins, Chunk, Data, Figure, Lane, LedgerTask, Page, Points, Problem, Task};

use super::attributes::{self, Stored};
use super::columns::{self, Columns};
use super::labels::{self, place};
use super::names::Names;
use super::room::Room;
use super::{counters, distributions, profiles, splits, words};
use crate::analysis::{
    Analysis, Concurrency, Distribution, Division, Finding, Ledger, Split, TaskStatistics, Tracks,
};
use crate::model::Trace;
use crate::text::{Zone, units};

/// Half an hour. A pause of at least this length that is nearly all of the trace is not part of a run.
const LONG_PAUSE_NS: i128 = 1_800_000_000_000;

/// The part of the room for attributes that the slowest spans and the tables by attribute may take.
const TABLES_PART: u64 = 4;

/// What the page shows besides the trace and its analysis.
#[derive(Debug, Clone)]
pub(crate) struct Options {
    pub(crate) title: String,
    /// The zone of clock times.
    pub(crate) zone: Zone,
    /// Whether clock times are known.
    pub(crate) has_clock: bool,
    /// Whether tooltips show durations only.
    pub(crate) duration_only: bool,
    /// More figures, shown after the others.
    pub(crate) figures: Vec<Figure>,
    /// The distributions that the page has, in the order of the table.
    pub(crate) distributions: Vec<Distribution>,
    /// The same tasks by the values of each attribute.
    pub(crate) splits: Vec<Split>,
    /// Whether the attributes of some spans are not known.
    pub(crate) lacks_attributes: bool,
    /// The rows of the tasks that the page is made for, and the number of further ones.
    pub(crate) asked: Vec<usize>,
    pub(crate) more_asked: u64,
    /// The most bytes of the page for attributes: compressed ones of spans, and those of tables.
    pub(crate) attributes_room: u64,
    /// The beginning of the command that prints the attributes of a span, if there is one.
    pub(crate) attributes_command: Option<String>,
    /// What was assumed or left out while reading, one line each.
    pub(crate) notes: Vec<String>,
    /// Whether a summary was made smaller.
    pub(crate) is_coarse: bool,
    /// The problems in the input that the page lists.
    pub(crate) problems: Vec<Problem>,
    /// The number of all problems.
    pub(crate) problem_count: u64,
}

/// The page of a trace.
pub(crate) fn page(trace: &Trace, tracks: &[Tracks], analysis: &Analysis, options: Options) -> Page {
    let is_empty = trace.lanes().is_empty() && trace.counters().is_empty();
    let began =
        if is_empty || !options.has_clock { String::new() } else { options.zone.clock(trace.origin_ns()) };
    let about = about(trace, tracks, analysis, &options);
    let without = without_attributes(trace, &about);
    let Drawn { data, raster, rows, samples, attributes } = drawn(trace, tracks, analysis, about, &options);
    let mut notes: Vec<String> = pause(trace, analysis).into_iter().chain(options.notes).collect();
    notes.extend(own_notes(trace, analysis));
    notes.extend(summarised(trace, analysis));
    notes.extend(options.is_coarse.then(|| COARSE.to_owned()));
    notes.extend(without);
    Page {
        title: options.title,
        began,
        summary: summary(trace, analysis),
        figures: [figures(trace, analysis), options.figures].concat(),
        findings: words::sentences(trace, analysis),
        counters: counters::sentences(trace, analysis),
        notes,
        problems: options.problems,
        problem_count: options.problem_count,
        data,
        raster,
        rows,
        samples,
        attributes,
    }
}

fn summary(trace: &Trace, analysis: &Analysis) -> String {
    let counters = match analysis.counters.len() {
        0 => String::new(),
        counters => format!(", {}", units::counted(counters as u64, "counter")),
    };
    let instants = match analysis.points.count {
        0 => String::new(),
        instants => format!(", {}", units::counted(instants, "instant")),
    };
    let timeless = timeless(analysis);
    if analysis.lanes.is_empty() && analysis.counters.is_empty() && !timeless.is_empty() {
        return timeless.join(", ");
    }
    let timeless: String = timeless.iter().map(|of| format!(", {of}")).collect();
    format!(
        "{}, {}, {} unfinished{instants}{counters}{timeless}",
        units::counted(analysis.processes_with_spans(trace) as u64, "process"),
        units::counted(analysis.spans, "span"),
        units::count(analysis.unfinished),
    )
}

/// What has no time, with its number: `12 timings`, `4 profiles`.
fn timeless(analysis: &Analysis) -> Vec<String> {
    let all = [(analysis.timings, "timing"), (analysis.profiles.len() as u64, "profile")];
    all.iter().filter(|(count, _)| *count > 0).map(|(count, noun)| units::counted(*count, noun)).collect()
}

/// The figures of an input without times.
fn timeless_figures(analysis: &Analysis) -> Vec<Figure> {
    let stacks = analysis.profiles.iter().fold(0, |sum, of| of.stacks.saturating_add(sum));
    let tasks = if analysis.timings > 0 { analysis.tasks.len() } else { 0 };
    let all = [
        ("tasks", tasks as u64, "different names of timings"),
        ("timings", analysis.timings, "durations without start and end"),
        ("profiles", analysis.profiles.len() as u64, "stacks with weights, without times"),
        ("stacks", stacks, "of all profiles"),
    ];
    let figures = all.iter().filter(|(_, count, _)| *count > 0);
    figures.map(|(label, count, hint)| figure(label, units::count(*count), hint)).collect()
}

fn figure(label: &str, value: String, hint: &str) -> Figure {
    Figure { label: label.into(), value, hint: hint.into() }
}

fn figures(trace: &Trace, analysis: &Analysis) -> Vec<Figure> {
    if analysis.lanes.is_empty() && analysis.counters.is_empty() && !timeless(analysis).is_empty() {
        return timeless_figures(analysis);
    }
    let or_none = |value: Option<String>| value.unwrap_or_else(|| "–".into());
    let concurrency = &analysis.concurrency;
    let peak = concurrency.peak().map(units::ratio);
    let width = units::duration(i128::from(concurrency.width_ns));
    let open = analysis.lanes.iter().filter_map(|lane| lane.open_at_once).max();
    let open = open.map(|open| {
        figure(
            "open at once",
            units::count(open.into()),
            "most finished spans of a lane that ran at one time; only lanes where spans overlap without nesting",
        )
    });
    let mut figures = vec![
        figure("wall time", units::duration(i128::from(trace.end().ns())), "last end minus first start"),
        figure("lanes", units::count(analysis.lanes_with_spans as u64), "threads that recorded a span"),
        figure(
            "busy time",
            units::duration(analysis.busy_ns),
            "time in which a lane ran at least one span, summed over all lanes; finished spans only",
        ),
        figure(
            "mean concurrency",
            or_none(analysis.mean_concurrency(trace).map(units::ratio)),
            "busy time / wall time",
        ),
        figure(
            "peak concurrency",
            or_none(peak),
            &format!("highest mean number of busy lanes in any {width}"),
        ),
        figure(
            "utilisation",
            or_none(analysis.utilisation(trace).map(units::percent)),
            "busy time / (lanes x wall time)",
        ),
    ];
    if let Some(open) = open {
        figures.insert(3, open); // beside the busy time
    }
    figures.extend(work_figures(&analysis.ledger.division, trace.end().ns()));
    figures
}

/// What lanes did, where it is known. The page names the parts of another time in the same words.
fn work_figures(division: &Division, wall_ns: i64) -> Vec<Figure> {
    let mut figures = Vec::new();
    if division.known_ns() > 0 {
        let at_once = units::ratio(division.on_cpu_ns as f64 / wall_ns as f64);
        let at_least = if division.is_partly_known() { "≥ " } else { "" };
        figures.push(Figure {
            label: "on CPU".into(),
            value: format!("{at_least}{}", units::duration(division.on_cpu_ns)),
            hint: format!("time on a CPU, from the CPU times of spans: {at_once} cores on average"),
        });
    }
    if division.wait_ns > 0 {
        figures.push(Figure {
            label: "waiting".into(),
            value: units::duration(division.wait_ns),
            hint: "time in which the innermost span was a declared wait".into(),
        });
    }
    figures
}

/// Notes on the figures.
fn own_notes(trace: &Trace, analysis: &Analysis) -> Vec<String> {
    let mut notes = Vec::new();
    if analysis.unfinished > 0 {
        let is_summarised =
            trace.lanes().iter().zip(&analysis.lanes).any(|(lane, own)| own.is_summarised(lane));
        let of_summarised =
            if is_summarised { " (in summarised lanes only the first of each task)" } else { "" };
        notes.push(format!(
            "{} never ended: hatched to the end of the chart{of_summarised}, counted in the ledger, left out of all \
                 other figures.",
            units::counted(analysis.unfinished, "span"),
        ));
    }
    let crossing = analysis.lanes.iter().filter(|lane| lane.crossing).count();
    if crossing > 0 {
        notes.push(format!(
            "On {} of {}, spans overlap without nesting: self times and shares marked * count for the span that started \
             last.",
            units::count(crossing as u64),
            units::counted(analysis.lanes_with_spans as u64, "lane"),
        ));
    }
    notes.extend(counters::notes(trace, analysis));
    notes
}

/// A note on a pause that is nearly all of the trace, so that the chart is nearly empty.
fn pause(trace: &Trace, analysis: &Analysis) -> Option<String> {
    let (begin_ns, end_ns) = analysis.longest_pause?;
    let pause_ns = i128::from(end_ns - begin_ns);
    (pause_ns >= LONG_PAUSE_NS && pause_ns * 10 >= i128::from(trace.end().ns()) * 9).then(|| {
        format!(
            "Nothing ran for {} of the wall time. Are these several runs, or groups recorded with different UTC \
             offsets? Use --align start to let every input begin at one moment, or --from, --to and --group to show a part.",
            units::duration(pause_ns),
        )
    })
}

/// A note on the summary of a large run.
const COARSE: &str = "The summary of this run was made smaller when its records were removed: the chart, counters and the \
                      times of findings are coarser, the longest spans of lanes may be missing, and percentiles are at \
                      most 0.4 % off. Counts, totals and extremes are exact.";

/// A note on what the chart leaves out of summarised lanes.
fn summarised(trace: &Trace, analysis: &Analysis) -> Option<String> {
    let lanes = trace.lanes().iter().zip(&analysis.lanes);
    let summarised = lanes.filter(|(lane, figures)| figures.is_summarised(lane)).count();
    (summarised > 0).then(|| {
        format!(
            "{} of {} summarised: the chart shows their longest spans and how busy they were. Figures and tables of \
             the whole run cover all {}.",
            units::count(summarised as u64),
            match trace.lanes().len() {
                1 => "1 lane is".to_owned(),
                lanes => format!("{} lanes are", units::count(lanes as u64)),
            },
            units::counted(analysis.spans, "span"),
        )
    })
}

/// What the page has of attributes, as far as there is room.
struct About {
    distributions: Vec<templates::Distribution>,
    splits: Vec<templates::Split>,
    /// Number of splits without room.
    more_splits: u64,
    attributes: Stored,
}

fn about(trace: &Trace, tracks: &[Tracks], analysis: &Analysis, options: &Options) -> About {
    let most = options.attributes_room / TABLES_PART;
    let mut room = Room::new(most);
    let distributions = distributions::data(trace, analysis, tracks, &options.distributions, &mut room);
    let (splits, more_splits) = splits::data(&options.splits, options.lacks_attributes, &mut room);
    let left = options.attributes_room - (most - room.left());
    About {
        distributions,
        splits,
        more_splits,
        attributes: attributes::attributes(trace.lanes(), tracks, left),
    }
}

/// Notes on the attributes that are not on the page.
fn without_attributes(trace: &Trace, about: &About) -> Vec<String> {
    let attributes = &about.attributes;
    let mut notes = Vec::new();
    if let Some(short_ns) = attributes.short_ns {
        let which = match short_ns.min(trace.end().ns()) {
            _ if attributes.parts.is_empty() => "them".to_owned(),
            0 => "those of instants".to_owned(),
            short_ns => {
                format!("those of the shortest spans, of {} or less", units::duration(i128::from(short_ns)))
            }
        };
        notes.push(format!(
            "Attributes of {} are not on this page: it has no room for {which}. Use --attributes to make room, or \
             waterfall stats --task to print them.",
            units::counted(attributes.left_out, "span"),
        ));
    }
    if attributes.more_names > 0 {
        notes.push(format!(
            "{} {} not on this page: it has at most {}, those that most spans have.",
            units::counted(attributes.more_names, "attribute name"),
            is_or_are(attributes.more_names),
            attributes::NAMES,
        ));
    }
    if about.more_splits > 0 {
        notes.push(format!(
            "{} by attribute {} not on this page: it has no room for more. Use --attributes to make room, or \
             waterfall stats --by.",
            units::counted(about.more_splits, "table"),
            is_or_are(about.more_splits),
        ));
    }
    notes
}

fn is_or_are(count: u64) -> &'static str {
    if count == 1 { "is" } else { "are" }
}

/// The input of the page's scripts: figures, shapes of the columns, and the columns.
struct Drawn {
    data: Data,
    raster: Chunk,
    rows: Vec<Chunk>,
    samples: Vec<Chunk>,
    attributes: Vec<Chunk>,
}

fn drawn(trace: &Trace, own: &[Tracks], analysis: &Analysis, about: About, options: &Options) -> Drawn {
    let About { distributions, splits, attributes, .. } = about;
    let zone = options.zone;
    let names = Names::new(trace.keys(), analysis);
    let (profiles, more_profiles) = profiles::data(&analysis.profiles);
    let counters = counters::panels(trace, analysis);
    let Columns { parts: tracks, counts: row_chunks, chunks: rows } =
        columns::rows(trace.lanes(), own, &names);
    let (raster_shape, raster) = columns::raster(&analysis.raster, &names);
    let data = Data {
        origin_ns: trace.origin_ns().to_string(),
        wall_ns: trace.end().ns(),
        zone: templates::Zone {
            name: zone.name(),
            offsets: zone.offsets(trace.origin_ns(), trace.unix_ns(trace.end())),
        },
        has_clock: options.has_clock,
        duration_only: options.duration_only,
        processes: labels::processes(trace),
        points: (analysis.points.kinds.iter().zip(&names.points))
            .map(|(kind, &(group, task))| Points { group, task, count: kind.count })
            .collect(),
        lanes: (trace.lanes().iter().zip(&analysis.lanes).zip(tracks))
            .map(|((lane, figures), tracks)| Lane {
                process: lane.process as u32,
                label: lane.identity.thread.clone(),
                title: lane.identity.identity.clone(),
                has_spans: figures.spans > 0,
                exact: !figures.crossing,
                open_at_once: figures.open_at_once,
                division: division(figures.division),
                summarised: figures.is_summarised(lane),
                tracks,
            })
            .collect(),
        row_chunks,
        raster: raster_shape,
        concurrency: bins(&analysis.concurrency),
        counters: counters.panels,
        sample_chunks: counters.chunk_counts,
        counting: counters.processes,
        more_counters: counters.more,
        attributes: attributes.parts,
        attributes_left_out: attributes.left_out,
        attributes_short_ns: attributes.short_ns.map(|ns| ns.min(trace.end().ns())),
        more_attributes: attributes.more_names,
        attributes_command: options.attributes_command.clone(),
        tasks: analysis.tasks.iter().zip(&names.rows).map(|(row, &of)| task(row, of)).collect(),
        ledger: ledger(&analysis.ledger),
        findings: analysis.findings.iter().map(|finding| self::finding(finding, own)).collect(),
        distributions,
        splits,
        asked: options.asked.iter().map(|&row| row as u32).collect(),
        more_asked: options.more_asked,
        profiles,
        more_profiles,
        names: names.names,
        keys: names.keys,
    };
    Drawn { data, raster, rows, samples: counters.chunks, attributes: attributes.chunks }
}

fn task(row: &TaskStatistics, (group, task): (u32, u32)) -> Task {
    let division = division(row.division);
    let (figures, timings) = (splits::part(row), row.timings);
    Task { group, task, figures, exact: row.exact, timings, division, share: row.share }
}

/// What lanes did over time. A line is empty where there is nothing to tell.
fn bins(concurrency: &Concurrency) -> Bins {
    let divisions = &concurrency.divisions;
    let line = |of: fn(&Division) -> i128| divisions.iter().map(of).collect::<Vec<_>>();
    let has = |of: fn(&Division) -> i128| divisions.iter().any(|division| of(division) > 0);
    let line_if = |is_there: bool, of| if is_there { line(of) } else { Vec::new() };
    let has_cpu = has(Division::known_ns);
    Bins {
        first_ns: concurrency.first_ns,
        width_ns: concurrency.width_ns,
        busy_ns: concurrency.busy_ns.clone(),
        wait_ns: line_if(has(|division| division.wait_ns), |division| division.wait_ns),
        on_cpu_ns: line_if(has_cpu, |division| division.on_cpu_ns),
        off_cpu_ns: line_if(has_cpu, |division| division.off_cpu_ns),
    }
}

fn division(division: Division) -> templates::Division {
    let Division { on_cpu_ns, wait_ns, off_cpu_ns, not_known_ns } = division;
    templates::Division { on_cpu_ns, wait_ns, off_cpu_ns, not_known_ns }
}

fn ledger(ledger: &Ledger) -> templates::Ledger {
    templates::Ledger {
        total_ns: ledger.total_ns,
        tasks: (ledger.tasks.iter()).map(|part| LedgerTask { task: part.task as u32, ns: part.ns }).collect(),
        division: division(ledger.division),
        idle_before_ns: ledger.idle_before_ns,
        idle_between_ns: ledger.idle_between_ns,
        idle_after_ns: ledger.idle_after_ns,
        unfinished_ns: ledger.unfinished_ns,
        alive_at_once: ledger.alive_at_once as u32,
    }
}

fn finding(finding: &Finding, tracks: &[Tracks]) -> templates::Finding {
    templates::Finding {
        window: finding.window,
        selected: finding.selected,
        pinned: finding.pinned.map(|pinned| place(pinned, tracks)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{drawn, of_trace};

    #[test]
    fn what_the_page_lacks_of_attributes_is_a_note() {
        let trace = drawn::trace(&["a(0..10)"]);
        let noted = |more_names, left_out, more_splits| {
            let short_ns = (left_out > 0).then_some(i64::MAX);
            let attributes = Stored { more_names, left_out, short_ns, ..Stored::default() };
            let about = About { distributions: vec![], splits: vec![], more_splits, attributes };
            without_attributes(&trace, &about)
        };
        assert_eq!(noted(0, 0, 0), [""; 0]);
        assert_eq!(
            noted(1, 0, 0),
            ["1 attribute name is not on this page: it has at most 200, those that most spans have."]
        );
        let [of_spans, of_names, of_tables] = &noted(1207, 1, 2)[..] else { panic!("three notes") };
        assert!(of_spans.starts_with("Attributes of 1 span are not on this page: it has no room for them. "));
        assert!(of_names.starts_with("1,207 attribute names are not on this page: "));
        assert!(of_tables.starts_with("2 tables by attribute are not on this page: "));
    }

    #[test]
    fn what_a_sentence_pins_is_the_span_that_it_is_about() {
        let trace = drawn::trace(&[
            "a(0..10) b(2..5) b(10..20) c(11..12) c(13..14) c(14..18)",
            "a(0..50) b(10..49) c(20..21) c(30..31) c(40..41) c(60..61) d(62..100) e(63..70)",
        ]);
        let analysis = of_trace(&trace);
        let own: Vec<Tracks> =
            trace.lanes().iter().map(|lane| Tracks::new(trace.keys(), &lane.spans)).collect();
        let names = Names::new(trace.keys(), &analysis);
        let lanes = columns::tests::read(&columns::rows(trace.lanes(), &own, &names));
        let mut pinned = 0;
        for found in &analysis.findings {
            let Some((lane, track, index)) = finding(found, &own).pinned else { continue };
            let (start_ns, duration_ns, ..) = lanes[lane as usize][track as usize][index as usize];
            let at = found.pinned.unwrap();
            let span = trace.lanes()[at.lane].spans.at(at.span);
            assert_eq!((start_ns, duration_ns), (span.start.ns(), span.duration_ns()));
            pinned += 1;
        }
        assert!(pinned >= 2, "{:?}", analysis.findings);
    }
}
