//! Threads: the processes of a file and their lanes, by the ids that events have.
//!
//! A lane is a thread (pid, tid), or an id of asynchronous events (pid, category, id). Ids are texts, so none is
//! rounded. Names and places in the order come from metadata events, before or after the events of a lane. Gives a part
//! for each lane and for the samples of each process.

use std::fmt;
use std::path::Path;

use hashbrown::HashMap;

use super::pairs::Pairs;
use super::sharing;
use crate::model::{LaneIdentity, ProcessIdentity, Rows, SampleRows};
use crate::sources::part::{Content, Part};
use crate::text::units::counted;

/// With more ids of asynchronous events, ids share lanes. A lane costs the report some 40 KB.
const MOST_IDS: usize = 1000;

#[derive(Debug, Default)]
pub(super) struct Threads {
    processes: Vec<Process>,
    places: HashMap<Box<str>, usize>,
    lanes: Vec<Lane>,
    lane_places: HashMap<Box<[u8]>, usize>,
    /// The last lane, and what it was found by: most events are of the lane of the one before.
    last: Option<usize>,
    last_wanted: Vec<u8>,
    wanted: Vec<u8>,
}

#[derive(Debug, Default)]
pub(super) struct Process {
    pid: String,
    pub(super) name: Option<String>,
    pub(super) labels: Option<String>,
    pub(super) order: i64,
    pub(super) samples: SampleRows,
}

#[derive(Debug, Default)]
pub(super) struct Lane {
    process: usize,
    /// Distinguishes it from others of its process.
    identity: String,
    /// What it is called without a name of its own.
    called: String,
    /// The id of its asynchronous events; `None` of a thread.
    id: Option<Box<str>>,
    pub(super) name: Option<String>,
    pub(super) order: i64,
    pub(super) rows: Rows,
    pub(super) pairs: Pairs,
}

impl Threads {
    /// The process with this id.
    pub(super) fn process(&mut self, pid: &str) -> &mut Process {
        let index = self.process_index(pid);
        &mut self.processes[index]
    }

    fn process_index(&mut self, pid: &str) -> usize {
        if let Some(&index) = self.places.get(pid) {
            return index;
        }
        self.places.insert(pid.into(), self.processes.len());
        self.processes.push(Process { pid: pid.to_owned(), ..Process::default() });
        self.processes.len() - 1
    }

    /// The lane of a thread.
    pub(super) fn thread(&mut self, pid: &str, tid: &str) -> &mut Lane {
        name_lane(&mut self.wanted, &["t", pid, tid]);
        self.lane(pid, None, || {
            let is_number = tid.bytes().all(|byte| byte.is_ascii_digit());
            let called = if is_number && !tid.is_empty() { format!("thread {tid}") } else { tid.to_owned() };
            (format!("t{}", Word(tid)), called)
        })
    }

    /// The lane of asynchronous events with one id. An id that is not local is of no process: its lane is in that of
    /// its first event.
    pub(super) fn asynchronous(&mut self, pid: &str, category: &str, id: &str, is_local: bool) -> &mut Lane {
        let reach = if is_local { "async" } else { "global async" };
        name_lane(&mut self.wanted, &[reach, category, id, if is_local { pid } else { "" }]);
        self.lane(pid, Some(id), || (format!("{reach} {category:?} {}", Word(id)), format!("async {id}")))
    }

    /// The lane that is `wanted`, in this process if it is new. `names` gives its identity and what it is called.
    fn lane(&mut self, pid: &str, id: Option<&str>, names: impl FnOnce() -> (String, String)) -> &mut Lane {
        if let Some(last) = self.last.filter(|_| self.last_wanted == self.wanted) {
            return &mut self.lanes[last];
        }
        let index = match self.lane_places.get(&*self.wanted) {
            Some(&index) => index,
            None => {
                let process = self.process_index(pid);
                let (identity, called) = names();
                self.lane_places.insert(self.wanted.as_slice().into(), self.lanes.len());
                let id = id.map(Box::from);
                self.lanes.push(Lane { process, identity, called, id, ..Lane::default() });
                self.lanes.len() - 1
            }
        };
        self.last = Some(index);
        std::mem::swap(&mut self.last_wanted, &mut self.wanted);
        &mut self.lanes[index]
    }

