//! What of a lower store is hidden: kept in memory, and as empty values in the upper store whose keys say it.

use std::{
    collections::BTreeSet,
    ops::Bound,
    sync::{PoisonError, RwLock, RwLockReadGuard},
};

use futures_util::TryStreamExt;

use crate::{Key, Payload, Prefix, PutMode, Result, Store};

/// The directory of the upper store that says what is hidden.
const DIRECTORY: &str = ".zarr-overlay/";
/// Behind the name of what is hidden: of a key, or of a prefix with its slash.
const SUFFIX: &str = ".zarr-deleted";

/// Whether a key or a prefix lies where an overlay keeps what is hidden.
pub(super) fn is_of_overlay(name: &str) -> bool {
    name.starts_with(DIRECTORY)
}

/// The hidden names: keys, and prefixes (the root is the empty one) that hide everything below. It only grows: a value
/// that is written again is in the upper store, which is asked first.
#[derive(Debug, Default)]
pub(super) struct Hidden(RwLock<BTreeSet<String>>);

impl Hidden {
    /// What the upper store says.
    pub(super) async fn load(upper: &impl Store) -> Result<Self> {
        let keys = upper.list_keys(&Prefix::new(DIRECTORY.trim_end_matches('/'))?);
        let names = keys.try_fold(BTreeSet::new(), |mut names, key| async move {
            let name = key.as_str().strip_prefix(DIRECTORY);
            let name = name.and_then(|name| name.strip_suffix(SUFFIX));
            names.extend(name.map(str::to_owned));
            Ok(names)
        });
        Ok(Hidden(RwLock::new(names.await?)))
    }

    fn names(&self) -> RwLockReadGuard<'_, BTreeSet<String>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hides a key, or everything below a prefix: first for good, then here.
    pub(super) async fn add(&self, upper: &impl Store, name: &str) -> Result<()> {
        let key = Key::new([DIRECTORY, name, SUFFIX].concat())?;
        upper
            .put(&key, Payload::default(), PutMode::Overwrite)
            .await?;
        let mut names = self.0.write().unwrap_or_else(PoisonError::into_inner);
        names.insert(name.to_owned());
        Ok(())
    }

    /// Whether a key of the lower store is hidden.
    pub(super) fn has(&self, key: &Key) -> bool {
        let names = self.names();
        !names.is_empty() && (names.contains(key.as_str()) || is_below(&names, key.as_str()))
    }

    /// Whether everything below a prefix is.
    pub(super) fn has_all_below(&self, prefix: &Prefix) -> bool {
        let names = self.names();
        !names.is_empty() && is_below(&names, prefix.as_str())
    }

    /// Whether a key or prefix below a prefix is.
    pub(super) fn has_any_below(&self, prefix: &Prefix) -> bool {
        let from = Bound::Excluded(prefix.as_str());
        let names = self.names();
        let mut behind = names.range::<str, _>((from, Bound::Unbounded));
        behind
            .next()
            .is_some_and(|name| name.starts_with(prefix.as_str()))
    }
}

/// Whether one of the directories that a name lies in, or the directory itself, is among the names.
fn is_below(names: &BTreeSet<String>, name: &str) -> bool {
    let slashes = name.match_indices('/').map(|(at, _)| at + 1);
    std::iter::once(0)
        .chain(slashes)
        .filter_map(|end| name.get(..end))
        .any(|directory| names.contains(directory))
}
