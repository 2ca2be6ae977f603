//! Scattered cells of a chunk in the order in which they lie in memory: what is wanted of each row, and which spans of
//! memory hold them all. Pure, and nothing is kept per cell of a product.

use std::ops::Range;
use std::sync::Arc;

use zarr_codecs::Region;

use super::listed::ListedCell;
use super::scattered::{CellRun, ScatteredCells};

/// Scattered cells within a box, row by row. Their numbers are those in the box, in C order of its axes taken in a given
/// order. Single cells are all in one row.
#[derive(Debug)]
pub(crate) struct CellRows {
    /// The number of the first cell of each row, and what is added to the places of its cells; in ascending order.
    rows: Vec<ListedCell>,
    /// What is wanted of every row.
    cells: WantedOfRow,
    /// The same, divided where much lies between two cells.
    pieces: Vec<RowPiece>,
}

/// The wanted cells of a row, in ascending order.
#[derive(Debug)]
enum WantedOfRow {
    Each(Vec<ListedCell>),
    Runs(Vec<CellRun>),
}

/// Neighbours among the wanted cells of a row.
#[derive(Debug)]
struct RowPiece {
    /// From the first to the last cell, counted in the row.
    span: Range<u64>,
    /// Which of the cells or runs they are.
    listed: Range<usize>,
}

/// Neighbouring cells in memory of which some are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CellSpan {
    /// Their numbers.
    pub(crate) cells: Range<u64>,
    /// Which pieces of which rows they hold.
    pieces: Range<PieceIndex>,
}

/// A piece of a row: of the first of those rows that are the same for several places.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct PieceIndex {
    row: usize,
    piece: usize,
}

