//! L17: a write that nobody waits for any more never lands on what was written after it.

use std::{sync::Arc, time::Duration};

use zarr_crash_tests::record::Random;
use zarr_store::{
    Blocking, BlockingStore, Key, LocalStore, MemoryStore, Op, PutMode, Store, StoreExt,
    testing::{Fault, Faulty},
};

use crate::support::{rounds, say, tempdir};

/// As long as a slow disk takes, here.
const SLOW: Duration = Duration::from_micros(1500);

#[test]
fn cancelled_write_never_overwrites_newer() {
    let dir = tempdir();
    let all = rounds(1000, 60);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_time()
        .build()
        .unwrap();
    // On files the write goes on without its future; in memory it ends with it.
    let slow_disk = Faulty::new(LocalStore::new(dir.path()).into_store());
    let on_disk: Arc<dyn Store> = Arc::new(Blocking::new(slow_disk.clone()));
    let slow_memory = Faulty::new(MemoryStore::new().into_store());
    let in_memory: Arc<dyn Store> = Arc::new(slow_memory.clone());
    let kept = runtime.block_on(async {
        let disk = cancel(all, &on_disk, |slow| slow_disk.add(slow)).await;
        disk + cancel(all, &in_memory, |slow| slow_memory.add(slow)).await
    });
    assert_eq!(kept, 2 * all);
    say(format!(
        "L17: newer value stays in {all} of {all} on disk, {all} of {all} in memory"
    ));
}

/// Drops a slow write somewhere on its way and writes again; how often the newer value stayed.
async fn cancel(all: u64, store: &Arc<dyn Store>, slow: impl Fn(Fault)) -> u64 {
    let mut random = Random::new(7);
    let mut kept = 0;
    for n in 0..all {
        let key = Key::new(format!("c/{n}")).unwrap();
        slow(Fault::delay(Op::Put, SLOW).times(1));
        let older = store.put(&key, vec![1].into(), PutMode::Overwrite);
        let dropped = Duration::from_micros(random.below(2000));
        let _ = tokio::time::timeout(dropped, older).await;
        store
            .put(&key, vec![2].into(), PutMode::Overwrite)
            .await
            .unwrap();
        tokio::time::sleep(2 * SLOW).await;
        kept += u64::from(store.get_all(&key).await.unwrap().as_deref() == Some(&[2]));
    }
    kept
}
