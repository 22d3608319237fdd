//! Tables: a CSV or TSV of any program is read by its usual names, or by those that the user gives.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use crate::processes::{Bounded, WATERFALL, program};

/// A directory with one file.
struct Table {
    directory: tempfile::TempDir,
    path: PathBuf,
}

fn table(name: &str, content: impl AsRef<[u8]>) -> Table {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join(name);
    fs::write(&path, content).unwrap();
    Table { directory, path }
}

fn run(paths: &[&Path], options: &[&str]) -> Output {
    program(WATERFALL).args(["stats", "--format", "json"]).args(options).args(paths).run()
}

impl Table {
    /// The statistics, and what was printed to stderr without the directory.
    #[track_caller]
    fn read(&self, options: &[&str]) -> (serde_json::Value, String) {
        let output = run(&[&self.path], options);
        let told = self.told(&output);
        assert_eq!(output.status.code(), Some(0), "{told}");
        (serde_json::from_slice(&output.stdout).unwrap(), told)
    }

    /// What is printed when nothing can be read.
    #[track_caller]
    fn refused(&self, options: &[&str]) -> String {
        let output = run(&[&self.path], options);
        assert_eq!(output.status.code(), Some(3));
        self.told(&output)
    }

    fn told(&self, output: &Output) -> String {
        let told = String::from_utf8_lossy(&output.stderr);
        told.replace(&format!("{}/", self.directory.path().display()), "")
    }

    /// Each task with its count and total, and the lanes: `a 1 500000000, b 2 17; lanes 3`.
    #[track_caller]
    fn tasks(&self, options: &[&str]) -> String {
        let (stats, _) = self.read(options);
        let mut tasks: Vec<String> = (stats["tasks"].as_array().unwrap().iter())
            .map(|task| format!("{} {} {}", task["task"].as_str().unwrap(), task["count"], task["total_ns"]))
            .collect();
        tasks.sort();
        format!("{}; lanes {}", tasks.join(", "), stats["lanes"])
    }
}

const PLOTLY: &str = "Task,Start,Finish,Resource\n\
                      Job A,2009-01-01,2009-01-02,Alex\n\
                      Job B,2009-01-02 06:00,2009-01-02 18:00:00,Max\n";

#[test]
fn plotlys_own_example_is_a_table_and_performance_pys_header_is_not() {
    let tasks = table("gantt.csv", PLOTLY).tasks(&[]);
    assert_eq!(tasks, "Job A 1 86400000000000, Job B 1 43200000000000; lanes 2");
    let own = "Task,Start,Finish\n[g-p7tT] save,2026-11-20 22:54:51.0,2026-11-20 22:54:51.5\n";
    assert_eq!(table("own.csv", own).tasks(&[]), "save 1 500000000; lanes 1");
}

#[test]
fn plotlys_dates_are_a_table_also_with_a_description() {
    for dates in ["2009-01-01,2009-01-02", "2009/1/1,2009/1/2", "2009-01-01 06:00,2009-01-02 06:00"] {
        let content = format!("Task,Start,Finish,Description\nJob A,{dates},the first\n");
        assert_eq!(table("gantt.csv", content).tasks(&[]), "Job A 1 86400000000000; lanes 1", "{dates}");
    }
    let own = "Task,Start,Finish,Description,Color\n\
               save 2009-01-01,2026-11-20 22:54:51.0,2026-11-20 22:54:51.5,500 ms,na\n";
    assert_eq!(table("own.csv", own).tasks(&[]), "save 2009-01-01 1 500000000; lanes 1");
}

#[test]
fn a_table_looks_the_same_with_any_separator_in_any_encoding_and_compressed() {
    let comma = "name,begin,stop,worker\na,2026-11-20T22:00:00Z,2026-11-20T22:00:01Z,w\n";
    let expected = "a 1 1000000000; lanes 1";
    let utf16 = |text: &str| -> Vec<u8> {
        format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect()
    };
    for content in [
        comma.as_bytes().to_vec(),
        format!("\u{feff}{comma}").into_bytes(),
        comma.replace('\n', "\r\n").into_bytes(),
        comma.replace(',', ";").into_bytes(),
        comma.replace(',', "\t").into_bytes(),
        comma.replace(',', "|").into_bytes(),
        format!("sep=;\r\n{}", comma.replace(',', ";")).into_bytes(),
        format!("\u{feff}\"sep=\t\"\n{}", comma.replace(',', "\t")).into_bytes(),
        utf16(&comma.replace(',', "\t")),
        ruzstd::encoding::compress_to_vec(comma.as_bytes(), ruzstd::encoding::CompressionLevel::Fastest),
    ] {
        assert_eq!(table("t.csv", &content).tasks(&[]), expected, "{:?}", String::from_utf8_lossy(&content));
    }
}

