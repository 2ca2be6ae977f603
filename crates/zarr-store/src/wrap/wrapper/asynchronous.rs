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
    place, real_path,
};
use crate::{
    BlockingStore, BoxFuture, BoxStream, ByteRange, Call, Copied, Entry, Found, IoHints, Key,
    KeyLock, Listing, Op, Origin, Outcome, Payload, Prefix, PutMode, Reads, RealPath, Result,
    Store, Version, key_map,
    runtime::{Instant, sleep},
    store,
};

impl<W: Wrapper> Store for W {
    fn get<'a>(
        &'a self,
        key: &'a Key,
        range: ByteRange,
        same: Option<&'a Version>,
    ) -> BoxFuture<'a, Result<Option<Found<Bytes>>>> {
        get(self, key, range, same)
    }

    fn get_ranges<'a>(
        &'a self,
        key: &'a Key,
        ranges: &'a [Range<u64>],
        same: Option<&'a Version>,
    ) -> BoxFuture<'a, Result<Option<Found<Vec<Bytes>>>>> {
        get_ranges(self, key, ranges, same)
    }

    fn head<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<Option<Found<()>>>> {
        head(self, key)
    }

    fn put<'a>(
        &'a self,
        key: &'a Key,
        value: Payload,
        mode: PutMode,
    ) -> BoxFuture<'a, Result<Option<Version>>> {
        put(self, key, value, mode)
    }

    fn delete<'a>(&'a self, key: &'a Key, same: Option<&'a Version>) -> BoxFuture<'a, Result<()>> {
        delete(self, key, same)
    }

    fn delete_prefix<'a>(&'a self, prefix: &'a Prefix) -> BoxFuture<'a, Result<()>> {
        delete_prefix(self, prefix)
    }

    fn origin(&self, key: &Key) -> Option<Origin> {
        inner_origin(self, key)
    }

    fn copy_from<'a>(
        &'a self,
        origin: &'a Origin,
        to: &'a Key,
        most: u64,
    ) -> BoxFuture<'a, Result<Copied>> {
        copy_from(self, origin, to, most)
    }

    fn list_dir<'a>(&'a self, prefix: &'a Prefix) -> BoxFuture<'a, Result<Listing>> {
        list_dir(self, prefix)
    }

    fn list(&self, prefix: &Prefix) -> BoxStream<'_, Result<Entry>> {
        list(self, prefix)
    }

    fn list_keys(&self, prefix: &Prefix) -> BoxStream<'_, Result<Key>> {
        list_keys(self, prefix)
    }

    fn lock<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<KeyLock>> {
        lock(self, key)
    }

    fn sync(&self) -> BoxFuture<'_, Result<()>> {
        sync(self)
    }

    fn hints(&self) -> IoHints {
        self.wrapped_hints()
    }

    fn real_path(&self, prefix: &Prefix) -> RealPath {
        real_path(self, prefix)
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

// A future that is boxed here is compiled once. One that an `async fn` returns is compiled again by each crate in which a
// wrapper has its type parameter.

fn get<'a>(
    wrapper: &'a dyn Wrapper,
    key: &'a Key,
    range: ByteRange,
    same: Option<&'a Version>,
) -> BoxFuture<'a, Result<Option<Found<Bytes>>>> {
    Box::pin(async move {
        let (inner, name, call) = place(wrapper, Op::Get, key)?;
        let ask = inner.get(&name, range, same);
        if wrapper.reads() == Reads::Pass {
            return ask.await;
        }
        let ask = ask.map(|answer| {
            Ok(answer?.map(|found| Found {
                data: wrapper.bytes(&call, found.data),
                ..found
            }))
        });
        let received = |found: &Option<Found<Bytes>>| {
            found.as_ref().map_or(0, |found| found.data.len() as u64)
        };
        around(wrapper, call, ask, received).await
    })
}

fn get_ranges<'a>(
    wrapper: &'a dyn Wrapper,
    key: &'a Key,
    ranges: &'a [Range<u64>],
    same: Option<&'a Version>,
) -> BoxFuture<'a, Result<Option<Found<Vec<Bytes>>>>> {
    Box::pin(async move {
        if wrapper.reads() != Reads::Pass {
            return store::get_ranges(wrapper, key, ranges, same).await;
        }
        let (inner, name, _) = place(wrapper, Op::Get, key)?;
        inner.get_ranges(&name, ranges, same).await
    })
}

fn head<'a>(wrapper: &'a dyn Wrapper, key: &'a Key) -> BoxFuture<'a, Result<Option<Found<()>>>> {
    Box::pin(async move {
        let (inner, name, call) = place(wrapper, Op::Head, key)?;
        around(wrapper, call, inner.head(&name), nothing).await
    })
}

fn put<'a>(
    wrapper: &'a dyn Wrapper,
    key: &'a Key,
    value: Payload,
    mode: PutMode,
) -> BoxFuture<'a, Result<Option<Version>>> {
    Box::pin(async move {
        let (inner, name, call) = place(wrapper, Op::Put, key)?;
        let sent = value.len() as u64;
        let call = Call { sent, ..call };
        around(wrapper, call, inner.put(&name, value, mode), nothing).await
    })
}

