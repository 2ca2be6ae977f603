//! `StoreExt`: the convenient methods that every store has, made of those of the trait; and what methods of the trait do
//! where a store has nothing better.

use std::{collections::VecDeque, future::Future, ops::Range};

use bytes::Bytes;
use futures_util::{Stream, StreamExt, TryStreamExt, stream};

use crate::{
    ByteRange, Copied, Found, Key, Listing, Op, Payload, Prefix, PutMode, Result, Store,
    StoreError, StoreErrorKind, Version, coalesce,
    update::{Commit, Update, Writers},
};

/// Convenience for every [`Store`].
pub trait StoreExt: Store {
    /// The whole value, however large it is: see [`get_at_most`](Self::get_at_most) for values that
    /// others wrote.
    fn get_all(&self, key: &Key) -> impl Future<Output = Result<Option<Bytes>>> + Send {
        async move {
            Ok(self
                .get(key, ByteRange::All, None)
                .await?
                .map(|found| found.data))
        }
    }

    /// The whole value, if it has at most `limit` bytes. No memory is taken for one that has more.
    ///
    /// # Errors
    /// [`TooLarge`](crate::StoreErrorKind::TooLarge), with both sizes, for a larger value.
    fn get_at_most(
        &self,
        key: &Key,
        limit: u64,
    ) -> impl Future<Output = Result<Option<Bytes>>> + Send {
        async move {
            let found = self.get(key, ByteRange::AtMost(limit), None).await?;
            Ok(found.map(|found| found.data))
        }
    }

    /// Whether there is a value.
    fn exists(&self, key: &Key) -> impl Future<Output = Result<bool>> + Send {
        async move { Ok(self.head(key).await?.is_some()) }
    }

    /// The size of a value in bytes.
    fn size(&self, key: &Key) -> impl Future<Output = Result<Option<u64>>> + Send {
        async move { Ok(self.head(key).await?.map(|found| found.size)) }
    }

    /// The size of all values below a prefix.
    fn size_prefix(&self, prefix: &Prefix) -> impl Future<Output = Result<u64>> + Send {
        async move {
            self.list(prefix)
                .try_fold(0, |sum, entry| async move { Ok(sum + entry.size) })
                .await
        }
    }

    /// Whether there is no value below a prefix.
    fn is_empty(&self, prefix: &Prefix) -> impl Future<Output = Result<bool>> + Send {
        async move { Ok(self.list_keys(prefix).next().await.transpose()?.is_none()) }
    }

    /// Copies a value to another key of this store, over what is there, and says whether there was one to copy. The
    /// store copies it by itself where it [can](Store::copy_from): a service by one request, a file system without
    /// reading it. Otherwise the value is read into memory and put.
    ///
    /// ```
    /// use zarr_store::{BlockingStore, Key, MemoryStore, PutMode, Store, StoreExt, runtime::wait};
    /// let store = MemoryStore::new().into_store();
    /// let (a, b) = (Key::new("a")?, Key::new("b")?);
    /// wait(store.put(&a, vec![1, 2].into(), PutMode::Create))?;
    /// assert!(wait(store.copy(&a, &b))?);
    /// assert_eq!(wait(store.get_all(&b))?.as_deref(), Some(&[1, 2][..]));
    /// assert!(!wait(store.copy(&Key::new("nothing")?, &b))?);
    /// # Ok::<(), zarr_store::StoreError>(())
    /// ```
    fn copy(&self, from: &Key, to: &Key) -> impl Future<Output = Result<bool>> + Send {
        async move {
            match self.copy_into(from, self, to, u64::MAX).await? {
                Copied::Stored { .. } => return Ok(true),
                Copied::Absent => return Ok(false),
                Copied::Elsewhere => {}
            }
            let Some(bytes) = self.get_all(from).await? else {
                return Ok(false);
            };
            self.put(to, bytes.into(), PutMode::Overwrite).await?;
            Ok(true)
        }
    }

    /// Copies a value into `dest`, if that store can copy it by itself: see [`Store::copy_from`].
    fn copy_into<D: Store + ?Sized>(
        &self,
        from: &Key,
        dest: &D,
        to: &Key,
        most: u64,
    ) -> impl Future<Output = Result<Copied>> + Send {
        async move {
            match self.origin(from) {
                Some(origin) => dest.copy_from(&origin, to, most).await,
                None => Ok(Copied::Elsewhere),
            }
        }
    }

