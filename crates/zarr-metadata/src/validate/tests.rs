//! Tests that each rule is told, in its place and its words, and that no bytes make a validator
//! panic. Here: what the tables in `tests/` share.

#![allow(
    clippy::needless_pass_by_value,
    reason = "tables read better without ampersands"
)]

mod codecs;
mod hostile;
mod limits;
mod nodes;
mod settings;
mod tolerated;
mod v2;
mod v3;

use serde_json::json;

use super::*;
use crate::{Limits, Severity};

/// A good v3 array with some members replaced.
fn array(changes: Value) -> Value {
    let mut document = json!({
        "zarr_format": 3, "node_type": "array", "shape": [100, 60], "data_type": "int16",
        "fill_value": 0, "chunk_key_encoding": {"name": "default"},
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [10, 20]}},
        "codecs": [{"name": "bytes", "configuration": {"endian": "little"}}, "crc32c"]
    });
    let members = document.as_object_mut().unwrap();
    members.extend(changes.as_object().unwrap().clone());
    document
}

/// A good v2 array with some members replaced.
fn zarray(changes: Value) -> Value {
    let mut document = json!({
        "zarr_format": 2, "shape": [4], "chunks": [2], "dtype": "<i2", "fill_value": 0,
        "order": "C", "filters": null, "compressor": {"id": "zlib", "level": 1}
    });
    let members = document.as_object_mut().unwrap();
    members.extend(changes.as_object().unwrap().clone());
    document
}

fn strict() -> Reader {
    Reader::default().profile(crate::Profile::Strict)
}

fn lines(report: &Report) -> Vec<String> {
    let findings = report.findings().iter();
    findings
        .map(|finding| {
            let letter = match finding.severity {
                Severity::Error => 'E',
                Severity::Warning => 'W',
            };
            format!("{letter} {}", finding.problem)
        })
        .collect()
}

#[track_caller]
fn check_as(name: &str, document: Value, expected: &[&str]) {
    let report = validate(name, document.to_string().as_bytes());
    assert_eq!(lines(&report), expected);
}

#[track_caller]
fn check(changes: Value, expected: &[&str]) {
    check_as("zarr.json", array(changes), expected);
}

#[track_caller]
fn check_codecs(codecs: Value, expected: &[&str]) {
    check(json!({"codecs": codecs}), expected);
}

fn bytes() -> Value {
    json!({"name": "bytes", "configuration": {"endian": "big"}})
}

fn shard(inner: Value, codecs: Value, index: Value) -> Value {
    json!({"name": "sharding_indexed", "configuration": {
        "chunk_shape": inner, "codecs": codecs, "index_codecs": index}})
}
