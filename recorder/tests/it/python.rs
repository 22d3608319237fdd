//! Other readers: for Python, too, a record file is plain CSV at every moment.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::thread;
use std::time::{Duration, Instant};

use waterfall_recorder::Recorder;

use crate::records::{Child, Records, Running};

fn python(script: &str, arguments: &[&str]) -> Output {
    let output = Command::new("python3").args(["-c", script]).args(arguments).output();
    output.expect("this test needs python3: apt-get install python3")
}

#[track_caller]
fn text_of(output: Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().replace('\r', "")
}

const STRICT: &str = r#"
import csv, sys
with open(sys.argv[1], newline="", encoding="utf-8") as file:
    rows = list(csv.DictReader(file, strict=True))
for row in rows:
    assert len(row["start"]) == len(row["end"]) == 35, row
    print(ascii((row["group"], row["task"], row["end"].isspace(), row["color"])))
"#;

#[test]
fn python_reads_a_record_file() {
    let records = Records::new();
    let pp = records.recorder_of("down,load", 480);
    pp.start_colored("say \"hi\"", "#ca562c");
    pp.time("two\nlines", || ());
    pp.instant("\u{e9}");
    let expected = concat!(
        "('down,load', 'say \"hi\"', True, '#ca562c')\n",
        "('down,load', 'two lines', False, '')\n",
        "('down,load', '\\xe9', False, '')\n",
    );
    assert_eq!(text_of(python(STRICT, &[records.files()[0].to_str().unwrap()])), expected);
}

/// Reads each file of the directories. Checks that every row by the rule of the format is a row for Python, with five
/// fields, and that no field has swallowed a line end.
const WHENEVER: &str = r#"
import csv, io, os, sys
TASK = 'quoted, "with" everything,'
rows_read = 0
for directory in sys.argv[1:]:
    for name in os.listdir(directory):
        with open(os.path.join(directory, name), "rb") as file:
            data = file.read()
        lines = data.split(b"\n")[:-1]
        committed = sum(
            line.endswith(b"\r") and before.endswith(b"\r") for before, line in zip(lines, lines[1:])
        )
        rows = list(csv.reader(io.StringIO(data.decode("utf-8"), newline=""), strict=True))
        for row in rows:
            assert not any("\n" in field for field in row), (name, row)
        whole = [row for row in rows[1:] if len(row) == 5 and row[1] == TASK]
        assert committed <= len(whole) <= committed + 1, (name, committed, len(whole))
        rows_read += len(whole)
print(rows_read)
"#;

/// Records quoted names for ever.
#[cfg(unix)]
fn record_for_ever(pp: &Recorder) {
    loop {
        pp.start("quoted, \"with\" everything,");
        pp.dump();
    }
}

/// Starts it, waits until its file is there and has so many lines, and then for a moment.
#[cfg(unix)]
fn started(child: Child, records: &Records, lines: usize, moment: Duration) -> Running {
    let before = records.files();
    let lines_of = |file: &PathBuf| {
        let written = fs::read(file).unwrap();
        written.windows(2).filter(|end| end == b"\r\n").count()
    };
    let has_begun = || records.files().iter().any(|file| !before.contains(file) && lines_of(file) >= lines);
    let mut child = child.spawn();
    while !has_begun() {
        thread::yield_now();
        child.check_runs();
    }
    let until = Instant::now() + moment;
    while Instant::now() < until {
        std::hint::spin_loop();
    }
    child
}

#[cfg(unix)]
#[test]
fn python_reads_files_whose_writers_were_killed() {
    let records = Records::new();
    for round in 0..30 {
        let child = records.child(|records| record_for_ever(&records.recorder()));
        // Every other one with at least three rows, however little of the processor it gets.
        let lines = if round % 2 == 0 { 0 } else { 1 + 3 };
        started(child, &records, lines, Duration::from_micros(100 * round)).kill();
    }
    let read: usize = text_of(python(WHENEVER, &[records.path().to_str().unwrap()])).trim().parse().unwrap();
    // For Python, a row that lacks only its line end is a row.
    let spans = records.spans().len();
    assert!((spans..=spans + 30).contains(&read) && spans > 30, "{read} rows of {spans}");
}

#[cfg(unix)]
#[test]
fn python_reads_a_file_at_any_moment_of_its_being_written() {
    let records = Records::new();
    let child = records.child(|records| record_for_ever(&records.recorder()));
    let child = started(child, &records, 1 + 3, Duration::ZERO);
    let pid = child.id();
    let signal = |signal| {
        #[expect(unsafe_code, reason = "std sends no signals")]
        // SAFETY: the process is a child of ours that has not been waited for.
        let sent = unsafe { libc::kill(pid, signal) };
        assert_eq!(sent, 0);
    };
    // Each moment stops the writer and copies its file.
    let snapshots: Vec<_> = (0..50)
        .map(|moment| {
            signal(libc::SIGSTOP);
            let mut status = 0;
            #[expect(unsafe_code, reason = "std does not wait for a process to stop")]
            // SAFETY: `status` outlives the call.
            let waited = unsafe { libc::waitpid(pid, &raw mut status, libc::WUNTRACED) };
            assert!(waited == pid && libc::WIFSTOPPED(status));
            let snapshot = records.path().with_extension(format!("{moment}"));
            fs::create_dir(&snapshot).unwrap();
            let file = records.files().remove(0);
            fs::copy(&file, snapshot.join(file.file_name().unwrap())).unwrap();
            signal(libc::SIGCONT);
            snapshot
        })
        .collect();
    child.kill();
    let paths: Vec<_> = snapshots.iter().map(|snapshot| snapshot.to_str().unwrap()).collect();
    let read: u64 = text_of(python(WHENEVER, &paths)).trim().parse().unwrap();
    assert!(read > 50, "{read} rows");
}
