//! Random operations on a store and on a map must agree, in both faces of every store.

#![allow(clippy::unwrap_used, reason = "a test")]

use std::{collections::BTreeMap, sync::Arc};

use futures_util::TryStreamExt;
use proptest::prelude::*;
use zarr_store::{
    BlockingStore, ByteRange, Counting, Key, MemoryStore, Prefix, Prefixed, PutMode, Split, Store,
    StoreErrorKind, StoreExt, Version, runtime::wait,
};

/// No key is a directory of another: a file system could not store that.
const KEYS: [&str; 6] = ["a/b", "a/c", "a/d/e", "ab/x", "f", "g.json"];
const PREFIXES: [&str; 5] = ["", "a", "a/d", "ab", "z"];

#[derive(Debug, Clone)]
enum Step {
    Put(usize, Vec<u8>),
    Create(usize, Vec<u8>),
    /// With the version of now, or an older one.
    Update(usize, Vec<u8>, bool),
    Delete(usize),
    DeleteVersion(usize, bool),
    DeletePrefix(usize),
    Get(usize, u64, u64),
    Last(usize, u64),
    List(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let key = 0..KEYS.len();
    let prefix = 0..PREFIXES.len();
    let value = prop::collection::vec(any::<u8>(), 0..40);
    let step = prop_oneof![
        4 => (key.clone(), value.clone()).prop_map(|(k, v)| Step::Put(k, v)),
        2 => (key.clone(), value.clone()).prop_map(|(k, v)| Step::Create(k, v)),
        3 => (key.clone(), value, any::<bool>()).prop_map(|(k, v, now)| Step::Update(k, v, now)),
        1 => key.clone().prop_map(Step::Delete),
        1 => (key.clone(), any::<bool>()).prop_map(|(k, now)| Step::DeleteVersion(k, now)),
        1 => prefix.clone().prop_map(Step::DeletePrefix),
        3 => (key.clone(), 0u64..50, 0u64..50).prop_map(|(k, a, b)| Step::Get(k, a, b)),
        1 => (key, 0u64..50).prop_map(|(k, n)| Step::Last(k, n)),
        2 => prefix.prop_map(Step::List),
    ];
    prop::collection::vec(step, 0..60)
}

/// The model: bytes and version of every value, and the versions that are over.
#[derive(Default)]
struct Model {
    now: BTreeMap<&'static str, (Vec<u8>, Version)>,
    over: BTreeMap<&'static str, Version>,
}

impl Model {
    fn set(&mut self, key: &'static str, value: Vec<u8>, version: Version) {
        if let Some((_, old)) = self.now.insert(key, (value, version)) {
            self.over.insert(key, old);
        }
    }

    fn forget(&mut self, gone: impl Fn(&str) -> bool) {
        let keys: Vec<_> = self.now.keys().copied().filter(|key| gone(key)).collect();
        for key in keys {
            let (_, old) = self.now.remove(key).unwrap();
            self.over.insert(key, old);
        }
    }