#[test]
fn records_and_performance_pys_files_may_have_any_separator() {
    let record = "group;task;start;end;note\ng;a;2026-11-20 22:00:00,5Z;2026-11-20 22:00:01,25Z;1,5\n";
    assert_eq!(table("record.csv", record).tasks(&[]), "a 1 750000000; lanes 1");
    let own = "Task\tStart\tFinish\tDescription\tColor\n\
               [g-p7tT] a, \"b\"\t2026-11-20 22:54:51.0\t2026-11-20 22:54:51.5\t500 ms\tna\n";
    assert_eq!(table("own.csv", own).tasks(&[]), "a, \"b\" 1 500000000; lanes 1");
}

#[test]
fn all_other_columns_are_attributes_but_not_the_index_of_pandas() {
    let content = ",task,start,end,url,size\n0,a,2026-11-20T22:00:00Z,2026-11-20T22:00:01Z,http://x,\n";
    let table = table("pandas.csv", content);
    let (stats, _) = table.read(&["--by", "url"]);
    let text = stats.to_string();
    assert!(text.contains("http://x") && !text.contains("column 1"), "{text}");
}

#[test]
fn small_numbers_count_from_a_start_of_the_files_own() {
    let table = table("own.csv", "name,start,dur\na,0.5,0.25\nb,1e-05,1\n");
    let (_, told) = table.read(&[]);
    assert!(
        told.contains(
            "own.csv:2: times are numbers, but by their size no times since 1970: read as seconds since a start of the file's \
             own; set another unit by --columns unit=ms"
        ),
        "{told}"
    );
    assert_eq!(table.tasks(&[]), "a 1 250000000, b 1 1000000000; lanes 2");
    assert_eq!(table.tasks(&["--columns", "unit=ms"]), "a 1 250000, b 1 1000000; lanes 2");
    assert_eq!(
        table.tasks(&["--columns", "unit=ms,duration-unit=s"]),
        "a 1 250000000, b 1 1000000000; lanes 2"
    );
    let (_, told) = table.read(&["--columns", "unit=ms"]);
    assert!(told.ends_with("0 problems\n"), "{told}");
}

#[test]
fn units_in_the_names_of_columns_are_no_assumption() {
    let table = table(
        "t.csv",
        "operation,start_us,elapsed (ms)\na,1795215291347682,1.5\nb,1795215291347683,0:00:02\n",
    );
    let (stats, told) = table.read(&[]);
    assert!(told.ends_with("0 problems\n"), "{told}");
    assert_eq!(stats["start"], "2026-11-20T22:54:51.347682000+00:00", "{stats}");
    assert_eq!(table.tasks(&[]), "a 1 1500000, b 1 2000000000; lanes 2");
}

#[test]
fn a_form_and_a_zone_are_given_by_the_user() {
    let content = "Was;Beginn;Ende\na;20.11.2026 22:54:51,5;20.11.2026 22:54:52.250\n";
    let table = table("t.csv", content);
    let columns = ["--columns", "task=Was,start=Beginn,end=Ende"];
    let told = table.refused(&columns);
    assert!(
        told.contains(
            "t.csv:2: row skipped: start `20.11.2026 22:54:51,5` is a date in a form of its own: say it by --columns \
             'format=%d.%m.%Y %H:%M:%S'\n"
        ),
        "{told}"
    );
    for form in ["%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M:%S%.f"] {
        let form = format!("format={form},zone=Europe/Paris");
        let (stats, told) = table.read(&[&columns[..], &["--columns", &form]].concat());
        assert!(told.ends_with("0 problems\n"), "{told}");
        assert_eq!(stats["start"], "2026-11-20T22:54:51.500000000+01:00", "{stats}");
        assert_eq!(stats["tasks"][0]["total_ns"], 750_000_000, "{stats}");
    }
}

