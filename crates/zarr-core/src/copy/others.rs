//! What else lies among nodes: values that are neither their documents nor their chunks, as other programs
//! keep them beside. They are copied as they are. Finds and moves them; knows nothing of what they are.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use futures_util::{StreamExt, TryStreamExt, stream};
use zarr_metadata::documents;
use zarr_metadata::{ArrayMetadata, NodeMetadata, NodePath, ZarrFormat};
use zarr_store::runtime::Budget;
use zarr_store::{Entry, Key, Location, Op, Prefix, PutMode, StoreError, StoreErrorKind, StoreExt};

use super::{Choice, IfExists};
use crate::{Context, Result};

/// What was found among nodes.
#[derive(Default)]
pub(super) struct Others {
    /// The values, and where each comes to lie.
    pub(super) values: Vec<(Entry, Key)>,
    /// What is there and can have no key.
    pub(super) unnamed: Vec<String>,
    /// Groups of format 2 whose consolidated metadata would not be true of the copy.
    pub(super) consolidated: Vec<NodePath>,
}

/// Looks for them.
pub(super) struct Search<'a> {
    pub(super) source: &'a Location,
    pub(super) dest: &'a Location,
    /// The nodes that are copied, by their paths below the source.
    pub(super) copied: &'a HashMap<NodePath, &'a NodeMetadata>,
    /// Nodes that are not: what lies there stays behind.
    pub(super) left: &'a HashSet<NodePath>,
    /// Which of what is no node is meant, by its path.
    pub(super) choice: Option<&'a Choice>,
    /// Whether all documents are copied as they stand, those of the other format too.
    pub(super) as_written: bool,
    /// Whether that is everything, so that what consolidated metadata says is true of the copy.
    pub(super) whole: bool,
    pub(super) shallow: bool,
}

/// A directory on the way.
enum Place<'a> {
    Group,
    Array(&'a ArrayMetadata),
    /// In no node's own directory.
    Elsewhere,
}

impl Search<'_> {
    /// Everything that is there beside the copied nodes and their chunks.
    ///
    /// # Errors
    /// Where the store cannot list.
    pub(super) async fn run(&self) -> Result<Others> {
        let mut others = Others::default();
        let store = self.source.store();
        if !store.hints().listable {
            return Ok(others);
        }
        let mut to_do = vec![self.source.path().clone()];
        while let Some(prefix) = to_do.pop() {
            let place = self.place(&prefix);
            if let Place::Array(array) = place
                && !lies_in_directories(array)
            {
                self.among_chunks(array, &prefix, &mut others).await?;
                continue;
            }
            let listing = store.list_dir(&prefix).await?;
            others.unnamed.extend(listing.unnamed);
            for entry in listing.keys {
                let name = entry.key.name();
                let is_chunk = matches!(place, Place::Array(array) if is_chunk(array, name));
                if is_chunk {
                    continue;
                }
                match self.is_document(&prefix, name) {
                    true if name == documents::ZMETADATA => {
                        others.consolidated.extend(self.path(&prefix));
                    }
                    true => {}
                    false => self.add(entry, &mut others)?,
                }
            }
            let is_below = |child: &Prefix| self.is_meant(&place, child);
            to_do.extend(listing.prefixes.into_iter().filter(is_below));
        }
        others.unnamed.sort_unstable();
        Ok(others)
    }

    /// The path below the source, if it is one that nodes have.
    fn path(&self, prefix: &Prefix) -> Option<NodePath> {
        let rest = prefix.as_str().strip_prefix(self.source.path().as_str())?;
        NodePath::parse(rest).ok()
    }

    fn place(&self, prefix: &Prefix) -> Place<'_> {
        match self.path(prefix).and_then(|path| self.copied.get(&path)) {
            Some(NodeMetadata::Group(_)) => Place::Group,
            Some(NodeMetadata::Array(array)) => Place::Array(array),
            None => Place::Elsewhere,
        }
    }

    /// Whether what lies in a directory of a place is copied.
    fn is_meant(&self, place: &Place<'_>, child: &Prefix) -> bool {
        let Some(path) = self.path(child) else {
            return false;
        };
        if self.left.contains(&path) {
            return false;
        }
        if self.copied.contains_key(&path) {
            return true;
        }
        match place {
            Place::Array(array) if is_chunk_directory(array, child.name()) => false,
            Place::Group if self.shallow => false,
            _ => self.choice.is_none_or(|is_meant| is_meant(path.as_str())),
        }
    }

    /// Whether it is a document that is written as such, or not at all.
    fn is_document(&self, directory: &Prefix, name: &str) -> bool {
        if !documents::ALL.contains(&name) {
            return false;
        }
        let node = self.path(directory).and_then(|path| self.copied.get(&path));
        let Some(node) = node.filter(|_| self.as_written) else {
            // Of nodes of the other format, which nobody finds here.
            return node.is_some() || !self.as_written;
        };
        match (name, node.format()) {
            (documents::ZMETADATA, ZarrFormat::V2) => !self.whole,
            (documents::ZARR_JSON, format) => format == ZarrFormat::V3,
            (_, format) => format == ZarrFormat::V2,
        }
    }

    /// Values beside chunks whose keys lie all in one directory: they may be many, so they come page by page.
    async fn among_chunks(
        &self,
        array: &ArrayMetadata,
        prefix: &Prefix,
        others: &mut Others,
    ) -> Result<()> {
        let mut entries = self.source.store().list(prefix);
        while let Some(entry) = entries.try_next().await? {
            let name = &entry.key.as_str()[prefix.as_str().len()..];
            if !is_chunk(array, name) && !self.is_document(prefix, name) {
                self.add(entry, others)?;
            }
        }
        Ok(())
    }

    fn add(&self, entry: Entry, others: &mut Others) -> Result<()> {
        let rest = entry.key.as_str().strip_prefix(self.source.path().as_str());
        let to = self.dest.key(rest.unwrap_or_default())?;
        others.values.push((entry, to));
        Ok(())
    }
}

