//! Rules of the repository: those of ARCHITECTURE.md and of the docs that a machine can check.

use std::fs;
use std::path::PathBuf;

use crate::dump::root;

/// The files of the project below a folder, with this ending.
fn files(folder: &str, ending: &str) -> Vec<(PathBuf, String)> {
    let is_own = |entry: &walkdir::DirEntry| {
        let name = entry.file_name().to_string_lossy();
        !matches!(name.as_ref(), "target" | "node_modules" | "data")
            && (entry.depth() == 0 || !name.starts_with('.'))
    };
    let mut files = Vec::new();
    for entry in
        walkdir::WalkDir::new(root().join(folder)).sort_by_file_name().into_iter().filter_entry(is_own)
    {
        let path = entry.unwrap().into_path();
        if path.extension().is_some_and(|found| found == ending) {
            let text = fs::read_to_string(&path).unwrap();
            files.push((path, text));
        }
    }
    assert!(!files.is_empty(), "no .{ending} file in {folder}");
    files
}

fn rust_files() -> Vec<(PathBuf, String)> {
    ["recorder", "report", "templates", "examples", "tests"]
        .iter()
        .flat_map(|folder| files(folder, "rs"))
        .collect()
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A value in the root manifest.
fn manifest(key: &str) -> String {
    let manifest = read("Cargo.toml");
    let line =
        manifest.lines().find_map(|line| line.strip_prefix(&format!("{key} = "))).expect("the key is there");
    line.split('"').nth(1).expect("the value is a string").to_owned()
}

#[test]
fn every_file_says_what_it_is() {
    for (path, text) in rust_files() {
        let header = text.lines().take_while(|line| line.starts_with("//!")).count();
        assert!(header > 0, "{} does not begin with a //! header", path.display());
        let is_crate_page = path.ends_with("src/lib.rs") || path.ends_with("src/format.rs");
        assert!(header <= 15 || is_crate_page, "the header of {} has {header} lines", path.display());
    }
    for (path, text) in files("templates/page", "js") {
        assert!(
            text.starts_with("// @ts-check\n// "),
            "{} does not begin with // @ts-check and a header",
            path.display()
        );
    }
}

#[test]
fn files_are_short_enough_to_be_read() {
    for (path, text) in rust_files()
        .into_iter()
        .chain(files("templates", "js"))
        .chain(files("templates", "css"))
        .chain(files("tests", "js"))
    {
        let lines = text.lines().count();
        assert!(lines <= 600, "{} has {lines} lines", path.display());
    }
}

/// Checks that no file of `folder` names one of `forbidden` in its code.
#[track_caller]
fn check_absent(folder: &str, forbidden: &[&str]) {
    // Simulations are tests, which print their figures for the docs.
    for (path, text) in
        files(folder, "rs").into_iter().filter(|(path, _)| !path.iter().any(|name| name == "simulation"))
    {
        for (number, line) in text.lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default().replace("esources", "");
            for word in forbidden {
                assert!(!code.contains(word), "{}:{}: `{word}`", path.display(), number + 1);
            }
        }
    }
}

/// What each room must not name. `modules` checks which rooms it may use.
#[test]
fn each_room_keeps_to_its_own() {
    check_absent("report/src/text", &["std::fs", "std::env", "clap", "anyhow", "templates"]);
    check_absent("report/src/model", &["templates", "serde", "std::path", "std::fs"]);
    check_absent("report/src/sources", &["templates", "clap", "anyhow", "println!"]);
    check_absent("report/src/analysis", &["templates", "std::fs", "std::env", "std::path"]);
    check_absent("report/src/gate", &["templates", "std::fs", "std::env", "println!"]);
    check_absent("report/src/outputs", &["clap", "anyhow", "std::env", "println!"]);
    for part in ["command", "task", "run", "runs", "report", "reading"] {
        check_absent(&format!("report/src/{part}"), &["clap", "anyhow", "println!"]);
    }
    for part in ["recorder/src/format", "recorder/src/format.rs"] {
        let io =
            ["std::fs", "std::io", "std::time", "crate::thread", "crate::journal", "crate::clock", "libc"];
        check_absent(part, &io);
    }
    // The part that all files of the recorder share must not know the columns of any.
    check_absent("report/src/sources/journal.rs", &["COLUMNS"]);
    check_absent("report/src/sources/performance_py.rs", &["journal", "recorder::"]);
    check_absent("templates/src", &["waterfall::", "Trace", "std::env"]);
}

