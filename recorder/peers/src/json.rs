//! `tracing` with the `fmt` layer of `tracing-subscriber`: a line of JSON when a span closes.
//!
//! In its favour, `FmtSpan::CLOSE` writes one line for each span, where start and end would be two. Not comparable: the
//! line has the busy time of the span, in units for people, and no start. Its documentation uses a `Mutex<File>`, which
//! is one write for each line; people add the buffer.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::Mutex;

use tracing_subscriber::fmt::format::FmtSpan;

use crate::job::Job;
use crate::peer::Peer;

pub(crate) const UNBUFFERED: Peer =
    Peer { name: "tracing, json to a file", record: |job| record(job, create(job)), count };

/// The global subscriber is never dropped, so the content of the buffer is lost even at a clean end. `tracing-appender`
/// has a writer thread for that, but a kill loses its content as well.
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
