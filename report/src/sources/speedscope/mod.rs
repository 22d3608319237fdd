//! speedscope's own format: <https://www.speedscope.app/file-format-schema.json>.
//!
//! An evented profile is a lane: its functions open and close at times of the file's own clock. A sampled profile has
//! weights, but not when its samples were: py-spy leaves out idle time and lets every thread begin at 0. So it is a
//! table of functions, as is an evented profile whose unit is no time. A function is a name with its file; lines are
//! left out, since samples of one function have many. Takes the file as a stream; holds the frames, each distinct stack
//! once, and the spans. Reports what crosses, is never closed or has no weight.

mod evented;
mod sampled;
mod scale;
mod weighing;

use std::io;

use csv::ByteRecord;

use super::format::{About, Format};
use super::json::{self, Value, Walk};
use super::named;
use super::part::{Content, Found, Origin, Part, Stopped};
use super::source::Source;
use crate::model::{LaneIdentity, ProcessIdentity, Unit};
use crate::text::units;
use evented::Events;
use sampled::Samples;
use scale::scale;

pub(super) struct Speedscope;

impl Format for Speedscope {
    fn name(&self) -> &'static str {
        "speedscope"
    }

    fn about(&self) -> About {
        About {
            what: "speedscope JSON (py-spy, rbspy, speedscope's export)",
            told_by: "an object with speedscope's `$schema`, with `profiles`, or with `shared` and `frames`",
            reads: "evented profiles as lanes, sampled ones as a table of functions with self and total",
            leaves: "lines and columns of frames; there is no chart of sampled profiles, which have no common time axis",
            clock: "an origin of its own; none for weights",
        }
    }

    fn endings(&self) -> &'static [&'static str] {
        &[".json"]
    }

    fn wanted(&self) -> String {
        "A profile has `samples` and `weights`, or `events`, and the file has `shared` with `frames`".into()
    }

    /// The functions may come first, and be more than the beginning shows.
    fn begins(&self, beginning: &[u8]) -> bool {
        let has = |text: &str| memchr::memmem::find(beginning, text.as_bytes()).is_some();
        match json::kind(beginning) {
            Some(json::Kind::Speedscope) => true,
            Some(json::Kind::Chrome) => has("\"shared\"") && has("\"frames\"") && !has("\"traceEvents\""),
            _ => false,
        }
    }

    fn read(&self, source: &mut Source<'_>, _: &ByteRecord) -> Result<Found, Stopped> {
        let mut file = File::default();
        let result = file.read(source);
        let parts = file.parts(source);
        let has_lane = parts.iter().any(|part| matches!(part.content, Content::Lane(..)));
        let origin = if has_lane { Origin::Own { unix_ns: None } } else { Origin::None };
        Stopped::or_parts(parts, origin, result)
    }
}

/// What was read of a file.
#[derive(Default)]
struct File {
    walk: Walk,
    /// The names of the functions, by the index of their frame.
    frames: Vec<String>,
    profiles: Vec<Profile>,
}

/// A profile of a file; it has samples or events.
#[derive(Default)]
struct Profile {
    name: String,
    unit: String,
    samples: Samples,
    events: Events,
}

impl File {
    fn read(&mut self, source: &mut Source<'_>) -> io::Result<()> {
        self.walk.enter(&mut source.lines, b'{')?;
        while let Some(key) = self.walk.key(&mut source.lines)? {
            match key.as_str() {
                "shared" if self.walk.enter(&mut source.lines, b'{')? => {
                    while let Some(key) = self.walk.key(&mut source.lines)? {
                        match key.as_str() {
                            "frames" if self.walk.enter(&mut source.lines, b'[')? => {
                                self.read_frames(source)?
                            }
                            _ => self.walk.skip(&mut source.lines)?,
                        }
                    }
                }
                "profiles" if self.walk.enter(&mut source.lines, b'[')? => {
                    while self.walk.item(&mut source.lines)? {
                        match self.walk.enter(&mut source.lines, b'{')? {
                            true => self.read_profile(source)?,
                            false => self.walk.skip(&mut source.lines)?,
                        }
                    }
                }
                _ => self.walk.skip(&mut source.lines)?,
            }
        }
        if let Some((line, why)) = self.walk.fault() {
            source.problem(line, format!("reading stopped: {why}; what is before it is kept"));
        } else if self.walk.is_unclosed() {
            let line = source.lines.number() + 1;
            source.problem(line, "the file ends too early; what was read is kept");
        }
        Ok(())
    }

