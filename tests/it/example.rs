//! The README's first command: `examples/download.rs` recorded what it says that it did.
//!
//! Two runs at the same time, as a user might start them; each test checks one thing in both. The crates `csv` and
//! `chrono` read the records here, and the file names are split by hand, so that our own reader is not its own
//! witness.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::{env, fs, io};

use chrono::{DateTime, FixedOffset};

use crate::dump::example;
use crate::processes::{Bounded, Running, program};

#[test]
fn the_last_line_is_the_path_of_a_page() {
    for run in RUNS.iter() {
        let path = run.page_path.display();
        assert!(run.page_path.is_absolute(), "{path} depends on where one is");
        assert_eq!(run.page_path.extension().unwrap(), "html");
        let begin: String = run.page.chars().take(100).collect();
        assert!(begin.to_lowercase().starts_with("<!doctype html>"), "{path} begins: {begin}");
    }
}

#[test]
fn two_runs_at_the_same_time_use_different_directories() {
    let [one, other] = &*RUNS;
    assert_ne!(one.page_path, other.page_path);
    let processes = |run: &Run| BTreeSet::from_iter(run.lanes.keys().map(|lane| lane.process.clone()));
    assert!(processes(one).is_disjoint(&processes(other)), "both hold records of one process");
}

#[test]
fn the_lanes_are_the_threads_that_it_says() {
    for run in RUNS.iter() {
        let mut processes = BTreeMap::<_, Vec<_>>::new();
        for (lane, rows) in &run.lanes {
            let groups = BTreeSet::from_iter(rows.iter().map(|row| row.group.clone()));
            processes.entry(&lane.process).or_default().push((lane.thread.clone(), groups));
        }
        let lane = |thread: &str, group: &str| (thread.to_owned(), BTreeSet::from([group.to_owned()]));
        let downloading: Vec<_> =
            (1..=run.said.threads).map(|n| lane(&format!("io-{n}"), "download")).collect();
        let mut expected = vec![downloading; run.said.processes];
        expected.push(vec![lane("main", "zip")]);

        let mut processes: Vec<_> = processes.into_values().collect();
        processes.sort();
        assert_eq!(processes, expected);
    }
}

#[test]
fn each_image_is_one_row_of_each_task() {
    for run in RUNS.iter() {
        let mut counts = BTreeMap::new();
        for row in run.rows() {
            *counts.entry((&*row.group, &*row.task)).or_insert(0) += 1;
        }
        let expected = [
            (("download", "image"), run.said.images),
            (("download", "request"), run.said.images),
            (("download", "save"), run.said.images),
            (("zip", "create archive"), 1),
        ];
        assert_eq!(counts, BTreeMap::from(expected));
        assert_eq!(run.images.len(), run.said.images);
    }
}

#[test]
fn request_and_save_lie_inside_their_image_one_after_the_other() {
    for rows in RUNS.iter().flat_map(|run| run.lanes.values()) {
        for image in rows.iter().filter(|row| row.task == "image") {
            let meets = |row: &&Row| row.start() < image.end() && image.start() < row.end();
            let met: Vec<_> = rows.iter().filter(meets).collect();
            let tasks: Vec<_> = met.iter().map(|row| &*row.task).collect();
            assert_eq!(tasks, ["image", "request", "save"], "in {image:?}");

            let [_, request, save] = met[..] else { unreachable!("three tasks, three rows") };
            assert!(image.start() <= request.start(), "{request:?} begins before {image:?}");
            assert!(request.end() <= save.start(), "{save:?} begins before the end of {request:?}");
            assert!(save.end() <= image.end(), "{save:?} outlasts {image:?}");
        }
    }
}

#[test]
fn the_sums_are_those_of_the_work_that_was_done() {
    for run in RUNS.iter() {
        let [image, request, save] =
            ["image", "request", "save"].map(|task| run.rows_of(task).map(Row::length).sum::<i64>());
        let server = run.said.server_ms * 1_000_000;
        assert!(request >= server, "requests of {request} ns to a server that took {server} ns");
        assert!(image >= request + save, "images of {image} ns with {request} and {save} ns inside");
    }
}

