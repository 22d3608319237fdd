//! The command line: what is printed where, where the page goes, and what the exit code says.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use crate::dump::data;
use crate::processes::{Bounded, WATERFALL, program};

fn waterfall() -> Command {
    let mut command = program(WATERFALL);
    command.env_remove("WATERFALL_DIR");
    command
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// A writable copy of PerformancePy's records.
fn records() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(data("performance_py/records")).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), directory.path().join(entry.file_name())).unwrap();
    }
    directory
}

fn page(path: &Path) -> String {
    fs::read_to_string(path).unwrap()
}

#[test]
fn the_page_lies_in_the_directory_and_its_path_is_on_stdout() {
    let directory = records();
    let output = waterfall().arg("--directory").arg(directory.path()).run();
    let expected = directory.path().join("waterfall.html");
    assert_eq!(stdout(&output), format!("{}\n", expected.display()));
    assert_eq!(stderr(&output), "50 spans in 19 lanes of 7 processes, 0.97 s, 0 problems\n");
    assert_eq!(output.status.code(), Some(0));
    assert!(page(&expected).starts_with("<!doctype html>"));

    let names: Vec<_> =
        fs::read_dir(directory.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names.len(), 20, "19 files and the page, nothing temporary: {names:?}");
}

#[test]
fn the_same_records_give_the_same_page() {
    let directory = records();
    let run = || {
        waterfall().arg("-d").arg(directory.path()).run();
        page(&directory.path().join("waterfall.html"))
    };
    assert!(run() == run(), "two pages of the same records differ");
}

#[test]
fn without_arguments_the_environment_or_records_is_read() {
    let directory = records();
    let by_environment = waterfall().env("WATERFALL_DIR", directory.path()).run();
    assert_eq!(stdout(&by_environment), format!("{}\n", directory.path().join("waterfall.html").display()));

    // An empty variable counts as unset, as in the recorder.
    let above = tempfile::tempdir().unwrap();
    fs::create_dir(above.path().join("records")).unwrap();
    fs::copy(data("nasty/crlf.csv"), above.path().join("records/a.csv")).unwrap();
    let by_habit = waterfall().env("WATERFALL_DIR", "").current_dir(above.path()).run();
    assert_eq!(stdout(&by_habit), "records/waterfall.html\n");
    assert!(above.path().join("records/waterfall.html").exists());
}

#[test]
fn several_inputs_make_one_page_in_the_working_directory() {
    let directory = tempfile::tempdir().unwrap();
    let output = (waterfall().current_dir(directory.path()))
        .args(["report".into(), data("nasty/crlf.csv"), data("nasty/no-prefix.csv")])
        .run();
    assert_eq!(stdout(&output), "waterfall.html\n");
    assert_eq!(stderr(&output), "4 spans in 3 lanes of 3 processes, 0.15 s, 0 problems\n");
}

#[test]
fn with_a_dash_the_page_alone_is_on_stdout() {
    let directory = records();
    let output = waterfall().arg("-d").arg(directory.path()).args(["-o", "-"]).run();
    assert!(stdout(&output).starts_with("<!doctype html>"));
    assert!(stdout(&output).trim_end().ends_with("</html>"));
    assert!(!directory.path().join("waterfall.html").exists());
}

#[cfg(unix)]
#[test]
fn a_pipe_or_device_is_written_to_and_a_link_stays_a_link() {
    let directory = records();
    let run = |output: &Path| waterfall().arg("-d").arg(directory.path()).arg("-o").arg(output).run();

    let link = directory.path().join("latest.html");
    fs::write(directory.path().join("target.html"), "old").unwrap();
    std::os::unix::fs::symlink("target.html", &link).unwrap();
    assert_eq!(run(&link).status.code(), Some(0));
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert!(page(&directory.path().join("target.html")).starts_with("<!doctype html>"));

    let pipe = directory.path().join("pipe");
    assert!(program("mkfifo").arg(&pipe).run().status.success());
    let reader = program("head").arg("-c15").arg(&pipe).start();
    run(&pipe);
    assert_eq!(stdout(&reader.finish()), "<!doctype html>");
    assert!(!fs::metadata(&pipe).unwrap().is_file());
}

