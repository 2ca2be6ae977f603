//! Numbers to colours, and a picture of them as a PNG file. Knows no terminal.

use super::plane::Field;
use crate::output::colors::{self, Rgb};

/// No picture has more pixels each way.
const PIXELS: usize = 2048;

/// A picture with fewer pixels than this is enlarged.
const SMALL: usize = 512;

/// Which value gets which colour.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Stretch {
    /// The values of the first and of the last colour.
    pub(crate) low: f64,
    pub(crate) high: f64,
    /// The least and the greatest there are.
    pub(crate) min: f64,
    pub(crate) max: f64,
    /// How many of how many are no numbers.
    pub(crate) nan: usize,
    pub(crate) count: usize,
}

impl Stretch {
    /// From the least to the greatest value.
    pub(crate) fn full(field: &Field) -> Self {
        let values = &field.grid.values;
        let finite = || values.iter().copied().filter(|value| value.is_finite());
        let (min, max) = (finite().reduce(f64::min), finite().reduce(f64::max));
        let (min, max) = (min.unwrap_or(f64::NAN), max.unwrap_or(f64::NAN));
        Self {
            low: min,
            high: max,
            min,
            max,
            nan: values.iter().filter(|value| value.is_nan()).count(),
            count: values.len(),
        }
    }

    /// From the 2nd to the 98th percentile, unless nearly all values are one.
    pub(crate) fn robust(field: &Field) -> Self {
        let full = Self::full(field);
        let mut finite: Vec<f64> = field
            .grid
            .values
            .iter()
            .copied()
            .filter(|value| value.is_finite())
            .collect();
        let Some(last) = finite.len().checked_sub(1) else {
            return full;
        };
        let mut at = |share: usize| {
            let place = (last * share + 50) / 100;
            *finite.select_nth_unstable_by(place, f64::total_cmp).1
        };
        let (low, high) = (at(2), at(98));
        if low < high {
            Self { low, high, ..full }
        } else {
            full
        }
    }

    pub(crate) fn color(&self, value: f64) -> Rgb {
        colors::of(self.share(value))
    }

    /// Where a value stands between the ends, from 0 to 1; `None` for NaN. Of one value alone that is the middle.
    pub(crate) fn share(&self, value: f64) -> Option<f64> {
        match value {
            value if value.is_nan() => None,
            _ if self.low >= self.high => Some(0.5),
            // Halved, since what is between them may be more than a number can say.
            value => Some(
                ((value / 2.0 - self.low / 2.0) / (self.high / 2.0 - self.low / 2.0))
                    .clamp(0.0, 1.0),
            ),
        }
    }
}

/// The picture as a file; small ones enlarged, large ones made smaller.
pub(crate) fn png(field: &Field, stretch: &Stretch) -> Result<Vec<u8>, png::EncodingError> {
    let (height, width) = pixels(field);
    let grid = field.grid.resized(height, width);
    let colors: Vec<u8> = grid
        .values
        .iter()
        .flat_map(|&value| stretch.color(value))
        .collect();
    let mut file = Vec::new();
    // Both at most `PIXELS`.
    let mut encoder = png::Encoder::new(&mut file, width as u32, height as u32);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&colors)?;
    writer.finish()?;
    Ok(file)
}

fn pixels(field: &Field) -> (usize, usize) {
    let (height, width) = (field.rows.max(1), field.columns.max(1));
    let largest = height.max(width);
    if largest > PIXELS {
        let scaled = |n: usize| (n as u128 * PIXELS as u128 / largest as u128) as usize;
        return (scaled(height).max(1), scaled(width).max(1));
    }
    let times = (SMALL / largest).max(1);
    // What has few rows is a strip that can be seen.
    (height * times, width * times)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::view::plane::Grid;

    fn field(width: usize, values: Vec<f64>) -> Field {
        Field {
            selection: ":".to_owned(),
            rows: values.len() / width,
            columns: width,
            data_type: zarr::DataType::Float64,
            grid: Grid { width, values },
        }
    }

    #[test]
    fn a_few_extreme_values_do_not_hide_the_rest() {
        let mut values: Vec<f64> = (0..100).map(f64::from).collect();
        values[50] = 1e30;
        values[51] = f64::NAN;
        values[52] = f64::NEG_INFINITY;
        let field = field(10, values);
        let stretch = Stretch::robust(&field);
        assert_eq!((stretch.low, stretch.high), (2.0, 98.0));
        assert_eq!((stretch.min, stretch.max, stretch.nan), (0.0, 1e30, 1));
        assert_eq!(stretch.color(f64::NAN), colors::NOTHING);
        assert_eq!(stretch.color(f64::INFINITY), colors::ramp(1.0));
        assert_eq!(stretch.color(50.0), colors::ramp(0.5));
    }

    #[test]
    fn one_value_and_none() {
        let same = Stretch::robust(&field(2, vec![7.0; 4]));
        assert_eq!(
            (same.low, same.high, same.share(7.0)),
            (7.0, 7.0, Some(0.5))
        );
        let rare = Stretch::robust(&field(100, [vec![0.0; 99], vec![1.0]].concat()));
        assert_eq!((rare.low, rare.high), (0.0, 1.0));
        let none = Stretch::robust(&field(1, vec![f64::NAN]));
        assert_eq!(none.share(f64::NAN), None);
        let wide = Stretch::full(&field(2, vec![f64::MIN, f64::MAX]));
        assert_eq!(wide.share(0.0), Some(0.5));
    }

    #[test]
    fn files_are_read_by_others() {
        let field = field(2, vec![0.0, 1.0, 2.0, f64::NAN]);
        let stretch = Stretch::full(&field);
        let file = png(&field, &stretch).unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(file))
            .read_info()
            .unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut pixels).unwrap();
        assert_eq!((info.width, info.height), (512, 512));
        assert_eq!(pixels[..3], colors::ramp(0.0));
        assert_eq!(pixels[pixels.len() - 3..], colors::NOTHING);
    }
}
