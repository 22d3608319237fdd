//! The cost of a span with this recorder and with others, and the number of lost spans.
//!
//! All are measured in one run, on one machine, in one way: the CPU time of the recording thread for a span named
//! `save` that encloses nothing, as a ratio to the floor of the recorder's own bench. Each recorder has a process of
//! its own, which is this program again. They do not do the same work: each file here says what is not comparable.
//! Most of them are not made for a thread that only records. With full queues they lose spans at a clean end, which
//! they would not lose otherwise; but the work for these spans is missing in their figures. `--quick` measures
//! roughly, to check that all of them work.

mod bare;
mod chrome;
#[path = "../../benches/pair/clock.rs"]
mod clock;
mod fastrace;
#[path = "../../benches/pair/floor.rs"]
mod floor;
mod hotpath;
mod job;
mod json;
mod peer;
mod puffin;
mod waterfall;

use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fmt, fs};

use job::Job;
use peer::Peer;

const PEERS: [Peer; 12] = [
    bare::FLOOR,
    bare::CLOCK,
    waterfall::PAIR,
    waterfall::SPAN,
    chrome::CHROME,
    json::BUFFERED,
    json::UNBUFFERED,
    fastrace::ROOTS,
    fastrace::LOCAL,
    puffin::OUTERMOST,
    puffin::INNER,
    hotpath::HOTPATH,
];

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => measure_all(20, 3),
        ["--quick"] => measure_all(4, 1),
        ["measure", name, directory, rounds] => measure(peer(name), directory, rounds),
        ["kill", name, directory, said] => {
            (peer(name).record)(&Job::to_be_killed(directory.into(), said.into()));
        }
        _ => panic!("the only argument is --quick"),
    }
}

fn peer(name: &str) -> &'static Peer {
    PEERS.iter().find(|peer| peer.name == name).expect("the parent names one")
}

/// Prints the figures, as the last line of a measured process.
fn measure(peer: &Peer, directory: &str, rounds: &str) {
    let job = Job::to_measure(directory.into(), rounds.parse().expect("it is a number"));
    (peer.record)(&job);
    let figures = job.figures();
    println!("\n{} {} {}", figures.thread_ns, figures.process_ns, figures.spans);
}

fn measure_all(rounds: usize, kills: usize) {
    println!(
        "| | x floor | CPU ns of the thread | CPU ns of the process | bytes | lost at a clean end \
         | lost at SIGKILL |\n|---|---:|---:|---:|---:|---:|---:|"
    );
    let mut floor_ns = None;
    for peer in &PEERS {
        let Cost { thread_ns, process_ns, bytes, loss } =
            in_a_directory(|directory| cost(peer, rounds, directory));
        let ratio = thread_ns / *floor_ns.get_or_insert(thread_ns); // the floor is the first
        let killed = (0..kills).map(|_| in_a_directory(|directory| kill(peer, directory)));
        let killed = killed.fold(Loss::default(), |sum, loss| Loss {
            ended: sum.ended + loss.ended,
            lost: sum.lost + loss.lost,
        });
        println!(
            "| {} | {ratio:.2} | {thread_ns:.0} | {process_ns:.0} | {bytes:.0} | {loss} | {killed} |",
            peer.name
        );
    }
}

/// The spans that had ended when a process ended, and how many of them are in no file.
#[derive(Default)]
struct Loss {
    ended: u64,
    lost: u64,
}

impl Loss {
    fn of(peer: &Peer, ended: u64, directory: &Path) -> Self {
        Self { ended, lost: ended.saturating_sub((peer.count)(directory)) }
    }
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.lost == self.ended {
            true => write!(f, "all of {}", self.ended),
            false => write!(f, "{} of {}", self.lost, self.ended),
        }
    }
}

/// The figures of a process that ends well: for each span, except the loss.
struct Cost {
    thread_ns: f64,
    process_ns: f64,
    bytes: f64,
    loss: Loss,
}

fn cost(peer: &Peer, rounds: usize, directory: &Path) -> Cost {
    let output =
        this(&["measure", peer.name], directory).arg(rounds.to_string()).output().expect("it can be run");
    assert!(output.status.success(), "{}: {}", peer.name, String::from_utf8_lossy(&output.stderr));
    let printed = String::from_utf8(output.stdout).expect("it prints text");
    let last = printed.lines().last().expect("it prints its figures");
    let figures: Vec<f64> = last.split(' ').map(|n| n.parse().expect("it is a number")).collect();
    let [thread_ns, process_ns, spans] = figures[..] else { panic!("it prints three figures") };
    let bytes = length_of_files(directory) as f64 / spans;
    Cost { thread_ns, process_ns, bytes, loss: Loss::of(peer, spans as u64, directory) }
}

fn kill(peer: &Peer, directory: &Path) -> Loss {
    let said = directory.with_file_name("said");
    let output = this(&["kill", peer.name], directory).arg(&said).output().expect("it can be run");
    assert_eq!(output.status.signal(), Some(9), "{}: {output:?}", peer.name);
    let said = fs::read_to_string(said).expect("it says how many had ended");
    Loss::of(peer, said.parse().expect("it is a number"), directory)
}

/// This program again.
fn this(arguments: &[&str], directory: &Path) -> Command {
    let mut command = Command::new(env::current_exe().expect("the system tells a program's path"));
    command.args(arguments).arg(directory).env("HOTPATH_METRICS_SERVER_OFF", "1");
    // No switch that is set here by chance changes the measurement.
    for name in ["", "_DIR", "_TASKS", "_TIMING", "_CPU", "_JOURNAL"] {
        command.env_remove(format!("WATERFALL{name}"));
    }
    command.env_remove("RUST_LOG");
    command
}

/// Makes a directory for records on the file system of the recorder's bench, and removes it afterwards.
fn in_a_directory<R>(run: impl FnOnce(&Path) -> R) -> R {
    let parent = env::var_os("WATERFALL_BENCH_DIR").map_or_else(env::temp_dir, PathBuf::from);
    let directory = tempfile::tempdir_in(parent).expect("a directory can be made");
    let records = directory.path().join("records");
    fs::create_dir(&records).expect("a directory can be made");
    run(&records)
}

fn length_of_files(directory: &Path) -> u64 {
    let files = fs::read_dir(directory).expect("it can be listed");
    files.map(|file| file.and_then(|file| file.metadata()).expect("it is there").len()).sum()
}
