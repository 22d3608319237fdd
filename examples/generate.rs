//! Writes a directory of made-up records of any size, for benches and tests.
//!
//! Takes numbers of rows, lanes, files and names. Writes the files that a recorder would have written in such a run, to
//! the byte. Three kinds of programs run as processes of eight threads on a few machines. A thread works on one piece
//! after another. A piece is a span that contains steps, and steps contain calls. Most of them are short, as in real
//! programs. Some pieces take twenty times as long, sometimes a thread waits, and the last threads of some processes
//! were killed in the middle of a piece. With more files than lanes, lanes are rotated between pieces. Attributes are
//! in files of their own, one a lane. The same arguments give the same bytes, on any machine and any number of threads.
//!
//! Prints what it wrote and, as the last line, the directory. Ten million rows are a gigabyte.
#![expect(clippy::print_stdout, reason = "an example talks to the one who runs it")]

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use clap::Parser;
use rayon::prelude::*;
use recorder::format::{Attribute, Content, FileName, Record, Row, Stamp};

const THREADS: usize = 8; // per process
const PROCESSES_A_HOST: usize = 4;
const BIAS: i32 = 480; // the records' UTC offset, in minutes
const START_NS: i64 = 1_795_185_798_123_456_789; // the first process's start, since the Unix epoch

/// Write a directory of made-up records, to try `waterfall` with many of them
#[derive(Debug, Parser)]
pub(crate) struct Plan {
    /// Number of rows
    #[arg(long, value_name = "N", default_value_t = 1_000_000)]
    pub(crate) rows: usize,

    /// Number of lanes (threads); at least 1
    #[arg(long, value_name = "N", default_value_t = 64)]
    pub(crate) lanes: usize,

    /// Number of files; at least one a lane [default: as many as lanes]
    #[arg(long, value_name = "N")]
    pub(crate) files: Option<usize>,

    /// Number of different tasks; at most one a row [default: about 30]
    #[arg(long, value_name = "N")]
    pub(crate) names: Option<usize>,

    /// Give each span two attributes: one of as many values as rows, and one of ten words
    #[arg(long)]
    pub(crate) attributes: bool,

    /// Directory to write to; must be empty or new
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
            files: files + if self.attributes { self.lanes } else { 0 },
            bytes: written.iter().sum(),
        })
    }

    /// Gives each lane its files with one row each, and divides the other rows by weights of 1 to 3.
    fn lanes(&self, files: usize) -> Vec<Lane> {
        let weights: Vec<usize> = (0..self.lanes).map(|lane| 256 + vary(lane) as usize).collect();
        let total: usize = weights.iter().sum();
        let spread = |weight: usize| ((self.rows - files) as u128 * weight as u128 / total as u128) as usize;

        let (mut weight, mut first_row) = (0, 0);
        (weights.iter().enumerate())
            .map(|(index, own)| {
                let parts = part(files, self.lanes, index);
                let rows = parts + spread(weight + own) - spread(weight);
                let lane =
                    Lane { index, parts, first_row, rows, names: self.names, attributes: self.attributes };
                weight += own;
                first_row += rows;
                lane
            })
            .collect()
    }
}

/// Part `index` of `whole`, divided into `count` parts as evenly as whole numbers allow.
fn part(whole: usize, count: usize, index: usize) -> usize {
    whole * (index + 1) / count - whole * index / count
}

/// A thread and what it writes.
struct Lane {
    index: usize,
    /// The number of its files.
    parts: usize,
    /// The number of rows in all lanes before it.
    first_row: usize,
    rows: usize,
    names: Option<usize>,
    attributes: bool,
}

