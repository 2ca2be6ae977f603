//! What a worker can be told to do, one function for each command.

use std::{
    fs::File, io::Write, ops::Range, os::unix::fs::FileExt, sync::Arc, thread, time::Duration,
};

use zarr_crash_tests::{
    record::Record,
    script::{PADDING, STEPS},
};
use zarr_store::{
    BlockingStore, ByteRange, Commit, Durability, Key, LocalStore, Prefix, PutMode, Result, Store,
    StoreExt, runtime::wait,
};

use crate::say;

fn key(name: impl AsRef<str>) -> Key {
    Key::new(name).unwrap()
}

/// Makes the calls that starting a process makes too, so that from then on the n-th such call of
/// this thread is the store's, and the loader is left alone.
fn pad() {
    let mut byte = [0];
    for _ in 0..PADDING {
        if let Ok(mut file) = File::options().read(true).write(true).open("/dev/null") {
            let _ = (
                file.metadata(),
                file.write(&byte),
                file.read_at(&mut byte, 0),
            );
        }
    }
}

/// The small writer. Each step is tried again once, so that what failed once is done at last. Its
/// calls are made by one thread, since strace counts for each.
pub(crate) fn script(store: &LocalStore) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .max_blocking_threads(1)
        .build()
        .unwrap();
    let store = store.clone().into_store();
    runtime.block_on(async {
        tokio::task::spawn_blocking(pad).await.unwrap();
        say("start");
        for (n, step) in STEPS.iter().enumerate() {
            for _ in 0..2 {
                match step.run(&*store).await {
                    Ok(()) => {
                        say(format!("ok {n}"));
                        break;
                    }
                    Err(e) => say(format!("err {n} {e}")),
                }
            }
        }
    });
}

/// Writes records for ever: to chunks of its own, each said when it is done, and to shared ones.
pub(crate) fn write(store: &LocalStore, writer: u64, from: u64) {
    for sequence in from.. {
        let record = Record { writer, sequence };
        let own = key(format!("own/{writer}/{}", sequence % 4));
        store
            .put(&own, &record.bytes().into(), PutMode::Overwrite)
            .unwrap();
        say(sequence.to_string());
        let shared = key(format!("shared/{}", sequence % 4));
        store
            .put(&shared, &record.bytes().into(), PutMode::Overwrite)
            .unwrap();
    }
}

/// Reads shared and owned records until it is killed, or has read `count` of them.
pub(crate) fn read(store: &LocalStore, count: u64) {
    let mut reads = 0;
    let mut names = Vec::new();
    while reads < count {
        if names.is_empty() {
            names = store.list(&Prefix::root()).unwrap();
            thread::yield_now();
        }
        let Some(entry) = names.pop() else { continue };
        let found = store.get(&entry.key, ByteRange::All, None).unwrap();
        let value = found
            .unwrap_or_else(|| panic!("{} is absent", entry.key))
            .data;
        assert!(Record::parse(&value).is_some(), "{} is torn", entry.key);
        reads += 1;
    }
    say(reads.to_string());
}

/// Writes chunks of its own.
pub(crate) fn distinct(store: &LocalStore, writer: u64, count: u64) {
    for sequence in 0..count {
        let key = key(format!("c/{}", writer * count + sequence));
        let record = Record { writer, sequence };
        store
            .put(&key, &record.bytes().into(), PutMode::Overwrite)
            .unwrap();
    }
}

/// Writes one chunk again and again.
pub(crate) fn overwrite(store: &LocalStore, writer: u64, count: u64) {
    for sequence in 0..count {
        let record = Record { writer, sequence };
        store
            .put(&key("c"), &record.bytes().into(), PutMode::Overwrite)
            .unwrap();
    }
}

/// Adds one to each of its own eight bytes of one chunk, `rounds` times.
pub(crate) fn patch(store: &LocalStore, writer: u64, rounds: u64) {
    let store = store.clone().into_store();
    let at = writer as usize * 8;
    let key = key("c");
    for round in 0..rounds {
        let add = store.modify(&key, |old| {
            let mut chunk = old.map_or_else(|| vec![0; 64], |old| old.to_vec());
            for byte in &mut chunk[at..at + 8] {
                assert_eq!(u64::from(*byte), round, "an update was lost");
                *byte += 1;
            }
            Ok(Some(chunk.into()))
        });
        wait(add).unwrap();
    }
}

/// Changes the first eight bytes of one chunk, for ever.
pub(crate) fn touch(store: &LocalStore) {
    let store = store.clone().into_store();
    let key = key("c");
    for round in 0_u64.. {
        let touch = store.modify(&key, |old| {
            let mut chunk = old.map_or_else(|| vec![0; 64], |old| old.to_vec());
            chunk[..8].copy_from_slice(&round.to_le_bytes());
            Ok(Some(chunk.into()))
        });
        wait(touch).unwrap();
    }
}

