//! Cells that are not evenly spaced, each with its place in the data: orthogonal lists, points and masks.
//! Pure: no I/O, and nothing about bytes.
//!
//! There are two kinds. A *product* has one list per axis and stands for every combination; the places of a
//! combination add up, so that nothing is kept per cell. *Points* have a place each: see `points`.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use zarr_codecs::{AxisGrid, CodecError, CodecErrorKind, Dims, Region, ShardingCodec};

use super::listed::{ListedCell, locate};
use super::points::{ChunkPoints, PointCells, PointsByChunk, reach};

/// Cells of an array or a chunk, and the place of each in the data, in elements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ScatteredCells {
    /// Every combination of one cell per axis; the `to`s of a combination are added.
    Product(Dims<Arc<[ListedCell]>>),
    /// Single cells of an array. Shared, since a selection can be cloned.
    Points(Arc<PointCells>),
    /// Single cells of a chunk.
    ChunkPoints(ChunkPoints),
}

/// Cells that are neighbours both in a box and in the data, in elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CellRun {
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) len: usize,
}

impl ScatteredCells {
    /// The cells of a box, which is no larger than memory, in C order.
    pub(crate) fn of_box(cells: &Region) -> Self {
        let mut stride = 1;
        let mut axes: Dims<Arc<[ListedCell]>> = Dims::new();
        for range in cells.ranges.iter().rev() {
            let listed = range.cells().zip(0..);
            let listed = listed.map(|(cell, i): (u64, usize)| ListedCell {
                cell,
                to: i * stride,
            });
            axes.push(listed.collect());
            stride *= range.count() as usize;
        }
        axes.reverse();
        Self::Product(axes)
    }

