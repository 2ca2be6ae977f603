//! Which chunks of an operation are stored, as one listing says, and what lies between them. Decides
//! where a listing costs less than asking for each; reads no chunk.

use std::collections::HashSet;
use std::ops::Range;
use std::pin::pin;

use futures_util::StreamExt;
use zarr_codecs::{Dims, Projections, ShardingCodec};

use super::joined::Joined;
use super::pieces::Pieces;
use crate::units::Units;
use crate::{ChunkedArray, ErrorKind, Result};

/// So many absent chunks are found by asking for each of them.
pub(crate) const LIST_FROM: usize = 1 << 10;

/// Chunks by the numbers of what is wanted of them.
pub(super) trait Numbered {
    /// How many there are.
    fn len(&self) -> usize;

    /// The projections, where the numbers are theirs.
    fn boxes(&self) -> Option<&Projections>;

    /// The chunk of a number.
    fn chunk(&self, i: usize) -> Option<Dims<u64>>;
}

/// Whether a listing tells of each chunk what asking for it would.
pub(super) fn can_list(array: &ChunkedArray) -> bool {
    let hints = array.store().hints();
    hints.listable && hints.lists_all
}

/// The numbers from the `first` on whose chunks are stored, in order. `None` where they are few, where
/// the store cannot list, and where it lists more than there is to ask for.
///
/// The listing begins after the operation, so that nothing is missing from it that was stored before.
///
/// # Errors
/// [`ErrorKind::StoreGone`] alone: a store may refuse to list and answer all the same.
pub(super) async fn numbers(
    array: &ChunkedArray,
    of: &impl Numbered,
    first: usize,
) -> Result<Option<Vec<usize>>> {
    let left = of.len().saturating_sub(first);
    if left <= LIST_FROM || !can_list(array) {
        return Ok(None);
    }
    let mut found = Vec::new();
    let mut chunks = HashSet::new();
    let mut shown = 0;
    let mut listed = pin!(array.list_keys());
    while let Some(entry) = listed.next().await {
        shown += 1;
        if shown > left {
            return Ok(None);
        }
        match (entry, of.boxes()) {
            (Ok(Some((chunk, _))), Some(boxes)) => {
                found.extend(boxes.find(&chunk).filter(|i| *i >= first));
            }
            (Ok(Some((chunk, _))), None) => drop(chunks.insert(chunk)),
            (Ok(None), _) => {}
            (Err(error), _) if matches!(error.kind(), ErrorKind::StoreGone { .. }) => {
                return Err(error);
            }
            (Err(_), _) => return Ok(None),
        }
    }
    if of.boxes().is_none() {
        let is_stored = |i: &usize| of.chunk(*i).is_some_and(|chunk| chunks.contains(&chunk));
        found.extend((first..of.len()).filter(is_stored));
    }
    found.sort_unstable();
    // A store may show a key twice where it changes meanwhile.
    found.dedup();
    Ok(Some(found))
}

/// The numbers of the inner chunks that are there, of those that are wanted, in order.
pub(super) fn inner_numbers(
    pieces: &Pieces<'_>,
    shard: &ShardingCodec,
    wanted: &Projections,
) -> Vec<usize> {
    let mut found: Vec<usize> = pieces
        .present()
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

impl Numbered for Joined {
    fn len(&self) -> usize {
        self.len()
    }

    fn boxes(&self) -> Option<&Projections> {
        self.boxes()
    }

    fn chunk(&self, i: usize) -> Option<Dims<u64>> {
        self.get(i).map(|touched| touched.chunk)
    }
}

impl Numbered for Units {
    fn len(&self) -> usize {
        self.len()
    }

    fn boxes(&self) -> Option<&Projections> {
        match self {
            Self::Boxes(boxes) => Some(boxes),
            Self::Groups(_) => None,
        }
    }

    fn chunk(&self, i: usize) -> Option<Dims<u64>> {
        self.get(i).map(|unit| unit.chunk)
    }
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
