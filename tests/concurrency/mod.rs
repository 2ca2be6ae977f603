//! Many writers, small pools, foreign runtimes: nothing is lost and nothing waits for ever.

mod appends;
mod at_once;
mod dropped;
mod nested;
mod waits;
mod workers;

use std::sync::Arc;
use std::time::Duration;

use zarr::blocking::Wait;
use zarr::{Array, Context, DataType, sel};

use crate::support::stores::{KINDS, Kind, store};

/// 64 cells in one shard of 16 inner chunks, each written by itself.
fn one_shard(kind: Kind, threads: usize) -> (Array, Option<tempfile::TempDir>) {
    let (store, dir) = store(kind);
    let context = Context::builder().threads(threads).build();
    let create = zarr::create_array(store, [8, 8], DataType::UInt32).context(&context);
    (create.chunks([2, 2]).shards([8, 8]).wait().unwrap(), dir)
}

fn check(array: &Array) {
    let all = array.read::<u32>(..).wait().unwrap();
    let wanted: Vec<u32> = (1..=64).collect();
    assert_eq!(all.into_raw_vec_and_offset().0, wanted);
}

fn write_cell(array: &Array, cell: i64) {
    array
        .write(sel![cell / 8, cell % 8], cell as u32 + 1)
        .wait()
        .unwrap();
}

/// Fails, rather than hangs, where something waits for ever.
fn within_a_minute(work: impl FnOnce() + Send + 'static) {
    let (done, wait) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        work();
        done.send(()).unwrap();
    });
    wait.recv_timeout(Duration::from_secs(60)).unwrap();
}

#[test]
fn writers_of_one_shard_lose_nothing() {
    for kind in KINDS {
        for threads in [1, 4] {
            within_a_minute(move || {
                let (array, _dir) = one_shard(kind, threads);
                std::thread::scope(|scope| {
                    for writer in 0..8 {
                        let array = array.clone();
                        scope.spawn(move || {
                            (0..8).for_each(|i| write_cell(&array, i * 8 + writer));
                        });
                    }
                });
                check(&array);
            });
        }
    }
}

#[test]
fn eight_writers_of_one_shard_on_the_users_own_pool() {
    within_a_minute(|| {
        let (array, _dir) = one_shard(Kind::Local, 1);
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(2)
            .build()
            .unwrap();
        pool.scope(|scope| {
            for writer in 0..8 {
                let array = array.clone();
                scope.spawn(move |_| (0..8).for_each(|i| write_cell(&array, writer * 8 + i)));
            }
        });
        check(&array);
    });
}

#[test]
fn awaiting_on_a_runtime_of_many_threads() {
    for kind in KINDS {
        within_a_minute(move || {
            let (array, _dir) = one_shard(kind, 2);
            let runtime = tokio::runtime::Runtime::new().unwrap();
            runtime.block_on(async {
                let tasks: Vec<_> = (0..64_i64)
                    .map(|cell| {
                        let array = array.clone();
                        tokio::spawn(async move {
                            array.write(sel![cell / 8, cell % 8], cell as u32 + 1).await
                        })
                    })
                    .collect();
                for task in tasks {
                    task.await.unwrap().unwrap();
                }
                assert_eq!(array.read::<u32>(..).await.unwrap().sum(), 64 * 65 / 2);
            });
        });
    }
}

#[test]
fn waiting_inside_a_current_thread_runtime() {
    for kind in KINDS {
        within_a_minute(move || {
            let (array, _dir) = one_shard(kind, 1);
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                (0..64).for_each(|cell| write_cell(&array, cell));
                check(&array);
            });
        });
    }
}

#[test]
fn a_dropped_write_leaves_no_lock_behind() {
    within_a_minute(|| {
        let (array, _dir) = one_shard(Kind::Local, 1);
        for _ in 0..50 {
            let mut write = array.write(sel![0, 0], 9_u32).into_future();
            let waker = std::task::Waker::noop();
            let _ = write
                .as_mut()
                .poll(&mut std::task::Context::from_waker(waker));
            drop(write);
        }
        write_cell(&array, 0);
        assert_eq!(array.read::<u32>(sel![0, 0]).wait().unwrap().sum(), 1);
    });
}

#[test]
fn creators_of_one_node_are_told_apart() {
    for kind in KINDS {
        let (store, _dir) = store(kind);
        let made: usize = std::thread::scope(|scope| {
            let creators: Vec<_> = (0..8)
                .map(|_| {
                    let store = Arc::clone(&store);
                    scope.spawn(move || {
                        zarr::create_array(store, [4], DataType::UInt8)
                            .name("a/b/c")
                            .wait()
                            .is_ok()
                    })
                })
                .collect();
            creators
                .into_iter()
                .map(|creator| usize::from(creator.join().unwrap()))
                .sum()
        });
        assert_eq!(made, 1, "{kind:?}");
    }
}
