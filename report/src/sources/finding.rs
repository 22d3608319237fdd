//! Finding: which files to read.
//!
//! Takes inputs; gives the regular files among them and, below directories, every file whose name ends as a format's
//! names do (any case, any depth, hidden files too). Gives each file once, sorted by path, and the files of one lane
//! together. Follows symbolic links. Reports what has the name of such a file but cannot be one. Opens only attribute
//! files, to find where their rows end. To a record file that is an input, adds the attribute files of its process.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ffi::OsString;
use std::fs;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use recorder::format::{Content, FileName};
use walkdir::{DirEntry, WalkDir};

use super::bytes::{MAGIC_BYTES, is_compressed};
use super::formats::is_readable_name;
use super::given;
use super::named;
use super::options::Way;
use super::progress::Progress;
use super::source::Bytes;
use crate::text::Problems;

#[derive(Debug)]
pub(crate) struct Files {
    /// Files of one lane are in one unit.
    pub(super) units: Vec<Vec<File>>,
    /// Names of record files that are not read, of processes with attribute files that nobody asked for.
    pub(super) unread: Vec<PathBuf>,
    pub(super) problems: Problems,
    pub(super) progress: Progress,
}

impl Files {
    /// Finds the files of some inputs. Names of lanes and problems are paths as reached from the inputs, or paths
    /// below `root` if that is given.
    pub(crate) fn find(inputs: &[PathBuf], root: Option<&Path>, progress: &Progress) -> Files {
        let mut problems = Problems::new();
        let mut paths: Vec<PathBuf> = inputs.iter().flat_map(|input| walk(input, &mut problems)).collect();
        leave_out_twins(&mut paths, &mut problems);
        // A file that is reached twice, by a link or by an input inside another, contains its rows once.
        let mut seen = BTreeSet::new();
        let mut is_new =
            |path: &PathBuf| seen.insert(fs::canonicalize(path).unwrap_or_else(|_| path.clone()));
        paths.retain(&mut is_new);
        if let Some(root) = root {
            problems.rename(|path| below(root, path));
        }
        let name = |path: &Path| root.map_or_else(|| path.to_owned(), |root| below(root, path));
        let Beside { mut attribute_files, record_files } = beside(inputs, &paths);
        attribute_files.retain(&mut is_new);
        let unread = record_files.iter().map(|path| name(path)).collect();
        let file = |path: PathBuf| {
            let (name, input) = (name(&path), inputs.iter().position(|input| path.starts_with(input)));
            File { input: input.unwrap_or(0), ..File::new(Some(path), name) }
        };
        let added = attribute_files.into_iter().map(|path| File { is_added: true, ..file(path) });
        let units = by_lane(paths.into_iter().map(file).chain(added));
        // Before the lengths of all others: a row is older than its attributes, so it is in what is read of its file.
        let is_attribute_file = |file: &&File| given::is_attribute_file(&file.name);
        units.iter().flatten().filter(is_attribute_file).for_each(File::end_at_rows);
        Files { units, unread, problems, progress: progress.clone() }
    }

    /// The standard input, treated as a file of this name.
    pub(crate) fn stdin(name: PathBuf, progress: &Progress) -> Files {
        let units = vec![vec![File::new(None, name)]];
        Files { units, unread: Vec::new(), problems: Problems::new(), progress: progress.clone() }
    }
}

fn walk(input: &Path, problems: &mut Problems) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in WalkDir::new(input).follow_links(true).sort_by_file_name() {
        match entry {
            Err(error) => {
                let path = error.path().unwrap_or(input);
                if let Some(message) = why_unwalkable(path, &error, path == input) {
                    problems.add(path, None, message);
                }
            }
            Ok(entry) => files.extend(readable(entry, problems)),
        }
    }
    files
}

/// The path of an entry that is a file to read. Reports entries that only look like one.
fn readable(entry: DirEntry, problems: &mut Problems) -> Option<PathBuf> {
    let (is_input, has_name) = (entry.depth() == 0, has_readable_name(entry.path()));
    if entry.file_type().is_dir() {
        if !is_input && has_name {
            problems.add(entry.path(), None, "is a directory named like a record file: read as a directory");
        }
        return None;
    }
    if !is_input && !has_name {
        return None;
    }
    if !entry.file_type().is_file() {
        problems.add(entry.path(), None, "skipped: not a regular file");
        return None;
    }
    Some(entry.into_path())
}