/// Replaces one chunk, `count` times, and says how often what it wrote was gone soon after.
pub(crate) fn replace_and_look(store: &LocalStore, count: u64) {
    let key = key("c");
    let mut lost = 0;
    for n in 0..count {
        let chunk = (n as u8).wrapping_add(1);
        store
            .put(&key, &vec![chunk; 64].into(), PutMode::Overwrite)
            .unwrap();
        // As long as an update takes that was under way.
        thread::sleep(Duration::from_micros(200));
        let found = store.get(&key, ByteRange::All, None).unwrap().unwrap();
        lost += u64::from(found.data[8..].iter().any(|&byte| byte != chunk));
    }
    say(lost.to_string());
}

/// The size of an inner part of the shard, and how many it has.
const PART: u64 = 32;
const PARTS: u64 = 512;

/// Replaces each of some inner parts of one shard, `rounds` times.
pub(crate) fn parts(store: &LocalStore, mine: Range<u64>, rounds: u64) {
    let store = store.clone().into_store();
    for round in 0..rounds {
        for part in mine.clone() {
            wait(replace_part(&*store, part, round)).unwrap();
        }
    }
}

/// The same by tasks of one process, each with its share.
pub(crate) fn parts_by_tasks(store: &LocalStore, tasks: u64, rounds: u64) {
    let store = store.clone().into_store();
    let runtime = tokio::runtime::Builder::new_multi_thread().build().unwrap();
    let share = PARTS / tasks;
    runtime.block_on(async {
        let run = |task: u64| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                for round in 0..rounds {
                    for part in task * share..(task + 1) * share {
                        replace_part(&*store, part, round).await.unwrap();
                    }
                }
            })
        };
        for task in (0..tasks).map(run).collect::<Vec<_>>() {
            task.await.unwrap();
        }
    });
}

async fn replace_part(store: &dyn Store, part: u64, round: u64) -> Result<()> {
    let key = key("shard");
    let at = part * PART;
    let ranges = [0..at, at..at + PART, at + PART..PARTS * PART];
    let mut update = store.update(&key).await?;
    loop {
        let old = match update.get_ranges(&ranges).await {
            Err(e) if e.is_conflict() => continue,
            old => old?.map(|found| found.data),
        };
        let zeros = || {
            ranges
                .iter()
                .map(|r| vec![0; (r.end - r.start) as usize].into())
        };
        let [before, mine, after] = old
            .unwrap_or_else(|| zeros().collect())
            .try_into()
            .unwrap_or_default();
        assert!(
            mine.iter().all(|b| u64::from(*b) == round),
            "a part was lost"
        );
        let new = vec![round as u8 + 1; PART as usize].into();
        let shard = [before, new, after].into_iter().collect();
        if let Commit::Done(_) = update.commit(Some(shard)).await? {
            return Ok(());
        }
    }
}

/// Takes a lock and keeps it until it is killed.
pub(crate) fn hold(store: &dyn Store, name: &str) {
    let _lock = wait(store.lock(&key(name))).unwrap();
    say("held");
    thread::sleep(Duration::from_secs(600));
}

/// Does one thing and says how it ended: `value`, `absent`, `done` or the error.
pub(crate) fn probe(store: &LocalStore, what: &str, name: &str) {
    let name = key(name);
    let outcome = match what {
        "get" => store
            .get(&name, ByteRange::All, None)
            .map(|found| match found {
                Some(_) => "value",
                None => "absent",
            }),
        "put" => store
            .put(&name, &vec![1].into(), PutMode::Overwrite)
            .map(|_| "done"),
        "lock" => wait(Store::lock(&*store.clone().into_store(), &name)).map(|_| "done"),
        "list" => store.list(&Prefix::root()).map(|_| "done"),
        other => panic!("no such probe: {other}"),
    };
    match outcome {
        Ok(outcome) => say(outcome),
        Err(e) => say(format!("{:?}: {e}", e.kind)),
    }
}

/// Sets an attribute of an array, which is made and synced if it is not there, and says so.
pub(crate) fn attribute(store: &LocalStore, n: u64) {
    let set = async {
        let mut array = match zarr::open_array(store.clone()).await {
            Ok(array) => array,
            Err(_) => zarr::create_array(store.clone(), [4], zarr::DataType::Int8).await?,
        };
        BlockingStore::sync(store)?;
        array.update_attributes([("n", zarr::json!(n))]).await
    };
    wait(set).unwrap();
    say(n.to_string());
}

/// Writes records until the power goes, and says which are promised to be there after it.
pub(crate) fn durable(store: &LocalStore, what: &str) {
    let durability = match what {
        "file" => Durability::File,
        "dir" => Durability::FileAndDir,
        _ => Durability::None,
    };
    let store = store.clone().durability(durability);
    for sequence in 1.. {
        let record = Record {
            writer: 0,
            sequence,
        };
        let name = key(format!("d{}/c/{}", sequence % 3, sequence % 7));
        let put = store.put(&name, &record.bytes().into(), PutMode::Overwrite);
        let promised = match durability {
            Durability::None => sequence % 10 == 0,
            Durability::File => false,
            Durability::FileAndDir => true,
        };
        let synced = match (put, durability) {
            (Ok(_), Durability::None) if promised => BlockingStore::sync(&store),
            (put, _) => put.map(drop),
        };
        // The power is gone.
        if synced.is_err() {
            return;
        }
        if promised {
            say(sequence.to_string());
        }
    }
}
