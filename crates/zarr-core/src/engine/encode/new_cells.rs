//! `NewCells`: what some cells of a chunk become.

use zarr_codecs::{AxisRange, Fields, NdView, NdViewMut, Region, all_equal, fill};

use super::NewElements;
use crate::broadcast::Broadcast;
use crate::cells::Cells;

/// New cells: one element for all of them, or one each. Of boxes, there is a view of the part that is meant;
/// scattered cells say themselves which of all elements they mean.
#[derive(Clone)]
pub(super) enum NewCells<'e> {
    Scalar(&'e [u8]),
    Each(NdView<'e>),
    /// Those of a view, where the other view has a 1; it has a byte for each. Only of boxes.
    Masked(NdView<'e>, NdView<'e>),
    Scattered(&'e NewElements, &'e Broadcast),
}

impl<'e> NewCells<'e> {
    /// What is meant for one part of the cells. `None` where it lies outside.
    pub(super) fn of(&self, cells: &Cells) -> Option<NewCells<'e>> {
        Some(match (self, cells) {
            (Self::Each(view), Cells::Box { to, .. }) => NewCells::Each(view.region(to)?),
            (Self::Masked(view, mask), Cells::Box { to, .. }) => {
                NewCells::Masked(view.region(to)?, mask.region(to)?)
            }
            (new, _) => new.clone(),
        })
    }

    /// Writes the cells of `part`, or these fields of them, into a chunk of this shape. `None` where
    /// they do not suit it.
    pub(super) fn write(
        &self,
        cells: &Cells,
        fields: Option<&Fields>,
        memory: &mut [u8],
        shape: &[u64],
        elem: usize,
    ) -> Option<()> {
        match cells {
            Cells::Box { cells, .. } => {
                let mut cells = NdViewMut::over(memory, shape, elem)?.region(cells)?;
                self.put(fields, &mut cells)
            }
            Cells::Scattered(cells) => {
                for run in cells.runs(&Region::whole(shape)) {
                    let cells = memory.get_mut(run.from * elem..(run.from + run.len) * elem)?;
                    let new = match self {
                        Self::Scattered(all, places) => Some((all.run(places, &run)?, all.elem)),
                        _ => None,
                    };
                    if let (Some((new, _)), None) = (&new, fields) {
                        cells.copy_from_slice(new);
                        continue;
                    }
                    let count = [run.len as u64];
                    let mut cells = NdViewMut::over(cells, &count, elem)?;
                    let new = match &new {
                        Some((new, n)) => NewCells::Each(NdView::new(new, &count, *n)?),
                        None => self.clone(),
                    };
                    new.put(fields, &mut cells)?;
                }
                Some(())
            }
        }
    }

    /// Whether all cells become `value`, as far as that is told at once.
    pub(super) fn all_equal(&self, cells: &Cells, value: &[u8]) -> bool {
        match (self, cells) {
            (Self::Scalar(element), _) => *element == value,
            (Self::Each(view), Cells::Box { .. }) => all_equal(view, value),
            _ => false,
        }
    }

    /// Whether no cell changes.
    pub(super) fn is_nothing(&self) -> bool {
        matches!(self, Self::Masked(_, mask) if all_equal(mask, &[0]))
    }

    /// Whether all cells change.
    pub(super) fn is_all(&self) -> bool {
        !matches!(self, Self::Masked(_, mask) if !all_equal(mask, &[1]))
    }

    /// The elements as a whole chunk of this shape, if they are in its order.
    pub(super) fn as_chunk(&self, cells: &Cells, shape: &[u64]) -> Option<&NdView<'e>> {
        match (self, cells) {
            (Self::Each(view), Cells::Box { cells, .. }) => cells.is_whole(shape).then_some(view),
            _ => None,
        }
    }

    /// Puts the elements into cells of as many.
    fn put(&self, fields: Option<&Fields>, cells: &mut NdViewMut<'_>) -> Option<()> {
        let done = match (self, fields) {
            (Self::Scalar(element), None) => {
                fill(cells, element);
                true
            }
            (Self::Scalar(element), Some(fields)) => fields.fill(element, cells),
            (Self::Each(view), None) => cells.copy_from(view),
            (Self::Each(view), Some(fields)) => fields.write(view, cells),
            (Self::Masked(view, mask), _) => return put_masked(view, mask, fields, cells),
            (Self::Scattered(..), _) => false,
        };
        done.then_some(())
    }
}

/// Puts the elements where the mask has a 1. Halves the box until a part has one kind of byte in its mask.
fn put_masked(
    view: &NdView<'_>,
    mask: &NdView<'_>,
    fields: Option<&Fields>,
    cells: &mut NdViewMut<'_>,
) -> Option<()> {
    if all_equal(mask, &[0]) {
        return Some(());
    }
    if all_equal(mask, &[1]) {
        return NewCells::Each(view.clone()).put(fields, cells);
    }
    let shape = mask.shape().iter().map(|&n| n as u64);
    let whole = Region::whole(&shape.collect::<Vec<_>>());
    // The first axis that can be halved: what lies together stays together.
    let axis = whole.ranges.iter().position(|range| range.count() > 1)?;
    let all = whole.ranges.get(axis)?.count();
    for part in [0..all / 2, all / 2..all] {
        let mut half = whole.clone();
        *half.ranges.get_mut(axis)? = AxisRange::dense(part.start, part.end - part.start);
        let mut cells = cells.reborrow().region(&half)?;
        put_masked(
            &view.region(&half)?,
            &mask.region(&half)?,
            fields,
            &mut cells,
        )?;
    }
    Some(())
}