    fn read_frames(&mut self, source: &mut Source<'_>) -> io::Result<()> {
        while self.walk.item(&mut source.lines)? {
            // A frame that cannot be read keeps its place: the next ones are numbered after it.
            let name = match self.walk.value(&mut source.lines)? {
                Value::Text(text) => frame(&String::from_utf8_lossy(text)),
                Value::TooLong | Value::Cut => None,
            };
            if name.is_none() {
                source.refuse(self.walk.line(), "frame", "it has no name");
            }
            self.frames.push(name.unwrap_or_default());
        }
        Ok(())
    }

    fn read_profile(&mut self, source: &mut Source<'_>) -> io::Result<()> {
        let mut profile = Profile::default();
        while let Some(key) = self.walk.key(&mut source.lines)? {
            match key.as_str() {
                "name" => profile.name = self.text(source)?,
                "unit" => profile.unit = self.text(source)?,
                "samples" if self.walk.enter(&mut source.lines, b'[')? => {
                    profile.samples.read_stacks(&mut self.walk, source)?;
                }
                "weights" if self.walk.enter(&mut source.lines, b'[')? => {
                    profile.samples.read_weights(&mut self.walk, source)?;
                }
                "events" if self.walk.enter(&mut source.lines, b'[')? => {
                    profile.events.read(&mut self.walk, source)?;
                }
                _ => self.walk.skip(&mut source.lines)?,
            }
        }
        self.profiles.push(profile);
        Ok(())
    }

    /// The string that comes next; empty for anything else.
    fn text(&mut self, source: &mut Source<'_>) -> io::Result<String> {
        Ok(match self.walk.value(&mut source.lines)? {
            Value::Text(text @ [b'"', ..]) => json::text(&String::from_utf8_lossy(text)).into_owned(),
            _ => String::new(),
        })
    }

    fn parts(self, source: &mut Source<'_>) -> Vec<Part> {
        let path = source.path.to_string_lossy().into_owned();
        let stem = named::stem(source.path);
        let process = ProcessIdentity { identity: path.clone(), name: Some(stem), ..Default::default() };
        let (mut parts, mut sampled) = (Vec::new(), 0);
        for (index, Profile { name, unit, samples, events }) in self.profiles.into_iter().enumerate() {
            let (scale, known) = scale(&unit);
            if !known {
                let message =
                    format!("profile {} has the unknown unit {unit:?}: read as numbers", quoted(&name));
                source.problems.add(source.path, None, message);
            }
            let problems = &mut |message: String| {
                let message = format!("profile {}: {message}", quoted(&name));
                source.problems.add(source.path, None, message);
            };
            let part = |content| Part { process: process.clone(), content, assumed: 0 };
            if !samples.is_empty() {
                sampled += 1;
                let profile = samples.profile(&self.frames, scale, problems);
                parts.push(part(Content::Profile(name.clone(), scale.unit, profile)));
            }
            match scale.unit {
                _ if events.is_empty() => {}
                Unit::Seconds => {
                    let identity = format!("{path} {}", index + 1);
                    let lane = LaneIdentity { identity, thread: name.clone(), order: index as i64 };
                    parts.push(part(Content::Lane(lane, events.rows(&self.frames, scale, problems))));
                }
                Unit::Bytes | Unit::None => {
                    let profile = events.profile(&self.frames, scale, problems);
                    parts.push(part(Content::Profile(name.clone(), scale.unit, profile)));
                }
            }
        }
        if sampled > 0 {
            let profiles = units::counted(sampled, "sampled profile");
            source
                .facts
                .push(format!("{profiles} without a common time axis: shown as weights, not over time"));
        }
        parts
    }
}

fn quoted(name: &str) -> String {
    super::fields::quoted(name.as_bytes())
}

