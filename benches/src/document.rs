//! The document of an array, in the words of each format. Knows no library.

use serde_json::{Value, json};

use crate::dataset::{Compressor, Dataset, FIELD, Filter, Format, GZIP_LEVEL, ZSTD_LEVEL};
use crate::element::Element;

/// What `zarr.json` or `.zarray` says.
pub(crate) fn document(dataset: &Dataset) -> Value {
    match dataset.format {
        Format::V3 | Format::V3Rectilinear => v3(dataset),
        Format::V2(filter) => v2(dataset, filter),
        Format::V2Records => {
            let one = |name| json!([name, dataset.element.numpy()]);
            let mut document = v2(dataset, None);
            document["dtype"] = json!([one("red"), one(FIELD), one("blue")]);
            document["fill_value"] = Value::Null;
            document
        }
    }
}

fn v3(dataset: &Dataset) -> Value {
    let little = json!({"name": "bytes", "configuration": {"endian": "little"}});
    let (bytes, fill_value) = match dataset.element {
        Element::U16 | Element::F32 => (little.clone(), json!(0)),
        Element::Text => (json!({"name": "vlen-utf8"}), json!("")),
    };
    let mut codecs = [vec![bytes], compressors(dataset)].concat();
    if dataset.shards.is_some() {
        codecs = vec![json!({"name": "sharding_indexed", "configuration": {
            "chunk_shape": dataset.chunks,
            "codecs": codecs,
            "index_codecs": [little, {"name": "crc32c"}],
            "index_location": "end",
        }})];
    }
    json!({
        "zarr_format": 3,
        "node_type": "array",
        "shape": dataset.shape,
        "data_type": dataset.element.name(),
        "chunk_grid": grid(dataset),
        "chunk_key_encoding": {"name": "default", "configuration": {"separator": "/"}},
        "fill_value": fill_value,
        "codecs": codecs,
        "attributes": {},
    })
}

/// The codecs behind the one that makes bytes.
pub(crate) fn compressors(dataset: &Dataset) -> Vec<Value> {
    let codec = match dataset.compressor {
        Compressor::None => return Vec::new(),
        Compressor::Zstd => {
            json!({"name": "zstd", "configuration": {"level": ZSTD_LEVEL, "checksum": false}})
        }
        Compressor::Gzip => json!({"name": "gzip", "configuration": {"level": GZIP_LEVEL}}),
        Compressor::Blosc {
            cname,
            level,
            shuffle,
        } => json!({"name": "blosc", "configuration": {
            "cname": cname,
            "clevel": level,
            "shuffle": shuffle,
            "typesize": dataset.element.size(),
            "blocksize": 0,
        }}),
    };
    vec![codec]
}

fn grid(dataset: &Dataset) -> Value {
    let chunks = dataset.shards.unwrap_or(dataset.chunks);
    if dataset.format != Format::V3Rectilinear {
        return json!({"name": "regular", "configuration": {"chunk_shape": chunks}});
    }
    let lengths = [0, 1, 2].map(|axis| {
        let (chunk, pairs) = (chunks[axis], dataset.shape[axis] / chunks[axis] / 2);
        match pairs {
            0 => vec![chunk],
            _ => [chunk / 4 * 3, chunk / 4 * 5].repeat(pairs as usize),
        }
    });
    json!({"name": "rectilinear", "configuration": {"kind": "inline", "chunk_shapes": lengths}})
}

fn v2(dataset: &Dataset, filter: Option<Filter>) -> Value {
    let dtype = dataset.element.numpy();
    let compressor = match dataset.compressor {
        Compressor::None => Value::Null,
        Compressor::Zstd => json!({"id": "zstd", "level": ZSTD_LEVEL}),
        Compressor::Gzip => json!({"id": "gzip", "level": GZIP_LEVEL}),
        Compressor::Blosc {
            cname,
            level,
            shuffle,
        } => json!({
            "id": "blosc",
            "cname": cname,
            "clevel": level,
            "shuffle": if shuffle == "bitshuffle" { 2 } else { 1 },
            "blocksize": 0,
        }),
    };
    let filters = filter.map(|filter| match filter {
        Filter::Delta => [json!({"id": "delta", "dtype": dtype, "astype": dtype})],
        Filter::Shuffle => [json!({"id": "shuffle", "elementsize": dataset.element.size()})],
    });
    json!({
        "zarr_format": 2,
        "shape": dataset.shape,
        "chunks": dataset.chunks,
        "dtype": dtype,
        "order": "C",
        "fill_value": 0,
        "filters": filters,
        "compressor": compressor,
        "dimension_separator": ".",
    })
}
