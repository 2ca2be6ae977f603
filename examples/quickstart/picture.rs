//! Pictures of heights: coloured by height, shaded as if lit from the north-west. Uses no Zarr.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use ndarray::{Array2, ArrayD, ArrayView1, Axis, ShapeError, Zip, s};

/// A colour as lightness, green to red, blue to yellow (Oklab), in which equal steps look equal.
type Lab = [f32; 3];

/// From the shore up. Lightness rises all the way, so that the order shows without colours too.
const LAND: [Lab; 6] = [
    [0.46, -0.060, 0.038],
    [0.57, -0.060, 0.066],
    [0.67, -0.026, 0.084],
    [0.76, 0.008, 0.078],
    [0.85, 0.014, 0.046],
    [0.93, 0.004, 0.012],
];

/// From the deep up to the shore.
const SEA: [Lab; 4] = [
    [0.24, -0.010, -0.085],
    [0.38, -0.028, -0.098],
    [0.55, -0.048, -0.082],
    [0.72, -0.055, -0.050],
];

/// Each pixel is the mean of this many by this many points, which smooths the shores.
const POINTS: usize = 3;

/// A model of heights with north up.
pub(crate) struct Relief {
    /// Metres.
    heights: Array2<f32>,
    /// One on land, zero in the sea.
    shore: Array2<f32>,
    /// Width over height on the ground.
    aspect: f32,
    land: [f32; 2],
    sea: [f32; 2],
}

impl Relief {
    /// From heights, the latitudes of the first and last row and the longitudes of the first and last
    /// column, in degrees.
    pub(crate) fn new(
        heights: ArrayD<f32>,
        latitude: [f64; 2],
        longitude: [f64; 2],
    ) -> Result<Self, ShapeError> {
        let mut heights: Array2<f32> = heights.into_dimensionality()?;
        if latitude[0] < latitude[1] {
            heights.invert_axis(Axis(0));
        }
        let narrowing = ((latitude[0] + latitude[1]) / 2.0).to_radians().cos();
        let degrees = [
            latitude[1] - latitude[0],
            (longitude[1] - longitude[0]) * narrowing,
        ];
        let aspect = (degrees[1] / degrees[0]).abs() as f32;
        Ok(Self {
            shore: heights.mapv(|height| if height < 0.0 { 0.0 } else { 1.0 }),
            aspect,
            land: range(heights.iter().filter(|&&height| height >= 0.0)),
            sea: range(heights.iter().filter(|&&height| height < 0.0)),
            heights,
        })
    }

    /// Width over height.
    pub(crate) fn aspect(&self) -> f32 {
        self.aspect
    }

    fn draw(&self, height: usize) -> Array2<Option<[u8; 3]>> {
        let width = (height as f32 * self.aspect).round() as usize;
        let size = [height * POINTS, width * POINTS];
        // Shade at the coarser of both sizes, so that only visible slopes count and no facets appear.
        let (rows, columns) = self.heights.dim();
        let ground = resize(&self.heights, [rows.min(height), columns.min(width)], 1.0);
        let light = resize(&light(&ground, self.aspect), size, 1.0);
        let heights = resize(&self.heights, size, 1.0);
        // Interpolated heights would follow the sides of the cells: most cells at a shore are far
        // above the sea or hardly below it.
        let shore = resize(&self.shore, size, 1.5);
        let colour = |&height: &f32, &light: &f32, &shore: &f32| {
            let (map, [low, high], strength) = match shore < 0.5 {
                // The sea floor is seen through water.
                true => (&SEA[..], self.sea, 0.12),
                false => (&LAND[..], self.land, 0.30),
            };
            let [lightness, a, b] = between(map, (height - low) / (high - low));
            [lightness + strength * light, a, b]
        };
        let points = Zip::from(&heights)
            .and(&light)
            .and(&shore)
            .map_collect(colour);
        Array2::from_shape_fn([height, width], |(row, column)| {
            let (y, x) = (row * POINTS, column * POINTS);
            let block = points.slice(s![y..y + POINTS, x..x + POINTS]);
            let mean =
                |i: usize| block.iter().map(|point| point[i]).sum::<f32>() / block.len() as f32;
            Some(srgb([0, 1, 2].map(mean)))
        })
    }
}

/// Pixels; `None` shows the background.
pub(crate) struct Picture(pub(crate) Array2<Option<[u8; 3]>>);

/// Models side by side, `height` pixels high and `gap` pixels apart.
pub(crate) fn draw(reliefs: &[Relief], height: usize, gap: usize) -> Picture {
    let mut all = Array2::from_elem([height, 0], None);
    for (i, relief) in reliefs.iter().enumerate() {
        let space = Array2::from_elem([height, if i == 0 { 0 } else { gap }], None);
        all = ndarray::concatenate![Axis(1), all, space, relief.draw(height)];
    }
    Picture(all)
}

impl Picture {
    /// Writes a PNG file.
    pub(crate) fn save(&self, path: &Path) -> Result<(), png::EncodingError> {
        let (height, width) = self.0.dim();
        let file = BufWriter::new(File::create(path)?);
        let mut encoder = png::Encoder::new(file, width as u32, height as u32);
        encoder.set_color(png::ColorType::Rgba);
        let rgba = |pixel: &Option<[u8; 3]>| pixel.map_or([0; 4], |[r, g, b]| [r, g, b, 255]);
        let bytes: Vec<u8> = self.0.iter().flat_map(rgba).collect();
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&bytes)?;
        writer.finish()
    }
}

