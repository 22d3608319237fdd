//! Which files there are to read.
//!
//! Takes inputs, gives the regular files among them and, below directories, every `*.csv` and `*.csv.gz`
//! (any case, any depth, hidden ones too), each once, in the order of their paths. Follows symbolic links;
//! what is named like a record file and cannot be one is a problem. Opens nothing.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use super::Problems;

/// Finds the files of `inputs`.
pub(super) fn find(inputs: &[PathBuf]) -> (Vec<PathBuf>, Problems) {
    let mut problems = Problems::new();
    let mut files = Vec::new();
    for input in inputs {
        for entry in WalkDir::new(input).follow_links(true).sort_by_file_name() {
            match entry {
                Err(error) => {
                    let path = error.path().unwrap_or(input);
                    if let Some(message) = reason(path, &error, path == input) {
                        problems.add(path, None, message);
                    }
                }
                Ok(entry) if entry.file_type().is_dir() => {
                    if entry.depth() > 0 && is_record_name(entry.path()) {
                        problems.add(
                            entry.path(),
                            None,
                            "is a directory, no record file: looked into as one",
                        );
                    }
                }
                Ok(entry) if entry.depth() > 0 && !is_record_name(entry.path()) => {}
                Ok(entry) if entry.file_type().is_file() => files.push(entry.into_path()),
                Ok(entry) => problems.add(entry.path(), None, "is no regular file: skipped"),
            }
        }
    }
    // A file and what gzip made of it hold the same rows.
    let plain: BTreeSet<PathBuf> = files.iter().cloned().collect();
    files.retain(|file| {
        let is_twin = file.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("gz"))
            && plain.contains(&file.with_extension(""));
        if is_twin {
            problems.add(file, None, "lies beside its uncompressed file, which is read instead: skipped");
        }
        !is_twin
    });
    // The same file by two ways, a link or an input within another, holds its rows once.
    let mut seen = BTreeSet::new();
    files.retain(|file| seen.insert(fs::canonicalize(file).unwrap_or_else(|_| file.clone())));
    (files, problems)
}

/// `path` as it is named below `root`; one that lies elsewhere in full.
pub(super) fn below(root: &Path, path: &Path) -> PathBuf {
    let full = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let path = full(path);
    path.strip_prefix(full(root)).map_or_else(|_| path.clone(), Path::to_owned)
}

fn is_record_name(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    name.ends_with(".csv") || name.ends_with(".csv.gz")
}

/// What to say of a path that could not be walked; nothing of a dangling link that is named for no record.
fn reason(path: &Path, error: &walkdir::Error, is_input: bool) -> Option<String> {
    if let Some(ancestor) = error.loop_ancestor() {
        return Some(format!("is a link to {}, which is above it: not followed", ancestor.display()));
    }
    let is_dangling_link = fs::symlink_metadata(path).is_ok_and(|file| file.is_symlink());
    if is_dangling_link && !is_input && !is_record_name(path) {
        return None;
    }
    let cause = error.io_error().map_or_else(|| error.to_string(), ToString::to_string);
    Some(format!("cannot be read: {cause}"))
}