/// Removes a compressed file whose uncompressed file is there too, since both contain the same rows.
fn leave_out_twins(files: &mut Vec<PathBuf>, problems: &mut Problems) {
    let plain: BTreeSet<PathBuf> = files.iter().cloned().collect();
    files.retain(|file| {
        let is_twin = file
            .extension()
            .is_some_and(|ending| ["gz", "zst"].iter().any(|of| ending.eq_ignore_ascii_case(of)))
            && plain.contains(&file.with_extension(""));
        if is_twin {
            problems.add(file, None, "skipped: the uncompressed file beside it is read instead");
        }
        !is_twin
    });
}

/// What is in the directories of record files, and of the same processes.
#[derive(Default)]
struct Beside {
    attribute_files: Vec<PathBuf>,
    record_files: Vec<PathBuf>,
}

/// What is beside the record files among the inputs, without the files that were found. An attribute file may give
/// attributes to the rows of all record files of its process.
fn beside(inputs: &[PathBuf], found: &[PathBuf]) -> Beside {
    let found: BTreeSet<&Path> = found.iter().map(PathBuf::as_path).collect();
    let mut processes: BTreeMap<&Path, BTreeSet<String>> = BTreeMap::new();
    for input in inputs.iter().filter(|input| found.contains(input.as_path())) {
        let name = named::name(input).filter(|name| name.content == Content::Records);
        if let (Some(name), Some(directory)) = (name, input.parent()) {
            processes.entry(directory).or_default().insert(named::identity(&name));
        }
    }
    let mut beside = Beside::default();
    for (directory, processes) in processes {
        let is_here = |path: &&&Path| path.parent() == Some(directory);
        let mut known: BTreeSet<FileName> =
            found.iter().filter(is_here).filter_map(|path| named::name(path)).collect();
        let mut paths: Vec<PathBuf> = file_names(directory).map(|name| directory.join(name)).collect();
        paths.sort(); // an uncompressed file comes before its gzip file
        for path in paths {
            let of_process = |name: &FileName| processes.contains(&named::identity(name));
            let Some(name) = named::name(&path).filter(of_process) else { continue };
            let files = match name.content {
                Content::Attributes => &mut beside.attribute_files,
                Content::Records => &mut beside.record_files,
                Content::Counters => continue,
            };
            if fs::metadata(&path).is_ok_and(|file| file.is_file()) && known.insert(name) {
                files.push(path);
            }
        }
    }
    beside
}

/// The names in a directory that is the parent of a path: an empty one is the working directory.
fn file_names(directory: &Path) -> impl Iterator<Item = OsString> + use<> {
    let directory = if directory.as_os_str().is_empty() { Path::new(".") } else { directory };
    fs::read_dir(directory).into_iter().flatten().flatten().map(|entry| entry.file_name())
}

/// Groups the files by lane, and by what they contain.
fn by_lane(files: impl Iterator<Item = File>) -> Vec<Vec<File>> {
    let mut units: Vec<Vec<File>> = Vec::new();
    let mut unit_of_lane: HashMap<(String, Content), usize> = HashMap::new();
    for file in files {
        let unit = match named::name(&file.name) {
            Some(name) => {
                let lane = named::lane(&file.name).identity;
                *unit_of_lane.entry((lane, name.content)).or_insert(units.len())
            }
            None => units.len(),
        };
        if unit == units.len() {
            units.push(Vec::new());
        }
        units[unit].push(file);
    }
    units
}

/// `path` relative to `root`; the full path if it is not below `root`.
fn below(root: &Path, path: &Path) -> PathBuf {
    let full = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let path = full(path);
    path.strip_prefix(full(root)).map_or_else(|_| path.clone(), Path::to_owned)
}

fn has_readable_name(path: &Path) -> bool {
    is_readable_name(&path.file_name().unwrap_or_default().to_string_lossy())
}

