//! Finds what is wrong with the chunks of an array: decodes each stored chunk, a few at a time.

use std::collections::BTreeSet;

use futures_util::{FutureExt, StreamExt, TryStreamExt, stream};
use zarr::blocking::Wait;
use zarr::tools::{CodecErrorKind, Entry, Key};
use zarr::{Array, ChunkError, ErrorClass, ErrorKind, Node};

use super::finding::{Finding, Fix};
use super::{chunk_keys, rules};
use crate::address::existing;
use crate::hierarchy::directories::{Directory, store_lists};
use crate::output::progress::{ProgressArgs, ProgressCounts};
use crate::output::text;
use zarr::tools::documents;

/// How many chunks are decoded at a time.
const AHEAD: usize = 4;

pub(super) fn find(directory: &Directory, decode: Option<ProgressArgs>, found: &mut Vec<Finding>) {
    let place = &directory.location;
    let array = match existing(zarr::open(place.clone()), place).wait() {
        Ok(Node::Array(array)) => array,
        Ok(Node::Group(_)) => return,
        Err(error) => {
            // An invalid document is reported by another rule.
            if error.class() == ErrorClass::Unsupported {
                found.push(Finding::new(
                    &rules::UNREADABLE,
                    directory.path.clone(),
                    error.to_string(),
                ));
            }
            return;
        }
    };
    if !store_lists(&directory.location) {
        return;
    }
    let listed = async {
        let entries = array.store().list(directory.location.path());
        Ok(entries.try_collect::<Vec<Entry>>().await?)
    };
    let listed: zarr::Result<Vec<Entry>> = listed.wait();
    let entries = match listed {
        Ok(entries) => entries,
        Err(error) => {
            found.push(Finding::unread(&directory.path, &error));
            return;
        }
    };

    let mut chunks = Vec::new();
    let mut unknown = Vec::new();
    for entry in entries {
        match kind_of(&array, directory, &entry.key) {
            KeyKind::Document => {}
            KeyKind::Chunk(index) => chunks.push((index, entry)),
            KeyKind::Outside(index) => {
                let what = format!("chunk {index:?} of an array of shape {:?}", array.shape());
                let fix = Fix::DeleteOutside(array.clone(), index);
                found.push(Finding::new(&rules::OUTSIDE, entry.key.as_str(), what).with_fix(fix));
            }
            KeyKind::Unknown => unknown.push(entry.key),
        }
    }
    found.extend(chunk_keys::find(&array, directory, unknown));
    let Some(progress) = decode else {
        return;
    };
    if let Err(error) = array.chunked().chain() {
        found.push(Finding::new(
            &rules::UNREADABLE,
            directory.path.clone(),
            error.to_string(),
        ));
        return;
    }
    let progress = progress.begin("chunks");
    let mut counts = ProgressCounts {
        total: chunks.len() as u64,
        ..ProgressCounts::default()
    };
    let checks = chunks.into_iter().map(|(index, entry)| {
        let size = entry.size;
        let checked = check(&array, index, entry);
        checked.map(move |wrong| (size, wrong))
    });
    let checked = async {
        let mut checked = stream::iter(checks).buffer_unordered(AHEAD);
        while let Some((size, wrong)) = checked.next().await {
            found.extend(wrong);
            counts.done += 1;
            counts.bytes_in += size;
            progress.report(counts);
        }
    };
    checked.wait();
    progress.end();
}

/// What a key below an array is.
enum KeyKind {
    Document,
    Chunk(Vec<u64>),
    Outside(Vec<u64>),
    Unknown,
}

fn kind_of(array: &Array, directory: &Directory, key: &Key) -> KeyKind {
    let Some(rest) = key.strip(directory.location.path()) else {
        return KeyKind::Unknown;
    };
    if documents::ALL.contains(&rest.as_str()) {
        return KeyKind::Document;
    }
    let grid = array.chunked().grid();
    let encoding = array.metadata().chunk_key_encoding();
    match encoding.decode(rest.as_str(), grid.rank()) {
        Some(index) if grid.contains(&index) => KeyKind::Chunk(index),
        Some(index) => KeyKind::Outside(index),
        None => KeyKind::Unknown,
    }
}

