//! Reading the cells of one chunk, whatever it is: plain, a shard, or an inner chunk of one. Knows
//! neither drivers nor who else wants something of the chunk.

use zarr_codecs::{Access, Chain, NdViewMut, Region, Shard, Split, fill};

use super::cells;
use super::pieces::Pieces;
use super::pool::Crew;
use super::source::Source;
use crate::ChunkError;

/// Reads the cells of `part` of a chunk into `dst`, which has their shape.
///
/// A shard's inner chunk is a chunk in a window of the shard, so this calls itself: once per level.
pub(super) fn read(
    source: &Source<'_>,
    chain: &Chain,
    part: &Region,
    dst: NdViewMut<'_>,
    crew: Crew<'_>,
) -> Result<(), ChunkError> {
    match chain.access(part) {
        Access::Shard(shard) => inner(&Pieces::within(source, shard)?, shard, part, dst, crew),
        Access::Cells(at) => match cells::apart(source, chain, &at, &dst)? {
            Some(apart) => apart.read(&at, dst),
            None => whole(source, chain, part, dst, crew),
        },
        Access::Whole => whole(source, chain, part, dst, crew),
    }
}

fn whole(
    source: &Source<'_>,
    chain: &Chain,
    part: &Region,
    dst: NdViewMut<'_>,
    crew: Crew<'_>,
) -> Result<(), ChunkError> {
    crew.scratch(|cx| {
        source.lend(chain.encoded_len(), cx, |bytes, cx| {
            Ok(chain.decode_part(bytes, part, dst, cx)?)
        })
    })
}

/// Reads the wanted inner chunks, each by whichever worker is free.
pub(super) fn inner(
    pieces: &Pieces<'_>,
    shard: &Shard,
    part: &Region,
    dst: NdViewMut<'_>,
    crew: Crew<'_>,
) -> Result<(), ChunkError> {
    let parts = Split::new(dst, shard.project(part)?);
    crew.each(parts.len(), |i| {
        let Some((projection, dst)) = parts.take(i) else {
            return Ok(());
        };
        match pieces.get(shard.number(&projection.chunk)) {
            Some(source) => read(&source, shard.inner(), &projection.part, dst, crew),
            None => {
                absent(shard.inner(), dst);
                Ok(())
            }
        }
    })
}

/// What was never written holds the fill value.
pub(super) fn absent(chain: &Chain, mut dst: NdViewMut<'_>) {
    fill(&mut dst, chain.spec().fill_element());
}
