//! Writes a directory of made-up records, as large as one likes: what benches and tests read.
//!
//! Takes how many rows, lanes, files and names; gives the files that a recorder would have left of such
//! a run, to the byte. Programs of three kinds run as processes of eight threads on a few machines. A thread
//! works on one piece after another, which is a span with steps in it and calls in those. Lengths are
//! spread as they are in life, most of them short; some pieces take twenty times as long, now and then
//! a thread waits, and the last threads of some processes were killed in the middle of a piece. With more files
//! than lanes the lanes are rotated between pieces. The same arguments give the same bytes, on
//! any machine and any number of threads.
//!
//! Prints what it wrote and, as the last line, the directory. Ten million rows are a gigabyte.
#![expect(clippy::print_stdout, reason = "an example talks to the one who runs it")]

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use clap::Parser;
use rayon::prelude::*;
use recorder::format::{Content, FileName, Record, Row, Stamp};

const THREADS: usize = 8; // of each process
const PROCESSES_A_HOST: usize = 4;
const BIAS: i32 = 480; // the records' offset from UTC, in minutes
const START_NS: i64 = 1_795_185_798_123_456_789; // when the first process recorded, since the Unix epoch

/// Write a directory of made-up records, to see what `waterfall` does with many
#[derive(Debug, Parser)]
pub(crate) struct Plan {
    /// How many rows in all
    #[arg(long, value_name = "N", default_value_t = 1_000_000)]
    pub(crate) rows: usize,

    /// How many threads wrote them; at least 1
    #[arg(long, value_name = "N", default_value_t = 64)]
    pub(crate) lanes: usize,

    /// In how many files; at least one a lane [default: as many as lanes]
    #[arg(long, value_name = "N")]
    pub(crate) files: Option<usize>,

    /// How many different tasks; at most one a row [default: about 30, as programs have]
    #[arg(long, value_name = "N")]
    pub(crate) names: Option<usize>,

    /// Where to; made if it is not there, and refused if it is not empty
    #[arg(value_name = "DIR", default_value = "target/generate")]
    pub(crate) directory: PathBuf,
}

/// What was written.
#[derive(Debug, Default)]
pub(crate) struct Written {
    pub(crate) rows: usize,
    pub(crate) lanes: usize,
    pub(crate) processes: usize,
    pub(crate) files: usize,
    pub(crate) bytes: usize,
}

fn main() -> Result<()> {
    let plan = Plan::parse();
    let Written { rows, lanes, processes, files, bytes } = plan.write()?;
    println!("{rows} rows in {lanes} lanes of {processes} processes, {files} files, {} kB", bytes / 1000);
    println!("{}", plan.directory.display());
    Ok(())
}

impl Plan {
    /// Writes all files, in parallel over lanes.
    pub(crate) fn write(&self) -> Result<Written> {
        let files = self.files.unwrap_or(self.lanes);
        ensure!(self.lanes > 0, "no lane: there is nothing to write");
        ensure!(files >= self.lanes, "{files} files are too few for {} lanes", self.lanes);
        ensure!(self.rows >= files, "{} rows are too few for {files} files", self.rows);
        ensure!(self.names.is_none_or(|names| (1..=self.rows).contains(&names)), "a row has one name");
        fs::create_dir_all(&self.directory).context("cannot make the directory")?;
        let is_empty = fs::read_dir(&self.directory)?.next().is_none();
        ensure!(is_empty, "{} is not empty; remove it or name another", self.directory.display());

        let lanes = self.lanes(files);
        let written: Vec<usize> =
            lanes.par_iter().map(|lane| lane.write(&self.directory)).collect::<io::Result<_>>()?;
        Ok(Written {
            rows: self.rows,
            lanes: self.lanes,
            processes: self.lanes.div_ceil(THREADS),
            files,
            bytes: written.iter().sum(),
        })
    }

    /// Gives each lane its files, and the rows that remain after one for each file by weights of 1 to 3.
    fn lanes(&self, files: usize) -> Vec<Lane> {
        let weights: Vec<usize> = (0..self.lanes).map(|lane| 256 + vary(lane) as usize).collect();
        let total: usize = weights.iter().sum();
        let spread = |weight: usize| ((self.rows - files) as u128 * weight as u128 / total as u128) as usize;

        let (mut weight, mut first_row) = (0, 0);
        (weights.iter().enumerate())
            .map(|(index, own)| {
                let parts = part(files, self.lanes, index);
                let rows = parts + spread(weight + own) - spread(weight);
                let lane = Lane { index, parts, first_row, rows, names: self.names };
                weight += own;
                first_row += rows;
                lane
            })
            .collect()
    }
}