impl Lane {
    /// Writes the lane's files and returns how many bytes they have.
    fn write(&self, directory: &Path) -> io::Result<usize> {
        let mut work = Work::of(self.process(), self.index);
        let (mut row, mut number) = (Row::default(), self.first_row);
        let mut attributes =
            self.attributes.then(|| Journal::create(directory, &self.attribute_file())).transpose()?;
        let mut bytes = 0;
        for index in 0..self.parts {
            let mut file = Journal::create(directory, &self.file_name(index))?;

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
                    let at = file.append(&row)?;
                    if let Some(attributes) = &mut attributes {
                        let start_ns = (START_NS + span.start_ns).rem_euclid(1_000_000_000) as u32;
                        let of = Attribute {
                            lane: self.thread(),
                            part: index as u32,
                            row: at,
                            start_ns,
                            name: "",
                            value: "",
                        };
                        attributes.append_both(number, of)?;
                    }
                    number += 1;
                }
            }
            bytes += file.finish()?;
        }
        Ok(bytes + attributes.map_or(Ok(0), Journal::finish)?)
    }

    fn thread(&self) -> u32 {
        (self.index % THREADS) as u32
    }

    /// Its own thread's, and so in a lane of its own.
    fn attribute_file(&self) -> FileName {
        let lane = self.thread() + THREADS as u32;
        FileName { lane, content: Content::Attributes, ..self.file_name(0) }
    }

    fn process(&self) -> usize {
        self.index / THREADS
    }

    /// Whether it is killed in the middle of its work: the upper half of the threads of every fifth process.
    fn is_killed(&self) -> bool {
        self.process() % 5 == 1 && self.index % THREADS >= THREADS / 2
    }

    fn file_name(&self, part: usize) -> FileName {
        let (process, thread) = (self.process(), self.thread());
        FileName {
            host: format!("node-{}", 1 + process / PROCESSES_A_HOST),
            pid: 4711 + 12 * (process % PROCESSES_A_HOST) as u32,
            process_start_ns: (START_NS + process_start_ns(process)) as u64,
            lane: thread,
            thread: if thread == 0 { "main".into() } else { format!("worker-{thread}") },
            part: part as u32,
            content: Content::Records,
        }
    }
}

/// A file that is being written, and how many bytes it has.
struct Journal {
    file: BufWriter<File>,
    bytes: usize,
    row: Row,
}

impl Journal {
    fn create(directory: &Path, name: &FileName) -> io::Result<Journal> {
        let file = File::create_new(directory.join(name.to_string()))?;
        let mut file = BufWriter::with_capacity(1 << 18, file);
        let header = name.content.header();
        file.write_all(header.as_bytes())?;
        Ok(Journal { file, bytes: header.len(), row: Row::default() })
    }

    /// Gives the offset of the row.
    fn append(&mut self, row: &Row) -> io::Result<u64> {
        self.file.write_all(&row.to_bytes())?;
        let at = self.bytes as u64;
        self.bytes += row.length();
        Ok(at)
    }

    /// Appends the two attributes of a row, given by its number.
    fn append_both(&mut self, number: usize, of: Attribute<'_>) -> io::Result<()> {
        let item = format!("{:012x}", (number as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 16);
        for (name, value) in [("item", &*item), ("kind", WORDS[number % WORDS.len()])] {
            let mut row = std::mem::take(&mut self.row);
            row.fill_attribute(&Attribute { name, value, ..of });
            self.append(&row)?;
            self.row = row;
        }
        Ok(())
    }

    /// Flushes it.
    fn finish(self) -> io::Result<usize> {
        self.file.into_inner()?;
        Ok(self.bytes)
    }
}

const WORDS: [&str; 10] =
    ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa"];

/// When a process starts, in ns after the first one.
fn process_start_ns(process: usize) -> i64 {
    process as i64 * 70_000_000
}

/// A kind of program: the piece of work that its threads repeat.
struct Program {
    group: &'static str,
    piece: Task,
    steps: &'static [Step],
}

struct Task {
    name: &'static str,
    color: &'static str,
}

/// A step of a piece: its task, its median duration in ns, and its calls, which take equal shares of that.
struct Step(Task, i64, &'static [Task]);

const fn task(name: &'static str) -> Task {
    Task { name, color: "" }
}

const fn colored(name: &'static str, color: &'static str) -> Task {
    Task { name, color }
}

/// A moment in some steps.
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

/// A thread at work, with the spans of its current piece in the order of their starts.
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

    /// Works on the next piece, up to `most` spans.
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

    /// Kills the thread when the last span of the piece starts: spans that are open then never end.
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

/// Numbers that look random and are the same in each run (SplitMix64).
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

    /// A duration around a median, nearly log-normal: the product of factors from 1/2 to 2, each as likely as its
    /// inverse. It needs no logarithms, whose last bits differ between machines.
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

/// A number from 0 to 511 for each lane.
fn vary(lane: usize) -> u64 {
    Random::new(lane + 1_000_000).next() % 512
}
