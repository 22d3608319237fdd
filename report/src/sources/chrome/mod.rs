//! Chrome Trace Event JSON: what browsers, compilers and many profilers write.
//!
//! The specification is the document "Trace Event Format" of the Chromium project. Takes an array of events, an object
//! with `traceEvents`, or one event a line; gives the rows of each thread and of each id of asynchronous events, and
//! the samples of each process. Reads complete events (`X`), begins and ends (`B`, `E`; `b`, `e`; `S`, `F`), instants
//! (`I`, `i`, `R`; `n`; `T`, `p`), counters (`C`), names and orders (`M`). Flows and all else are counted. The array
//! may have no end: its writer was killed. `event` takes an event apart, `pairs` joins begins and ends.

mod event;
mod left_out;
mod pairs;
mod sharing;
mod threads;

use std::borrow::Cow;
use std::io;

use csv::ByteRecord;

use self::event::Event;
use self::left_out::LeftOut;
use self::threads::{Lane, Threads};
use super::cpu;
use super::fields::quoted;
use super::format::{About, Format};
use super::json::{self, Value, Walk, decimal, members, text};
use super::named;
use super::part::{Found, Origin, Stopped};
use super::source::Source;
use crate::model::{FIRST_NS, Keys, Kind, LAST_NS};

pub(super) struct Chrome;

impl Format for Chrome {
    fn name(&self) -> &'static str {
        "Chrome trace"
    }

    fn about(&self) -> About {
        About {
            what: "Chrome Trace Event JSON, as VizTracer, napari, tracing-chrome, py-spy, clang and browsers write it",
            told_by: "an array of objects with `ph`, an object with `traceEvents`, or one such object a line",
            reads: "spans (`X`, `B`/`E`), asynchronous spans of each id as a lane (`b`/`e`, `S`/`F`; with more than \
                    1,000 ids, those that do not overlap share lanes), instants (`i`, `I`, `R`, `n`, `T`, `p`), \
                    counters (`C`), names and order of processes and threads (`M`), `args` as attributes, `tdur` as \
                    CPU time; files cut short, too",
            leaves: "flows (`s`, `t`, `f`) and objects (`N`, `O`, `D`) are counted; stack frames and colours are not read",
            clock: "an origin of its own, or the moment that `baseTimeNanoseconds` or `beginningOfTime` says",
        }
    }

    fn endings(&self) -> &'static [&'static str] {
        &[".json"]
    }

    fn wanted(&self) -> String {
        r#"An event looks like `{"ph":"X","name":"save","pid":1,"tid":1,"ts":0,"dur":1500}`"#.into()
    }

    fn begins(&self, beginning: &[u8]) -> bool {
        matches!(json::kind(beginning), Some(json::Kind::Chrome | json::Kind::EventLines))
    }

    fn read(&self, source: &mut Source<'_>, _header: &ByteRecord) -> Result<Found, Stopped> {
        let mut reader = Reader::default();
        let result = reader.read(source);
        reader.settle(source);
        let Reader { threads, has_events, has_category, base_ns, beginning_ns, .. } = reader;
        let unix_ns = base_ns.or(beginning_ns);
        if !has_events && result.is_ok() {
            source.problems.add(source.path, None, "skipped: no trace, it has no `traceEvents`");
            return Ok(Found::Refused);
        }
        let stem = named::stem(source.path);
        let parts = threads.parts(source.path, Some(&*stem).filter(|_| !has_category));
        Stopped::or_parts(parts, Origin::Own { unix_ns }, result)
    }
}

#[derive(Default)]
struct Reader {
    threads: Threads,
    /// The names of begins and ends.
    names: Keys,
    left_out: LeftOut,
    /// Whether there is a place for events, with or without any.
    has_events: bool,
    has_category: bool,
    /// The moment from which the times count, in ns since the Unix epoch, if the file says it in ns.
    base_ns: Option<i64>,
    /// That moment, if the file says it in us; then it is less exact.
    beginning_ns: Option<i64>,
}

