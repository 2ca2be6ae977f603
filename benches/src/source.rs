//! The values of the data sets, the same on every machine: a flat background, smooth blobs, and
//! noise that grows with brightness, as a microscope sees. zstd 3 makes them about 3.7 times
//! smaller. Floats are the same on a grid of 1/128, texts have the number and a word. Also the naive program that every other one is held against.

use std::path::Path;

use crate::Result;
use crate::dataset::Dataset;
use crate::element::{Element, Values};
use crate::nodes;
use crate::want::{Part, Want};

/// All elements of an array, in C order.
#[derive(Debug)]
pub(crate) struct Source {
    shape: [u64; 3],
    element: Element,
    /// Little-endian.
    bytes: Vec<u8>,
}

struct Blob {
    centre: [f32; 3],
    radius: f32,
    height: f32,
}

const BACKGROUND: f32 = 100.0;
/// One blob per this many cells.
const CELLS_PER_BLOB: u64 = 1 << 16;

impl Source {
    /// Reads the values of a data set from a directory, or makes them and leaves them there.
    pub(crate) fn cached(dir: &Path, dataset: &Dataset) -> Result<Self> {
        let (shape, element) = (dataset.shape, dataset.element);
        let [z, y, x] = shape;
        let path = dir.join(format!("{z}x{y}x{x}.{}", element.name()));
        let cells = usize::try_from(shape.iter().product::<u64>())?;
        let made = std::fs::read(&path).ok();
        let bytes = match made.filter(|bytes| bytes.len() == cells * element.size()) {
            Some(bytes) => bytes,
            None => {
                let values = draw(shape)?;
                let bytes: Vec<u8> = match element {
                    Element::U16 => values.iter().flat_map(|v| v.to_le_bytes()).collect(),
                    Element::F32 => {
                        let floats = values.iter().map(|&v| f32::from(v) / 128.0);
                        floats.flat_map(f32::to_le_bytes).collect()
                    }
                    Element::Text => Values::Text(values.into_iter().map(text).collect())
                        .bytes()
                        .into_owned(),
                };
                std::fs::write(path, &bytes)?;
                bytes
            }
        };
        Ok(Self {
            shape,
            element,
            bytes,
        })
    }

    /// The elements themselves.
    pub(crate) fn all(&self) -> Values {
        Values::new(self.element, &self.bytes)
    }

    /// The bytes of the elements that are wanted.
    pub(crate) fn bytes(&self, want: &Want) -> Vec<u8> {
        let size = self.element.size();
        let mut out = Vec::with_capacity(want.cells() * size);
        let mut add = |[z, y, x]: [u64; 3], cells: usize| {
            let at = self.at(z, y, x);
            out.extend_from_slice(&self.bytes[at..at + cells * size]);
        };
        match want {
            Want::Box(part) => {
                let [_, _, row] = part.shape();
                for z in part.cells_along(0) {
                    for y in part.cells_along(1) {
                        match part.step[2] {
                            1 => add([z, y, part.start[2]], row),
                            _ => part.cells_along(2).for_each(|x| add([z, y, x], 1)),
                        }
                    }
                }
            }
            Want::Lists([planes, rows, row]) => {
                for &z in planes {
                    for &y in rows {
                        row.iter().for_each(|&x| add([z, y, x], 1));
                    }
                }
            }
            Want::Points([z, y, x]) => {
                let points = z.iter().zip(y).zip(x);
                points.for_each(|((&z, &y), &x)| add([z, y, x], 1));
            }
            Want::Nodes => {
                return nodes::text((0..nodes::COUNT).map(|i| (nodes::name(i), nodes::SHAPE)));
            }
        }
        out
    }

    /// Other elements than those that are wanted.
    pub(crate) fn changed(&self, want: &Want) -> Values {
        let mut bytes = self.bytes(want);
        for element in bytes.chunks_exact_mut(self.element.size()) {
            element[0] ^= 1;
        }
        Values::new(self.element, &bytes)
    }

