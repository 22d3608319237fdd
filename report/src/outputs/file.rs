//! Replacing a file as a whole or not at all.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// Writes `bytes` to a temporary file in the directory of `path` and renames it to `path`, so readers see the old
/// file or the new one. Creates a missing directory. If `path` is a link to a file, replaces that file and keeps
/// the link; a link to nothing is replaced itself. What is not a regular file, such as a pipe or `/dev/null`, is
/// written to directly.
///
/// # Errors
///
/// The system's error if the directory cannot be created or written to, or if the disk is full. The temporary file
/// is removed.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if fs::metadata(path).is_ok_and(|file| !file.is_file() && !file.is_dir()) {
        return fs::OpenOptions::new().write(true).open(path)?.write_all(bytes);
    }
    let Prepared { file, path } = written(path, bytes)?;
    file.persist(path)?;
    Ok(())
}

/// A file that is on the disk, but does not have its name yet. It is removed if it never gets it.
pub(crate) struct Prepared {
    file: NamedTempFile,
    path: PathBuf,
}

/// Writes `bytes` to a temporary file in the directory of `path`, and waits until they are on the disk.
///
/// # Errors
///
/// As [`replace`].
pub(crate) fn prepare(path: &Path, bytes: &[u8]) -> io::Result<Prepared> {
    let prepared = written(path, bytes)?;
    prepared.file.as_file().sync_all()?;
    Ok(prepared)
}

impl Prepared {
    /// Gives the file its name, and replaces the file that has it.
    ///
    /// # Errors
    ///
    /// The system's error; the temporary file is removed.
    pub(crate) fn place(self) -> io::Result<()> {
        self.file.persist(&self.path)?;
        // A name is on the disk when its directory is. Some file systems refuse this, and others cannot open directories.
        #[cfg(unix)]
        let _ = fs::File::open(directory(&self.path)).and_then(|directory| directory.sync_all());
        Ok(())
    }
}

/// A temporary file with these bytes in the directory of `path`, or of the file to which it links.
fn written(path: &Path, bytes: &[u8]) -> io::Result<Prepared> {
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let directory = directory(&path);
    fs::create_dir_all(directory)?;
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    {
        // Permissions of any new file, minus the umask. The crate's default is for the owner alone.
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let file = builder.prefix(".waterfall-").suffix(".tmp").tempfile_in(directory);
    // The crate's error names its own file; which file was to be written, the caller says.
    let mut file = file.map_err(|error| error.raw_os_error().map_or(error, io::Error::from_raw_os_error))?;
    file.write_all(bytes)?;
    Ok(Prepared { file, path })
}

fn directory(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}
