//! The small writer of L1 and L3: what an array would do to its store, as keys and bytes, and what
//! may be there after any part of it. Each step may be done again, to the same end.

use std::collections::{BTreeMap, BTreeSet};

use zarr_store::{
    BlockingStore, ByteRange, Commit, Key, LocalStore, Payload, Prefix, PutMode, Result, Store,
    StoreErrorKind, StoreExt, runtime,
};

use crate::record::Random;

/// One thing that is done to a store.
#[derive(Debug, Clone, Copy)]
pub enum Step {
    /// Create a value.
    Create(&'static str, u64),
    /// Replace a value.
    Put(&'static str, u64),
    /// Read, change a range, write.
    Patch(&'static str, u64),
    /// Read all parts of a shard but one, write it with a new one.
    Part(&'static str, u64),
    /// Put bytes behind a shard of the usual size.
    Append(&'static str, u64),
    /// Read, replace, write.
    Modify(&'static str, u64),
    Delete(&'static str),
    DeletePrefix(&'static str),
}
use Step::{Append, Create, Delete, DeletePrefix, Modify, Part, Patch, Put};

/// Create an array, write its chunks, parts of a chunk and of a shard, resize, append, change
/// attributes, delete.
pub const STEPS: &[Step] = &[
    Create("b/zarr.json", 1),
    Put("a/c/0", 1),
    Put("a/c/1", 1),
    Put("a/c/2", 1),
    Put("a/c/3", 1),
    Put("a/c/4", 1),
    Put("a/c/5", 1),
    Put("a/c/6", 1),
    Put("a/c/7", 1),
    Patch("a/c/3", 2),
    Part("a/shard", 5),
    Append("a/shard", 6),
    Modify("a/zarr.json", 2),
    Delete("a/c/7"),
    Put("a/c/8", 1),
    Modify("a/zarr.json", 3),
    Modify("a/zarr.json", 4),
    DeletePrefix("old"),
    Delete("a/c/0"),
    Patch("b/c/0/1", 1),
];

/// So many calls of each common kind are made before the script starts.
pub const PADDING: u64 = 60;

/// What is there before the first step.
const BEFORE: &[&str] = &[
    "a/zarr.json",
    "a/c/0",
    "a/c/1",
    "a/c/2",
    "a/c/3",
    "a/c/4",
    "a/c/5",
    "a/c/6",
    "a/c/7",
    "a/shard",
    "old/zarr.json",
    "old/c/0",
    "old/c/1",
];

const CHUNK: usize = 4096;
const PARTS: usize = 8;
const PART: usize = CHUNK / PARTS;
/// What a patch changes.
const PATCHED: std::ops::Range<usize> = 1000..1500;

/// The value of a key in a generation.
fn value(key: &str, generation: u64) -> Vec<u8> {
    let seed = key.bytes().fold(generation, |sum, byte| {
        sum.wrapping_mul(131).wrapping_add(u64::from(byte))
    });
    let mut random = Random::new(seed);
    let words = (0..CHUNK / 8).flat_map(|_| random.next().to_le_bytes());
    words.collect()
}

impl Step {
    /// The key or prefix it is about.
    pub fn name(&self) -> &'static str {
        match self {
            Create(name, _)
            | Put(name, _)
            | Patch(name, _)
            | Part(name, _)
            | Append(name, _)
            | Modify(name, _)
            | Delete(name)
            | DeletePrefix(name) => name,
        }
    }

    fn touches(&self, key: &str) -> bool {
        match self {
            DeletePrefix(prefix) => key.starts_with(&format!("{prefix}/")),
            other => other.name() == key,
        }
    }

    /// What becomes of a value that it touches.
    fn apply(&self, old: Option<&[u8]>) -> Option<Vec<u8>> {
        match *self {
            Create(key, generation) | Put(key, generation) | Modify(key, generation) => {
                Some(value(key, generation))
            }
            Patch(key, generation) => Some(patched(old, key, generation)),
            Part(key, part) => {
                let mut shard = old.map_or_else(|| vec![0; CHUNK], <[u8]>::to_vec);
                let at = part as usize * PART;
                shard[at..at + PART].copy_from_slice(&value(key, part)[..PART]);
                Some(shard)
            }
            Append(key, generation) => {
                let mut shard = old.unwrap_or_default().to_vec();
                if shard.len() == CHUNK {
                    shard.extend(value(key, generation));
                }
                Some(shard)
            }
            Delete(_) | DeletePrefix(_) => None,
        }
    }

    /// Does it.
    pub async fn run(&self, store: &dyn Store) -> Result<()> {
        if let DeletePrefix(prefix) = self {
            return store.delete_prefix(&Prefix::new(prefix)?).await;
        }
        let key = Key::new(self.name())?;
        match *self {
            Create(name, generation) => {
                match store
                    .put(&key, payload(value(name, generation)), PutMode::Create)
                    .await
                {
                    // A first attempt landed, but could not be made durable.
                    Err(e) if matches!(e.kind, StoreErrorKind::AlreadyExists) => Ok(()),
                    done => done.map(drop),
                }
            }
            Put(name, generation) => {
                let value = payload(value(name, generation));
                store.put(&key, value, PutMode::Overwrite).await.map(drop)
            }
            Patch(name, generation) => {
                let new =
                    |old: Option<_>| Ok(Some(patched(old.as_deref(), name, generation).into()));
                store.modify(&key, new).await
            }
            Modify(name, generation) => {
                store
                    .modify(&key, |_| Ok(Some(value(name, generation).into())))
                    .await
            }
            Part(name, part) => replace_part(store, &key, part, &value(name, part)).await,
            Append(name, generation) => {
                let Some(found) = store.head(&key).await? else {
                    return Ok(());
                };
                match found.version {
                    Some(version) if found.size == CHUNK as u64 => {
                        let mode = PutMode::Append(version);
                        let tail = payload(value(name, generation));
                        store.put(&key, tail, mode).await.map(drop)
                    }
                    _ => Ok(()),
                }
            }
            Delete(_) | DeletePrefix(_) => store.delete(&key, None).await,
        }
    }
}

fn patched(old: Option<&[u8]>, key: &str, generation: u64) -> Vec<u8> {
    let mut chunk = old.map_or_else(|| vec![0; CHUNK], <[u8]>::to_vec);
    chunk[PATCHED].copy_from_slice(&value(key, generation)[PATCHED]);
    chunk
}

/// Two parts, so that vectored writes are met too.
fn payload(mut value: Vec<u8>) -> Payload {
    let rest = value.split_off(value.len() / 3);
    [value, rest].into_iter().collect()
}

async fn replace_part(store: &dyn Store, key: &Key, part: u64, new: &[u8]) -> Result<()> {
    let at = part * PART as u64;
    let around = [0..at, at + PART as u64..CHUNK as u64];
    let mut update = store.update(key).await?;
    loop {
        let old = match update.get_ranges(&around).await {
            Err(e) if e.is_conflict() => continue,
            old => old?.map(|found| found.data).unwrap_or_default(),
        };
        let [before, after] = old.try_into().unwrap_or_default();
        let shard = [before, new[..PART].to_vec().into(), after];
        if let Commit::Done(_) = update.commit(Some(shard.into_iter().collect())).await? {
            return Ok(());
        }
    }
}

/// Writes what is there before the first step.
pub fn seed(store: &LocalStore) {
    for name in BEFORE {
        let key = Key::new(name).unwrap();
        store
            .put(&key, &value(name, 0).into(), PutMode::Overwrite)
            .unwrap();
    }
}

/// What a step said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    Ok,
    /// An error, before anything was changed.
    Refused,
    /// It may have been done or not, but nothing else: no answer, or an error of a store that makes
    /// changes durable.
    Unknown,
}

/// What may be there: for each key its possible values, of which `None` is absence.
#[derive(Debug, Clone)]
pub struct Model(BTreeMap<String, BTreeSet<Option<Vec<u8>>>>);

impl Model {
    pub fn before() -> Self {
        let value = |name: &&str| (name.to_string(), BTreeSet::from([Some(value(name, 0))]));
        Model(BEFORE.iter().map(value).collect())
    }

    /// Takes note of one attempt.
    pub fn note(&mut self, step: &Step, said: Said) {
        if !matches!(step, DeletePrefix(_)) {
            let absent = || BTreeSet::from([None]);
            self.0.entry(step.name().to_owned()).or_insert_with(absent);
        }
        for (_, values) in self.0.iter_mut().filter(|(key, _)| step.touches(key)) {
            // A directory may be half deleted, as is said.
            let said = match (said, step) {
                (Said::Refused, DeletePrefix(_)) => Said::Unknown,
                (said, _) => said,
            };
            if said == Said::Refused {
                continue;
            }
            let mut new: BTreeSet<_> = values
                .iter()
                .map(|old| step.apply(old.as_deref()))
                .collect();
            if said == Said::Unknown {
                new.append(values);
            }
            *values = new;
        }
    }

    /// Compares with a store: what is not as it may be, or `None`.
    pub fn differs(&self, store: &LocalStore) -> Option<String> {
        let listed = match store.list(&Prefix::root()) {
            Ok(listed) => listed,
            Err(e) => return Some(e.to_string()),
        };
        let unknown = listed
            .iter()
            .find(|entry| !self.0.contains_key(entry.key.as_str()));
        if let Some(entry) = unknown {
            return Some(format!("`{}` came from nowhere", entry.key));
        }
        for (key, values) in &self.0 {
            let found = store.get(&Key::new(key).unwrap(), ByteRange::All, None);
            let found = match found {
                Ok(found) => found.map(|found| found.data.to_vec()),
                Err(e) => return Some(e.to_string()),
            };
            if !values.contains(&found) {
                let size = found.map(|found| found.len());
                return Some(format!("`{key}` of {size:?} bytes is neither old nor new"));
            }
            let is_listed = listed.iter().any(|entry| entry.key.as_str() == key);
            if is_listed != size_of_listed(store, key) {
                return Some(format!("`{key}` is listed: {is_listed}"));
            }
        }
        None
    }
}

fn size_of_listed(store: &LocalStore, key: &str) -> bool {
    store.head(&Key::new(key).unwrap()).unwrap().is_some()
}

/// Takes and gives back the locks of all that is updated: nobody may still hold one.
pub fn take_all_locks(store: &LocalStore) -> Result<()> {
    let store = store.clone().into_store();
    for step in STEPS {
        if let Patch(name, _) | Part(name, _) | Modify(name, _) = step {
            drop(runtime::wait(store.lock(&Key::new(name)?))?);
        }
    }
    Ok(())
}
