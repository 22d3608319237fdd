//! A file that is there whole or not at all.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

/// Puts `bytes` at `path`: written under a temporary name in the same directory and renamed, so that a
/// reader sees the old file or the new one. Makes the directory where there is none. The file that a link
/// points to is replaced, not the link, unless there is no such file; what is no regular file, such as a pipe
/// or `/dev/null`, is written to.
///
/// # Errors
///
/// What the system says when the directory cannot be made or written to, or the disk is full; the
/// temporary file is removed again.
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
        // As any new file, less the umask; the crate's own choice is for the owner alone.
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.prefix(".waterfall-").suffix(".tmp").tempfile_in(directory)?;
    file.write_all(bytes)?;
    file.persist(path)?;
    Ok(())
}
