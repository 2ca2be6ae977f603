//! Each compressor through a chain of codecs and through its library alone, on one thread and the same
//! bytes, contexts kept. A line of `ROWS` is a codec; nothing else decides what is run.
//!
//! `cargo bench -p zarr-codecs --all-features --bench compressors -- 'u16 4096K/lz4'`

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::indexing_slicing)]

mod data;
mod pair;

use std::hint::black_box;
use std::time::Duration;

use criterion::Criterion;
use libdeflater::{CompressionLvl, Compressor, Decompressor};
use zarr_codecs::{ChunkSpec, CodecChain, CodecRegistry};
use zarr_metadata::{DataType, Extension, FillValue};

/// Fills the front of the output from the input and returns how many bytes that made.
type Raw = Box<dyn FnMut(&[u8], &mut [u8]) -> usize>;

/// The name of a codec, what it is set to, and the library's way to encode and to decode.
type Row = (
    &'static str,
    Option<(&'static str, i32)>,
    fn() -> (Raw, Raw),
);

const ROWS: &[Row] = &[
    ("zstd", Some(("level", 1)), || zstd(1)),
    ("zstd", Some(("level", 3)), || zstd(3)),
    ("gzip", Some(("level", 5)), gzip),
    ("zlib", Some(("level", 5)), zlib),
    ("lz4", None, lz4),
    ("crc32c", None, crc32c),
    ("shuffle", None, copy),
    ("bz2", Some(("level", 1)), bz2),
    ("lzma", Some(("preset", 1)), lzma),
];

fn main() {
    let mut criterion = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(100))
        .measurement_time(Duration::from_millis(500))
        .configure_from_args();
    for bytes in [64 << 10, 4 << 20] {
        let shape = |elem: u64| [bytes / elem / 256, 256];
        let (u16s, f32s) = (shape(2), shape(4));
        run(
            &mut criterion,
            &u16s,
            &DataType::UInt16,
            &data::counts(&u16s),
        );
        run(
            &mut criterion,
            &f32s,
            &DataType::Float32,
            &data::heights(&f32s),
        );
    }
    criterion.final_summary();
}

fn run(criterion: &mut Criterion, shape: &[u64; 2], dtype: &DataType, data: &[u8]) {
    let fill = FillValue::zero(dtype).expect("numbers have a zero");
    let spec = ChunkSpec::new(shape, dtype.clone(), fill).expect("numbers have a layout");
    for &(codec, setting, raw) in ROWS {
        let mut name = format!("{dtype} {}K/{codec}", data.len() >> 10);
        let mut extension = Extension::new(codec);
        if let Some((key, value)) = setting {
            name += &format!(" {value}");
            extension = extension.with(key, value);
        }
        let codecs = [Extension::new("bytes").with("endian", "little"), extension];
        let chain =
            CodecChain::v2(&codecs, spec.clone(), &CodecRegistry::default()).expect("a good chain");
        let (mut raw_encode, mut raw_decode) = raw();
        let mut raw_frame = vec![0; data.len() * 2 + 1024];
        let frame = pair::encode(criterion, &name, &chain, data, || {
            assert!(raw_encode(black_box(data), &mut raw_frame) > 0);
        });
        let mut raw_out = vec![0; data.len()];
        pair::decode(criterion, &name, &chain, &frame, || {
            assert_eq!(raw_decode(black_box(&frame), &mut raw_out), data.len());
        });
    }
}

fn zstd(level: i32) -> (Raw, Raw) {
    let mut encoder = zstd::bulk::Compressor::new(level).unwrap();
    let mut decoder = zstd::bulk::Decompressor::new().unwrap();
    (
        Box::new(move |src, dst| encoder.compress_to_buffer(src, dst).unwrap()),
        Box::new(move |src, dst| decoder.decompress_to_buffer(src, dst).unwrap()),
    )
}

fn gzip() -> (Raw, Raw) {
    let mut encoder = Compressor::new(CompressionLvl::new(5).unwrap());
    let mut decoder = Decompressor::new();
    (
        Box::new(move |src, dst| encoder.gzip_compress(src, dst).unwrap()),
        Box::new(move |src, dst| decoder.gzip_decompress(src, dst).unwrap()),
    )
}

fn zlib() -> (Raw, Raw) {
    let mut encoder = Compressor::new(CompressionLvl::new(5).unwrap());
    let mut decoder = Decompressor::new();
    (
        Box::new(move |src, dst| encoder.zlib_compress(src, dst).unwrap()),
        Box::new(move |src, dst| decoder.zlib_decompress(src, dst).unwrap()),
    )
}

/// Behind the four bytes of the codec stands a block.
fn lz4() -> (Raw, Raw) {
    use lz4::block::{CompressionMode, compress_to_buffer, decompress_to_buffer};
    (
        Box::new(|src, dst| {
            compress_to_buffer(src, Some(CompressionMode::FAST(1)), false, dst).unwrap()
        }),
        Box::new(|src, dst| decompress_to_buffer(&src[4..], Some(dst.len() as i32), dst).unwrap()),
    )
}

/// The sum, and the copy that nobody can do without.
fn crc32c() -> (Raw, Raw) {
    (
        Box::new(|src, dst| {
            dst[..src.len()].copy_from_slice(src);
            dst[src.len()..src.len() + 4].copy_from_slice(&crc32c::crc32c(src).to_le_bytes());
            src.len() + 4
        }),
        Box::new(|src, dst| {
            let (data, sum) = src.split_last_chunk().unwrap();
            assert_eq!(crc32c::crc32c(data).to_le_bytes(), *sum);
            dst.copy_from_slice(data);
            data.len()
        }),
    )
}

/// No library, but the least that can be done.
fn copy() -> (Raw, Raw) {
    let copy = |src: &[u8], dst: &mut [u8]| {
        dst[..src.len()].copy_from_slice(src);
        src.len()
    };
    (Box::new(copy), Box::new(copy))
}

fn bz2() -> (Raw, Raw) {
    use bzip2::{Action, Compress, Compression, Decompress};
    (
        Box::new(|src, dst| {
            let mut encoder = Compress::new(Compression::new(1), 0);
            encoder.compress(src, dst, Action::Finish).unwrap();
            encoder.total_out() as usize
        }),
        Box::new(|src, dst| {
            let mut decoder = Decompress::new(false);
            decoder.decompress(src, dst).unwrap();
            decoder.total_out() as usize
        }),
    )
}

fn lzma() -> (Raw, Raw) {
    use liblzma::stream::{Action, Check, Stream};
    (
        Box::new(|src, dst| {
            let mut encoder = Stream::new_easy_encoder(1, Check::Crc64).unwrap();
            encoder.process(src, dst, Action::Finish).unwrap();
            encoder.total_out() as usize
        }),
        Box::new(|src, dst| {
            let mut decoder = Stream::new_stream_decoder(u64::MAX, 0).unwrap();
            decoder.process(src, dst, Action::Finish).unwrap();
            decoder.total_out() as usize
        }),
    )
}
