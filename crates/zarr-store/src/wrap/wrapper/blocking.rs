//! The blocking face of every wrapper, where the stores inside have one.

use std::{ops::Range, sync::Arc};

use bytes::Bytes;

use super::{
    Wrapper, call, inner_key, inner_origin, inner_prefix, inners, joined, nothing, outer_entry,
    outer_listing, place, real_path,
};
use crate::{
    BlockingStore, ByteRange, Call, Copied, Entry, Found, IoHints, Key, Listing, LockName, Object,
    Op, Origin, Outcome, Payload, Prefix, PutMode, Reads, RealPath, Result, StoreError,
    StoreErrorKind, Version, key_map,
    runtime::Instant,
    store::{read, read_ranges},
    wrap::{blocking, hook::pause},
};

impl<W: Wrapper> BlockingStore for W {
    fn open(&self, key: &Key) -> Result<Option<Arc<dyn Object>>> {
        open(self, key)
    }

    fn open_at_once(&self, key: &Key) -> Result<Option<Arc<dyn Object>>> {
        open_at_once(self, key)
    }

    fn get(
        &self,
        key: &Key,
        range: ByteRange,
        same: Option<&Version>,
    ) -> Result<Option<Found<Bytes>>> {
        get(self, key, range, same)
    }

    fn get_ranges(
        &self,
        key: &Key,
        ranges: &[Range<u64>],
        same: Option<&Version>,
    ) -> Result<Option<Found<Vec<Bytes>>>> {
        get_ranges(self, key, ranges, same)
    }

    fn head(&self, key: &Key) -> Result<Option<Found<()>>> {
        head(self, key)
    }

    fn put(&self, key: &Key, value: &Payload, mode: PutMode) -> Result<Option<Version>> {
        put(self, key, value, mode)
    }

    fn delete(&self, key: &Key, same: Option<&Version>) -> Result<()> {
        delete(self, key, same)
    }

    fn delete_prefix(&self, prefix: &Prefix) -> Result<()> {
        delete_prefix(self, prefix)
    }

    fn origin(&self, key: &Key) -> Option<Origin> {
        inner_origin(self, key)
    }

    fn copy_from(&self, origin: &Origin, to: &Key, most: u64) -> Result<Copied> {
        copy_from(self, origin, to, most)
    }

    fn list_dir(&self, prefix: &Prefix) -> Result<Listing> {
        list_dir(self, prefix)
    }

    fn list(&self, prefix: &Prefix) -> Result<Vec<Entry>> {
        list(self, prefix)
    }

    fn lock_name(&self, key: &Key) -> LockName {
        lock_name(self, key)
    }

