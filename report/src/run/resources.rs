//! Samples what a command's processes use, over time, into a counter file beside its records.
//!
//! A thread looks at the processes, often at first and at most every second later, and never for more than a twentieth
//! of its time. Memory is told as it is at a look. What is a rate is told of stretches of a tenth of a second or more,
//! since CPU time is counted in hundredths; a value stands at the beginning of its stretch and holds until the next, and
//! when the command has ended all are 0. Rows are written as they come, whole, so a kill leaves those before it.

use std::io;
use std::path::Path;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant, SystemTime};

use recorder::format::{Content, FileName, Row, Sample, Stamp};
use recorder::writer::Writer;

use super::tree::{Snapshot, Tree};
use crate::analysis::RESOURCES;

/// The counters, in the order of their panels: cores that were busy, resident memory, and what went from and to
/// storage.
const COUNTERS: [&str; 4] = ["CPU, cores", "memory, MB", "read, MB/s", "written, MB/s"];

const SHORTEST_WAIT: Duration = Duration::from_millis(10);
const LONGEST_WAIT: Duration = Duration::from_secs(1);
/// A stretch of which a rate is told is at least so long.
const STRETCH: Duration = Duration::from_millis(100);
/// As many times as long as a look takes no other follows.
const REST: u32 = 20;

/// What was sampled.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Sampled {
    /// The most memory of all processes at once; `None` where the system does not tell of processes, or these were gone
    /// before the first look.
    pub(super) peak_bytes: Option<u64>,
    /// How often was looked.
    pub(super) samples: u64,
    /// How many looks are not in the file.
    pub(super) lost: u64,
    /// Why.
    pub(super) error: Option<String>,
}

/// The thread that samples, until it is dropped.
pub(super) struct Sampler<'a> {
    stop: Option<mpsc::Sender<()>>,
    thread: Option<JoinHandle<Sampled>>,
    /// Where what was sampled goes at the end.
    sampled: &'a mut Sampled,
}

impl<'a> Sampler<'a> {
    /// Samples the processes of a command into a new file in `directory`.
    pub(super) fn begin(pid: u32, directory: &Path, sampled: &'a mut Sampled) -> Sampler<'a> {
        let (stop, stopped) = mpsc::channel();
        let directory = directory.to_owned();
        // Without a thread nothing is sampled, which is told.
        let sampling = thread::Builder::new().spawn(move || match Tree::of(pid) {
            Some(tree) => sample(tree, Rows::create(&directory, pid), &stopped),
            None => Sampled::default(),
        });
        Sampler { stop: Some(stop), thread: sampling.ok(), sampled }
    }
}

impl Drop for Sampler<'_> {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(sampled) = self.thread.take().and_then(|thread| thread.join().ok()) {
            *self.sampled = sampled;
        }
    }
}

/// A look at the processes.
#[derive(Clone, Copy)]
struct Look {
    unix_ns: i64,
    at: Instant,
    used: Snapshot,
}

fn sample(mut tree: Tree, mut rows: Rows, stopped: &mpsc::Receiver<()>) -> Sampled {
    let begin = Instant::now();
    let mut sampled = Sampled::default();
    let mut rates = Rates::default();
    let mut is_over = false;
    loop {
        let unix_ns = unix_ns();
        let at = Instant::now();
        if let Some(used) = tree.look() {
            let look = Look { unix_ns, at, used };
            sampled.samples += 1;
            // Of processes that have ended already nothing is told.
            sampled.peak_bytes = sampled.peak_bytes.max(Some(used.memory_bytes).filter(|&bytes| bytes > 0));
            rates.add(look, is_over, &mut rows);
            let memory = if is_over { 0.0 } else { used.memory_bytes as f64 / 1e6 };
            rows.push(1, unix_ns, memory);
            rows.count(&mut sampled);
        }
        if is_over {
            return sampled;
        }
        let wait = (begin.elapsed() / 100).clamp(SHORTEST_WAIT, LONGEST_WAIT).max(at.elapsed() * REST);
        is_over = stopped.recv_timeout(wait) != Err(RecvTimeoutError::Timeout);
    }
}

/// Tells rates of stretches. The last but one waits for the last, which may be too short to be one of its own.
#[derive(Default)]
struct Rates {
    /// Where the last stretch that was told ends.
    from: Option<Look>,
    /// Where the one that waits ends.
    to: Option<Look>,
}

