//! B6: random operations for half an hour on a store in files that refuses calls and makes others wait. What is read is what
//! some write put there, and neither memory nor descriptors, threads or tasks become more.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use futures_util::TryStreamExt;
use ndarray::Array2;
use tokio::time::timeout;
use zarr::blocking::Wait;
use zarr::tools::{BlockingStore, Call, Hook, Hooked, StoreErrorKind};
use zarr::{Array, DataType, Group, LocalStore, sel};

use crate::random::Random;
use crate::{MEMORY, rounds};

const SIDE: u64 = 40;
const ARRAYS: u64 = 4;

/// Of a thousand calls, how many are refused and how many have to wait.
const REFUSED: u64 = 5;
const LATE: u64 = 20;

/// What may be added between the first quarter of the time and the last.
const MORE_BYTES: usize = 256 << 10;
const MORE_DESCRIPTORS: usize = 8;
/// Those that wait for files come and go with what is done at once.
const MORE_THREADS: usize = 32;

/// What was given up ends within this time.
const SOON: Duration = Duration::from_secs(10);

/// A store that fails now and then.
#[derive(Debug, Default)]
struct Unreliable {
    calls: AtomicU64,
    refused: AtomicU64,
}

impl Hook for Unreliable {
    fn before(&self, _: &Call<'_>) -> Result<Duration, StoreErrorKind> {
        let chance = Random::new(self.calls.fetch_add(1, Relaxed)).below(1000);
        match chance {
            ..REFUSED => {
                self.refused.fetch_add(1, Relaxed);
                let reset = std::io::ErrorKind::ConnectionReset;
                Err(StoreErrorKind::Permission(reset.into()))
            }
            REFUSED..LATE => Ok(Duration::from_micros(chance * 100)),
            _ => Ok(Duration::ZERO),
        }
    }
}

/// An array, and what each of its cells may be: the value of the last write that succeeded, or of one that failed since.
struct Model {
    array: Array,
    cells: Array2<Vec<i32>>,
    random: Random,
    writes: i32,
}

/// How operations ended.
#[derive(Debug, Default, Clone, Copy)]
struct Tally {
    done: u64,
    failed: u64,
    given_up: u64,
}

impl Model {
    fn region(&mut self) -> [std::ops::Range<u64>; 2] {
        [(); 2].map(|()| {
            let start = self.random.below(SIDE);
            start..start + 1 + self.random.below(SIDE - start)
        })
    }

    /// One operation; a third of them is given up after a while that is too short for some.
    async fn step(&mut self, tally: &mut Tally) {
        let patience = match self.random.below(3) {
            0 => Duration::from_micros(self.random.below(3000)),
            _ => Duration::from_secs(60),
        };
        let [rows, columns] = self.region();
        match self.random.below(5) {
            0 | 1 => {
                self.writes += 1;
                let value = self.writes;
                let shape = (rows.end - rows.start, columns.end - columns.start);
                let data = Array2::from_elem((shape.0 as usize, shape.1 as usize), value);
                let write = self
                    .array
                    .write((rows.clone(), columns.clone()), data)
                    .into_future();
                let ended = count(timeout(patience, write).await, tally);
                for row in rows {
                    for column in columns.clone() {
                        let cell = &mut self.cells[[row as usize, column as usize]];
                        match ended {
                            Some(()) => *cell = vec![value],
                            None => cell.push(value),
                        }
                    }
                }
            }
            2 | 3 => {
                let read = self
                    .array
                    .read::<i32>((rows.clone(), columns.clone()))
                    .into_future();
                let Some(found) = count(timeout(patience, read).await, tally) else {
                    return;
                };
                for ((row, column), value) in found
                    .into_dimensionality::<ndarray::Ix2>()
                    .unwrap()
                    .indexed_iter()
                {
                    let at = [rows.start as usize + row, columns.start as usize + column];
                    let allowed = &self.cells[at];
                    assert!(
                        allowed.contains(value),
                        "{value} at {at:?}, where {allowed:?} may be"
                    );
                }
            }
            _ => {
                let chunks = self.array.stored_chunks().try_collect::<Vec<_>>();
                count(timeout(patience, chunks).await, tally);
            }
        }
    }
}