/// Light from the north-west, half-way up the sky. Heights are exaggerated until slopes are about as
/// steep everywhere, so that both a fine model and a coarse one look like land.
fn light(heights: &Array2<f32>, aspect: f32) -> Array2<f32> {
    let (rows, columns) = heights.dim();
    // One cell, east to west and north to south, in units that the exaggeration takes out again.
    let cell = [aspect * rows as f32 / columns as f32, 1.0];
    let slope = |before: usize, after: usize, cell: f32, at: &dyn Fn(usize) -> f32| {
        (at(after) - at(before)) / ((after - before).max(1) as f32 * cell)
    };
    let slopes = Array2::from_shape_fn([rows, columns], |(y, x)| {
        let (west, east) = (x.saturating_sub(1), (x + 1).min(columns - 1));
        let (north, south) = (y.saturating_sub(1), (y + 1).min(rows - 1));
        let to_east = slope(west, east, cell[0], &|x| heights[[y, x]]);
        let to_south = slope(north, south, cell[1], &|y| heights[[y, x]]);
        [to_east, to_south]
    });
    let mean = slopes.iter().map(|[x, y]| x * x + y * y).sum::<f32>() / slopes.len() as f32;
    let steepness = 0.5 / mean.sqrt().max(f32::MIN_POSITIVE);
    slopes.mapv(|slope| {
        let [x, y] = slope.map(|part| part * steepness);
        // The normal (-x, -y, 1) times the direction of the sun, (-1/2, -1/2, √½).
        let towards = (x + y) / 2.0 + 0.5_f32.sqrt();
        towards / (x * x + y * y + 1.0).sqrt() - 0.5_f32.sqrt()
    })
}

/// The lowest and the highest, without one in fifty at either end, so that one peak does not take all colours.
fn range<'a>(heights: impl Iterator<Item = &'a f32>) -> [f32; 2] {
    let mut heights: Vec<f32> = heights.copied().collect();
    heights.sort_by(f32::total_cmp);
    let last = heights.len().saturating_sub(1);
    let at = |index: usize| heights.get(index).copied().unwrap_or_default();
    [at(last / 50), at(last - last / 50)]
}

/// The colour at a place between 0 and 1 of a map.
fn between(map: &[Lab], place: f32) -> Lab {
    let place = place.clamp(0.0, 1.0) * (map.len() - 1) as f32;
    let from = (place as usize).min(map.len() - 2);
    let part = place - from as f32;
    [0, 1, 2].map(|i| map[from][i] * (1.0 - part) + map[from + 1][i] * part)
}

/// As a screen's sRGB bytes.
fn srgb([lightness, a, b]: Lab) -> [u8; 3] {
    let long = (lightness + 0.396_337_78 * a + 0.215_803_76 * b).powi(3);
    let medium = (lightness - 0.105_561_346 * a - 0.063_854_17 * b).powi(3);
    let short = (lightness - 0.089_484_18 * a - 1.291_485_5 * b).powi(3);
    let linear = [
        4.076_741_7 * long - 3.307_711_6 * medium + 0.230_969_94 * short,
        -1.268_438 * long + 2.609_757_4 * medium - 0.341_319_38 * short,
        -0.004_196_086_3 * long - 0.703_418_6 * medium + 1.707_614_7 * short,
    ];
    linear.map(|part| {
        let part = part.clamp(0.0, 1.0);
        let shown = if part <= 0.003_130_8 {
            12.92 * part
        } else {
            1.055 * part.powf(1.0 / 2.4) - 0.055
        };
        (shown * 255.0).round() as u8
    })
}

/// Shrinks by averaging and enlarges by interpolating; a `reach` above one smooths. Resizes first the
/// rows, then the columns.
fn resize(values: &Array2<f32>, [height, width]: [usize; 2], reach: f32) -> Array2<f32> {
    let tall = resize_axis(values, Axis(0), height, reach);
    resize_axis(&tall, Axis(1), width, reach)
}

fn resize_axis(values: &Array2<f32>, axis: Axis, length: usize, reach: f32) -> Array2<f32> {
    let old = values.len_of(axis);
    let scale = old as f32 / length as f32;
    let reach = reach.max(scale);
    let mut shape = values.raw_dim();
    shape[axis.index()] = length;
    let mut resized = Array2::zeros(shape);
    for (i, mut lane) in resized.axis_iter_mut(axis).enumerate() {
        // A tent of weights above the centre; its edges lie outside of the values at the border.
        let centre = ((i as f32 + 0.5) * scale - 0.5).clamp(0.0, (old - 1) as f32);
        let first = (centre - reach).ceil().max(0.0) as usize;
        let last = ((centre + reach) as usize).min(old - 1);
        let mut total = 0.0;
        for from in first..=last {
            let weight = 1.0 - (from as f32 - centre).abs() / reach;
            let source: ArrayView1<'_, f32> = values.index_axis(axis, from);
            lane.scaled_add(weight, &source);
            total += weight;
        }
        lane /= total;
    }
    resized
}
