//! One chunk of 4 MiB through the `blosc` codec and through c-blosc, on one thread and the same bytes.
//! A line of `ROWS` is a setting, a line of `main` a kind of data; nothing else decides what is run.
//!
//! `cargo bench -p zarr-codecs --bench blosc -- 'u16/lz4 5 shuffle'`

#![allow(clippy::expect_used)]

mod data;
mod pair;

use std::hint::black_box;
use std::time::Duration;

use criterion::Criterion;
use zarr_codecs::{ChunkSpec, CodecChain, CodecRegistry};
use zarr_metadata::{DataType, Extension, FillValue};

const SHAPE: [u64; 2] = [1024, 1024];
const SHUFFLES: [&str; 3] = ["noshuffle", "shuffle", "bitshuffle"];

/// Compressor, level and shuffle.
const ROWS: &[(&str, u8, u8)] = &[
    ("blosclz", 5, 1),
    ("blosclz", 9, 2),
    ("lz4", 5, 0),
    ("lz4", 5, 1),
    ("lz4", 5, 2),
    ("zlib", 5, 1),
    ("zstd", 1, 1),
    ("zstd", 5, 1),
    ("zstd", 5, 2),
];

fn main() {
    let mut criterion = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .configure_from_args();
    run(
        &mut criterion,
        "u16",
        &DataType::UInt16,
        &data::counts(&SHAPE),
    );
    run(
        &mut criterion,
        "f32",
        &DataType::Float32,
        &data::heights(&SHAPE),
    );
    criterion.final_summary();
}

fn run(criterion: &mut Criterion, kind: &str, dtype: &DataType, data: &[u8]) {
    let fill = FillValue::zero(dtype).expect("numbers have a zero");
    let spec = ChunkSpec::new(&SHAPE, dtype.clone(), fill).expect("numbers have a layout");
    for &(cname, level, shuffle) in ROWS {
        let name = format!("{kind}/{cname} {level} {}", SHUFFLES[usize::from(shuffle)]);
        let typesize = spec.elem();
        let how = c_blosc::Settings {
            cname,
            level,
            shuffle,
            typesize,
            block: 0,
        };
        row(criterion, &name, &chain(how, &spec), how, data);
    }
}

fn chain(how: c_blosc::Settings<'_>, spec: &ChunkSpec) -> CodecChain {
    let blosc = Extension::new("blosc")
        .with("cname", how.cname)
        .with("clevel", how.level)
        .with("shuffle", SHUFFLES[usize::from(how.shuffle)])
        .with("typesize", how.typesize)
        .with("blocksize", how.block);
    let codecs = [Extension::new("bytes").with("endian", "little"), blosc];
    CodecChain::new(&codecs, spec.clone(), &CodecRegistry::default()).expect("a good chain")
}

fn row(
    criterion: &mut Criterion,
    name: &str,
    chain: &CodecChain,
    how: c_blosc::Settings<'_>,
    data: &[u8],
) {
    let mut raw_frame = vec![0; data.len() + c_blosc::OVERHEAD];
    pair::encode(criterion, name, chain, data, || {
        c_blosc::compress_into(how, black_box(data), &mut raw_frame).expect("it encodes");
    });
    let frame = c_blosc::compress(how, data).expect("it encodes");
    let mut raw_out = vec![0; data.len()];
    pair::decode(criterion, name, chain, &frame, || {
        assert!(c_blosc::decompress(black_box(&frame), &mut raw_out));
    });
}
