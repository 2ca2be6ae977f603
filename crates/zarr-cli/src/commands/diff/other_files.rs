//! Differences between the files of other programs that lie among the nodes of two hierarchies, by their bytes.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::TryStreamExt;
use zarr::blocking::Wait;
use zarr::tools::{ByteRange, Entry, Key};
use zarr::{ArrayMetadata, Location, Node};

use super::difference::Difference;
use zarr::tools::documents;

/// The bytes of each file that are read at a time.
const PIECE: u64 = 4 << 20;

/// One of two hierarchies.
pub(super) struct ComparedHierarchy<'a> {
    pub(super) place: &'a Location,
    pub(super) nodes: &'a BTreeMap<String, Node>,
}

impl ComparedHierarchy<'_> {
    /// The values that are neither documents nor chunks, by their names below the location.
    async fn others(&self) -> zarr::Result<BTreeMap<String, Entry>> {
        let mut found = BTreeMap::new();
        let store = self.place.store();
        let prefix = self.place.path();
        let mut entries = store.list(prefix);
        while let Some(entry) = entries.try_next().await? {
            let name = entry.key.as_str();
            let name = name.strip_prefix(prefix.as_str()).unwrap_or(name);
            let last = name.rsplit('/').next().unwrap_or_default();
            if !documents::ALL.contains(&last) && !self.is_chunk(name) {
                found.insert(name.to_owned(), entry);
            }
        }
        Ok(found)
    }

    fn is_chunk(&self, name: &str) -> bool {
        let ends = name.match_indices('/').map(|(at, _)| (at, at + 1));
        [(0, 0)].into_iter().chain(ends).any(|(end, begin)| {
            let array = self.nodes.get(&name[..end]);
            matches!(array, Some(Node::Array(array)) if is_chunk(array.metadata(), &name[begin..]))
        })
    }
}

fn is_chunk(array: &ArrayMetadata, name: &str) -> bool {
    let rank = array.shape().len();
    array.chunk_key_encoding().decode(name, rank).is_some()
}

/// The differences; none if one of them cannot be listed.
pub(super) fn compare(
    a: &ComparedHierarchy<'_>,
    b: &ComparedHierarchy<'_>,
) -> zarr::Result<Vec<(String, Difference)>> {
    let listable = [a, b].map(|side| side.place.store().hints().listable);
    if listable != [true, true] {
        return Ok(Vec::new());
    }
    let compared = async {
        let (first, second) = (a.others().await?, b.others().await?);
        let names: BTreeSet<&String> = first.keys().chain(second.keys()).collect();
        let mut found = Vec::new();
        for name in names {
            let difference = match (first.get(name), second.get(name)) {
                (Some(x), Some(y)) if x.size != y.size => Difference::Bytes,
                (Some(x), Some(y)) if same(a.place, x, b.place, &y.key).await? => continue,
                (Some(_), Some(_)) => Difference::Bytes,
                (only, _) => Difference::Only {
                    in_first: only.is_some(),
                },
            };
            found.push((name.clone(), difference));
        }
        Ok::<_, zarr::Error>(found)
    };
    compared.wait()
}

/// Whether two values of one size hold the same bytes.
async fn same(a: &Location, x: &Entry, b: &Location, y: &Key) -> zarr::Result<bool> {
    let mut at = 0;
    while at < x.size {
        let range = at..x.size.min(at + PIECE);
        let first = a
            .store()
            .get(&x.key, ByteRange::Bounded(range.clone()), None)
            .await?;
        let second = b
            .store()
            .get(y, ByteRange::Bounded(range.clone()), None)
            .await?;
        match (first, second) {
            (Some(first), Some(second)) if first.data == second.data => at = range.end,
            _ => return Ok(false),
        }
    }
    Ok(true)
}
