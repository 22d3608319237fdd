use std::thread;
use std::time::Duration;

use tracing::{info, info_span};
use tracing_chrome::{ChromeLayerBuilder, TraceStyle};
use tracing_subscriber::prelude::*;

fn main() {
    let style = match std::env::args().nth(1).as_deref() {
        Some("async") => TraceStyle::Async,
        _ => TraceStyle::Threaded,
    };
    let (layer, _guard) =
        ChromeLayerBuilder::new().file("made.json").include_args(true).trace_style(style).build();
    tracing_subscriber::registry().with(layer).init();
    let _main = info_span!("main", jobs = 3).entered();
    thread::scope(|scope| {
        for worker in 0..3 {
            thread::Builder::new()
                .name(format!("pool \"{worker}\""))
                .spawn_scoped(scope, move || {
                    let _worker = info_span!("worker", worker).entered();
                    for step in 0..5 {
                        let _step = info_span!("step", step, text = "a, \"b\" </script>").entered();
                        thread::sleep(Duration::from_micros(300));
                        info!(step, "done");
                    }
                })
                .unwrap();
        }
    });
}