    /// The lanes, each with the begins and ends that are not settled yet.
    pub(super) fn lanes(&mut self) -> impl Iterator<Item = &mut Lane> {
        self.lanes.iter_mut()
    }

    /// Puts asynchronous events of several ids into one lane, if there are more ids than anybody looks at. A sentence,
    /// if that was done.
    pub(super) fn share_lanes(&mut self) -> Option<String> {
        let ids = self.lanes.iter().filter(|lane| lane.id.is_some()).count();
        if ids <= MOST_IDS {
            return None;
        }
        let (of_ids, mut lanes): (Vec<Lane>, Vec<Lane>) =
            std::mem::take(&mut self.lanes).into_iter().partition(|lane| lane.id.is_some());
        let shared =
            sharing::shared(of_ids.into_iter().filter_map(|lane| Some((lane.process, lane.id?, lane.rows))));
        let count = shared.len();
        lanes.extend(shared.into_iter().enumerate().map(|(index, (process, rows))| {
            let called = format!("async {}", index + 1);
            Lane { process, identity: called.clone(), called, rows, ..Lane::default() }
        }));
        self.lanes = lanes;
        let (ids, lanes) = (counted(ids as u64, "id"), counted(count as u64, "lane"));
        Some(format!(
            "asynchronous events have {ids}: those that do not overlap share {lanes}, with the id as attribute"
        ))
    }

    /// A part for each lane with rows and for each process with samples. `stem` names processes of a file without
    /// categories.
    pub(super) fn parts(self, path: &Path, stem: Option<&str>) -> Vec<Part> {
        let file = path.display();
        let identities: Vec<ProcessIdentity> =
            self.processes.iter().map(|process| process.identity(&file.to_string(), stem)).collect();
        let mut parts: Vec<Part> = Vec::new();
        for lane in self.lanes.into_iter().filter(|lane| !lane.rows.is_empty()) {
            let process = identities[lane.process].clone();
            let identity = LaneIdentity {
                identity: format!("{} {}", process.identity, lane.identity),
                thread: lane.name.unwrap_or(lane.called),
                order: lane.order,
            };
            parts.push(Part { process, content: Content::Lane(identity, lane.rows), assumed: 0 });
        }
        for (process, identity) in self.processes.into_iter().zip(identities) {
            if process.samples.len() > 0 {
                let content = Content::Samples(process.samples);
                parts.push(Part { process: identity, content, assumed: 0 });
            }
        }
        parts
    }
}

/// What a lane is found by: its parts with their lengths, since any of them may contain anything.
fn name_lane(wanted: &mut Vec<u8>, parts: &[&str]) {
    wanted.clear();
    for part in parts {
        wanted.extend(part.len().to_ne_bytes());
        wanted.extend(part.as_bytes());
    }
}

/// A part of an identity: in quotes if it has blanks or quotes, so that identities differ wherever their parts do.
struct Word<'a>(&'a str);

impl fmt::Display for Word<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.contains(|character: char| character.is_whitespace() || character == '"') {
            true => write!(f, "{:?}", self.0),
            false => f.write_str(self.0),
        }
    }
}

impl Lane {
    pub(super) fn is_asynchronous(&self) -> bool {
        self.id.is_some()
    }
}

impl Process {
    fn identity(&self, file: &str, stem: Option<&str>) -> ProcessIdentity {
        let pid: Option<u32> = self.pid.parse().ok();
        // An id that is no u32 is seen only in the name.
        let id = || (pid.is_none() && !self.pid.is_empty()).then(|| format!("process {}", self.pid));
        let name = self.name.clone().filter(|name| !name.is_empty()).or_else(id).or(stem.map(str::to_owned));
        let name = match (name, &self.labels) {
            (Some(name), Some(labels)) => Some(format!("{name} ({labels})")),
            (name, labels) => name.or(labels.clone()),
        };
        let identity = if self.pid.is_empty() { file.to_owned() } else { format!("{file}/p{}", self.pid) };
        ProcessIdentity { identity, host: None, pid, name, order: self.order }
    }
}
