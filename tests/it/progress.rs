//! Progress while a report is made: a line on a terminal if it takes long, and nothing elsewhere.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;

use flate2::write::GzEncoder;
use rustix::pty::{self, OpenptFlags};
use waterfall::Report;
use waterfall::internals::units;

use crate::dump::{data, example};
use crate::processes::{BOUND, Bounded, WATERFALL, program};

/// Runs `waterfall` on a directory, with this stderr.
fn waterfall(records: &Path, stderr: impl Into<Stdio>) -> Command {
    let mut command = program(WATERFALL);
    command.arg(records).arg("-o").arg(records.with_extension("html"));
    command.env("TERM", "xterm").stdout(Stdio::null()).stderr(stderr);
    command
}

/// What it writes to stderr if that is a terminal.
fn on_terminal(records: &Path) -> String {
    let terminal = pty::openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    pty::grantpt(&terminal).unwrap();
    pty::unlockpt(&terminal).unwrap();
    let path = pty::ptsname(&terminal, Vec::new()).unwrap().into_string().unwrap();
    let stderr = OpenOptions::new().read(true).write(true).open(path).unwrap();

    let (written, read) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        // Ends when nobody has the other side open any more; on some systems with an error.
        let _ = File::from(terminal).read_to_end(&mut bytes);
        written.send(String::from_utf8(bytes).unwrap())
    });
    assert!(waterfall(records, stderr).run().status.success());
    read.recv_timeout(BOUND).expect("the terminal's other side is closed")
}

#[test]
fn long_work_is_told_on_a_terminal_and_nowhere_else() {
    let directory = tempfile::tempdir().unwrap();
    // How much work takes long depends on the machine.
    for rows in (0..8).map(|doubled| 100_000 << doubled) {
        let records = directory.path().join(rows.to_string());
        let mut generate = program(example("generate"));
        generate.args(["--rows", &rows.to_string()]).arg(&records);
        assert!(generate.run().status.success());
        let bytes = fs::read_dir(&records).unwrap().map(|file| file.unwrap().metadata().unwrap().len()).sum();

        let on_terminal = on_terminal(&records);
        let output = waterfall(&records, Stdio::piped()).run();
        fs::remove_dir_all(&records).unwrap();

        let summary = String::from_utf8(output.stderr).unwrap();
        assert!(summary.ends_with(" 0 problems\n") && summary.lines().count() == 1, "{summary}");

        // Lines of a terminal end in `\r\n`. Erased text is overwritten with spaces.
        let drawn: Vec<&str> = on_terminal.trim_end_matches("\r\n").split('\r').collect();
        let (last, drawn) = drawn.split_last().unwrap();
        assert_eq!(*last, summary.trim_end());
        let Some((erased, drawn)) = drawn.split_last() else { continue };
        assert!(erased.trim().is_empty(), "the line is still there: {on_terminal:?}");
        let reading = |text: &str| {
            text.starts_with("reading ") && text.contains(&format!(" of {}", units::bytes(bytes)))
        };
        for text in drawn.iter().map(|text| text.trim_end()) {
            assert!(text.is_empty() || text == "rendering" || reading(text), "{text:?}");
        }
        if drawn.iter().any(|text| reading(text)) && drawn.iter().any(|text| text.starts_with("rendering")) {
            return;
        }
    }
    panic!("twelve million rows, and not a word");
}

#[test]
fn a_program_can_look_how_far_its_report_has_come() {
    let directory = tempfile::tempdir().unwrap();
    let mut bytes = 0;
    for entry in fs::read_dir(data("records/1")).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        let mut file = GzEncoder::new(Vec::new(), flate2::Compression::default());
        file.write_all(&fs::read(entry.path()).unwrap()).unwrap();
        let file = file.finish().unwrap();
        fs::write(directory.path().join(name + ".gz"), &file).unwrap();
        bytes += file.len() as u64;
    }
    let report = Report::of(directory.path());
    let progress = report.reading.progress.clone();
    let so_far = || (progress.bytes(), progress.all_bytes(), progress.rows(), progress.is_rendering());
    assert_eq!(so_far(), (0, 0, 0, false));
    report.render().unwrap();
    assert_eq!(so_far(), (bytes, bytes, 7, true));
}
