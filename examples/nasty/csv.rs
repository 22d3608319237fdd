//! Nasty CSV: PerformancePy's files, and records that people or other languages wrote.

use std::fmt::{self, Display};

use super::Input;

pub(super) const HEADER: &str = "Task,Start,Finish,Description,Color\n";

/// A row of PerformancePy.
#[derive(Clone, Copy)]
pub(super) struct Row<'a> {
    pub(super) group: &'a str,
    pub(super) pid: u32,
    pub(super) thread: &'a str,
    pub(super) task: &'a str,
    pub(super) start: &'a str,
    pub(super) finish: &'a str,
    pub(super) description: &'a str,
    pub(super) color: &'a str,
}

/// 14.927 ms; others are made from it.
pub(super) const ROW: Row<'_> = Row {
    group: "download",
    pid: 100,
    thread: "MainThread",
    task: "first",
    start: "2026-11-20 22:54:51.347682",
    finish: "2026-11-20 22:54:51.362609",
    description: "15 ms",
    color: "na",
};

const SECOND: Row<'_> = Row {
    task: "second",
    start: "2026-11-20 22:54:51.400000",
    finish: "2026-11-20 22:54:51.500000",
    description: "100 ms",
    color: "#ca562c",
    ..ROW
};

impl Display for Row<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Row { group, pid, thread, task, start, finish, description, color } = self;
        writeln!(f, "[{group}-p{pid}t{thread}] {task},{start},{finish},{description},{color}")
    }
}

fn named(task: &str) -> String {
    Row { task, ..ROW }.to_string()
}

fn timed(task: &str, start: &str, finish: &str, description: &str) -> String {
    Row { task, start, finish, description, ..ROW }.to_string()
}

/// A row of this time on 20 November 2026, between 22:54:00 and 22:55:00.
fn within_minute(task: &str, start: &str, finish: &str, description: &str) -> String {
    let (start, finish) = (format!("2026-11-20 22:54:{start}"), format!("2026-11-20 22:54:{finish}"));
    timed(task, &start, &finish, description)
}

/// The two rows that most inputs have.
pub(super) fn two() -> String {
    format!("{ROW}{SECOND}")
}

/// A file of these rows.
fn with_header(rows: &[String]) -> String {
    format!("{HEADER}{}", rows.concat())
}

fn all_named(tasks: &[&str]) -> String {
    with_header(&tasks.iter().map(|task| named(task)).collect::<Vec<_>>())
}

pub(super) fn inputs() -> Vec<Input> {
    let texts = [shapes(), names(), times(), foreign(), records()].concat();
    let texts = texts.into_iter().map(|(name, text)| (name.to_owned(), text.into_bytes()));
    texts.chain(bytes()).collect()
}

