//! Random operations on an archive and on a map must agree, also over finishing and opening again.

use std::{collections::BTreeMap, path::Path};

use proptest::prelude::*;
use zarr_store::{
    BlockingStore, ByteRange, Prefix, PutMode, StoreErrorKind, Version, ZipStore, ZipWriter,
};

use crate::{key, values_of_file};

const KEYS: [&str; 6] = ["a/b", "a/c", "a/d/e", "ab/x", "f", "ü.json"];
const PREFIXES: [&str; 4] = ["", "a", "a/d", "z"];

#[derive(Debug, Clone)]
enum Step {
    Put(usize, Vec<u8>),
    Create(usize, Vec<u8>),
    /// With the version of now, or an older one.
    Update(usize, Vec<u8>, bool),
    Delete(usize),
    DeletePrefix(usize),
    Get(usize, u64, u64),
    Finish,
    /// Dropped as it is, and opened again, with values deflated or not.
    Reopen(bool),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let key = 0..KEYS.len();
    let value = (any::<u8>(), 0usize..300).prop_map(|(byte, len)| vec![byte; len]);
    let step = prop_oneof![
        5 => (key.clone(), value.clone()).prop_map(|(k, v)| Step::Put(k, v)),
        2 => (key.clone(), value.clone()).prop_map(|(k, v)| Step::Create(k, v)),
        2 => (key.clone(), value, any::<bool>()).prop_map(|(k, v, now)| Step::Update(k, v, now)),
        2 => key.clone().prop_map(Step::Delete),
        1 => (0..PREFIXES.len()).prop_map(Step::DeletePrefix),
        3 => (key, 0u64..400, 0u64..400).prop_map(|(k, a, b)| Step::Get(k, a, b)),
        2 => Just(Step::Finish),
        1 => any::<bool>().prop_map(Step::Reopen),
    ];
    prop::collection::vec(step, 0..50)
}

type Values = BTreeMap<String, Vec<u8>>;

fn append(path: &Path, deflated: bool) -> ZipWriter {
    let writer = ZipStore::append(path).unwrap();
    if deflated { writer.deflate(5) } else { writer }
}

fn version(writer: &ZipWriter, name: &str) -> Option<Version> {
    writer.head(&key(name)).unwrap()?.version
}

fn all(writer: &ZipWriter) -> Values {
    let entries = writer.list(&Prefix::root()).unwrap();
    let value = |name| {
        writer
            .get(&name, ByteRange::All, None)
            .unwrap()
            .unwrap()
            .data
    };
    entries
        .into_iter()
        .map(|entry| (entry.key.to_string(), value(entry.key).to_vec()))
        .collect()
}

fn agree(steps: Vec<Step>) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x.zip");
    let mut writer = Some(append(&path, false));
    let (mut now, mut finished) = (Values::new(), Values::new());
    let mut old: BTreeMap<&str, Version> = BTreeMap::new();
    for step in steps {
        let zip = writer.as_ref().unwrap();
        match step {
            Step::Put(k, value) => {
                old.extend(version(zip, KEYS[k]).map(|version| (KEYS[k], version)));
                let payload = value.clone().into();
                zip.put(&key(KEYS[k]), &payload, PutMode::Overwrite)
                    .unwrap();
                now.insert(KEYS[k].to_owned(), value);
            }
            Step::Create(k, value) => {
                let put = zip.put(&key(KEYS[k]), &value.clone().into(), PutMode::Create);
                match now.contains_key(KEYS[k]) {
                    true => assert!(matches!(
                        put.unwrap_err().kind,
                        StoreErrorKind::AlreadyExists
                    )),
                    false => drop(now.insert(KEYS[k].to_owned(), put.map(|_| value).unwrap())),
                }
            }
            Step::Update(k, value, newest) => {
                let there = version(zip, KEYS[k]);
                let same = if newest {
                    there.clone()
                } else {
                    old.get(KEYS[k]).cloned()
                };
                let Some(same) = same else { continue };
                let fits = there.as_ref() == Some(&same);
                let mode = PutMode::Update(same);
                let put = zip.put(&key(KEYS[k]), &value.clone().into(), mode);
                assert_eq!(put.is_ok(), fits);
                if fits {
                    now.insert(KEYS[k].to_owned(), value);
                }
            }
            Step::Delete(k) => {
                zip.delete(&key(KEYS[k]), None).unwrap();
                now.remove(KEYS[k]);
            }
            Step::DeletePrefix(p) => {
                let prefix = Prefix::new(PREFIXES[p]).unwrap();
                zip.delete_prefix(&prefix).unwrap();
                now.retain(|name, _| !prefix.contains(&key(name)));
            }
            Step::Get(k, start, len) => {
                let range = ByteRange::Bounded(start..start + len);
                let found = zip.get(&key(KEYS[k]), range, None);
                match now.get(KEYS[k]) {
                    None => assert!(found.unwrap().is_none()),
                    Some(value) => match value.get(start as usize..) {
                        Some(rest) if len == 0 || !rest.is_empty() => {
                            let want = &rest[..rest.len().min(len as usize)];
                            assert_eq!(found.unwrap().unwrap().data, want);
                        }
                        _ => assert!(found.is_err()),
                    },
                }
            }
            Step::Finish => {
                zip.finish().unwrap();
                finished.clone_from(&now);
                assert_eq!(values_of_file(&path), now);
            }
            Step::Reopen(deflated) => {
                drop(writer.take());
                writer = Some(append(&path, deflated));
                now.clone_from(&finished);
            }
        }
        assert_eq!(all(writer.as_ref().unwrap()), now);
    }
    drop(writer);
    if path.exists() {
        assert_eq!(values_of_file(&path), finished);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn an_archive_is_a_map(steps in steps()) {
        agree(steps);
    }
}