    /// Replaces the elements of a part.
    pub(crate) fn write(&mut self, part: &Part, values: &Values) {
        let size = self.element.size();
        let values = values.bytes();
        let mut values = values.chunks_exact(size);
        for z in part.cells_along(0) {
            for y in part.cells_along(1) {
                for (x, value) in part.cells_along(2).zip(&mut values) {
                    let at = self.at(z, y, x);
                    self.bytes[at..at + size].copy_from_slice(value);
                }
            }
        }
    }

    /// Where a cell's bytes begin.
    fn at(&self, z: u64, y: u64, x: u64) -> usize {
        ((z * self.shape[1] + y) * self.shape[2] + x) as usize * self.element.size()
    }
}

fn text(value: u16) -> String {
    const WORDS: [&str; 8] = [
        "", "m", "µm", "cell", "nuclei", "Straße", "細胞", "membrane",
    ];
    format!("{value}{}", WORDS[usize::from(value % 8)])
}

fn draw(shape: [u64; 3]) -> Result<Vec<u16>> {
    let plane = usize::try_from(shape[1] * shape[2])?;
    let mut values = vec![0; plane * usize::try_from(shape[0])?];
    let blobs = blobs(shape);
    let threads = std::thread::available_parallelism()?.get();
    let planes = values.chunks_mut(plane).enumerate().collect::<Vec<_>>();
    let queue = std::sync::Mutex::new(planes);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let next = || queue.lock().ok()?.pop();
                while let Some((z, plane)) = next() {
                    draw_plane(plane, z, shape, &blobs);
                }
            });
        }
    });
    Ok(values)
}

fn blobs(shape: [u64; 3]) -> Vec<Blob> {
    let count = shape.iter().product::<u64>() / CELLS_PER_BLOB;
    let draw = |i: u64, which: u64| unit(hash(i * 8 + which));
    let blob = |i| Blob {
        centre: [0, 1, 2].map(|axis| draw(i, axis as u64) * shape[axis] as f32),
        radius: 8.0 + 24.0 * draw(i, 3),
        height: 50.0 + 800.0 * draw(i, 4),
    };
    (0..count).map(blob).collect()
}

fn draw_plane(plane: &mut [u16], z: usize, shape: [u64; 3], blobs: &[Blob]) {
    let mut light = vec![0.0_f32; plane.len()];
    for blob in blobs {
        let [bz, by, bx] = blob.centre;
        let dz = z as f32 - bz;
        if dz.abs() >= blob.radius {
            continue;
        }
        let span = |centre: f32, len: u64| {
            let low = (centre - blob.radius).max(0.0) as usize;
            low..((centre + blob.radius) as usize + 1).min(len as usize)
        };
        for y in span(by, shape[1]) {
            let dy = y as f32 - by;
            for x in span(bx, shape[2]) {
                let dx = x as f32 - bx;
                let near = 1.0 - (dz * dz + dy * dy + dx * dx) / (blob.radius * blob.radius);
                if near > 0.0 {
                    light[y * shape[2] as usize + x] += blob.height * near * near;
                }
            }
        }
    }
    let first = z * plane.len();
    for (i, (value, light)) in plane.iter_mut().zip(light).enumerate() {
        // The sum of two uniform numbers is noise enough.
        let h = hash((first + i) as u64);
        let noise = unit(h) + unit(h << 24) - 1.0;
        *value = (BACKGROUND + light + noise * light.sqrt()) as u16;
    }
}

/// A number of 0 to 1 out of the upper bits of a hash.
fn unit(hash: u64) -> f32 {
    (hash >> 40) as f32 / (1_u64 << 24) as f32
}

/// splitmix64: a good 64-bit number for every counter.
pub(crate) fn hash(counter: u64) -> u64 {
    let mut z = counter.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}