#[test]
fn a_problem_is_told_and_fails_only_when_asked_to() {
    let directory = records();
    fs::copy(data("nasty/foreign.csv"), directory.path().join("foreign.csv")).unwrap();
    let run =
        |strict: bool| waterfall().arg("-d").arg(directory.path()).args(strict.then_some("--strict")).run();
    let output = run(false);
    assert_eq!(output.status.code(), Some(0));
    let told = stderr(&output);
    assert!(
        told.contains("foreign.csv:1: skipped: unknown format, see `waterfall formats`; the first line is `id,name,price`"),
        "{told}"
    );
    assert!(told.ends_with("50 spans in 19 lanes of 7 processes, 0.97 s, 1 problem\n"), "{told}");
    assert!(page(&directory.path().join("waterfall.html")).contains("foreign.csv:1"));

    fs::remove_file(directory.path().join("waterfall.html")).unwrap();
    assert_eq!(run(true).status.code(), Some(1));
    assert!(directory.path().join("waterfall.html").exists(), "the page is written all the same");
}

#[test]
fn a_directory_without_records_is_an_error_that_names_it_and_the_option() {
    let directory = tempfile::tempdir().unwrap();
    let output = waterfall().arg("-d").arg(directory.path()).run();
    assert_eq!(output.status.code(), Some(3));
    let expected = format!(
        "waterfall: no readable record file in {}; use --directory to say where the records are; name a file to read it whatever its ending\n",
        directory.path().display()
    );
    assert_eq!((stdout(&output), stderr(&output)), (String::new(), expected));
}

#[test]
fn a_mistyped_command_is_told_from_a_file() {
    let directory = records();
    let told = |name: &str| stderr(&waterfall().current_dir(directory.path()).args([name, "."]).run());
    assert!(told("stat").starts_with(
        "waterfall: reading `stat` as a file name; did you mean the command `waterfall stats`?\n"
    ));
    assert!(
        told("rnu").starts_with(
            "waterfall: reading `rnu` as a file name; did you mean the command `waterfall run`?\n"
        )
    );
    fs::write(directory.path().join("stat"), "").unwrap();
    assert!(!told("stat").contains("command") && !told("other").contains("command"));
}

#[test]
fn wrong_usage_is_2_and_an_unwritable_page_is_5() {
    let wrong = waterfall().args(["--from", "yesterday"]).run();
    assert_eq!(wrong.status.code(), Some(2));
    let reversed = waterfall().args(["--from", "+2s", "--to", "+1s"]).run();
    assert_eq!(reversed.status.code(), Some(2));
    assert!(stderr(&reversed).contains("ends before it begins"), "{}", stderr(&reversed));
    assert!(stderr(&wrong).contains("expected a time such as +12.5s"), "{}", stderr(&wrong));

    let directory = records();
    let file = directory.path().join("zip-17344.csv");
    let output = waterfall().arg("-d").arg(directory.path()).arg("-o").arg(file.join("page.html")).run();
    assert_eq!(output.status.code(), Some(5));
    assert!(stderr(&output).starts_with("waterfall: cannot write the page to "), "{}", stderr(&output));
}

