//! A plane of an array as numbers, read no finer than a picture needs.

use zarr::blocking::Wait;
use zarr::{Array, AxisRange, DataType, Selection, Slice};

use crate::elements::numbers;
use crate::failure::{Exit, Failure};

/// The most elements that are read: of larger planes, only every n-th.
const CELLS: u64 = 4 << 20;

/// Rows and columns of numbers; NaN for elements that are not numbers.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Plane {
    /// The part of the array, in NumPy's notation.
    pub(crate) selection: String,
    /// The number of rows and columns in the array.
    pub(crate) rows: usize,
    pub(crate) columns: usize,
    pub(crate) data_type: DataType,
    /// The index in the array of the first cell.
    pub(crate) origin: Vec<u64>,
    /// The axes along the rows and columns, where these are axes of the array.
    pub(crate) axes: [Option<PlaneAxis>; 2],
    pub(crate) raster: Raster,
}

/// An axis of the array, and the distance from one row or column to the next.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct PlaneAxis {
    pub(crate) axis: usize,
    pub(crate) step: i64,
}

/// Numbers in rows.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Raster {
    pub(crate) width: usize,
    pub(crate) values: Vec<f64>,
}

impl Plane {
    /// Reads the plane of a selection; without one, the first plane of the array.
    pub(crate) fn read(
        array: &Array,
        selection: Option<&Selection>,
        place: &str,
    ) -> Result<Self, Failure> {
        let refuse = |why: String| Failure::new(Exit::Usage, "cannot draw", place, why);
        if numbers::reading(array.dtype()).is_none() {
            let why = format!("its elements are of type {}, not numbers", array.dtype());
            let failure = Failure::new(Exit::Unsupported, "cannot draw", place, why);
            return Err(failure.advice("`zarr read --format text` shows them"));
        }
        let fail = |error: &zarr::Error| Failure::zarr("cannot read", place, error);
        let selection = selection
            .cloned()
            .unwrap_or_else(|| first_plane(array.ndim()));
        let resolved = array
            .chunked()
            .resolve(&selection)
            .map_err(|error| fail(&error))?;
        let out = resolved.out_shape();
        let (rows, columns) = match out {
            [] => (1, 1),
            [columns] => (1, *columns),
            [rows, columns] => (*rows, *columns),
            _ => {
                let why = format!(
                    "`{selection}` leaves {} axes, and a picture has two",
                    out.len()
                );
                return Err(
                    refuse(why).advice(format!("choose one plane: {}", first_plane(array.ndim())))
                );
            }
        };
        let Some(region) = resolved.region() else {
            return Err(refuse(
                "only ranges and single indices can be drawn".to_owned(),
            ));
        };
        let steps = steps(rows, columns);
        let coarse = coarser(&region.ranges, [rows, columns], steps);
        let data = array
            .read_dyn(coarse)
            .wait()
            .map_err(|error| fail(&error))?;
        let mut values = Vec::new();
        let bytes = data.data.as_fixed().unwrap_or_default();
        numbers::each(&data.dtype, bytes, |number| values.push(number.to_f64()));
        let length = |n: u64| usize::try_from(n);
        let (Ok(rows), Ok(width), Ok(columns)) = (
            length(rows),
            length(columns.div_ceil(steps[1])),
            length(columns),
        ) else {
            return Err(refuse(
                "it is wider than anything that can be drawn".to_owned(),
            ));
        };
        if values.is_empty() {
            return Err(refuse("it has no elements".to_owned()));
        }
        let mut axes = kept_axes(&selection, array.ndim()).into_iter().rev();
        let mut side = || {
            let axis = axes.next()??;
            let step = region.ranges.get(axis)?.step();
            Some(PlaneAxis { axis, step })
        };
        let (across, down) = (side(), side());
        Ok(Self {
            selection: selection.to_string(),
            rows,
            columns,
            data_type: array.dtype().clone(),
            origin: region.ranges.iter().map(AxisRange::start).collect(),
            axes: [down, across],
            raster: Raster { width, values },
        })
    }

    /// Reverses the order of rows.
    pub(crate) fn flip(&mut self) {
        let width = self.raster.width.max(1);
        self.raster.values = self
            .raster
            .values
            .chunks(width)
            .rev()
            .flatten()
            .copied()
            .collect();
    }
}

/// The last two axes, at index 0 of all others.
fn first_plane(rank: usize) -> Selection {
    let slice = |axis: usize| match axis + 2 < rank {
        true => Slice::Index(0),
        false => Slice::Full,
    };
    (0..rank).map(slice).collect::<Vec<Slice>>().into()
}

/// The axes of an array that basic indexing leaves, in order; `None` for a new one.
fn kept_axes(selection: &Selection, rank: usize) -> Vec<Option<usize>> {
    let slices = match selection {
        Selection::Basic(slices) => slices.as_slice(),
        _ => &[],
    };
    let is_of_one_axis = |slice: &&Slice| !matches!(slice, Slice::NewAxis | Slice::Ellipsis);
    let others = rank.saturating_sub(slices.iter().filter(is_of_one_axis).count());
    let mut kept = Vec::new();
    let mut axes = 0..rank;
    for slice in slices {
        match slice {
            Slice::Index(_) => drop(axes.next()),
            Slice::NewAxis => kept.push(None),
            Slice::Ellipsis => kept.extend(axes.by_ref().take(others).map(Some)),
            Slice::Range { .. } | Slice::Full => kept.extend(axes.next().map(Some)),
        }
    }
    kept.extend(axes.map(Some));
    kept
}

