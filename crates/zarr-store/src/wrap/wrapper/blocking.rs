//! The blocking face of every wrapper, where the stores inside have one.

use std::{ops::Range, sync::Arc};

use bytes::Bytes;

use super::{
    Wrapper, call, inner_key, inner_origin, inner_prefix, inners, joined, nothing, outer_entry,
    outer_listing, place,
};
use crate::{
    BlockingStore, ByteRange, Call, Copied, Entry, Found, IoHints, Key, Listing, LockName, Object,
    Op, Origin, Outcome, Payload, Prefix, PutMode, Reads, RealPath, Result, Store, StoreError,
    StoreErrorKind, Version, key_map,
    runtime::Instant,
    store::{read, read_ranges},
    wrap::{blocking, hook::pause},
};

/// The call `ask`, with what the wrapper does around it.
fn around<W: Wrapper, T>(
    wrapper: &W,
    call: Call<'_>,
    ask: impl FnOnce() -> Result<T>,
) -> Result<T> {
    if !W::IS_HOOKED {
        return ask();
    }
    pause(wrapper.before(&call)?);
    let begin = Instant::now();
    let answer = ask();
    wrapper.after(&call, &Outcome::of(begin, &answer, nothing));
    answer
}

impl<W: Wrapper> BlockingStore for W {
    fn open(&self, key: &Key) -> Result<Option<Arc<dyn Object>>> {
        let (inner, name, call) = place(self, Op::Open, key)?;
        let inner = blocking(inner, Op::Open)?;
        if W::READS == Reads::Pass {
            return inner.open(&name);
        }
        let opened = around(self, call, || inner.open(&name))?;
        Ok(opened.map(|object| self.opened(key, object)))
    }

    fn open_at_once(&self, key: &Key) -> Result<Option<Arc<dyn Object>>> {
        let (inner, name, _) = place(self, Op::Open, key)?;
        let inner = blocking(inner, Op::Open)?;
        match W::READS {
            Reads::Pass => inner.open_at_once(&name),
            // What is done around a call may take its time.
            _ => Err(StoreError::new(
                Op::Open,
                self,
                key,
                StoreErrorKind::WouldWait,
            )),
        }
    }

    fn get(
        &self,
        key: &Key,
        range: ByteRange,
        same: Option<&Version>,
    ) -> Result<Option<Found<Bytes>>> {
        if W::READS != Reads::Pass {
            return read(self, key, &range, same);
        }
        blocking(self.inner_of(key), Op::Get)?.get(&*inner_key(self, key)?, range, same)
    }

    fn get_ranges(
        &self,
        key: &Key,
        ranges: &[Range<u64>],
        same: Option<&Version>,
    ) -> Result<Option<Found<Vec<Bytes>>>> {
        if W::READS != Reads::Pass {
            return read_ranges(self, key, ranges, same);
        }
        blocking(self.inner_of(key), Op::Get)?.get_ranges(&*inner_key(self, key)?, ranges, same)
    }

    fn head(&self, key: &Key) -> Result<Option<Found<()>>> {
        let (inner, name, call) = place(self, Op::Head, key)?;
        let inner = blocking(inner, Op::Head)?;
        around(self, call, || inner.head(&name))
    }

    fn put(&self, key: &Key, value: &Payload, mode: PutMode) -> Result<Option<Version>> {
        let (inner, name, call) = place(self, Op::Put, key)?;
        let inner = blocking(inner, Op::Put)?;
        let sent = value.len() as u64;
        let call = Call { sent, ..call };
        around(self, call, || inner.put(&name, value, mode))
    }

    fn delete(&self, key: &Key, same: Option<&Version>) -> Result<()> {
        let (inner, name, call) = place(self, Op::Delete, key)?;
        let inner = blocking(inner, Op::Delete)?;
        around(self, call, || inner.delete(&name, same))
    }

    fn delete_prefix(&self, prefix: &Prefix) -> Result<()> {
        let name = inner_prefix(self, prefix)?;
        around(self, call(Op::DeletePrefix, prefix.as_str()), || {
            let mut each = inners(self);
            each.try_for_each(|inner| blocking(inner, Op::DeletePrefix)?.delete_prefix(&name))
        })
    }

    fn origin(&self, key: &Key) -> Option<Origin> {
        W::COPIES.then(|| inner_origin(self, key))?
    }

    fn copy_from(&self, origin: &Origin, to: &Key, most: u64) -> Result<Copied> {
        if !W::COPIES {
            return Ok(Copied::Elsewhere);
        }
        let (inner, name, call) = place(self, Op::Copy, to)?;
        let inner = blocking(inner, Op::Copy)?;
        around(self, call, || inner.copy_from(origin, &name, most))
    }

    fn list_dir(&self, prefix: &Prefix) -> Result<Listing> {
        if let Some(keys) = self.known_keys() {
            return Ok(key_map::list_dir(keys, prefix, |size| *size));
        }
        let name = inner_prefix(self, prefix)?;
        let (first, second) = self.inner();
        let first = blocking(first, Op::List)?;
        let listing = around(self, call(Op::List, prefix.as_str()), || {
            let listing = first.list_dir(&name)?;
            Ok(match second {
                Some(second) => joined(listing, blocking(second, Op::List)?.list_dir(&name)?),
                None => listing,
            })
        })?;
        Ok(outer_listing(self, listing))
    }

    fn list(&self, prefix: &Prefix) -> Result<Vec<Entry>> {
        if let Some(keys) = self.known_keys() {
            return Ok(key_map::list(keys, prefix, |size| *size));
        }
        let name = inner_prefix(self, prefix)?;
        let mut entries = around(self, call(Op::List, prefix.as_str()), || {
            let lists = inners(self).map(|inner| blocking(inner, Op::List)?.list(&name));
            Ok(lists
                .collect::<Result<Vec<_>>>()?
                .into_iter()
                .flatten()
                .collect::<Vec<_>>())
        })?;
        if let Some(root) = self.root() {
            let outer = entries.iter().filter_map(|entry| outer_entry(root, entry));
            entries = outer.collect();
        }
        Ok(entries)
    }

    fn lock_name(&self, key: &Key) -> LockName {
        let inner = self.inner_of(key);
        match (inner_key(self, key), inner.as_blocking()) {
            (Ok(name), Some(inner)) if W::LOCKS_PROCESSES => inner.lock_name(&name),
            (Ok(name), Some(inner)) => inner.lock_name(&name).without_process_lock(),
            (Ok(name), None) => LockName::new(inner.hints().identity, &*name),
            // A key that is too long inside cannot be written, so its lock guards nothing.
            (Err(_), _) => LockName::new(inner.hints().identity, key),
        }
    }

    fn sync(&self) -> Result<()> {
        around(self, call(Op::Sync, ""), || {
            // Data before what speaks of it.
            let mut each = inners(self).rev();
            each.try_for_each(|inner| blocking(inner, Op::Sync)?.sync())
        })
    }

    fn hints(&self) -> IoHints {
        self.wrapped_hints()
    }

    fn real_path(&self, prefix: &Prefix) -> RealPath {
        Store::real_path(self, prefix)
    }

    fn kind(&self) -> &'static str {
        self.wrapped_kind()
    }
}