#[cfg(unix)]
#[test]
fn an_unreadable_file_is_one_problem() {
    use std::os::unix::fs::PermissionsExt;
    let directory = records();
    fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o777)).unwrap();
    let secret = directory.path().join("secret.csv");
    fs::copy(data("nasty/crlf.csv"), &secret).unwrap();
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o000)).unwrap();
    // Root may read everything, so root runs the program as another user.
    let copy = directory.path().join("waterfall");
    // Another process copies it. If this one had it open for writing while another test forks, nobody could start it.
    assert!(program("cp").arg(WATERFALL).arg(&copy).run().status.success());
    let mut command = if fs::File::open(&secret).is_ok() {
        let mut command = program("setpriv");
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(&copy);
        command
    } else {
        program(&copy)
    };
    let output = command.arg("-d").arg(directory.path()).run();
    assert!(stderr(&output).contains("secret.csv: cannot be read: Permission denied"), "{}", stderr(&output));
    assert!(stderr(&output).ends_with("50 spans in 19 lanes of 7 processes, 0.97 s, 1 problem\n"));
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn names_cannot_write_to_the_terminal() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("a.csv"), "group,task,start,end,color\ng,t,\x1b[31m,x,\n").unwrap();
    let output = waterfall().arg("-d").arg(directory.path()).run();
    assert!(!stderr(&output).contains('\x1b'), "{}", stderr(&output));
    assert!(stderr(&output).contains(r"\u{1b}[31m"), "{}", stderr(&output));
}

#[test]
fn spans_are_chosen_by_window_group_and_task() {
    let directory = records();
    let spans = |arguments: &[&str]| {
        let output = waterfall().arg("-d").arg(directory.path()).args(arguments).run();
        stderr(&output).split(" in ").next().unwrap().to_owned()
    };
    assert_eq!(spans(&["--group", "zip"]), "2 spans");
    assert_eq!(spans(&["--group", "thumbs?"]), "36 spans");
    assert_eq!(spans(&["--task", "thumbs0/make*", "--task", "save image"]), "18 spans");
    assert_eq!(spans(&["--to", "+100ms"]), "1 span");
    assert_eq!(spans(&["--from", "2026-11-20T22:54:51.55Z"]), "4 spans");
    assert_eq!(spans(&["--group", "none"]), "0 spans");
    let output = waterfall().arg("-d").arg(directory.path()).args(["--group", "zip"]).run();
    assert!(stderr(&output).ends_with("0 problems; 48 spans left out\n"), "{}", stderr(&output));
}

#[test]
fn attributes_are_on_the_page_as_far_as_there_is_room() {
    let made =
        |size: &str| waterfall().arg(data("attributes/1")).args(["-o", "-", "--attributes", size]).run();
    let all = stdout(&made("16MB"));
    assert!(all.contains(r#"id="attributes-0""#) && !all.contains("has no room"));
    assert_eq!(all, stdout(&made("16MB")));
    let none = stdout(&made("0"));
    assert!(!none.contains(r#"id="attributes-0""#));
    assert!(none.contains("are not on this page: it has no room for them. Use --attributes to make room"));
    assert!(none.contains(r#""attributes_command":"waterfall stats --format json "#));
    let refused = made("much");
    assert_eq!(refused.status.code(), Some(2));
    assert!(stderr(&refused).contains("expected a size such as 16MB, 500kB or 0"));
}

#[test]
fn lists_and_examples_in_the_help_fit_80_columns() {
    for command in ["run", "compare"] {
        let output = waterfall().args([command, "--help"]).env("COLUMNS", "200").run();
        let help = stdout(&output);
        let (_, lists) = help.split_once("Examples:\n").expect("the help has examples");
        assert!(lists.lines().any(|line| line.starts_with("  ")));
        for line in lists.lines().filter(|line| line.starts_with("  ")) {
            assert!(line.len() <= 80, "{line}");
        }
    }
}

#[test]
fn zones_and_titles_are_shown_as_asked() {
    let directory = records();
    let shown = |arguments: &[&str]| {
        let output = waterfall().arg("-d").arg(directory.path()).args(["-o", "-"]).args(arguments).run();
        stdout(&output)
    };
    assert!(shown(&[]).contains("2026-11-20 22:54:50 +00:00"));
    assert!(shown(&["--bias", "480"]).contains("2026-11-20 22:54:50 +08:00"));
    assert!(shown(&["--bias", "480", "--timezone", "Europe/Berlin"]).contains("2026-11-20 15:54:50 +01:00"));
    assert!(shown(&["--title", "</title><script>alert(1)</script>"]).contains("<title>&#60;/title&#62;"));
    assert!(shown(&["--durationonly"]).contains("\"duration_only\":true"));
}
