//! `Overlay`: a store that nobody changes, seen with changes that lie in another store.

mod hidden;

use std::{collections::BTreeMap, fmt, ops::Range, sync::Arc};

use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, future::ready, stream};

use self::hidden::{Hidden, is_of_overlay};
use crate::{
    BoxFuture, BoxStream, ByteRange, Copied, Entry, Found, IoHints, Key, KeyLock, Listing, Op,
    Origin, Payload, Prefix, PutMode, RealPath, Result, Store, StoreError, StoreErrorKind,
    StoreExt, Version,
};

/// A lower store that is only read, such as a public bucket, and an upper one with the changes that were made to it.
///
/// - A value is read from the upper store if it is there, else from the lower one. Listings show both.
/// - All that is written goes to the upper store; the lower one may refuse writes.
/// - What is deleted is *hidden*. If the lower store has the value, an empty value is put into the upper one whose key
///   says so: `.zarr-overlay/a/c/0.zarr-deleted` hides `a/c/0`, and `.zarr-overlay/a/.zarr-deleted` everything below
///   `a/`. These names are read once, by [`open`](Self::open). So the changes are there again when both stores are opened
///   the next time, but a deletion by another process is seen only then.
/// - Conditions are those of the upper store: a value that is still in the lower one is replaced only if it is the version
///   that was named and nobody else has written it meanwhile.
///
/// The lower store must stay as it is. Cheap to clone if both stores are; clones share what is hidden.
///
/// ```
/// use zarr_store::{BlockingStore, Key, MemoryStore, Overlay, PutMode, ReadOnly, Store, StoreExt, runtime::wait};
/// let (bucket, local) = (MemoryStore::new().into_store(), MemoryStore::new().into_store());
/// let (a, b) = (Key::new("a")?, Key::new("b")?);
/// wait(bucket.put(&a, vec![1].into(), PutMode::Create))?;
/// wait(bucket.put(&b, vec![2].into(), PutMode::Create))?;
///
/// let both = wait(Overlay::open(local, ReadOnly::new(bucket.clone())))?;
/// wait(both.put(&a, vec![7].into(), PutMode::Overwrite))?;
/// wait(both.delete(&b, None))?;
/// assert_eq!(wait(both.get_all(&a))?.as_deref(), Some(&[7][..]));
/// assert_eq!(wait(both.get_all(&b))?, None);
/// assert_eq!(wait(bucket.get_all(&a))?.as_deref(), Some(&[1][..]));
/// # Ok::<(), zarr_store::StoreError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Overlay<U, L> {
    upper: U,
    lower: L,
    hidden: Arc<Hidden>,
}

impl<U: Store, L: Store> Overlay<U, L> {
    /// `lower` with the changes in `upper`, which may be empty, or what an overlay left there.
    ///
    /// # Errors
    /// Why the upper store could not be listed.
    pub async fn open(upper: U, lower: L) -> Result<Self> {
        let hidden = Arc::new(Hidden::load(&upper).await?);
        Ok(Overlay {
            upper,
            lower,
            hidden,
        })
    }

    /// The store with the changes.
    pub fn upper(&self) -> &U {
        &self.upper
    }

    /// The store that is only read.
    pub fn lower(&self) -> &L {
        &self.lower
    }

    fn error(&self, op: Op, key: &Key, kind: StoreErrorKind) -> StoreError {
        StoreError::new(op, self, key, kind)
    }

    /// Refuses keys that the overlay keeps for itself.
    fn check(&self, op: Op, key: &Key) -> Result<()> {
        match is_of_overlay(key.as_str()) {
            false => Ok(()),
            true => {
                let why = "keys below `.zarr-overlay`, where an overlay keeps what was deleted; choose another name";
                Err(self.error(op, key, StoreErrorKind::Unsupported(why)))
            }
        }
    }

    /// Whether the lower store may be asked for a key.
    fn shows_lower(&self, key: &Key) -> bool {
        !is_of_overlay(key.as_str()) && !self.hidden.has(key)
    }

    /// The value in the lower store that an upper one would stand in front of.
    async fn below(&self, key: &Key) -> Result<Option<Found<()>>> {
        match self.shows_lower(key) {
            true => self.lower.head(key).await,
            false => Ok(None),
        }
    }

