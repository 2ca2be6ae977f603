//! All that is wanted of one chunk, by one selection or several, and where it goes. What several want
//! is decoded once. Knows nothing of how a box of a chunk is read.

use std::collections::BTreeMap;

use smallvec::SmallVec;
use zarr_codecs::{
    ChunkAccess, CodecChain, DisjointParts, NdView, NdViewMut, Region, ShardingCodec,
};

use super::output::Output;
use super::pieces::Pieces;
use super::pool::{Crew, with_scratch};
use super::source::Source;
use super::work::check_held;
use super::{chunk, scattered};
use crate::ChunkError;
use crate::places::{Groups, Places};

/// What one selection wants of a chunk.
pub(super) enum Want<'w> {
    Box {
        part: Region,
        to: NdViewMut<'w>,
        /// Whether `to` holds fill values already.
        filled: bool,
    },
    Places {
        places: Places,
        to: &'w Output,
        filled: bool,
    },
}

/// What there is of a chunk.
#[derive(Clone, Copy)]
pub(super) enum There<'s> {
    Nothing,
    Chunk(&'s Source<'s>),
    /// Of a shard, what was fetched of it.
    Pieces(&'s Pieces<'s>),
}

pub(super) type Wants<'w> = SmallVec<[Want<'w>; 1]>;

/// Brings all that is wanted of a chunk to its place.
pub(super) fn read(
    there: There<'_>,
    chain: &CodecChain,
    wants: Wants<'_>,
    crew: Crew<'_>,
) -> Result<(), ChunkError> {
    let is_shared = wants.len() > 1;
    match (there, chain.shard()) {
        (There::Pieces(pieces), Some(shard)) if is_shared => inner(pieces, shard, wants, crew),
        (There::Chunk(source), Some(shard)) if is_shared => {
            inner(&Pieces::within(source, shard)?, shard, wants, crew)
        }
        (There::Chunk(source), None) if is_shared && !is_in_cells(chain) => {
            decoded(source, chain, wants, crew)
        }
        _ => (wants.into_iter()).try_for_each(|want| want.read(there, chain, crew)),
    }
}

/// Whether cells lie in the chunk as they are, so that nothing is done twice for two of them.
fn is_in_cells(chain: &CodecChain) -> bool {
    let whole = Region::whole(&chain.spec().shape);
    matches!(chain.access(&whole), ChunkAccess::Cells(_))
}

/// Takes what is wanted from the whole chunk.
fn decoded(
    source: &Source<'_>,
    chain: &CodecChain,
    wants: Wants<'_>,
    crew: Crew<'_>,
) -> Result<(), ChunkError> {
    check_held(chain, crew.chunk_bytes())?;
    let (spec, whole) = (chain.spec(), Region::whole(&chain.spec().shape));
    let len = spec.byte_len().ok_or(ChunkError::Worker)?;
    let mut memory = with_scratch(|cx| cx.buffers.take_any(len));
    let view = NdViewMut::over(&mut memory, &spec.shape, spec.elem()).ok_or(ChunkError::Worker)?;
    chunk::read(source, chain, &whole, view, crew)?;
    let view = NdView::new(&memory, &spec.shape, spec.elem()).ok_or(ChunkError::Worker)?;
    for want in wants {
        match want {
            Want::Box { part, mut to, .. } => {
                let cells = view.region(&part).filter(|cells| to.copy_from(cells));
                cells.ok_or(ChunkError::Worker)?;
            }
            Want::Places { places, to, .. } => {
                scattered::take(&memory, &whole, &places, to, spec.elem());
            }
        }
    }
    with_scratch(|cx| cx.buffers.give(memory));
    Ok(())
}

