//! The asynchronous face of every wrapper.

use std::{
    future::{Future, pending, ready},
    ops::Range,
    time::Duration,
};

use bytes::Bytes;
use futures_util::{FutureExt, StreamExt, TryStreamExt, stream};

use super::{
    Wrapper, call, inner_origin, inner_prefix, inners, joined, nothing, outer_entry, outer_listing,
    place,
};
use crate::{
    BlockingStore, BoxFuture, BoxStream, ByteRange, Call, Copied, Entry, Found, IoHints, Key,
    KeyLock, Listing, Op, Origin, Outcome, Payload, Prefix, PutMode, Reads, RealPath, Result,
    Store, Version, key_map,
    runtime::{Instant, sleep},
    store,
};

/// The call `ask`, with what the wrapper does around it.
async fn around<W: Wrapper, T>(
    wrapper: &W,
    call: Call<'_>,
    ask: impl Future<Output = Result<T>> + Send,
    received: impl FnOnce(&T) -> u64 + Send,
) -> Result<T> {
    if !W::IS_HOOKED {
        return ask.await;
    }
    match wrapper.before(&call)? {
        Duration::ZERO => {}
        Duration::MAX => pending().await,
        time => sleep(time).await,
    }
    let begin = Instant::now();
    let answer = ask.await;
    wrapper.after(&call, &Outcome::of(begin, &answer, received));
    answer
}

