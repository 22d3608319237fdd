//! `waterfall task`: a command runs as if it ran alone, and is one span in the records.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use rustix::process::Signal;
use waterfall::model::Trace;

use crate::dump::{problems, read, root};
use crate::processes::{Bounded, Running, WATERFALL, program};

/// A records directory, which does not exist before the first record.
pub(crate) struct Records(tempfile::TempDir);

impl Records {
    pub(crate) fn new() -> Records {
        Records(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.0.path().join("records")
    }

    /// `waterfall task` with the group `build`; the caller adds the command.
    pub(crate) fn task(&self, name: &str) -> Command {
        let mut command = unswitched(WATERFALL);
        command.args(["task", "--group", "build", "--task", name, "--directory"]).arg(self.path()).arg("--");
        command
    }

    /// A shell script in which `W NAME COMMAND` is such a task.
    fn script(&self, shell: &str, script: &str) -> Command {
        let mut command = unswitched(shell);
        let function = format!(
            "W() {{ name=$1; shift; {WATERFALL} task --directory '{}' --group build --task \"$name\" -- \"$@\"; }}",
            self.path().display()
        );
        command.args(["-c", &format!("{function}\n{script}")]);
        command
    }

    /// The records, which must have no problem.
    pub(crate) fn trace(&self) -> Trace {
        trace(&self.path())
    }

    /// Each lane: its name, and its number of finished and unfinished spans.
    pub(crate) fn lanes(&self) -> Vec<(String, usize, usize)> {
        let count = |lane: &waterfall::model::Lane| {
            let ended = lane.spans.iter().filter(|span| span.end.is_some()).count();
            (lane.identity.thread.clone(), ended, lane.spans.len() - ended)
        };
        self.trace().lanes().iter().map(count).collect()
    }
}

/// A program without any of our variables.
pub(crate) fn unswitched(path: &str) -> Command {
    let mut command = program(path);
    for name in ["", "_DIR", "_BIAS", "_TASKS", "_TIMING", "_CPU"] {
        command.env_remove(format!("WATERFALL{name}"));
    }
    command
}

fn trace(directory: &Path) -> Trace {
    let (trace, found) = read(directory);
    assert_eq!(problems(&found), [""; 0]);
    trace
}

pub(crate) fn lane(name: &str, ended: usize, unfinished: usize) -> (String, usize, usize) {
    (name.to_owned(), ended, unfinished)
}

#[track_caller]
pub(crate) fn check(output: &Output, code: i32, stdout: &str, stderr: &str) {
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    assert_eq!(
        (output.status.code(), text(&output.stdout), text(&output.stderr)),
        (Some(code), stdout.to_owned(), stderr.to_owned())
    );
}

/// A task that has printed that it is ready. With [`WAIT`] it runs as long as its input is open.
pub(crate) fn started(mut command: Command) -> Running {
    let mut running = command.stdin(Stdio::piped()).start();
    assert_eq!(running.line(), "ready\n");
    running
}

/// Prints that it is ready, and waits for the end of its input.
pub(crate) const WAIT: [&str; 3] = ["sh", "-c", "echo ready; exec cat"];

#[test]
fn the_exit_code_is_the_commands() {
    let records = Records::new();
    let no_program = records.0.path().join("no program");
    fs::write(&no_program, "x").unwrap();
    let shell = |script| ["sh", "-c", script].map(str::to_owned).to_vec();
    let cases = [
        (shell("exit 0"), 0, ""),
        (shell("exit 3"), 3, ""),
        (shell("kill -9 $$"), 137, ""),
        (vec!["no-such-program".into()], 127, "No such file or directory"),
        (vec![no_program.display().to_string()], 126, "Permission denied"),
    ];
    for (command, code, told) in &cases {
        let output = records.task("step").args(command).run();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(*code), "{command:?}: {stderr}");
        let expected = format!("waterfall: cannot run {}: {told}", command[0]);
        assert!(if told.is_empty() { stderr.is_empty() } else { stderr.starts_with(&expected) }, "{stderr}");
    }
    assert_eq!(records.lanes(), [lane("step", cases.len(), 0)]);
}

