//! What else lies among nodes: values that are neither their documents nor their chunks, as other programs
//! keep them beside. They are copied as they are. Finds and moves them; knows nothing of what they are.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use futures_util::{StreamExt, TryStreamExt, stream};
use zarr_metadata::{ArrayMetadata, NodePath, ZarrFormat};
use zarr_store::runtime::Budget;
use zarr_store::{Entry, Key, Location, Op, Prefix, PutMode, StoreError, StoreErrorKind, StoreExt};

use super::{Choice, IfExists};
use crate::hierarchy::DOCUMENTS;
use crate::{ChunkedArray, Context, Result};

/// Where format 2 keeps the documents of all that is below a group.
const CONSOLIDATED: &str = ".zmetadata";

/// What was found among nodes.
#[derive(Default)]
pub(super) struct Others {
    /// The values, and where each comes to lie.
    pub(super) values: Vec<(Entry, Key)>,
    /// What is there and can have no key.
    pub(super) unnamed: Vec<String>,
    /// Groups of format 2 whose consolidated metadata would not be true of the copy.
    pub(super) consolidated: Vec<NodePath>,
    /// Chunks outside of their arrays that stay behind: how many, and the first key.
    pub(super) outside: BTreeMap<NodePath, (u64, String)>,
}

/// A node that is copied.
pub(super) struct Copied<'a> {
    pub(super) format: ZarrFormat,
    pub(super) array: Option<CopiedArray<'a>>,
}

#[derive(Clone, Copy)]
pub(super) struct CopiedArray<'a> {
    pub(super) from: &'a ChunkedArray,
    /// Whether its chunks stay the bytes they are, under the names that they have.
    pub(super) keeps_chunks: bool,
}

/// Looks for them.
pub(super) struct Search<'a> {
    pub(super) source: &'a Location,
    pub(super) dest: &'a Location,
    /// The nodes that are copied, by their paths below the source.
    pub(super) copied: &'a HashMap<NodePath, Copied<'a>>,
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
                    true if entry.key.name() == CONSOLIDATED => {
                        others.consolidated.extend(self.path(&prefix));
                    }
                    true => {}
                    false => self.add(entry, &mut others)?,
                }
            }
            let is_group = node.is_some();
            let is_below = |child: &Prefix| self.is_meant(is_group, child);
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

    /// Whether what lies in a directory is copied.
    fn is_meant(&self, is_in_group: bool, child: &Prefix) -> bool {
        let Some(path) = self.path(child) else {
            return false;
        };
        if self.left.contains(&path) {
            return false;
        }
        if self.copied.contains_key(&path) {
            return true;
        }
        let passed_over = is_in_group && self.shallow;
        !passed_over && self.is_chosen(&path)
    }

    fn is_chosen(&self, path: &NodePath) -> bool {
        self.choice.is_none_or(|is_meant| is_meant(path.as_str()))
    }

    /// Whether it is a document that is written as such, or not at all.
    fn is_document(&self, directory: &Prefix, name: &str) -> bool {
        if !DOCUMENTS.contains(&name) {
            return false;
        }
        let node = self.path(directory).and_then(|path| self.copied.get(&path));
        let Some(node) = node.filter(|_| self.as_written) else {
            // Of nodes of the other format, which nobody finds here.
            return node.is_some() || !self.as_written;
        };
        match (name, node.format) {
            (CONSOLIDATED, ZarrFormat::V2) => !self.whole,
            ("zarr.json", format) => format == ZarrFormat::V3,
            (_, format) => format == ZarrFormat::V2,
        }
    }

    /// Values among the chunks of an array.
    async fn in_array(
        &self,
        path: &NodePath,
        array: CopiedArray<'_>,
        prefix: &Prefix,
        others: &mut Others,
    ) -> Result<()> {
        let store = self.source.store();
        // What is at hand shows a directory as a whole, and with it what has no key. Others show many keys at
        // a time, of however many directories.
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
        others: &mut Others,
    ) -> Result<()> {
        let name = &entry.key.as_str()[prefix.as_str().len()..];
        let grid = array.from.grid();
        let encoding = array.from.metadata().chunk_key_encoding();
        match encoding.decode(name, grid.rank()) {
            Some(chunk) if grid.contains(&chunk) => {}
            Some(_) if array.keeps_chunks => self.add(entry, others)?,
            Some(_) => {
                let first = || (0, entry.key.as_str().to_owned());
                others.outside.entry(path.clone()).or_insert_with(first).0 += 1;
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

    fn add(&self, entry: Entry, others: &mut Others) -> Result<()> {
        let rest = entry.key.as_str().strip_prefix(self.source.path().as_str());
        let to = self.dest.key(rest.unwrap_or_default())?;
        others.values.push((entry, to));
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
