//! The folder of the demo's database: reused by the version that made it, and emptied of nothing that the demo did not make.
use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::EDITION;
use crate::store::newest_step;

/// The file that says which version of the demo made the folder.
const MARKER: &str = "portico-demo.version";
/// The file that is locked as long as a demo uses the folder.
const LOCK: &str = "portico-demo.lock";
/// What the demo makes beside them.
const FILES: [&str; 3] = ["portico.sqlite", "portico.sqlite-wal", "portico.sqlite-shm"];

/// Why a folder can't be used.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// Another version of the demo made it.
    #[error(
        "{} was made by another version of the demo; --fresh empties it of the old demo and begins anew",
        .0.display()
    )]
    OtherVersion(PathBuf),
    /// There is a database that no demo made.
    #[error("{} holds a portico.sqlite that no demo made; choose another folder with --dir", .0.display())]
    NotADemo(PathBuf),
    /// A demo that runs uses it.
    #[error("a demo that still runs uses {}; end it, or choose another folder with --dir", .0.display())]
    InUse(PathBuf),
    /// The folder can't be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// Which file or folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

/// A folder that the demo may use, and that no other may until this is dropped.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    _lock: fs::File,
}

impl Folder {
    /// Makes the folder ready; a fresh one holds no earlier demo's database, and keeps every other file.
    pub fn prepare(path: &Path, is_fresh: bool) -> Result<Self, FolderError> {
        let marker = path.join(MARKER);
        let has_database = || FILES.iter().any(|file| path.join(file).exists());
        // A folder with somebody's own database is left as it is, without a lock.
        if has_database() && !marker.exists() {
            return Err(FolderError::NotADemo(path.to_owned()));
        }
        fs::create_dir_all(path).map_err(told(path))?;
        let lock = lock(path)?;
        let made_by = match fs::read_to_string(&marker) {
            Ok(version) => Some(version),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(source) => return Err(FolderError::Io { path: marker, source }),
        };
        match made_by {
            None if has_database() => return Err(FolderError::NotADemo(path.to_owned())),
            Some(version) if version != self::version() && !is_fresh => {
                return Err(FolderError::OtherVersion(path.to_owned()));
            }
            Some(_) if is_fresh => empty(path)?,
            Some(_) | None => {}
        }
        fs::write(&marker, version()).map_err(told(&marker))?;
        Ok(Folder { path: path.to_owned(), _lock: lock })
    }

    /// Where the database is.
    pub fn database(&self) -> PathBuf {
        self.path.join("portico.sqlite")
    }
}

fn told(path: &Path) -> impl FnOnce(io::Error) -> FolderError + use<> {
    let path = path.to_owned();
    move |source| FolderError::Io { path, source }
}

/// Locks the folder; the system unlocks it when the file is closed, however the demo ends.
fn lock(path: &Path) -> Result<fs::File, FolderError> {
    let file = path.join(LOCK);
    let lock = fs::File::options().create(true).append(true).open(&file).map_err(told(&file))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(fs::TryLockError::WouldBlock) => Err(FolderError::InUse(path.to_owned())),
        Err(fs::TryLockError::Error(source)) => Err(FolderError::Io { path: file, source }),
    }
}

fn empty(path: &Path) -> Result<(), FolderError> {
    for file in FILES {
        let file = path.join(file);
        match fs::remove_file(&file) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(source) => return Err(FolderError::Io { path: file, source }),
        }
    }
    Ok(())
}

/// The demo's edition and the newest form of the tables.
fn version() -> String {
    format!("{EDITION} {}\n", newest_step())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(path: &Path, content: &str) {
        fs::write(path, content).unwrap();
    }

    #[test]
    fn a_folder_is_reused_by_the_version_that_made_it_and_refused_by_another() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("demo");
        let folder = Folder::prepare(&path, false).unwrap();
        let database = folder.database();
        drop(folder);
        write(&database, "kept");
        Folder::prepare(&path, false).unwrap();
        assert_eq!(fs::read_to_string(&database).unwrap(), "kept");
        write(&path.join(MARKER), "0 of old\n");
        let refused = Folder::prepare(&path, false).unwrap_err();
        assert!(refused.to_string().contains("--fresh empties it"), "{refused}");
        assert_eq!(fs::read_to_string(&database).unwrap(), "kept");
        Folder::prepare(&path, true).unwrap();
        assert!(!database.exists());
        Folder::prepare(&path, false).unwrap();
    }

    #[test]
    fn a_folder_that_is_in_use_is_refused_however_one_asks_and_stays_as_it_is() {
        let place = tempfile::tempdir().unwrap();
        let folder = Folder::prepare(place.path(), false).unwrap();
        write(&folder.database(), "in use");
        write(&place.path().join(MARKER), "0 of old\n");
        for is_fresh in [false, true] {
            let refused = Folder::prepare(place.path(), is_fresh).unwrap_err();
            assert!(matches!(refused, FolderError::InUse(_)), "{refused}");
            assert_eq!(fs::read_to_string(folder.database()).unwrap(), "in use");
            assert_eq!(fs::read_to_string(place.path().join(MARKER)).unwrap(), "0 of old\n");
        }
        drop(folder);
        Folder::prepare(place.path(), true).unwrap();
    }

    #[test]
    fn a_fresh_folder_keeps_what_the_demo_did_not_make() {
        let place = tempfile::tempdir().unwrap();
        let database = Folder::prepare(place.path(), false).unwrap().database();
        write(&database, "old");
        for name in ["thesis.odt", "portico.sqlite.bak"] {
            write(&place.path().join(name), "mine");
        }
        Folder::prepare(place.path(), true).unwrap();
        assert!(!database.exists());
        for name in ["thesis.odt", "portico.sqlite.bak"] {
            assert_eq!(fs::read_to_string(place.path().join(name)).unwrap(), "mine");
        }
    }

    #[test]
    fn a_database_that_no_demo_made_is_left_alone_however_one_asks() {
        let place = tempfile::tempdir().unwrap();
        write(&place.path().join("portico.sqlite"), "a firm's");
        for is_fresh in [false, true] {
            let refused = Folder::prepare(place.path(), is_fresh).unwrap_err();
            assert!(matches!(refused, FolderError::NotADemo(_)), "{refused}");
        }
        assert_eq!(fs::read_dir(place.path()).unwrap().count(), 1, "nothing was put beside it");
        assert_eq!(fs::read_to_string(place.path().join("portico.sqlite")).unwrap(), "a firm's");
    }
}
