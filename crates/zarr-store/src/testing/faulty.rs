//! `Faulty`: makes chosen calls fail, hang or return damaged bytes, so that a test can ask what the code above does
//! then. A call that fails does not reach the store inside.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use bytes::Bytes;

use crate::{Call, Hook, Hooked, Op, Reads, Store, StoreErrorKind};

/// What happens to which calls.
///
/// Reads of an open value count as [`Op::Get`], opening it as [`Op::Open`].
#[derive(Debug, Clone)]
#[must_use = "a fault does nothing until it is given to a `Faulty`"]
pub struct Fault {
    op: Op,
    part: String,
    after: u64,
    times: u64,
    effect: Effect,
}

#[derive(Debug, Clone, Copy)]
enum Effect {
    Fail(fn() -> StoreErrorKind),
    Delay(Duration),
    /// At most this many bytes come back.
    Short(usize),
    /// The bit of this number, from the front, is flipped.
    Corrupt(usize),
}

impl Fault {
    fn new(op: Op, effect: Effect) -> Self {
        Fault {
            op,
            part: String::new(),
            after: 0,
            times: u64::MAX,
            effect,
        }
    }

    /// The call fails with what `kind` makes.
    pub fn fail(op: Op, kind: fn() -> StoreErrorKind) -> Self {
        Fault::new(op, Effect::Fail(kind))
    }

    /// The call begins later by `time`.
    pub fn delay(op: Op, time: Duration) -> Self {
        Fault::new(op, Effect::Delay(time))
    }

    /// The call never answers.
    pub fn hang(op: Op) -> Self {
        Fault::new(op, Effect::Delay(Duration::MAX))
    }

    /// A read brings back `len` bytes at most, and says nothing of the rest: what a careless backend
    /// makes of a broken connection.
    pub fn short(len: usize) -> Self {
        Fault::new(Op::Get, Effect::Short(len))
    }

    /// A read brings back bytes of which bit number `bit`, from the front, is flipped.
    pub fn corrupt(bit: usize) -> Self {
        Fault::new(Op::Get, Effect::Corrupt(bit))
    }

    /// Only calls whose key contains `part`.
    pub fn on(self, part: impl Into<String>) -> Self {
        Fault {
            part: part.into(),
            ..self
        }
    }

    /// Not the first `n` of them.
    pub fn after(self, n: u64) -> Self {
        Fault { after: n, ..self }
    }

    /// Only `n` of them, then no more.
    pub fn times(self, n: u64) -> Self {
        Fault { times: n, ..self }
    }
}

/// A store that misbehaves as told. Cheap to clone; clones share the faults.
///
/// ```
/// use zarr_store::{BlockingStore, Key, MemoryStore, Op, StoreErrorKind, StoreExt, runtime::wait};
/// use zarr_store::testing::{Fault, Faulty};
/// let store = Faulty::new(MemoryStore::new().into_store());
/// let key = Key::new("a")?;
/// store.add(Fault::fail(Op::Get, || StoreErrorKind::Timeout).on("a").after(1).times(1));
/// assert!(wait(store.get_all(&key)).is_ok());
/// assert!(wait(store.get_all(&key)).is_err());
/// assert!(wait(store.get_all(&key)).is_ok());
/// # Ok::<(), zarr_store::StoreError>(())
/// ```
pub type Faulty<S> = Hooked<S, Faults>;

impl<S: Store> Faulty<S> {
    /// Adds a fault. Where several match, each counts the call, and the first due takes effect.
    pub fn add(&self, fault: Fault) {
        self.hook().lock().push(fault);
    }

    /// Forgets all faults.
    pub fn clear(&self) {
        self.hook().lock().clear();
    }
}

/// The faults of one store.
#[derive(Debug, Default)]
pub struct Faults(Mutex<Vec<Fault>>);

impl Faults {
    fn lock(&self) -> MutexGuard<'_, Vec<Fault>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts one call among those `chosen`, and says what happens to it.
    fn due(&self, call: &Call<'_>, chosen: fn(&Effect) -> bool) -> Option<Effect> {
        let mut effect = None;
        let mut faults = self.lock();
        let matching = faults
            .iter_mut()
            .filter(|f| f.op == call.op && call.key.contains(&f.part) && chosen(&f.effect));
        for fault in matching {
            if fault.after > 0 {
                fault.after -= 1;
            } else if fault.times > 0 && effect.is_none() {
                fault.times -= 1;
                effect = Some(fault.effect);
            }
        }
        effect
    }
}