/// How much of `whole` is the part of one of `count` that share it as evenly as whole numbers allow.
fn part(whole: usize, count: usize, index: usize) -> usize {
    whole * (index + 1) / count - whole * index / count
}

/// A thread, and what it is to write.
struct Lane {
    index: usize,
    /// How many files.
    parts: usize,
    /// How many rows all lanes before it have.
    first_row: usize,
    rows: usize,
    names: Option<usize>,
}

impl Lane {
    /// Writes the lane's files, gives their bytes.
    fn write(&self, directory: &Path) -> io::Result<usize> {
        let mut work = Work::of(self.process(), self.index);
        let (mut row, mut number) = (Row::default(), self.first_row);
        let mut bytes = 0;
        for index in 0..self.parts {
            let file = File::create_new(directory.join(self.file_name(index).to_string()))?;
            let mut file = BufWriter::with_capacity(1 << 18, file);
            let header = Content::Records.header();
            file.write_all(header.as_bytes())?;
            bytes += header.len();

            let mut rows_left = part(self.rows, self.parts, index);
            while rows_left > 0 {
                work.take_up_piece(rows_left);
                rows_left -= work.spans.len();
                if rows_left == 0 && index + 1 == self.parts && self.is_killed() {
                    work.kill();
                }
                for span in &work.spans {
                    let text;
                    let (task, color) = match self.names {
                        None => (span.task.name, span.task.color),
                        Some(names) => {
                            text = format!("load item {}", number % names);
                            (&*text, "")
                        }
                    };
                    let stamp = |ns| Stamp::new(START_NS + ns, BIAS);
                    let (start, end) = (stamp(span.start_ns), span.end_ns.map(stamp));
                    row.fill(&Record { group: work.program.group, task, start, end, color });
                    file.write_all(&row.to_bytes())?;
                    bytes += row.length();
                    number += 1;
                }
            }
            file.into_inner()?; // flushes it
        }
        Ok(bytes)
    }

    fn process(&self) -> usize {
        self.index / THREADS
    }

    /// Whether it ends in the middle of its work: the upper half of every fifth process's threads.
    fn is_killed(&self) -> bool {
        self.process() % 5 == 1 && self.index % THREADS >= THREADS / 2
    }

    fn file_name(&self, part: usize) -> FileName {
        let (process, thread) = (self.process(), self.index % THREADS);
        FileName {
            host: format!("node-{}", 1 + process / PROCESSES_A_HOST),
            pid: 4711 + 12 * (process % PROCESSES_A_HOST) as u32,
            process_start_ns: (START_NS + process_start_ns(process)) as u64,
            lane: thread as u32,
            thread: if thread == 0 { "main".into() } else { format!("worker-{thread}") },
            part: part as u32,
            content: Content::Records,
        }
    }
}

/// Processes start one after another, in ns after the first.
fn process_start_ns(process: usize) -> i64 {
    process as i64 * 70_000_000
}

/// A kind of program: what its threads do again and again.
struct Program {
    group: &'static str,
    piece: Task,
    steps: &'static [Step],
}

struct Task {
    name: &'static str,
    color: &'static str,
}

