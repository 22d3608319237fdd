//! Samples what a command's processes use, over time, into a counter file beside its records.
//!
//! A thread looks at the processes: often at first, later once a second, and for at most a twentieth of its time.
//! Memory is the value at a look. A rate is that of a stretch of at least 0.1 s, because the system counts CPU time
//! in hundredths of a second. It is written at the start of its stretch, and holds until the next one. These
//! hundredths, of each process, can make a rate of CPU time exceed the number of CPUs; it is then that number. When
//! the command has ended, its counters are 0; those of the machine just end. Some counters begin only when they are
//! worth a panel. Rows are written whole, as they come, so a kill leaves the rows before it.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant, SystemTime};

use recorder::format::{Content, FileName, Row, Sample, Stamp};
use recorder::writer::Writer;

use super::load::{Meanwhile, others_ns, queued_ns, stolen_ns};
use super::tree::{Tree, View};
use crate::analysis::RESOURCES;
use crate::runs::Load;

// The counters, in the order of their panels.

/// Busy cores.
const CPU: &str = "CPU, cores";
/// The cores that were busy with anything but the command and `waterfall`.
const OTHERS: &str = "CPU, cores (others)";
/// The virtual cores that had work, but whose host ran something else.
const STOLEN: &str = "CPU, cores (stolen)";
/// The command's threads that could have run, but waited for a core.
const QUEUED: &str = "CPU, threads waiting";
/// Resident memory.
const MEMORY: &str = "memory, MB";
/// From storage.
const READ: &str = "read, MB/s";
/// To storage.
const WRITTEN: &str = "written, MB/s";

/// The counters that begin with the first stretch in which they are at least [`PANEL`]: a screen has little room.
const OPTIONAL: [&str; 3] = [OTHERS, STOLEN, QUEUED];
/// A tenth of a core or of a thread.
const PANEL: f64 = 0.1;

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
    /// How long threads have waited for a core, at least; `None` if the system does not show it.
    pub(super) run_queue_ns: Option<u64>,
    /// What the machine did meanwhile; `None` without two looks.
    pub(super) load: Option<Load>,
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
    view: View,
}

