//! `Wrapper`: what a store around others changes. A wrapper is a [`Store`], and a
//! [`BlockingStore`](crate::BlockingStore) where the stores inside are: the two files below implement both for all
//! wrappers. What takes more than a line there is compiled once, for `dyn Wrapper`, and not for each of them.

mod asynchronous;
mod blocking;

use std::{borrow::Cow, collections::BTreeMap, iter, sync::Arc, time::Duration};

use bytes::Bytes;

use super::hook::{Call, Outcome, Reads};
use crate::{
    BlockingStore, Entry, IoHints, Key, Listing, Object, Op, Origin, Prefix, RealPath, Result,
    Store, store::kind_of,
};

/// A store around another one, or around two. All that it does not say goes to the store inside, as it is.
pub(crate) trait Wrapper: Store + BlockingStore {
    /// The store inside; the second one, if there are two.
    fn inner(&self) -> (&dyn Store, Option<&dyn Store>);

    /// The store inside that has this key.
    fn inner_of(&self, key: &Key) -> &dyn Store {
        let _ = key;
        self.inner().0
    }

    /// The directory of the store inside that is this one's root, if it is another.
    fn root(&self) -> Option<&Prefix> {
        None
    }

    /// All keys and their sizes, if listings are answered by these.
    fn known_keys(&self) -> Option<&BTreeMap<Key, u64>> {
        None
    }

    /// The hints of the wrapper.
    fn wrapped_hints(&self) -> IoHints {
        self.inner().0.hints()
    }

    /// The kind of the wrapper.
    fn wrapped_kind(&self) -> &'static str {
        kind_of::<Self>()
    }

    /// Whether the locks of the store inside keep other processes out here as well, if they do there.
    fn locks_processes(&self) -> bool {
        true
    }

    /// Whether anything is done around calls: where not, they are not even timed.
    fn is_hooked(&self) -> bool {
        false
    }

    /// How far reads concern the wrapper.
    fn reads(&self) -> Reads {
        Reads::Pass
    }

    /// Whether the store inside may copy values by itself.
    fn copies(&self) -> bool {
        true
    }

    /// Before a call: see [`Hook::before`](crate::Hook::before).
    fn before(&self, call: &Call<'_>) -> Result<Duration> {
        let _ = call;
        Ok(Duration::ZERO)
    }

    /// The bytes of a read on their way out.
    fn bytes(&self, call: &Call<'_>, bytes: Bytes) -> Bytes {
        let _ = call;
        bytes
    }

    /// After a call that reached the store inside.
    fn after(&self, call: &Call<'_>, outcome: &Outcome<'_>) {
        let _ = (call, outcome);
    }

    /// An open value on its way out.
    fn opened(&self, key: &Key, object: Arc<dyn Object>) -> Arc<dyn Object> {
        let _ = key;
        object
    }
}

/// The stores inside; the one that says what there is comes first.
fn inners(wrapper: &dyn Wrapper) -> impl DoubleEndedIterator<Item = &dyn Store> {
    let (first, second) = wrapper.inner();
    iter::once(first).chain(second)
}

/// The store inside that has a key, the key there, and the call about it.
fn place<'a>(
    wrapper: &'a dyn Wrapper,
    op: Op,
    key: &'a Key,
) -> Result<(&'a dyn Store, Cow<'a, Key>, Call<'a>)> {
    let inner = wrapper.inner_of(key);
    Ok((inner, inner_key(wrapper, key)?, call(op, key.as_str())))
}

/// A key of the wrapper as the store inside has it.
fn inner_key<'k>(wrapper: &dyn Wrapper, key: &'k Key) -> Result<Cow<'k, Key>> {
    Ok(match wrapper.root() {
        Some(root) => Cow::Owned(root.key(key)?),
        None => Cow::Borrowed(key),
    })
}

/// Where a value of the wrapper lies, as the store inside says, which may copy it by itself.
fn inner_origin(wrapper: &dyn Wrapper, key: &Key) -> Option<Origin> {
    if !wrapper.copies() {
        return None;
    }
    let name = inner_key(wrapper, key).ok()?;
    wrapper.inner_of(key).origin(&name)
}

/// A directory of the wrapper as the store inside has it.
fn inner_prefix<'p>(wrapper: &dyn Wrapper, prefix: &'p Prefix) -> Result<Cow<'p, Prefix>> {
    Ok(match wrapper.root() {
        Some(root) => Cow::Owned(root.join(prefix)?),
        None => Cow::Borrowed(prefix),
    })
}

fn real_path(wrapper: &dyn Wrapper, prefix: &Prefix) -> RealPath {
    let inner = wrapper.inner().0;
    match (inner_prefix(wrapper, prefix), wrapper.root()) {
        (Ok(name), _) => inner.real_path(&name),
        // Too long to be there.
        (Err(_), root) => inner
            .real_path(root.unwrap_or(&Prefix::root()))
            .join(prefix),
    }
}

/// A listed value of a store inside as the wrapper has it.
fn outer_entry(root: &Prefix, entry: &Entry) -> Option<Entry> {
    Some(Entry {
        key: entry.key.strip(root)?,
        size: entry.size,
    })
}

/// A listing of a store inside as the wrapper has it.
fn outer_listing(wrapper: &dyn Wrapper, listing: Listing) -> Listing {
    let Some(root) = wrapper.root() else {
        return listing;
    };
    let keys = listing.keys.iter();
    let prefixes = listing.prefixes.iter();
    Listing {
        keys: keys.filter_map(|entry| outer_entry(root, entry)).collect(),
        prefixes: prefixes.filter_map(|prefix| prefix.strip(root)).collect(),
        unnamed: listing.unnamed,
    }
}

/// Both listings as one; what is a directory in both is one directory.
fn joined(mut first: Listing, second: Listing) -> Listing {
    first.keys.extend(second.keys);
    first.keys.sort_unstable();
    first.prefixes.extend(second.prefixes);
    first.prefixes.sort_unstable();
    first.prefixes.dedup();
    first.unnamed.extend(second.unnamed);
    first
}

pub(super) fn call(op: Op, key: &str) -> Call<'_> {
    Call { op, key, sent: 0 }
}

/// For answers that carry no bytes.
pub(super) fn nothing<T>(_: &T) -> u64 {
    0
}