/// Every how many rows and columns one is read.
fn steps(rows: u64, columns: u64) -> [u64; 2] {
    let side = CELLS.isqrt();
    // What one axis does not need, the other may use.
    let down = rows
        .div_ceil((CELLS / columns.clamp(1, side)).max(1))
        .max(1);
    let across = columns
        .div_ceil((CELLS / rows.div_ceil(down).max(1)).max(1))
        .max(1);
    [down, across]
}

/// The same cells, with larger steps on rows and columns. Dropped axes stay, since only the number of cells and their
/// order matter.
fn coarser(ranges: &[AxisRange], shape: [u64; 2], steps: [u64; 2]) -> Selection {
    let mut left = shape
        .into_iter()
        .zip(steps)
        .filter(|(length, _)| *length > 1);
    let slice = |span: &AxisRange| {
        let times = match span.count() > 1 {
            true => left.next().map_or(1, |(_, step)| step),
            false => 1,
        };
        let index = |at: u64| i64::try_from(at).unwrap_or(i64::MAX);
        let step = span.step().saturating_mul(index(times));
        let last = span.last().unwrap_or(span.start());
        let stop = match step > 0 {
            true => Some(index(last).saturating_add(1)),
            false => last.checked_sub(1).map(index),
        };
        let stop = if span.count() == 0 {
            Some(index(span.start()))
        } else {
            stop
        };
        let start = Some(index(span.start()));
        Slice::Range { start, stop, step }
    };
    ranges.iter().map(slice).collect::<Vec<Slice>>().into()
}

impl Raster {
    pub(crate) fn height(&self) -> usize {
        self.values.len().checked_div(self.width).unwrap_or(0)
    }

    pub(crate) fn row(&self, row: usize) -> &[f64] {
        let start = row.saturating_mul(self.width);
        self.values
            .get(start..start.saturating_add(self.width))
            .unwrap_or_default()
    }

    /// The same with another number of rows and columns: means if there are fewer, repeated if there are more. NaN
    /// only if all values are.
    pub(crate) fn resized(&self, height: usize, width: usize) -> Self {
        let mut values = Vec::with_capacity(height * width);
        for row in 0..height {
            let rows = part(row, height, self.height());
            for column in 0..width {
                let columns = part(column, width, self.width);
                let (mut sum, mut count) = (0.0, 0_u32);
                for row in rows.clone() {
                    let cells = self.row(row).get(columns.clone()).unwrap_or_default();
                    for value in cells.iter().filter(|value| !value.is_nan()) {
                        sum += value;
                        count += 1;
                    }
                }
                values.push(if count == 0 {
                    f64::NAN
                } else {
                    sum / f64::from(count)
                });
            }
        }
        Self { width, values }
    }
}

/// The cells of `from` that make the `i`-th of `to`: at least one.
fn part(i: usize, to: usize, from: usize) -> std::ops::Range<usize> {
    let start = i * from / to;
    start..((i + 1) * from / to).max(start + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_is_read_than_a_picture_needs() {
        assert_eq!(steps(100, 100), [1, 1]);
        assert_eq!(steps(1, CELLS), [1, 1]);
        assert_eq!(steps(1, 3 * CELLS), [1, 3]);
        for (rows, columns) in [
            (1 << 20, 1 << 20),
            (10, 1 << 40),
            (1 << 40, 3),
            (u64::MAX, u64::MAX),
        ] {
            let [down, across] = steps(rows, columns);
            let cells = u128::from(rows.div_ceil(down)) * u128::from(columns.div_ceil(across));
            assert!(
                cells <= u128::from(CELLS),
                "{rows} {columns}: {down} {across}"
            );
        }
    }

    #[test]
    fn rows_and_columns_are_passed_over() {
        let span = |start, count, step| AxisRange::new(start, count, step).unwrap();
        let ranges = [span(3, 1, 1), span(0, 10, 1), span(9, 5, -2)];
        let selection = coarser(&ranges, [10, 5], [4, 2]).to_string();
        assert_eq!(selection, "3:4, 0:10:4, 9:0:-4");
        let shape = |selection: &str| {
            let selection: Selection = selection.parse().unwrap();
            selection
                .resolve(&[4, 10, 10])
                .unwrap()
                .out_shape()
                .to_vec()
        };
        assert_eq!(shape(&selection), [1, 3, 3]);
    }

    #[test]
    fn axes_that_are_left() {
        let kept = |selection: &str| kept_axes(&selection.parse().unwrap(), 4);
        assert_eq!(kept("0, :, 5, ::2"), [Some(1), Some(3)]);
        assert_eq!(kept("0"), [Some(1), Some(2), Some(3)]);
        assert_eq!(kept("..., 0, None"), [Some(0), Some(1), Some(2), None]);
        assert_eq!(kept("1, ..., 3:4, 0"), [Some(1), Some(2)]);
        assert_eq!(kept_axes(&Selection::All, 2), [Some(0), Some(1)]);
    }

    #[test]
    fn pictures_of_other_sizes() {
        let nan = f64::NAN;
        let raster = Raster {
            width: 4,
            values: vec![1.0, 3.0, nan, nan, 5.0, 7.0, nan, 9.0],
        };
        assert_eq!(raster.resized(1, 2).values, [4.0, 9.0]);
        let wide = raster.resized(2, 8);
        assert_eq!(wide.row(1)[..4], [5.0, 5.0, 7.0, 7.0]);
        assert!(wide.row(0)[4].is_nan());
    }
}
