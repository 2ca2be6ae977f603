//! Files that have to be waited for: more are read at once than there are processors.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use zarr::blocking::Wait;
use zarr::{Config, Context, LocalStore};
use zarr_store::{BlockingStore, Call, Hook, Hooked, IoHints, Op, Outcome, Reads, StoreErrorKind};

/// A disk that takes its time, and how many reads wait for it at once, at most.
#[derive(Debug, Default)]
struct SlowDisk {
    now: AtomicUsize,
    most: AtomicUsize,
}

impl Hook for SlowDisk {
    const READS: Reads = Reads::Take;

    fn before(&self, call: &Call<'_>) -> Result<Duration, StoreErrorKind> {
        if call.op != Op::Get {
            return Ok(Duration::ZERO);
        }
        let now = self.now.fetch_add(1, Ordering::Relaxed) + 1;
        self.most.fetch_max(now, Ordering::Relaxed);
        Ok(Duration::from_millis(2))
    }

    fn after(&self, call: &Call<'_>, _: &Outcome<'_>) {
        if call.op == Op::Get {
            self.now.fetch_sub(1, Ordering::Relaxed);
        }
    }

    fn hints(&self, mut inner: IoHints) -> IoHints {
        inner.awaits_device = true;
        inner
    }
}

/// How many chunks of so many cells each were waited for at once while 200 were read, each in a file or all in a shard,
/// and what went wrong with one that is damaged.
fn waited_for(cells: u64, is_shard: bool, context: &Context) -> (usize, zarr::Result<()>) {
    let dir = tempfile::tempdir().unwrap();
    let store = Hooked::with(
        LocalStore::new(dir.path()).into_store(),
        SlowDisk::default(),
    );
    let store = Arc::new(store);
    let all = 200 * cells;
    let create = zarr::zeros(Arc::clone(&store), [all])
        .dtype("u1")
        .chunks([cells])
        .compressors(())
        .context(context);
    let create = match is_shard {
        true => create.shards([all]),
        false => create,
    };
    let array = create.wait().unwrap();
    let values = ndarray::Array1::from_iter((0..all).map(|i| (i / cells) as u8 + 1));
    array.write(.., &values).wait().unwrap();
    let sound = array.read::<u8>(..).wait().unwrap();
    assert_eq!(sound, values.into_dyn());
    let most = store.hook().most.load(Ordering::Relaxed);
    let damaged = if is_shard { "c/0" } else { "c/150" };
    std::fs::write(dir.path().join(damaged), b"short").unwrap();
    (most, array.read::<u8>(..).wait().map(drop))
}

#[test]
fn many_small_files_are_waited_for_at_once() {
    let (most, damaged) = waited_for(100, false, &Context::builder().threads(2).build());
    assert!((8..=32).contains(&most), "{most}");
    let error = damaged.unwrap_err().to_string();
    assert!(error.contains("c/150"), "{error}");
}

#[test]
fn many_inner_chunks_of_a_shard_are_waited_for_at_once() {
    let (most, damaged) = waited_for(100, true, &Context::builder().threads(2).build());
    assert!((8..=32).contains(&most), "{most}");
    assert!(damaged.is_err());
}

#[test]
fn no_more_are_waited_for_than_the_configuration_allows() {
    let config = Config {
        concurrency: NonZeroUsize::new(3),
        ..Config::default()
    };
    let context = Context::builder().threads(2).config(config).build();
    let (most, _) = waited_for(100, false, &context);
    assert!(most <= 3, "{most}");
}
