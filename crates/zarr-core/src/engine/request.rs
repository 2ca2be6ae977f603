//! All that is wanted of one chunk, by one selection or several, and where it goes. What several want
//! is decoded once. Knows nothing of how a box of a chunk is read.

use std::collections::BTreeMap;

use smallvec::SmallVec;
use zarr_codecs::{Access, Chain, NdView, NdViewMut, Region, Shard, Split};

use super::output::Output;
use super::pieces::InnerChunks;
use super::pool::{Workers, with_scratch};
use super::source::ChunkSource;
use super::work::check_held;
use super::{decode, scattered};
use crate::ChunkError;
use crate::cells::scattered::{Groups, Places};

/// What one selection wants of a chunk.
pub(super) enum ChunkRequest<'w> {
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
pub(super) enum ChunkData<'s> {
    Nothing,
    Chunk(&'s ChunkSource<'s>),
    /// Of a shard, what was fetched of it.
    InnerChunks(&'s InnerChunks<'s>),
}

pub(super) type ChunkRequests<'w> = SmallVec<[ChunkRequest<'w>; 1]>;

/// Brings all that is wanted of a chunk to its place.
pub(super) fn read(
    there: ChunkData<'_>,
    chain: &Chain,
    wants: ChunkRequests<'_>,
    workers: Workers<'_>,
) -> Result<(), ChunkError> {
    let is_shared = wants.len() > 1;
    match (there, chain.shard()) {
        (ChunkData::InnerChunks(pieces), Some(shard)) if is_shared => {
            inner(pieces, shard, wants, workers)
        }
        (ChunkData::Chunk(source), Some(shard)) if is_shared => {
            inner(&InnerChunks::within(source, shard)?, shard, wants, workers)
        }
        (ChunkData::Chunk(source), None) if is_shared && !is_in_cells(chain) => {
            decoded(source, chain, wants, workers)
        }
        _ => (wants.into_iter()).try_for_each(|want| want.read(there, chain, workers)),
    }
}

/// Whether cells lie in the chunk as they are, so that nothing is done twice for two of them.
fn is_in_cells(chain: &Chain) -> bool {
    let whole = Region::whole(&chain.spec().shape);
    matches!(chain.access(&whole), Access::Cells(_))
}

/// Takes what is wanted from the whole chunk.
fn decoded(
    source: &ChunkSource<'_>,
    chain: &Chain,
    wants: ChunkRequests<'_>,
    workers: Workers<'_>,
) -> Result<(), ChunkError> {
    check_held(chain, workers.chunk_bytes())?;
    let (spec, whole) = (chain.spec(), Region::whole(&chain.spec().shape));
    let len = spec.byte_len().ok_or(ChunkError::Worker)?;
    let mut memory = with_scratch(|cx| cx.buffers.take_any(len));
    let view = NdViewMut::over(&mut memory, &spec.shape, spec.elem()).ok_or(ChunkError::Worker)?;
    decode::read(source, chain, &whole, view, workers)?;
    let view = NdView::new(&memory, &spec.shape, spec.elem()).ok_or(ChunkError::Worker)?;
    for want in wants {
        match want {
            ChunkRequest::Box { part, mut to, .. } => {
                let cells = view.region(&part).filter(|cells| to.copy_from(cells));
                cells.ok_or(ChunkError::Worker)?;
            }
            ChunkRequest::Places { places, to, .. } => {
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
enum SplitRequest<'w> {
    Boxes(Split<'w>, bool),
    Groups(Groups, &'w Output, bool),
}

/// Reads what is wanted of each inner chunk, each by whichever worker is free.
fn inner(
    pieces: &InnerChunks<'_>,
    shard: &Shard,
    wants: ChunkRequests<'_>,
    workers: Workers<'_>,
) -> Result<(), ChunkError> {
    let cuts = wants.into_iter().map(|want| want.cut(shard));
    let cuts: Vec<SplitRequest<'_>> = cuts.collect::<Result<_, _>>()?;
    let mut touched: BTreeMap<usize, Vec<(&SplitRequest<'_>, usize)>> = BTreeMap::new();
    for cut in &cuts {
        for (i, number) in cut.numbers(shard).enumerate() {
            touched.entry(number).or_default().push((cut, i));
        }
    }
    let touched: Vec<_> = touched.into_iter().collect();
    workers.each(touched.len(), |i| {
        let Some((number, wanted)) = touched.get(i) else {
            return Ok(());
        };
        let taken = wanted.iter().map(|(cut, i)| cut.take(*i));
        let wants = taken.collect::<Option<_>>().ok_or(ChunkError::Worker)?;
        let source = pieces.get(*number);
        let there = source.as_ref().map_or(ChunkData::Nothing, ChunkData::Chunk);
        read(there, shard.inner(), wants, workers)
    })
}

impl<'w> ChunkRequest<'w> {
    /// The same once more, to be read again where reading failed: by then the memory may hold anything.
    pub(super) fn again(&mut self) -> ChunkRequest<'_> {
        match self {
            Self::Box { part, to, filled } => ChunkRequest::Box {
                part: part.clone(),
                to: to.reborrow(),
                filled: std::mem::take(filled),
            },
            Self::Places { places, to, filled } => ChunkRequest::Places {
                places: places.clone(),
                to,
                filled: std::mem::take(filled),
            },
        }
    }

    /// Reads it as if nobody else wanted anything.
    fn read(
        self,
        there: ChunkData<'_>,
        chain: &Chain,
        workers: Workers<'_>,
    ) -> Result<(), ChunkError> {
        match self {
            Self::Places { places, to, filled } => {
                scattered::read(there, chain, &places, (to, filled), workers)
            }
            Self::Box { part, to, filled } => match there {
                ChunkData::Chunk(source) => decode::read(source, chain, &part, to, workers),
                ChunkData::InnerChunks(pieces) => {
                    let shard = chain.shard().ok_or(ChunkError::Worker)?;
                    decode::inner(pieces, shard, &part, to, workers)
                }
                ChunkData::Nothing => {
                    if !filled {
                        decode::absent(chain, to);
                    }
                    Ok(())
                }
            },
        }
    }

    fn cut(self, shard: &Shard) -> Result<SplitRequest<'w>, ChunkError> {
        Ok(match self {
            Self::Box { part, to, filled } => {
                let split = Split::new(to, shard.project(&part)?);
                SplitRequest::Boxes(split.ok_or(ChunkError::Worker)?, filled)
            }
            Self::Places { places, to, filled } => {
                SplitRequest::Groups(places.split(&shard.inner().spec().shape), to, filled)
            }
        })
    }
}

impl SplitRequest<'_> {
    /// The inner chunks that are touched, by number.
    fn numbers(&self, shard: &Shard) -> impl Iterator<Item = usize> {
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
    fn take(&self, i: usize) -> Option<ChunkRequest<'_>> {
        Some(match self {
            Self::Boxes(split, filled) => {
                let (projection, to) = split.take(i)?;
                let (part, filled) = (projection.part, *filled);
                ChunkRequest::Box { part, to, filled }
            }
            Self::Groups(groups, to, filled) => {
                let (places, filled) = (groups.get(i)?.1, *filled);
                ChunkRequest::Places { places, to, filled }
            }
        })
    }
}
