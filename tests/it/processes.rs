//! Programs that tests start. Every test starts its programs here, so that each program
//!
//! - has the default action for each signal, even if `nohup` or a background job of a script started the tests;
//! - ends: after [`BOUND`] its process group is killed, and the test fails and prints what it waited for;
//! - ends with the tests, if a signal ends those.
//!
//! `BOUND` measures no speed: it is many times what the longest test takes on a busy machine.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::dump::root;

/// The longest time that a test waits for anything.
pub(crate) const BOUND: Duration = Duration::from_secs(600);

/// The program under test.
pub(crate) const WATERFALL: &str = env!("CARGO_BIN_EXE_waterfall");

/// A program without input, with captured output.
pub(crate) fn program(path: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(path);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Runs `waterfall` in a directory. Its commands find it as `$WATERFALL_PROGRAM`.
pub(crate) fn waterfall(directory: &Path, arguments: &[&str]) -> Output {
    program(WATERFALL).current_dir(directory).args(arguments).env("WATERFALL_PROGRAM", WATERFALL).run()
}

/// What a program printed.
pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// How tests run the programs of [`program`].
pub(crate) trait Bounded {
    fn start(&mut self) -> Running;

    fn run(&mut self) -> Output;
}

impl Bounded for Command {
    #[track_caller]
    fn start(&mut self) -> Running {
        start(self, BOUND)
    }

    #[track_caller]
    fn run(&mut self) -> Output {
        self.start().finish()
    }
}

#[track_caller]
fn start(command: &mut Command, bound: Duration) -> Running {
    let name = format!("{command:?}");
    let mut child = groups::spawn(command).unwrap_or_else(|error| panic!("cannot start {name}: {error}"));
    Running {
        watch: Watch::begin(&child, bound),
        stdin: child.stdin.take(),
        stdout: child.stdout.take().map(BufReader::new),
        stderr: child.stderr.take().map(|stderr| thread::spawn(move || read_all(stderr))),
        child,
        name,
    }
}

fn read_all(mut pipe: impl Read) -> Vec<u8> {
    let mut bytes = Vec::new();
    pipe.read_to_end(&mut bytes).unwrap();
    bytes
}

/// A program that was started. When it is dropped, it is killed, with everything that it started.
pub(crate) struct Running {
    /// Its input, if that is a pipe.
    pub(crate) stdin: Option<ChildStdin>,
    stdout: Option<BufReader<ChildStdout>>,
    stderr: Option<JoinHandle<Vec<u8>>>,
    child: Child,
    watch: Watch,
    name: String,
}

impl Running {
    /// The next line of its output; empty at the end of the output.
    #[track_caller]
    pub(crate) fn line(&mut self) -> String {
        let mut line = String::new();
        self.stdout.as_mut().expect("its output is captured").read_line(&mut line).unwrap();
        self.watch.check(&format!("a line of {}", self.name));
        line
    }

    /// Closes its input, and waits for its end. The output is what `line` has not read.
    #[track_caller]
    pub(crate) fn finish(mut self) -> Output {
        drop(self.stdin.take());
        let stdout = self.stdout.take().map(read_all).unwrap_or_default();
        let stderr = self.stderr.take().map(|reader| reader.join().unwrap()).unwrap_or_default();
        let status = self.wait();
        self.watch.is_over = true;
        Output { status, stdout, stderr }
    }

    /// Kills it, but nothing that it started.
    #[track_caller]
    pub(crate) fn kill(&mut self) -> ExitStatus {
        self.child.kill().unwrap();
        self.wait()
    }

    #[cfg(unix)]
    pub(crate) fn send(&self, signal: rustix::process::Signal) {
        rustix::process::kill_process(rustix::process::Pid::from_child(&self.child), signal).unwrap();
    }

    #[track_caller]
    fn wait(&mut self) -> ExitStatus {
        let status = self.child.wait().unwrap();
        self.watch.check(&format!("the end of {}", self.name));
        status
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if !self.watch.is_over {
            groups::kill(self.child.id());
            let _ = self.child.kill().and_then(|()| self.child.wait());
        }
        groups::forget(self.child.id());
    }
}

/// Kills a process group when its time is up.
struct Watch {
    bound: Duration,
    has_killed: Arc<AtomicBool>,
    is_over: bool,
    _end: mpsc::Sender<()>,
}

impl Watch {
    fn begin(child: &Child, bound: Duration) -> Watch {
        let (end, ended) = mpsc::channel();
        let has_killed = Arc::new(AtomicBool::new(false));
        let (group, killed) = (child.id(), Arc::clone(&has_killed));
        thread::spawn(move || {
            let is_late = |bound| ended.recv_timeout(bound) == Err(RecvTimeoutError::Timeout);
            if is_late(bound) {
                killed.store(true, Ordering::Relaxed);
                groups::kill(group);
                if is_late(Duration::from_secs(60)) {
                    let _ = writeln!(std::io::stderr(), "process {group} was killed, and a test still waits");
                    std::process::exit(1);
                }
            }
        });
        Watch { bound, has_killed, is_over: false, _end: end }
    }

    #[track_caller]
    fn check(&self, what: &str) {
        assert!(!self.has_killed.load(Ordering::Relaxed), "waited {:?} for {what}", self.bound);
    }
}

/// Does work in this process that must end.
#[track_caller]
pub(crate) fn within<T: Send + 'static>(what: &str, work: impl FnOnce() -> T + Send + 'static) -> T {
    let (sender, receiver) = mpsc::channel();
    let worker = thread::spawn(move || {
        let _ = sender.send(work());
    });
    match receiver.recv_timeout(BOUND) {
        Ok(found) => found,
        Err(RecvTimeoutError::Timeout) => panic!("waited {BOUND:?} for {what}"),
        Err(RecvTimeoutError::Disconnected) => std::panic::resume_unwind(worker.join().unwrap_err()),
    }
}

