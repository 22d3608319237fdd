//! Five small programs that wait, each for another reason, and each with its own count of the truth.
//!
//! `waiting lock` holds a mutex through a sleep. In `waiting queue`, three producers fill a bounded queue that one
//! consumer empties slowly. `waiting pipe` reads lines that another process writes slowly. `waiting disk` reads blocks
//! that are in no cache. `waiting cpu` computes on three times as many threads as there are CPUs. The first two declare
//! their waits; in the others only the CPU time of the spans shows them.
//!
//! Run one to see what the page says of it: `cargo build --release --example waiting`, then
//! `waterfall run -- target/release/examples/waiting lock`. The last line has what the program measured itself, in ns:
//! the time in declared waits, and the CPU time of the threads in all spans and waits.
#![expect(clippy::print_stdout, reason = "an example talks to the one who runs it")]

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::ops::AddAssign;
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use std::{env, thread};

use anyhow::{Context, Result, bail};
use recorder::Recorder;
use rustix::time::{ClockId, clock_gettime};

/// What a thread measured.
#[derive(Debug, Default, Clone, Copy)]
struct Truth {
    waited: Duration,
    on_cpu: Duration,
}

impl AddAssign for Truth {
    fn add_assign(&mut self, other: Truth) {
        self.waited += other.waited;
        self.on_cpu += other.on_cpu;
    }
}

fn main() -> Result<()> {
    let program = env::args().nth(1).unwrap_or_default();
    let truth = match program.as_str() {
        "lock" => lock(),
        "queue" => queue(),
        "pipe" => pipe()?,
        "disk" => disk()?,
        "cpu" => cpu(),
        "writer" => return write_slowly(),
        _ => bail!("usage: waiting lock|queue|pipe|disk|cpu"),
    };
    println!("wait_ns={} cpu_ns={}", truth.waited.as_nanos(), truth.on_cpu.as_nanos());
    Ok(())
}

/// Four threads store things under one mutex, and who has it sleeps.
fn lock() -> Truth {
    let shelf = Mutex::new(0_u32);
    in_threads("lock", 4, |pp| {
        let mut waited = Duration::ZERO;
        for _ in 0..20 {
            let waiting = pp.wait("lock");
            let begin = Instant::now();
            let mut things = shelf.lock().unwrap_or_else(PoisonError::into_inner);
            waited += begin.elapsed();
            drop(waiting);
            let _storing = pp.span("store");
            thread::sleep(Duration::from_millis(4));
            *things += 1;
        }
        waited
    })
}

/// Three threads make things for one that takes its time.
fn queue() -> Truth {
    let (sender, receiver): (SyncSender<u32>, Receiver<u32>) = mpsc::sync_channel(4);
    let consumer = thread::spawn(move || {
        measured("queue", |pp| {
            let mut waited = Duration::ZERO;
            loop {
                let waiting = pp.wait("pop");
                let begin = Instant::now();
                let thing = receiver.recv();
                waited += begin.elapsed();
                drop(waiting);
                let Ok(_) = thing else { return waited };
                pp.time("consume", || compute(Duration::from_millis(3)));
            }
        })
    });
    let produced = in_threads("queue", 3, |pp| {
        let mut waited = Duration::ZERO;
        for thing in 0..40 {
            pp.time("produce", || compute(Duration::from_micros(100)));
            let waiting = pp.wait("push");
            let begin = Instant::now();
            let is_sent = sender.send(thing).is_ok();
            waited += begin.elapsed();
            drop(waiting);
            if !is_sent {
                return waited;
            }
        }
        waited
    });
    drop(sender);
    let mut truth = consumer.join().unwrap_or_default();
    truth += produced;
    truth
}

/// Reads what a slow child writes.
fn pipe() -> Result<Truth> {
    let mut child = Command::new(env::current_exe()?).arg("writer").stdout(Stdio::piped()).spawn()?;
    let output = child.stdout.take().context("the child's output is piped")?;
    let mut lines = BufReader::new(output).lines();
    let truth = measured("pipe", |pp| {
        while pp.time("read line", || lines.next()).is_some() {
            pp.time("parse", || compute(Duration::from_micros(200)));
        }
        Duration::ZERO
    });
    child.wait()?;
    Ok(truth)
}

/// The slow child of [`pipe`].
fn write_slowly() -> Result<()> {
    for line in 0..50 {
        println!("{line}");
        io::stdout().flush()?;
        thread::sleep(Duration::from_millis(8));
    }
    Ok(())
}

/// Reads blocks of a file that is in no cache of this machine.
fn disk() -> Result<Truth> {
    const BLOCKS: usize = 2000;
    const BLOCK: usize = 4096;
    let mut file = tempfile::tempfile_in(env::current_dir()?)?;
    file.write_all(&vec![7; BLOCKS * BLOCK])?;
    file.sync_all()?;
    forget(&file)?;
    let mut read = Ok(());
    let truth = measured("disk", |pp| {
        let mut block = vec![0; BLOCK];
        for number in 0..BLOCKS {
            // Far from the last one, so that the system reads nothing ahead.
            let at = (number * 769 % BLOCKS * BLOCK) as u64;
            let _reading = pp.span("read block");
            let found = file.seek(SeekFrom::Start(at)).and_then(|_| file.read_exact(&mut block));
            if found.is_err() {
                read = found;
                break;
            }
        }
        Duration::ZERO
    });
    read?;
    Ok(truth)
}

/// Takes a file's blocks out of the cache.
#[cfg(target_os = "linux")]
fn forget(file: &File) -> io::Result<()> {
    Ok(rustix::fs::fadvise(file, 0, None, rustix::fs::Advice::DontNeed)?)
}

/// Here they stay in it.
#[cfg(not(target_os = "linux"))]
fn forget(_: &File) -> io::Result<()> {
    Ok(())
}

/// Computes on more threads than there are CPUs.
fn cpu() -> Truth {
    let cpus = thread::available_parallelism().map_or(1, usize::from);
    in_threads("cpu", 3 * cpus, |pp| {
        for _ in 0..10 {
            pp.time("compute", || compute(Duration::from_millis(20)));
        }
        Duration::ZERO
    })
}

/// Runs `work` in threads of their own. It gives the time that it waited.
fn in_threads(group: &str, count: usize, work: impl Fn(&Recorder) -> Duration + Sync) -> Truth {
    thread::scope(|scope| {
        let start = || scope.spawn(|| measured(group, &work));
        let threads: Vec<_> = (0..count).map(|_| start()).collect();
        let mut truth = Truth::default();
        threads.into_iter().for_each(|thread| truth += thread.join().unwrap_or_default());
        truth
    })
}

/// Runs `work`, which gives the time that it waited, and measures its CPU time.
fn measured(group: &str, work: impl FnOnce(&Recorder) -> Duration) -> Truth {
    let pp = Recorder::new(group, "records", 0);
    let begin = thread_time();
    let waited = work(&pp);
    Truth { waited, on_cpu: thread_time().saturating_sub(begin) }
}

/// Keeps a CPU busy for so long, however many others want it.
fn compute(time: Duration) {
    let end = thread_time() + time;
    let mut number = 1_u64;
    while thread_time() < end {
        for _ in 0..1000 {
            number = std::hint::black_box(number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1));
        }
    }
}

/// The CPU time of this thread.
fn thread_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec as u32)
}
