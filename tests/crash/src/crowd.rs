//! Hundreds of reads and writes at once in a process that may open few files. It counts how many of
//! its files lie in the store.

use std::{
    fs,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use zarr_crash_tests::record::Record;
use zarr_store::{
    BlockingStore, ByteRange, Key, LocalStore, PutMode, Store, StoreExt, runtime::wait,
};

use crate::say;

/// How many things are done at once.
const CROWD: u64 = 512;

/// Says the number of errors and the most files that were open at once.
pub(crate) fn crowd(store: &LocalStore, how: &str) {
    let ended = Arc::new(AtomicBool::new(false));
    let watch = {
        let (root, ended) = (store.root().to_owned(), Arc::clone(&ended));
        thread::spawn(move || {
            let mut most = 0;
            while !ended.load(Ordering::Relaxed) {
                most = most.max(open_files(&root));
            }
            most
        })
    };
    let errors = match how {
        "tasks" => tasks(store),
        "threads" => threads(store),
        "objects" => objects(store),
        "merges" => merges(store),
        other => panic!("no such crowd: {other}"),
    };
    ended.store(true, Ordering::Relaxed);
    let most = watch.join().unwrap();
    say(format!("{errors} {most}"));
}

/// The files of the store that this process has open now.
fn open_files(root: &Path) -> usize {
    let Ok(links) = fs::read_dir("/proc/self/fd") else {
        // None is left for us.
        return 0;
    };
    let targets = links.filter_map(|link| fs::read_link(link.ok()?.path()).ok());
    targets.filter(|target| target.starts_with(root)).count()
}

fn tasks(store: &LocalStore) -> usize {
    let store = store.clone().into_store();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(4)
        .build()
        .unwrap();
    runtime.block_on(async {
        let run = |n| {
            let store = Arc::clone(&store);
            tokio::spawn(async move { write_and_read(&*store, n).await })
        };
        let tasks: Vec<_> = (0..CROWD).map(run).collect();
        let mut errors = 0;
        for task in tasks {
            errors += usize::from(!task.await.unwrap());
        }
        errors
    })
}

/// Drivers without a runtime, each on a thread of its own.
fn threads(store: &LocalStore) -> usize {
    let store = store.clone().into_store();
    thread::scope(|scope| {
        let run = |n| {
            let store = &store;
            scope.spawn(move || wait(write_and_read(&**store, n)))
        };
        let threads: Vec<_> = (0..CROWD).map(run).collect();
        let ended = threads.into_iter().map(|thread| thread.join().unwrap());
        ended.filter(|right| !right).count()
    })
}

/// As workers do that may not wait: eight of them, with many values open at the same time.
fn objects(store: &LocalStore) -> usize {
    thread::scope(|scope| {
        let run = |worker| {
            scope.spawn(move || {
                let mine = (0..CROWD).filter(|n| n % 8 == worker);
                for n in mine.clone() {
                    let put = store.put(&key(n), &record(n).bytes().into(), PutMode::Overwrite);
                    put.unwrap();
                }
                let open = |n| (n, store.open(&key(n)).unwrap().unwrap());
                let open: Vec<_> = mine.map(open).collect();
                let wrong = open.iter().filter(|(n, object)| {
                    let size = object.size().unwrap();
                    Record::parse(&object.read(0..size).unwrap()) != Some(record(*n))
                });
                wrong.count()
            })
        };
        let workers: Vec<_> = (0..8).map(run).collect();
        workers
            .into_iter()
            .map(|worker| worker.join().unwrap())
            .sum()
    })
}

/// Rows of an array that cross its chunks, so that each is merged with what is there: 64 writes at once,
/// each of 64 chunks.
fn merges(store: &LocalStore) -> usize {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(4)
        .build()
        .unwrap();
    runtime.block_on(async {
        let context = zarr::Context::builder().threads(4).build();
        let create = zarr::create_array(store.clone(), [512, 512], zarr::DataType::Int32);
        let array = create.chunks([8, 8]).context(&context).await.unwrap();
        let run = |n: i64| {
            let array = array.clone();
            tokio::spawn(async move { array.write(zarr::sel![n * 8 + 1, 3..-3], 7).await.is_ok() })
        };
        let tasks: Vec<_> = (0..64).map(run).collect();
        let mut errors = 0;
        for task in tasks {
            errors += usize::from(!task.await.unwrap());
        }
        errors + usize::from(array.read::<i32>(..).await.unwrap().sum() != 64 * 506 * 7)
    })
}

async fn write_and_read(store: &dyn Store, n: u64) -> bool {
    for sequence in 0..4 {
        let record = Record {
            sequence,
            ..record(n)
        };
        let put = store
            .put(&key(n), record.bytes().into(), PutMode::Overwrite)
            .await;
        let got = store.get_all(&key(n)).await;
        let part = store.get(&key(n), ByteRange::Last(8), None).await;
        let (Ok(_), Ok(Some(got)), Ok(Some(part))) = (put, got, part) else {
            return false;
        };
        if Record::parse(&got) != Some(record) || !got.ends_with(&part.data) {
            return false;
        }
    }
    true
}

fn record(n: u64) -> Record {
    Record {
        writer: n,
        sequence: 0,
    }
}

fn key(n: u64) -> Key {
    Key::new(format!("c/{n}")).unwrap()
}
