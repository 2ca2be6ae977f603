//! B2: a million small chunks, read at once. No more calls are under way than the store says it bears, and what is held
//! beside the result is the same from the first tenth to the last.

use std::fmt::{self, Display};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::task::Poll;

use bytes::Bytes;
use futures_util::StreamExt;
use zarr::blocking::Wait;
use zarr::{DataType, sel};
use zarr_store::runtime::wait;
use zarr_store::{
    BlockingStore, BoxFuture, ByteRange, Found, Identity, IoHints, Key, Listing, MemoryStore,
    Payload, Prefix, PutMode, Result, Store, Version,
};

use crate::{MEMORY, MIB, rounds};

/// Cells of a chunk.
const CHUNK: u64 = 16;

/// A service that has every chunk, each of its own number. It answers when it is asked again.
#[derive(Debug)]
struct Endless {
    documents: Arc<dyn Store>,
    identity: Identity,
    calls: AtomicU64,
    now: AtomicUsize,
    most: AtomicUsize,
    /// The most bytes that the process held in each tenth of the calls.
    held: [AtomicUsize; 10],
    expected: u64,
}

impl Endless {
    fn new(expected: u64) -> Self {
        Self {
            documents: MemoryStore::new().into_store(),
            identity: Identity::unique(),
            calls: AtomicU64::new(0),
            now: AtomicUsize::new(0),
            most: AtomicUsize::new(0),
            held: Default::default(),
            expected,
        }
    }

    fn called(&self) {
        let call = self.calls.fetch_add(1, Relaxed);
        let now = self.now.fetch_add(1, Relaxed) + 1;
        self.most.fetch_max(now, Relaxed);
        let tenth = (call * 10 / self.expected).min(9) as usize;
        self.held[tenth].fetch_max(MEMORY.current_usage(), Relaxed);
    }

    /// What was held in each tenth above what was before.
    fn held(&self, before: usize) -> Vec<usize> {
        let held = self.held.iter();
        held.map(|held| held.load(Relaxed).saturating_sub(before))
            .collect()
    }
}

impl Display for Endless {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("endless")
    }
}

/// Waits until it is polled a second time, as what comes over a network does.
async fn once_more() {
    let mut is_polled = false;
    std::future::poll_fn(|cx| match std::mem::replace(&mut is_polled, true) {
        true => Poll::Ready(()),
        false => {
            cx.waker().wake_by_ref();
            Poll::Pending
        }
    })
    .await;
}

impl Store for Endless {
    fn get<'a>(
        &'a self,
        key: &'a Key,
        range: ByteRange,
        same: Option<&'a Version>,
    ) -> BoxFuture<'a, Result<Option<Found<Bytes>>>> {
        let Some(number) = key.as_str().strip_prefix("c/") else {
            return self.documents.get(key, range, same);
        };
        let number: u32 = number.parse().unwrap();
        Box::pin(async move {
            self.called();
            once_more().await;
            self.now.fetch_sub(1, Relaxed);
            let data: Bytes = number.to_le_bytes().repeat(CHUNK as usize / 4).into();
            Ok(Some(Found {
                size: data.len() as u64,
                data,
                version: None,
            }))
        })
    }

    fn head<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<Option<Found<()>>>> {
        self.documents.head(key)
    }

    fn put<'a>(
        &'a self,
        key: &'a Key,
        value: Payload,
        mode: PutMode,
    ) -> BoxFuture<'a, Result<Option<Version>>> {
        self.documents.put(key, value, mode)
    }

    fn delete<'a>(&'a self, key: &'a Key, same: Option<&'a Version>) -> BoxFuture<'a, Result<()>> {
        self.documents.delete(key, same)
    }

    fn delete_prefix<'a>(&'a self, prefix: &'a Prefix) -> BoxFuture<'a, Result<()>> {
        self.documents.delete_prefix(prefix)
    }

    fn list_dir<'a>(&'a self, prefix: &'a Prefix) -> BoxFuture<'a, Result<Listing>> {
        self.documents.list_dir(prefix)
    }

    fn hints(&self) -> IoHints {
        let mut hints = IoHints::remote(self.identity);
        hints.listable = false;
        hints
    }
}

/// An array of so many chunks on such a service.
fn array(chunks: u64) -> (Arc<Endless>, zarr::Array) {
    let store = Arc::new(Endless::new(chunks));
    let create = zarr::create_array(
        Arc::clone(&store) as Arc<dyn Store>,
        [chunks * CHUNK],
        DataType::UInt8,
    );
    let array = create.chunks([CHUNK]).compressors(()).wait().unwrap();
    (store, array)
}

/// Whether all bytes are those of their chunks.
fn check(cells: &[u8], first: u64) {
    for (number, chunk) in (first..).zip(cells.chunks(CHUNK as usize)) {
        let expected = (number as u32).to_le_bytes();
        assert!(
            chunk.chunks(4).all(|word| word == expected),
            "chunk {number}"
        );
    }
}

#[track_caller]
fn judge(what: &str, store: &Endless, before: usize, result: usize) {
    let held: Vec<usize> = store.held(before);
    let beside: Vec<usize> = held
        .iter()
        .map(|held| held.saturating_sub(result))
        .collect();
    let calls = store.calls.load(Relaxed);
    let (most, bears) = (store.most.load(Relaxed), Store::hints(store).concurrency);
    println!(
        "B2: {what}: {calls} chunks, at most {most} calls at once; beside the result {} KiB held at most in the first tenth, {} in the last",
        beside[0] >> 10,
        beside[9] >> 10,
    );
    assert_eq!(calls, store.expected, "each chunk is asked for once");
    assert!(most <= bears, "{most} calls at once, of {bears}");
    // The first tenth begins with less.
    let grown = beside[2..].iter().max().unwrap().saturating_sub(beside[1]);
    assert!(grown <= beside[1] / 20 + MIB / 4, "{beside:?}");
    assert!(beside[9] <= 32 * MIB, "{beside:?}");
}

pub(crate) fn run() {
    let chunks = rounds(1_000_000, 5_000);
    let (store, whole) = array(chunks);
    let before = MEMORY.current_usage();
    let cells = whole.read::<u8>(..).wait().unwrap();
    judge("read", &store, before, (chunks * CHUNK) as usize);
    check(cells.as_slice().unwrap(), 0);
    drop(cells);

    let (store, streamed) = array(chunks);
    let before = MEMORY.current_usage();
    let all = sel![..].resolve(streamed.chunked().grid()).unwrap();
    let stream = Arc::clone(streamed.chunked()).stream_as::<u8>(all, None);
    let mut stream = Box::pin(stream.unwrap());
    let mut count = 0;
    while let Some(block) = wait(stream.next()) {
        let (region, block) = block.unwrap();
        check(block.as_slice().unwrap(), region.ranges[0].start() / CHUNK);
        count += 1;
    }
    assert!(count > 0);
    judge("streamed", &store, before, 0);
}
