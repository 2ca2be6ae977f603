//! Turns numbers into colours, and into a PNG file.

use super::plane::Plane;
use crate::output::colors::{self, Rgb};

/// The most pixels of a picture in each direction.
const PIXELS: usize = 2048;

/// A picture with fewer pixels than this is enlarged.
const SMALL: usize = 512;

/// Which value gets which colour.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct ColorScale {
    /// The values of the first and of the last colour.
    pub(crate) low: f64,
    pub(crate) high: f64,
    /// The least and the greatest there are.
    pub(crate) min: f64,
    pub(crate) max: f64,
    /// How many of `count` values are not numbers.
    pub(crate) nan: usize,
    pub(crate) count: usize,
}

impl ColorScale {
    /// From the minimum to the maximum.
    pub(crate) fn full(plane: &Plane) -> Self {
        let values = &plane.raster.values;
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
    pub(crate) fn robust(plane: &Plane) -> Self {
        let full = Self::full(plane);
        let mut finite: Vec<f64> = plane
            .raster
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

    /// The position of a value between the ends, from 0 to 1; `None` for NaN. If the ends are equal, it is the
    /// middle.
    pub(crate) fn share(&self, value: f64) -> Option<f64> {
        match value {
            value if value.is_nan() => None,
            _ if self.low >= self.high => Some(0.5),
            // Halved, since the difference may be too large for a float.
            value => Some(
                ((value / 2.0 - self.low / 2.0) / (self.high / 2.0 - self.low / 2.0))
                    .clamp(0.0, 1.0),
            ),
        }
    }
}

/// The picture as a PNG file; small ones are enlarged, large ones reduced.
pub(crate) fn png(plane: &Plane, scale: &ColorScale) -> Result<Vec<u8>, png::EncodingError> {
    let (height, width) = pixels(plane);
    let raster = plane.raster.resized(height, width);
    let colors: Vec<u8> = raster
        .values
        .iter()
        .flat_map(|&value| scale.color(value))
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

fn pixels(plane: &Plane) -> (usize, usize) {
    let (height, width) = (plane.rows.max(1), plane.columns.max(1));
    let largest = height.max(width);
    if largest > PIXELS {
        let scaled = |n: usize| (n as u128 * PIXELS as u128 / largest as u128) as usize;
        return (scaled(height).max(1), scaled(width).max(1));
    }
    let times = (SMALL / largest).max(1);
    // Few rows are enlarged to a strip that can be seen.
    (height * times, width * times)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::view::plane::Raster;

    fn plane(width: usize, values: Vec<f64>) -> Plane {
        Plane {
            selection: ":".to_owned(),
            rows: values.len() / width,
            columns: width,
            data_type: zarr::DataType::Float64,
            origin: vec![],
            axes: [None, None],
            raster: Raster { width, values },
        }
    }

    #[test]
    fn a_few_extreme_values_do_not_hide_the_rest() {
        let mut values: Vec<f64> = (0..100).map(f64::from).collect();
        values[50] = 1e30;
        values[51] = f64::NAN;
        values[52] = f64::NEG_INFINITY;
        let plane = plane(10, values);
        let scale = ColorScale::robust(&plane);
        assert_eq!((scale.low, scale.high), (2.0, 98.0));
        assert_eq!((scale.min, scale.max, scale.nan), (0.0, 1e30, 1));
        assert_eq!(scale.color(f64::NAN), colors::NOTHING);
        assert_eq!(scale.color(f64::INFINITY), colors::ramp(1.0));
        assert_eq!(scale.color(50.0), colors::ramp(0.5));
    }

    #[test]
    fn one_value_and_none() {
        let same = ColorScale::robust(&plane(2, vec![7.0; 4]));
        assert_eq!(
            (same.low, same.high, same.share(7.0)),
            (7.0, 7.0, Some(0.5))
        );
        let rare = ColorScale::robust(&plane(100, [vec![0.0; 99], vec![1.0]].concat()));
        assert_eq!((rare.low, rare.high), (0.0, 1.0));
        let none = ColorScale::robust(&plane(1, vec![f64::NAN]));
        assert_eq!(none.share(f64::NAN), None);
        let wide = ColorScale::full(&plane(2, vec![f64::MIN, f64::MAX]));
        assert_eq!(wide.share(0.0), Some(0.5));
    }

    #[test]
    fn files_are_read_by_others() {
        let plane = plane(2, vec![0.0, 1.0, 2.0, f64::NAN]);
        let scale = ColorScale::full(&plane);
        let file = png(&plane, &scale).unwrap();
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
