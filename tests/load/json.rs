//! H3: documents made to cost a reader time. Each is an error of its class, or is read, within 100 ms.

use std::fs::File;
use std::time::{Duration, Instant};

use zarr::blocking::Wait;
use zarr::{Error, ErrorClass};

use crate::rounds;

/// What a document is allowed to take; without optimisation much more.
const LIMIT: Duration = Duration::from_millis(if cfg!(debug_assertions) { 20_000 } else { 100 });

/// The document of a group with these attributes.
fn group(attributes: &str) -> Vec<u8> {
    format!(r#"{{"zarr_format": 3, "node_type": "group", "attributes": {attributes}}}"#)
        .into_bytes()
}

/// The document of an array with this shape and fill value.
fn array(shape: &str, fill: &str) -> Vec<u8> {
    format!(
        r#"{{"zarr_format": 3, "node_type": "array", "shape": {shape}, "data_type": "float64", "fill_value": {fill},
        "chunk_grid": {{"name": "regular", "configuration": {{"chunk_shape": [1]}}}},
        "chunk_key_encoding": {{"name": "default"}}, "codecs": [{{"name": "bytes", "configuration": {{"endian": "little"}}}}]}}"#
    )
    .into_bytes()
}

/// What is read, and how it ends: `None` if it is read.
fn cases() -> Vec<(&'static str, Vec<u8>, Option<ErrorClass>)> {
    // The reader takes ten times as long where it is not optimised.
    let million = rounds(1_000_000, 50_000) as usize;
    let many = |one: &str, count: usize| format!("{{{}}}", vec![one; count].join(","));
    let (corrupt, limit) = (Some(ErrorClass::Corrupt), Some(ErrorClass::Limit));
    let brackets = |open: &str, close: &str, depth| open.repeat(depth) + "1" + &close.repeat(depth);
    let marked = [b"\xef\xbb\xbf".as_slice(), &group("{}")].concat();
    vec![
        ("depth 10,000", group(&brackets("[", "]", 10_000)), limit),
        (
            "depth 10,000 of objects",
            group(&brackets("{\"a\":", "}", 10_000)),
            limit,
        ),
        (
            "a million brackets that never close",
            "[".repeat(million).into_bytes(),
            limit,
        ),
        (
            "a million keys, all the same",
            group(&many("\"a\":1", million)),
            // The last one counts, as for Python; `validate` reports it.
            None,
        ),
        (
            "more keys than values may be",
            group(&many("\"a\":1", 1_100_000)),
            limit,
        ),
        ("a key twice", group(&many("\"a\":1", 2)), None),
        (
            "more values than may be",
            group(&format!("{{\"a\":[{}]}}", vec!["0"; 1_100_000].join(","))),
            limit,
        ),
        (
            "bare NaN",
            group("{\"a\": NaN, \"b\": [Infinity, -Infinity]}"),
            None,
        ),
        ("bare NaN as fill value", array("[1]", "NaN"), None),
        (
            "an exponent too large",
            array("[1]", "1e999999999"),
            corrupt,
        ),
        ("an exponent too small", array("[1]", "1e-999999999"), None),
        (
            "a shape of a million digits",
            array(&format!("[{}]", "9".repeat(million)), "0"),
            corrupt,
        ),
        (
            "a fill value of a million digits",
            array("[1]", &format!("0.{}", "3".repeat(million))),
            None,
        ),
        ("half of a pair", group(r#"{"a": "\ud800"}"#), corrupt),
        ("not UTF-8", [group("{}"), vec![0xff]].concat(), corrupt),
        ("a byte order mark", marked, corrupt),
        ("nothing", vec![], corrupt),
        ("a million spaces", vec![b' '; million], corrupt),
        (
            "a string that never ends",
            group(&format!("\"{}", "\\u0041".repeat(million))),
            corrupt,
        ),
    ]
}

/// How long it took to read it or to say why not.
fn judge(
    what: &str,
    expected: Option<ErrorClass>,
    open: impl Fn() -> Result<(), Error>,
) -> Duration {
    let begun = Instant::now();
    let opened = open();
    let time = begun.elapsed();
    assert_eq!(opened.err().map(|error| error.class()), expected, "{what}");
    assert!(time < LIMIT, "{what}: {time:?}");
    time
}

pub(crate) fn run() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("zarr.json");
    let mut most = Duration::ZERO;
    let open = || zarr::open(dir.path()).mode("r").wait().map(drop);
    for (what, document, expected) in cases() {
        std::fs::write(&path, &document).unwrap();
        most = most.max(judge(what, expected, open));
    }
    // Of which nothing is read.
    File::create(&path).unwrap().set_len(1 << 30).unwrap();
    most = most.max(judge("a gibibyte", Some(ErrorClass::Limit), open));
    println!(
        "H3: {} documents, {} ms at most",
        cases().len() + 1,
        most.as_millis()
    );
}
