//! The defaults of new arrays: chunks, shards and codecs. They are those of zarr-python, so that a ported program writes
//! the same stores; except for shards, which are of a size that suits a store, and in zarr-python of two chunks along
//! each axis.

use zarr_codecs::volume;
use zarr_metadata::{Endian, Extension};

/// Chunks are guessed to have about this many bytes for an array of one mebibyte, and twice that for
/// one ten times as large.
const INCREMENT: f64 = 262_144.0;
const SMALLEST: f64 = 131_072.0;

/// The largest guessed chunk, in bytes.
pub(crate) const LARGEST_CHUNK: f64 = 67_108_864.0;
/// The largest guessed inner chunk of a shard, in bytes.
pub(crate) const LARGEST_INNER_CHUNK: f64 = 1_048_576.0;
/// The largest guessed shard, in bytes before they are encoded.
pub(crate) const LARGEST_SHARD: u64 = 67_108_864;

/// The chunk shape that zarr-python guesses: the axes are halved in turn, from the first on, until a
/// chunk has about the target size, which grows with the logarithm of the array's.
pub(crate) fn chunk_shape(shape: &[u64], item_size: usize, largest: f64) -> Vec<u64> {
    // Products may exceed any integer; the guess is made in floating point, as in zarr-python.
    let cells = shape.iter().map(|&n| n.max(1) as f64);
    let all = cells.product::<f64>() * item_size as f64;
    let target = INCREMENT * 2_f64.powf((all / 1_048_576.0).log10());
    let target = target.clamp(SMALLEST, largest);
    halved(shape, item_size, |now| {
        let near = now < target || (now - target).abs() / target < 0.5;
        near && now < largest
    })
}

/// A chunk of at most this many bytes, found in the same way; of one element, where that is larger.
pub(crate) fn chunk_shape_within(shape: &[u64], item_size: usize, bytes: u64) -> Vec<u64> {
    halved(shape, item_size, |now| now <= bytes as f64)
}

/// A shape whose axes are halved in turn, from the first on, until its bytes are few enough.
fn halved(shape: &[u64], item_size: usize, is_enough: impl Fn(f64) -> bool) -> Vec<u64> {
    if item_size == 0 {
        return shape.to_vec();
    }
    let mut chunk: Vec<f64> = shape.iter().map(|&n| n.max(1) as f64).collect();
    for axis in (0..shape.len()).cycle() {
        let cells = chunk.iter().product::<f64>();
        if is_enough(cells * item_size as f64) || cells <= 1.0 {
            break;
        }
        if let Some(length) = chunk.get_mut(axis) {
            *length = (*length / 2.0).ceil();
        }
    }
    chunk.into_iter().map(|length| length as u64).collect()
}

/// A shard of at most this many bytes: a chunk that is doubled along the axis which has the most chunks
/// left, until no axis can be doubled. One chunk, where that is larger; never beyond the array's last
/// chunk.
pub(crate) fn shard_shape(shape: &[u64], chunk: &[u64], item_size: usize, bytes: u64) -> Vec<u64> {
    struct Axis {
        chunk: u64,
        /// Chunks of the shard, and of the array.
        count: u64,
        all: u64,
        is_full: bool,
    }
    let axes = shape.iter().zip(chunk);
    let mut axes: Vec<Axis> = axes
        .map(|(&length, &chunk)| Axis {
            chunk,
            count: 1,
            all: length.div_ceil(chunk.max(1)).max(1),
            is_full: false,
        })
        .collect();
    let cells: f64 = chunk.iter().map(|&length| length as f64).product();
    let mut size = cells * item_size as f64;
    let left = |axis: &Axis| axis.all as f64 / axis.count as f64;
    // `max_by` takes the last of equals, which is to be the first axis.
    while let Some(axis) = axes
        .iter_mut()
        .rev()
        .filter(|axis| !axis.is_full && axis.count < axis.all)
        .max_by(|a, b| left(a).total_cmp(&left(b)))
    {
        let count = axis.count.saturating_mul(2).min(axis.all);
        let larger = size * (count as f64 / axis.count as f64);
        match larger <= bytes as f64 {
            true => (axis.count, size) = (count, larger),
            false => axis.is_full = true,
        }
    }
    let lengths = axes.iter();
    lengths
        .map(|axis| axis.count.saturating_mul(axis.chunk))
        .collect()
}

/// zstd at its default level, without a checksum of its own.
pub(crate) fn compressor() -> Extension {
    Extension::new("zstd")
        .with("level", 0)
        .with("checksum", false)
}