#[test]
fn an_option_given_again_replaces_the_first_as_in_a_makefile() {
    let records = Records::new();
    let mut command = records.task("first");
    let output = command.args(["true"]).run();
    check(&output, 0, "", "");
    let again = ["task", "--group", "g", "--task", "t", "--group", "h", "--task", "u", "--color", "#000000"];
    let mut command = unswitched(WATERFALL);
    command
        .args(again)
        .args(["--color", "#ffffff", "--directory", "elsewhere", "--directory"])
        .arg(records.path());
    check(&command.args(["--", "true"]).run(), 0, "", "");
    let dump = crate::dump::dump(&records.trace());
    assert!(dump.contains("  h | u | ") && dump.contains(" #ffffff\n"), "{dump}");
    assert!(!Path::new("elsewhere").exists());
}

#[test]
fn input_and_output_are_untouched() {
    let records = Records::new();
    let bytes: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    let input = records.0.path().join("input");
    fs::write(&input, &bytes).unwrap();
    let mut task = records.task("step");
    task.args(["sh", "-c", "cat; printf 'a\\0\\377' >&2"]).stdin(fs::File::open(input).unwrap());
    let output = task.run();
    assert!(output.stdout == bytes && output.stderr == b"a\0\xff");
}

#[test]
fn the_command_gets_the_environment_and_no_file_of_ours() {
    let records = Records::new();
    let output = |command: &mut Command| {
        let output = command.env("WATERFALL_DIR", "some where").run();
        String::from_utf8(output.stdout).unwrap()
    };
    let alone = |program: &str, argument: &str| output(unswitched(program).arg(argument));
    let as_task = |arguments: &[&str]| output(records.task("step").args(arguments));
    assert_eq!(as_task(&["printenv", "WATERFALL_DIR"]), alone("printenv", "WATERFALL_DIR"));
    if cfg!(target_os = "linux") {
        assert_eq!(as_task(&["ls", "/proc/self/fd"]), alone("ls", "/proc/self/fd"));
        let signals = ["grep", "^Sig[BI]", "/proc/self/status"];
        assert_eq!(as_task(&signals), output(unswitched(signals[0]).args(&signals[1..])));
    }
}

#[test]
fn nothing_is_printed_into_a_record_by_a_task_that_begins_without_stdin_stdout_and_stderr() {
    let records = Records::new();
    let script = "exec <&- >&- 2>&-; W loud sh -c 'echo out; echo error >&2'; W none no-such-program";
    assert_eq!(records.script("sh", script).env("WATERFALL_TIMING", "1").run().status.code(), Some(127));
    assert_eq!(records.lanes(), [lane("loud", 1, 0), lane("none", 1, 0)]);
}

#[test]
fn a_signal_goes_to_the_command_and_the_span_gets_its_end() {
    let records = Records::new();
    let signals = [
        ("TERM", Signal::TERM),
        ("HUP", Signal::HUP),
        ("INT", Signal::INT),
        ("QUIT", Signal::QUIT),
        ("USR1", Signal::USR1),
        ("USR2", Signal::USR2),
    ];
    for (name, signal) in signals {
        let mut command = records.task(name);
        // KILL, because a shell that was just forked to become `sleep` may still have the trap, and count TERM as
        // caught.
        let script =
            format!("trap 'kill -KILL $!; echo caught; exit 9' {name}; sleep 900 & echo ready; wait");
        command.args(["sh", "-c", &script]);
        let mut running = started(command);
        running.send(signal);
        assert_eq!(
            (running.line().as_str(), running.finish().status.code()),
            ("caught\n", Some(9)),
            "{name}"
        );
    }
    let expected: Vec<_> = signals.iter().map(|(name, _)| lane(name, 1, 0)).collect();
    assert_eq!(records.lanes(), expected);
}