    /// Begins to change part of a value. It waits for others that do the same (in this process; on local files, in any
    /// process), so that no two writers lose each other's bytes.
    ///
    /// ```
    /// use zarr_store::{BlockingStore, ByteRange, Commit, Key, MemoryStore, StoreExt, runtime};
    ///
    /// let store = MemoryStore::new().into_store();
    /// let key = Key::new("count")?;
    /// runtime::wait(async {
    ///     let mut update = store.update(&key).await?;
    ///     loop {
    ///         let old = update.get(ByteRange::All).await?;
    ///         let count = old.map_or(0, |found| found.data[0]) + 1;
    ///         // Ends by itself: after 16 conflicts in a row `commit` is an error.
    ///         if let Commit::Done(_) = update.commit(Some(vec![count].into())).await? {
    ///             return Ok::<(), zarr_store::StoreError>(());
    ///         }
    ///     }
    /// })?;
    /// # Ok::<(), zarr_store::StoreError>(())
    /// ```
    ///
    /// # Errors
    /// `Unsupported` from a store that cannot write conditionally: see [`Writers::Alone`].
    fn update<'a>(&'a self, key: &'a Key) -> impl Future<Output = Result<Update<'a, Self>>> + Send {
        Update::new(self, key, Writers::Several)
    }

    /// Replaces a whole value by what `change` makes of it; `None` stands for no value. `change` is
    /// called again if somebody else writes meanwhile.
    fn modify<F>(&self, key: &Key, mut change: F) -> impl Future<Output = Result<()>> + Send
    where
        F: FnMut(Option<Bytes>) -> Result<Option<Payload>> + Send,
    {
        async move {
            let mut update = self.update(key).await?;
            loop {
                let old = update.get(ByteRange::All).await?.map(|found| found.data);
                if let Commit::Done(_) = update.commit(change(old)?).await? {
                    return Ok(());
                }
            }
        }
    }
}

impl<S: Store + ?Sized> StoreExt for S {}

/// Everything below `prefix`, one directory at a time: what [`Store::list`] does unless told
/// better.
pub(crate) fn walk<T: Send, F>(
    prefix: Prefix,
    list_dir: impl Fn(Prefix) -> F + Send,
) -> impl Stream<Item = Result<T>> + Send
where
    F: Future<Output = Result<Listing<T>>> + Send,
{
    let to_do = VecDeque::from([prefix]);
    stream::try_unfold((list_dir, to_do), |(list_dir, mut to_do)| async move {
        let Some(prefix) = to_do.pop_front() else {
            return Ok(None);
        };
        let Listing { keys, prefixes, .. } = list_dir(prefix).await?;
        // In front: a tree is walked depth first, so that what waits is one path's siblings.
        for prefix in prefixes.into_iter().rev() {
            to_do.push_front(prefix);
        }
        let keys = stream::iter(keys.into_iter().map(Ok));
        Ok(Some((keys, (list_dir, to_do))))
    })
    .try_flatten()
}

/// How often a value that changes between the requests of one call is read anew.
const TRIES: u32 = 4;

/// What [`Store::get_ranges`] does unless told better: merge by the store's hints, fetch at most
/// `concurrency` groups at once, slice.
pub(crate) async fn get_ranges<S: Store + ?Sized>(
    store: &S,
    key: &Key,
    ranges: &[Range<u64>],
    same: Option<&Version>,
) -> Result<Option<Found<Vec<Bytes>>>> {
    let error = |kind| StoreError::new(Op::Get, store, key, kind);
    if let Some(range) = ranges.iter().find(|r| r.start > r.end) {
        let size = store.head(key).await?.map_or(0, |found| found.size);
        return Err(error(StoreErrorKind::out_of_range(range.clone(), size)));
    }
    let hints = store.hints();
    let groups = coalesce::plan(ranges, hints.merge_gap, hints.merge_limit);
    if groups.is_empty() {
        let nothing = store.get(key, ByteRange::Bounded(0..0), same).await?;
        return Ok(nothing.map(|found| found.map(|_| Vec::new())));
    }
    for _ in 0..TRIES {
        let fetch =
            |group: &coalesce::Group| store.get(key, ByteRange::Bounded(group.range.clone()), same);
        let answers: Vec<_> = stream::iter(groups.iter().map(fetch))
            .buffered(hints.concurrency.max(1))
            .try_collect()
            .await?;
        if answers.iter().all(Option::is_none) {
            return Ok(None);
        }
        let Some(parts) = one_version(answers) else {
            continue;
        };
        let (mut found, mut bytes) = (None, Vec::with_capacity(parts.len()));
        for part in parts {
            bytes.push(part.data.clone());
            found = Some(part.map(|_| ()));
        }
        let Some(found) = found else { continue };
        let data = coalesce::scatter(&groups, &bytes, ranges)
            .map_err(|range| error(StoreErrorKind::out_of_range(range, found.size)))?;
        return Ok(Some(found.map(|()| data)));
    }
    Err(error(StoreErrorKind::Conflict))
}

/// The answers, if all are there and belong to one writing of the value: parts of two values must
/// never be taken for one.
fn one_version(answers: Vec<Option<Found<Bytes>>>) -> Option<Vec<Found<Bytes>>> {
    let parts: Vec<_> = answers.into_iter().collect::<Option<_>>()?;
    let alike = parts
        .windows(2)
        .all(|w| w[0].version == w[1].version && w[0].size == w[1].size);
    alike.then_some(parts)
}
