//! `tracing` with the layer of `tracing-chrome`: a JSON object for each start and each end.
//!
//! The recording thread sends them through a channel, and another thread formats and writes them. So most of the work
//! is only in the process's time, and the channel grows while that thread is behind. Not comparable: `tracing` has
//! levels and filters, and the times of this layer are microseconds.

use std::fs;
use std::path::Path;

use tracing_chrome::ChromeLayerBuilder;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::job::Job;
use crate::peer::Peer;

pub(crate) const CHROME: Peer = Peer { name: "tracing, tracing-chrome", record, count };

fn record(job: &Job) {
    let (layer, _flushes_when_dropped) = ChromeLayerBuilder::new().file(job.file()).build();
    tracing_subscriber::registry().with(layer).init();
    job.repeat(|batch| batch.spans().for_each(|_| drop(tracing::info_span!("save").entered())));
}

/// The number of whole ends, which viewers also read from a torn file.
fn count(directory: &Path) -> u64 {
    let text = fs::read_to_string(directory.join("spans")).expect("it is text");
    let is_end = |line: &&str| line.contains(r#""ph":"E""#) && line.trim_end_matches(',').ends_with('}');
    text.lines().filter(is_end).count() as u64
}