#[test]
fn no_time_of_the_model_is_a_float() {
    // The values of counters are floats, as they were recorded. They are in two files, where times are integers, too.
    for (path, text) in files("report/src/model", "rs") {
        for line in text.lines().map(|line| line.split("//").next().unwrap_or_default()) {
            let is_value = (path.ends_with("counter.rs") || path.ends_with("thinned.rs"))
                && !line.contains("_ns: f64")
                && !line.contains("_ns: Vec<f64>");
            assert!(is_value || !line.contains("f64"), "{}: {line}", path.display());
        }
    }
}

#[test]
fn of_the_recorder_the_report_knows_the_format_alone_but_where_it_records() {
    for (path, text) in files("report/src", "rs") {
        let records = path
            .components()
            .any(|part| ["task", "run", "runs"].iter().any(|room| part.as_os_str() == *room));
        let mut may_use = vec!["recorder::format"];
        if records {
            // The same variables control it, and the machine has the same name.
            may_use.extend(["recorder::switches", "recorder::host_name", "recorder::writer"]);
        }
        for line in
            text.lines().filter(|line| line.contains("recorder::") && !line.trim_start().starts_with("//"))
        {
            assert!(may_use.iter().any(|part| line.contains(part)), "{}: {line}", path.display());
        }
    }
}

#[test]
fn only_the_program_names_clap_and_anyhow() {
    for (path, text) in files("report/src", "rs") {
        let is_of_cli = path.components().any(|part| part.as_os_str() == "cli");
        let may = is_of_cli || path.ends_with("main.rs");
        assert!(may || !(text.contains("clap::") || text.contains("anyhow::")), "{}", path.display());
    }
}

#[test]
fn the_recorder_depends_on_libc_alone_and_only_its_module_system_is_unsafe() {
    let recorder = read("recorder/Cargo.toml");
    let dependencies: Vec<_> = (recorder.split("\n[").filter(|table| table.contains("dependencies]")))
        .filter(|table| !table.contains("dev-dependencies]"))
        .flat_map(|table| table.lines().skip(1).filter(|line| !line.is_empty()))
        .collect();
    assert!(
        matches!(dependencies[..], [line] if line.starts_with("libc.workspace = true")),
        "{dependencies:?}"
    );
    for library in ["report/src/lib.rs", "templates/src/lib.rs"] {
        assert!(read(library).contains("#![forbid(unsafe_code)]"), "{library}");
    }
    for (path, text) in files("recorder/src", "rs") {
        let is_system = path.components().any(|part| part.as_os_str() == "system");
        let is_unsafe =
            text.lines().any(|line| !line.trim_start().starts_with("//") && line.contains("unsafe"));
        assert!(is_system || !is_unsafe, "{} has unsafe code", path.display());
    }
}

#[test]
fn the_page_names_no_address_and_builds_no_markup() {
    let forbidden = [
        "http://",
        "https://",
        "innerHTML",
        "insertAdjacentHTML",
        "outerHTML",
        "document.write",
        "eval(",
        "fetch(",
    ];
    for (path, text) in files("templates/page", "js") {
        for line in text.lines().filter(|line| !line.trim_start().starts_with(['*', '/'])) {
            let found = forbidden.iter().find(|word| line.contains(*word));
            assert!(found.is_none(), "{}: {line}", path.display());
        }
    }
}