impl Reader {
    fn read(&mut self, source: &mut Source<'_>) -> io::Result<()> {
        let mut walk = Walk::new();
        let has_lines = json::kind(&source.beginning) == Some(json::Kind::EventLines);
        if has_lines || walk.enter(&mut source.lines, b'[')? {
            self.events(source, &mut walk)?;
        } else if walk.enter(&mut source.lines, b'{')? {
            self.object(source, &mut walk)?;
            if walk.is_unclosed() {
                source.problems.add(source.path, None, "the file ends early: its end is missing");
            }
        }
        if !walk.is_unclosed() && walk.item(&mut source.lines)? {
            let line = source.lines.number() + 1;
            source.problem(line, "skipped what follows the end of the trace");
        }
        if let Some((line, why)) = walk.fault() {
            source.problem(line, format!("reading stopped: {why}; the events before it are kept"));
        }
        Ok(())
    }

    fn object(&mut self, source: &mut Source<'_>, walk: &mut Walk) -> io::Result<()> {
        while let Some(key) = walk.key(&mut source.lines)? {
            if key == "traceEvents" && walk.enter(&mut source.lines, b'[')? {
                self.events(source, walk)?;
            } else if let Value::Text(value) = walk.value(&mut source.lines)? {
                self.origin(&key, &String::from_utf8_lossy(value));
            }
        }
        Ok(())
    }

    /// Looks for what the times count from: in one place VizTracer and PyTorch say it in ns, in another clang in us.
    fn origin(&mut self, key: &str, value: &str) {
        match key {
            "baseTimeNanoseconds" => self.base_ns = decimal(value, 0).ok().or(self.base_ns),
            "beginningOfTime" => self.beginning_ns = decimal(value, 3).ok().or(self.beginning_ns),
            "viztracer_metadata" => {
                let _ = members(value, |key, value| {
                    if key == "baseTimeNanoseconds" {
                        self.base_ns = decimal(value, 0).ok().or(self.base_ns);
                    }
                });
            }
            _ => {}
        }
    }

    /// Reads the events of an array that was entered, or one value after another. After a fault, goes on at the next
    /// line that begins like an event.
    fn events(&mut self, source: &mut Source<'_>, walk: &mut Walk) -> io::Result<()> {
        self.has_events = true;
        loop {
            while walk.item(&mut source.lines)? {
                self.item(source, walk)?;
            }
            let Some((line, why)) = walk.fault().map(|(line, why)| (line, why.to_owned())) else { break };
            if !walk.pass_fault(&mut source.lines)? {
                break;
            }
            let next = source.lines.number() + 1;
            source.problem(line, format!("{why}: skipped up to the event in line {next}"));
        }
        Ok(())
    }

    fn item(&mut self, source: &mut Source<'_>, walk: &mut Walk) -> io::Result<()> {
        let line = source.lines.number() + 1;
        let mut is_too_long = false;
        let fault = match walk.event(&mut source.lines)? {
            Value::Text(event) if event.starts_with(b"{") => {
                // Checked first, since a lossy conversion is slow.
                let event =
                    std::str::from_utf8(event).map_or_else(|_| source.name(line, event), Cow::Borrowed);
                match self.json(source, line, &event) {
                    Ok(()) => return Ok(()),
                    Err(why) => Some(why),
                }
            }
            Value::Text(_) => {
                self.left_out.not_an_event(line);
                walk.resume(&mut source.lines);
                return Ok(());
            }
            Value::TooLong => {
                is_too_long = true;
                None
            }
            Value::Cut => None,
        };
        let next = walk.resume(&mut source.lines).then(|| source.lines.number() + 1);
        match (fault, next) {
            (Some(why), None) => source.refuse(line, "event", why),
            (Some(why), Some(next)) => {
                source.refuse(line, "event", format!("{why}; reading goes on in line {next}"))
            }
            (None, Some(next)) => {
                source.refuse(line, "event", format!("it has no end before the event in line {next}"))
            }
            (None, None) if is_too_long => source.refuse(line, "event", "it is longer than 16 MiB"),
            (None, None) => source.refuse_torn(line, "incomplete last event", "the file ends in it"),
        }
        Ok(())
    }

