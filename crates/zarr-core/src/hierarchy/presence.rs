//! Whether a store in which something is absent is there at all: a directory on a disk that was
//! unmounted is as empty as one in which nothing was written, and so is a web server that serves it.

use zarr_metadata::documents;
use zarr_store::Location;

use super::{ancestors, path_of};
use crate::{ErrorKind, Result};

/// Asks whether what is absent below a node is absent: it is while a document of the node is there, or
/// of a group above it, where one document speaks for many. Asked once for each operation that found
/// something absent, and only of stores that cannot tell by themselves.
///
/// # Errors
/// [`ErrorKind::StoreGone`] where no such document is there, and what the store says.
pub(crate) async fn check_presence(location: &Location) -> Result<()> {
    let store = location.store();
    if store.hints().absence_is_certain {
        return Ok(());
    }
    let places = std::iter::once(location.clone()).chain(ancestors(location));
    for place in places {
        for name in documents::ALL {
            if store.head(&place.key(name)?).await?.is_some() {
                return Ok(());
            }
        }
    }
    Err(ErrorKind::StoreGone {
        path: path_of(location)?,
        store: store.to_string(),
    }
    .into())
}
