//! `Listed`: a store that cannot list its keys, together with a listing that was given. It answers listings from that,
//! and asks the store inside for everything else.

use std::{collections::BTreeMap, fmt, sync::Arc};

use super::wrapper::Wrapper;
use crate::{Entry, IoHints, Key, Store};

/// A store whose listing is known beforehand: a tree on a web server, an archive with an index.
///
/// The listing stays as it was given. Writing through this handle does not change it, so it is meant
/// for what nobody writes.
///
/// ```
/// use zarr_store::{BlockingStore, Entry, Key, Listed, MemoryStore, Prefix, Store, runtime::wait};
/// let far = MemoryStore::new().into_store();
/// let entries = ["a/zarr.json", "a/c/0"].map(|text| Ok(Entry { key: Key::new(text)?, size: 7 }));
/// let store = Listed::new(far, entries.into_iter().collect::<Result<Vec<_>, _>>()?);
/// let listing = wait(Store::list_dir(&store, &Prefix::new("a")?))?;
/// assert_eq!((listing.keys.len(), listing.prefixes.len()), (1, 1));
/// # Ok::<(), zarr_store::StoreError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Listed<S> {
    inner: S,
    sizes: Arc<BTreeMap<Key, u64>>,
}

impl<S: Store> Listed<S> {
    /// `inner`, with `entries` as its listing.
    pub fn new(inner: S, entries: impl IntoIterator<Item = Entry>) -> Self {
        let sizes = entries.into_iter().map(|entry| (entry.key, entry.size));
        Listed {
            inner,
            sizes: Arc::new(sizes.collect()),
        }
    }
}

impl<S: Store> Wrapper for Listed<S> {
    fn inner(&self) -> (&dyn Store, Option<&dyn Store>) {
        (&self.inner, None)
    }

    fn known_keys(&self) -> Option<&BTreeMap<Key, u64>> {
        Some(&self.sizes)
    }

    fn wrapped_hints(&self) -> IoHints {
        IoHints {
            listable: true,
            lists_all: false,
            ..self.inner.hints()
        }
    }

    fn wrapped_kind(&self) -> &'static str {
        self.inner.kind()
    }
}

impl<S: fmt::Display> fmt::Display for Listed<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use futures_util::TryStreamExt;

    use super::*;
    use crate::{BlockingStore, MemoryStore, Prefix, runtime::wait};

    #[test]
    fn lists_what_it_was_told() {
        let entry = |text: &str| Entry {
            key: Key::new(text).unwrap(),
            size: text.len() as u64,
        };
        let entries = ["a/b", "a/c/d", "a/c/e", "ab", "f"].map(entry);
        let store: Arc<dyn Store> = Arc::new(Listed::new(
            MemoryStore::new().into_store(),
            entries.clone(),
        ));
        let a = Prefix::new("a").unwrap();
        let listing = wait(store.list_dir(&a)).unwrap();
        assert_eq!(listing.keys, [entry("a/b")]);
        assert_eq!(listing.prefixes, [Prefix::new("a/c").unwrap()]);
        let all: Vec<_> = wait(store.list(&a).try_collect()).unwrap();
        assert_eq!(all, entries[..3]);
        assert_eq!(wait(store.list_dir(&Prefix::root())).unwrap().keys.len(), 2);
        assert!(store.hints().listable);
    }
}
