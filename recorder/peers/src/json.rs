//! `tracing` with the `fmt` layer of `tracing-subscriber`: a line of JSON when a span closes.
//!
//! In its favour: `FmtSpan::CLOSE` is one line a span, where start and end would be two. Not comparable:
//! the line has how long the span was busy, not when it started, and in units made for people. Its
//! documentation gives it a `Mutex<File>`, which is one write a line; the buffer is what people add.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::Mutex;

use tracing_subscriber::fmt::format::FmtSpan;

use crate::job::Job;
use crate::peer::Peer;

pub(crate) const UNBUFFERED: Peer =
    Peer { name: "tracing, json to a file", record: |job| record(job, create(job)), count };

/// The global subscriber is never dropped, so what is in the buffer at the end of the program is lost,
/// too. `tracing-appender` has a writer thread for that, which a kill takes along as well.
pub(crate) const BUFFERED: Peer = Peer {
    name: "tracing, json to a `BufWriter`",
    record: |job| record(job, BufWriter::new(create(job))),
    count,
};

fn create(job: &Job) -> File {
    File::create(job.file()).expect("the file can be made")
}

fn record(job: &Job, writer: impl Write + Send + 'static) {
    tracing_subscriber::fmt().json().with_span_events(FmtSpan::CLOSE).with_writer(Mutex::new(writer)).init();
    job.repeat(|batch| batch.spans().for_each(|_| drop(tracing::info_span!("save").entered())));
}

fn count(directory: &Path) -> u64 {
    let text = fs::read_to_string(directory.join("spans")).expect("it is text");
    text.lines().filter(|line| line.contains(r#""message":"close""#) && line.ends_with('}')).count() as u64
}