fn sample(mut tree: Tree, mut rows: Rows, stopped: &mpsc::Receiver<()>) -> Sampled {
    let begin = Instant::now();
    let mut sampled = Sampled::default();
    let mut rates = Rates::new(tree.cpus());
    let mut is_over = false;
    let mut meanwhile = Meanwhile::new(tree.cpus());
    loop {
        let looked = Instant::now();
        if let Some(view) = tree.look() {
            let unix_ns = unix_ns() - view.at.elapsed().as_nanos() as i64;
            sampled.samples += 1;
            // The processes have ended already if they have no memory.
            sampled.peak_bytes =
                sampled.peak_bytes.max(Some(view.used.memory_bytes).filter(|&bytes| bytes > 0));
            sampled.run_queue_ns = view.run_queue_ns;
            meanwhile.add(view);
            rates.add(Look { unix_ns, view }, is_over, &mut rows);
            let memory = if is_over { 0.0 } else { view.used.memory_bytes as f64 / 1e6 };
            rows.push(MEMORY, unix_ns, memory);
            rows.count(&mut sampled);
        }
        if is_over {
            sampled.load = meanwhile.load();
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
    /// The optional counters that have begun.
    begun: BTreeSet<&'static str>,
}

impl Rates {
    fn new(cpus: usize) -> Rates {
        Rates { cpus: cpus as f64, from: None, to: None, begun: BTreeSet::new() }
    }

    fn add(&mut self, look: Look, is_last: bool, rows: &mut Rows) {
        let Some(from) = self.from else {
            self.from = Some(look);
            return;
        };
        let is_stretch = |begin: Look| look.view.at - begin.view.at >= STRETCH;
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
            let queued = self.begun.get(QUEUED).copied();
            for counter in [CPU, READ, WRITTEN].into_iter().chain(queued) {
                rows.push(counter, look.unix_ns, 0.0);
            }
        }
    }

    /// Writes the rates of a stretch.
    fn push(&mut self, from: Look, to: Look, rows: &mut Rows) {
        let seconds = (to.view.at - from.view.at).as_secs_f64();
        if seconds <= 0.0 {
            return;
        }
        let (first, last) = (&from.view, &to.view);
        let rate = |from: u64, to: u64| to.saturating_sub(from) as f64 / seconds;
        let of_ns = |ns: Option<u64>| ns.map(|ns| ns as f64 / seconds / 1e9);
        let of_cpus = |ns: Option<u64>| of_ns(ns).map(|cores| cores.min(self.cpus));
        let (before, after) = (first.used, last.used);
        for (counter, value) in [
            (CPU, of_cpus(Some(after.cpu_ns.saturating_sub(before.cpu_ns)))),
            (OTHERS, of_cpus(others_ns(first, last))),
            (STOLEN, of_cpus(stolen_ns(first, last))),
            (QUEUED, of_ns(queued_ns(first, last))),
            (READ, Some(rate(before.read_bytes, after.read_bytes) / 1e6)),
            (WRITTEN, Some(rate(before.written_bytes, after.written_bytes) / 1e6)),
        ] {
            let Some(value) = value else { continue };
            if OPTIONAL.contains(&counter) && !self.begun.contains(counter) {
                if value < PANEL {
                    continue;
                }
                self.begun.insert(counter);
            }
            rows.push(counter, from.unix_ns, value);
        }
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

    fn push(&mut self, counter: &str, unix_ns: i64, value: f64) {
        let time = Stamp::new(unix_ns, 0);
        self.row.fill_sample(&Sample { group: RESOURCES, counter, time, value });
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
    use crate::run::machine_time::MachineTime;
    use crate::run::tree::Snapshot;

    /// The rows of a counter as `seconds value`, for looks that show these views at their times in ms. The last look is
    /// at the end of the command.
    fn rows_of(counter: &str, looks: &[(u64, View)]) -> Vec<String> {
        let directory = tempfile::tempdir().unwrap();
        let mut rows = Rows::create(directory.path(), 1);
        let mut rates = Rates::new(2);
        for (index, &(ms, view)) in looks.iter().enumerate() {
            let unix_ns = ms as i64 * 1_000_000;
            rates.add(Look { unix_ns, view }, index + 1 == looks.len(), &mut rows);
        }
        let text = std::fs::read_to_string(rows.writer.unwrap().path()).unwrap();
        let tail = |line: &str| {
            let fields: Vec<&str> = line.rsplit(',').take(2).collect();
            format!("{} {}", &fields[1][17..23], fields[0])
        };
        text.lines().filter(|line| line.contains(counter)).map(tail).collect()
    }

    /// Views at times in ms, made of the numbers beside them.
    fn views<T: Copy>(looks: &[(u64, T)], change: fn(&mut View, T)) -> Vec<(u64, View)> {
        let begin = Instant::now();
        let view = |&(ms, numbers): &(u64, T)| {
            let at = begin + Duration::from_millis(ms);
            let used = Snapshot::default();
            let mut view = View { at, used, run_queue_ns: None, own_cpu_ns: 0, machine: None };
            change(&mut view, numbers);
            (ms, view)
        };
        looks.iter().map(view).collect()
    }

    /// The CPU rates written for looks at `(ms, CPU ms)`.
    fn rates(looks: &[(u64, u64)]) -> Vec<String> {
        rows_of(CPU, &views(looks, |view, cpu_ms| view.used.cpu_ns = cpu_ms * MS))
    }

    const MS: u64 = 1_000_000;

    /// Shows the CPU time of all, of the command and of `waterfall`, and the stolen time.
    fn on_machine(view: &mut View, [busy, command, own, steal]: [u64; 4]) {
        (view.used.cpu_ns, view.own_cpu_ns) = (command * MS, own * MS);
        view.machine = Some(MachineTime { busy_ns: busy * MS, steal_ns: Some(steal * MS), runnable: None });
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

    #[test]
    fn what_neither_the_command_nor_waterfall_used_is_of_others() {
        let looks =
            views(&[(0, [1000, 0, 10, 0]), (100, [1150, 50, 20, 0]), (300, [1250, 150, 30, 0])], on_machine);
        assert_eq!(rows_of(OTHERS, &looks), ["00.000 0.9", "00.100 0.0"], "never less than none");
    }

    #[test]
    fn what_the_system_does_not_show_has_no_counter() {
        let looks = views(&[(0, 0), (100, 100), (300, 150)], |view, cpu_ms| view.used.cpu_ns = cpu_ms * MS);
        for counter in [OTHERS, STOLEN, QUEUED] {
            assert_eq!(rows_of(counter, &looks), [""; 0]);
        }
    }

    #[test]
    fn what_the_machine_did_has_a_counter_once_it_is_worth_one() {
        let others = views(&[(0, [0; 4]), (100, [9, 0, 0, 0]), (200, [29, 0, 0, 0])], on_machine);
        assert_eq!(rows_of(OTHERS, &others), ["00.100 0.2"]);
        let stolen = views(
            &[(0, [0; 4]), (100, [0, 0, 0, 9]), (200, [0, 0, 0, 29]), (300, [0, 0, 0, 29])],
            on_machine,
        );
        assert_eq!(rows_of(STOLEN, &stolen), ["00.100 0.2", "00.200 0.0"]);
        let queued = views(&[(0, 0), (100, 5), (200, 305), (300, 305)], |view, ms| {
            view.run_queue_ns = Some(ms * MS);
        });
        assert_eq!(rows_of(QUEUED, &queued), ["00.100 3.0", "00.200 0.0", "00.300 0.0"]);
    }
}
