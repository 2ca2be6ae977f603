//! Differences between the elements of two arrays, compared tile by tile in bounded memory.

use std::fmt;
use std::ops::Range;

use serde_json::{Value, json};
use zarr::blocking::Wait;
use zarr::{Array, DataType};

use crate::elements::numbers::{self, Number};
use crate::elements::tiles::{self, StoredTiles};
use crate::elements::{self, display};
use crate::output::progress::{ProgressArgs, ProgressCounts};
use crate::output::text;

/// How far numbers may differ and still count as equal: relative to the second, and absolutely.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tolerance {
    pub(super) relative: f64,
    pub(super) absolute: f64,
}

/// How two arrays differ.
#[derive(Debug)]
pub(super) struct ValueDifferences {
    count: u64,
    of: u64,
    /// The first differing cell and its elements, in the order of the tiles, those that are not stored before the
    /// others.
    at: Vec<u64>,
    a: Value,
    b: Value,
    /// The greatest difference of two numbers.
    by: Option<f64>,
}

/// Compares two arrays of the same shape and type. An error says whether it is that of the first array.
pub(super) fn compare(
    a: &Array,
    b: &Array,
    stored: &StoredTiles,
    tolerance: Tolerance,
    progress: ProgressArgs,
) -> Result<Option<ValueDifferences>, (bool, zarr::Error)> {
    let mut found = absent(a, b, stored, tolerance)?;
    let mut of = stored.absent();
    let progress = progress.begin("parts");
    let mut counts = ProgressCounts {
        total: stored.count(),
        ..ProgressCounts::default()
    };
    for tile in stored.tiles() {
        let x = tiles::read(a, &tile)
            .wait()
            .map_err(|error| (true, error))?;
        let y = tiles::read(b, &tile)
            .wait()
            .map_err(|error| (false, error))?;
        of += tiles::cells_of(&tile);
        counts.done += 1;
        counts.bytes_in += tiles::bytes_of(a, &tile).saturating_mul(2);
        progress.report(counts);
        if x.data == y.data {
            continue;
        }
        let pairs = elements::each(&x).zip(elements::each(&y));
        for (i, (p, q)) in pairs.enumerate() {
            let Some(by) = apart(a.dtype(), p, q, tolerance) else {
                continue;
            };
            let one = || ValueDifferences::at(cell_index(&tile, i), a.dtype(), (p, q));
            found.get_or_insert_with(one).add(1, by);
        }
    }
    progress.end();
    Ok(found.map(|found| ValueDifferences { of, ..found }))
}

/// Compares what is stored in neither array, by their fill values.
fn absent(
    a: &Array,
    b: &Array,
    stored: &StoredTiles,
    tolerance: Tolerance,
) -> Result<Option<ValueDifferences>, (bool, zarr::Error)> {
    let Some(at) = stored.first_absent() else {
        return Ok(None);
    };
    let p = a.fill_value().map_err(|error| (true, error))?;
    let q = b.fill_value().map_err(|error| (false, error))?;
    let pair = (p.as_bytes(), q.as_bytes());
    Ok(apart(a.dtype(), pair.0, pair.1, tolerance).map(|by| {
        let mut found = ValueDifferences::at(at, a.dtype(), pair);
        found.add(stored.absent(), by);
        found
    }))
}

/// `None` if two elements are equal within the tolerance, else their difference, if it is a number.
fn apart(data_type: &DataType, a: &[u8], b: &[u8], tolerance: Tolerance) -> Option<Option<f64>> {
    if a == b {
        return None;
    }
    // Both parts of complex numbers are compared.
    let parts = match data_type {
        DataType::Complex64 => &DataType::Float32,
        DataType::Complex128 => &DataType::Float64,
        other => other,
    };
    if numbers::reading(parts).is_none() {
        return Some(None);
    }
    let all = |bytes: &[u8]| {
        let mut all = Vec::new();
        numbers::each(parts, bytes, |number| all.push(number));
        all
    };
    let pairs = all(a).into_iter().zip(all(b));
    let by = pairs
        .filter_map(|(a, b)| distance(a, b, tolerance))
        .reduce(f64::max);
    by.map(|by| Some(by).filter(|by| !by.is_nan()))
}

/// `None` if they are equal within the tolerance; NaN if only one of them is a number.
fn distance(a: Number, b: Number, tolerance: Tolerance) -> Option<f64> {
    let (x, y) = (a.to_f64(), b.to_f64());
    let same = match (a, b) {
        (Number::Int(a), Number::Int(b)) => a == b,
        _ => x == y || x.is_nan() && y.is_nan(),
    };
    let by = match (a, b) {
        (Number::Int(a), Number::Int(b)) => a.abs_diff(b) as f64,
        _ => (x - y).abs(),
    };
    let near = by <= tolerance.absolute + tolerance.relative * y.abs();
    (!same && !near).then_some(by)
}

/// The index of the `i`-th cell of a tile.
fn cell_index(tile: &[Range<u64>], i: usize) -> Vec<u64> {
    let mut rest = i as u64;
    let mut at: Vec<u64> = tile
        .iter()
        .rev()
        .map(|range| {
            let length = (range.end - range.start).max(1);
            let along = rest % length;
            rest /= length;
            range.start + along
        })
        .collect();
    at.reverse();
    at
}

impl ValueDifferences {
    /// No differences yet, with the first differing cell.
    fn at(at: Vec<u64>, data_type: &DataType, (a, b): (&[u8], &[u8])) -> Self {
        Self {
            count: 0,
            of: 0,
            at,
            a: display::json(data_type, a),
            b: display::json(data_type, b),
            by: None,
        }
    }

    /// Adds differences of up to `by`.
    fn add(&mut self, count: u64, by: Option<f64>) {
        self.count += count;
        self.by = match (self.by, by) {
            (Some(most), Some(by)) => Some(most.max(by)),
            (most, by) => most.or(by),
        };
    }

    pub(super) fn to_json(&self) -> Value {
        json!({
            "count": self.count,
            "of": self.of,
            "first": {"index": self.at, "a": self.a, "b": self.b},
            "max_abs_difference": self.by,
        })
    }
}

impl fmt::Display for ValueDifferences {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (at, share) = (text::tuple(&self.at), text::percent(self.count, self.of));
        write!(
            f,
            "{} of {} elements differ ({share}), the first at {at}: {} and {}",
            self.count, self.of, self.a, self.b
        )?;
        match self.by {
            Some(by) => write!(f, "; by {by} at most"),
            None => Ok(()),
        }
    }
}