/// The name of a frame's function: `busy (work.py)`.
fn frame(text: &str) -> Option<String> {
    let (mut name, mut file) = (None, None);
    let read = json::members(text, |key, value| match &*key {
        "name" if value.starts_with('"') => name = Some(json::text(value).into_owned()),
        "file" if value.starts_with('"') => file = Some(json::text(value).into_owned()),
        _ => {}
    });
    let (name, file) = (name.filter(|_| read.is_ok())?, file.filter(|file| !file.is_empty()));
    Some(file.map_or_else(|| name.clone(), |file| format!("{name} ({file})")))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use crate::model::Summary;
    use crate::reading::{Loaded, Reading};

    /// Reads a file. Returns the profiles as `name unit stacks total: function self total, ...`, the lanes as `thread:
    /// task(start..end) ...`, and the problems.
    fn read(text: &str) -> (Vec<String>, Vec<String>) {
        read_if_any(text).unwrap()
    }

    /// As [`read`]; `None` if nothing can be read.
    fn read_if_any(text: &str) -> Option<(Vec<String>, Vec<String>)> {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("x.json");
        fs::write(&path, text).unwrap();
        let Loaded { summary, trace, problems, .. } = Reading::of(path).load().ok()?;
        let mut found = profiles(&summary);
        for lane in trace.lanes() {
            let spans = lane.spans.iter().map(|span| {
                let name = trace.keys().name(trace.keys().key(span.key).task);
                let end = span.end.map_or(String::new(), |end| end.ns().to_string());
                format!(" {name}({}..{end})", span.start.ns())
            });
            found.push(format!("{}:{}", lane.identity.thread, spans.collect::<String>()));
        }
        let problems = problems.first().iter().map(|problem| problem.message.clone());
        Some((found, problems.collect()))
    }

    fn profiles(summary: &Summary) -> Vec<String> {
        let line = |(identity, of): (&crate::model::ProfileIdentity, &crate::model::Profile)| {
            let functions: Vec<String> =
                of.functions.iter().map(|(name, of)| format!("{name} {} {}", of.own, of.total)).collect();
            let (name, unit) = (&identity.name, identity.unit);
            format!("{name} {unit} {} {}: {}", of.stacks, of.total, functions.join(", "))
        };
        summary.profiles().map(line).collect()
    }

    const FRAMES: &str = r#""shared":{"frames":[{"name":"a","file":"x.py","line":1},{"name":"b"},{"name":"a","file":"x.py","line":7}]}"#;

    #[test]
    fn samples_are_weights_whatever_comes_first() {
        let profile =
            r#"{"weights":[0.005,1.5,0.25],"samples":[[0,1],[0,2],[]],"name":"t","unit":"milliseconds"}"#;
        let expected = ["t seconds 3 1755000: a (x.py) 1500000 1505000, b 5000 5000"];
        for text in [
            format!(r#"{{{FRAMES},"profiles":[{profile}]}}"#),
            format!(
                r#"{{"$schema":"https://www.speedscope.app/file-format-schema.json","profiles":[{profile}],{FRAMES}}}"#
            ),
        ] {
            assert_eq!(read(&text), (expected.map(str::to_owned).to_vec(), Vec::new()), "{text}");
        }
    }

    #[test]
    fn a_sample_without_a_weight_or_with_an_unknown_frame_is_told() {
        let text = format!(
            r#"{{{FRAMES},"profiles":[{{"type":"sampled","samples":[[0],[9],[0],"x",[1],[1]],"weights":[1,1,-1,1,"n"]}}]}}"#
        );
        let (found, problems) = read(&text);
        assert_eq!(found, [" none 1 1000000000: a (x.py) 1000000000 1000000000"]);
        assert_eq!(
            problems,
            [
                "profile ``: 1 sample skipped: its frame is not among the shared frames",
                "profile ``: 3 samples skipped: they have no weight",
                "sample skipped: it is not a list of frames",
                "weight skipped: `\"n\"` is not a number",
                "weight skipped: `-1` is negative",
            ]
        );
    }

    #[test]
    fn events_are_spans_of_a_lane_to_the_nanosecond() {
        let events = r#"[{"type":"O","frame":0,"at":0.5},{"type":"O","frame":1,"at":1.000001},{"type":"C","frame":1,"at":2},{"type":"C","frame":0,"at":2.5},{"type":"O","frame":1,"at":3}]"#;
        let text = format!(
            r#"{{{FRAMES},"profiles":[{{"type":"evented","name":"main","unit":"microseconds","events":{events}}}]}}"#
        );
        let (found, problems) = read(&text);
        assert_eq!(found, ["main: a (x.py)(0..2000) b(500..1500) b(2500..)"], "1.000001 us is 1000 ns");
        assert_eq!(problems, ["profile `main`: 1 function was never closed: unfinished"]);
    }

    #[test]
    fn events_that_cross_or_close_nothing_are_told() {
        let event = |kind, frame, at| format!(r#"{{"type":"{kind}","frame":{frame},"at":{at}}}"#);
        let events = [
            event("C", 0, 1),
            event("O", 0, 1),
            event("O", 1, 2),
            event("C", 0, 3),
            event("C", 1, 2),
            "7".into(),
        ];
        let text = format!(
            r#"{{{FRAMES},"profiles":[{{"type":"evented","name":"m","unit":"seconds","events":[{}]}}]}}"#,
            events.join(",")
        );
        let (found, problems) = read(&text);
        assert_eq!(found, ["m: a (x.py)(0..2000000000) b(1000000000..2000000000)"]);
        assert_eq!(
            problems,
            [
                "event out of order: it closes a function inside which another is open",
                "event out of order: its time is before that of the one before it, which counts",
                "event skipped: it closes a function that is not open",
                "event skipped: it needs a type O or C, a frame and a time",
            ]
        );
    }

    #[test]
    fn numbers_beyond_all_measure_overflow_nothing() {
        let numbers = [
            "1e21",
            "-1e21",
            "-9223372036.854775808",
            "9223372036.854775808",
            "1e20",
            "-1e20",
            "1e-40",
            "4e9",
        ];
        let events = numbers.iter().enumerate().map(|(index, at)| {
            let kind = if index % 3 == 2 { "C" } else { "O" };
            format!(r#"{{"type":"{kind}","frame":{},"at":{at}}}"#, index % 2)
        });
        let events = events.collect::<Vec<_>>().join(",");
        let samples = "[0],[1],[0],[0],[1],[0],[1],[1]";
        for unit in ["seconds", "nanoseconds", "bytes", "furlongs"] {
            let evented = format!(r#"{{"unit":"{unit}","events":[{events}]}}"#);
            let weights = numbers.join(",");
            let sampled = format!(r#"{{"unit":"{unit}","samples":[{samples}],"weights":[{weights}]}}"#);
            let (_, problems) = read(&format!(r#"{{{FRAMES},"profiles":[{evented},{sampled}]}}"#));
            assert!(problems.len() > 1, "{unit}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_part_of_a_file_is_read_without_a_panic(cut in 0usize..500, with in r#"[\[\]{}",:0-9eOC.-]{0,6}"#) {
            let sampled = r#"{"name":"m","unit":"none","samples":[[0,1],[2]],"weights":[1,2]}"#;
            let events = r#"{"type":"O","frame":0,"at":1},{"type":"C","frame":0,"at":3}"#;
            let evented = format!(r#"{{"type":"evented","name":"n","unit":"seconds","events":[{events}]}}"#);
            let text = format!(r#"{{{FRAMES},"profiles":[{sampled},{evented}]}}"#);
            let (before, after) = text.split_at(cut.min(text.len()));
            read_if_any(&format!("{before}{with}{after}"));
            read_if_any(&format!("{before}{with}"));
        }
    }

    #[test]
    fn events_without_a_unit_of_time_are_weights() {
        let event = |kind, frame, at| format!(r#"{{"type":"{kind}","frame":{frame},"at":{at}}}"#);
        let events = [
            event("O", 0, 10),
            event("O", 1, 12),
            event("O", 0, 13),
            event("C", 0, 17),
            event("C", 1, 18),
            event("C", 0, 30),
        ];
        let text = format!(
            r#"{{{FRAMES},"profiles":[{{"type":"evented","name":"m","unit":"bytes","events":[{}]}}]}}"#,
            events.join(",")
        );
        assert_eq!(
            read(&text).0,
            ["m bytes 3 20000000000: a (x.py) 18000000000 20000000000, b 2000000000 6000000000"]
        );
    }
}