    /// The number of cells; a cell that is selected twice counts twice.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Product(axes) => axes.iter().map(|axis| axis.len()).product(),
            Self::Points(points) => points.places().len(),
            Self::ChunkPoints(points) => points.listed().len(),
        }
    }

    /// Each cell by itself.
    pub(crate) fn to_points(&self) -> Arc<PointCells> {
        let axes = match self {
            Self::Product(axes) => axes,
            Self::Points(points) => return Arc::clone(points),
            Self::ChunkPoints(points) => return Arc::new(points.located()),
        };
        let mut cells: Dims<Vec<u64>> = axes.iter().map(|_| Vec::new()).collect();
        let mut to = Vec::new();
        for i in 0..self.len() {
            let (mut rest, mut place) = (i, 0);
            for (axis, cells) in axes.iter().zip(&mut cells).rev() {
                if let Some(listed) = axis.get(rest % axis.len()) {
                    cells.push(listed.cell);
                    place += listed.to;
                }
                rest /= axis.len();
            }
            to.push(place);
        }
        Arc::new(PointCells::placed(cells, to))
    }

    /// Groups the cells by the chunks that hold them. `None` if they are too many to count.
    pub(crate) fn by_chunk(&self, grid: &[AxisGrid]) -> Option<ScatteredByChunk> {
        Some(match self {
            Self::Product(axes) => {
                let axes = axes.iter().zip(grid);
                let groups: Dims<_> = axes
                    .map(|(axis, axis_grid)| by_chunk(axis, axis_grid))
                    .collect();
                ScatteredByChunk::Product(groups)
            }
            Self::Points(points) => ScatteredByChunk::Points(points.by_chunk(grid)?),
            Self::ChunkPoints(points) => ScatteredByChunk::Points(points.located().by_chunk(grid)?),
        })
    }

    /// Groups the cells of a shard by its inner chunks.
    ///
    /// # Errors
    /// If they are too many to count.
    pub(crate) fn by_inner_chunk(
        &self,
        shard: &ShardingCodec,
    ) -> Result<ScatteredByChunk, CodecError> {
        let by_chunk = self.by_chunk(&AxisGrid::each(&shard.inner().spec().shape));
        by_chunk.ok_or_else(|| {
            let text = "the selected cells of a shard are more than this machine can count";
            CodecErrorKind::Mismatch(text.into()).of("sharding_indexed")
        })
    }

    /// The smallest box that holds all cells.
    pub(crate) fn bounds(&self) -> Region {
        let axes = match self {
            Self::Product(axes) => axes,
            Self::Points(points) => return points.bounds(),
            Self::ChunkPoints(points) => return points.located().bounds(),
        };
        let cells = |axis: &Arc<[ListedCell]>| {
            let cells: Vec<u64> = axis.iter().map(|listed| listed.cell).collect();
            reach(&cells)
        };
        let (low, shape): (Dims<u64>, Dims<u64>) = axes.iter().map(cells).unzip();
        Region::dense(&low, &shape)
    }

    /// Whether all cells of a box of this shape at the origin are selected.
    pub(crate) fn covers(&self, extent: &[u64]) -> bool {
        let is_all = |cells: &mut dyn Iterator<Item = u64>, length: u64, given: usize| {
            let enough = usize::try_from(length).is_ok_and(|length| length <= given);
            enough && {
                // No longer than the list of cells.
                let mut seen = vec![false; length as usize];
                for cell in cells {
                    if let Some(seen) = usize::try_from(cell).ok().and_then(|i| seen.get_mut(i)) {
                        *seen = true;
                    }
                }
                seen.into_iter().all(|seen| seen)
            }
        };
        match self {
            Self::Product(axes) => axes.iter().zip(extent).all(|(axis, &length)| {
                is_all(&mut axis.iter().map(|place| place.cell), length, axis.len())
            }),
            Self::Points(_) | Self::ChunkPoints(_) => {
                let whole = Region::whole(extent);
                zarr_codecs::volume(extent).is_some_and(|volume| {
                    let numbered = self.in_c_order(&whole);
                    let mut numbers = numbered.iter().map(|listed| listed.cell);
                    is_all(&mut numbers, volume, numbered.len())
                })
            }
        }
    }

    /// Single cells by their numbers in a dense box that holds them all, in C order of its axes taken in this order.
    pub(super) fn numbered(&self, within: &Region, order: &[usize]) -> Cow<'_, [ListedCell]> {
        match self {
            Self::ChunkPoints(points) if order.is_sorted() && within.is_whole(points.shape()) => {
                Cow::Borrowed(points.listed())
            }
            _ => Cow::Owned(self.to_points().numbered(within, order)),
        }
    }

    fn in_c_order(&self, within: &Region) -> Cow<'_, [ListedCell]> {
        let order: Dims<usize> = (0..within.ranges.len()).collect();
        self.numbered(within, &order)
    }

    /// The runs of cells within `bounds`, a dense box that holds them all, in the order of the data.
    pub(crate) fn runs(&self, bounds: &Region) -> Vec<CellRun> {
        let (start, shape) = (bounds.start(), bounds.shape());
        let mut runs = Vec::new();
        match self {
            Self::Product(axes) => {
                let Some((last, outer)) = axes.split_last() else {
                    add(&mut runs, 0, 0);
                    return runs;
                };
                let mut row = Vec::new();
                let first = start.last().copied().unwrap_or(0);
                for place in last.iter() {
                    add(&mut row, (place.cell - first) as usize, place.to);
                }
                let length = shape.last().map_or(1, |&length| length as usize);
                rows(outer, &start, &shape, (0, 0), &mut |number, to| {
                    for run in &row {
                        runs.push(CellRun {
                            from: number * length + run.from,
                            to: to + run.to,
                            len: run.len,
                        });
                    }
                });
            }
            Self::Points(_) | Self::ChunkPoints(_) => {
                for listed in self.in_c_order(bounds).iter() {
                    add(&mut runs, listed.cell as usize, listed.to);
                }
            }
        }
        runs
    }
}

