//! When the draft of a zip archive replaces its file: after an operation, by `close`, or with the last handle.

use zarr_core::Result;
use zarr_store::Location;

use crate::target::secret::Secret;
use crate::{Array, Group};

/// When an archive that an operation opens is finished, that is, replaces its file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Finish {
    /// When the last handle that the operation returns is dropped.
    #[default]
    WithHandles,
    /// At the end of the operation, which returns no handle. If it fails, the old archive stays.
    Here,
}

impl Finish {
    /// The options with which the store is opened.
    pub(crate) fn options(self) -> Vec<(String, Secret)> {
        match self {
            Self::WithHandles => vec![],
            Self::Here => vec![("finish".to_owned(), Secret("sync".to_owned()))],
        }
    }
}

/// Finishes the archive of a location, if its store is one.
pub(crate) async fn finish(location: &Location) -> Result<()> {
    match location.store().hints().held_back {
        true => Ok(location.store().sync().await?),
        false => Ok(()),
    }
}

impl Array {
    /// Writes the zip archive that this array is in to its file. For other stores it does nothing: writes to them are
    /// already in place.
    ///
    /// Other handles on the archive stay usable. Without this call the archive is written when the last handle is
    /// dropped, which cannot return an error.
    ///
    /// # Errors
    /// If the archive cannot be written; the old file then stays.
    pub async fn close(self) -> Result<()> {
        finish(self.chunked().location()).await
    }
}

impl Group {
    /// Writes the zip archive that this group is in to its file: see [`Array::close`].
    ///
    /// ```
    /// # use zarr::{blocking::Wait, DataType};
    /// # fn main() -> zarr::Result<()> {
    /// # #[cfg(feature = "zip")] {
    /// # let dir = tempfile::tempdir().unwrap();
    /// # let path = dir.path().join("all.zip");
    /// let root = zarr::create_group(&path).wait()?;
    /// root.create_array("a", [4], DataType::Int16).wait()?.write(.., 7_i16).wait()?;
    /// root.close().wait()?;
    /// let a = zarr::open_array(&path).path("a").wait()?;
    /// assert_eq!(a.read::<i16>(..).wait()?.sum(), 28);
    /// # }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As for [`Array::close`].
    pub async fn close(self) -> Result<()> {
        finish(self.location()).await
    }
}
