//! Documents that other libraries wrote: each is read, judged clean and comes back as it was. How
//! they were made is in `fixtures/make.sh`; what a finding would mean is for the validator's own
//! tests.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "what panics here says what is wrong, and where"
)]

use std::fs;
use std::path::{MAIN_SEPARATOR, Path, PathBuf};

use serde_json::Value;
use zarr_metadata::{
    ArrayMetadata, GroupMetadata, Indent, NodeDocuments, NodeMetadata, Reader, ZarrFormat, v2,
};

/// What is rightly said about documents that are not all right: where, and how it ends.
const FINDINGS: [(&str, &str); 5] = [
    // GDAL 3.10 leaves the codecs out, or the one that makes bytes of arrays.
    ("warning: gdal_/v3.zarr/", "such as [{\"name\": \"bytes\"}]"),
    ("warning: gdal_/v3.zarr/v3/zarr.json/codecs: ", "found none"),
    // Without codecs zarrita.js 0.7 writes none.
    (
        "warning: zarrita/a/no_codecs/zarr.json/codecs: ",
        "found none",
    ),
    // Python writes numbers that JSON does not have.
    ("found a bare", "\""),
    // A data type nobody here knows yet.
    ("/data_type: data type", "is not supported by this library"),
];

/// Those among them that get the codec which their writers left out, and what they have then. GDAL
/// reads them so.
const REPAIRED: [(&str, &[&str]); 4] = [
    ("gdal_/v3.zarr/X/zarr.json", &["bytes"]),
    ("gdal_/v3.zarr/Y/zarr.json", &["bytes"]),
    ("gdal_/v3.zarr/v3/zarr.json", &["bytes", "gzip"]),
    ("zarrita/a/no_codecs/zarr.json", &["bytes"]),
];

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => files(&path, found),
            false => found.push(path),
        }
    }
}

/// Every document, by its path in the folder of fixtures.
fn documents() -> Vec<(String, Vec<u8>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut found = Vec::new();
    files(&root, &mut found);
    found.sort();
    let documents = found.into_iter().filter_map(|path| {
        let name = path.strip_prefix(&root).unwrap().to_str()?;
        let name = name.replace(MAIN_SEPARATOR, "/");
        let last = name.rsplit('/').next()?;
        let is_document = last == "zarr.json" || last.starts_with(".z");
        is_document.then(|| (name, fs::read(&path).unwrap()))
    });
    documents.collect()
}

fn reader() -> Reader {
    Reader::default()
}

#[test]
fn judged_clean() {
    let mut seen = 0;
    let mut found = String::new();
    for (name, text) in documents() {
        seen += 1;
        for finding in reader().validate(&name, &text).findings() {
            let line = finding.to_string();
            let expected =
                |(start, end): &(&str, &str)| line.contains(start) && line.ends_with(end);
            if !FINDINGS.iter().any(expected) {
                found += &format!("{line}\n");
            }
        }
    }
    assert!(seen > 130, "{seen} documents");
    assert_eq!(found, "");
}

/// The same value, apart from members whose absence says the same.
fn same(written: &Value, read: &Value) -> bool {
    match (written, read) {
        (Value::Object(written), Value::Object(read)) => {
            let silent = |key: &str, value: &Value| {
                matches!(
                    (key, value),
                    ("attributes", Value::Object(m)) if m.is_empty()
                ) || matches!(
                    key,
                    "storage_transformers" | "must_understand" | "separator"
                ) || value.is_null()
                    || matches!(value, Value::Object(m) if m.is_empty() || m.len() == 1 && m.contains_key("separator"))
                    || (key, value) == ("dimension_separator", &".".into())
            };
            let mut keys: Vec<&String> = written.keys().chain(read.keys()).collect();
            keys.dedup();
            keys.into_iter()
                .all(|key| match (written.get(key), read.get(key)) {
                    (Some(one), Some(other)) => same(one, other),
                    (Some(value), None) | (None, Some(value)) => silent(key, value),
                    (None, None) => true,
                })
        }
        (Value::Array(written), Value::Array(read)) => {
            written.len() == read.len() && written.iter().zip(read).all(|(a, b)| same(a, b))
        }
        // The short form of an extension is written as the long one.
        (Value::Object(long), Value::String(name)) => {
            long.get("name") == Some(&Value::from(name.as_str()))
        }
        (one, other) => {
            one == other || one.is_null() && other.as_array().is_some_and(Vec::is_empty)
        }
    }
}

fn parsed(text: &[u8]) -> Value {
    // The two documents with bare numbers are not compared as values.
    serde_json::from_slice(text).unwrap_or_default()
}

