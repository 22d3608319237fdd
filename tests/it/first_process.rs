//! `waterfall` as the first process of a pid namespace, as in a container: pid 1.
//!
//! Needs root, or a system where users may make namespaces, and `unshare` and `setsid` of util-linux. Where neither is
//! allowed, each test says that it is skipped.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use crate::dump::{problems, read};
use crate::processes::{Bounded, WATERFALL, program};

/// The signals that go to the command.
const SIGNALS: [(&str, i32); 6] =
    [("HUP", 1), ("INT", 2), ("QUIT", 3), ("USR1", 10), ("USR2", 12), ("TERM", 15)];

/// A record of one span, written by a shell.
const RECORD: &str = r#"printf 'group,task,start,end,color\ng,t,2026-11-20T22:43:18Z,2026-11-20T22:43:19Z,\n' \
    > "$WATERFALL_DIR/a.csv""#;

/// The start of a command whose rest is the first process of a namespace. `None` if there can be none here.
fn namespace() -> Option<&'static [&'static str]> {
    const ROOT: [&str; 4] = ["unshare", "--pid", "--fork", "--mount-proc"];
    const USER: [&str; 6] = ["unshare", "--user", "--map-root-user", "--pid", "--fork", "--mount-proc"];
    static FOUND: OnceLock<Option<&[&str]>> = OnceLock::new();
    let found = *FOUND.get_or_init(|| {
        let works = |start: &&&[&str]| command(start, &["true"]).run().status.success();
        [&ROOT[..], &USER[..]].iter().find(works).copied()
    });
    if found.is_none() {
        let told = b"skipped: no pid namespace can be made here; run this test as root\n";
        std::io::stderr().write_all(told).unwrap(); // tests print nothing by macros that libtest hides
    }
    found
}

fn command(start: &[&str], rest: &[&str]) -> Command {
    let mut command = program(start[0]);
    command.args(&start[1..]).args(rest).env("WATERFALL_PROGRAM", WATERFALL);
    for name in ["", "_DIR", "_BIAS", "_TASKS", "_TIMING", "_CPU"] {
        command.env_remove(format!("WATERFALL{name}"));
    }
    command
}

/// `waterfall task` or `waterfall run` of a shell script.
fn words<'a>(what: &'a str, script: &'a str) -> Vec<&'a str> {
    let options = match what {
        "task" => ["task", "--group", "g", "--task", "t"],
        _ => ["run", "--name", "n", "--repeat", "3"],
    };
    [WATERFALL].into_iter().chain(options).chain(["--", "sh", "-c", script]).collect()
}

/// What the records of a task, or the description of the first run, say.
fn said(what: &str, directory: &Path) -> String {
    match what {
        "task" => {
            let files = fs::read_dir(directory.join("records")).unwrap();
            files.map(|file| fs::read_to_string(file.unwrap().path()).unwrap()).collect()
        }
        _ => fs::read_to_string(directory.join(".waterfall/runs/n/1/run.json")).unwrap(),
    }
}

