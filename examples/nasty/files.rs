//! Nasty files: compressed ones, many at once, and what is no regular file or has an odd name.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::Input;
use super::csv::{HEADER, ROW, Row, record, records_of, two};

pub(super) fn inputs() -> Vec<Input> {
    let mut inputs = compressed();
    let two = format!("{HEADER}{}", two());
    for (name, text) in [
        ("copy/a.csv", two.clone()),
        ("copy/b.csv", two.clone()),
        ("mixed/a-pp.csv", two),
        (
            "mixed/b-new.csv",
            records_of(&[record("x", "2026-11-20T14:54:51.300Z", "2026-11-20T14:54:51.400Z")]),
        ),
        ("mixed/c.json", r#"[{"ph": "X", "name": "j", "pid": 1, "tid": 1, "ts": 0, "dur": 1000}]"#.into()),
        ("mixed/d.txt", "notes\n".into()),
    ] {
        inputs.push((name.into(), text.into_bytes()));
    }
    inputs.extend((0..5000).map(|index| {
        let at = |fraction| format!("2026-11-20 22:{:02}:{:02}.{fraction}", index / 60 % 60, index % 60);
        let (start, finish, pid) = (at("000000"), at("500000"), 10_000 + index);
        let row = Row {
            group: "g",
            pid,
            task: "work",
            start: &start,
            finish: &finish,
            description: "500 ms",
            ..ROW
        };
        (format!("5k-files/g-{index}.csv"), format!("{HEADER}{row}").into_bytes())
    }));
    inputs
}

fn gzip(bytes: &[u8], level: Compression) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), level);
    encoder.write_all(bytes).expect("memory takes all");
    encoder.finish().expect("memory takes all")
}

fn compressed() -> Vec<Input> {
    let (full, best) = (format!("{HEADER}{}", two()), Compression::best());
    let good = gzip(full.as_bytes(), best);
    let third = gzip(Row { task: "third", ..ROW }.to_string().as_bytes(), best);
    // Not compressed, so that the cut is in the second row, whatever compresses.
    let cut = gzip(full.as_bytes(), Compression::none())[..200].to_vec();
    [
        ("gz/good.csv.gz", good.clone()),
        ("gz/named-csv.csv", good.clone()),
        ("gz/truncated.csv.gz", cut),
        ("gz/members.csv.gz", [good, third].concat()),
        ("gz/bomb.csv.gz", gzip(&[0; 1 << 20], best).repeat(64)),
        ("gz/not-gzip.csv.gz", full.into_bytes()),
    ]
    .map(|(name, bytes)| (name.to_owned(), bytes))
    .into()
}

/// Links, a pipe, a file that nobody may read, and names that only some systems allow.
#[cfg(unix)]
pub(super) fn write_special(directory: &std::path::Path) -> std::io::Result<()> {
    use std::ffi::OsStr;
    use std::fs::{self, Permissions};
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::{PermissionsExt, symlink};

    let root = directory.join("fs");
    fs::create_dir_all(root.join("names"))?;
    fs::create_dir_all(root.join("x.csv"))?;
    fs::write(root.join("good.csv"), format!("{HEADER}{}", two()))?;
    fs::write(root.join("unreadable.csv"), format!("{HEADER}{}", Row { task: "unread", ..ROW }))?;
    fs::set_permissions(root.join("unreadable.csv"), Permissions::from_mode(0o000))?;
    for (link, target) in [
        ("loop-a.csv", "loop-b.csv"),
        ("loop-b.csv", "loop-a.csv"),
        ("dangling.csv", "nowhere.csv"),
        ("selfdir", "."),
        ("endless.csv", "/dev/zero"),
    ] {
        symlink(target, root.join(link))?;
    }
    rustix::fs::mkfifoat(rustix::fs::CWD, root.join("fifo.csv"), 0o600.into())?;
    let names =
        ["UPPER.CSV", ".hidden.csv", "-rf.csv", "sp ace \"q\".csv", "new\nline.csv", "🦍.csv", "noext"];
    for name in names.map(str::as_bytes).into_iter().chain([&b"caf\xe9.csv"[..]]) {
        let task = format!("in {}", name.escape_ascii());
        let row = Row { task: &task, ..ROW };
        match fs::write(root.join("names").join(OsStr::from_bytes(name)), format!("{HEADER}{row}")) {
            // Not every file system has names that are no text.
            Err(error) if error.raw_os_error() == Some(rustix::io::Errno::ILSEQ.raw_os_error()) => {}
            written => written?,
        }
    }
    Ok(())
}