    /// Creates a value in the upper store if it is not there, and the lower one has what the condition asks for.
    async fn put_above(&self, key: &Key, value: Payload, mode: PutMode) -> Result<Option<Version>> {
        match (self.below(key).await?, mode) {
            (Some(_), PutMode::Create) => {
                Err(self.error(Op::Put, key, StoreErrorKind::AlreadyExists))
            }
            (Some(found), PutMode::Update(same)) if found.version.as_ref() == Some(&same) => {
                let created = self.upper.put(key, value, PutMode::Create).await;
                created.map_err(|error| match error.kind {
                    StoreErrorKind::AlreadyExists => {
                        self.error(Op::Put, key, StoreErrorKind::Conflict)
                    }
                    _ => error,
                })
            }
            // Then it is in the upper store, or not as it was named.
            (_, mode) => self.upper.put(key, value, mode).await,
        }
    }

    async fn delete_above(&self, key: &Key, same: Option<&Version>) -> Result<()> {
        let below = self.below(key).await?;
        if let (Some(below), Some(same)) = (&below, same)
            && self.upper.head(key).await?.is_none()
        {
            if below.version.as_ref() != Some(same) {
                return Err(self.error(Op::Delete, key, StoreErrorKind::Conflict));
            }
            return self.hidden.add(&self.upper, key.as_str()).await;
        }
        // First: a crash in between leaves the value, never the older one below it.
        if below.is_some() {
            self.hidden.add(&self.upper, key.as_str()).await?;
        }
        self.upper.delete(key, same).await
    }

    async fn delete_below(&self, prefix: &Prefix) -> Result<()> {
        if !self.lower.hints().listable || !self.lower.is_empty(prefix).await? {
            self.hidden.add(&self.upper, prefix.as_str()).await?;
        }
        if !prefix.is_root() {
            return self.upper.delete_prefix(prefix).await;
        }
        // All but what says what is hidden.
        let listing = self.upper.list_dir(prefix).await?;
        for entry in listing.keys {
            self.upper.delete(&entry.key, None).await?;
        }
        for inside in listing.prefixes {
            if !is_of_overlay(inside.as_str()) {
                self.upper.delete_prefix(&inside).await?;
            }
        }
        Ok(())
    }

    /// Whether anything below a directory of the lower store is not hidden.
    async fn has_shown(&self, prefix: &Prefix) -> Result<bool> {
        if self.hidden.has_all_below(prefix) {
            return Ok(false);
        }
        if !self.hidden.has_any_below(prefix) {
            return Ok(true);
        }
        let keys = self.lower.list_keys(prefix);
        let mut shown = keys.try_filter(|key| ready(self.shows_lower(key)));
        Ok(shown.next().await.transpose()?.is_some())
    }

    async fn list_both(&self, prefix: &Prefix) -> Result<Listing> {
        let mut both = self.upper.list_dir(prefix).await?;
        both.keys.retain(|entry| !is_of_overlay(entry.key.as_str()));
        both.prefixes
            .retain(|inside| !is_of_overlay(inside.as_str()));
        if is_of_overlay(prefix.as_str()) || self.hidden.has_all_below(prefix) {
            return Ok(both);
        }
        let lower = self.lower.list_dir(prefix).await?;
        let upper: BTreeMap<Key, u64> = both.keys.drain(..).map(pair).collect();
        let shown = lower.keys.into_iter();
        let shown = shown.filter(|entry| self.shows_lower(&entry.key));
        let mut keys: BTreeMap<Key, u64> = shown.map(pair).collect();
        keys.extend(upper);
        both.keys = keys
            .into_iter()
            .map(|(key, size)| Entry { key, size })
            .collect();
        for inside in lower.prefixes {
            if !is_of_overlay(inside.as_str()) && self.has_shown(&inside).await? {
                both.prefixes.push(inside);
            }
        }
        both.prefixes.sort_unstable();
        both.prefixes.dedup();
        both.unnamed.extend(lower.unnamed);
        Ok(both)
    }

    /// What lies below a prefix in the upper store, and then what of the lower one is not there.
    async fn list_all(&self, prefix: Prefix) -> Result<BoxStream<'_, Result<Entry>>> {
        let upper = self.upper.list(&prefix);
        let upper = upper.try_filter(|entry| ready(!is_of_overlay(entry.key.as_str())));
        let upper: BTreeMap<Key, u64> = upper.map_ok(pair).try_collect().await?;
        let entries = upper.clone().into_iter();
        let entries = stream::iter(entries.map(|(key, size)| Ok(Entry { key, size })));
        if is_of_overlay(prefix.as_str()) || self.hidden.has_all_below(&prefix) {
            return Ok(Box::pin(entries));
        }
        let lower = self.lower.list(&prefix).try_filter(move |entry| {
            ready(self.shows_lower(&entry.key) && !upper.contains_key(&entry.key))
        });
        Ok(Box::pin(entries.chain(lower)))
    }
}

