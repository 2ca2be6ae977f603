//! Small reads on a thread that serves other tasks: they wait for nothing there, and let the others have their turn.

use std::collections::HashSet;
use std::fmt;
use std::mem::MaybeUninit;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, ThreadId};

use bytes::Bytes;
use tokio::runtime;
use zarr::{Array, sel};
use zarr_store::{
    BlockingStore, IoHints, Key, Listing, MemoryStore, Object, Op, Payload, Prefix, PutMode,
    Result, StoreError, StoreErrorKind, Version,
};

/// A store that has so many reads' worth of its values in memory, and notes which threads read the others.
#[derive(Debug, Clone)]
struct Partly {
    inner: MemoryStore,
    cached: Arc<AtomicUsize>,
    waited: Arc<Mutex<HashSet<ThreadId>>>,
}

/// An object of it; one that was opened at once fails where it is not in memory.
struct PartlyObject {
    store: Partly,
    object: Arc<dyn Object>,
    at_once: bool,
}

impl Partly {
    fn new(cached: usize) -> Self {
        Self {
            inner: MemoryStore::new(),
            cached: Arc::new(AtomicUsize::new(cached)),
            waited: Arc::default(),
        }
    }

    fn next_is_cached(&self) -> bool {
        let one_less = |left: usize| left.checked_sub(1);
        let (order, fetch) = (Ordering::SeqCst, Ordering::SeqCst);
        self.cached.fetch_update(order, fetch, one_less).is_ok()
    }
}

impl fmt::Display for Partly {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a store that is partly in memory")
    }
}

impl BlockingStore for Partly {
    fn open(&self, key: &Key) -> Result<Option<Arc<dyn Object>>> {
        self.waited.lock().unwrap().insert(thread::current().id());
        self.inner.open(key)
    }

    fn open_at_once(&self, key: &Key) -> Result<Option<Arc<dyn Object>>> {
        let object = self.inner.open(key)?;
        let (store, at_once) = (self.clone(), true);
        let partly = |object| {
            Arc::new(PartlyObject {
                store,
                object,
                at_once,
            }) as Arc<dyn Object>
        };
        Ok(object.map(partly))
    }

    fn put(&self, key: &Key, value: &Payload, mode: PutMode) -> Result<Option<Version>> {
        self.inner.put(key, value, mode)
    }

    fn delete(&self, key: &Key, same: Option<&Version>) -> Result<()> {
        self.inner.delete(key, same)
    }

    fn delete_prefix(&self, prefix: &Prefix) -> Result<()> {
        self.inner.delete_prefix(prefix)
    }

    fn list_dir(&self, prefix: &Prefix) -> Result<Listing> {
        BlockingStore::list_dir(&self.inner, prefix)
    }

    fn hints(&self) -> IoHints {
        let mut hints = BlockingStore::hints(&self.inner);
        hints.instant = false;
        hints
    }
}

impl Object for PartlyObject {
    fn size(&self) -> Result<u64> {
        self.object.size()
    }

    fn version(&self) -> Result<Option<Version>> {
        self.object.version()
    }

    fn read(&self, range: Range<u64>) -> Result<Bytes> {
        if self.at_once && !self.store.next_is_cached() {
            let key = Key::new("any")?;
            let kind = StoreErrorKind::WouldWait;
            return Err(StoreError::new(Op::Get, &self.store, &key, kind));
        }
        self.object.read(range)
    }

    fn read_at<'d>(&self, _: u64, _: &'d mut [MaybeUninit<u8>]) -> Result<&'d mut [u8]> {
        Ok(&mut [])
    }
}

/// 16 × 16 numbers in inner chunks of 4 × 4 and shards of 8 × 8, compressed or not.
async fn numbers(store: &Partly, codecs: Option<&str>) -> Array {
    let array = zarr::create_array(store.clone().into_store(), [16, 16], "int32")
        .chunks([4, 4])
        .shards([8, 8]);
    let array = match codecs {
        Some(name) => array.compressors(name).await.unwrap(),
        None => array.compressors(()).await.unwrap(),
    };
    let all: Vec<i32> = (0..256).collect();
    array
        .write(.., ndarray::Array2::from_shape_vec((16, 16), all).unwrap())
        .await
        .unwrap();
    array
}

fn current_thread() -> runtime::Runtime {
    runtime::Builder::new_current_thread().build().unwrap()
}

#[test]
fn what_is_in_memory_is_read_on_the_thread_that_asks() {
    current_thread().block_on(async {
        for codecs in [None, Some("zstd")] {
            let store = Partly::new(usize::MAX);
            let array = numbers(&store, codecs).await;
            store.waited.lock().unwrap().clear();
            let read = array.read::<i32>(sel![2..14, 5]).await.unwrap();
            let expected: Vec<i32> = (2..14).map(|row| row * 16 + 5).collect();
            assert_eq!(read.iter().copied().collect::<Vec<_>>(), expected);
            assert!(store.waited.lock().unwrap().is_empty());
        }
    });
}

/// However many reads succeed before one would wait, the read begins again elsewhere, and what it returns is right.
#[test]
fn what_is_not_in_memory_is_read_where_a_thread_may_wait() {
    current_thread().block_on(async {
        for codecs in [None, Some("zstd")] {
            for cached in 0..12 {
                let store = Partly::new(usize::MAX);
                numbers(&store, codecs).await;
                // Without what a handle remembers of shards.
                let array = zarr::open_array(store.clone().into_store()).await.unwrap();
                store.waited.lock().unwrap().clear();
                store.cached.store(cached, Ordering::SeqCst);
                let read = array.read::<i32>(sel![2..14, 5]).await.unwrap();
                let expected: Vec<i32> = (2..14).map(|row| row * 16 + 5).collect();
                assert_eq!(
                    read.iter().copied().collect::<Vec<_>>(),
                    expected,
                    "{cached}"
                );
                assert!(
                    !store
                        .waited
                        .lock()
                        .unwrap()
                        .contains(&thread::current().id())
                );
                let lists = array
                    .oindex(([3, 1], [9, 2, 2]))
                    .read::<i32>()
                    .await
                    .unwrap();
                let expected = [[57, 50, 50], [25, 18, 18]];
                assert_eq!(lists, ndarray::arr2(&expected).into_dyn(), "{cached}");
            }
        }
    });
}

#[test]
fn many_reads_in_a_row_let_other_tasks_go_on() {
    current_thread().block_on(async {
        let store = Partly::new(usize::MAX);
        let array = numbers(&store, None).await;
        let (done, turns) = (
            Arc::new(AtomicBool::new(false)),
            Arc::new(AtomicUsize::new(0)),
        );
        let other = tokio::spawn({
            let (done, turns) = (Arc::clone(&done), Arc::clone(&turns));
            async move {
                while !done.load(Ordering::SeqCst) {
                    turns.fetch_add(1, Ordering::SeqCst);
                    tokio::task::yield_now().await;
                }
            }
        });
        for i in 0..1000 {
            let cell: i32 = array.read_scalar((i % 16, 3)).await.unwrap();
            assert_eq!(cell, (i % 16) * 16 + 3);
        }
        assert!(turns.load(Ordering::SeqCst) >= 20);
        done.store(true, Ordering::SeqCst);
        other.await.unwrap();
    });
}
