//! Names and order of processes and lanes, as their source gives them: summaries keep them, and outputs follow them.

use std::fs;
use std::path::Path;

use crate::dump::{problems, read};
use crate::processes::{Bounded, WATERFALL, program};

/// The output of a command that succeeds.
fn printed(arguments: &[&str], input: &Path) -> String {
    let output = program(WATERFALL).args(arguments).arg(input).run();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// A summary of two processes with a lane each, of which the first begins earlier, and these lines behind the first.
fn summary(directory: &Path, more: &str) -> String {
    let row = |pid: u32, thread: &str, second: u32| {
        format!(
            "[g-p{pid}t{thread}] work,2026-11-20 22:54:0{second}.000000,2026-11-20 22:54:0{second}.500000,500 ms,na\n"
        )
    };
    let rows = [row(1, "main", 0), row(1, "late", 2), row(2, "main", 1)].concat();
    fs::write(directory.join("g-1.csv"), format!("Task,Start,Finish,Description,Color\n{rows}")).unwrap();
    let root = directory.to_str().unwrap().to_owned();
    let text = printed(&["summarize", "--root", &root], directory);
    let (first, others) = text.split_once('\n').unwrap();
    format!("{first}\n{more}{others}")
}

/// The identities of process and lane in the lines of a summary whose thread has this name.
fn identities<'a>(text: &'a str, pid: &str, thread: &str) -> (&'a str, &'a str) {
    let lanes = text.lines().map(|line| line.split('\t').collect::<Vec<_>>());
    let lane = lanes.filter(|fields| fields[0] == "lane").find(|of| of[4] == pid && of[5] == thread).unwrap();
    (lane[1], lane[2])
}

#[test]
fn a_summary_keeps_them_and_the_trace_has_their_order() {
    let directory = tempfile::tempdir().unwrap();
    let plain = summary(directory.path(), "");
    let (process, _) = identities(&plain, "2", "main");
    let (first, late) = identities(&plain, "1", "late");
    let more = format!("process\t{process}\t-1\tWorker\nplace\t{first}\t{late}\t-5\n");
    let path = directory.path().join("named.summary");
    fs::write(&path, summary(directory.path(), &more)).unwrap();
    let (trace, found) = read(&path);
    assert_eq!(problems(&found), [""; 0]);
    let lanes: Vec<_> = (trace.lanes().iter())
        .map(|lane| {
            let process = &trace.processes()[lane.process].identity;
            (process.pid.unwrap(), process.name.as_deref(), lane.identity.thread.as_str())
        })
        .collect();
    assert_eq!(lanes, [(2, Some("Worker"), "main"), (1, None, "late"), (1, None, "main")]);
    let merged = printed(&["merge"], &path);
    assert!(merged.contains(&format!("process\t{process}\t-1\tWorker\n")), "{merged}");
    assert!(merged.contains(&format!("place\t{first}\t{late}\t-5\n")), "{merged}");
    fs::write(&path, &merged).unwrap();
    assert_eq!(printed(&["merge"], &path), merged);
    let page = directory.path().join("page.html");
    printed(&["-o", page.to_str().unwrap()], &path);
    assert!(fs::read_to_string(page).unwrap().contains(r#""label":"Worker""#));
}

#[test]
fn a_summary_of_records_has_no_line_for_them() {
    let directory = tempfile::tempdir().unwrap();
    let text = summary(directory.path(), "");
    assert!(!text.lines().any(|line| line.starts_with("process\t") || line.starts_with("place\t")), "{text}");
    assert!(!text.lines().any(|line| line.starts_with("points\t")), "{text}");
}