/// Whether a key below an array is that of a chunk, also of one outside of its shape: such are leftovers.
fn is_chunk(array: &ArrayMetadata, name: &str) -> bool {
    let rank = array.shape().len();
    array.chunk_key_encoding().decode(name, rank).is_some()
}

/// Whether chunks lie in directories of their own.
fn lies_in_directories(array: &ArrayMetadata) -> bool {
    let mut key = String::new();
    let first = vec![0; array.shape().len().max(2)];
    array.chunk_key_encoding().encode(&first, &mut key);
    key.contains('/')
}

/// Whether a directory of an array holds chunks.
fn is_chunk_directory(array: &ArrayMetadata, name: &str) -> bool {
    let mut key = String::new();
    let rank = array.shape().len();
    array
        .chunk_key_encoding()
        .encode(&vec![0; rank.max(2)], &mut key);
    match key.split_once('/') {
        Some(("c", _)) => name == "c",
        Some(_) => rank > 1 && name.bytes().all(|byte| byte.is_ascii_digit()),
        None => false,
    }
}

/// Copies values as they are.
pub(super) struct Moving<'a> {
    pub(super) from: &'a Location,
    pub(super) to: &'a Location,
    pub(super) if_exists: IfExists,
    pub(super) budget: &'a Arc<Budget>,
    pub(super) context: &'a Context,
}

impl Moving<'_> {
    /// Those of the values that are to be copied: not those that are there and stay.
    ///
    /// # Errors
    /// [`IfExists::Raise`]: where one of them is there.
    pub(super) async fn wanted(&self, values: Vec<(Entry, Key)>) -> Result<Vec<(Entry, Key)>> {
        let store = self.to.store();
        if self.if_exists == IfExists::Replace
            || values.is_empty()
            || (store.hints().listable && store.is_empty(self.to.path()).await?)
        {
            return Ok(values);
        }
        let looks = values.into_iter().map(|(entry, key)| async move {
            let size = store.size(&key).await?;
            let wanted = match self.if_exists {
                IfExists::Raise if size.is_some() => {
                    let kind = StoreErrorKind::AlreadyExists;
                    return Err(StoreError::new(Op::Put, store, key.as_str(), kind).into());
                }
                IfExists::Update => size != Some(entry.size),
                _ => size.is_none(),
            };
            Ok(wanted.then_some((entry, key)))
        });
        let limit = store.hints().concurrency.max(1);
        let wanted = stream::iter(looks).buffered(limit);
        wanted
            .try_filter_map(|one| async move { Ok(one) })
            .try_collect()
            .await
    }

    /// Copies one value.
    ///
    /// # Errors
    /// What the stores say, and where it is larger than a value may be.
    pub(super) async fn one(&self, from: &Entry, to: &Key) -> Result<()> {
        let _until_put = self.budget.take(from.size).await;
        let most = self.context.value_bytes();
        // It may have gone since it was listed: then it is none of the source's any more.
        if let Some(bytes) = self.from.store().get_at_most(&from.key, most).await? {
            let store = self.to.store();
            store.put(to, bytes.into(), PutMode::Overwrite).await?;
        }
        Ok(())
    }

    /// How many are copied at once.
    pub(super) fn at_once(&self) -> usize {
        let limits = [self.from, self.to].map(|place| place.store().hints().concurrency.max(1));
        limits.into_iter().max().unwrap_or(1)
    }
}
