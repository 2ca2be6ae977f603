//! The blocking face of a hooked store, where the store inside has one, and its open values.

use std::{mem::MaybeUninit, ops::Range, sync::Arc, thread, time::Duration, time::Instant};

use bytes::Bytes;

use super::{Call, Hook, Hooked, Reads, call, enter, leave, nothing};
use crate::{
    BlockingStore, Entry, Found, IoHints, Key, Listing, LockName, Object, Op, Payload, Prefix,
    PutMode, Result, Site, Store, Version, wrap,
};

/// Lets this thread wait; for ever, where that was said.
fn pause(time: Duration) {
    match time {
        Duration::ZERO => {}
        Duration::MAX => loop {
            thread::park();
        },
        time => thread::sleep(time),
    }
}

impl<S: Store, H: Hook> Hooked<S, H> {
    /// The call `ask` of the store inside, with the hook around it.
    fn around_here<T>(
        &self,
        call: Call<'_>,
        ask: impl FnOnce(&dyn BlockingStore) -> Result<T>,
        received: impl FnOnce(&T) -> u64,
    ) -> Result<T> {
        let inner = wrap::blocking(&self.inner, call.op)?;
        pause(self.enter(&call)?);
        let begin = Instant::now();
        let answer = ask(inner);
        self.leave(&call, begin, &answer, received);
        answer
    }
}

impl<S: Store, H: Hook> BlockingStore for Hooked<S, H> {
    fn open(&self, key: &Key) -> Result<Option<Arc<dyn Object>>> {
        if H::READS == Reads::Pass {
            return wrap::blocking(&self.inner, Op::Open)?.open(key);
        }
        let opened = self.around_here(call(Op::Open, key.as_str()), |s| s.open(key), nothing)?;
        Ok(opened.map(|inner| {
            Arc::new(HookedObject {
                inner,
                hook: Arc::clone(&self.hook),
                key: key.clone(),
                store: Arc::clone(&self.name),
            }) as Arc<dyn Object>
        }))
    }

    fn put(&self, key: &Key, value: &Payload, mode: PutMode) -> Result<Option<Version>> {
        let call = Call {
            sent: value.len() as u64,
            ..call(Op::Put, key.as_str())
        };
        self.around_here(call, |s| s.put(key, value, mode), nothing)
    }

    fn delete(&self, key: &Key, same: Option<&Version>) -> Result<()> {
        self.around_here(
            call(Op::Delete, key.as_str()),
            |s| s.delete(key, same),
            nothing,
        )
    }

    fn delete_prefix(&self, prefix: &Prefix) -> Result<()> {
        let call = call(Op::DeletePrefix, prefix.as_str());
        self.around_here(call, |s| s.delete_prefix(prefix), nothing)
    }

    fn list_dir(&self, prefix: &Prefix) -> Result<Listing> {
        self.around_here(
            call(Op::List, prefix.as_str()),
            |s| s.list_dir(prefix),
            nothing,
        )
    }

    fn list(&self, prefix: &Prefix) -> Result<Vec<Entry>> {
        self.around_here(call(Op::List, prefix.as_str()), |s| s.list(prefix), nothing)
    }

    fn hints(&self) -> IoHints {
        Store::hints(self)
    }

    fn head(&self, key: &Key) -> Result<Option<Found<()>>> {
        self.around_here(call(Op::Head, key.as_str()), |s| s.head(key), nothing)
    }

    fn site(&self, prefix: &Prefix) -> Site {
        Store::site(&self.inner, prefix)
    }

    fn lock_name(&self, key: &Key) -> LockName {
        wrap::lock_name(&self.inner, key)
    }

    fn sync(&self) -> Result<()> {
        self.around_here(call(Op::Sync, ""), BlockingStore::sync, nothing)
    }
}

/// An open value whose reads have the hook around them.
struct HookedObject<H> {
    inner: Arc<dyn Object>,
    hook: Arc<H>,
    key: Key,
    /// For error texts.
    store: Arc<str>,
}

impl<H: Hook> HookedObject<H> {
    fn around<T>(
        &self,
        op: Op,
        ask: impl FnOnce(&dyn Object, &Call<'_>) -> Result<T>,
        received: impl FnOnce(&T) -> u64,
    ) -> Result<T> {
        let call = call(op, self.key.as_str());
        pause(enter(&*self.hook, &self.store, &call)?);
        let begin = Instant::now();
        let answer = ask(&*self.inner, &call);
        leave(&*self.hook, &call, begin, &answer, received);
        answer
    }
}

impl<H: Hook> Object for HookedObject<H> {
    fn size(&self) -> Result<u64> {
        self.around(Op::Head, |object, _| object.size(), nothing)
    }

    fn version(&self) -> Result<Option<Version>> {
        self.around(Op::Head, |object, _| object.version(), nothing)
    }

    fn read(&self, range: Range<u64>) -> Result<Bytes> {
        let read =
            |object: &dyn Object, call: &Call<'_>| Ok(self.hook.bytes(call, object.read(range)?));
        self.around(Op::Get, read, |bytes| bytes.len() as u64)
    }

    fn slice(&self, range: Range<u64>) -> Option<Bytes> {
        if H::READS == Reads::Take {
            return None;
        }
        let shared = self.inner.slice(range)?;
        let call = call(Op::Get, self.key.as_str());
        let received = |bytes: &Bytes| bytes.len() as u64;
        leave(
            &*self.hook,
            &call,
            Instant::now(),
            &Ok(shared.clone()),
            received,
        );
        Some(shared)
    }

    fn read_at<'d>(&self, offset: u64, dst: &'d mut [MaybeUninit<u8>]) -> Result<&'d mut [u8]> {
        if H::READS == Reads::Take {
            return Ok(&mut []);
        }
        let begin = Instant::now();
        let filled = self.inner.read_at(offset, dst)?;
        // An object that only lends its bytes fills nothing: then `read` follows and is seen.
        if !filled.is_empty() {
            let received = filled.len() as u64;
            let call = call(Op::Get, self.key.as_str());
            leave(&*self.hook, &call, begin, &Ok(()), |()| received);
        }
        Ok(filled)
    }
}
