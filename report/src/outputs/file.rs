//! Replacing a file as a whole or not at all.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

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
    let target = path.canonicalize();
    let path = target.as_deref().unwrap_or(path);
    if fs::metadata(path).is_ok_and(|file| !file.is_file() && !file.is_dir()) {
        return fs::OpenOptions::new().write(true).open(path)?.write_all(bytes);
    }
    let directory = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    fs::create_dir_all(directory)?;
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    {
        // Permissions of any new file, minus the umask. The crate's default is for the owner alone.
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.prefix(".waterfall-").suffix(".tmp").tempfile_in(directory)?;
    file.write_all(bytes)?;
    file.persist(path)?;
    Ok(())
}
