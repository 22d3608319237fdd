//! Other readers: a record file is plain CSV for Python, too.

use std::process::Command;

use crate::records::Records;

const SCRIPT: &str = r#"
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
    let output = Command::new("python3").args(["-c", SCRIPT]).arg(&records.files()[0]).output();
    let output = output.expect("this test needs python3: apt-get install python3");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let expected = concat!(
        "('down,load', 'say \"hi\"', True, '#ca562c')\n",
        "('down,load', 'two lines', False, '')\n",
        "('down,load', '\\xe9', False, '')\n",
    );
    assert_eq!(String::from_utf8(output.stdout).unwrap().replace('\r', ""), expected);
}