/// What is wrong with one chunk, or with the inner chunks of a shard.
async fn check(array: &Array, index: Vec<u64>, entry: Entry) -> Vec<Finding> {
    let problems: Vec<zarr::Error> = match array.chunk(&index) {
        Ok(chunk) => {
            let problems = chunk.verify(entry.size).await.into_iter();
            problems.map(|problem| problem.error).collect()
        }
        Err(error) => vec![error],
    };
    if problems.is_empty() {
        return unused(array, &index, &entry).await.into_iter().collect();
    }
    // Errors of inner chunks may be the same.
    let mut told = BTreeSet::new();
    let key = entry.key.as_str();
    let found = problems.iter().map(|error| finding(key, error));
    found
        .filter(|one| told.insert(one.message.clone()))
        .collect()
}

/// A shard of which much is not used.
async fn unused(array: &Array, index: &[u64], entry: &Entry) -> Option<Finding> {
    if !array.is_sharded() {
        return None;
    }
    // The shard was read just now, so that its index can be read.
    let shard = array.chunk(index).ok()?;
    let unused = shard.unused_bytes().await.ok()?;
    if unused == 0 || unused < entry.size / 10 {
        return None;
    }
    let (all, unused) = (text::bytes(entry.size), text::bytes(unused));
    let what = format!("{unused} of {all} belong to no inner chunk");
    Some(Finding::new(&rules::UNUSED, entry.key.as_str(), what).with_fix(Fix::Compact(shard)))
}

fn finding(key: &str, error: &zarr::Error) -> Finding {
    let rule = match (error.kind(), error.class()) {
        (
            ErrorKind::Chunk {
                source: ChunkError::Codec(codec),
                ..
            },
            _,
        ) if matches!(codec.kind, CodecErrorKind::Checksum { .. }) => &rules::CHECKSUM,
        (_, ErrorClass::Corrupt) => &rules::TORN,
        (_, ErrorClass::Unsupported | ErrorClass::Limit) => &rules::UNREADABLE,
        _ => &rules::UNAVAILABLE,
    };
    let what = match error.kind() {
        ErrorKind::Chunk { source, .. } => {
            wrong_length(source).unwrap_or_else(|| source.to_string())
        }
        _ => error.to_string(),
    };
    Finding::new(rule, key, what)
}

/// What an error says of the length of a whole chunk.
fn wrong_length(error: &ChunkError) -> Option<String> {
    match error {
        ChunkError::Codec(codec) if codec.codec == "chunk" => match codec.kind {
            CodecErrorKind::Length { expected, found } => {
                Some(format!("{found} bytes instead of {expected}"))
            }
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::Arc;
    use std::time::Duration;

    use serde_json::json;
    use zarr::tools::{Call, Hook, Hooked, Op, StoreErrorKind};
    use zarr::{DataType, Location, MemoryStore};

    use super::*;
    use crate::hierarchy::directories;

    /// A disk with a bad place.
    #[derive(Debug)]
    struct Broken;

    impl Hook for Broken {
        fn before(&self, call: &Call<'_>) -> Result<Duration, StoreErrorKind> {
            match call.op {
                Op::Get | Op::Open if call.key.ends_with("c/1") => {
                    Err(StoreErrorKind::Io(io::Error::other("a bad place")))
                }
                _ => Ok(Duration::ZERO),
            }
        }
    }

    #[test]
    fn d12_chunks_that_cannot_be_read() {
        let store = Location::root(zarr::tools::BlockingStore::into_store(MemoryStore::new()));
        let array = zarr::create_array(store.clone(), [6], DataType::Int8).chunks([2]);
        array.wait().unwrap().write(.., 1_i8).wait().unwrap();
        let broken = Hooked::with(Arc::clone(store.store()), Broken);
        let broken = Location::root(Arc::new(broken));
        let directory = directories::walk(&broken).wait().remove(0);
        let mut found = Vec::new();
        let quiet = Some(ProgressArgs::default());
        find(&directory, quiet, &mut found);
        let found: Vec<_> = found
            .iter()
            .map(|finding| json!([finding.rule.id(), finding.place]))
            .collect();
        assert_eq!(found, [json!(["D12", "c/1"])]);
    }
}