/// The message for a path that could not be walked; `None` for a dangling link without a record file's name.
fn why_unwalkable(path: &Path, error: &walkdir::Error, is_input: bool) -> Option<String> {
    if let Some(ancestor) = error.loop_ancestor() {
        return Some(format!("skipped: a link to {}, which is above it", ancestor.display()));
    }
    let is_dangling_link = fs::symlink_metadata(path).is_ok_and(|file| file.is_symlink());
    if is_dangling_link && !is_input && !has_readable_name(path) {
        return None;
    }
    let cause = error.io_error().map_or_else(|| error.to_string(), ToString::to_string);
    Some(format!("cannot be read: {cause}"))
}

/// The length of a file without the line feeds at its end, except the first of them. They may be fill.
fn rows_length(file: &fs::File) -> io::Result<u64> {
    const BLOCK: u64 = 1 << 16;
    let mut reader = file;
    let mut beginning = [0; MAGIC_BYTES];
    let known = reader.read(&mut beginning)?;
    let is_compressed = is_compressed(&beginning[..known]);
    let mut end = file.metadata()?.len();
    while end > 0 && !is_compressed {
        let start = end.saturating_sub(BLOCK);
        let mut block = Vec::new();
        reader.seek(SeekFrom::Start(start))?;
        reader.take(end - start).read_to_end(&mut block)?;
        if let Some(last) = block.iter().rposition(|&byte| byte != b'\n') {
            return Ok(end.min(start + last as u64 + 2));
        }
        end = start;
    }
    Ok(end)
}

#[derive(Debug)]
pub(super) struct File {
    /// `None` for the standard input.
    path: Option<PathBuf>,
    /// The name for lanes and problems.
    pub(super) name: PathBuf,
    /// Length when the file was first looked at. What a program appends later is not read.
    length: OnceLock<u64>,
    /// The place of its input among the inputs.
    pub(super) input: usize,
    /// Whether it is no input, nor below one. It only gives attributes, and is not reported.
    pub(super) is_added: bool,
}

impl File {
    pub(super) fn new(path: Option<PathBuf>, name: PathBuf) -> File {
        File { path, name, length: OnceLock::new(), input: 0, is_added: false }
    }

    /// Length when this was first called; 0 if unknown.
    pub(super) fn length(&self) -> u64 {
        let now = || self.path.as_ref().and_then(|path| fs::metadata(path).ok()).map_or(0, |file| file.len());
        *self.length.get_or_init(now)
    }

    /// Takes the end of its rows for its length. Rows that a program stores into the fill behind them later are not
    /// read.
    pub(super) fn end_at_rows(&self) {
        let rows = self.path.as_ref().and_then(|path| rows_length(&fs::File::open(path).ok()?).ok());
        let _ = rows.map(|length| self.length.set(length));
    }

    /// The first bytes of this file, as a file.
    pub(super) fn beginning(&self, bytes: u64) -> File {
        let length = OnceLock::from(self.length().min(bytes));
        File { path: self.path.clone(), name: self.name.clone(), length, ..*self }
    }

    /// Whether its directory has a file with a name that `is_it` accepts.
    pub(super) fn has_beside(&self, is_it: &dyn Fn(&FileName) -> bool) -> bool {
        let directory = self.path.as_deref().and_then(Path::parent);
        let mut names =
            directory.into_iter().flat_map(file_names).filter_map(|name| named::name(Path::new(&name)));
        names.any(|name| is_it(&name))
    }

    /// Device and inode of a file with several names. `None` if it has one, or the system does not tell. Some file
    /// systems give one number to different files, but those have one name each.
    pub(super) fn linked(&self) -> Option<(u64, u64)> {
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt;
            let file = fs::metadata(self.path.as_ref()?).ok()?;
            (file.nlink() > 1).then(|| (file.dev(), file.ino()))
        }
        #[cfg(not(unix))]
        None
    }

    /// The bytes that the file had when it was first looked at.
    pub(super) fn open(&self, way: Way, progress: &Progress) -> io::Result<Bytes> {
        match &self.path {
            None => Bytes::of(progress.counting(io::stdin()), way),
            Some(path) => Bytes::of_file(fs::File::open(path)?, self.length(), way, progress),
        }
    }
}
