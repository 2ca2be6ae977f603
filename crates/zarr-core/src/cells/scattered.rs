//! Cells that are not evenly spaced, each with its place in the data: orthogonal lists, points and masks.
//! Pure: no I/O, and nothing about bytes.
//!
//! There are two kinds. A *product* has one list per axis and stands for every combination; the places of a
//! combination add up, so that nothing is kept per cell. *Points* have a place each.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use zarr_codecs::{AxisGrid, Dims, Region, ShardingCodec};

/// Cells of an array or a chunk, and the place of each in the data, in elements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ScatteredCells {
    /// Every combination of one cell per axis; the `to`s of a combination are added.
    Product(Dims<Arc<[ListedCell]>>),
    /// Single cells. Shared, since the points of a chunk are asked for more than once.
    Points(Arc<PointCells>),
}

/// A coordinate along one axis, and its place in the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ListedCell {
    pub(crate) cell: u64,
    pub(crate) to: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PointCells {
    rank: usize,
    /// The coordinates of each point in turn.
    cells: Vec<u64>,
    to: Vec<usize>,
}

/// Cells that are neighbours both in a box and in the data, in elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CellRun {
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) len: usize,
}

impl PointCells {
    /// Points of `rank` coordinates each, which are in the data in this order.
    pub(crate) fn new(rank: usize, cells: Vec<u64>) -> Self {
        let count = cells.len().checked_div(rank).unwrap_or(0);
        Self {
            rank,
            cells,
            to: (0..count).collect(),
        }
    }

    /// The same, each at its own place in the data.
    pub(crate) fn placed(rank: usize, cells: Vec<u64>, to: Vec<usize>) -> Self {
        Self { rank, cells, to }
    }

    /// The place of each point in the data.
    pub(crate) fn places(&self) -> &[usize] {
        &self.to
    }