#[test]
fn the_form_that_a_message_names_fits_the_time_and_works_when_pasted() {
    for (start, end, form) in [
        ("20.11.2026 14:03:05,250", "20.11.2026 14:03:06,250", "format=%d.%m.%Y %H:%M:%S"),
        ("11/20/2026 2:03:05 PM", "11/20/2026 2:03:06 PM", "format=%m/%d/%Y %I:%M:%S %p"),
        ("11/20/2026, 2:03:05 PM", "11/20/2026, 2:03:06 PM", "format=\"%m/%d/%Y, %I:%M:%S %p\""),
        ("20 Nov 2026 14:03:05", "20 Nov 2026 14:03:06", "format=%d %b %Y %H:%M:%S"),
    ] {
        let table = table("t.csv", format!("task;start;end\na;{start};{end}\n"));
        let told = table.refused(&[]);
        let (_, option) = told.split_once("--columns '").unwrap();
        let (option, _) = option.split_once('\'').unwrap();
        assert_eq!(option, form, "{told}");
        assert_eq!(table.tasks(&["--columns", option]), "a 1 1000000000; lanes 1");
    }
    let uncertain = table("t.csv", "task;start;end\na;5/6/2026 10:00:00;5/6/2026 10:00:01\n").refused(&[]);
    let both = "has day and month in an uncertain order: say it by --columns 'format=%d/%m/%Y %H:%M:%S' or \
                --columns 'format=%m/%d/%Y %H:%M:%S'\n";
    assert!(uncertain.contains(both), "{uncertain}");
    for no_date in ["soon", "1.234,5 s.", "1.2.3.4"] {
        let told = table("t.csv", format!("task;start;end\na;{no_date};{no_date}\n")).refused(&[]);
        assert!(!told.contains("format="), "{told}");
    }
}

#[test]
fn a_form_is_for_the_tables_that_have_it_and_all_others_are_read_as_ever() {
    let german = table("german.csv", "task;start;end\na;05.11.2026 10:00:00,5;05.11.2026 10:00:01\n");
    let iso = german.directory.path().join("iso.csv");
    let rows = "b,2026-11-05T09:00:00Z,2026-11-05 09:00:01+00:00\n\
                c,1793869200000,1793869201000\n\
                d,2026-11-05 10:00:00,2026-11-05 10:00:01\n\
                e,2026-11-05 10:00,2026/11/05 10:01\n\
                f,11/05/26,17\n";
    fs::write(&iso, format!("task,start,end\n{rows}")).unwrap();
    let options = ["--columns", "format=%d.%m.%Y %H:%M:%S,zone=Europe/Paris"];
    let output = run(&[&german.path, &iso], &options);
    let told = german.told(&output);
    let stats: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&stats["spans"], &stats["wall_ns"]), (&5.into(), &60_000_000_000_i64.into()), "{told}");
    let refused = "iso.csv:6: row skipped: start `11/05/26` does not have the form `%d.%m.%Y %H:%M:%S`: ";
    assert!(told.contains(refused), "{told}");
}

#[test]
fn the_option_for_columns_may_be_repeated_but_not_contradict_itself() {
    let table = table("t.csv", "What,Begin,Gone\na,1,2\n");
    let columns = ["--columns", "task=What,start=Begin", "--columns", "end=Gone", "--columns", "unit=ms"];
    assert_eq!(table.tasks(&columns), "a 1 1000000; lanes 1");
    for command in ["stats", "report", "summarize"] {
        let options = [command, "--columns", "end=Gone", "--columns", "task=What,end=Begin"];
        let output = program(WATERFALL).args(options).arg(&table.path).run();
        let told = table.told(&output);
        assert_eq!(output.status.code(), Some(2), "{told}");
        assert!(told.contains("invalid values for --columns: `end` is given twice"), "{told}");
    }
}