    /// Takes the text of an event apart, and reads it. The error says why that is no JSON.
    fn json(&mut self, source: &mut Source<'_>, line: u64, json: &str) -> Result<(), String> {
        let quoted;
        let event = match Event::of(json) {
            Err(_) if json.contains("NaN") || json.contains("Infinity") => {
                quoted = json::with_words_quoted(json);
                Event::of(&quoted)?
            }
            event => event?,
        };
        if let Err(why) = self.event(source, line, &event) {
            source.refuse(line, "event", why);
        }
        Ok(())
    }

    /// Reads an event. The error says why it cannot be used.
    fn event(&mut self, source: &mut Source<'_>, line: u64, event: &Event<'_>) -> Result<(), String> {
        let Some(ph) = event.ph.map(text) else {
            self.left_out.not_an_event(line);
            return Ok(());
        };
        match &*ph {
            "X" => self.complete(source, line, event),
            "B" | "E" => self.side(line, event, ph == "B", Of::Thread),
            "b" | "e" | "S" | "F" => self.side(line, event, ph == "b" || ph == "S", Of::Id),
            "I" | "i" | "R" => self.point(event, Of::Thread),
            "n" | "T" | "p" => self.point(event, Of::Id),
            "C" => self.counter(event),
            "M" => {
                self.metadata(event);
                Ok(())
            }
            _ => {
                self.left_out.note(&ph, line);
                Ok(())
            }
        }
    }

    fn complete(&mut self, source: &mut Source<'_>, line: u64, event: &Event<'_>) -> Result<(), String> {
        let (start_ns, duration_ns, end_ns) = event.extent_ns()?;
        let start_ns = in_range(start_ns)?;
        match duration_ns {
            None => source.problem(line, "the event has no dur: drawn with a length of 0"),
            Some(..0) => source.problem(line, "the event has a negative dur: drawn with a length of 0"),
            Some(_) => {}
        }
        let end_ns = end_ns.max(start_ns);
        if end_ns > LAST_NS {
            return Err(OUT_OF_RANGE.into());
        }
        let lane = self.lane(event, Of::Thread);
        let index = push(lane, event, Of::Thread, start_ns, Some(end_ns), Kind::Work(None));
        if let Some(cpu_ns) = event.cpu_ns() {
            lane.rows.set_cpu(index, cpu_ns);
        }
        Ok(())
    }

    /// Reads a begin or an end.
    fn side(&mut self, line: u64, event: &Event<'_>, is_begin: bool, of: Of) -> Result<(), String> {
        let at_ns = moment(event)?;
        let name = self.names.intern("", &event.name(), None);
        let lane = self.lane(event, of);
        if is_begin {
            let index = push(lane, event, of, at_ns, None, Kind::Work(None));
            lane.pairs.begin(at_ns, line, name, index);
        } else {
            lane.pairs.end(at_ns, line, name, event);
        }
        Ok(())
    }

    fn point(&mut self, event: &Event<'_>, of: Of) -> Result<(), String> {
        let at_ns = moment(event)?;
        let lane = self.lane(event, of);
        push(lane, event, of, at_ns, Some(at_ns), Kind::Point);
        Ok(())
    }

    /// Reads the numbers of a counter. Each argument is a series of its own; one that is named `value` or like the
    /// counter is the counter's, so a series has one name in all events.
    fn counter(&mut self, event: &Event<'_>) -> Result<(), String> {
        let at_ns = moment(event)?;
        let name = event.name();
        let mut numbers: Vec<(String, f64)> = Vec::new();
        let (mut other, mut others) = (None, 0);
        event.arguments(|argument, value| match text(value).trim_ascii().parse::<f64>() {
            Ok(number) if number.is_finite() => numbers.push((argument.into_owned(), number)),
            _ => (other, others) = (Some(value), others + 1),
        });
        let category = self.category(event);
        let samples = &mut self.threads.process(&event.process()).samples;
        let id = if event.has_id() { format!("[{}]", event.id().1) } else { String::new() };
        for (argument, number) in &numbers {
            let is_own = argument == "value" || *argument == name;
            let series = if is_own { format!("{name}{id}") } else { format!("{name}{id}.{argument}") };
            samples.push(&category, &series, at_ns, *number);
        }
        match other {
            _ if !numbers.is_empty() => {
                self.left_out.texts(others);
                Ok(())
            }
            Some(value) => {
                Err(format!("the value {} of a counter is not a number", quoted(text(value).as_bytes())))
            }
            None => Err("a counter without a number in args".into()),
        }
    }