/// Some wanted cells of one row. To each number and each place, those of the row are added.
#[derive(Clone, Copy, Debug)]
pub(crate) enum RowCells<'c> {
    Each(&'c [ListedCell]),
    Runs(&'c [CellRun]),
}

impl CellRows {
    /// The rows of a box, whose axes are taken in this order. No piece of a row is longer than `most` cells, and none
    /// has more than `gap` unwanted cells in succession.
    pub(crate) fn new(
        cells: &ScatteredCells,
        within: &Region,
        order: &[usize],
        (gap, most): (u64, u64),
    ) -> Self {
        let (rows, mut row) = match cells {
            ScatteredCells::Product(lists) => in_rows(lists, within, order),
            points => (
                vec![ListedCell { cell: 0, to: 0 }],
                points.numbered(within, order).into_owned(),
            ),
        };
        row.sort_unstable_by_key(|listed| listed.cell);
        let (cells, pieces) = match runs(&row, most) {
            Some(runs) => {
                let spans = runs.iter().map(|run| (run.from as u64, run.len as u64));
                let pieces = pieces(spans, gap, most);
                (WantedOfRow::Runs(runs), pieces)
            }
            None => {
                let pieces = pieces(row.iter().map(|listed| (listed.cell, 1)), gap, most);
                (WantedOfRow::Each(row), pieces)
            }
        };
        Self {
            rows,
            cells,
            pieces,
        }
    }

    /// The spans that hold all wanted cells, in ascending order. Those with no more than `gap` cells between them are one,
    /// as long as it has no more than `most` cells.
    pub(crate) fn spans(&self, (gap, most): (u64, u64)) -> impl Iterator<Item = CellSpan> + '_ {
        let mut next = PieceIndex { row: 0, piece: 0 };
        std::iter::from_fn(move || {
            let first = next;
            let mut cells = self.span(first)?;
            next = self.behind(first);
            while let Some(span) = self.span(next) {
                let end = cells.end.max(span.end);
                if span.start > cells.end.saturating_add(gap) || end - cells.start > most {
                    break;
                }
                cells.end = end;
                next = self.behind(next);
            }
            let pieces = first..next;
            Some(CellSpan { cells, pieces })
        })
    }

    /// The wanted cells of a span: for each piece of a row, the number and the place to be added to those of its
    /// cells. The numbers count from the first cell of the span on, and wrap.
    pub(crate) fn within(
        &self,
        span: &CellSpan,
    ) -> impl Iterator<Item = (usize, usize, RowCells<'_>)> + '_ {
        let (first, end) = (span.cells.start, span.pieces.end);
        let next = move |at: &PieceIndex| Some(self.behind(*at)).filter(|next| *next < end);
        let pieces = std::iter::successors(Some(span.pieces.start), next);
        pieces.flat_map(move |at| {
            let cells = self.pieces.get(at.piece).and_then(|piece| {
                let listed = piece.listed.clone();
                Some(match &self.cells {
                    WantedOfRow::Each(each) => RowCells::Each(each.get(listed)?),
                    WantedOfRow::Runs(runs) => RowCells::Runs(runs.get(listed)?),
                })
            });
            let rows = self.alike(at.row).iter();
            rows.filter_map(move |row| {
                Some((row.cell.wrapping_sub(first) as usize, row.to, cells?))
            })
        })
    }

    /// This row, and the same for other places.
    fn alike(&self, row: usize) -> &[ListedCell] {
        let rows = self.rows.get(row..).unwrap_or_default();
        let is_other = |other: &ListedCell| rows.first().is_some_and(|row| row.cell != other.cell);
        let end = rows.iter().position(is_other).unwrap_or(rows.len());
        rows.get(..end).unwrap_or_default()
    }

    /// The next piece: of the same row, or of the next other one.
    fn behind(&self, at: PieceIndex) -> PieceIndex {
        let (row, piece) = (at.row, at.piece + 1);
        match piece < self.pieces.len() {
            true => PieceIndex { row, piece },
            false => PieceIndex {
                row: row + self.alike(row).len().max(1),
                piece: 0,
            },
        }
    }

    fn span(&self, at: PieceIndex) -> Option<Range<u64>> {
        let (row, piece) = (self.rows.get(at.row)?, self.pieces.get(at.piece)?);
        let place = |cell: u64| row.cell.saturating_add(cell);
        Some(place(piece.span.start)..place(piece.span.end))
    }
}

/// Runs are copied faster than their cells from so many each on.
const FEW: usize = 4;

/// Cells in ascending order as runs of no more than `most`. `None` if most of them are by themselves.
fn runs(cells: &[ListedCell], most: u64) -> Option<Vec<CellRun>> {
    let mut runs: Vec<CellRun> = Vec::new();
    for listed in cells {
        let (from, to) = (listed.cell as usize, listed.to);
        let is_one_more_too_many = (runs.len() + 1).saturating_mul(FEW) > cells.len();
        let last = runs.last_mut().filter(|run| {
            let next = (run.from.wrapping_add(run.len), run.to + run.len);
            next == (from, to) && (run.len as u64) < most
        });
        match last {
            Some(run) => run.len += 1,
            None if is_one_more_too_many => return None,
            None => runs.push(CellRun { from, to, len: 1 }),
        }
    }
    Some(runs)
}

/// The rows that have cells of a product, in ascending order, and what is wanted of each of them.
fn in_rows(
    lists: &[Arc<[ListedCell]>],
    within: &Region,
    order: &[usize],
) -> (Vec<ListedCell>, Vec<ListedCell>) {
    let one = vec![ListedCell { cell: 0, to: 0 }];
    let along = order.iter().filter_map(|&axis| {
        let (list, range) = (lists.get(axis)?, within.ranges.get(axis)?);
        let inside = |&ListedCell { cell, to }: &ListedCell| ListedCell {
            cell: cell.wrapping_sub(range.start()),
            to,
        };
        let mut list: Vec<ListedCell> = list.iter().map(inside).collect();
        list.sort_unstable_by_key(|listed| listed.cell);
        Some((list, range.count()))
    });
    let mut along: Vec<(Vec<ListedCell>, u64)> = along.collect();
    let Some((row, length)) = along.pop() else {
        return (one.clone(), one);
    };
    let mut rows = one;
    for (list, length) in &along {
        let each = rows.iter().flat_map(|row| {
            list.iter().map(|listed| ListedCell {
                cell: (row.cell.wrapping_mul(*length)).wrapping_add(listed.cell),
                to: row.to + listed.to,
            })
        });
        rows = each.collect();
    }
    for row in &mut rows {
        row.cell = row.cell.wrapping_mul(length);
    }
    (rows, row)
}

/// Divides cells in ascending order, each given with how many follow it, where more than `gap` lie between two, and
/// before there are more than `most`.
fn pieces(listed: impl Iterator<Item = (u64, u64)>, gap: u64, most: u64) -> Vec<RowPiece> {
    let mut pieces: Vec<RowPiece> = Vec::new();
    for (i, (start, len)) in listed.enumerate() {
        let end = start.saturating_add(len);
        let last = pieces.last_mut().filter(|last| {
            let is_close = start <= last.span.end.saturating_add(gap);
            is_close && end.max(last.span.end) - last.span.start <= most
        });
        match last {
            Some(last) => {
                last.span.end = end.max(last.span.end);
                last.listed.end = i + 1;
            }
            None => pieces.push(RowPiece {
                span: start..end,
                listed: i..i + 1,
            }),
        }
    }
    pieces
}
