//! Recording from Python as `examples/record.py` does it.

use std::fs;
use std::io::Write;
use std::process::Stdio;

use crate::dump::root;
use crate::processes::Bounded;
use crate::task::{Records, check, check_no_lane_runs_two_at_once, lane, unswitched};

#[test]
fn the_python_example_writes_files_of_several_processes() {
    let records = Records::new();
    let mut script = unswitched("python3");
    let script = script.arg(root().join("examples/record.py")).arg(records.path());
    let output = script.run();
    check(&output, 0, "", "");

    let trace = records.trace();
    let mut names: Vec<_> = trace.processes().iter().flat_map(|process| &process.groups).collect();
    names.sort();
    assert_eq!(names.len(), 5);
    let mut lanes = records.lanes();
    lanes.sort();
    let expected = [1, 12, 12, 12, 12].map(|spans| lane("main", spans, 0));
    assert_eq!(lanes, expected);
}

#[test]
fn short_lived_threads_of_the_python_example_share_few_lanes() {
    let records = Records::new();
    fs::create_dir(records.path()).unwrap();
    let mut python = unswitched("python3");
    python.current_dir(root().join("examples")).env("PYTHONDONTWRITEBYTECODE", "1");
    let script = format!(
        "import record, threading\n\
         recorder, both = record.Recorder('g', {:?}), threading.Barrier(2)\n\
         def work():\n  with recorder.span('t'): both.wait()\n\
         for _ in range(100):\n  threads = [threading.Thread(target=work) for _ in range(2)]\n  \
         for thread in threads: thread.start()\n  for thread in threads: thread.join()\n",
        records.path()
    );
    check(&python.args(["-c", &script]).run(), 0, "", "");
    let trace = records.trace();
    assert_eq!((trace.span_count(), trace.lanes().len()), (200, 2));
    check_no_lane_runs_two_at_once(&trace);
}

#[test]
fn the_python_example_leaves_an_unfinished_span_when_killed() {
    let records = Records::new();
    fs::create_dir(records.path()).unwrap();
    let mut python = unswitched("python3");
    python.arg("-i").current_dir(root().join("examples")).env("PYTHONDONTWRITEBYTECODE", "1");
    let mut running = python.stdin(Stdio::piped()).start();
    let path = records.path();
    let script = format!(
        "import record\nspan = record.Recorder('g', {path:?}).span('t')\nspan.__enter__()\nprint('ready', flush=True)\n"
    );
    running.stdin.as_mut().unwrap().write_all(script.as_bytes()).unwrap();
    assert_eq!(running.line(), "ready\n");
    running.kill();
    assert_eq!(records.lanes(), [lane("main", 0, 1)]);
}
