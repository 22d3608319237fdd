//! Samples what a command's processes use, over time, into a counter file beside its records.
//!
//! A thread looks at the processes: often at first, later once a second, and for at most a twentieth of its time.
//! Memory is the value at a look. A rate is that of a stretch of at least 0.1 s, because the system counts CPU time
//! in hundredths of a second. It is written at the start of its stretch, and holds until the next one. These
//! hundredths, of each process, can make a rate of CPU time exceed the number of CPUs; it is then that number. When
//! the command has ended, all counters are 0. Rows are written whole, as they come, so a kill leaves the rows before
//! it.

use std::io;
use std::path::Path;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant, SystemTime};

use recorder::format::{Content, FileName, Row, Sample, Stamp};
use recorder::writer::Writer;

use super::tree::{Snapshot, Tree};
use crate::analysis::RESOURCES;

/// In the order of their panels: busy cores, resident memory, and what was read from and written to storage.
const COUNTERS: [&str; 4] = ["CPU, cores", "memory, MB", "read, MB/s", "written, MB/s"];

const SHORTEST_WAIT: Duration = Duration::from_millis(10);
const LONGEST_WAIT: Duration = Duration::from_secs(1);
/// The shortest stretch that gets a rate.
const STRETCH: Duration = Duration::from_millis(100);
/// The pause after a look is at least this many times as long as the look.
const REST: u32 = 20;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Sampled {
    /// The most memory of all processes at once; `None` if the system does not show them, or if they ended before
    /// the first look.
    pub(super) peak_bytes: Option<u64>,
    /// The number of looks.
    pub(super) samples: u64,
    /// The number of looks of which a row is not in the file.
    pub(super) lost: u64,
    /// The first reason for that.
    pub(super) error: Option<String>,
}

/// Samples in a thread until it is dropped.
pub(super) struct Sampler<'a> {
    stop: Option<mpsc::Sender<()>>,
    thread: Option<JoinHandle<Sampled>>,
    /// Where the result goes at the end.
    sampled: &'a mut Sampled,
}

impl<'a> Sampler<'a> {
    /// Samples the processes of a command into a new file in `directory`.
    pub(super) fn begin(pid: u32, directory: &Path, sampled: &'a mut Sampled) -> Sampler<'a> {
        let (stop, stopped) = mpsc::channel();
        let directory = directory.to_owned();
        // Without a thread the result says that there were no samples.
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

#[derive(Clone, Copy)]
struct Look {
    unix_ns: i64,
    at: Instant,
    used: Snapshot,
}

fn sample(mut tree: Tree, mut rows: Rows, stopped: &mpsc::Receiver<()>) -> Sampled {
    let begin = Instant::now();
    let mut sampled = Sampled::default();
    let mut rates = Rates::new(tree.cpus());
    let mut is_over = false;
    loop {
        let looked = Instant::now();
        if let Some((at, used)) = tree.look() {
            let unix_ns = unix_ns() - at.elapsed().as_nanos() as i64;
            let look = Look { unix_ns, at, used };
            sampled.samples += 1;
            // The processes have ended already if they have no memory.
            sampled.peak_bytes = sampled.peak_bytes.max(Some(used.memory_bytes).filter(|&bytes| bytes > 0));
            rates.add(look, is_over, &mut rows);
            let memory = if is_over { 0.0 } else { used.memory_bytes as f64 / 1e6 };
            rows.push(1, unix_ns, memory);
            rows.count(&mut sampled);
        }
        if is_over {
            return sampled;
        }
        let wait = (begin.elapsed() / 100).clamp(SHORTEST_WAIT, LONGEST_WAIT).max(looked.elapsed() * REST);
        is_over = stopped.recv_timeout(wait) != Err(RecvTimeoutError::Timeout);
    }
}

/// Writes the rate of each stretch, except that the newest stretch waits: the last look may come too soon after it
/// for a stretch of its own, and then extends it.
struct Rates {
    /// The most CPU time per time.
    cpus: f64,
    /// The end of the last stretch that was written.
    from: Option<Look>,
    /// The end of the stretch that waits.
    to: Option<Look>,
}

impl Rates {
    fn new(cpus: usize) -> Rates {
        Rates { cpus: cpus as f64, from: None, to: None }
    }

    fn add(&mut self, look: Look, is_last: bool, rows: &mut Rows) {
        let Some(from) = self.from else {
            self.from = Some(look);
            return;
        };
        let is_stretch = |begin: Look| look.at - begin.at >= STRETCH;
        match self.to {
            Some(to) if is_stretch(to) => {
                self.push(from, to, rows);
                (self.from, self.to) = (Some(to), Some(look));
            }
            Some(_) if is_last => self.to = Some(look),
            Some(_) => {}
            None if is_last || is_stretch(from) => self.to = Some(look),
            None => {}
        }
        if let (true, Some(from), Some(to)) = (is_last, self.from, self.to) {
            self.push(from, to, rows);
            for counter in [0, 2, 3] {
                rows.push(counter, look.unix_ns, 0.0);
            }
        }
    }

    /// Writes the rates of a stretch.
    fn push(&self, from: Look, to: Look, rows: &mut Rows) {
        let seconds = (to.at - from.at).as_secs_f64();
        if seconds <= 0.0 {
            return;
        }
        let rate = |of: fn(&Snapshot) -> u64| of(&to.used).saturating_sub(of(&from.used)) as f64 / seconds;
        rows.push(0, from.unix_ns, (rate(|used| used.cpu_ns) / 1e9).min(self.cpus));
        rows.push(2, from.unix_ns, rate(|used| used.read_bytes) / 1e6);
        rows.push(3, from.unix_ns, rate(|used| used.written_bytes) / 1e6);
    }
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

    /// Counts the last look as lost if a row of it is not in the file.
    fn count(&mut self, sampled: &mut Sampled) {
        if let Some(error) = self.error.take() {
            sampled.lost += 1;
            sampled.error.get_or_insert(error);
        }
    }
}

/// The current time in ns since the Unix epoch.
pub(super) fn unix_ns() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_nanos()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The CPU rates written for looks at `(ms, CPU ms)`, the last of them at the end of the command.
    fn rates(looks: &[(u64, u64)]) -> Vec<String> {
        let directory = tempfile::tempdir().unwrap();
        let mut rows = Rows::create(directory.path(), 1);
        let begin = Instant::now();
        let mut rates = Rates::new(2);
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
    fn hundredths_of_a_second_do_not_make_more_cores_than_there_are() {
        assert_eq!(rates(&[(0, 0), (100, 211), (200, 400)]), ["00.000 2.0", "00.100 1.89", "00.200 0.0"]);
    }

    #[test]
    fn what_is_too_short_for_a_rate_is_in_the_stretch_before_it() {
        assert_eq!(rates(&[(0, 0), (100, 100), (140, 170), (160, 240)]), ["00.000 1.5", "00.160 0.0"]);
        assert_eq!(rates(&[(0, 0), (20, 10)]), ["00.000 0.5", "00.020 0.0"]);
        assert_eq!(rates(&[(0, 0)]), [""; 0]);
    }
}