impl<W: Wrapper> Store for W {
    fn get<'a>(
        &'a self,
        key: &'a Key,
        range: ByteRange,
        same: Option<&'a Version>,
    ) -> BoxFuture<'a, Result<Option<Found<Bytes>>>> {
        Box::pin(async move {
            let (inner, name, call) = place(self, Op::Get, key)?;
            let ask = inner.get(&name, range, same);
            if W::READS == Reads::Pass {
                return ask.await;
            }
            let ask = ask.map(|answer| {
                Ok(answer?.map(|found| Found {
                    data: self.bytes(&call, found.data),
                    ..found
                }))
            });
            let received = |found: &Option<Found<Bytes>>| {
                found.as_ref().map_or(0, |found| found.data.len() as u64)
            };
            around(self, call, ask, received).await
        })
    }

    fn get_ranges<'a>(
        &'a self,
        key: &'a Key,
        ranges: &'a [Range<u64>],
        same: Option<&'a Version>,
    ) -> BoxFuture<'a, Result<Option<Found<Vec<Bytes>>>>> {
        if W::READS != Reads::Pass {
            return Box::pin(store::get_ranges(self, key, ranges, same));
        }
        Box::pin(async move {
            let (inner, name, _) = place(self, Op::Get, key)?;
            inner.get_ranges(&name, ranges, same).await
        })
    }

    fn head<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<Option<Found<()>>>> {
        Box::pin(async move {
            let (inner, name, call) = place(self, Op::Head, key)?;
            around(self, call, inner.head(&name), nothing).await
        })
    }

    fn put<'a>(
        &'a self,
        key: &'a Key,
        value: Payload,
        mode: PutMode,
    ) -> BoxFuture<'a, Result<Option<Version>>> {
        Box::pin(async move {
            let (inner, name, call) = place(self, Op::Put, key)?;
            let sent = value.len() as u64;
            let call = Call { sent, ..call };
            around(self, call, inner.put(&name, value, mode), nothing).await
        })
    }

    fn delete<'a>(&'a self, key: &'a Key, same: Option<&'a Version>) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let (inner, name, call) = place(self, Op::Delete, key)?;
            around(self, call, inner.delete(&name, same), nothing).await
        })
    }

    fn delete_prefix<'a>(&'a self, prefix: &'a Prefix) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let name = inner_prefix(self, prefix)?;
            let call = call(Op::DeletePrefix, prefix.as_str());
            let ask = async {
                for inner in inners(self) {
                    inner.delete_prefix(&name).await?;
                }
                Ok(())
            };
            around(self, call, ask, nothing).await
        })
    }

    fn origin(&self, key: &Key) -> Option<Origin> {
        W::COPIES.then(|| inner_origin(self, key))?
    }

    fn copy_from<'a>(
        &'a self,
        origin: &'a Origin,
        to: &'a Key,
        most: u64,
    ) -> BoxFuture<'a, Result<Copied>> {
        if !W::COPIES {
            return Box::pin(ready(Ok(Copied::Elsewhere)));
        }
        Box::pin(async move {
            let (inner, name, call) = place(self, Op::Copy, to)?;
            around(self, call, inner.copy_from(origin, &name, most), nothing).await
        })
    }

    fn list_dir<'a>(&'a self, prefix: &'a Prefix) -> BoxFuture<'a, Result<Listing>> {
        if let Some(keys) = self.known_keys() {
            return Box::pin(ready(Ok(key_map::list_dir(keys, prefix, |size| *size))));
        }
        Box::pin(async move {
            let name = inner_prefix(self, prefix)?;
            let (first, second) = self.inner();
            let call = call(Op::List, prefix.as_str());
            let ask = async {
                let listing = first.list_dir(&name).await?;
                Ok(match second {
                    Some(second) => joined(listing, second.list_dir(&name).await?),
                    None => listing,
                })
            };
            let listing = around(self, call, ask, nothing).await?;
            Ok(outer_listing(self, listing))
        })
    }

    fn list(&self, prefix: &Prefix) -> BoxStream<'_, Result<Entry>> {
        if let Some(keys) = self.known_keys() {
            let entries = key_map::list(keys, prefix, |size| *size);
            return Box::pin(stream::iter(entries.into_iter().map(Ok)));
        }
        let name = match inner_prefix(self, prefix) {
            Ok(name) => name,
            Err(e) => return Box::pin(stream::iter([Err(e)])),
        };
        let (first, second) = self.inner();
        let mut entries = first.list(&name);
        if let Some(second) = second {
            entries = Box::pin(entries.chain(second.list(&name)));
        }
        if let Some(root) = self.root() {
            let outer = |entry| ready(Ok(outer_entry(root, &entry)));
            entries = Box::pin(entries.try_filter_map(outer));
        }
        if !W::IS_HOOKED {
            return entries;
        }
        let prefix = prefix.clone();
        // The call is the beginning of the list; what fails later is in the stream.
        let begin = async move {
            let call = call(Op::List, prefix.as_str());
            match around(self, call, ready(Ok(())), nothing).await {
                Ok(()) => entries,
                Err(e) => Box::pin(stream::iter([Err(e)])),
            }
        };
        Box::pin(begin.into_stream().flatten())
    }

    fn lock<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<KeyLock>> {
        Box::pin(async move {
            let (inner, name, call) = place(self, Op::Lock, key)?;
            let lock = match (Self::LOCKS_PROCESSES, self.as_blocking()) {
                (false, Some(face)) => {
                    Box::pin(KeyLock::acquire(face.lock_name(key)).map(Ok)) as BoxFuture<'_, _>
                }
                _ => inner.lock(&name),
            };
            around(self, call, lock, nothing).await
        })
    }

    fn sync(&self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move {
            let ask = async {
                // Data before what speaks of it.
                for inner in inners(self).rev() {
                    inner.sync().await?;
                }
                Ok(())
            };
            around(self, call(Op::Sync, ""), ask, nothing).await
        })
    }

    fn hints(&self) -> IoHints {
        self.wrapped_hints()
    }

    fn real_path(&self, prefix: &Prefix) -> RealPath {
        let inner = self.inner().0;
        match (inner_prefix(self, prefix), self.root()) {
            (Ok(name), _) => inner.real_path(&name),
            // Too long to be there.
            (Err(_), root) => inner
                .real_path(root.unwrap_or(&Prefix::root()))
                .join(prefix),
        }
    }

    fn kind(&self) -> &'static str {
        self.wrapped_kind()
    }

    fn as_blocking(&self) -> Option<&dyn BlockingStore> {
        let all = inners(self).all(|inner| inner.as_blocking().is_some());
        // A wrapper may be what makes a store slow: then no thread should block in each call.
        let near = !self.wrapped_hints().high_latency;
        (all && near).then_some(self as &dyn BlockingStore)
    }
}