impl Rates {
    fn add(&mut self, look: Look, is_last: bool, rows: &mut Rows) {
        let Some(from) = self.from else {
            self.from = Some(look);
            return;
        };
        let is_stretch = |begin: Look| look.at - begin.at >= STRETCH;
        match self.to {
            Some(to) if is_stretch(to) => {
                told(from, to, rows);
                (self.from, self.to) = (Some(to), Some(look));
            }
            Some(_) if is_last => self.to = Some(look),
            Some(_) => {}
            None if is_last || is_stretch(from) => self.to = Some(look),
            None => {}
        }
        if let (true, Some(from), Some(to)) = (is_last, self.from, self.to) {
            told(from, to, rows);
            for counter in [0, 2, 3] {
                rows.push(counter, look.unix_ns, 0.0);
            }
        }
    }
}

/// Tells the rates of a stretch.
fn told(from: Look, to: Look, rows: &mut Rows) {
    let seconds = (to.at - from.at).as_secs_f64();
    if seconds <= 0.0 {
        return;
    }
    let rate = |of: fn(&Snapshot) -> u64| of(&to.used).saturating_sub(of(&from.used)) as f64 / seconds;
    rows.push(0, from.unix_ns, rate(|used| used.cpu_ns) / 1e9);
    rows.push(2, from.unix_ns, rate(|used| used.read_bytes) / 1e6);
    rows.push(3, from.unix_ns, rate(|used| used.written_bytes) / 1e6);
}

/// The counter file, and why a row of the last look is not in it.
struct Rows {
    writer: io::Result<Writer>,
    row: Row,
    error: Option<String>,
}

impl Rows {
    fn create(directory: &Path, pid: u32) -> Rows {
        let name = FileName {
            host: recorder::host_name(),
            pid,
            process_start_ns: unix_ns().max(0).unsigned_abs(),
            lane: 0,
            thread: RESOURCES.into(),
            part: 0,
            content: Content::Counters,
        };
        Rows { writer: Writer::create(directory, &name), row: Row::default(), error: None }
    }

    fn push(&mut self, counter: usize, unix_ns: i64, value: f64) {
        let time = Stamp::new(unix_ns, 0);
        self.row.fill_sample(&Sample { group: RESOURCES, counter: COUNTERS[counter], time, value });
        let written = match &mut self.writer {
            Ok(writer) => writer.append(&self.row).map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        };
        self.error = self.error.take().or(written.err());
    }

    /// Counts a look of which a row is not in the file.
    fn count(&mut self, sampled: &mut Sampled) {
        if let Some(error) = self.error.take() {
            sampled.lost += 1;
            sampled.error.get_or_insert(error);
        }
    }
}

fn unix_ns() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_nanos()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is told of looks at `(ms, CPU ms)`, the last of them at the command's end.
    fn rates(looks: &[(u64, u64)]) -> Vec<String> {
        let directory = tempfile::tempdir().unwrap();
        let mut rows = Rows::create(directory.path(), 1);
        let begin = Instant::now();
        let mut rates = Rates::default();
        for (index, &(ms, cpu_ms)) in looks.iter().enumerate() {
            let look = Look {
                unix_ns: ms as i64 * 1_000_000,
                at: begin + Duration::from_millis(ms),
                used: Snapshot { cpu_ns: cpu_ms * 1_000_000, ..Snapshot::default() },
            };
            rates.add(look, index + 1 == looks.len(), &mut rows);
        }
        let text = std::fs::read_to_string(rows.writer.unwrap().path()).unwrap();
        let of_cpu = text.lines().filter(|line| line.contains("cores"));
        let tail = |line: &str| {
            let fields: Vec<&str> = line.rsplit(',').take(2).collect();
            format!("{} {}", &fields[1][17..23], fields[0])
        };
        of_cpu.map(tail).collect()
    }

    #[test]
    fn a_rate_stands_at_the_beginning_of_its_stretch() {
        assert_eq!(
            rates(&[(0, 0), (10, 0), (100, 200), (200, 200), (300, 250)]),
            ["00.000 2.0", "00.100 0.0", "00.200 0.5", "00.300 0.0"]
        );
    }

    #[test]
    fn what_is_too_short_for_a_rate_is_in_the_stretch_before_it() {
        assert_eq!(rates(&[(0, 0), (100, 100), (140, 170), (160, 240)]), ["00.000 1.5", "00.160 0.0"]);
        assert_eq!(rates(&[(0, 0), (20, 10)]), ["00.000 0.5", "00.020 0.0"]);
        assert_eq!(rates(&[(0, 0)]), [""; 0]);
    }
}