#[test]
fn a_command_that_dies_of_a_signal_is_told_as_a_shell_does() {
    let records = Records::new();
    let mut task = records.task("step");
    task.args(WAIT);
    let mut running = started(task);
    let input = running.stdin.take(); // or the command might end because of that
    running.send(Signal::TERM);
    assert_eq!(running.finish().status.code(), Some(128 + 15));
    drop(input);
    assert_eq!(records.lanes(), [lane("step", 1, 0)]);
}

#[cfg(target_os = "linux")]
#[test]
fn what_the_caller_ignores_stays_ignored_and_hides_no_exit_code() {
    let records = Records::new();
    // As `nohup` does for HUP. An ignored CHLD makes the system forget how a child ended.
    let script = "trap '' HUP CHLD; W step sh -c 'kill -HUP $PPID $$; exit 5'";
    check(&records.script("sh", script).run(), 5, "", "");
    assert_eq!(records.lanes(), [lane("step", 1, 0)]);
}

/// Runs a command in a terminal, and types Ctrl-C when the command has printed `ready`. Prints what the terminal
/// shows, and the exit code.
const TYPE_CTRL_C: &str = r#"
import os, pty, signal, sys
pid, terminal = pty.fork()
if pid == 0:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    os.execvp(sys.argv[1], sys.argv[1:])
shown = b""
while True:
    try:
        chunk = os.read(terminal, 1024)
    except OSError:
        chunk = b""
    if not chunk:
        break
    if b"ready" in shown + chunk and b"ready" not in shown:
        os.write(terminal, b"\x03")
    shown += chunk
print(shown.replace(b"\r\n", b" ").decode(), os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
"#;

#[track_caller]
fn check_ctrl_c(script: &str, expected: &str) {
    let records = Records::new();
    let script = records.script("bash", script);
    let mut terminal = unswitched("python3");
    terminal.args(["-c", TYPE_CTRL_C]).arg(script.get_program()).args(script.get_args());
    let output = terminal.run();
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), expected, "{output:?}");
    assert_eq!(records.lanes(), [lane("step", 1, 0)]);
}

#[cfg(target_os = "linux")]
#[test]
fn ctrl_c_reaches_the_command_once() {
    // A key that is typed while the command starts may reach it twice, rather than not at all. So this test waits
    // for our second thread, which passes on signals from then on.
    let settled = "until [ $(ls /proc/$PPID/task | wc -l) = 2 ]; do :; done";
    let trap = r#"trap "echo caught; kill \$!" INT; sleep 900 &"#;
    let script = format!("W step sh -c '{settled}; {trap} echo ready; wait; wait; exit 6'; echo code $?");
    check_ctrl_c(&script, "ready ^Ccaught code 6  0");
}

#[test]
fn ctrl_c_ends_the_script_as_it_does_without_us() {
    check_ctrl_c("W step sh -c 'echo ready; exec sleep 900'; echo went on", "ready ^C -2");
}

#[test]
fn a_killed_task_is_unfinished_and_its_lane_is_left_to_it() {
    let records = Records::new();
    let mut task = records.task("step");
    task.args(WAIT);
    let mut running = started(task);
    running.kill();
    assert_eq!(running.finish().status.code(), None);
    assert_eq!(records.lanes(), [lane("step", 0, 1)]);

    for _ in 0..2 {
        records.task("step").arg("true").run();
    }
    assert_eq!(records.lanes(), [lane("step", 0, 1), lane("step", 2, 0)]);
}

#[test]
fn the_span_is_in_the_records_while_the_command_runs() {
    let records = Records::new();
    let mut task = records.task("step");
    task.args(WAIT);
    let running = started(task);
    assert_eq!(records.lanes(), [lane("step", 0, 1)]);
    assert_eq!(running.finish().status.code(), Some(0));
    assert_eq!(records.lanes(), [lane("step", 1, 0)]);
}

