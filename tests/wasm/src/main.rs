//! What the library does where there is one thread, no files and no C compiler: arrays and groups in memory, through every
//! compressor. A program and no test, so that it runs wherever a host runs WebAssembly: `tests/wasm/run.mjs` does.
//!
//! For `wasm32-wasip1` it is linked with the target's C library, which comes with the target or, where the standard
//! library is built from its source, from a package `wasi-libc` of 2025 or newer, unpacked in `$WASI`:
//!
//! ```sh
//! export CARGO_TARGET_WASM32_WASIP1_RUSTFLAGS="-C link-self-contained=no -L native=$WASI \
//!     -C link-arg=$WASI/crt1-command.o -C link-arg=-lc"
//! export CARGO_TARGET_WASM32_WASIP1_RUNNER="node --no-warnings tests/wasm/run.mjs"
//! RUSTC_BOOTSTRAP=1 cargo run -Zbuild-std=std,panic_abort --target wasm32-wasip1 -p zarr-wasm
//! ```

#![allow(clippy::unwrap_used, reason = "a test that fails shall stop")]

use futures_util::FutureExt;
use serde_json::{Value, json};
use zarr::blocking::Wait;
use zarr::{DataType, Group, Target, ZarrFormat};

/// Compressors of both formats, as they write without C.
fn compressors(format: ZarrFormat) -> Vec<Value> {
    match format {
        ZarrFormat::V2 => vec![
            json!({"id": "zstd", "level": 1}),
            json!({"id": "gzip", "level": 5}),
            json!({"id": "zlib", "level": 1}),
            json!({"id": "lz4"}),
            json!({"id": "bz2"}),
            json!({"id": "lzma"}),
            json!({"id": "blosc", "cname": "lz4", "clevel": 5}),
        ],
        ZarrFormat::V3 => vec![
            json!({"name": "zstd"}),
            json!({"name": "gzip", "configuration": {"level": 5}}),
            json!({"name": "blosc", "configuration": {"cname": "zstd", "clevel": 1}}),
            json!({"name": "blosc", "configuration": {"cname": "zlib", "shuffle": "bitshuffle"}}),
            json!({"name": "blosc", "configuration": {"cname": "blosclz"}}),
        ],
    }
}

/// Writes and reads back an array, all of it and a part.
fn array(root: &Group, name: &str, compressor: Value, sharded: bool) {
    let create = root
        .create_array(name, [100, 70], DataType::Int32)
        .chunks([10, 35])
        .fill_value(-1)
        .compressors(compressor);
    let create = match sharded {
        true => create.shards([50, 70]),
        false => create,
    };
    let array = create.wait().unwrap();
    let elements: Vec<i32> = (0..7000).map(|i| i * i % 1000).collect();
    let shape = (100, 70);
    let data = zarr::ndarray::Array::from_shape_vec(shape, elements).unwrap();
    array.write(.., data.clone()).wait().unwrap();
    let all = array.read::<i32>(..).wait().unwrap();
    assert_eq!(all, data.clone().into_dyn(), "{name}");
    let part = array.read::<i32>((5..25, 30..40)).wait().unwrap();
    let expected = data.slice(zarr::ndarray::s![5..25, 30..40]).to_owned();
    assert_eq!(part, expected.into_dyn(), "{name}");
}

fn main() {
    let mut arrays = 0;
    for format in [ZarrFormat::V2, ZarrFormat::V3] {
        let root = zarr::create_group(Target::Memory).zarr_format(format);
        let root = root.wait().unwrap();
        for (i, compressor) in compressors(format).into_iter().enumerate() {
            array(&root, &format!("a{i}"), compressor.clone(), false);
            arrays += 1;
            if format == ZarrFormat::V3 {
                array(&root, &format!("s{i}"), compressor, true);
                arrays += 1;
            }
        }
        println!("{}", root.tree().wait().unwrap());
    }
    // Everything in memory is ready at once, so `.await` needs no runtime either.
    let create = zarr::create_array(Target::Memory, [10], DataType::Float64);
    let array = create.into_future().now_or_never().unwrap().unwrap();
    let read = array.read::<f64>(..).into_future().now_or_never();
    assert_eq!(read.unwrap().unwrap().len(), 10);
    println!("{arrays} arrays were written and read");
}