/// What is wanted of a shard, cut by its inner chunks.
#[expect(
    clippy::large_enum_variant,
    reason = "one for each selection that shares the shard"
)]
enum Cut<'w> {
    Boxes(DisjointParts<'w>, bool),
    Groups(Groups, &'w Output, bool),
}

/// Reads what is wanted of each inner chunk, each by whichever worker is free.
fn inner(
    pieces: &Pieces<'_>,
    shard: &ShardingCodec,
    wants: Wants<'_>,
    crew: Crew<'_>,
) -> Result<(), ChunkError> {
    let cuts = wants.into_iter().map(|want| want.cut(shard));
    let cuts: Vec<Cut<'_>> = cuts.collect::<Result<_, _>>()?;
    let mut touched: BTreeMap<usize, Vec<(&Cut<'_>, usize)>> = BTreeMap::new();
    for cut in &cuts {
        for (i, number) in cut.numbers(shard).enumerate() {
            touched.entry(number).or_default().push((cut, i));
        }
    }
    let touched: Vec<_> = touched.into_iter().collect();
    crew.each(touched.len(), |i| {
        let Some((number, wanted)) = touched.get(i) else {
            return Ok(());
        };
        let taken = wanted.iter().map(|(cut, i)| cut.take(*i));
        let wants = taken.collect::<Option<_>>().ok_or(ChunkError::Worker)?;
        let source = pieces.get(*number);
        let there = source.as_ref().map_or(There::Nothing, There::Chunk);
        read(there, shard.inner(), wants, crew)
    })
}

impl<'w> Want<'w> {
    /// The same once more, to be read again where reading failed: by then the memory may hold anything.
    pub(super) fn again(&mut self) -> Want<'_> {
        match self {
            Self::Box { part, to, filled } => Want::Box {
                part: part.clone(),
                to: to.reborrow(),
                filled: std::mem::take(filled),
            },
            Self::Places { places, to, filled } => Want::Places {
                places: places.clone(),
                to,
                filled: std::mem::take(filled),
            },
        }
    }

    /// Reads it as if nobody else wanted anything.
    fn read(self, there: There<'_>, chain: &CodecChain, crew: Crew<'_>) -> Result<(), ChunkError> {
        match self {
            Self::Places { places, to, filled } => {
                scattered::read(there, chain, &places, (to, filled), crew)
            }
            Self::Box { part, to, filled } => match there {
                There::Chunk(source) => chunk::read(source, chain, &part, to, crew),
                There::Pieces(pieces) => {
                    let shard = chain.shard().ok_or(ChunkError::Worker)?;
                    chunk::inner(pieces, shard, &part, to, crew)
                }
                There::Nothing => {
                    if !filled {
                        chunk::absent(chain, to);
                    }
                    Ok(())
                }
            },
        }
    }

    fn cut(self, shard: &ShardingCodec) -> Result<Cut<'w>, ChunkError> {
        Ok(match self {
            Self::Box { part, to, filled } => {
                let split = DisjointParts::new(to, shard.project(&part)?);
                Cut::Boxes(split.ok_or(ChunkError::Worker)?, filled)
            }
            Self::Places { places, to, filled } => {
                Cut::Groups(places.split(&shard.inner().spec().shape), to, filled)
            }
        })
    }
}

impl Cut<'_> {
    /// The inner chunks that are touched, by number.
    fn numbers(&self, shard: &ShardingCodec) -> impl Iterator<Item = usize> {
        let count = match self {
            Self::Boxes(split, _) => split.len(),
            Self::Groups(groups, ..) => groups.len(),
        };
        (0..count).map_while(|i| match self {
            Self::Boxes(split, _) => Some(shard.number(&split.projection(i)?.chunk)),
            Self::Groups(groups, ..) => Some(shard.number(&groups.get(i)?.0)),
        })
    }

    /// What is wanted of the `i`-th of them.
    fn take(&self, i: usize) -> Option<Want<'_>> {
        Some(match self {
            Self::Boxes(split, filled) => {
                let (projection, to) = split.take(i)?;
                let (part, filled) = (projection.part, *filled);
                Want::Box { part, to, filled }
            }
            Self::Groups(groups, to, filled) => {
                let (places, filled) = (groups.get(i)?.1, *filled);
                Want::Places { places, to, filled }
            }
        })
    }
}