#[test]
fn runs_one_after_another_share_a_lane_and_runs_beside_each_other_do_not() {
    let records = Records::new();
    let run = || records.task("step").arg("true").run();
    run();
    let mut task = records.task("step");
    task.args(WAIT);
    let beside = started(task);
    run();
    run();
    beside.finish();
    run();
    assert_eq!(records.lanes(), [lane("step", 3, 0), lane("step", 2, 0)]);
    check_no_lane_runs_two_at_once(&records.trace());
}

#[track_caller]
pub(crate) fn check_no_lane_runs_two_at_once(trace: &Trace) {
    for lane in trace.lanes() {
        let spans: Vec<_> = lane.spans.iter().collect();
        for pair in spans.windows(2) {
            assert!(pair[0].end.is_some_and(|end| end <= pair[1].start), "{:?}", lane.identity);
        }
    }
}

#[test]
fn many_starts_of_one_task_at_the_same_time_lose_nothing() {
    let records = Records::new();
    let script = "for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do W step true & done; wait";
    check(&records.script("sh", script).run(), 0, "", "");
    let trace = records.trace();
    assert_eq!((trace.span_count(), trace.processes().len()), (16, 1));
    assert!(records.lanes().iter().all(|(_, _, unfinished)| *unfinished == 0));
    check_no_lane_runs_two_at_once(&trace);
}

#[test]
fn the_steps_of_one_script_are_the_lanes_of_one_process() {
    let records = Records::new();
    // Only some systems show what is a subshell.
    let subshells =
        if cfg!(target_os = "linux") { "W d true & wait; (W e true)" } else { "W d true; W e true" };
    let script = format!("echo $$; W b true; W a true; echo | W c true; {subshells}; W a true");
    let output = records.script("sh", &script).run();
    let trace = records.trace();
    let pids: Vec<_> = trace.processes().iter().map(|process| process.identity.pid).collect();
    assert_eq!(pids, [String::from_utf8(output.stdout).unwrap().trim().parse().ok()]);
    let expected = [("b", 1), ("a", 2), ("c", 1), ("d", 1), ("e", 1)]; // as they started
    assert_eq!(records.lanes(), expected.map(|(name, ended)| lane(name, ended, 0)));
}

#[test]
fn two_scripts_are_two_processes() {
    let records = Records::new();
    for _ in 0..2 {
        records.script("sh", "W step true; W step true").run();
    }
    assert_eq!(records.lanes(), [lane("step", 2, 0), lane("step", 2, 0)]);
    assert_eq!(records.trace().processes().len(), 2);
}

#[test]
fn a_program_that_records_and_runs_tasks_is_one_process() {
    let records = Records::new();
    // A task may have the name of a thread.
    let name = "worker";
    let recording = || {
        let pp = recorder::Recorder::new("program", records.path(), 0);
        pp.time("own", || records.task(name).arg("true").run());
        assert_eq!(records.task(name).arg("true").run().status.code(), Some(0));
        assert_eq!(pp.losses().total(), 0);
    };
    std::thread::scope(|scope| {
        std::thread::Builder::new().name(name.into()).spawn_scoped(scope, recording).unwrap();
    });
    let trace = records.trace();
    let pids: Vec<_> = trace.processes().iter().map(|process| process.identity.pid).collect();
    assert!(pids == [Some(std::process::id())] || !cfg!(target_os = "linux"), "{pids:?}");
    assert_eq!(records.lanes(), [lane(name, 1, 0), lane(name, 2, 0)]);
}

#[test]
fn what_cannot_be_recorded_is_told_once_and_runs_all_the_same() {
    let records = Records::new();
    fs::write(records.path(), "no directory").unwrap();
    let output = records.task("step").args(["sh", "-c", "echo out; exit 3"]).run();
    let place = records.path().display().to_string();
    let told = format!("waterfall: cannot record the task in {place}: ");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.starts_with(&told) && stderr.lines().count() == 1, "{stderr}");
    check(&output, 3, "out\n", &stderr);
}

