//! Archives are in their place only when they are finished: who does it, and when.

use zarr_core::Result;
use zarr_store::Location;

use crate::{Array, Group};

/// How an archive that an operation opens comes to its place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Finish {
    /// With the last of the handles that the operation gives.
    #[default]
    WithHandles,
    /// By the operation itself, which gives none: if it fails, the archive is the old one.
    Here,
}

impl Finish {
    /// As the store is told.
    pub(crate) fn options(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::WithHandles => &[],
            Self::Here => &[("finish", "sync")],
        }
    }
}

/// Brings what the store of a place holds back to its place.
pub(crate) async fn finish(location: &Location) -> Result<()> {
    match location.store().hints().held_back {
        true => Ok(location.store().sync().await?),
        false => Ok(()),
    }
}

impl Array {
    /// Brings what was written to its place, if that is a zip archive: with any other store it is there already. The
    /// archive is then finished for all handles, which can be used on. Without this it is finished when the last handle
    /// is dropped, where an error is nobody's.
    ///
    /// # Errors
    /// Why the archive could not be written; the old one is in its place then.
    pub async fn close(self) -> Result<()> {
        finish(self.chunked().location()).await
    }
}

impl Group {
    /// Brings what was written to its place, if that is a zip archive: see [`Array::close`].
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
    /// As of [`Array::close`].
    pub async fn close(self) -> Result<()> {
        finish(self.location()).await
    }
}