#[test]
fn read_and_written_as_they_were() {
    for (name, text) in documents() {
        let (node, format) = match name.rsplit('/').next() {
            Some("zarr.json") => (reader().zarr_json(&text), ZarrFormat::V3),
            Some(".zarray") => {
                let node = reader().array_v2(&text, None).map(NodeMetadata::Array);
                (node, ZarrFormat::V2)
            }
            Some(".zgroup") => {
                let node = reader().group_v2(&text, None).map(NodeMetadata::Group);
                (node, ZarrFormat::V2)
            }
            _ => continue,
        };
        let node = node.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(node.format(), format, "{name}");
        let documents = node.documents(Indent::default());
        let (_, written) = &documents[0];
        let (written, mut read) = (parsed(written), parsed(&text));
        if let Some((_, expected)) = REPAIRED.iter().find(|(repaired, _)| *repaired == name) {
            let codecs = written["codecs"].as_array().unwrap();
            let names: Vec<&Value> = codecs.iter().map(|codec| &codec["name"]).collect();
            assert_eq!(names, *expected, "{name}");
            assert_eq!(codecs[0]["configuration"]["endian"], "little", "{name}");
            read["codecs"] = written["codecs"].clone();
        }
        assert!(
            read.is_null() || same(&written, &read),
            "{name}: {written} is not {read}"
        );
        let again = match format {
            ZarrFormat::V3 => NodeMetadata::from_zarr_json(&documents[0].1).unwrap(),
            ZarrFormat::V2 => Reader::default()
                .node(&NodeDocuments {
                    zarray: name.ends_with(".zarray").then_some(&documents[0].1),
                    zgroup: name.ends_with(".zgroup").then_some(&documents[0].1),
                    ..NodeDocuments::default()
                })
                .unwrap()
                .unwrap(),
        };
        assert_eq!(again, node, "{name}");
    }
}

#[test]
fn consolidated_copies_are_the_documents() {
    let all = documents();
    let text = |key: &str| {
        let document = all.iter().find(|(name, _)| name == key);
        document.map(|(_, text)| text.as_slice())
    };
    let mut seen = 0;
    for (name, document) in &all {
        if let Some(root) = name.strip_suffix(".zmetadata") {
            let index = reader().zmetadata(document).unwrap();
            assert_eq!(
                v2::ConsolidatedMetadataV2::from_zmetadata(&index.to_zmetadata()).unwrap(),
                index,
                "{name}"
            );
            for path in index.paths() {
                let folder = match path {
                    "" => root.to_owned(),
                    path => format!("{root}{path}/"),
                };
                let node = index.get(path).unwrap().unwrap();
                let zattrs = text(&format!("{folder}.zattrs"));
                let direct = NodeDocuments {
                    zarray: text(&format!("{folder}.zarray")),
                    zgroup: text(&format!("{folder}.zgroup")),
                    zattrs,
                    ..NodeDocuments::default()
                };
                let direct = reader().node(&direct).unwrap().unwrap();
                assert_eq!(node.attributes(), direct.attributes(), "{name} {path}");
                assert_eq!(
                    node.documents(Indent::default()).len(),
                    direct.documents(Indent::default()).len()
                );
                seen += 1;
            }
        }
        let Ok(NodeMetadata::Group(GroupMetadata::V3(group))) = reader().zarr_json(document) else {
            continue;
        };
        let Some(index) = &group.consolidated_metadata else {
            continue;
        };
        let root = name.strip_suffix("zarr.json").unwrap();
        for path in index.paths() {
            let copy = index.get(path).unwrap().unwrap();
            let direct = reader().zarr_json(text(&format!("{root}{path}/zarr.json")).unwrap());
            assert_eq!(copy.attributes(), direct.as_ref().unwrap().attributes());
            if let NodeMetadata::Array(_) = copy {
                assert_eq!(copy, direct.unwrap(), "{name} {path}");
            }
            seen += 1;
        }
        // Written again it has the nodes in the order in which zarr-python wrote them.
        let order = |value: &Value| -> Vec<String> {
            let paths = value["consolidated_metadata"]["metadata"]
                .as_object()
                .unwrap();
            paths.keys().cloned().collect()
        };
        assert_eq!(order(&group.to_json()), order(&parsed(document)), "{name}");
    }
    assert!(seen > 50, "{seen} nodes");
}

#[test]
fn converted_and_judged_clean() {
    let mut seen = 0;
    for (name, text) in documents() {
        let Some(folder) = name.strip_suffix(".zarray") else {
            continue;
        };
        let array = ArrayMetadata::from_v2(&text, None).unwrap();
        let Ok(new) = array.convert(ZarrFormat::V3) else {
            continue;
        };
        let (_, document) = &new.metadata.documents(Indent::default())[0];
        let report = Reader::default().validate(&format!("{folder}zarr.json"), document);
        assert!(report.is_valid(), "{report}");
        let back = new.metadata.convert(ZarrFormat::V2);
        if let Ok(back) = back {
            assert_eq!(back.metadata.shape(), array.shape(), "{name}");
        }
        seen += 1;
    }
    assert!(seen > 20, "{seen} arrays");
}