#[test]
fn the_archive_is_created_after_the_last_image() {
    for run in RUNS.iter() {
        let last_image = run.rows_of("image").max_by_key(|row| row.end()).unwrap();
        for archive in run.rows_of("create archive") {
            assert!(archive.start() >= last_image.end(), "{archive:?} begins before {last_image:?}");
        }
    }
}

#[test]
fn every_task_has_ended() {
    for row in RUNS.iter().flat_map(Run::rows) {
        assert_ne!(row.end.trim(), "", "{row:?}");
        assert!(row.length() >= 0, "{row:?}");
    }
}

#[test]
fn the_stamps_carry_the_offset_of_the_bias() {
    for row in RUNS.iter().flat_map(Run::rows) {
        for stamp in [&row.start, &row.end] {
            assert_eq!(stamp.len(), "2026-11-20T22:43:18.123456789+08:00".len(), "{row:?}");
            assert_eq!(parse(stamp).offset().local_minus_utc(), 480 * 60, "{row:?}");
        }
    }
}

#[test]
fn only_the_archive_has_a_color_of_its_own() {
    for row in RUNS.iter().flat_map(Run::rows) {
        let expected = if row.task == "create archive" { "#ca562c" } else { "" };
        assert_eq!(row.color, expected, "{row:?}");
    }
}

#[test]
fn the_bytes_on_disk_are_those_that_it_says() {
    for run in RUNS.iter() {
        let image_bytes: usize = run.images.values().map(Vec::len).sum();
        assert_eq!(image_bytes / 1000, run.said.image_kb);
        assert_eq!(run.archive.len() / 1000, run.said.archive_kb);
    }
}

#[test]
fn the_images_are_whole() {
    for (name, bytes) in RUNS.iter().flat_map(|run| &run.images) {
        let mut image = png::Decoder::new(io::Cursor::new(bytes)).read_info().unwrap();
        let mut pixels = vec![0; image.output_buffer_size().unwrap()];
        let decoded = image.next_frame(&mut pixels);
        assert!(decoded.is_ok(), "{name}: {decoded:?}");
    }
}

#[test]
fn the_archive_holds_the_images() {
    for run in RUNS.iter() {
        let mut archive = zip::ZipArchive::new(io::Cursor::new(&run.archive)).unwrap();
        let mut packed = BTreeMap::new();
        for index in 0..archive.len() {
            let mut file = archive.by_index(index).unwrap();
            let mut bytes = Vec::new();
            io::copy(&mut file, &mut bytes).unwrap();
            packed.insert(file.name().unwrap().into_owned(), bytes);
        }
        assert!(packed == run.images, "{:?} are not {:?}", packed.keys(), run.images.keys());
    }
}

#[test]
fn each_save_takes_as_much_longer_as_it_is_told() {
    let run = finish(start(&[("DOWNLOAD_SAVE_MS", "100")]));
    assert_eq!(run.rows_of("save").count(), run.said.images);
    for save in run.rows_of("save") {
        assert!(save.length() >= 100_000_000, "{save:?}");
    }
}

const COLUMNS: [&str; 5] = ["group", "task", "start", "end", "color"];

/// Two runs of the example, started at the same time.
static RUNS: LazyLock<[Run; 2]> = LazyLock::new(|| [start(&[]), start(&[])].map(finish));

/// Everything that one run left behind.
struct Run {
    said: Said,
    page_path: PathBuf,
    page: String,
    lanes: BTreeMap<Lane, Vec<Row>>,
    images: BTreeMap<String, Vec<u8>>,
    archive: Vec<u8>,
}

/// The numbers in the line that it printed before the path of the page.
struct Said {
    processes: usize,
    threads: usize, // in each process
    images: usize,
    image_kb: usize,
    server_ms: i64,
    archive_kb: usize,
}

/// One thread of one process, as the name of its file says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Lane {
    process: String, // <host>.<pid>-<process start>
    thread: String,
    number: u32,
}

#[derive(Debug)]
struct Row {
    group: String,
    task: String,
    start: String,
    end: String,
    color: String,
}

impl Run {
    fn rows(&self) -> impl Iterator<Item = &Row> {
        self.lanes.values().flatten()
    }