#[test]
fn module_level_state_of_the_page_is_in_one_file() {
    for (path, text) in files("templates/page", "js") {
        let found = text.lines().find(|line| line.starts_with("let ") || line.starts_with("export let "));
        assert!(found.is_none() || path.ends_with("state.js"), "{}: {found:?}", path.display());
    }
}

/// The rooms of the page, each of which uses only those before it. What wires them is in the folder above.
const ROOMS: [&str; 4] = ["trace", "view", "chart", "sections"];

#[test]
fn modules_of_the_page_use_only_rooms_before_their_own() {
    for (index, room) in ROOMS.iter().enumerate() {
        for (path, text) in files(&format!("templates/page/{room}"), "js") {
            let named = [" from \"#page/", "import(\"#page/"].map(|begin| text.split(begin).skip(1)); // of types, too
            for used in named.into_iter().flatten() {
                let may = ROOMS[..=index].iter().any(|room| used.starts_with(&format!("{room}/")));
                let used = used.lines().next();
                assert!(may, "{} uses {used:?}", path.display());
            }
        }
    }
}

#[test]
fn the_trace_of_the_page_knows_no_document_and_no_view() {
    for (path, text) in files("templates/page/trace", "js") {
        for line in text.lines().map(|line| line.split("//").next().unwrap_or_default()) {
            let code = !line.trim_start().starts_with(['*', '/']);
            let found = ["document.", "navigator", "getComputedStyle", "addEventListener", "state("]
                .iter()
                .find(|word| line.contains(*word));
            assert!(!code || found.is_none(), "{}: {line}", path.display());
        }
    }
}

#[test]
fn the_papers_agree_with_the_manifest() {
    assert!(read("CHANGELOG.md").contains(&format!("## {}", manifest("version"))));
    assert!(read("README.md").contains(&format!("Rust {}", manifest("rust-version"))));
    assert!(read("ci.sh").contains(&format!("stable, {} or later", manifest("rust-version"))));
    assert!(read("LICENSE-MIT").starts_with("MIT License"));
    assert!(read("LICENSE-APACHE").contains("Apache License"));
}

#[test]
fn the_architecture_is_two_pages_and_names_what_is_there() {
    let text = read("ARCHITECTURE.md");
    let lines = text.lines().count();
    assert!(lines <= 110, "{lines} lines are over two pages");
    assert!(text.contains("## Invariants"));
    let is_path = |word: &&str| word.contains('/') && !word.contains([' ', '*', '<', '#', ':']);
    let named: Vec<&str> = text.split('`').skip(1).step_by(2).filter(is_path).collect();
    assert!(named.len() > 20, "{named:?}");
    for path in named {
        assert!(root().join(path).exists(), "ARCHITECTURE.md names {path}, which is not there");
    }
}

#[test]
fn the_readme_records_as_the_crate_page_does() {
    // The crate page is a doc test, so the lines of the README compile if it has exactly the same ones.
    let readme = read("README.md");
    let sample =
        readme.split("```rust\n").nth(1).and_then(|rest| rest.split("```").next()).expect("a sample in Rust");
    let crate_page = read("recorder/src/lib.rs").replace("//! ", "");
    for line in sample.lines().map(str::trim).filter(|line| !line.is_empty()) {
        assert!(crate_page.contains(line), "the recorder's crate page does not have `{line}`");
    }
}

#[test]
fn nothing_is_left_half_done_and_no_machine_is_named() {
    // In two halves, so that this file does not contain them.
    let marks = [
        ["todo", "!("],
        ["unimpl", "emented!("],
        ["#[ign", "ore"],
        ["FIX", "ME"],
        ["/wo", "rk/"],
        ["/ro", "ot/"],
        ["/ho", "me/"],
    ]
    .map(|halves| halves.concat());
    let scripts = ["js", "css", "sh", "md"].iter().flat_map(|ending| files(".", ending));
    for (path, text) in rust_files().into_iter().chain(scripts) {
        for mark in &marks {
            assert!(!text.contains(mark.as_str()), "{}: {mark}", path.display());
        }
    }
}
