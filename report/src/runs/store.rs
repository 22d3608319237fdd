//! The directory of the kept runs: `.waterfall/runs/<name>/<number>/`.
//!
//! Takes a name, creates a new directory below it, and finds the existing ones. A number is not used again while a
//! later one exists. Never touches another name. Does not know what runs in it.

use std::fmt;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use super::metadata::{self, Metadata};

/// The number of runs of each name that keep their rows.
pub(crate) const KEPT: usize = 10;

/// The directory beside that of all runs for rows that are about to be removed.
const REMOVED: &str = "removed";

/// The directory of all runs.
#[derive(Debug, Clone)]
pub(crate) struct Store {
    root: PathBuf,
}

/// The name under which runs are kept, also the name of a directory.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Name(String);

/// The directory of one run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub name: Name,
    /// Counted from 1.
    pub number: u64,
    directory: PathBuf,
}

impl Place {
    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }

    pub(crate) fn records(&self) -> PathBuf {
        self.directory.join("records")
    }

    /// The file with its description.
    pub(crate) fn metadata(&self) -> PathBuf {
        self.directory.join(metadata::FILE)
    }

    /// What takes the place of the records when the run is pruned.
    pub(crate) fn summary(&self) -> PathBuf {
        self.directory.join("records.waterfall-summary.gz")
    }

    pub(crate) fn page(&self) -> PathBuf {
        self.directory.join("waterfall.html")
    }

    /// Where its records are until they are removed. It is not below the directory of all runs, where readers look.
    pub(super) fn removed(&self) -> PathBuf {
        let of_runs = self.directory.ancestors().nth(2).unwrap_or(&self.directory);
        of_runs.with_file_name(REMOVED).join(format!("{}-{}", self.name, self.number))
    }
}

impl Place {
    /// Removes the directory of a run that did not begin.
    pub(crate) fn discard(&self) {
        // A directory that cannot be removed does no harm.
        let _ = fs::remove_dir_all(&self.directory);
    }
}

impl Store {
    /// The store below a directory; it need not exist yet.
    pub(crate) fn below(directory: &Path) -> Store {
        Store { root: directory.join(".waterfall").join("runs") }
    }

    /// The store below a directory, or below the nearest one above that has a store.
    pub(crate) fn near(directory: &Path) -> Store {
        let mut stores = directory.ancestors().map(Store::below);
        stores.find(|store| store.root.is_dir()).unwrap_or_else(|| Store::below(directory))
    }

    /// Creates the directory of the next run of a name, and an empty one in it for the records.
    ///
    /// # Errors
    ///
    /// If the system cannot create them.
    pub(crate) fn create(&self, name: &Name) -> io::Result<Place> {
        let of_name = self.root.join(&name.0);
        fs::create_dir_all(&of_name)?;
        if !is_directory(&of_name) {
            return Err(io::Error::other(format!("{} is a symbolic link", of_name.display())));
        }
        self.hide()?;
        let mut number = self.places(name)?.last().map_or(0, |place| place.number);
        loop {
            number += 1;
            let place = self.place(name, number);
            match fs::create_dir(&place.directory) {
                Ok(()) => {
                    fs::create_dir(place.records()).inspect_err(|_| place.discard())?;
                    return Ok(place);
                }
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {} // another run took this number
                Err(error) => return Err(error),
            }
        }
    }