    fn rows_of(&self, task: &str) -> impl Iterator<Item = &Row> {
        self.rows().filter(move |row| row.task == task)
    }
}

impl Row {
    fn start(&self) -> i64 {
        parse(&self.start).timestamp_nanos_opt().unwrap()
    }

    fn end(&self) -> i64 {
        parse(&self.end).timestamp_nanos_opt().unwrap()
    }

    fn length(&self) -> i64 {
        self.end() - self.start()
    }
}

fn parse(stamp: &str) -> DateTime<FixedOffset> {
    DateTime::parse_from_rfc3339(stamp).unwrap_or_else(|error| panic!("{stamp:?}: {error}"))
}

/// Starts the example with these variables.
fn start(variables: &[(&str, &str)]) -> Running {
    let mut command = program(example("download"));
    for (name, _) in env::vars_os() {
        if name.to_string_lossy().starts_with("WATERFALL") {
            command.env_remove(name); // the switches of the recorder
        }
    }
    // No proxy answers there. So, as without a network, only loopback can be reached, and only directly.
    for proxy in ["ALL_PROXY", "HTTP_PROXY", "http_proxy"] {
        command.env(proxy, "http://127.0.0.1:9");
    }
    command.env_remove("NO_PROXY").env_remove("no_proxy").env_remove("DOWNLOAD_SAVE_MS");
    command.envs(variables.iter().copied());
    command.start()
}

/// Waits for a run, reads everything that it left, and removes it: it would leave 20 MB for each test.
fn finish(running: Running) -> Run {
    let output = running.finish();
    let stdout = String::from_utf8(output.stdout).unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{}\n{stdout}{stderr}", output.status);
    assert_eq!(stderr, "", "nothing went wrong, so there is nothing to complain of");
    let [line, page_path] = stdout.lines().collect::<Vec<_>>()[..] else {
        panic!("not two lines: {stdout}");
    };

    let page_path = PathBuf::from(page_path); // <directory>/records/waterfall.html
    let directory = page_path.ancestors().nth(2).unwrap();
    let run = Run {
        said: read_line(line),
        page: fs::read_to_string(&page_path).unwrap(),
        lanes: read_records(&directory.join("records")),
        images: read_files(&directory.join("images")),
        archive: fs::read(directory.join("images.zip")).unwrap(),
        page_path: page_path.clone(),
    };
    fs::remove_dir_all(directory).unwrap();
    run
}

fn read_line(line: &str) -> Said {
    let words = line.split([' ', ',']);
    let numbers: Vec<usize> = words.filter_map(|word| word.parse().ok()).collect();
    let [processes, threads, images, image_kb, server_ms, archive_kb] = numbers[..] else {
        panic!("not six numbers: {line}");
    };
    let server_ms = server_ms as i64;
    Said { processes, threads, images, image_kb, server_ms, archive_kb }
}

fn read_records(directory: &Path) -> BTreeMap<Lane, Vec<Row>> {
    let mut lanes = BTreeMap::<_, Vec<_>>::new();
    for (name, bytes) in read_files(directory) {
        // <host>.<pid>-<process start>.<lane number>-<thread>.<part>.csv
        let parts: Vec<_> = name.split('.').collect();
        let [host, process, thread, _part, "csv"] = parts[..] else {
            assert!(name.ends_with(".attributes.csv") || !name.ends_with(".csv"), "{name}");
            continue;
        };
        let (number, thread) = thread.split_once('-').unwrap();
        let lane = Lane {
            process: format!("{host}.{process}"),
            thread: thread.to_owned(),
            number: number.parse().unwrap(),
        };
        let mut reader = csv::Reader::from_reader(&*bytes);
        assert_eq!(reader.headers().unwrap(), COLUMNS.as_slice(), "{name}");
        for record in reader.records() {
            let record = record.unwrap();
            let [group, task, start, end, color] = std::array::from_fn(|at| record[at].to_owned());
            let row = Row { group, task, start, end, color };
            lanes.entry(lane.clone()).or_default().push(row);
        }
    }
    lanes
}

fn read_files(directory: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(directory).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        files.insert(name, fs::read(entry.path()).unwrap());
    }
    files
}
