//! How fast a consolidated document of 5,000 arrays is indexed, read and judged, beside what
//! `serde_json` takes to make a value of it. Measures nothing else.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "what panics here says what is wrong, and where"
)]

use std::hint::black_box;

use criterion::{Criterion, Throughput};
use zarr_metadata::{
    Attributes, DataType, Extension, GroupMetadata, Indent, NodeMetadata, NodePath, ZarrFormat, v3,
    validate,
};

/// 5,000 arrays in 50 groups, as zarr-python would write them: compressed, named, described.
fn document() -> Vec<u8> {
    let mut documents = v3::ConsolidatedMetadataV3::default();
    let mut insert = |path: String, node: &NodeMetadata| {
        let path = NodePath::parse(&path).expect("a good path");
        documents.insert(&path, node).expect("a node of format 3");
    };
    for group in 0..50 {
        let node = GroupMetadata::new(ZarrFormat::V3, Attributes::new());
        insert(format!("group_{group}"), &NodeMetadata::Group(node));
        for array in 0..100 {
            let mut node =
                v3::ArrayMetadataV3::new(vec![720, 1440, 365], DataType::Float32, vec![90, 90, 30]);
            node.codecs.push(
                Extension::new("zstd")
                    .with("level", 3)
                    .with("checksum", false),
            );
            node.dimension_names = Some(["y", "x", "t"].map(|name| Some(name.to_owned())).into());
            for (key, value) in [("units", "K"), ("long_name", "temperature at two metres")] {
                node.attributes.insert(key.to_owned(), value.into());
            }
            node.attributes
                .insert("valid_range".to_owned(), vec![180.5, 330.25].into());
            let node = NodeMetadata::Array(zarr_metadata::ArrayMetadata::V3(node));
            insert(format!("group_{group}/array_{array}"), &node);
        }
    }
    let group = v3::GroupMetadataV3 {
        consolidated_metadata: Some(documents),
        ..v3::GroupMetadataV3::default()
    };
    let node = NodeMetadata::Group(GroupMetadata::V3(group));
    node.documents(Indent::default()).remove(0).1
}

fn index(text: &[u8]) -> v3::ConsolidatedMetadataV3 {
    match NodeMetadata::from_zarr_json(text) {
        Ok(NodeMetadata::Group(GroupMetadata::V3(group))) => {
            group.consolidated_metadata.expect("it is there")
        }
        other => panic!("no group: {other:?}"),
    }
}

fn main() {
    let mut criterion = Criterion::default().sample_size(20).configure_from_args();
    let text = document();
    let mut group = criterion.benchmark_group("consolidated");
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("serde_json value", |b| {
        b.iter(|| serde_json::from_slice::<serde_json::Value>(black_box(&text)));
    });
    group.bench_function("index", |b| b.iter(|| index(black_box(&text))));
    group.bench_function("read all", |b| {
        b.iter(|| {
            let index = index(black_box(&text));
            let nodes = index
                .paths()
                .map(|path| index.get(path).expect("it is there"));
            nodes.collect::<Result<Vec<_>, _>>().expect("all are good")
        });
    });
    group.bench_function("validate", |b| {
        b.iter(|| validate("zarr.json", black_box(&text)));
    });
    group.finish();
    criterion.final_summary();
}