/// Waits until a condition holds.
#[track_caller]
pub(crate) fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begin = Instant::now();
    while !is_so() {
        assert!(begin.elapsed() < BOUND, "waited {BOUND:?} for {what}");
        thread::yield_now();
    }
}

/// Process groups: each started program leads one.
#[cfg(unix)]
mod groups {
    use std::os::unix::process::CommandExt;
    use std::process::{Child, Command};
    use std::sync::{Arc, Mutex, Once};
    use std::thread;

    use rustix::process::{Pid, Signal, kill_process_group};
    use signal_hook::consts::{
        SIGALRM, SIGCHLD, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGXFSZ,
    };
    use signal_hook::iterator::Signals;
    use signal_hook::{flag, low_level};

    static RUNNING: Mutex<Vec<u32>> = Mutex::new(Vec::new());

    /// Starts a program as the leader of a group, with the default action for each signal.
    pub(super) fn spawn(command: &mut Command) -> std::io::Result<Child> {
        static CAUGHT: Once = Once::new();
        CAUGHT.call_once(catch_signals);
        let mut running = RUNNING.lock().unwrap();
        let child = command.process_group(0).spawn()?;
        running.push(child.id());
        Ok(child)
    }

    pub(super) fn kill(leader: u32) {
        let group = leader.try_into().ok().and_then(Pid::from_raw).expect("this is the id of a process");
        let _ = kill_process_group(group, Signal::KILL); // all may have ended
    }

    pub(super) fn forget(leader: u32) {
        RUNNING.lock().unwrap().retain(|&running| running != leader);
    }

    /// The signals that ask a process to end.
    const ENDING: [i32; 4] = [SIGHUP, SIGINT, SIGQUIT, SIGTERM];
    /// The other signals that a caller may ignore. The standard library handles SIGPIPE.
    const OTHERS: [i32; 5] = [SIGALRM, SIGCHLD, SIGUSR1, SIGUSR2, SIGXFSZ];

    /// A program inherits the signals that its parent ignores, but not those that its parent catches. So this
    /// process catches what it should ignore, and does nothing.
    fn catch_signals() {
        let ignored = ignored();
        let is_ignored = |signal: &i32| ignored & (1 << (signal - 1)) != 0;
        for signal in ENDING.into_iter().chain(OTHERS).filter(is_ignored) {
            flag::register(signal, Arc::default()).unwrap();
        }
        let mut ending = Signals::new(ENDING.into_iter().filter(|signal| !is_ignored(signal))).unwrap();
        thread::spawn(move || {
            for signal in ending.forever() {
                RUNNING.lock().unwrap().iter().for_each(|&leader| kill(leader));
                low_level::emulate_default_handler(signal).unwrap();
            }
        });
    }

    /// The signals that this process ignores, one bit each.
    fn ignored() -> u64 {
        #[cfg(target_os = "linux")]
        return procfs::process::Process::myself().unwrap().status().unwrap().sigign;
        #[cfg(not(target_os = "linux"))]
        return 0; // other systems do not show it
    }
}

#[cfg(not(unix))]
mod groups {
    pub(super) fn spawn(command: &mut std::process::Command) -> std::io::Result<std::process::Child> {
        command.spawn()
    }

    pub(super) fn kill(_leader: u32) {}

    pub(super) fn forget(_leader: u32) {}
}

#[test]
#[should_panic(expected = "waited 1ms for the end of \"sh\"")]
fn a_program_that_hangs_is_killed_with_all_that_it_started() {
    start(program("sh").args(["-c", "sleep 900 & wait"]), Duration::from_millis(1)).finish();
}

#[test]
fn every_test_starts_its_programs_here() {
    for entry in std::fs::read_dir(root().join("tests/it")).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        for unbounded in ["Command::new(", ".spawn()", ".status()", ".output()"] {
            let is_here = path.ends_with("processes.rs");
            assert!(is_here || !text.contains(unbounded), "{}: `{unbounded}`", path.display());
        }
    }
}
