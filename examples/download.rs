//! Downloads images with several processes of several threads, and shows where the time went.
//!
//! The parent starts a small HTTP server on loopback and six copies of itself. Each copy has three threads that take
//! images from one queue. The span `image` is one download, with `request` and `save` inside it. At the end the parent
//! packs all images into one archive. There is something to find: most images are small and quick, some are big and
//! take long to `save`, and for some the server takes long, which shows in `request`. The attributes `url` and `bytes`
//! of `image` show which image it was.
//!
//! Writes everything to a new `target/download/<n>`. Prints a line about the work and, as the last line, the path of
//! the page. With WATERFALL_DIR set, the records go there and no page is made.
//!
//! To have a slower program to compare with, set DOWNLOAD_SAVE_MS: each `save` takes that many milliseconds longer.
#![expect(clippy::print_stdout, reason = "an example talks to the one who runs it")]

use std::io::{self, ErrorKind};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use std::{env, fs, thread};

use anyhow::{Context, Result, anyhow, ensure};
use recorder::Recorder;
use waterfall::Report;

const PROCESSES: usize = 6;
const THREADS: usize = 3; // per process
const IMAGES: usize = 12; // per process
const BIAS: i32 = 480; // the records' UTC offset, in minutes

fn main() -> Result<()> {
    let mut arguments = env::args().skip(1);
    match (arguments.next(), arguments.next()) {
        (Some(server), Some(first)) => download_images(&server, first.parse()?),
        _ => download_and_archive(),
    }
}

/// The parent: serves the images, starts the children, packs the images, writes the page.
fn download_and_archive() -> Result<()> {
    let directory = fresh_directory()?;
    let images = directory.join("images");
    fs::create_dir(&images)?;
    run_children(&start_server()?, &directory)?;

    let records = directory.join("records");
    let recorder = Recorder::new("zip", &records, BIAS);
    recorder.start_colored("create archive", "#ca562c");
    let archive = create_archive(&images, &directory.join("images.zip"));
    recorder.dump();
    let archive = archive?;

    let thought: Duration = (0..PROCESSES * IMAGES).map(think_time).sum();
    println!(
        "{PROCESSES} processes x {THREADS} threads downloaded {} images, {} kB, \
         for which the server took {} ms; archive {} kB",
        archive.images,
        archive.image_bytes / 1000,
        thought.as_millis(),
        archive.bytes / 1000,
    );
    // Who sets WATERFALL_DIR, as `waterfall run` does, also makes the page.
    if env::var_os("WATERFALL_DIR").is_none() {
        let report = Report { title: Some("download example".into()), ..Report::of(&records) };
        println!("{}", report.write()?.0.display());
    }
    Ok(())
}

/// Runs `PROCESSES` children of this program at the same time, each with `IMAGES` images of its own.
fn run_children(server: &str, directory: &Path) -> Result<()> {
    let mut children = Vec::new();
    for n in 0..PROCESSES {
        let first = n * IMAGES;
        let child = Command::new(env::current_exe()?)
            .args([server, &first.to_string()])
            .current_dir(directory)
            .spawn();
        children.push(child.context("cannot start a process")?);
        thread::sleep(Duration::from_millis(100)); // real ones do not all start at once, either
    }
    // Wait for all of them, even if one failed: this process is their server.
    let ended: Vec<_> = children.iter_mut().map(Child::wait).collect();
    for (n, status) in ended.into_iter().enumerate() {
        let status = status?;
        ensure!(status.success(), "download process {n} failed: {status}");
    }
    Ok(())
}

/// A child: its threads download `IMAGES` images, from number `first`, into `./images`.
fn download_images(server: &str, first: usize) -> Result<()> {
    let recorder = Recorder::new("download", "records", BIAS);
    let queue = Mutex::new(first..first + IMAGES);
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .proxy(None) // a proxy of the environment would look for us on its own loopback
        .timeout_global(Some(Duration::from_secs(60)))
        .build()
        .into();

    thread::scope(|scope| {
        let work = || {
            while let Some(number) = take(&queue) {
                download(&recorder, &agent, server, number).with_context(|| format!("image {number}"))?;
            }
            anyhow::Ok(())
        };
        let mut threads = Vec::new();
        for n in 1..=THREADS {
            let thread = thread::Builder::new().name(format!("io-{n}")); // the name of its row on the page
            threads.push(thread.spawn_scoped(scope, work)?);
        }
        for thread in threads {
            thread.join().map_err(|_| anyhow!("a thread panicked"))??;
        }
        Ok(())
    })
}

fn take(queue: &Mutex<Range<usize>>) -> Option<usize> {
    queue.lock().unwrap_or_else(PoisonError::into_inner).next()
}

/// Downloads one image. The three ways to record: a guard, a closure, and `start` with `dump`.
fn download(recorder: &Recorder, agent: &ureq::Agent, server: &str, number: usize) -> Result<()> {
    let name = format!("{number:02}.png");
    let url = format!("{server}/{name}");
    let span = recorder.span("image").with("url", &url); // ends when the function returns, also with `?`
    let image = recorder.time("request", || agent.get(&url).call()?.body_mut().read_to_vec())?;
    span.record("bytes", image.len()); // known only now

    recorder.start_with("save", &[("path", &name)]);
    let saved = save(&Path::new("images").join(&name), &image);
    recorder.dump();
    saved
}

