//! A plane of an array as numbers, and as the pixels of a canvas.

use wasm_bindgen::prelude::wasm_bindgen;
use zarr::{Array, Selection, Slice};

use crate::colors;

/// The most rows and columns that are read: of larger planes, only every n-th.
const LONGEST: u64 = 1024;

/// Rows and columns of numbers.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Plane {
    rows: usize,
    columns: usize,
    steps: [u64; 2],
    values: Vec<f64>,
}

impl Plane {
    /// The last two axes, at these indices of those before.
    pub(crate) async fn read(array: &Array, at: &[f64]) -> zarr::Result<Self> {
        let shape = array.shape();
        let leading = shape.len().saturating_sub(2);
        let steps = |length: &u64| length.div_ceil(LONGEST).max(1);
        let steps: Vec<u64> = shape.iter().skip(leading).map(steps).collect();
        let mut slices: Vec<Slice> = (0..leading)
            .map(|axis| Slice::Index(at.get(axis).copied().unwrap_or(0.0) as i64))
            .collect();
        slices.extend(steps.iter().map(|&step| Slice::Range {
            start: None,
            stop: None,
            step: i64::try_from(step).unwrap_or(i64::MAX),
        }));
        let data = array.read::<f64>(Selection::from(slices)).cast().await?;
        let [rows, columns] = match *data.shape() {
            [] => [1, 1],
            [columns] => [1, columns],
            [rows, columns, ..] => [rows, columns],
        };
        let steps = match *steps {
            [] => [1, 1],
            [across] => [1, across],
            [down, across, ..] => [down, across],
        };
        let values = data.into_iter().collect();
        Ok(Self {
            rows,
            columns,
            steps,
            values,
        })
    }

    /// The least and the greatest number; both NaN where there is none.
    fn ends(&self) -> [f64; 2] {
        let finite = || {
            self.values
                .iter()
                .copied()
                .filter(|value| value.is_finite())
        };
        [finite().reduce(f64::min), finite().reduce(f64::max)].map(|end| end.unwrap_or(f64::NAN))
    }
}

#[wasm_bindgen]
impl Plane {
    /// The number of rows that were read.
    #[wasm_bindgen(getter)]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The number of columns that were read.
    #[wasm_bindgen(getter)]
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Every how many rows and columns one was read.
    #[wasm_bindgen(getter)]
    pub fn steps(&self) -> Vec<f64> {
        self.steps.map(|step| step as f64).to_vec()
    }

    /// The numbers, row by row.
    #[wasm_bindgen(getter)]
    pub fn values(&self) -> Vec<f64> {
        self.values.clone()
    }

    /// The least number.
    #[wasm_bindgen(getter)]
    pub fn least(&self) -> f64 {
        self.ends()[0]
    }

    /// The greatest number.
    #[wasm_bindgen(getter)]
    pub fn greatest(&self) -> f64 {
        self.ends()[1]
    }

    /// Red, green, blue and opacity of each number, as `ImageData` has them.
    pub fn pixels(&self) -> Vec<u8> {
        let [least, greatest] = self.ends();
        let share = |value: f64| match least < greatest {
            _ if value.is_nan() => value,
            // Halved, since the difference may be too large for a float.
            true => (value / 2.0 - least / 2.0) / (greatest / 2.0 - least / 2.0),
            false => 0.5,
        };
        let pixels = self
            .values
            .iter()
            .flat_map(|&value| colors::pixel(share(value)));
        pixels.collect()
    }
}

/// The colours from the least to the greatest number, for a legend.
#[wasm_bindgen]
pub fn legend() -> Vec<u8> {
    let shares = (0..=16).map(|step| f64::from(step) / 16.0);
    shares.flat_map(colors::pixel).collect()
}