    /// Keeps runs out of version control.
    fn hide(&self) -> io::Result<()> {
        let Some(above) = self.root.parent() else { return Ok(()) };
        let path = above.join(".gitignore");
        match fs::File::create_new(&path) {
            Ok(mut file) => {
                io::Write::write_all(&mut file, b"*\n").inspect_err(|_| drop(fs::remove_file(&path)))
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// The names that have runs, in order.
    ///
    /// # Errors
    ///
    /// If the directory cannot be read. A missing directory is not an error.
    pub(crate) fn names(&self) -> io::Result<Vec<Name>> {
        let mut names: Vec<Name> =
            directories(&self.root)?.into_iter().filter_map(|(name, _)| Name::kept(&name).ok()).collect();
        names.sort();
        Ok(names)
    }

    /// The runs of a name in the order of their numbers.
    ///
    /// # Errors
    ///
    /// As [`Store::names`].
    pub(crate) fn places(&self, name: &Name) -> io::Result<Vec<Place>> {
        let of_name = self.root.join(&name.0);
        if !is_directory(&of_name) {
            return Ok(Vec::new());
        }
        let mut places: Vec<Place> = (directories(&of_name)?.into_iter())
            .filter_map(|(text, directory)| {
                let number: u64 = text.parse().ok()?;
                // `07` and `+7` are not ours.
                (number.to_string() == text).then(|| Place { name: name.clone(), number, directory })
            })
            .collect();
        places.sort_by_key(|place| place.number);
        Ok(places)
    }

    /// The run of this number, which need not exist.
    pub(super) fn place(&self, name: &Name, number: u64) -> Place {
        Place { name: name.clone(), number, directory: self.root.join(&name.0).join(number.to_string()) }
    }

    /// The numbers of runs of a name whose records were moved in order to remove them, and where those are.
    pub(super) fn removed(&self, name: &Name) -> io::Result<Vec<(u64, PathBuf)>> {
        let number = |text: &str| text.strip_prefix(&name.0)?.strip_prefix('-')?.parse().ok();
        let all = directories(&self.root.with_file_name(REMOVED))?;
        Ok(all.into_iter().filter_map(|(text, rows)| Some((number(&text)?, rows))).collect())
    }

    /// The description of a run.
    ///
    /// # Errors
    ///
    /// If it cannot be read or is not valid.
    pub(crate) fn read(&self, place: &Place) -> io::Result<Metadata> {
        metadata::read(&place.metadata())
    }
}

/// Whether a path is a directory, and not a link to one.
fn is_directory(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|entry| entry.is_dir())
}

/// The directories in `parent` with their names, without links; none if `parent` does not exist.
fn directories(parent: &Path) -> io::Result<Vec<(String, PathBuf)>> {
    let entries = match fs::read_dir(parent) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            found.extend(entry.file_name().to_str().map(|name| (name.to_owned(), entry.path())));
        }
    }
    Ok(found)
}

impl Name {
    /// The name of runs without a name.
    pub(crate) fn latest() -> Name {
        Name("latest".into())
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a text is not a [`Name`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct NameError(&'static str);

/// Accepts what every system accepts as the name of a directory, but no `@`: `before@3` names a run.
impl FromStr for Name {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Name, NameError> {
        match text.contains('@') {
            true => Err(NameError("it contains @, which comes before the number of a run: before@3")),
            false => Name::kept(text),
        }
    }
}

impl Name {
    /// A name that has runs. Earlier releases accepted an `@`.
    fn kept(text: &str) -> Result<Name, NameError> {
        let is_refused = |c: char| c.is_control() || r#"/\<>:"|?*"#.contains(c);
        match text {
            "" => Err(NameError("it is empty")),
            _ if text.len() > 100 => Err(NameError("it is longer than 100 bytes")),
            _ if text.starts_with(['.', ' ']) || text.ends_with(['.', ' ']) => {
                Err(NameError("it begins or ends with a dot or a space"))
            }
            _ if text.contains(is_refused) => {
                Err(NameError(r#"it contains one of / \ < > : " | ? * or a control character"#))
            }
            _ => Ok(Name(text.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_of_a_directory() {
        for name in ["latest", "vor dem Umbau", "a.b-c_d", "7"] {
            assert_eq!(name.parse::<Name>().unwrap().to_string(), name);
        }
        for name in ["", ".", "..", ".git", "a/b", r"a\b", "a@3", "a\nb", "a:", "x ", &"x".repeat(101)] {
            assert!(name.parse::<Name>().is_err(), "{name:?}");
        }
    }

    #[test]
    fn numbers_go_on_and_what_is_no_run_is_left_alone() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::below(directory.path());
        let name = Name::latest();
        assert_eq!(store.places(&name).unwrap(), []);
        let of_name = directory.path().join(".waterfall/runs/latest");
        for other in ["07", "x", "12 "] {
            fs::create_dir_all(of_name.join(other)).unwrap();
        }
        fs::write(of_name.join("40"), "a file").unwrap();
        let numbers: Vec<u64> = (0..3).map(|_| store.create(&name).unwrap().number).collect();
        assert_eq!(numbers, [1, 2, 3]);
        assert_eq!(store.places(&name).unwrap().len(), 3);
        assert_eq!(fs::read_to_string(directory.path().join(".waterfall/.gitignore")).unwrap(), "*\n");
        // Earlier releases accepted this name.
        fs::create_dir(directory.path().join(".waterfall/runs/a@b")).unwrap();
        assert_eq!(store.names().unwrap().iter().map(Name::as_str).collect::<Vec<_>>(), ["a@b", "latest"]);
    }
}
