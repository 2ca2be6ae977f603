//! Metadata documents: what reads comes back from its own writing, and nothing panics.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use zarr_metadata::{
    ChunkKeyEncoding, DataType, Extension, FillValue, Indent, NodeDocuments, NodeMetadata,
    NodePath, Reader, ZarrFormat, v2, validate,
};

use super::{Bound, Target};

pub(super) fn targets() -> Vec<Target> {
    let target = |name, run, seeds| Target {
        name,
        run,
        seeds,
        bound: Bound::JSON,
    };
    vec![
        target("v3_json", v3_json, || fixtures(&["zarr.json"])),
        target("v2_zarray", v2_zarray, || fixtures(&[".zarray"])),
        target("v2_zattrs_zgroup", v2_zattrs_zgroup, || {
            fixtures(&[".zgroup", ".zattrs"])
        }),
        target("consolidated", consolidated, || {
            fixtures(&[".zmetadata", "v3.zarr/zarr.json"])
        }),
        target("dtype_str", dtype_str, dtypes),
        target("fill_value", fill_value, fill_values),
        target("node_name_and_key", node_name_and_key, || {
            ["a/b", "../c", "c/0/1", "0.1.2", "/a//b/"]
                .map(Vec::from)
                .into()
        }),
    ]
}

fn v3_json(text: &[u8]) {
    let _ = validate("zarr.json", text);
    let Ok(node) = NodeMetadata::from_zarr_json(text) else {
        return;
    };
    let (_, written) = &node.documents(Indent::default())[0];
    assert_eq!(NodeMetadata::from_zarr_json(written).unwrap(), node);
    other_format(&node);
}

fn v2_zarray(text: &[u8]) {
    let _ = validate(".zarray", text);
    let Ok(array) = Reader::default().array_v2(text, None) else {
        return;
    };
    let node = NodeMetadata::Array(array);
    let (_, written) = &node.documents(Indent::default())[0];
    let again = Reader::default().array_v2(written, None).unwrap();
    assert_eq!(NodeMetadata::Array(again), node);
    other_format(&node);
}

/// What is valid in one format is valid in the other, if that can say it at all.
fn other_format(node: &NodeMetadata) {
    let to = match node.format() {
        ZarrFormat::V2 => ZarrFormat::V3,
        ZarrFormat::V3 => ZarrFormat::V2,
    };
    let documents = node.documents(Indent::default());
    let mut texts = documents.iter();
    if !texts.all(|(name, text)| validate(name, text).is_valid()) {
        return;
    }
    if let Ok(new) = node.convert(to) {
        for (name, text) in new.metadata.documents(Indent::default()) {
            let report = validate(name, &text);
            assert!(
                report.is_valid(),
                "{report}{}",
                String::from_utf8_lossy(&text)
            );
        }
    }
}

fn v2_zattrs_zgroup(bytes: &[u8]) {
    let (zgroup, zattrs) = halves(bytes);
    let _ = (validate(".zgroup", zgroup), validate(".zattrs", zattrs));
    let found = NodeDocuments {
        zgroup: Some(zgroup),
        zattrs: Some(zattrs),
        ..NodeDocuments::default()
    };
    let _ = Reader::default().node(&found);
    let _ = Reader::default().group_v2(bytes, None);
}

fn consolidated(text: &[u8]) {
    let _ = (validate(".zmetadata", text), validate("zarr.json", text));
    if let Ok(index) = v2::ConsolidatedMetadataV2::from_zmetadata(text) {
        for path in index.paths() {
            let _ = index.get(path);
        }
        let _ = index.to_zmetadata();
    }
    if let Ok(NodeMetadata::Group(zarr_metadata::GroupMetadata::V3(group))) =
        NodeMetadata::from_zarr_json(text)
        && let Some(index) = &group.consolidated_metadata
    {
        for path in index.paths() {
            let _ = (index.get(path), index.children(path));
        }
    }
}