#[track_caller]
fn check_code(output: &Output, code: i32, what: &str) {
    assert_eq!(output.status.code(), Some(code), "{what}: {}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn every_signal_goes_to_the_command_and_the_exit_code_is_that_of_a_shell() {
    let Some(start) = namespace() else { return };
    for what in ["task", "run"] {
        for (name, signal) in SIGNALS {
            let directory = tempfile::tempdir().unwrap();
            let script = format!("[ $PPID = 1 ] || exit; {RECORD}; kill -{name} 1; exec sleep 900");
            let script = if what == "task" { script.replace(RECORD, "true") } else { script };
            let output = command(start, &words(what, &script)).current_dir(directory.path()).run();
            check_code(&output, 128 + signal, &format!("{what}, {name}"));
            let said = said(what, directory.path());
            let ended = if what == "task" { !said.contains("  ") } else { said.contains("\"signalled\"") };
            assert!(ended, "{what}, {name}: {said}");
            assert!(!directory.path().join(".waterfall/runs/n/2").exists(), "no repeat follows");
        }
    }
}

#[test]
fn a_command_that_handles_a_signal_decides_how_it_ends() {
    let Some(start) = namespace() else { return };
    for what in ["task", "run"] {
        for (name, _) in SIGNALS {
            let directory = tempfile::tempdir().unwrap();
            let script = format!("trap 'exit 7' {name}; kill -{name} 1; while :; do sleep 0.05; done");
            let output = command(start, &words(what, &script)).current_dir(directory.path()).run();
            check_code(&output, 7, &format!("{what}, {name}"));
        }
    }
}

/// Runs a command on a terminal of its own, of which it makes a session, and types Ctrl-C when it has printed `ready`.
/// Exits as it does.
const TYPE_CTRL_C: &str = r#"
import os, subprocess, sys
ours, theirs = os.openpty()
command = subprocess.Popen(sys.argv[1:], stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True)
os.close(theirs)
shown = b""
while True:
    try:
        chunk = os.read(ours, 1024)
    except OSError:
        chunk = b""
    if not chunk:
        break
    if b"ready" in shown + chunk and b"ready" not in shown:
        os.write(ours, b"\x03")
    shown += chunk
print(shown.decode())
code = command.wait()
sys.exit(code if code >= 0 else f"killed by signal {-code}")
"#;

#[test]
fn a_typed_ctrl_c_ends_it_with_130() {
    let Some(start) = namespace() else { return };
    for what in ["task", "run"] {
        let directory = tempfile::tempdir().unwrap();
        let typing: Vec<&str> = ["python3", "-c", TYPE_CTRL_C].iter().chain(start).copied().collect();
        let script = "echo ready; exec sleep 900";
        let rest: Vec<&str> = ["setsid", "--ctty"].into_iter().chain(words(what, script)).collect();
        let output = command(&typing, &rest).current_dir(directory.path()).run();
        check_code(&output, 130, &format!("{what}: {}", String::from_utf8_lossy(&output.stdout)));
    }
}

#[test]
fn a_signal_between_two_runs_ends_it_with_the_code_of_a_shell() {
    let Some(start) = namespace() else { return };
    // After a run, `waterfall` waits in the middle of a line for a pipe that nobody reads and the command has filled.
    const SCRIPT: &str = r#"
        mkfifo pipe && exec 3<>pipe && "$@" >pipe
        echo "code $?""#;
    for (name, signal) in SIGNALS {
        let directory = tempfile::tempdir().unwrap();
        let script = format!(
            "{RECORD}; dd if=/dev/zero of=pipe oflag=nonblock bs=4096 2>/dev/null
            (while kill -0 $$; do sleep 0.05; done; while kill -{name} 1; do sleep 0.05; done) 2>/dev/null &"
        );
        let run = words("run", &script);
        let mut all = command(&["sh", "-c", SCRIPT, "sh"], start);
        let output = all.args(run).current_dir(directory.path()).run();
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(printed, format!("code {}\n", 128 + signal), "{name}");
        assert!(!said("run", directory.path()).contains("\"signalled\""), "{name}: it was not the command");
    }
}

/// Two containers of one host name at the same time, with one records directory.
fn check_two_containers(start: &[&str], first_process: &[&str]) {
    let directory = tempfile::tempdir().unwrap();
    let running = [(); 2].map(|()| {
        let mut container = command(start, first_process);
        let mut running = container.current_dir(directory.path()).stdin(Stdio::piped()).start();
        assert_eq!(running.line(), "ready\n");
        running
    });
    for running in running {
        check_code(&running.finish(), 0, &format!("{start:?}, {first_process:?}"));
    }
    let (trace, found) = read(&directory.path().join("records"));
    assert_eq!(problems(&found), [""; 0]);
    let processes: Vec<_> = trace.processes().iter().map(|process| process.identity.pid).collect();
    assert_eq!(processes, [Some(1), Some(1)], "{start:?}, {first_process:?}");
}

#[test]
fn two_containers_with_one_host_name_are_two_processes() {
    let Some(start) = namespace() else { return };
    // The last option is `--mount-proc`. Without it, `/proc` has the ids of the namespace outside.
    for start in [start, &start[..start.len() - 1]] {
        let wait = "echo ready; exec cat";
        check_two_containers(start, &words("task", wait));
        let task = format!("{WATERFALL} task --group g --task t -- true");
        check_two_containers(start, &["sh", "-c", &format!("{task}; {task}; ({task}); {wait}")]);
    }
}
