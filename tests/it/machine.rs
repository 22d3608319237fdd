//! What `waterfall run` says about the machine: the CPU time of others, and how long a run's threads waited for a core.
//!
//! No bound here is a speed: figures are compared with what the system counted for the same processes.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};

use crate::processes::{Bounded, WATERFALL, program};

fn command(directory: &Path, arguments: &[&str]) -> Command {
    let mut command = program(WATERFALL);
    command.current_dir(directory).args(arguments).env("WATERFALL_PROGRAM", WATERFALL);
    command.env_remove("WATERFALL_CPU");
    command
}

fn waterfall(directory: &Path, arguments: &[&str]) -> Output {
    command(directory, arguments).run()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// A line of shell that records one span.
const RECORDS: &str = r#""$WATERFALL_PROGRAM" task --group sh --task step -- true"#;

/// The directory of the only run.
const RUN: &str = ".waterfall/runs/latest/1";

/// Python: waits until the run has been looked at twice more, so at least once from begin to end.
const LOOKED_AT: &str = "\
import glob, os, time
def looks():
    paths = glob.glob(os.environ['WATERFALL_DIR'] + '/*resources*')
    return sum(line.count('memory') for path in paths for line in open(path, newline='') if line.endswith('\\r\\n'))
def wait_for_look():
    before = looks()
    while looks() < before + 2: time.sleep(0.01)
";

/// Runs a Python program that records a span, and gives the description of the run and what was printed.
fn run_python(directory: &Path, source: &str, arguments: &str) -> (Value, Output) {
    fs::write(directory.join("program.py"), format!("{LOOKED_AT}{source}")).unwrap();
    let script = format!("{RECORDS} && python3 program.py {arguments}");
    let output = waterfall(directory, &["run", "--", "sh", "-c", &script]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    (run_json(directory), output)
}

fn run_json(directory: &Path) -> Value {
    serde_json::from_slice(&fs::read(directory.join(RUN).join("run.json")).unwrap()).unwrap()
}

/// Changes the description of the only run.
fn change_run(directory: &Path, change: impl FnOnce(&mut Value)) {
    let mut run = run_json(directory);
    change(&mut run);
    fs::write(directory.join(RUN).join("run.json"), run.to_string()).unwrap();
}

#[test]
fn the_cpu_time_of_others_is_sampled_and_told() {
    let directory = tempfile::tempdir().unwrap();
    let mut busy = program("sh");
    let busy = busy.args(["-c", "echo \"$$\"; while :; do :; done"]);
    let mut busy = busy.start();
    let pid = busy.line();
    // Ends when the other process has used another 0.6 s.
    let source = "\
import sys
def used():
    fields = open(f'/proc/{sys.argv[1]}/stat').read().rsplit(')')[-1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')
wait_for_look()
begin = used()
while used() < begin + 0.6: time.sleep(0.02)
";
    let (run, output) = run_python(directory.path(), source, &pid);
    drop(busy);
    let load = &run["load"];
    let of = |key: &str| load[key].as_u64().unwrap_or_else(|| panic!("{load}"));
    let (sampled, cpus, others) = (of("sampled_ns"), of("cpus"), of("others_cpu_ns"));
    // The system counts the time of all CPUs in ticks, and that of processes exactly.
    assert!(others > 300_000_000, "the other process used 600 ms: {load}");
    assert!(others <= sampled * cpus * 11 / 10, "{load}");
    assert!(of("runnable_ns") > 0, "{load}");

    let is_told = others * 10 > sampled * cpus;
    let told = text(&output.stderr);
    assert_eq!(told.contains("Other processes used "), is_told, "{told}");
    let page = fs::read_to_string(directory.path().join(RUN).join("waterfall.html")).unwrap();
    assert_eq!(page.contains("Other processes used "), is_told);

    let stats = waterfall(directory.path(), &["stats", RUN, "--format", "json"]);
    let stats: Value = serde_json::from_slice(&stats.stdout).unwrap();
    assert_eq!(stats["run"]["others_cpu_ns"], load["others_cpu_ns"]);
    let counter = stats["counters"].as_array().unwrap().iter();
    let counter = counter.clone().find(|counter| counter["name"] == "CPU, cores (others)").unwrap();
    assert!(counter["greatest"].as_f64().unwrap() > 0.0, "{counter}");
}

#[test]
fn threads_that_waited_for_a_core_are_counted() {
    if !Path::new("/proc/self/schedstat").exists() {
        return; // the system does not count it
    }
    let directory = tempfile::tempdir().unwrap();
    // More threads than cores, each of which uses 0.1 s. All are still there when the system's count is printed, and
    // when the run is looked at again.
    let source = "\
import hashlib, threading
data, done = bytes(1 << 20), threading.Event()
def work(finished):
    while time.thread_time() < 0.1: hashlib.sha256(data)
    finished.release()
    done.wait()
count = 2 * os.cpu_count() + 1
finished = threading.Semaphore(0)
threads = [threading.Thread(target=work, args=(finished,)) for _ in range(count)]
for thread in threads: thread.start()
for thread in threads: finished.acquire()
waited = [int(open(path).read().split()[1]) for path in glob.glob('/proc/self/task/*/schedstat')]
wait_for_look()
done.set()
print(sum(waited))
";
    let (run, output) = run_python(directory.path(), source, "");
    let waited: u64 = text(&output.stdout).lines().next().unwrap().parse().unwrap();
    let found = run["resources"]["run_queue_ns"].as_u64().unwrap();
    assert!(waited > 0 && found >= waited, "{found} of {waited}");
    let notes = text(&waterfall(directory.path(), &["stats", RUN, "--format", "json"]).stdout);
    assert!(notes.contains(&format!("\"run_queue_ns\": {found}")), "{notes}");
    let page = fs::read_to_string(directory.path().join(RUN).join("waterfall.html")).unwrap();
    assert!(page.contains("waited for a core for at least"));
}

#[test]
fn a_broken_limit_of_time_names_what_disturbed_the_run() {
    let directory = tempfile::tempdir().unwrap();
    waterfall(directory.path(), &["run", "--", "sh", "-c", RECORDS]);
    let load = |others: u64| {
        json!({
            "sampled_ns": 1_000_000_000_u64, "cpus": 2, "others_cpu_ns": others, "steal_ns": null, "runnable_ns": null
        })
    };
    let stats = |arguments: &[&str]| {
        text(&waterfall(directory.path(), &[&["stats", RUN], arguments].concat()).stdout)
    };
    let broken = ["--budget", "step=0ns@max"];
    change_run(directory.path(), |run| run["load"] = load(1_200_000_000));
    for format in ["text", "markdown"] {
        let told = stats(&[&broken[..], &["--format", format]].concat()).replace('\\', "");
        assert!(told.ends_with("broken while other processes used 1.20 of 2 cores\n"), "{told}");
        assert!(!told.contains("during this run"), "said once: {told}");
    }
    let told = stats(&["--budget", "step=1h@max"]);
    assert!(told.contains("Other processes used 1.20 of 2 cores during this run"), "{told}");
    assert!(!told.contains("broken"), "{told}");

    change_run(directory.path(), |run| run["load"] = load(100_000_000));
    let told = stats(&broken);
    assert!(told.contains("broken") && !told.contains("processes"), "{told}");
}

#[test]
fn a_run_of_an_earlier_version_is_read() {
    let directory = tempfile::tempdir().unwrap();
    waterfall(directory.path(), &["run", "--", "sh", "-c", RECORDS]);
    change_run(directory.path(), |run| {
        run.as_object_mut().unwrap().remove("load").unwrap();
        run["resources"].as_object_mut().unwrap().remove("run_queue_ns").unwrap();
    });
    let listed = text(&waterfall(directory.path(), &["runs"]).stdout);
    assert!(listed.contains("exit code 0"), "{listed}");
    let stats: Value =
        serde_json::from_slice(&waterfall(directory.path(), &["stats", RUN, "--format", "json"]).stdout)
            .unwrap();
    assert!(
        stats["run"]["elapsed_ns"].is_u64() && stats["run"]["others_cpu_ns"].is_null(),
        "{}",
        stats["run"]
    );
    assert_eq!(waterfall(directory.path(), &[RUN]).status.code(), Some(0));
}

#[test]
fn spans_have_cpu_time_where_it_is_cheap_unless_the_user_wants_something_else() {
    let directory = tempfile::tempdir().unwrap();
    let script = format!("{RECORDS}; echo \"CPU=$WATERFALL_CPU\"");
    let toml = "[scenario.all]\nenvironment = { WATERFALL_CPU = \"1\" }\n";
    fs::write(directory.path().join("waterfall.toml"), toml).unwrap();
    let run = |set: Option<&str>, options: &[&str]| {
        let arguments = [&["run"], options, &["--", "sh", "-c", &script]].concat();
        let mut command = command(directory.path(), &arguments);
        let output = command.envs(set.map(|value| ("WATERFALL_CPU", value))).run();
        text(&output.stdout).lines().next().unwrap().to_owned()
    };
    assert_eq!(run(None, &[]), "CPU=1%");
    assert_eq!(run(Some("0"), &[]), "CPU=0");
    assert_eq!(run(Some(""), &[]), "CPU=");
    assert_eq!(run(Some("on"), &[]), "CPU=on");
    assert_eq!(run(None, &["--scenario", "all"]), "CPU=1");
    assert_eq!(run(Some("0"), &["--scenario", "all"]), "CPU=1", "the scenario says what it needs");
}

#[test]
fn a_run_with_a_cpu_switch_that_nobody_knows_warns_and_has_the_usual_one() {
    let directory = tempfile::tempdir().unwrap();
    let script = format!("{RECORDS}; echo \"CPU=$WATERFALL_CPU\"");
    let output =
        command(directory.path(), &["run", "--", "sh", "-c", &script]).env("WATERFALL_CPU", "banana").run();
    assert_eq!(text(&output.stdout).lines().next(), Some("CPU=1%"));
    let warning = "waterfall: unknown value \"banana\" of WATERFALL_CPU: use 0, 1, a duration such as 50us, or a \
                   percentage such as 1%; the command gets 1%";
    assert_eq!(text(&output.stderr).lines().next(), Some(warning));
}