type Text = (&'static str, String);

/// Files that are cut, joined or saved by another program.
fn shapes() -> Vec<Text> {
    let two = two();
    let full = format!("{HEADER}{two}");
    let cut = |at: usize| full[..at].to_owned();
    let place = |text: &str| full.rfind(text).expect("the file has it");
    vec![
        ("csv/empty.csv", String::new()),
        ("csv/header-only.csv", HEADER.into()),
        ("csv/header-only-no-newline.csv", HEADER.trim_end().into()),
        ("csv/blank-lines.csv", format!("{HEADER}\n{}", two.replace('\n', "\n\n"))),
        ("csv/no-final-newline.csv", full.trim_end().into()),
        ("csv/bom.csv", format!("\u{feff}{full}")),
        ("csv/crlf.csv", full.replace('\n', "\r\n")),
        ("csv/cr-only.csv", full.replace('\n', "\r")),
        ("csv/truncated-0.csv", cut(full.len() - 3)),
        ("csv/truncated-1.csv", cut(place("100 ms") + 2)),
        ("csv/truncated-2.csv", cut(place("22:54:51.5") + 8)),
        ("csv/truncated-3.csv", cut(place("second") + 3)),
        ("csv/truncated-4.csv", cut(HEADER.len() / 2)),
        ("csv/header-twice.csv", format!("{}{}", all_named(&["a"]), all_named(&["b"]))),
        ("csv/no-header.csv", two.clone()),
        ("csv/semicolon.csv", full.replace(',', ";")),
        ("csv/row-huge.csv", {
            let description = format!("{} ms", "9".repeat(2_500_000));
            format!("{HEADER}{}{two}", Row { task: "x", description: &description, ..ROW })
        }),
    ]
}

const MARKUP: [&str; 11] = [
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<!--<script>",
    "]]>",
    "&lt;b&gt;",
    "\"><svg onload=alert(1)>",
    "'+alert(1)+'",
    "${alert(1)}",
    "{{7*7}}",
    "\\u003cscript",
    "javascript:alert(1)",
];

/// Names of tasks, groups, threads and colours.
fn names() -> Vec<Text> {
    let quoted = |task: &str| {
        format!(
            "\"[g-p1tMainThread] {task}\",2026-11-20 22:54:51.347682,2026-11-20 22:54:51.362609,15 ms,na\n"
        )
    };
    let colors = [
        "na",
        "NA",
        "",
        "#abc",
        "#ABCDEF",
        "#abcdef80",
        "red",
        "rgb(1 2 3)",
        "#GGGGGG",
        "red;background:url(//evil)",
        "\"><script>alert(1)</script>",
        "url(javascript:alert(1))",
    ];
    let in_markup =
        Row { task: "g", group: "<img src=x onerror=alert(2)>", thread: "<script>alert(3)</script>", ..ROW };
    vec![
        ("csv/quotes-pp.csv", all_named(&["download \"a.jpg\"", "\"quoted\" first", "odd \" quote"])),
        ("csv/quotes-rfc4180.csv", with_header(&[quoted("say \"\"hi\"\", bye")])),
        ("csv/comma-pp.csv", all_named(&["first", "copy a.jpg, b.jpg", "a,b,c,,", "last"])),
        ("csv/comma-all-pp.csv", all_named(&["copy a.jpg, b.jpg", "copy c.jpg, d.jpg"])),
        ("csv/comma-group-pp.csv", format!("{HEADER}{}", Row { task: "a", group: "g,h", ..ROW })),
        ("csv/newline-pp.csv", all_named(&["two\nlines", "x"])),
        ("csv/newline-rfc4180.csv", with_header(&[quoted("two\nlines")])),
        (
            "csv/unclosed-quote.csv",
            with_header(&[quoted("never closed").replace("closed\"", "closed"), two()]),
        ),
        ("csv/stray-quotes.csv", {
            let rows = "a,2026-11-20T22:00:00Z,2026-11-20T22:00:01Z\n".repeat(3000);
            format!("name,begin,end\n{}", format!("\"{rows}").repeat(3))
        }),
        (
            "csv/unicode.csv",
            all_named(&[
                "emoji 🦍👩‍👩‍👧‍👦",
                "rtl \u{202e}evil\u{202c}",
                "arabic صورة hebrew תמונה",
                "zero\u{200b}width",
                "combining e\u{301}",
                "line\u{2028}sep",
            ]),
        ),
        ("csv/html.csv", format!("{}{in_markup}", all_named(&MARKUP))),
        (
            "csv/formula.csv",
            all_named(&[
                "=cmd|' /C calc'!A0",
                "+1+1",
                "-1+1",
                "@SUM(A1)",
                "\t=1",
                "=HYPERLINK(\"http://x\",\"y\")",
            ]),
        ),
        (
            "csv/ansi.csv",
            all_named(&["\u{1b}[31mred\u{1b}[0m", "\u{7}bell\u{8}\u{8}", "\u{1b}]0;title\u{7}"]),
        ),
        ("csv/name-200k.csv", all_named(&[&"n".repeat(200_000)])),
        (
            "csv/names-empty.csv",
            with_header(&[
                named(""),
                named(" "),
                Row { task: "x", group: "", ..ROW }.to_string(),
                Row { task: "x", thread: "", ..ROW }.to_string(),
            ]),
        ),
        (
            "csv/no-prefix.csv",
            with_header(&[
                "plain task,2026-11-20 22:54:51.347682,2026-11-20 22:54:51.362609,15 ms,na\n".into(),
                Row { task: "a] b", group: "x] y-p7tz", ..ROW }.to_string(),
            ]),
        ),
        ("csv/names-10k.csv", {
            let row = |index: usize| {
                let (s, us) = (index / 1000, index % 1000 * 1000);
                let (start, finish) = (format!("{s:02}.{us:06}"), format!("{s:02}.{:06}", us + 900));
                within_minute(&format!("task {index:05}"), &start, &finish, "1 ms")
            };
            with_header(&(0..10_000).map(row).collect::<Vec<_>>())
        }),
        ("csv/colours.csv", {
            let row = |(index, color)| Row { task: &format!("c{index}"), color, ..ROW }.to_string();
            with_header(&colors.into_iter().enumerate().map(row).collect::<Vec<_>>())
        }),
        ("csv/pid-reuse.csv", {
            let old = Row { task: "old process", group: "a", pid: 77, ..ROW };
            let new = Row {
                task: "new process",
                group: "b",
                start: "2026-11-20 23:54:51.347682",
                finish: "2026-11-20 23:54:51.362609",
                ..old
            };
            with_header(&[old.to_string(), new.to_string()])
        }),
    ]
}

/// Times that are impossible, far away, or in no order.
fn times() -> Vec<Text> {
    let from = |task, start| Row { task, start, ..ROW }.to_string();
    let instant = |task: &str| within_minute(task, "51.347682", "51.347682", "0 ms");
    let years = [
        ("1970-01-01 00:00:00.000000", "1970-01-01 00:00:00.001000"),
        ("1969-12-31 23:59:59.999000", "1970-01-01 00:00:00.000000"),
        ("2262-04-11 23:47:16.853000", "2262-04-11 23:47:16.854000"),
        ("2262-04-11 23:47:16.854000", "2262-04-11 23:47:16.855000"), // the last is 16.854775807
        ("9999-12-31 23:59:59.998000", "9999-12-31 23:59:59.999000"),
        ("0001-01-01 00:00:00.000000", "0001-01-01 00:00:00.001000"),
    ];
    vec![
        (
            "csv/end-before-start.csv",
            with_header(&[within_minute("back", "52.000000", "51.000000", "-1000 ms"), named("ok")]),
        ),
        (
            "csv/clock-step.csv",
            with_header(&[
                within_minute("a", "51.000000", "52.000000", "1000 ms"),
                within_minute("b", "12.000000", "13.000000", "1000 ms"),
            ]),
        ),
        ("csv/identical-times.csv", {
            let instants = (0..5).map(|index| instant(&format!("same {index}")));
            with_header(&instants.chain([named("long"), named("long2")]).collect::<Vec<_>>())
        }),
        (
            "csv/overlap-same-thread.csv",
            with_header(&[
                within_minute("a", "51.000000", "53.000000", "2000 ms"),
                within_minute("b", "52.000000", "54.000000", "2000 ms"),
            ]),
        ),
        (
            "csv/description-lies.csv",
            with_header(
                &[("x", "99999 ms"), ("y", "fast"), ("z", "")]
                    .map(|(task, description)| timed(task, ROW.start, ROW.finish, description)),
            ),
        ),
        ("csv/years.csv", {
            let row = |(index, (start, finish))| timed(&format!("y{index}"), start, finish, "1 ms");
            with_header(&years.into_iter().enumerate().map(row).collect::<Vec<_>>())
        }),
        (
            "csv/bad-times.csv",
            with_header(&[
                from("a", "2026-02-30 00:00:00.000000"),
                from("b", "2026-11-20 24:00:00.000000"),
                timed("c", "2026-11-20 22:54:60.000000", "2026-11-20 22:55:00.000000", "15 ms"),
                from("d", "2026-11-20 22:54:51"),
                from("e", "2026-11-20T22:54:51.347682"),
                from("f", "20/11/2026 22:54"),
                timed("g", "", "", "15 ms"),
                timed("h", "NaT", "NaT", "15 ms"),
                named("ok"),
            ]),
        ),
        (
            "csv/far-apart.csv",
            with_header(&[
                timed("old", "1999-01-01 00:00:00.000000", "1999-01-01 00:00:00.001000", "15 ms"),
                named("new"),
            ]),
        ),
        (
            "csv/dst-naive.csv",
            with_header(&[
                timed(
                    "over the fall back",
                    "2025-11-02 01:59:59.500000",
                    "2025-11-02 01:00:00.500000",
                    "1000 ms",
                ),
                timed("nonexistent", "2025-03-09 02:30:00.000000", "2025-03-09 02:30:01.000000", "1000 ms"),
            ]),
        ),
        // Of one moment, written with a bias of 0 and of 480 minutes.
        ("mixed-offset/utc.csv", {
            let (start, finish) = ("2026-11-20 14:54:51.000000", "2026-11-20 14:54:52.000000");
            format!(
                "{HEADER}{}",
                Row { task: "a", group: "utc", start, finish, description: "1000 ms", ..ROW }
            )
        }),
        ("mixed-offset/gmt8.csv", {
            let (start, finish) = ("2026-11-20 22:54:51.500000", "2026-11-20 22:54:52.500000");
            format!(
                "{HEADER}{}",
                Row { task: "b", group: "gmt8", start, finish, description: "1000 ms", ..ROW }
            )
        }),
    ]
}

/// Files of something else.
fn foreign() -> Vec<Text> {
    vec![
        ("csv/foreign.csv", "id,name,price\n1,apple,2.5\n2,pear,3\n".into()),
        ("csv/foreign-partial.csv", "Task,Start,Owner\n[a-p1tM] x,2026-11-20 22:54:51.0,me\n".into()),
        (
            "csv/columns-reordered.csv",
            "Color,Finish,Start,Task,Description,Extra\nna,2026-11-20 22:54:51.362609,2026-11-20 \
             22:54:51.347682,[g-p1tMainThread] x,15 ms,e\n"
                .into(),
        ),
        ("csv/html-page.csv", "<!DOCTYPE html><title>404</title>".into()),
    ]
}

const RECORDS_HEADER: &str = "start,end,task,group,pid,thread,color\n";

/// A record as another language might write it: with more columns, in another order.
pub(super) fn record(task: &str, start: &str, end: &str) -> String {
    format!("{start},{end},{task},g,1,T1,\n")
}

pub(super) fn records_of(records: &[String]) -> String {
    format!("{RECORDS_HEADER}{}", records.concat())
}

fn records() -> Vec<Text> {
    let nanosecond = |index: usize| {
        let at = |ns: usize| format!("2026-11-20T22:54:51.{ns:09}Z");
        record(&format!("ns{index}"), &at(2 * index), &at(2 * index + 1))
    };
    // All the same instant.
    let offsets = [
        ("2026-11-21T12:00", "+14:00"),
        ("2026-11-20T10:00", "-12:00"),
        ("2026-11-21T03:45", "+05:45"),
        ("2026-11-20T22:00", "Z"),
        ("2026-11-20T22:00", "+00:00"),
        ("2026-11-20T22:00", "-00:00"),
    ];
    let offset = |(at, offset)| {
        record(&format!("o{offset}"), &format!("{at}:00{offset}"), &format!("{at}:01{offset}"))
    };
    vec![
        ("records/one-ns.csv", records_of(&(0..10).map(nanosecond).collect::<Vec<_>>())),
        (
            "records/dst-new-york.csv",
            records_of(&[
                record("before fall back", "2025-11-02T01:59:59-04:00", "2025-11-02T01:00:01-05:00"),
                record("after", "2025-11-02T01:30:00-05:00", "2025-11-02T01:30:01-05:00"),
                record("spring", "2025-03-09T01:59:59-05:00", "2025-03-09T03:00:01-04:00"),
            ]),
        ),
        (
            "records/dst-lord-howe.csv",
            records_of(&[
                record("back", "2025-04-06T01:59:59+11:00", "2025-04-06T01:30:01+10:30"),
                record("forward", "2025-10-05T01:59:59+10:30", "2025-10-05T02:30:01+11:00"),
            ]),
        ),
        ("records/offsets.csv", records_of(&offsets.map(offset))),
        (
            "records/offset-bad.csv",
            records_of(&[
                record("x", "2026-11-20T22:00:00+24:00", "2026-11-20T22:00:01+24:00"),
                record("y", "2026-11-20T22:00:00+05:61", "2026-11-20T22:00:01+05:61"),
                record("z", "2026-11-20T22:00:00", "2026-11-20T22:00:01"),
            ]),
        ),
    ]
}

/// Files that are no UTF-8.
fn bytes() -> Vec<Input> {
    let full = format!("{HEADER}{}", two());
    let utf16 = ["\u{feff}", &full].concat().encode_utf16().flat_map(u16::to_le_bytes).collect();
    let nuls = |count| vec![0; count];
    let latin1 = |task: &[u8]| {
        let row = named("%");
        let (before, after) = row.split_once('%').expect("it has the name");
        [before.as_bytes(), task, after.as_bytes()].concat()
    };
    let stray =
        b"[g-p1tMainThread] \xff\xfe\x80,2026-11-20 22:54:51.347682,2026-11-20 22:54:51.362609,15 ms,na\n";
    [
        ("csv/utf16le.csv", utf16),
        ("csv/nul-tail.csv", [full.as_bytes(), &nuls(4096)].concat()),
        ("csv/nul-only.csv", nuls(8192)),
        (
            "csv/nul-middle.csv",
            [all_named(&["first"]).as_bytes(), &nuls(512), named("second").as_bytes()].concat(),
        ),
        (
            "csv/nonutf8.csv",
            [HEADER.as_bytes(), &latin1(b"caf\xe9"), stray, &latin1(b"surrogate \xed\xa0\x80")].concat(),
        ),
        ("csv/binary.csv", (0..=255).collect::<Vec<u8>>().repeat(64)),
    ]
    .map(|(name, bytes)| (name.to_owned(), bytes))
    .into()
}
