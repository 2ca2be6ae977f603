//! How calls are made: where they run, and that a write nobody waits for lands before the next.

use std::{
    sync::{
        Condvar, Mutex,
        atomic::{AtomicU32, Ordering},
    },
    thread,
};

use futures_util::FutureExt;

use super::*;
use crate::{MemoryStore, Object, StoreExt, runtime::wait, tests::key};

/// A store whose puts wait at a gate, and which is not instant.
#[derive(Debug, Clone, Default)]
struct Gated {
    inner: MemoryStore,
    open: Arc<(Mutex<bool>, Condvar)>,
    waiting: Arc<AtomicU32>,
}

impl Gated {
    fn set(&self, open: bool) {
        *self.open.0.lock().unwrap() = open;
        self.open.1.notify_all();
    }
}

impl Display for Gated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("gated")
    }
}

impl BlockingStore for Gated {
    fn open(&self, key: &Key) -> Result<Option<Arc<dyn Object>>> {
        self.inner.open(key)
    }
    fn put(&self, key: &Key, value: &Payload, mode: PutMode) -> Result<Option<Version>> {
        self.waiting.fetch_add(1, Ordering::SeqCst);
        let open = self
            .open
            .1
            .wait_while(self.open.0.lock().unwrap(), |open| !*open)
            .unwrap();
        drop(open);
        self.inner.put(key, value, mode)
    }
    fn delete(&self, key: &Key, same: Option<&Version>) -> Result<()> {
        self.inner.delete(key, same)
    }
    fn delete_prefix(&self, prefix: &Prefix) -> Result<()> {
        self.inner.delete_prefix(prefix)
    }
    fn list_dir(&self, prefix: &Prefix) -> Result<Listing> {
        self.inner.list_dir(prefix)
    }
    fn hints(&self) -> IoHints {
        IoHints {
            instant: false,
            ..self.inner.hints()
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancelled_write_never_lands_after_a_newer_one() {
    for round in 0..50_u8 {
        let gated = Gated::default();
        let store = Blocking::new(gated.clone());
        let key = key("a");
        let mut old = store.put(&key, vec![0].into(), PutMode::Overwrite);
        assert!((&mut old).now_or_never().is_none());
        while gated.waiting.load(Ordering::SeqCst) == 0 {
            thread::yield_now();
        }
        drop(old); // given up, but on its way
        let mut new = store.put(&key, vec![1].into(), PutMode::Overwrite);
        assert!((&mut new).now_or_never().is_none());
        gated.set(true);
        new.await.unwrap();
        assert_eq!(
            store.get_all(&key).await.unwrap().unwrap(),
            [1].as_slice(),
            "round {round}"
        );
    }
}

#[tokio::test]
async fn a_delete_waits_for_the_write_before_it() {
    let gated = Gated::default();
    let store = Blocking::new(gated.clone());
    let key = key("a");
    let mut old = store.put(&key, vec![0].into(), PutMode::Overwrite);
    assert!((&mut old).now_or_never().is_none());
    drop(old);
    let delete = store.delete(&key, None);
    gated.set(true);
    delete.await.unwrap();
    assert!(!store.exists(&key).await.unwrap());
}

#[test]
fn derefs_to_the_store_inside() {
    let store = Blocking::new(MemoryStore::new());
    wait(store.put(&key("a"), vec![1].into(), PutMode::Create)).unwrap();
    assert_eq!(store.len(), 1);
    assert_eq!(store.clone().len(), 1);
}

#[test]
fn an_instant_store_is_ready_at_once() {
    let store = Blocking::new(MemoryStore::new());
    assert!(
        store
            .get(&key("a"), ByteRange::All, None)
            .now_or_never()
            .is_some()
    );
}
