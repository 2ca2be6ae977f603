//! The asynchronous face of a hooked store.

use std::{
    future::{Future, pending},
    ops::Range,
    time::{Duration, Instant},
};

use bytes::Bytes;
use futures_util::{FutureExt, StreamExt, stream};

use super::{Call, Hook, Hooked, Reads, call, nothing};
use crate::{
    BlockingStore, BoxFuture, BoxStream, ByteRange, Entry, Found, IoHints, Key, KeyLock, Listing,
    Op, Payload, Prefix, PutMode, Result, Site, Store, Version, coalesce, runtime::sleep,
};

impl<S: Store, H: Hook> Hooked<S, H> {
    /// The call `ask`, with the hook around it.
    async fn around<'a, T>(
        &'a self,
        call: Call<'a>,
        ask: impl Future<Output = Result<T>> + Send + 'a,
        received: impl FnOnce(&T) -> u64 + Send + 'a,
    ) -> Result<T> {
        let wait = self.enter(&call)?;
        match wait {
            Duration::ZERO => {}
            Duration::MAX => pending().await,
            time => sleep(time).await,
        }
        let begin = Instant::now();
        let answer = ask.await;
        self.leave(&call, begin, &answer, received);
        answer
    }
}

impl<S: Store, H: Hook> Store for Hooked<S, H> {
    fn get<'a>(
        &'a self,
        key: &'a Key,
        range: ByteRange,
        same: Option<&'a Version>,
    ) -> BoxFuture<'a, Result<Option<Found<Bytes>>>> {
        if H::READS == Reads::Pass {
            return self.inner.get(key, range, same);
        }
        let call = call(Op::Get, key.as_str());
        let ask = self.inner.get(key, range, same).map(move |answer| {
            Ok(answer?.map(|found| Found {
                data: self.hook.bytes(&call, found.data),
                ..found
            }))
        });
        Box::pin(self.around(call, ask, |found| {
            found.as_ref().map_or(0, |found| found.data.len() as u64)
        }))
    }

    fn get_ranges<'a>(
        &'a self,
        key: &'a Key,
        ranges: &'a [Range<u64>],
        same: Option<&'a Version>,
    ) -> BoxFuture<'a, Result<Option<Found<Vec<Bytes>>>>> {
        match H::READS {
            Reads::Pass => self.inner.get_ranges(key, ranges, same),
            Reads::Watch | Reads::Take => Box::pin(coalesce::get_ranges(self, key, ranges, same)),
        }
    }

    fn head<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<Option<Found<()>>>> {
        let call = call(Op::Head, key.as_str());
        Box::pin(self.around(call, self.inner.head(key), nothing))
    }

    fn put<'a>(
        &'a self,
        key: &'a Key,
        value: Payload,
        mode: PutMode,
    ) -> BoxFuture<'a, Result<Option<Version>>> {
        let call = Call {
            sent: value.len() as u64,
            ..call(Op::Put, key.as_str())
        };
        Box::pin(self.around(call, self.inner.put(key, value, mode), nothing))
    }

    fn delete<'a>(&'a self, key: &'a Key, same: Option<&'a Version>) -> BoxFuture<'a, Result<()>> {
        let call = call(Op::Delete, key.as_str());
        Box::pin(self.around(call, self.inner.delete(key, same), nothing))
    }

    fn delete_prefix<'a>(&'a self, prefix: &'a Prefix) -> BoxFuture<'a, Result<()>> {
        let call = call(Op::DeletePrefix, prefix.as_str());
        Box::pin(self.around(call, self.inner.delete_prefix(prefix), nothing))
    }

    fn list_dir<'a>(&'a self, prefix: &'a Prefix) -> BoxFuture<'a, Result<Listing>> {
        let call = call(Op::List, prefix.as_str());
        Box::pin(self.around(call, self.inner.list_dir(prefix), nothing))
    }

    fn list(&self, prefix: &Prefix) -> BoxStream<'_, Result<Entry>> {
        let entries = self.inner.list(prefix);
        let prefix = prefix.clone();
        // The call is the beginning of the list; what fails later is in the stream.
        let begin = async move {
            let call = call(Op::List, prefix.as_str());
            match self.around(call, async { Ok(()) }, nothing).await {
                Ok(()) => entries,
                Err(e) => Box::pin(stream::iter([Err(e)])),
            }
        };
        Box::pin(begin.into_stream().flatten())
    }

    fn lock<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<KeyLock>> {
        let call = call(Op::Lock, key.as_str());
        Box::pin(self.around(call, self.inner.lock(key), nothing))
    }

    fn sync(&self) -> BoxFuture<'_, Result<()>> {
        Box::pin(self.around(call(Op::Sync, ""), self.inner.sync(), nothing))
    }

    fn hints(&self) -> IoHints {
        self.hook.hints(self.inner.hints())
    }

    fn site(&self, prefix: &Prefix) -> Site {
        self.inner.site(prefix)
    }

    fn kind(&self) -> &'static str {
        self.inner.kind()
    }

    fn as_blocking(&self) -> Option<&dyn BlockingStore> {
        self.inner.as_blocking().map(|_| self as &dyn BlockingStore)
    }
}