/// Writes one file, as slowly as a disk of 1.5 MB/s, or even slower.
fn save(path: &Path, bytes: &[u8]) -> Result<()> {
    fs::write(path, bytes)?;
    thread::sleep(Duration::from_secs_f64(bytes.len() as f64 / 1.5e6) + slower_save()?);
    Ok(())
}

/// How much longer `save` takes, as DOWNLOAD_SAVE_MS says.
fn slower_save() -> Result<Duration> {
    let Some(ms) = env::var_os("DOWNLOAD_SAVE_MS") else { return Ok(Duration::ZERO) };
    let ms = ms.to_str().and_then(|ms| ms.parse().ok());
    Ok(Duration::from_millis(ms.context("DOWNLOAD_SAVE_MS must be a whole number of milliseconds")?))
}

struct Archive {
    images: usize,
    image_bytes: u64,
    bytes: u64,
}

/// Packs all files of a directory into one.
fn create_archive(directory: &Path, path: &Path) -> Result<Archive> {
    let mut images = Vec::new();
    for entry in fs::read_dir(directory)? {
        images.push(entry?.path());
    }
    images.sort();

    let mut zip = zip::ZipWriter::new(fs::File::create_new(path)?);
    let mut image_bytes = 0;
    for image in &images {
        let name = image.file_name().unwrap_or_default().to_string_lossy();
        zip.start_file(name, zip::write::SimpleFileOptions::default())?;
        image_bytes += io::copy(&mut fs::File::open(image)?, &mut zip)?;
    }
    let bytes = zip.finish()?.metadata()?.len();
    Ok(Archive { images: images.len(), image_bytes, bytes })
}

/// Starts an HTTP server on a free port and returns its address. The server runs until this process ends.
fn start_server() -> Result<String> {
    let server =
        tiny_http::Server::http("127.0.0.1:0").map_err(|error| anyhow!("cannot start a server: {error}"))?;
    let address = format!("http://{}", server.server_addr());
    let server = Arc::new(server);
    for _ in 0..PROCESSES * THREADS {
        let server = Arc::clone(&server); // a thread for each client, so no client waits for another
        thread::spawn(move || server.incoming_requests().for_each(answer));
    }
    Ok(address)
}

fn answer(request: tiny_http::Request) {
    let response = match image_at(request.url()) {
        Ok(image) => tiny_http::Response::from_data(image),
        Err(error) => tiny_http::Response::from_string(error.to_string()).with_status_code(404),
    };
    let _ = request.respond(response); // a client that is gone reports an error of its own
}

/// The image at `/17.png` is number 17. It takes `think_time(17)`.
fn image_at(path: &str) -> Result<Vec<u8>> {
    let number = path.trim_start_matches('/').trim_end_matches(".png");
    let number = number.parse()?;
    thread::sleep(think_time(number));
    draw_image(number)
}

/// How long the server thinks about an image: much longer for every ninth.
fn think_time(number: usize) -> Duration {
    Duration::from_millis(match number % 9 {
        4 => 350 + 5 * vary(number),
        _ => 40 + vary(number),
    })
}

/// A square PNG image of coloured noise, which compresses as badly as a photograph. Every seventh is big.
fn draw_image(number: usize) -> Result<Vec<u8>> {
    let vary = vary(number) as u32;
    let side = match number % 7 {
        3 => 360 + vary,
        _ => 80 + vary,
    };

    let mut noise = number as u32;
    let mut pixels = Vec::new();
    for at in 0..side * side {
        let (x, y) = (at % side * 150 / side, at / side * 150 / side);
        for channel in [x, y, vary * 2] {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            pixels.push((channel + (noise >> 26)) as u8);
        }
    }

    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, side, side);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_compression(png::Compression::Fast);
    encoder.write_header()?.write_image_data(&pixels)?;
    Ok(file)
}

/// A number from 0 to 59 that differs between neighbours and is the same in each run.
fn vary(number: usize) -> u64 {
    number as u64 * 37 % 60
}

/// Creates `target/download/<n>` with the first free number.
///
/// Uses the system's temporary directory only if that fails: a browser in a sandbox cannot open a page there.
fn fresh_directory() -> Result<PathBuf> {
    let program = env::current_exe()?; // <target>/<profile>/examples/download, or a copy elsewhere
    if let Some(target) = program.ancestors().nth(3)
        && program.parent().is_some_and(|folder| folder.ends_with("examples"))
        && let Ok(directory) = numbered_directory(&target.join("download"))
    {
        return Ok(directory);
    }
    Ok(tempfile::Builder::new().prefix("download-").tempdir()?.keep())
}

fn numbered_directory(parent: &Path) -> io::Result<PathBuf> {
    fs::create_dir_all(parent)?;
    let mut number = 1;
    loop {
        let directory = parent.join(number.to_string());
        match fs::create_dir(&directory) {
            Ok(()) => return Ok(directory),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => number += 1,
            Err(error) => return Err(error),
        }
    }
}
