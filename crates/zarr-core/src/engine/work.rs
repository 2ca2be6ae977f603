//! How much there is to do for the cells of a region: arithmetic, which decides where it is done.

use zarr_codecs::{Chain, Projections, Region};

use super::pool::Work;

/// What it takes to decode or to make everything that holds a cell of `region`: chunks, or the
/// smallest inner chunks of shards. Both lie on regular grids from the origin on, of the array and
/// of each shard alike.
pub(super) fn of(chain: &Chain, region: &Region) -> Work {
    let spec = smallest(chain).spec();
    let pieces = Projections::new(region, &spec.shape).map_or(usize::MAX, |touched| touched.len());
    let each = spec.byte_len().unwrap_or(0) as u64;
    Work {
        pieces,
        bytes: each.saturating_mul(pieces as u64),
    }
}

/// The codecs of what is encoded by itself.
fn smallest(mut chain: &Chain) -> &Chain {
    while let Some(shard) = chain.shard() {
        chain = shard.inner();
    }
    chain
}
