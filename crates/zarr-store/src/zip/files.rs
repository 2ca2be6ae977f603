//! Archives by their path: the constructors that need a file system.

use std::path::Path;

use super::{ZipLimits, ZipStore, ZipWriter};
use crate::{BlockingStore, Key, LocalStore, Op, Result, StoreError, StoreErrorKind};

impl ZipStore {
    /// Opens the archive in a file, for reading.
    ///
    /// # Errors
    /// As [`open`](Self::open); also if the file's name is no [`Key`].
    pub async fn open_file(path: impl AsRef<Path>) -> Result<ZipStore> {
        let path = path.as_ref();
        let name = path.file_name().and_then(|name| name.to_str());
        let Some(name) = name else {
            let text = path.to_string_lossy();
            let why = StoreErrorKind::Unsupported("an archive whose path ends in no UTF-8 name");
            return Err(StoreError::text(Op::OpenStore, &text, why));
        };
        let directory = path.parent().unwrap_or(Path::new(""));
        let directory = match directory.as_os_str().is_empty() {
            true => Path::new("."),
            false => directory,
        };
        ZipStore::open(LocalStore::new(directory).into_store(), Key::new(name)?).await
    }

    /// Begins a new archive at `path`. What is there stays until [`ZipWriter::finish`].
    ///
    /// # Errors
    /// [`Locked`](super::ZipError::Locked) if another writer has the archive; else why the file
    /// system refuses.
    pub fn create(path: impl AsRef<Path>) -> Result<ZipWriter> {
        ZipWriter::create(path.as_ref())
    }

    /// Opens the archive at `path` to be changed, or begins one where there is none.
    ///
    /// # Errors
    /// As [`create`](Self::create), and as [`open`](Self::open).
    pub fn append(path: impl AsRef<Path>) -> Result<ZipWriter> {
        ZipStore::append_within(path, ZipLimits::default())
    }

    /// Opens the archive at `path` to be changed, with other limits.
    ///
    /// # Errors
    /// As [`append`](Self::append).
    pub fn append_within(path: impl AsRef<Path>, limits: ZipLimits) -> Result<ZipWriter> {
        ZipWriter::append(path.as_ref(), &limits)
    }
}