    /// Each point, and its place in the data.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&[u64], usize)> {
        self.cells
            .chunks_exact(self.rank.max(1))
            .zip(self.to.iter().copied())
    }
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
            Self::Points(points) => points.to.len(),
        }
    }

    /// Each cell by itself.
    pub(crate) fn to_points(&self) -> Arc<PointCells> {
        let axes = match self {
            Self::Product(axes) => axes,
            Self::Points(points) => return Arc::clone(points),
        };
        let (mut cells, mut to) = (Vec::new(), Vec::new());
        for i in 0..self.len() {
            let (mut rest, mut place, end) = (i, 0, cells.len());
            for axis in axes.iter().rev() {
                if let Some(listed) = axis.get(rest % axis.len()) {
                    cells.push(listed.cell);
                    place += listed.to;
                }
                rest /= axis.len();
            }
            if let Some(cell) = cells.get_mut(end..) {
                cell.reverse();
            }
            to.push(place);
        }
        Arc::new(PointCells::placed(axes.len(), cells, to))
    }

    /// Groups the cells by the chunks that hold them.
    pub(crate) fn by_chunk(&self, grid: &[AxisGrid]) -> ScatteredByChunk {
        match self {
            Self::Product(axes) => {
                let axes = axes.iter().zip(grid);
                let groups: Dims<_> = axes
                    .map(|(axis, axis_grid)| by_chunk(axis, axis_grid))
                    .collect();
                ScatteredByChunk::Product(groups)
            }
            Self::Points(points) => ScatteredByChunk::Points(points_by_chunk(points, grid)),
        }
    }

    /// Groups the cells of a shard by its inner chunks.
    pub(crate) fn by_inner_chunk(&self, shard: &ShardingCodec) -> ScatteredByChunk {
        self.by_chunk(&AxisGrid::each(&shard.inner().spec().shape))
    }

    /// The smallest box that holds all cells.
    pub(crate) fn bounds(&self) -> Region {
        let mut low: Dims<u64> = Dims::new();
        let mut high: Dims<u64> = Dims::new();
        match self {
            Self::Product(axes) => {
                for axis in axes {
                    low.push(axis.iter().map(|place| place.cell).min().unwrap_or(0));
                    let last = axis.iter().map(|place| place.cell).max();
                    high.push(last.map_or(0, |last| last + 1));
                }
            }
            Self::Points(points) => {
                let rank = points.rank;
                low.resize(rank, if points.to.is_empty() { 0 } else { u64::MAX });
                high.resize(rank, 0);
                for (cell, _) in points.iter() {
                    for ((low, high), &at) in low.iter_mut().zip(&mut high).zip(cell) {
                        (*low, *high) = ((*low).min(at), (*high).max(at + 1));
                    }
                }
            }
        }
        let shape: Dims<u64> = low
            .iter()
            .zip(&high)
            .map(|(low, high)| high - low)
            .collect();
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
            Self::Points(points) => zarr_codecs::volume(extent).is_some_and(|volume| {
                let mut flat = points.iter().map(|(cell, _)| number(cell, extent));
                is_all(&mut flat, volume, points.to.len())
            }),
        }
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
            Self::Points(points) => {
                for (cell, to) in points.iter() {
                    add(&mut runs, number_in(cell, &start, &shape), to);
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

/// The index of a cell of a box in C order.
fn number(cell: &[u64], shape: &[u64]) -> u64 {
    let axes = cell.iter().zip(shape);
    axes.fold(0, |number, (&at, &length)| number * length + at)
}

/// The index of a cell of a box that begins at `start`, in C order.
fn number_in(cell: &[u64], start: &[u64], shape: &[u64]) -> usize {
    let axes = cell.iter().zip(start).zip(shape);
    axes.fold(0, |number, ((&at, &start), &length)| {
        number * length as usize + (at - start) as usize
    })
}

/// Scattered cells by the chunks that hold them: a product of lists of chunks, or a list of chunks, in
/// ascending order. Access is random, so that threads can share it.
#[derive(Clone, Debug)]
pub(crate) enum ScatteredByChunk {
    Product(Dims<Vec<(u64, Arc<[ListedCell]>)>>),
    Points(Vec<(Dims<u64>, Arc<PointCells>)>),
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
                Some((chunk.clone(), ScatteredCells::Points(Arc::clone(points))))
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
            Self::Points(points) => points
                .binary_search_by(|(at, _)| at.as_slice().cmp(chunk))
                .ok(),
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
            Self::Points(points) => {
                let points = points.get(chunks).unwrap_or_default().iter();
                points.map(|(_, points)| points.to.len()).sum()
            }
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

/// The chunk of a cell, and the place of the cell in it; all cells lie in chunks.
fn locate(axis_grid: &AxisGrid, cell: u64) -> (u64, u64) {
    axis_grid.locate(cell).unwrap_or((cell, 0))
}

/// Groups points by their chunks. Points of one chunk keep their order, so that of two equal ones the later is
/// written last.
fn points_by_chunk(points: &PointCells, grid: &[AxisGrid]) -> Vec<(Dims<u64>, Arc<PointCells>)> {
    let rank = points.rank;
    let (mut chunks, mut inside) = (Vec::new(), Vec::new());
    chunks.reserve_exact(points.cells.len());
    inside.reserve_exact(points.cells.len());
    for (cell, _) in points.iter() {
        for (&at, axis_grid) in cell.iter().zip(grid) {
            let (chunk, at) = locate(axis_grid, at);
            chunks.push(chunk);
            inside.push(at);
        }
    }
    // Each is a few numbers, which iterators compare and copy faster than slices do.
    let chunk = |i: usize| chunks[i * rank..(i + 1) * rank].iter();
    let order = in_order(&chunks, rank, points.to.len());
    let groups = order.chunk_by(|&a, &b| chunk(a).eq(chunk(b)));
    let group = |numbers: &[usize]| {
        let at = chunk(*numbers.first()?).copied().collect();
        let mut cells = Vec::with_capacity(numbers.len() * rank);
        for &i in numbers {
            cells.extend(inside[i * rank..(i + 1) * rank].iter().copied());
        }
        let to = numbers.iter().map(|&i| points.to[i]).collect();
        Some((at, Arc::new(PointCells { rank, cells, to })))
    };
    groups.filter_map(group).collect()
}

/// The indices of points sorted by chunk; those of one chunk keep their order.
fn in_order(chunks: &[u64], rank: usize, count: usize) -> Vec<usize> {
    let each = || chunks.chunks_exact(rank.max(1));
    let (mut low, mut high) = (
        Dims::<u64>::from_elem(u64::MAX, rank),
        Dims::from_elem(0, rank),
    );
    for chunk in each() {
        for ((low, high), &at) in low.iter_mut().zip(&mut high).zip(chunk) {
            (*low, *high) = ((*low).min(at), (*high).max(at + 1));
        }
    }
    let shape: Dims<u64> = high
        .iter()
        .zip(&low)
        .map(|(h, l)| h.saturating_sub(*l))
        .collect();
    let volume = zarr_codecs::volume(&shape).and_then(|volume| usize::try_from(volume).ok());
    let Some(volume) = volume.filter(|&volume| rank > 0 && volume <= count.saturating_mul(2))
    else {
        // The chunks are far apart: a sort by comparison costs less than one by counting.
        let mut order: Vec<usize> = (0..count).collect();
        order.sort_by_key(|&i| &chunks[i * rank..(i + 1) * rank]);
        return order;
    };
    let number = |chunk: &[u64]| number_in(chunk, &low, &shape);
    let mut ends = vec![0_usize; volume + 1];
    each().for_each(|chunk| ends[number(chunk) + 1] += 1);
    (0..volume).for_each(|i| ends[i + 1] += ends[i]);
    let mut order = vec![0; count];
    for (i, chunk) in each().enumerate() {
        let next = &mut ends[number(chunk)];
        order[*next] = i;
        *next += 1;
    }
    order
}

#[cfg(test)]
#[path = "scattered/tests.rs"]
mod tests;