/// The result of an operation that succeeded in time.
fn count<T, E>(
    ended: Result<Result<T, E>, tokio::time::error::Elapsed>,
    tally: &mut Tally,
) -> Option<T> {
    match ended {
        Ok(Ok(result)) => {
            tally.done += 1;
            return Some(result);
        }
        Ok(Err(_)) => tally.failed += 1,
        Err(_) => tally.given_up += 1,
    }
    None
}

/// What the process has when nothing is under way.
#[derive(Debug, Clone, Copy)]
struct Held {
    bytes: usize,
    descriptors: usize,
    threads: usize,
    tasks: usize,
}

impl Held {
    /// Once tasks that have just ended, or were given up, are gone.
    fn now(runtime: &tokio::runtime::Handle) -> Self {
        let alive = || runtime.metrics().num_alive_tasks();
        let begin = Instant::now();
        while alive() > 0 && begin.elapsed() < SOON {
            std::thread::sleep(Duration::from_millis(1));
        }
        let entries = |path: &str| fs::read_dir(path).map_or(0, Iterator::count);
        Self {
            bytes: MEMORY.current_usage(),
            descriptors: entries("/proc/self/fd"),
            threads: entries("/proc/self/task"),
            tasks: alive(),
        }
    }

    fn most(these: &[Self]) -> Self {
        let most = |of: fn(&Self) -> usize| these.iter().map(of).max().unwrap_or(0);
        Self {
            bytes: most(|held| held.bytes),
            descriptors: most(|held| held.descriptors),
            threads: most(|held| held.threads),
            tasks: most(|held| held.tasks),
        }
    }
}

pub(crate) fn run() {
    let time = Duration::from_secs(rounds(30 * 60, 3));
    let home = tempfile::tempdir().unwrap();
    let store = Arc::new(Hooked::with(
        LocalStore::new(home.path()).into_store(),
        Unreliable::default(),
    ));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let group: Group = zarr::create_group(home.path()).wait().unwrap();
    let mut models: Vec<Model> = (0..ARRAYS)
        .map(|n| {
            let create = group.create_array(format!("{n}"), [SIDE, SIDE], DataType::Int32);
            let create = match n % 2 {
                0 => create.chunks([7, 9]),
                _ => create.shards([20, 20]).chunks([5, 5]),
            };
            create.fill_value(0).wait().unwrap();
            Model {
                array: zarr::open_array(Arc::clone(&store))
                    .path(format!("{n}"))
                    .wait()
                    .unwrap(),
                cells: Array2::from_elem((SIDE as usize, SIDE as usize), vec![0]),
                random: Random::new(n),
                writes: 0,
            }
        })
        .collect();
    let begin = Instant::now();
    let (mut held, mut all) = (Vec::new(), Tally::default());
    while begin.elapsed() < time {
        let tasks: Vec<_> = models
            .drain(..)
            .map(|mut model| {
                runtime.spawn(async move {
                    let mut tally = Tally::default();
                    for _ in 0..100 {
                        model.step(&mut tally).await;
                    }
                    // Waits for what was given up, and forgets what it may have written.
                    let fresh = Array2::from_elem((SIDE as usize, SIDE as usize), i32::MAX);
                    while model
                        .array
                        .write(sel![.., ..], fresh.clone())
                        .await
                        .is_err()
                    {}
                    model.cells.fill(vec![i32::MAX]);
                    (model, tally)
                })
            })
            .collect();
        for task in tasks {
            let (model, tally) = runtime.block_on(task).unwrap();
            models.push(model);
            all.done += tally.done;
            all.failed += tally.failed;
            all.given_up += tally.given_up;
        }
        held.push(Held::now(runtime.handle()));
    }
    let quarter = held.len().div_ceil(4);
    let (first, last) = (
        Held::most(&held[..quarter]),
        Held::most(&held[held.len() - quarter..]),
    );
    println!(
        "soak: {} s, {all:?}, {} of {} calls refused; at first {first:?}, at last {last:?}",
        time.as_secs(),
        store.hook().refused.load(Relaxed),
        store.hook().calls.load(Relaxed),
    );
    assert!(
        all.done > 0 && all.failed > 0 && all.given_up > 0,
        "{all:?}"
    );
    assert!(last.bytes <= first.bytes + MORE_BYTES, "memory grows");
    assert!(
        last.descriptors <= first.descriptors + MORE_DESCRIPTORS,
        "descriptors become more"
    );
    assert!(
        last.threads <= first.threads + MORE_THREADS,
        "threads become more"
    );
    assert_eq!(last.tasks, 0, "tasks are left");
}
