//! Other readers: a record file is plain CSV for Python, too, whenever it looks.

use std::process::{Command, Output};
use std::thread;
use std::time::{Duration, Instant};

use crate::records::Records;

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

/// Reads each file, as often as told, to the length that it has then. Every line that is a row by the rule
/// of the format is one of Python's rows, with its five fields, and no field has swallowed a line end.
const WHENEVER: &str = r#"
import csv, io, os, sys
TASK = 'quoted, "with" everything,'
rounds, directory = int(sys.argv[1]), sys.argv[2]
rows_read = 0
for _ in range(rounds):
    for name in os.listdir(directory):
        with open(os.path.join(directory, name), "rb") as file:
            data = file.read()
        lines = data.split(b"\n")[:-1]
        committed = sum(
            line.endswith(b"\r") and before.endswith(b"\r") for before, line in zip(lines, lines[1:])
        )
        reader = csv.reader(io.StringIO(data.decode("utf-8").replace("\0", "\n"), newline=""))
        rows = list(reader)
        for row in rows:
            assert not any("\n" in field for field in row), (name, row)
        whole = [row for row in rows[1:] if len(row) == 5 and row[1] == TASK]
        assert committed <= len(whole) <= committed + 1, (name, committed, len(whole))
        rows_read += len(whole)
print(rows_read)
"#;

const TASK: &str = "quoted, \"with\" everything,";

#[test]
fn python_reads_files_whose_writers_were_killed() {
    let records = Records::new();
    for round in 0..30 {
        let child = records.child(|records| {
            let pp = records.recorder();
            loop {
                pp.start(TASK);
                pp.dump();
            }
        });
        let mut child = child.spawn();
        while records.files().len() <= round {
            thread::yield_now();
        }
        let moment = Instant::now() + Duration::from_micros(100 * round as u64);
        while Instant::now() < moment {
            std::hint::spin_loop();
        }
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let read: u64 =
        text_of(python(WHENEVER, &["1", records.path().to_str().unwrap()])).trim().parse().unwrap();
    assert_eq!(read, records.spans().len() as u64);
    assert!(read > 30);
}

#[test]
fn python_reads_files_that_are_being_written() {
    let mut read = 0;
    for _ in 0..20 {
        let records = Records::new();
        let child = records.child(|records| {
            let pp = records.recorder();
            loop {
                pp.start(TASK);
                pp.dump();
            }
        });
        let mut child = child.spawn();
        while records.files().is_empty() {
            thread::yield_now();
        }
        let output = python(WHENEVER, &["5", records.path().to_str().unwrap()]);
        child.kill().unwrap();
        child.wait().unwrap();
        read += text_of(output).trim().parse::<u64>().unwrap();
    }
    assert!(read > 1000, "{read} rows read");
}