impl Hook for Faults {
    const READS: Reads = Reads::Take;

    fn before(&self, call: &Call<'_>) -> Result<Duration, StoreErrorKind> {
        match self.due(call, |e| matches!(e, Effect::Fail(_) | Effect::Delay(_))) {
            Some(Effect::Fail(kind)) => Err(kind()),
            Some(Effect::Delay(time)) => Ok(time),
            _ => Ok(Duration::ZERO),
        }
    }

    fn bytes(&self, call: &Call<'_>, bytes: Bytes) -> Bytes {
        match self.due(call, |e| matches!(e, Effect::Short(_) | Effect::Corrupt(_))) {
            Some(Effect::Short(len)) => bytes.slice(..len.min(bytes.len())),
            Some(Effect::Corrupt(bit)) => {
                let mut bytes = Vec::from(bytes);
                if let Some(byte) = bytes.get_mut(bit / 8) {
                    *byte ^= 1 << (bit % 8);
                }
                bytes.into()
            }
            _ => bytes,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;
    use futures_util::FutureExt;

    use crate::{BlockingStore, Key, MemoryStore, PutMode, StoreExt, runtime::wait, testing};

    #[test]
    fn conforms_without_faults() {
        testing::conformance(|| Faulty::new(MemoryStore::new().into_store()));
    }

    #[test]
    fn fails_only_what_it_was_told() {
        let store = Faulty::new(MemoryStore::new().into_store());
        let (a, b) = (Key::new("a").unwrap(), Key::new("b").unwrap());
        store.add(
            Fault::fail(Op::Put, || StoreErrorKind::Timeout)
                .on("a")
                .after(1)
                .times(2),
        );
        let put =
            |key| BlockingStore::put(&store, key, &vec![1].into(), PutMode::Overwrite).is_ok();
        assert_eq!(
            [put(&a), put(&a), put(&b), put(&a), put(&a)],
            [true, false, true, false, true]
        );
        store.add(Fault::fail(Op::Get, || StoreErrorKind::Timeout));
        assert!(wait(store.get_all(&a)).unwrap_err().retry);
        assert!(store.open(&a).unwrap().unwrap().read(0..1).is_err());
        store.clear();
        assert!(wait(store.get_all(&a)).is_ok());
    }

    #[test]
    fn delays() {
        let store = Faulty::new(MemoryStore::new().into_store());
        store.add(Fault::delay(Op::Head, Duration::from_millis(20)));
        let begin = Instant::now();
        wait(store.exists(&Key::new("a").unwrap())).unwrap();
        assert!(begin.elapsed() >= Duration::from_millis(20));
    }

    #[test]
    fn damages_what_is_read() {
        let store = Faulty::new(MemoryStore::new().into_store());
        let key = Key::new("a").unwrap();
        BlockingStore::put(&store, &key, &vec![1, 2, 3].into(), PutMode::Overwrite).unwrap();
        store.add(Fault::short(2).times(1));
        store.add(Fault::corrupt(9).after(1));
        let get = || wait(store.get_all(&key)).unwrap().unwrap();
        assert_eq!((&get()[..], &get()[..]), (&[1, 2][..], &[1, 0, 3][..]));
        // An open value lends nothing that could not be damaged.
        let object = store.open(&key).unwrap().unwrap();
        assert_eq!(
            (object.slice(0..3), &object.read(0..3).unwrap()[..]),
            (None, &[1, 0, 3][..])
        );
    }

    #[test]
    fn hangs_until_dropped() {
        let store = Faulty::new(MemoryStore::new().into_store());
        store.add(Fault::hang(Op::Head).times(1));
        let key = Key::new("a").unwrap();
        assert_eq!(store.exists(&key).now_or_never().map(|_| ()), None);
        assert!(!wait(store.exists(&key)).unwrap());
    }
}