    fn metadata(&mut self, event: &Event<'_>) {
        let name = event.name();
        let mut value = None;
        event.arguments(|argument, given| {
            let wanted = match &*name {
                "process_name" | "thread_name" => "name",
                "process_sort_index" | "thread_sort_index" => "sort_index",
                "process_labels" => "labels",
                _ => return,
            };
            value = Some(given).filter(|_| argument == wanted).or(value);
        });
        let Some(value) = value else { return self.left_out.metadata() };
        let (pid, tid) = (event.process(), event.thread());
        let order = || decimal(value, 0).unwrap_or(0);
        match &*name {
            "process_name" => self.threads.process(&pid).name = Some(text(value).into_owned()),
            "process_labels" => self.threads.process(&pid).labels = Some(text(value).into_owned()),
            "process_sort_index" => self.threads.process(&pid).order = order(),
            "thread_name" => self.threads.thread(&pid, &tid).name = Some(text(value).into_owned()),
            _ => self.threads.thread(&pid, &tid).order = order(),
        }
    }

    fn category<'a>(&mut self, event: &Event<'a>) -> Cow<'a, str> {
        let category = event.category();
        self.has_category |= !category.is_empty();
        category
    }

    fn lane(&mut self, event: &Event<'_>, of: Of) -> &mut Lane {
        let category = self.category(event);
        match of {
            Of::Thread => self.threads.thread(&event.process(), &event.thread()),
            Of::Id => {
                let (is_local, id) = event.id();
                self.threads.asynchronous(&event.process(), &category, &id, is_local)
            }
        }
    }

    /// Ends what begins and ends have left open, and reports what was left out.
    fn settle(&mut self, source: &mut Source<'_>) {
        let mut impossible = 0;
        for lane in self.threads.lanes() {
            let pairs = std::mem::take(&mut lane.pairs);
            let may_cross = lane.is_asynchronous();
            pairs.settle(may_cross, &self.names, &mut lane.rows, |line, message| {
                source.problem(line, message)
            });
            impossible += lane.rows.mend_cpu(|span, cpu_ns| cpu::mended(span.duration_ns(), cpu_ns));
        }
        if let Some(message) = cpu::problem(impossible) {
            source.problems.add(source.path, None, message);
        }
        source.facts.extend(self.threads.share_lanes());
        source.facts.extend(self.left_out.facts());
        if let Some((line, message)) = self.left_out.problem() {
            source.problem(line, message);
        }
    }
}

/// Which lane an event belongs to.
#[derive(Clone, Copy)]
enum Of {
    Thread,
    /// The asynchronous events with its id.
    Id,
}

const OUT_OF_RANGE: &str = "its time is more than 290 years after the origin of the trace, or a year before";

fn moment(event: &Event<'_>) -> Result<i64, String> {
    in_range(event.time_ns()?)
}

fn in_range(at_ns: i64) -> Result<i64, String> {
    if (FIRST_NS..=LAST_NS).contains(&at_ns) { Ok(at_ns) } else { Err(OUT_OF_RANGE.into()) }
}

/// Adds a row with its attributes. Returns its index.
fn push(lane: &mut Lane, event: &Event<'_>, of: Of, start_ns: i64, end_ns: Option<i64>, kind: Kind) -> usize {
    let rows = &mut lane.rows;
    let key = rows.keys.intern(&event.category(), &event.name(), kind);
    let index = rows.len();
    rows.push(start_ns, end_ns, key);
    event.attributes(matches!(of, Of::Thread), |name, value| cpu::attach(rows, index, name, value));
    index
}