/// A step of a piece: its task, the median of its length in ns, and what it calls in equal shares of that.
struct Step(Task, i64, &'static [Task]);

const fn task(name: &'static str) -> Task {
    Task { name, color: "" }
}

const fn colored(name: &'static str, color: &'static str) -> Task {
    Task { name, color }
}

/// Marks a moment in some steps.
const INSTANT: Task = task("cache miss");

const PROGRAMS: [Program; 3] = [
    Program {
        group: "ingest",
        piece: task("batch"),
        steps: &[
            Step(task("fetch"), 900_000, &[task("resolve"), task("request"), task("receive")]),
            Step(task("decompress"), 250_000, &[]),
            Step(task("parse, \"strict\""), 400_000, &[]),
            Step(task("deduplicate"), 120_000, &[task("hash"), task("look up")]),
            Step(colored("commit", "#ca562c"), 600_000, &[task("write"), task("sync")]),
        ],
    },
    Program {
        group: "render",
        piece: task("frame"),
        steps: &[
            Step(task("cull"), 80_000, &[]),
            Step(task("upload"), 150_000, &[task("textures"), task("meshes")]),
            Step(task("shade"), 1_100_000, &[task("geometry"), task("lights"), task("shadows")]),
            Step(task("compose"), 300_000, &[]),
            Step(task("encode"), 500_000, &[]),
        ],
    },
    Program {
        group: "train",
        piece: task("step"),
        steps: &[
            Step(task("load"), 350_000, &[task("read"), task("augment")]),
            Step(task("forward"), 700_000, &[task("attention"), task("feed forward"), task("loss")]),
            Step(task("backward"), 1_300_000, &[]),
            Step(task("reduce gradients"), 400_000, &[]),
            Step(colored("save checkpoint", "#4c9f70"), 50_000, &[]),
        ],
    },
];

/// A span of a piece, in ns after [`START_NS`].
struct Span {
    task: &'static Task,
    start_ns: i64,
    end_ns: Option<i64>,
}

/// A thread at work: the spans of the piece that it had last, in the order of their starts.
struct Work {
    program: &'static Program,
    spans: Vec<Span>,
    random: Random,
    now_ns: i64,
}

impl Work {
    fn of(process: usize, lane: usize) -> Work {
        let mut random = Random::new(lane);
        let now_ns = process_start_ns(process) + random.length_ns(20_000_000);
        Work { program: &PROGRAMS[process % PROGRAMS.len()], spans: Vec::new(), random, now_ns }
    }

    /// Goes on to the next piece and through it, unless it has more than `most` spans.
    fn take_up_piece(&mut self, most: usize) {
        self.spans.clear();
        let is_long_wait = self.random.is_one_in(50);
        self.now_ns += self.random.length_ns(if is_long_wait { 6_000_000 } else { 150_000 });
        let slowness = if self.random.is_one_in(400) { 20 } else { 1 };

        let piece = self.start(&self.program.piece);
        for Step(task, median_ns, calls) in self.program.steps {
            if self.spans.len() == most {
                break;
            }
            let step = self.start(task);
            if self.spans.len() < most && self.random.is_one_in(30) {
                let instant = self.start(&INSTANT);
                self.spans[instant].end_ns = Some(self.spans[instant].start_ns);
            }
            let share_ns = slowness * median_ns / (calls.len() as i64 + 1);
            for call in calls.iter().take(most - self.spans.len()) {
                let call = self.start(call);
                self.pass(share_ns);
                self.end(call);
            }
            self.pass(share_ns);
            self.end(step);
        }
        self.end(piece);
    }

    /// Stops in the middle: what had not ended when the last span started never will.
    fn kill(&mut self) {
        let killed_ns = self.spans.last().map(|span| span.start_ns);
        for span in self.spans.iter_mut().filter(|span| span.end_ns > killed_ns) {
            span.end_ns = None;
        }
    }

    fn start(&mut self, task: &'static Task) -> usize {
        self.pass(800);
        self.spans.push(Span { task, start_ns: self.now_ns, end_ns: None });
        self.spans.len() - 1
    }

    fn end(&mut self, span: usize) {
        self.pass(400);
        self.spans[span].end_ns = Some(self.now_ns);
    }

    fn pass(&mut self, median_ns: i64) {
        self.now_ns += self.random.length_ns(median_ns);
    }
}

/// Numbers that look like chance, and are the same in each run (SplitMix64).
struct Random(u64);

impl Random {
    fn new(seed: usize) -> Random {
        Random(seed as u64)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn is_one_in(&mut self, count: u64) -> bool {
        self.next().is_multiple_of(count)
    }

    /// A length of time about a median, as good as log-normal: the product of factors from 1/2 to 2, each as
    /// likely as its inverse. Without logarithms, whose last bits differ between machines.
    fn length_ns(&mut self, median_ns: i64) -> i64 {
        let random = self.next();
        let factors = [0, 16, 32, 48].map(|at| {
            let bits = (random >> at) as u16;
            let factor = 1.0 + f64::from(bits >> 1) / f64::from(1_u16 << 15);
            if bits & 1 == 0 { factor } else { 1.0 / factor }
        });
        (median_ns as f64 * factors.iter().product::<f64>()) as i64
    }
}

/// Something from 0 to 511, by the number of a lane.
fn vary(lane: usize) -> u64 {
    Random::new(lane + 1_000_000).next() % 512
}