#[test]
fn the_jobs_of_slurm_are_a_table() {
    let content = "JobID|JobName|Start|End|Elapsed|NodeList|State\n\
                   1|fit|2026-11-20T22:00:00|2026-11-21T22:00:01|1-00:00:01|node01|COMPLETED\n\
                   2|fit|2026-11-20T22:00:00|Unknown|00:10:00|node02|RUNNING\n\
                   3|fit|Unknown|Unknown|00:00:00|None assigned|PENDING\n\
                   4|fit|None|2026-11-20T22:00:00|00:00:00|None assigned|CANCELLED by 1000\n\
                   5|fit||-|00:00:00|N/A|PENDING\n";
    let sacct = table("sacct.csv", content);
    let (stats, told) = sacct.read(&["--bias", "0"]);
    assert_eq!((&stats["spans"], &stats["unfinished"], &stats["lanes"]), (&1.into(), &1.into(), &2.into()));
    assert!(told.contains("sacct.csv:4: 3 rows without a start, such as pending jobs: skipped\n"), "{told}");
    assert!(told.ends_with("1 problem\n"), "{told}");
    let elapsed = sacct.tasks(&["--columns", "start=Start,duration=Elapsed"]);
    assert_eq!(elapsed, "fit 2 87001000000000; lanes 2");
}

#[test]
fn a_shift_that_ends_after_midnight_is_no_fault() {
    let content = "task,start,end\n\
                   late,23:59:00,00:01:00.5\n\
                   night,22:00:00,6:00:00\n\
                   day,09:00:00,17:00:00\n";
    let shifts = table("shifts.csv", content);
    let expected = "day 1 28800000000000, late 1 120500000000, night 1 28800000000000; lanes 2";
    assert_eq!(shifts.tasks(&[]), expected);
    let (_, told) = shifts.read(&[]);
    let said = "shifts.csv:2: times of day have no date of their own, and 2 spans would end before the start: read as ending after \
                midnight\n";
    assert!(told.contains(said) && told.ends_with("1 problem\n"), "{told}");
    let (_, told) = table("back.csv", "task,start,end\na,30:00:00,00:00:01\n").read(&[]);
    assert!(told.contains("back.csv:2: ends before it starts: drawn with a length of 0\n"), "{told}");
}

#[test]
fn an_hour_that_a_zone_repeats_or_skips_is_told() {
    let content = "task,start,end\n\
                   back,2026-11-01 01:30:00,2026-11-01 01:30:01\n\
                   skipped,2026-03-08 02:30:00,2026-03-08 03:30:01\n";
    let table = table("dst.csv", content);
    let (_, told) = table.read(&["--columns", "zone=America/New_York"]);
    let zone = "America/New_York";
    let twice = format!(
        "dst.csv:2: 2 times that the clock of {zone} showed twice: read as the earlier moment, unless an end would be before its start\n"
    );
    let never = format!(
        "dst.csv:3: 1 time that the clock of {zone} skipped: read with the offset before the change\n"
    );
    assert!(told.contains(&twice) && told.contains(&never), "{told}");
    let tasks = table.tasks(&["--columns", "zone=America/New_York"]);
    assert_eq!(tasks, "back 1 1000000000, skipped 1 1000000000; lanes 1");
}

#[test]
fn what_cannot_be_told_is_asked_for_with_the_files_own_columns() {
    let table = table("jobs.csv", "Name,Begin,Gone\na,2026-11-20T22:00:00Z,2026-11-20T22:00:01Z\n");
    let question = "jobs.csv:1: skipped: cannot tell which column is the end; say it: \
                    --columns 'task=Name,start=Begin,end=???' (columns: Name, Begin, Gone)\n";
    assert!(table.refused(&[]).starts_with(question), "{}", table.refused(&[]));
    let answer = ["--columns", "task=Name,start=Begin,end=Gone"];
    assert_eq!(table.tasks(&answer), "a 1 1000000000; lanes 1");
    assert_eq!(table.tasks(&["--columns", "end=#3"]), "a 1 1000000000; lanes 1");
}

#[test]
fn a_column_that_no_file_has_is_an_error_with_near_names() {
    let table = table("jobs.csv", "Name,Begin,Gone\na,1,2\n");
    let told = table.refused(&["--columns", "task=Name,start=Begn,end=Gone"]);
    assert!(
        told.ends_with(
            "waterfall: no file has the column `Begn` of --columns; did you mean `Begin`? (columns of jobs.csv: Name, \
             Begin, Gone)\n"
        ),
        "{told}"
    );
    let other = table.directory.path().join("other.csv");
    fs::write(&other, "task,start,end\nb,1,2\n").unwrap();
    let output = run(&[&table.path, &other], &["--columns", "task=Name,start=Begin,end=Gone"]);
    assert_eq!(output.status.code(), Some(0), "it is for one of them: {}", table.told(&output));
    let output = run(&[&table.path], &["--columns", "tsk=Name"]);
    assert_eq!(output.status.code(), Some(2), "{}", table.told(&output));
}

