//! Which chunks of an operation are stored, as one listing says, and what lies between them. Decides
//! where a listing costs less than asking for each; reads no chunk.

use std::ops::Range;
use std::pin::pin;

use futures_util::StreamExt;
use zarr_codecs::ShardingCodec;

use super::plan::ChunkPlan;
use super::source::InnerChunks;
use crate::{ChunkedArray, ErrorKind, Result};

/// So many absent chunks are found by asking for each of them.
pub(crate) const LIST_FROM: usize = 1 << 10;

/// Whether a listing tells of each chunk what asking for it would. A store may know only after a listing that it does not.
pub(crate) fn can_list(array: &ChunkedArray) -> bool {
    array.store().hints().lists_every_value()
}

/// Whether a listing could save more than was asked for so far: of these chunks half were absent.
pub(super) fn is_sparse(array: &ChunkedArray, asked: usize, absent: usize) -> bool {
    asked >= LIST_FROM && absent >= asked - asked / 2 && can_list(array)
}

/// Which of these numbers are of stored chunks, in order; `find` says the number of a chunk, if it is wanted. `None`
/// where they are few, where the store cannot list, and where it lists more than there is to ask for.
///
/// The listing begins after the operation, so that nothing is missing from it that was stored before.
///
/// # Errors
/// [`ErrorKind::StoreGone`] alone: a store may refuse to list and answer all the same.
pub(super) async fn numbers(
    array: &ChunkedArray,
    wanted: Range<usize>,
    find: impl Fn(&[u64]) -> Option<usize>,
) -> Result<Option<Vec<usize>>> {
    if wanted.len() <= LIST_FROM || !can_list(array) {
        return Ok(None);
    }
    let mut found = Vec::new();
    let mut shown = 0;
    let mut listed = pin!(array.list_keys());
    while let Some(entry) = listed.next().await {
        shown += 1;
        if shown > wanted.len() {
            return Ok(None);
        }
        match entry {
            Ok(Some((chunk, _))) => found.extend(find(&chunk).filter(|i| wanted.contains(i))),
            Ok(None) => {}
            Err(error) if matches!(error.kind(), ErrorKind::StoreGone { .. }) => {
                return Err(error);
            }
            Err(_) => return Ok(None),
        }
    }
    // Only by now does the store know whether it left something out.
    if !can_list(array) {
        return Ok(None);
    }
    found.sort_unstable();
    // A store may show a key twice where it changes meanwhile.
    found.dedup();
    Ok(Some(found))
}

/// The numbers of the inner chunks that are there, of those that are wanted, in order.
pub(super) fn inner_numbers(
    inner: &InnerChunks<'_>,
    shard: &ShardingCodec,
    wanted: &ChunkPlan,
) -> Vec<usize> {
    let present = inner.present();
    let mut found: Vec<usize> = present
        .filter_map(|number| wanted.find(&shard.at(number)))
        .collect();
    found.sort_unstable();
    found
}

/// Runs of so many at the most, of the numbers in a range that are not among those, which are in order.
pub(super) fn between(range: Range<usize>, those: &[usize], most: usize) -> Vec<Range<usize>> {
    let (mut runs, mut at) = (Vec::new(), range.start);
    for &end in those.iter().chain([&range.end]) {
        while at < end {
            let next = end.min(at.saturating_add(most.max(1)));
            runs.push(at..next);
            at = next;
        }
        at = end.saturating_add(1);
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_between() {
        assert_eq!(between(3..9, &[4, 5, 8], 9), [3..4, 6..8]);
        assert_eq!(between(0..5, &[], 2), [0..2, 2..4, 4..5]);
        assert_eq!(between(2..4, &[2, 3], 2), []);
        assert_eq!(between(2..2, &[], 2), []);
    }
}
