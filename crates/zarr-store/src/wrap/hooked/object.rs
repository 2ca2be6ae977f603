//! An open value whose reads have a hook around them.

use std::{mem::MaybeUninit, ops::Range, sync::Arc};

use bytes::Bytes;

use crate::{
    Key, Object, Op, Result, Version,
    runtime::Instant,
    wrap::{
        hook::{Call, Hook, Outcome, Reads, before, pause},
        wrapper::{call, nothing},
    },
};

pub(super) struct HookedObject<H> {
    pub(super) inner: Arc<dyn Object>,
    pub(super) hook: Arc<H>,
    pub(super) key: Key,
    /// For error texts.
    pub(super) store: Arc<str>,
}

impl<H: Hook> HookedObject<H> {
    fn around<T>(
        &self,
        op: Op,
        ask: impl FnOnce(&dyn Object, &Call<'_>) -> Result<T>,
        received: impl FnOnce(&T) -> u64,
    ) -> Result<T> {
        let call = call(op, self.key.as_str());
        pause(before(&*self.hook, &self.store, &call)?);
        let begin = Instant::now();
        let answer = ask(&*self.inner, &call);
        self.hook
            .after(&call, &Outcome::of(begin, &answer, received));
        answer
    }

    /// Tells the hook of a read that was not held up.
    fn tell(&self, begin: Instant, received: usize) {
        let call = call(Op::Get, self.key.as_str());
        let answer = Ok(received as u64);
        self.hook
            .after(&call, &Outcome::of(begin, &answer, |received| *received));
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
        let begin = Instant::now();
        let shared = self.inner.slice(range)?;
        // Who asks for nothing asks whether bytes are lent at all.
        if !shared.is_empty() {
            self.tell(begin, shared.len());
        }
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
            self.tell(begin, filled.len());
        }
        Ok(filled)
    }
}