    fn version(&self, key: &str, now: bool) -> Option<Version> {
        if now {
            self.now.get(key).map(|(_, v)| v.clone())
        } else {
            self.over.get(key).cloned()
        }
    }
}

/// One way to ask a store, so that both faces run through the same steps.
trait Face {
    fn get(&self, key: &Key, range: ByteRange) -> Result<Option<Vec<u8>>, StoreErrorKind>;
    fn put(&self, key: &Key, value: Vec<u8>, mode: PutMode) -> Result<Version, StoreErrorKind>;
    fn delete(&self, key: &Key, same: Option<&Version>) -> Result<(), StoreErrorKind>;
    fn delete_prefix(&self, prefix: &Prefix);
    fn list(&self, prefix: &Prefix) -> Vec<(String, u64)>;
}

struct Asynchronous(Arc<dyn Store>);
struct Direct(Arc<dyn Store>);

impl Face for Asynchronous {
    fn get(&self, key: &Key, range: ByteRange) -> Result<Option<Vec<u8>>, StoreErrorKind> {
        let found = wait(self.0.get(key, range, None)).map_err(|e| e.kind)?;
        Ok(found.map(|found| found.data.to_vec()))
    }
    fn put(&self, key: &Key, value: Vec<u8>, mode: PutMode) -> Result<Version, StoreErrorKind> {
        wait(self.0.put(key, value.into(), mode))
            .map(Option::unwrap)
            .map_err(|e| e.kind)
    }
    fn delete(&self, key: &Key, same: Option<&Version>) -> Result<(), StoreErrorKind> {
        wait(self.0.delete(key, same)).map_err(|e| e.kind)
    }
    fn delete_prefix(&self, prefix: &Prefix) {
        wait(self.0.delete_prefix(prefix)).unwrap();
    }
    fn list(&self, prefix: &Prefix) -> Vec<(String, u64)> {
        let entries: Vec<_> = wait(self.0.list(prefix).try_collect()).unwrap();
        let size: u64 = entries.iter().map(|e: &zarr_store::Entry| e.size).sum();
        assert_eq!(wait(self.0.size_prefix(prefix)).unwrap(), size);
        let mut keys: Vec<Key> = wait(self.0.list_keys(prefix).try_collect()).unwrap();
        let mut listed: Vec<Key> = entries.iter().map(|e| e.key.clone()).collect();
        keys.sort();
        listed.sort();
        assert_eq!(keys, listed);
        entries
            .into_iter()
            .map(|e| (e.key.to_string(), e.size))
            .collect()
    }
}

impl Direct {
    fn face(&self) -> &dyn BlockingStore {
        self.0.as_blocking().unwrap()
    }
}

impl Face for Direct {
    fn get(&self, key: &Key, range: ByteRange) -> Result<Option<Vec<u8>>, StoreErrorKind> {
        let found = self.face().get(key, range, None).map_err(|e| e.kind)?;
        Ok(found.map(|found| found.data.to_vec()))
    }
    fn put(&self, key: &Key, value: Vec<u8>, mode: PutMode) -> Result<Version, StoreErrorKind> {
        self.face()
            .put(key, &value.into(), mode)
            .map(Option::unwrap)
            .map_err(|e| e.kind)
    }
    fn delete(&self, key: &Key, same: Option<&Version>) -> Result<(), StoreErrorKind> {
        self.face().delete(key, same).map_err(|e| e.kind)
    }
    fn delete_prefix(&self, prefix: &Prefix) {
        self.face().delete_prefix(prefix).unwrap();
    }
    fn list(&self, prefix: &Prefix) -> Vec<(String, u64)> {
        let entries = self.face().list(prefix).unwrap();
        entries
            .into_iter()
            .map(|e| (e.key.to_string(), e.size))
            .collect()
    }
}

fn run(face: &dyn Face, steps: Vec<Step>) {
    let mut model = Model::default();
    let key = |k: usize| Key::new(KEYS[k]).unwrap();
    for step in steps {
        match step {
            Step::Put(k, value) => {
                let version = face
                    .put(&key(k), value.clone(), PutMode::Overwrite)
                    .unwrap();
                model.set(KEYS[k], value, version);
            }
            Step::Create(k, value) => match face.put(&key(k), value.clone(), PutMode::Create) {
                Ok(version) => {
                    assert!(!model.now.contains_key(KEYS[k]));
                    model.set(KEYS[k], value, version);
                }
                Err(kind) => {
                    assert!(matches!(kind, StoreErrorKind::AlreadyExists), "{kind}");
                    assert!(model.now.contains_key(KEYS[k]));
                }
            },
            Step::Update(k, value, now) => {
                let Some(version) = model.version(KEYS[k], now) else {
                    continue;
                };
                match face.put(&key(k), value.clone(), PutMode::Update(version)) {
                    Ok(version) => {
                        assert!(now);
                        model.set(KEYS[k], value, version);
                    }
                    Err(kind) => {
                        assert!(!now && matches!(kind, StoreErrorKind::Conflict), "{kind}");
                    }
                }
            }
            Step::Delete(k) => {
                face.delete(&key(k), None).unwrap();
                model.forget(|key| key == KEYS[k]);
            }
            Step::DeleteVersion(k, now) => {
                let Some(version) = model.version(KEYS[k], now) else {
                    continue;
                };
                match face.delete(&key(k), Some(&version)) {
                    Ok(()) => {
                        assert!(now);
                        model.forget(|key| key == KEYS[k]);
                    }
                    Err(kind) => {
                        assert!(!now && matches!(kind, StoreErrorKind::Conflict), "{kind}");
                    }
                }
            }
            Step::DeletePrefix(p) => {
                let prefix = Prefix::new(PREFIXES[p]).unwrap();
                face.delete_prefix(&prefix);
                model.forget(|key| key.starts_with(prefix.as_str()));
            }
            Step::Get(k, a, b) => same_bytes(face, &model, k, &ByteRange::Bounded(a..b)),
            Step::Last(k, n) => same_bytes(face, &model, k, &ByteRange::Last(n)),
            Step::List(p) => {
                let prefix = Prefix::new(PREFIXES[p]).unwrap();
                let mut got = face.list(&prefix);
                got.sort();
                let inside = model
                    .now
                    .iter()
                    .filter(|(key, _)| key.starts_with(prefix.as_str()));
                let want: Vec<_> = inside
                    .map(|(key, (v, _))| ((*key).to_owned(), v.len() as u64))
                    .collect();
                assert_eq!(got, want);
            }
        }
    }
    for (key, (value, _)) in &model.now {
        let got = face.get(&Key::new(key).unwrap(), ByteRange::All).unwrap();
        assert_eq!(got.as_ref(), Some(value), "{key}");
    }
}

fn same_bytes(face: &dyn Face, model: &Model, k: usize, range: &ByteRange) {
    let got = face.get(&Key::new(KEYS[k]).unwrap(), range.clone());
    let Some((value, _)) = model.now.get(KEYS[k]) else {
        return assert_eq!(got.unwrap(), None);
    };
    match range.resolve(value.len() as u64) {
        Ok(want) => {
            let want = &value[want.start as usize..want.end as usize];
            assert_eq!(got.unwrap().as_deref(), Some(want), "{range}");
        }
        Err(_) => assert!(
            matches!(got, Err(StoreErrorKind::OutOfRange { .. })),
            "{range}"
        ),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn memory_is_a_map(steps in steps()) {
        run(&Asynchronous(MemoryStore::new().into_store()), steps.clone());
        run(&Direct(MemoryStore::new().into_store()), steps);
    }

    #[test]
    fn a_prefixed_store_is_a_map(steps in steps()) {
        let make = || {
            let prefix = Prefix::new("x/y").unwrap();
            Arc::new(Prefixed::new(MemoryStore::new().into_store(), prefix))
        };
        run(&Asynchronous(make()), steps.clone());
        run(&Direct(make()), steps);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn a_split_store_is_a_map(steps in steps()) {
        let memory = || MemoryStore::new().into_store();
        let make = || Arc::new(Split::new(memory(), memory(), |key| key.name().len() == 1));
        run(&Asynchronous(make()), steps.clone());
        run(&Direct(make()), steps);
    }

    #[test]
    fn a_watched_store_is_a_map(steps in steps()) {
        let make = || Arc::new(Counting::new(MemoryStore::new().into_store()));
        run(&Asynchronous(make()), steps.clone());
        run(&Direct(make()), steps);
    }
}

#[cfg(feature = "cache")]
mod cached {
    //! The same through a cache, with no age and with one that is always over.

    use std::time::Duration;

    use zarr_store::Cached;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(100))]

        #[test]
        fn a_cached_store_is_a_map(steps in steps(), old in any::<bool>()) {
            let age = old.then_some(Duration::ZERO);
            let far = MemoryStore::new().into_store();
            run(&Asynchronous(Arc::new(Cached::new(far, 100, age))), steps.clone());
            let far = MemoryStore::new().into_store();
            run(&Asynchronous(Arc::new(Cached::new(far, 1 << 20, age))), steps);
        }
    }
}

#[cfg(all(feature = "local", any(unix, windows)))]
mod local {
    //! The same on files.

    use zarr_store::LocalStore;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(100))]

        #[test]
        fn a_directory_is_a_map(steps in steps()) {
            let dir = tempfile::tempdir().unwrap();
            let make = |name| LocalStore::new(dir.path().join(name)).into_store();
            run(&Asynchronous(make("a")), steps.clone());
            run(&Direct(make("b")), steps);
        }
    }
}