fn dtype_str(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let value = serde_json::from_slice(bytes).unwrap_or_else(|_| Value::from(text));
    if let Ok(dtype) = v2::DType::from_json(value.clone()) {
        assert_eq!(v2::DType::from_json(dtype.to_json()).unwrap(), dtype);
        let _ = (
            dtype.swap_to_native(),
            dtype.mixed_endian(),
            dtype.data_type.layout(),
        );
    }
    if let Ok(dtype) = DataType::from_json(value) {
        assert_eq!(DataType::from_json(dtype.to_json()).unwrap(), dtype);
        let _ = (dtype.layout(), FillValue::default_for(&dtype));
    }
}

/// The data type, a line feed, the value.
fn fill_value(bytes: &[u8]) {
    let (dtype, value) = halves(bytes);
    let json = |text| serde_json::from_slice::<Value>(text).ok();
    let dtype = json(dtype).and_then(|name| DataType::from_json(name).ok());
    let (Some(dtype), Some(value)) = (dtype, json(value)) else {
        return;
    };
    if let Ok(fill) = FillValue::from_json(&value, &dtype) {
        let written = fill.to_json(&dtype);
        assert_eq!(FillValue::from_json(&written, &dtype).unwrap(), fill);
    }
}

fn node_name_and_key(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Ok(path) = NodePath::parse(&text) {
        assert!(
            path.segments().all(|name| !matches!(name, "" | "." | "..")),
            "{path}"
        );
        let _ = path.check_new();
    }
    if let Ok(key) = zarr_store::Key::new(&*text) {
        let escapes = |name: &str| matches!(name, "" | "." | "..");
        assert!(!key.as_str().split('/').any(escapes), "{key}");
    }
    for name in ["default", "v2"] {
        for separator in ["/", "."] {
            let encoding = Extension::new(name).with("separator", separator);
            let encoding = ChunkKeyEncoding::from_extension(&encoding).unwrap();
            for rank in 0..4 {
                if let Some(index) = encoding.decode(&text, rank) {
                    let mut key = String::new();
                    encoding.encode(&index, &mut key);
                    assert_eq!(key, text);
                }
            }
        }
    }
}

/// Before and after the first line feed.
fn halves(bytes: &[u8]) -> (&[u8], &[u8]) {
    let end = bytes.iter().position(|&byte| byte == b'\n');
    end.map_or((bytes, &[]), |end| (&bytes[..end], &bytes[end + 1..]))
}

/// Documents that other libraries wrote.
fn fixtures(names: &[&str]) -> Vec<Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/zarr-metadata/tests/fixtures");
    let mut folders = vec![root];
    let mut found: Vec<PathBuf> = vec![];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => folders.push(path),
                false if names.iter().any(|name| path.ends_with(name)) => found.push(path),
                false => {}
            }
        }
    }
    found.sort();
    found
        .into_iter()
        .map(|path| fs::read(path).unwrap())
        .collect()
}

fn dtypes() -> Vec<Vec<u8>> {
    let texts = [
        "<f8",
        "|b1",
        ">U3",
        "<M8[25s]",
        "|V7",
        "\"float8_e4m3\"",
        r#"[["a", "<i4"], ["b", "|S3", [2, 2]], ["c", [["d", ">f2"]]]]"#,
        r#"{"name": "numpy.datetime64", "configuration": {"unit": "ns", "scale_factor": 1}}"#,
        r#"{"name": "struct", "configuration": {"fields": [{"name": "x", "data_type": "r16"}]}}"#,
    ];
    texts.map(Vec::from).into()
}

fn fill_values() -> Vec<Vec<u8>> {
    let texts = [
        "\"float32\"\n\"0x7fc00001\"",
        "\"uint64\"\n18446744073709551615",
        "\"bool\"\ntrue",
        "\"complex64\"\n[\"NaN\", -0.0]",
        "\"string\"\n\"\u{17c}\"",
        "\"bytes\"\n\"AAEC\"",
        "\"r16\"\n[1, 255]",
        "\"int4\"\n-8",
        "\"float4_e2m1fn\"\n\"0x0f\"",
    ];
    texts.map(Vec::from).into()
}