#[test]
fn a_limit_on_file_sizes_keeps_no_command_from_running() {
    let records = Records::new();
    let output = records.script("sh", "ulimit -f 0; W step sh -c 'echo out; exit 3'").run();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(
        stderr.starts_with("waterfall: cannot record the task in ") && stderr.contains("too large"),
        "{stderr}"
    );
    check(&output, 3, "out\n", &stderr);
    assert_eq!(fs::read_dir(records.path()).unwrap().count(), 0, "nothing half done is left");
}

#[test]
fn the_switches_are_those_of_every_recorder() {
    let records = Records::new();
    let run = |name: &str, value: &str| {
        let mut task = records.task("step");
        check(&task.env(name, value).args(["sh", "-c", "exit 3"]).run(), 3, "", "");
    };
    run("WATERFALL", "0");
    run("WATERFALL_TASKS", "link,other/*");
    assert!(!records.path().exists());
    run("WATERFALL_TASKS", "link,build/s*");
    assert_eq!((records.lanes(), records.trace().offset_s()), (vec![lane("step", 1, 0)], Some(0)));

    let with_bias = Records::new();
    with_bias.task("step").env("WATERFALL_BIAS", "-330").arg("true").run();
    assert_eq!(with_bias.trace().offset_s(), Some(-330 * 60));

    let timed = with_bias.task("a\nb").env("WATERFALL_TIMING", "1").arg("true").run();
    let line = String::from_utf8(timed.stderr).unwrap();
    let time = line.strip_prefix("[TIMING] a\\nb: ").and_then(|rest| rest.strip_suffix(" ms\n"));
    assert!(time.is_some_and(|time| time.parse::<f64>().is_ok()), "{line}");
}

#[test]
fn records_go_where_the_option_says_else_the_environment_else_into_records() {
    let place = tempfile::tempdir().unwrap();
    let run = |environment: &str, option: &[&str]| {
        let mut task = unswitched(WATERFALL);
        task.current_dir(place.path()).env("WATERFALL_DIR", environment);
        task.args(["task", "--group", "g", "--task", "t"]).args(option).args(["--", "true"]);
        check(&task.run(), 0, "", "");
    };
    for (environment, option, expected) in [
        ("", &[][..], "records"),
        ("by environment/deep", &[][..], "by environment/deep"),
        ("by environment", &["-d", "by option"][..], "by option"),
    ] {
        run(environment, option);
        assert_eq!(trace(&place.path().join(expected)).span_count(), 1, "{expected}");
        fs::remove_dir_all(place.path().join(expected)).unwrap();
    }
}

#[test]
fn names_may_be_anything() {
    let records = Records::new();
    let long = "long ".repeat(100);
    let names = ["../x", "a b", "say \"hi\"", "a,b", "two\nlines", "", "-", "/", "é🦍", "%2E", &long];
    for name in names {
        let mut task = unswitched(WATERFALL);
        task.arg("task").arg(format!("--task={name}")).arg(format!("--group={name}"));
        task.arg("-d").arg(records.path()).args(["--", "true"]);
        check(&task.run(), 0, "", "");
    }
    let trace = records.trace();
    let mut found: Vec<_> = (trace.lanes().iter().flat_map(|lane| lane.spans.iter()))
        .map(|span| {
            let key = trace.keys().key(span.key);
            assert_eq!(key.group, key.task);
            trace.keys().name(key.task).to_owned()
        })
        .collect();
    found.sort();
    let mut expected = names.map(|name| name.replace('\n', " "));
    expected.sort();
    assert_eq!(found, expected);
    assert_eq!(fs::read_dir(records.0.path()).unwrap().count(), 1, "nothing beside the directory");
}

