//! Zip archives that a command changes: they are finished at its end, and stay as they were if it fails.

use std::sync::Arc;

use zarr::Store;
use zarr::blocking::Wait;

use crate::address::Address;
use crate::failure::Failure;

/// Archives that may be changed as long as this lives, and their addresses.
pub(crate) struct Archives(Vec<(Arc<dyn Store>, String)>);

impl Archives {
    pub(crate) fn of<'a>(addresses: impl IntoIterator<Item = &'a mut Address>) -> Self {
        let archive = |address: &'a mut Address| {
            let name = address.as_str().to_owned();
            address.archive().map(|archive| (archive, name))
        };
        Self(addresses.into_iter().filter_map(archive).collect())
    }

    /// Writes the archives to their files.
    pub(crate) fn finish(self) -> Result<(), Failure> {
        self.0
            .iter()
            .try_for_each(|(archive, name)| finish(archive, name))
    }
}

/// Writes what a store still holds back.
pub(crate) fn finish(store: &Arc<dyn Store>, path: &str) -> Result<(), Failure> {
    if !store.hints().held_back {
        return Ok(());
    }
    let finished = store.sync().wait().map_err(zarr::Error::from);
    finished.map_err(|error| Failure::zarr("cannot finish", path, &error))
}
