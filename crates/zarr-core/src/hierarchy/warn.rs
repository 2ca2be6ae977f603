//! The warnings about nodes that are opened and created. Nothing is looked for that nobody would be told.

use zarr_metadata::documents;
use zarr_metadata::{DataType, NodeMetadata, ZarrFormat};
use zarr_store::{Location, StoreExt};

use super::path_of;
use crate::{Context, Warning};

/// Warns where a node of format 3 was found, and documents of format 2 are there too. Only a store that answers without
/// delay is asked.
pub(super) async fn warn_of_both_formats(
    location: &Location,
    node: &NodeMetadata,
    context: &Context,
) {
    let store = location.store();
    if node.format() != ZarrFormat::V3 || !context.is_warned() || store.as_blocking().is_none() {
        return;
    }
    let Ok(path) = path_of(location) else { return };
    for unused in [documents::ZARRAY, documents::ZGROUP] {
        let Ok(key) = location.key(unused) else {
            return;
        };
        // The node is opened in any case.
        if matches!(store.exists(&key).await, Ok(true)) {
            let path = path.clone();
            return context.warn(&Warning::BothFormats { path, unused });
        }
    }
}

/// Warns of what is not specified in the documents of a new node.
pub(super) fn warn_of_new(location: &Location, node: &NodeMetadata, context: &Context) {
    let NodeMetadata::Array(array) = node else {
        return;
    };
    // zarr-python names its other types without a specification differently from those that are written here.
    let is_unspecified = matches!(array.data_type(), DataType::FixedBytes(_));
    if array.format() != ZarrFormat::V3 || !is_unspecified {
        return;
    }
    if let Ok(path) = path_of(location) {
        let data_type = array.data_type().to_string();
        context.warn(&Warning::UnspecifiedDataType { path, data_type });
    }
}