/// A shard's index: little-endian with a checksum.
pub(crate) fn index_codecs() -> Vec<Extension> {
    vec![
        Extension::new("bytes").with("endian", Endian::Little.as_str()),
        Extension::new("crc32c"),
    ]
}

/// Whether every length of `outer` is a multiple of that of `inner`, and neither is empty.
pub(crate) fn divides(inner: &[u64], outer: &[u64]) -> bool {
    inner.len() == outer.len()
        && volume(inner).is_some_and(|n| n > 0)
        && inner.iter().zip(outer).all(|(&i, &o)| o > 0 && o % i == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunk_shapes_are_those_of_zarr_python() {
        // Made by zarr-python 3.3: shape, item size, guess, guess of at most 1 MiB.
        type Row<'a> = (&'a [u64], usize, &'a [u64], &'a [u64]);
        let rows: &[Row<'_>] = &[
            (&[], 8, &[], &[]),
            (&[0], 8, &[1], &[1]),
            (&[0, 100], 4, &[1, 100], &[1, 100]),
            (&[7], 1, &[7], &[7]),
            (&[100], 4, &[100], &[100]),
            (&[1_000_000], 8, &[62_500], &[62_500]),
            (&[1_000_000, 2], 16, &[62_500, 1], &[62_500, 1]),
            (&[100_000, 3], 1, &[50_000, 3], &[50_000, 3]),
            (&[3, 1024, 1024], 1, &[2, 512, 512], &[2, 512, 512]),
            (&[10_000, 10_000], 4, &[625, 625], &[313, 625]),
            (&[10_000, 10_000], 8, &[313, 625], &[313, 313]),
            (
                &[100, 100, 100, 100],
                4,
                &[25, 25, 25, 25],
                &[13, 25, 25, 25],
            ),
            (&[365, 721, 1440], 4, &[46, 91, 180], &[23, 46, 180]),
            (&[1000, 1000, 1000], 4, &[63, 125, 125], &[63, 63, 63]),
            (&[5, 20_000, 20_000], 2, &[1, 1250, 1250], &[1, 625, 625]),
            (
                &[50, 512, 2048, 2048],
                2,
                &[4, 32, 128, 256],
                &[2, 16, 64, 128],
            ),
            (&[1_000_000_000], 8, &[488_282], &[122_071]),
            (&[1_000_000_000_000], 1, &[15_258_790], &[953_675]),
            (&[1 << 40], 8, &[4_194_304], &[65_536]),
            (&[100], 70_000_000, &[1], &[1]),
        ];
        for (shape, item, guess, small) in rows {
            assert_eq!(
                chunk_shape(shape, *item, LARGEST_CHUNK),
                *guess,
                "{shape:?} {item}"
            );
            assert_eq!(
                chunk_shape(shape, *item, LARGEST_INNER_CHUNK),
                *small,
                "{shape:?} {item}"
            );
        }
    }

    #[test]
    fn chunks_of_so_many_bytes() {
        assert_eq!(chunk_shape_within(&[100, 100], 4, 40_000), [100, 100]);
        assert_eq!(chunk_shape_within(&[100, 100], 4, 39_999), [50, 100]);
        assert_eq!(chunk_shape_within(&[100, 100], 4, 10_000), [50, 50]);
        assert_eq!(chunk_shape_within(&[100, 0], 4, 0), [1, 1]);
        assert_eq!(chunk_shape_within(&[], 4, 1), [0_u64; 0]);
    }

    #[test]
    fn shards_hold_as_much_as_they_may() {
        let mib = 1 << 20;
        // All of it, if it is no more than that.
        assert_eq!(shard_shape(&[100, 100], &[5, 5], 4, 64 * mib), [100, 100]);
        assert_eq!(shard_shape(&[101, 7], &[5, 5], 4, 64 * mib), [105, 10]);
        assert_eq!(shard_shape(&[4096, 4096], &[64, 64], 4, mib), [512, 512]);
        assert_eq!(
            shard_shape(&[365, 721, 1440], &[23, 46, 180], 4, 64 * mib),
            [184, 184, 360]
        );
        // A short axis stops no other.
        assert_eq!(shard_shape(&[10, 1000], &[10, 10], 1, 10_000), [10, 1000]);
        assert_eq!(shard_shape(&[10, 1000], &[10, 10], 1, 1), [10, 10]);
        assert_eq!(shard_shape(&[0, 7], &[1, 2], 0, mib), [1, 8]);
        assert_eq!(shard_shape(&[u64::MAX], &[1], 1, 1 << 40), [1 << 40]);
        assert_eq!(shard_shape(&[], &[], 1, 1), [0_u64; 0]);
    }
}
