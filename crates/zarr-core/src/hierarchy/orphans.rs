//! Orphans: chunks and attributes of a node whose document is gone, which would become part of a new node there.
//! Deletes nothing.

use futures_util::TryStreamExt;
use zarr_metadata::documents;
use zarr_metadata::{ChunkKeyEncoding, NodeMetadata, ZarrFormat};
use zarr_store::{Key, Location, Prefix, StoreExt};

use super::{path_of, read};
use crate::{Error, ErrorKind, Result};

/// Refuses to create a node without its document where something would become part of it.
///
/// # Errors
/// [`ErrorKind::Orphaned`], and what the store says.
pub(crate) async fn check_orphans(location: &Location, node: &NodeMetadata) -> Result<()> {
    match first_orphan(location, node).await? {
        None => Ok(()),
        // A node that was created there meanwhile has them.
        Some(_) if read(location, None).await?.is_some() => Ok(()),
        Some(key) => Err(ErrorKind::Orphaned {
            path: path_of(location)?,
            key: key.as_str().to_owned(),
            store: location.store().to_string(),
        }
        .into()),
    }
}

/// The first key at a place without a node that would become part of this one: a chunk of the array, the
/// attributes of a node of format 2. Costs one listing of the place; a store that cannot list is asked
/// for attributes alone, and orphaned chunks there become part of the new array.
async fn first_orphan(location: &Location, node: &NodeMetadata) -> Result<Option<Key>> {
    let store = location.store();
    if node.format() == ZarrFormat::V2 {
        let beside = match node {
            NodeMetadata::Array(_) => &[documents::ZATTRS][..],
            NodeMetadata::Group(_) => &[documents::ZATTRS, documents::ZMETADATA],
        };
        for name in beside {
            let key = location.key(name)?;
            if store.exists(&key).await? {
                return Ok(Some(key));
            }
        }
    }
    let NodeMetadata::Array(array) = node else {
        return Ok(None);
    };
    if !store.hints().listable {
        return Ok(None);
    }
    let (encoding, rank) = (array.chunk_key_encoding(), array.shape().len());
    let is_chunk = |key: &Key| {
        let name = key.strip(location.path());
        name.is_some_and(|name| encoding.decode(name.as_str(), rank).is_some())
    };
    let here = store.list_dir(location.path()).await?;
    if let Some(entry) = here.keys.into_iter().find(|entry| is_chunk(&entry.key)) {
        return Ok(Some(entry.key));
    }
    let leads_to_chunks = |prefix: &&Prefix| ChunkKeyEncoding::is_likely(prefix.name());
    for prefix in here.prefixes.iter().filter(leads_to_chunks) {
        let mut below = store.list_keys(prefix);
        while let Some(key) = below.try_next().await? {
            if is_chunk(&key) {
                return Ok(Some(key));
            }
        }
    }
    Ok(None)
}

/// Refuses to empty a place that holds anything but documents and what has the name of a chunk: it is more
/// likely a directory of other files than the orphans of an array.
pub(super) async fn check_foreign(location: &Location) -> Result<()> {
    let mut below = location.store().list_keys(location.path());
    while let Some(key) = below.try_next().await? {
        let name = key.strip(location.path());
        let is_ours = name.is_some_and(|name| {
            documents::ALL.contains(&name.as_str()) || ChunkKeyEncoding::is_likely(name.as_str())
        });
        if !is_ours {
            return Err(Error::from(ErrorKind::Foreign {
                path: path_of(location)?,
                store: location.store().to_string(),
            }));
        }
    }
    Ok(())
}
