//! Other values among the nodes that are copied: those that are neither documents nor chunks, as other programs keep
//! them there. Finds them; they are copied as they are.

use std::collections::{BTreeMap, HashMap, HashSet};

use futures_util::TryStreamExt;
use zarr_metadata::documents;
use zarr_metadata::{ArrayMetadata, NodePath, ZarrFormat};
use zarr_store::{Entry, Location, Prefix};

use super::Choice;
use super::values::{ValueCopy, key_in};
use crate::{ChunkedArray, Result};

/// What was found among nodes.
#[derive(Default)]
pub(super) struct OtherValues {
    pub(super) values: Vec<ValueCopy>,
    /// Names that no key can have.
    pub(super) unnamed: Vec<String>,
    /// Groups of format 2 whose consolidated metadata is not copied, since it would be wrong in the copy.
    pub(super) consolidated: Vec<NodePath>,
    /// Chunks outside of the shapes of their arrays, which are not copied: how many, and the first key.
    pub(super) out_of_bounds: BTreeMap<NodePath, (u64, String)>,
}

/// A node that is copied.
pub(super) struct CopiedNode<'a> {
    pub(super) format: ZarrFormat,
    pub(super) array: Option<CopiedArray<'a>>,
}

#[derive(Clone, Copy)]
pub(super) struct CopiedArray<'a> {
    pub(super) from: &'a ChunkedArray,
    /// Whether its chunks stay the bytes they are, under the names that they have.
    pub(super) keeps_chunks: bool,
}

/// A search for such values.
pub(super) struct OtherValuesSearch<'a> {
    pub(super) source: &'a Location,
    pub(super) dest: &'a Location,
    /// The nodes that are copied, by their paths below the source.
    pub(super) copied: &'a HashMap<NodePath, CopiedNode<'a>>,
    /// Nodes that are not copied, nor anything that lies in them.
    pub(super) not_copied: &'a HashSet<NodePath>,
    /// Which directories that are no nodes are searched, by their paths.
    pub(super) choice: Option<&'a Choice>,
    /// Whether all documents are copied byte for byte, those of the other format too.
    pub(super) verbatim: bool,
    /// Whether that is so of all nodes, so that consolidated metadata is right in the copy.
    pub(super) whole: bool,
    pub(super) shallow: bool,
}

