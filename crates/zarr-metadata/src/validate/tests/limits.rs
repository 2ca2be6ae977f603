//! Tests: reports that stay short.

use serde_json::json;

use super::*;

#[test]
fn a_million_problems_make_a_short_report() {
    let limits = Limits {
        problems: 3,
        ..Limits::default()
    };
    let text = format!("{{{}\"a\": 1}}", "\"a\": 1,".repeat(1_000_000));
    let report = Reader::default()
        .limits(limits)
        .validate(".zattrs", text.as_bytes());
    assert_eq!(report.findings().len(), 3);
}

#[test]
fn the_most_problems_are_counted() {
    let limits = Limits {
        problems: 2,
        ..Limits::default()
    };
    let text = array(json!({"shape": [1.5, 2.5, 3.5, 4.5]})).to_string();
    let report = Reader::default()
        .limits(limits)
        .validate("zarr.json", text.as_bytes());
    assert_eq!((report.findings().len(), report.omitted()), (2, 2));
    assert!(report.to_string().ends_with("\nand 2 more"));
}
