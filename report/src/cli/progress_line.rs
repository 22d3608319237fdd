//! The progress line on a terminal.
//!
//! Appears only if the work takes longer than half a second, and only if stderr is a terminal that can go back to
//! the start of a line. A thread draws it ten times a second. Dropping it erases it. Must not know what the work
//! is.

use std::io::{self, IsTerminal, Write};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use terminal_size::{Width, terminal_size_of};

use crate::sources::Progress;
use crate::text::units;

/// The delay before the first drawing: most work is done by then.
const PATIENCE: Duration = Duration::from_millis(500);
const BETWEEN_DRAWS: Duration = Duration::from_millis(100);

/// Shows the line until it is dropped.
pub(crate) struct ProgressLine {
    /// Dropped to end the thread.
    stop: Option<mpsc::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl ProgressLine {
    /// Begins the line for work that starts now; `None` if stderr cannot show it.
    pub(crate) fn begin(progress: &Progress) -> Option<ProgressLine> {
        let is_dumb = std::env::var_os("TERM").is_some_and(|name| name == "dumb");
        let is_drawable = io::stderr().is_terminal() && !is_dumb;
        is_drawable.then(|| ProgressLine::draw(progress.clone(), PATIENCE, Drawn::on(io::stderr())))
    }

    fn draw(progress: Progress, patience: Duration, mut drawn: Drawn<impl Write + Send + 'static>) -> Self {
        let (stop, stopped) = mpsc::channel();
        let begin = Instant::now();
        let thread = thread::spawn(move || {
            let mut wait = patience;
            while stopped.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
                drawn.replace(&text(&progress, begin.elapsed()));
                wait = BETWEEN_DRAWS;
            }
            drawn.replace("");
        });
        ProgressLine { stop: Some(stop), thread: Some(thread) }
    }
}

impl Drop for ProgressLine {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join(); // a line that could not be drawn is no reason to fail
        }
    }
}

/// `reading 412 MB of 892 MB, 1.63 M rows/s`, then `rendering`.
fn text(progress: &Progress, elapsed: Duration) -> String {
    if progress.is_rendering() {
        return "rendering".into();
    }
    let bytes = progress.bytes();
    let mut text =
        format!("reading {} of {}", units::bytes(bytes), units::bytes(progress.all_bytes().max(bytes)));
    let rows = progress.rows();
    if rows > 0 {
        text.push_str(&format!(", {}", units::per_second(rows as f64 / elapsed.as_secs_f64(), "rows")));
    }
    text
}

/// What the terminal shows on the cursor's line.
struct Drawn<W> {
    terminal: W,
    /// The width of the terminal. A longer text would continue on the next line.
    columns: fn() -> usize,
    shown: String,
}

impl Drawn<io::Stderr> {
    fn on(terminal: io::Stderr) -> Self {
        let columns = || match terminal_size_of(io::stderr()) {
            Some((Width(columns), _)) if columns > 0 => columns.into(),
            _ => 80,
        };
        Drawn { terminal, columns, shown: String::new() }
    }
}

impl<W: Write> Drawn<W> {
    /// Replaces the shown text by an ASCII text. The terminal only needs to know `\r`.
    fn replace(&mut self, text: &str) {
        // Keep the last column free: some terminals go to the next line once it is filled.
        let text = &text[..text.len().min((self.columns)().saturating_sub(1))];
        if text == self.shown {
            return;
        }
        let blanks = " ".repeat(self.shown.len().saturating_sub(text.len()));
        let back = if text.is_empty() { "\r" } else { "" };
        // One write, so that nobody sees a part of the line. A failure cannot be reported.
        let _ = self.terminal.write_all(format!("\r{text}{blanks}{back}").as_bytes());
        let _ = self.terminal.flush();
        text.clone_into(&mut self.shown);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A terminal that sends what is written to a channel.
    struct Written(mpsc::Sender<String>);

    impl Write for Written {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let _ = self.0.send(String::from_utf8(bytes.to_vec()).unwrap());
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn terminal(columns: fn() -> usize) -> (Drawn<Written>, mpsc::Receiver<String>) {
        let (sender, written) = mpsc::channel();
        (Drawn { terminal: Written(sender), columns, shown: String::new() }, written)
    }

    #[test]
    fn short_work_shows_nothing() {
        let (drawn, written) = terminal(|| 80);
        drop(ProgressLine::draw(Progress::default(), Duration::MAX, drawn));
        assert_eq!(written.iter().count(), 0);
    }

    #[test]
    fn long_work_shows_a_line_that_is_gone_afterwards() {
        let (drawn, written) = terminal(|| 80);
        let line = ProgressLine::draw(Progress::default(), Duration::ZERO, drawn);
        assert_eq!(written.recv().unwrap(), "\rreading 0 B of 0 B");
        drop(line);
        assert_eq!(written.iter().last().unwrap(), format!("\r{}\r", " ".repeat(18)));
    }

    #[test]
    fn a_shorter_text_leaves_nothing_of_a_longer_one() {
        let (mut drawn, written) = terminal(|| 80);
        for text in ["reading", "read", "reading", "", ""] {
            drawn.replace(text);
        }
        drop(drawn);
        let written: Vec<String> = written.iter().collect();
        assert_eq!(written, ["\rreading", "\rread   ", "\rreading", "\r       \r"]);
    }

    #[test]
    fn a_narrow_terminal_shows_the_beginning() {
        let (mut drawn, written) = terminal(|| 5);
        drawn.replace("reading");
        assert_eq!(written.recv().unwrap(), "\rread");
    }
}