#[test]
fn the_users_columns_win_over_other_formats_but_not_over_a_recorders_names() {
    let content = "group,task,start,end,real start\n\
                   g,a,2026-11-20T22:00:00Z,2026-11-20T22:00:05Z,2026-11-20T22:00:03Z\n";
    let map = ["--columns", "start=real start"];
    assert_eq!(table("r.csv", content).tasks(&map), "a 1 2000000000; lanes 1");
    let journal = table("h.1-ff.0-main.0.csv", content);
    let told = journal.refused(&map);
    assert!(told.ends_with("none of the inputs is a table of another program\n"), "{told}");
}

#[test]
fn rows_that_are_none_are_told_one_by_one_and_all_others_are_read() {
    let content = "task,lane,start,end\n\
                   \"two\nlines\",x,2026-11-20T22:00:00Z,2026-11-20T22:00:01Z\n\
                   \"open,x,2026-11-20T22:00:00Z,2026-11-20T22:00:01Z\n\
                   running,x,2026-11-20T22:00:01Z,NaT\n\
                   short,x,2026-11-20T22:00:01Z\n\
                   back,x,2026-11-20T22:00:03Z,2026-11-20T22:00:02Z\n\
                   number,x,17,18\n\
                   task,lane,start,end\n\
                   last,x,2026-11-20T22:00:04.000,2026-11-20T22:00:05.0";
    let table = table("t.csv", content);
    let (stats, told) = table.read(&[]);
    assert_eq!((&stats["spans"], &stats["unfinished"]), (&2.into(), &1.into()), "{told}");
    for problem in [
        "t.csv:4: row skipped: a quote is not closed, or text follows it\n",
        "t.csv:6: row skipped: it has 3 fields, the header has 4\n",
        "t.csv:7: ends before it starts: drawn with a length of 0\n",
        "t.csv:8: row skipped: start `17` is a number too small for a time since 1970",
        "t.csv:10: incomplete last row skipped: its last field may be cut off\n",
    ] {
        assert!(told.contains(problem), "{told}");
    }
    assert!(told.ends_with("5 problems\n"), "{told}");
}

#[test]
fn a_quote_that_is_never_closed_costs_one_row() {
    let row = "a,2026-11-20T22:00:00Z,2026-11-20T22:00:01Z\n";
    let content = format!("task,start,end\n\"{row}{}", row.repeat(5000));
    let (stats, told) = table("t.csv", content).read(&[]);
    assert_eq!(stats["spans"], 5000, "{told}");
    assert!(told.ends_with("1 problem\n"), "{told}");
}

#[test]
fn names_in_a_header_cannot_harm_a_terminal_or_a_shell() {
    let told = table("t.csv", "start,it's\u{1b}[31m,$(id)\n1,2,3\n").refused(&[]);
    assert!(!told.contains('\u{1b}'), "{told}");
    assert!(told.contains("--columns 'task=???,start=start,end=???' (columns: start, #2, $(id))"), "{told}");
}

#[test]
fn each_column_of_times_may_have_a_unit() {
    let of_two = table("t.csv", "name,start_ms,end_s\na,1000,2.5\n");
    assert_eq!(of_two.tasks(&[]), "a 1 1500000000; lanes 1");
    let of_one = table("t.csv", "name,start,end_ms\na,1000,2500\n");
    assert_eq!(of_one.tasks(&[]), "a 1 1500000000; lanes 1");
    let bare = table("t.csv", "name,start_ms,dur\na,1000,250\n");
    let (_, told) = bare.read(&[]);
    let assumption = "t.csv:2: durations are numbers without a unit: read as milliseconds; set another by --columns \
                      duration-unit=s\n";
    assert!(told.contains(assumption), "{told}");
    assert_eq!(bare.tasks(&["--columns", "duration-unit=s"]), "a 1 250000000000; lanes 1");
}