    fn sync(&self) -> Result<()> {
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
}

fn open(wrapper: &dyn Wrapper, key: &Key) -> Result<Option<Arc<dyn Object>>> {
    let (inner, name, call) = place(wrapper, Op::Open, key)?;
    let inner = blocking(inner, Op::Open)?;
    if wrapper.reads() == Reads::Pass {
        return inner.open(&name);
    }
    let opened = around(wrapper, call, || inner.open(&name))?;
    Ok(opened.map(|object| wrapper.opened(key, object)))
}

fn open_at_once(wrapper: &dyn Wrapper, key: &Key) -> Result<Option<Arc<dyn Object>>> {
    let (inner, name, _) = place(wrapper, Op::Open, key)?;
    let inner = blocking(inner, Op::Open)?;
    match wrapper.reads() {
        Reads::Pass => inner.open_at_once(&name),
        // What is done around a call may take its time.
        _ => Err(StoreError::new(
            Op::Open,
            wrapper,
            key,
            StoreErrorKind::WouldWait,
        )),
    }
}

fn get(
    wrapper: &dyn Wrapper,
    key: &Key,
    range: ByteRange,
    same: Option<&Version>,
) -> Result<Option<Found<Bytes>>> {
    if wrapper.reads() != Reads::Pass {
        return read(wrapper, key, &range, same);
    }
    let (inner, name, _) = place(wrapper, Op::Get, key)?;
    blocking(inner, Op::Get)?.get(&name, range, same)
}

fn get_ranges(
    wrapper: &dyn Wrapper,
    key: &Key,
    ranges: &[Range<u64>],
    same: Option<&Version>,
) -> Result<Option<Found<Vec<Bytes>>>> {
    if wrapper.reads() != Reads::Pass {
        return read_ranges(wrapper, key, ranges, same);
    }
    let (inner, name, _) = place(wrapper, Op::Get, key)?;
    blocking(inner, Op::Get)?.get_ranges(&name, ranges, same)
}

fn head(wrapper: &dyn Wrapper, key: &Key) -> Result<Option<Found<()>>> {
    let (inner, name, call) = place(wrapper, Op::Head, key)?;
    let inner = blocking(inner, Op::Head)?;
    around(wrapper, call, || inner.head(&name))
}

fn put(
    wrapper: &dyn Wrapper,
    key: &Key,
    value: &Payload,
    mode: PutMode,
) -> Result<Option<Version>> {
    let (inner, name, call) = place(wrapper, Op::Put, key)?;
    let inner = blocking(inner, Op::Put)?;
    let sent = value.len() as u64;
    let call = Call { sent, ..call };
    around(wrapper, call, || inner.put(&name, value, mode))
}

fn delete(wrapper: &dyn Wrapper, key: &Key, same: Option<&Version>) -> Result<()> {
    let (inner, name, call) = place(wrapper, Op::Delete, key)?;
    let inner = blocking(inner, Op::Delete)?;
    around(wrapper, call, || inner.delete(&name, same))
}

fn delete_prefix(wrapper: &dyn Wrapper, prefix: &Prefix) -> Result<()> {
    let name = inner_prefix(wrapper, prefix)?;
    around(wrapper, call(Op::DeletePrefix, prefix.as_str()), || {
        let mut each = inners(wrapper);
        each.try_for_each(|inner| blocking(inner, Op::DeletePrefix)?.delete_prefix(&name))
    })
}

fn copy_from(wrapper: &dyn Wrapper, origin: &Origin, to: &Key, most: u64) -> Result<Copied> {
    if !wrapper.copies() {
        return Ok(Copied::Elsewhere);
    }
    let (inner, name, call) = place(wrapper, Op::Copy, to)?;
    let inner = blocking(inner, Op::Copy)?;
    around(wrapper, call, || inner.copy_from(origin, &name, most))
}

fn list_dir(wrapper: &dyn Wrapper, prefix: &Prefix) -> Result<Listing> {
    if let Some(keys) = wrapper.known_keys() {
        return Ok(key_map::list_dir(keys, prefix, |size| *size));
    }
    let name = inner_prefix(wrapper, prefix)?;
    let (first, second) = wrapper.inner();
    let first = blocking(first, Op::List)?;
    let listing = around(wrapper, call(Op::List, prefix.as_str()), || {
        let listing = first.list_dir(&name)?;
        Ok(match second {
            Some(second) => joined(listing, blocking(second, Op::List)?.list_dir(&name)?),
            None => listing,
        })
    })?;
    Ok(outer_listing(wrapper, listing))
}

fn list(wrapper: &dyn Wrapper, prefix: &Prefix) -> Result<Vec<Entry>> {
    if let Some(keys) = wrapper.known_keys() {
        return Ok(key_map::list(keys, prefix, |size| *size));
    }
    let name = inner_prefix(wrapper, prefix)?;
    let mut entries = around(wrapper, call(Op::List, prefix.as_str()), || {
        let lists = inners(wrapper).map(|inner| blocking(inner, Op::List)?.list(&name));
        Ok(lists
            .collect::<Result<Vec<_>>>()?
            .into_iter()
            .flatten()
            .collect::<Vec<_>>())
    })?;
    if let Some(root) = wrapper.root() {
        let outer = entries.iter().filter_map(|entry| outer_entry(root, entry));
        entries = outer.collect();
    }
    Ok(entries)
}

fn lock_name(wrapper: &dyn Wrapper, key: &Key) -> LockName {
    let inner = wrapper.inner_of(key);
    match (inner_key(wrapper, key), inner.as_blocking()) {
        (Ok(name), Some(inner)) if wrapper.locks_processes() => inner.lock_name(&name),
        (Ok(name), Some(inner)) => inner.lock_name(&name).without_process_lock(),
        (Ok(name), None) => LockName::new(inner.hints().identity, &*name),
        // A key that is too long inside cannot be written, so its lock guards nothing.
        (Err(_), _) => LockName::new(inner.hints().identity, key),
    }
}

fn sync(wrapper: &dyn Wrapper) -> Result<()> {
    around(wrapper, call(Op::Sync, ""), || {
        // Data before what speaks of it.
        let mut each = inners(wrapper).rev();
        each.try_for_each(|inner| blocking(inner, Op::Sync)?.sync())
    })
}

/// The call `ask`, with what the wrapper does around it.
fn around<T>(wrapper: &dyn Wrapper, call: Call<'_>, ask: impl FnOnce() -> Result<T>) -> Result<T> {
    if !wrapper.is_hooked() {
        return ask();
    }
    pause(wrapper.before(&call)?);
    let begin = Instant::now();
    let answer = ask();
    wrapper.after(&call, &Outcome::of(begin, &answer, nothing));
    answer
}