#[test]
fn a_color_is_recorded_and_a_wrong_one_is_wrong_usage() {
    let records = Records::new();
    let run = |arguments: &[&str]| {
        let mut task = unswitched(WATERFALL);
        task.args(["task", "--group", "g", "--task", "t", "-d"]).arg(records.path()).args(arguments);
        task.run()
    };
    for wrong in [&["--color", "red", "--", "true"][..], &["--color", "#ca562c"], &["true"]] {
        let output = run(wrong);
        assert_eq!(output.status.code(), Some(2), "{wrong:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("Usage") || wrong[1] == "red", "{output:?}");
    }
    assert!(!records.path().exists());
    check(&run(&["--color", "#ca562c", "--", "true"]), 0, "", "");
    let trace = records.trace();
    let key = trace.keys().key(trace.lanes()[0].spans.at(0).key);
    assert_eq!(key.color().unwrap().to_string(), "#ca562c");
}

#[test]
fn a_command_that_only_waits_is_recorded_as_waiting() {
    let records = Records::new();
    let run = |arguments: &[&str]| {
        let mut task = unswitched(WATERFALL);
        task.args(["task", "--group", "g", "--task", "t", "-d"]).arg(records.path()).args(arguments);
        task.run()
    };
    assert_eq!(run(&["--wait", "--color", "#ca562c", "--", "true"]).status.code(), Some(2));
    assert!(!records.path().exists());
    check(&run(&["--wait", "--", "true"]), 0, "", "");
    let files = fs::read_dir(records.path()).unwrap().map(|entry| entry.unwrap().path());
    let texts: Vec<_> = files.map(|file| fs::read_to_string(file).unwrap()).collect();
    assert_eq!(texts.iter().filter(|text| text.ends_with(",wait\r\n")).count(), 1, "{texts:?}");
}

#[test]
fn the_help_has_an_example() {
    let help = unswitched(WATERFALL).args(["task", "--help"]).run();
    let help = String::from_utf8(help.stdout).unwrap();
    assert!(help.contains("waterfall task --group build --task 'compile a.c' -- cc -O2 -c a.c &"), "{help}");
    assert!(help.contains("127"), "{help}");
}

/// `examples/record.sh`; the caller adds the records directory.
fn build_script() -> Command {
    let mut script = unswitched("sh");
    script.arg(root().join("examples/record.sh")).env("WATERFALL_BIN", WATERFALL);
    script
}

#[test]
fn the_shell_example_makes_a_waterfall_of_a_build() {
    let records = Records::new();
    let output = build_script().arg(records.path()).run();
    let page = records.path().join("waterfall.html");
    let stderr = String::from_utf8_lossy(&output.stderr);
    check(&output, 0, &format!("self-test passed\n{}\n", page.display()), &stderr);
    assert!(stderr.starts_with("8 spans in 8 lanes of ") && stderr.ends_with(", 0 problems\n"), "{stderr}");
    assert!(page.exists());

    let steps =
        ["archive", "compile checksum", "compile gcd", "compile main", "compile sieve", "compress", "link"];
    let steps = steps.into_iter().chain(["self-test"]);
    let mut lanes = records.lanes();
    lanes.sort();
    assert_eq!(lanes, steps.map(|step| lane(step, 1, 0)).collect::<Vec<_>>());
    if cfg!(target_os = "linux") {
        assert_eq!(records.trace().processes().len(), 1);
    }
}

#[test]
fn the_shell_example_fails_when_a_step_does() {
    let records = Records::new();
    let tools = tempfile::tempdir().unwrap();
    let compiler = tools.path().join("cc");
    // Another process writes it. If this one had it open for writing while another test forks, nobody could start it.
    let writes = r##"printf '#!/bin/sh\ncase "$*" in *gcd.c*) exit 4 ;; esac\n' > "$0" && chmod +x "$0""##;
    assert!(unswitched("sh").args(["-c", writes]).arg(&compiler).run().status.success());
    let path = format!("{}:{}", tools.path().display(), std::env::var("PATH").unwrap());
    let output = build_script().arg(records.path()).env("PATH", path).run();
    check(&output, 4, "", "");
}
