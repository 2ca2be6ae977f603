//! The constructors of `ZipStore` and `ZipWriter` that take the path of a file.

use std::path::Path;

use super::{ZipStore, limits::ZipLimits, writer::ZipWriter};
use crate::{BlockingStore, Key, LocalStore, Op, Result, StoreError, StoreErrorKind};

impl ZipStore {
    /// Opens the archive in a file, for reading.
    ///
    /// # Errors
    /// As [`open`](Self::open); also if the file's name is not a valid [`Key`].
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

    /// Begins a new archive at `path`. A file that is there stays as it is until [`ZipWriter::finish`].
    ///
    /// # Errors
    /// [`Locked`](crate::ZipError::Locked) if another writer has the archive open; else the error of the
    /// file system.
    pub fn create(path: impl AsRef<Path>) -> Result<ZipWriter> {
        ZipWriter::create(path.as_ref())
    }

    /// Opens the archive at `path` for writing, or begins a new one if there is none.
    ///
    /// # Errors
    /// As [`create`](Self::create), and as [`open`](Self::open).
    pub fn append(path: impl AsRef<Path>) -> Result<ZipWriter> {
        ZipStore::append_within(path, ZipLimits::default())
    }

    /// Opens the archive at `path` for writing, with other limits.
    ///
    /// # Errors
    /// As [`append`](Self::append).
    pub fn append_within(path: impl AsRef<Path>, limits: ZipLimits) -> Result<ZipWriter> {
        ZipWriter::append(path.as_ref(), &limits)
    }
}