#[test]
fn a_column_of_dates_belongs_to_times_of_day() {
    let shift =
        table("t.csv", "date,task,start,end\n2026-11-20,a,23:00:00,23:30\n2026-11-21,b,23:00,01:00:00\n");
    let (stats, told) = shift.read(&[]);
    assert_eq!(stats["start"], "2026-11-20T23:00:00.000000000+00:00", "{told}");
    assert!(told.contains("t.csv:3: times of day have no date of their own, and 1 span would end"), "{told}");
    assert_eq!(shift.tasks(&[]), "a 1 1800000000000, b 1 7200000000000; lanes 1");
    let german = table("t.csv", "Day;task;start;end\n20.11.2026;a;10:00:00;10:00:01,5\n");
    let (_, told) = german.read(&[]);
    assert!(
        told.contains(
            "t.csv:2: times of day are read without the column `Day`: start `20.11.2026 10:00:00` is a date"
        ),
        "{told}"
    );
    let (stats, told) = german.read(&["--columns", "format=%d.%m.%Y %H:%M:%S,zone=Europe/Berlin"]);
    assert_eq!(stats["start"], "2026-11-20T10:00:00.000000000+01:00", "{told}");
    assert!(told.ends_with("0 problems\n"), "{told}");
    let names = table("t.csv", "day,task,start,end\nMonday,a,10:00:00,10:00:01\n,b,10:00:02,10:00:03\n");
    assert_eq!(names.tasks(&[]), "a 1 1000000000, b 1 1000000000; lanes 1");
    let gap = table("t.csv", "date,task,start,end\n2026-11-20,a,10:00:00,10:00:01\n,b,10:00:02,10:00:03\n");
    let (_, told) = gap.read(&[]);
    assert!(told.contains("t.csv:3: row skipped: start `10:00:02` has no date\n"), "{told}");
}

#[test]
fn a_span_may_end_in_the_second_pass_of_a_repeated_hour() {
    let content = "task,start,end\na,2026-11-01 01:50:00,2026-11-01 01:10:00\n";
    let tasks = table("dst.csv", content).tasks(&["--columns", "zone=America/New_York"]);
    assert_eq!(tasks, "a 1 1200000000000; lanes 1");
}

#[test]
fn seconds_since_1970_by_their_form_need_no_zone() {
    let table = table("t.csv", "task,start,end\na,1795215291,1795215292\n");
    let map = ["--columns", "format=%s,zone=America/New_York"];
    for (bias, start) in
        [("0", "2026-11-20T22:54:51.000000000+00:00"), ("60", "2026-11-20T23:54:51.000000000+01:00")]
    {
        let (stats, told) = table.read(&[&map[..], &["--bias", bias]].concat());
        assert_eq!(stats["start"], start, "{told}");
        assert!(told.ends_with("0 problems\n"), "{told}");
    }
}

#[test]
fn numbers_of_no_known_size_get_the_unit_to_write() {
    for (start, end, unit) in
        [("8123456123456789", "8123456123456790", "ns"), ("177270480012", "177270480013", "us")]
    {
        let table = table("t.csv", format!("task,start,end\na,{start},{end}\n"));
        let told = table.refused(&[]);
        let option = format!("unit={unit}");
        assert!(told.contains("is a number whose unit is unknown"), "{told}");
        assert!(told.contains(&format!("say its unit: --columns {option}\n")), "{told}");
        let ns = if unit == "ns" { 1 } else { 1000 };
        assert_eq!(table.tasks(&["--columns", &option]), format!("a 1 {ns}; lanes 1"));
    }
}

#[test]
fn minutes_of_an_hour_are_read_after_times_of_day() {
    let table = table("t.csv", "task,start,end\na,10:00:00,10:01\nb,10:02,noon\nc,10:02,10:03:30\n");
    let (_, told) = table.read(&[]);
    assert!(
        told.contains("t.csv:3: row skipped: end `noon` is no time of day, as the times above are\n"),
        "{told}"
    );
    assert_eq!(table.tasks(&[]), "a 1 60000000000, c 1 90000000000; lanes 1");
}

#[test]
fn times_with_the_name_of_utc_are_no_assumption() {
    let content = "task,start,end\na,2026-11-20 10:00:00 UTC,2026-11-20 10:00:01 GMT\nb,2026-11-20 10:00 UTC,2026-11-20 10:01 Z\n";
    let (_, told) = table("t.csv", content).read(&[]);
    assert!(told.ends_with("0 problems\n"), "{told}");
}
