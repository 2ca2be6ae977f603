//! Checks documents, as a catalogue does: no stores, no codecs, no runtime.

use zarr_metadata::validate;

const GOOD: &str = r#"{"zarr_format": 3, "node_type": "group"}"#;
const BAD: &str = r#"{
    "zarr_format": 3, "node_type": "array", "shape": [10], "data_type": "uint8", "fill_value": 256,
    "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [5]}},
    "chunk_key_encoding": {"name": "default"}, "codecs": [{"name": "bytes"}]
}"#;

fn main() {
    assert!(validate("zarr.json", GOOD.as_bytes()).is_valid());
    let report = validate("zarr.json", BAD.as_bytes());
    assert!(!report.is_valid());
    let finding = report.findings().first().map(ToString::to_string);
    assert_eq!(
        finding.as_deref(),
        Some("error: zarr.json/fill_value: expected a whole number from 0 to 255, found 256")
    );
}