/// Calls `each` with the row in the box and the offset in the data of every combination of the outer axes.
fn rows(
    outer: &[Arc<[ListedCell]>],
    start: &[u64],
    shape: &[u64],
    (row, to): (usize, usize),
    each: &mut dyn FnMut(usize, usize),
) {
    let (Some((axis, outer)), [first, start @ ..], [length, shape @ ..]) =
        (outer.split_first(), start, shape)
    else {
        return each(row, to);
    };
    for place in axis.iter() {
        let row = row * *length as usize + (place.cell - first) as usize;
        rows(outer, start, shape, (row, to + place.to), each);
    }
}

/// Adds a cell to the last run if it continues it, or begins a new run.
fn add(runs: &mut Vec<CellRun>, from: usize, to: usize) {
    match runs.last_mut() {
        Some(run) if (run.from + run.len, run.to + run.len) == (from, to) => run.len += 1,
        _ => runs.push(CellRun { from, to, len: 1 }),
    }
}

/// Scattered cells by the chunks that hold them: a product of lists of chunks, or a list of chunks, in
/// ascending order. Access is random, so that threads can share it.
#[derive(Clone, Debug)]
pub(crate) enum ScatteredByChunk {
    Product(Dims<Vec<(u64, Arc<[ListedCell]>)>>),
    Points(PointsByChunk),
}

impl ScatteredByChunk {
    /// The number of chunks.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Product(axes) => axes
                .iter()
                .fold(1, |n: usize, axis| n.saturating_mul(axis.len())),
            Self::Points(points) => points.len(),
        }
    }

    /// The `i`-th chunk, and the cells within it.
    pub(crate) fn get(&self, i: usize) -> Option<(Dims<u64>, ScatteredCells)> {
        if i >= self.len() {
            return None;
        }
        match self {
            Self::Product(axes) => {
                let (mut chunk, mut places) = (Dims::new(), Dims::new());
                let mut rest = i;
                for axis in axes.iter().rev() {
                    let (at, cells) = axis.get(rest % axis.len())?;
                    rest /= axis.len();
                    chunk.insert(0, *at);
                    places.insert(0, Arc::clone(cells));
                }
                Some((chunk, ScatteredCells::Product(places)))
            }
            Self::Points(points) => {
                let (chunk, points) = points.get(i)?;
                Some((chunk.clone(), ScatteredCells::ChunkPoints(points.clone())))
            }
        }
    }

    /// The position of a chunk, if it holds any of the cells: the inverse of [`get`](Self::get).
    pub(crate) fn find(&self, chunk: &[u64]) -> Option<usize> {
        match self {
            Self::Product(axes) => axes.iter().zip(chunk).try_fold(0, |number, (axis, chunk)| {
                let at = axis.binary_search_by_key(chunk, |(at, _)| *at).ok()?;
                Some(number * axis.len() + at)
            }),
            Self::Points(points) => points.find(chunk),
        }
    }

    /// The number of cells in these chunks.
    pub(crate) fn cells(&self, chunks: Range<usize>) -> usize {
        match self {
            Self::Product(axes) => {
                let cells = |mut rest: usize| {
                    let along = axes.iter().rev().map(|axis| {
                        let (_, places) = &axis[rest % axis.len()];
                        rest /= axis.len();
                        places.len()
                    });
                    along.product::<usize>()
                };
                chunks.map(cells).sum()
            }
            Self::Points(points) => points.cells(chunks),
        }
    }
}

fn by_chunk(axis: &[ListedCell], axis_grid: &AxisGrid) -> Vec<(u64, Arc<[ListedCell]>)> {
    let mut groups: BTreeMap<u64, Vec<ListedCell>> = BTreeMap::new();
    for &ListedCell { cell, to } in axis {
        let (chunk, inside) = locate(axis_grid, cell);
        let inside = ListedCell { cell: inside, to };
        groups.entry(chunk).or_default().push(inside);
    }
    let groups = groups.into_iter();
    groups
        .map(|(chunk, places)| (chunk, places.into()))
        .collect()
}

#[cfg(test)]
#[path = "scattered/tests.rs"]
mod tests;