fn pair(entry: Entry) -> (Key, u64) {
    (entry.key, entry.size)
}

impl<U: Store, L: Store> Store for Overlay<U, L> {
    fn get<'a>(
        &'a self,
        key: &'a Key,
        range: ByteRange,
        same: Option<&'a Version>,
    ) -> BoxFuture<'a, Result<Option<Found<Bytes>>>> {
        Box::pin(async move {
            let above = self.upper.get(key, range.clone(), same).await?;
            if above.is_some() || !self.shows_lower(key) {
                return Ok(above);
            }
            self.lower.get(key, range, same).await
        })
    }

    fn get_ranges<'a>(
        &'a self,
        key: &'a Key,
        ranges: &'a [Range<u64>],
        same: Option<&'a Version>,
    ) -> BoxFuture<'a, Result<Option<Found<Vec<Bytes>>>>> {
        Box::pin(async move {
            let above = self.upper.get_ranges(key, ranges, same).await?;
            if above.is_some() || !self.shows_lower(key) {
                return Ok(above);
            }
            self.lower.get_ranges(key, ranges, same).await
        })
    }

    fn head<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<Option<Found<()>>>> {
        Box::pin(async move {
            let above = self.upper.head(key).await?;
            match above {
                Some(found) => Ok(Some(found)),
                None => self.below(key).await,
            }
        })
    }

    fn put<'a>(
        &'a self,
        key: &'a Key,
        value: Payload,
        mode: PutMode,
    ) -> BoxFuture<'a, Result<Option<Version>>> {
        Box::pin(async move {
            self.check(Op::Put, key)?;
            match mode {
                PutMode::Overwrite => self.upper.put(key, value, mode).await,
                // What it would come behind may lie below.
                PutMode::Append(_) => Err(self.error(Op::Put, key, PutMode::CANNOT_APPEND)),
                mode => self.put_above(key, value, mode).await,
            }
        })
    }

    fn delete<'a>(&'a self, key: &'a Key, same: Option<&'a Version>) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            self.check(Op::Delete, key)?;
            self.delete_above(key, same).await
        })
    }

    fn delete_prefix<'a>(&'a self, prefix: &'a Prefix) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            match is_of_overlay(prefix.as_str()) {
                true => Ok(()),
                false => self.delete_below(prefix).await,
            }
        })
    }

    fn copy_from<'a>(
        &'a self,
        origin: &'a Origin,
        to: &'a Key,
        most: u64,
    ) -> BoxFuture<'a, Result<Copied>> {
        Box::pin(async move {
            self.check(Op::Copy, to)?;
            self.upper.copy_from(origin, to, most).await
        })
    }

    fn list_dir<'a>(&'a self, prefix: &'a Prefix) -> BoxFuture<'a, Result<Listing>> {
        Box::pin(self.list_both(prefix))
    }

    fn list(&self, prefix: &Prefix) -> BoxStream<'_, Result<Entry>> {
        let entries = self.list_all(prefix.clone());
        Box::pin(stream::once(entries).try_flatten())
    }

    fn lock<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<KeyLock>> {
        self.upper.lock(key)
    }

    fn sync(&self) -> BoxFuture<'_, Result<()>> {
        self.upper.sync()
    }

    /// What the upper store can do, asked as the lower one likes it: that is where the many and large values are.
    fn hints(&self) -> IoHints {
        let (upper, lower) = (self.upper.hints(), self.lower.hints());
        IoHints {
            writable: upper.writable,
            listable: upper.listable && lower.listable,
            lists_all: upper.lists_all && lower.lists_all,
            conditions: upper.conditions,
            appends: false,
            instant: upper.instant && lower.instant,
            high_latency: upper.high_latency || lower.high_latency,
            whole_values: upper.whole_values || lower.whole_values,
            held_back: upper.held_back,
            absence_is_certain: upper.absence_is_certain && lower.absence_is_certain,
            identity: upper.identity,
            ..lower
        }
    }

    /// Where the changes are: only there anything is written or deleted.
    fn real_path(&self, prefix: &Prefix) -> RealPath {
        self.upper.real_path(prefix)
    }
}

impl<U: fmt::Display, L: fmt::Display> fmt::Display for Overlay<U, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} with changes in {}", self.lower, self.upper)
    }
}

#[cfg(test)]
mod tests;