impl OtherValuesSearch<'_> {
    /// Everything that is there beside the copied nodes and their chunks.
    ///
    /// # Errors
    /// Where the store cannot list.
    pub(super) async fn run(&self) -> Result<OtherValues> {
        let mut others = OtherValues::default();
        let store = self.source.store();
        if !store.hints().listable {
            return Ok(others);
        }
        let mut to_do = vec![self.source.path().clone()];
        while let Some(prefix) = to_do.pop() {
            let path = self.path(&prefix);
            let node = path.as_ref().and_then(|path| self.copied.get(path));
            if let (Some(path), Some(array)) = (&path, node.and_then(|node| node.array)) {
                self.in_array(path, array, &prefix, &mut others).await?;
                continue;
            }
            let listing = store.list_dir(&prefix).await?;
            others.unnamed.extend(listing.unnamed);
            for entry in listing.keys {
                match self.is_document(&prefix, entry.key.name()) {
                    true if entry.key.name() == documents::ZMETADATA => {
                        others.consolidated.extend(self.path(&prefix));
                    }
                    true => {}
                    false => self.add(entry, &mut others)?,
                }
            }
            let is_group = node.is_some();
            let is_searched = |child: &Prefix| self.is_searched(is_group, child);
            to_do.extend(listing.prefixes.into_iter().filter(is_searched));
        }
        others.unnamed.sort_unstable();
        Ok(others)
    }

    /// The path below the source, if it is one that nodes have.
    fn path(&self, prefix: &Prefix) -> Option<NodePath> {
        let rest = prefix.as_str().strip_prefix(self.source.path().as_str())?;
        NodePath::parse(rest).ok()
    }

    /// Whether a directory is searched.
    fn is_searched(&self, is_in_group: bool, child: &Prefix) -> bool {
        let Some(path) = self.path(child) else {
            return false;
        };
        if self.not_copied.contains(&path) {
            return false;
        }
        if self.copied.contains_key(&path) {
            return true;
        }
        let passed_over = is_in_group && self.shallow;
        !passed_over && self.is_chosen(&path)
    }

    fn is_chosen(&self, path: &NodePath) -> bool {
        self.choice.is_none_or(|is_chosen| is_chosen(path.as_str()))
    }

    /// Whether this is a document that is written with its node, or not at all.
    fn is_document(&self, directory: &Prefix, name: &str) -> bool {
        if !documents::ALL.contains(&name) {
            return false;
        }
        let node = self.path(directory).and_then(|path| self.copied.get(&path));
        let Some(node) = node.filter(|_| self.verbatim) else {
            // Otherwise a directory that is no node may have one, and it is copied like any other value.
            return node.is_some() || !self.verbatim;
        };
        match (name, node.format) {
            (documents::ZMETADATA, ZarrFormat::V2) => !self.whole,
            (documents::ZARR_JSON, format) => format == ZarrFormat::V3,
            (_, format) => format == ZarrFormat::V2,
        }
    }

    /// Values among the chunks of an array.
    async fn in_array(
        &self,
        path: &NodePath,
        array: CopiedArray<'_>,
        prefix: &Prefix,
        others: &mut OtherValues,
    ) -> Result<()> {
        let store = self.source.store();
        // A local store lists a directory as a whole, and with it names that no key can have. Other stores list many
        // keys at a time, of however many directories.
        let by_directories = store.as_blocking().is_some();
        let looks = by_directories || lies_in_directories(array.from.metadata());
        let mut to_do = Vec::from_iter(looks.then(|| prefix.clone()));
        while let Some(directory) = to_do.pop() {
            let listing = store.list_dir(&directory).await?;
            others.unnamed.extend(listing.unnamed);
            if by_directories {
                for entry in listing.keys {
                    self.beside_chunks(path, array, prefix, entry, others)?;
                }
                to_do.extend(listing.prefixes);
            }
        }
        if !by_directories {
            let mut entries = store.list(prefix);
            while let Some(entry) = entries.try_next().await? {
                self.beside_chunks(path, array, prefix, entry, others)?;
            }
        }
        Ok(())
    }

    fn beside_chunks(
        &self,
        path: &NodePath,
        array: CopiedArray<'_>,
        prefix: &Prefix,
        entry: Entry,
        others: &mut OtherValues,
    ) -> Result<()> {
        let name = &entry.key.as_str()[prefix.as_str().len()..];
        let grid = array.from.grid();
        let encoding = array.from.metadata().chunk_key_encoding();
        match encoding.decode(name, grid.rank()) {
            Some(chunk) if grid.contains(&chunk) => {}
            Some(_) if array.keeps_chunks => self.add(entry, others)?,
            Some(_) => {
                let first = || (0, entry.key.as_str().to_owned());
                others
                    .out_of_bounds
                    .entry(path.clone())
                    .or_insert_with(first)
                    .0 += 1;
            }
            None if self.is_document(prefix, name) => {}
            None => {
                let directory = name.rsplit_once('/').map(|(directory, _)| directory);
                let chosen = directory.is_none_or(|directory| {
                    let directory = path.join(directory);
                    directory.is_ok_and(|directory| self.is_chosen(&directory))
                });
                if chosen {
                    self.add(entry, others)?;
                }
            }
        }
        Ok(())
    }

    fn add(&self, entry: Entry, others: &mut OtherValues) -> Result<()> {
        let to = key_in(self.dest, self.source, &entry.key)?;
        others.values.push(ValueCopy { from: entry, to });
        Ok(())
    }
}

/// Whether chunks lie in directories of their own.
fn lies_in_directories(array: &ArrayMetadata) -> bool {
    let mut key = String::new();
    let first = vec![0; array.shape().len().max(2)];
    array.chunk_key_encoding().encode(&first, &mut key);
    key.contains('/')
}