fn delete<'a>(
    wrapper: &'a dyn Wrapper,
    key: &'a Key,
    same: Option<&'a Version>,
) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let (inner, name, call) = place(wrapper, Op::Delete, key)?;
        around(wrapper, call, inner.delete(&name, same), nothing).await
    })
}

fn delete_prefix<'a>(wrapper: &'a dyn Wrapper, prefix: &'a Prefix) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let name = inner_prefix(wrapper, prefix)?;
        let call = call(Op::DeletePrefix, prefix.as_str());
        let ask = async {
            for inner in inners(wrapper) {
                inner.delete_prefix(&name).await?;
            }
            Ok(())
        };
        around(wrapper, call, ask, nothing).await
    })
}

fn copy_from<'a>(
    wrapper: &'a dyn Wrapper,
    origin: &'a Origin,
    to: &'a Key,
    most: u64,
) -> BoxFuture<'a, Result<Copied>> {
    Box::pin(async move {
        if !wrapper.copies() {
            return Ok(Copied::Elsewhere);
        }
        let (inner, name, call) = place(wrapper, Op::Copy, to)?;
        let ask = inner.copy_from(origin, &name, most);
        around(wrapper, call, ask, nothing).await
    })
}

fn list_dir<'a>(wrapper: &'a dyn Wrapper, prefix: &'a Prefix) -> BoxFuture<'a, Result<Listing>> {
    Box::pin(async move {
        if let Some(keys) = wrapper.known_keys() {
            return Ok(key_map::list_dir(keys, prefix, |size| *size));
        }
        let name = inner_prefix(wrapper, prefix)?;
        let (first, second) = wrapper.inner();
        let call = call(Op::List, prefix.as_str());
        let ask = async {
            let listing = first.list_dir(&name).await?;
            Ok(match second {
                Some(second) => joined(listing, second.list_dir(&name).await?),
                None => listing,
            })
        };
        let listing = around(wrapper, call, ask, nothing).await?;
        Ok(outer_listing(wrapper, listing))
    })
}

fn list<'a>(wrapper: &'a dyn Wrapper, prefix: &Prefix) -> BoxStream<'a, Result<Entry>> {
    if let Some(keys) = wrapper.known_keys() {
        let entries = key_map::list(keys, prefix, |size| *size);
        return Box::pin(stream::iter(entries.into_iter().map(Ok)));
    }
    let name = match inner_prefix(wrapper, prefix) {
        Ok(name) => name,
        Err(e) => return Box::pin(stream::iter([Err(e)])),
    };
    let (first, second) = wrapper.inner();
    let mut entries = first.list(&name);
    if let Some(second) = second {
        entries = Box::pin(entries.chain(second.list(&name)));
    }
    if let Some(root) = wrapper.root() {
        let outer = |entry| ready(Ok(outer_entry(root, &entry)));
        entries = Box::pin(entries.try_filter_map(outer));
    }
    if !wrapper.is_hooked() {
        return entries;
    }
    let prefix = prefix.clone();
    // The call is the beginning of the list; what fails later is in the stream.
    let begin = async move {
        let call = call(Op::List, prefix.as_str());
        match around(wrapper, call, ready(Ok(())), nothing).await {
            Ok(()) => entries,
            Err(e) => Box::pin(stream::iter([Err(e)])),
        }
    };
    Box::pin(begin.into_stream().flatten())
}

fn list_keys<'a>(wrapper: &'a dyn Wrapper, prefix: &Prefix) -> BoxStream<'a, Result<Key>> {
    let (inner, second) = wrapper.inner();
    if second.is_some() || wrapper.is_hooked() || wrapper.known_keys().is_some() {
        return Box::pin(list(wrapper, prefix).map_ok(|entry| entry.key));
    }
    let name = match inner_prefix(wrapper, prefix) {
        Ok(name) => name,
        Err(e) => return Box::pin(stream::iter([Err(e)])),
    };
    let keys = inner.list_keys(&name);
    match wrapper.root() {
        Some(root) => Box::pin(keys.try_filter_map(|key| ready(Ok(key.strip(root))))),
        None => keys,
    }
}

fn lock<'a>(wrapper: &'a dyn Wrapper, key: &'a Key) -> BoxFuture<'a, Result<KeyLock>> {
    Box::pin(async move {
        let (inner, name, call) = place(wrapper, Op::Lock, key)?;
        let lock = match (wrapper.locks_processes(), wrapper.as_blocking()) {
            (false, Some(face)) => {
                Box::pin(KeyLock::acquire(face.lock_name(key)).map(Ok)) as BoxFuture<'_, _>
            }
            _ => inner.lock(&name),
        };
        around(wrapper, call, lock, nothing).await
    })
}

fn sync<'a>(wrapper: &'a dyn Wrapper) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let ask = async {
            // Data before what speaks of it.
            for inner in inners(wrapper).rev() {
                inner.sync().await?;
            }
            Ok(())
        };
        around(wrapper, call(Op::Sync, ""), ask, nothing).await
    })
}

/// The call `ask`, with what the wrapper does around it.
async fn around<T>(
    wrapper: &dyn Wrapper,
    call: Call<'_>,
    ask: impl Future<Output = Result<T>> + Send,
    received: impl FnOnce(&T) -> u64 + Send,
) -> Result<T> {
    if !wrapper.is_hooked() {
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
