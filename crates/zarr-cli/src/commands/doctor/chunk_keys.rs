//! Keys below an array that are not its chunks, but would be with another separator or encoding.

use std::collections::BTreeMap;

use zarr::tools::Key;
use zarr::{Array, ChunkKeyEncoding, ZarrFormat};

use super::finding::Finding;
use super::{hierarchy, rules};
use crate::hierarchy::directories::Directory;
use crate::output::text;

/// One finding for all chunks under keys of another encoding, and one for each other key.
pub(super) fn find(array: &Array, directory: &Directory, unknown: Vec<Key>) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut others: BTreeMap<usize, Vec<Key>> = BTreeMap::new();
    for key in unknown {
        match other_encoding(array, directory, &key) {
            Some(which) => others.entry(which).or_default().push(key),
            None => found.push(hierarchy::unknown_key(&key)),
        }
    }
    for (which, keys) in others {
        let (Some(other), Some(first)) = (ChunkKeyEncoding::ALL.get(which), keys.first()) else {
            continue;
        };
        let what = format!(
            "{} named as for {}, but the document says {}: no reader finds them",
            match keys.len() {
                1 => "a chunk is".to_owned(),
                n => format!("{} are", text::count(n as u64, "chunk")),
            },
            words(*other, array.zarr_format()),
            words(array.metadata().chunk_key_encoding(), array.zarr_format()),
        );
        found.push(Finding::new(&rules::OTHER_KEYS, first.as_str(), what));
    }
    found
}

/// The other encoding, if there is one, under which a key is that of a chunk of the array.
fn other_encoding(array: &Array, directory: &Directory, key: &Key) -> Option<usize> {
    let name = key.strip(directory.location.path())?;
    let grid = array.chunked().grid();
    let is_chunk = |encoding: &ChunkKeyEncoding| {
        let index = encoding.decode(name.as_str(), grid.rank());
        index.is_some_and(|index| grid.contains(&index))
    };
    ChunkKeyEncoding::ALL.iter().position(is_chunk)
}

/// An encoding as documents write it.
fn words(encoding: ChunkKeyEncoding, format: ZarrFormat) -> String {
    match (format, encoding) {
        (ZarrFormat::V2, ChunkKeyEncoding::V2(separator)) => {
            format!("\"dimension_separator\": {:?}", separator.as_str())
        }
        _ => {
            let encoding = encoding.to_extension().to_json();
            format!("\"chunk_key_encoding\": {encoding}")
        }
    }
}
