//! Who may wait: only drivers, and for nothing that needs them to go on. So one worker is enough, a
//! budget below one shard is, and every thread may wait, whoever else's work it does.

use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt, future::join_all};
use ndarray::Array2;
use zarr::blocking::Wait;
use zarr::{Array, Context, DataType, ErrorClass, json, sel};
use zarr_store::Store;
use zarr_store::runtime::wait;

use super::within_a_minute;
use crate::support::far::far;
use crate::support::stores::{KINDS, store};

const MIB: u64 = 1 << 20;
/// Cells along each side, in four shards of a mebibyte each.
const SIDE: usize = 1024;

/// Every kind of store, and one whose calls take their time.
fn everywhere(test: impl Fn(Arc<dyn Store>) + Send + Copy + 'static) {
    for kind in KINDS {
        within_a_minute(move || {
            let (store, _dir) = store(kind);
            test(store);
        });
    }
    within_a_minute(move || {
        let (store, ..) = far(Duration::from_millis(1));
        test(store);
    });
}

/// Shards in shards, one worker, and a budget that no shard fits in.
fn nested(store: Arc<dyn Store>) -> Array {
    let context = Context::builder().threads(1).memory(MIB).build();
    let bytes = json!([{"name": "bytes", "configuration": {"endian": "little"}}]);
    let shard = |side: usize, codecs: serde_json::Value| {
        json!([{"name": "sharding_indexed", "configuration": {
            "chunk_shape": [side, side], "codecs": codecs, "index_codecs": bytes,
        }}])
    };
    let codecs = shard(SIDE / 8, shard(SIDE / 64, bytes.clone()));
    let codecs: Vec<zarr::Extension> = serde_json::from_value(codecs).unwrap();
    let side = SIDE as u64;
    let create = zarr::create_array(store, [side, side], DataType::UInt32).context(&context);
    let create = create.chunks([side / 2, side / 2]).codecs(codecs);
    create.wait().unwrap()
}

fn numbers() -> Array2<u32> {
    Array2::from_shape_fn((SIDE, SIDE), |(y, x)| (y * SIDE + x) as u32)
}

/// Cells of all four shards, as a box that covers none of them.
fn middle() -> zarr::Selection {
    let (low, high) = (SIDE as i64 / 4 + 3, SIDE as i64 * 3 / 4 - 3);
    sel![low..high, low..high]
}

#[test]
fn one_worker_and_a_budget_below_one_shard_are_enough() {
    everywhere(|store| {
        let array = nested(store);
        array.write(.., numbers()).wait().unwrap();
        array.write(middle(), 7_u32).wait().unwrap();
        array.write(sel![..;5, 3..;7], 8_u32).wait().unwrap();
        let all = array.read::<u32>(..).wait().unwrap();
        assert_eq!((all[[0, 1]], all[[500, 501]], all[[500, 3]]), (1, 7, 8));
        let points = array.read::<u32>(zarr::Selection::points([vec![1, 1000], vec![1, 1000]]));
        assert_eq!(points.wait().unwrap()[[1]], (1000 * SIDE + 1000) as u32);
    });
}

#[test]
fn many_at_once_share_one_worker_and_the_budget() {
    everywhere(|store| {
        let array = nested(store);
        array.write(.., numbers()).wait().unwrap();
        // Within one future, and one beside the other.
        wait(async {
            let reads = join_all((0..8).map(|_| array.read::<u32>(middle()).into_future()));
            let writes = join_all((0..8_u32).map(|i| array.write(middle(), i).into_future()));
            let (reads, writes) = futures_util::future::join(reads, writes).await;
            writes.into_iter().collect::<Result<Vec<_>, _>>().unwrap();
            reads.iter().for_each(is_read);
        });
        std::thread::scope(|scope| {
            for i in 0..4_u32 {
                let array = &array;
                scope.spawn(move || {
                    array.write(middle(), i).wait().unwrap();
                    is_read(&array.read::<u32>(..).wait());
                });
            }
        });
    });
}

/// What is written again and again while it is read may say so; nothing else may go wrong.
fn is_read<T>(read: &Result<T, zarr::Error>) {
    if let Err(error) = read {
        assert_eq!(error.class(), ErrorClass::Conflict, "{error}");
    }
}

#[test]
fn between_two_blocks_of_a_stream_everything_goes_on() {
    everywhere(|store| {
        let array = nested(store);
        array.write(.., numbers()).wait().unwrap();
        let all = array.chunked().resolve(&sel![..]).unwrap();
        let blocks = Arc::clone(array.chunked()).stream_as::<u32>(all, None);
        let mut blocks = Box::pin(blocks.unwrap());
        let mut count = 0_u32;
        while let Some(block) = wait(blocks.next()) {
            block.unwrap();
            array.write(middle(), count).wait().unwrap();
            array.read::<u32>(..).wait().unwrap();
            count += 1;
        }
        assert_eq!(count, 4);
    });
}

/// Eight writers, each with rows of its own in one shard.
fn rows_of_one_shard(array: &Array, writer: i64) {
    for row in (writer..16).step_by(8) {
        array.write(sel![row, 0..500], row as u32).wait().unwrap();
    }
}

#[test]
fn writers_of_one_shard_wait_on_the_users_own_workers() {
    for workers in [1, 2, 8] {
        everywhere(move |store| {
            let array = nested(store);
            let pool = rayon::ThreadPoolBuilder::new().num_threads(workers);
            let pool = pool.build().unwrap();
            pool.scope(|scope| {
                for writer in 0..8 {
                    let array = &array;
                    scope.spawn(move |_| rows_of_one_shard(array, writer));
                }
            });
            // Joins let a worker do another's work in the middle of its own.
            pool.install(|| {
                rayon::join(
                    || {
                        rayon::join(
                            || rows_of_one_shard(&array, 0),
                            || rows_of_one_shard(&array, 1),
                        )
                    },
                    || {
                        rayon::join(
                            || rows_of_one_shard(&array, 2),
                            || rows_of_one_shard(&array, 3),
                        )
                    },
                )
            });
            let column = array.read::<u32>(sel![0..16, 499]).wait().unwrap();
            assert!(
                column.iter().zip(0..).all(|(found, row)| *found == row),
                "{column}"
            );
        });
    }
}

#[test]
fn waiting_on_the_only_thread_of_a_runtime() {
    everywhere(|store| {
        let array = nested(store);
        let single = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        single.unwrap().block_on(async {
            array.write(.., numbers()).wait().unwrap();
            rows_of_one_shard(&array, 3);
            // Awaited and waited for in turn, in tasks of the same thread.
            array.write(middle(), 1_u32).await.unwrap();
            assert_eq!(array.read::<u32>(middle()).wait().unwrap()[[0, 0]], 1);
        });
        let worker = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build();
        worker.unwrap().block_on(async {
            let array = array.clone();
            let task = tokio::spawn(async move {
                rows_of_one_shard(&array, 4);
                array.read::<u32>(sel![4, 0]).wait().unwrap().sum()
            });
            assert_eq!(task.await.unwrap(), 4);
        });
    });
}
