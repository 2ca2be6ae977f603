//! Tests: what breaks the format and is read all the same, or is no JSON at all.

use serde_json::json;

use super::*;

#[test]
fn raw_text() {
    let check = |name: &str, text: &str, expected: &[&str]| {
        assert_eq!(lines(&validate(name, text.as_bytes())), expected, "{text}");
    };
    check(
        ".zattrs",
        r#"{"a": 1, "b": [{"c": 1, "\u0063": 2}], "a": NaN}"#,
        &[
            "E /b/0/c: expected each key once in an object, found this one again; remove one of \
             them",
            "E /a: expected each key once in an object, found this one again; remove one of them",
            "W /a: expected JSON, found a bare NaN; write \"NaN\"",
        ],
    );
    check(
        ".zattrs",
        "[]",
        &["E document: expected an object, found an array of 0"],
    );
    check(
        "zarr.json",
        "{\"a\": }",
        &["E document: not JSON at line 1 column 7: expected value at line 1 column 7"],
    );
    check(
        "zarr.json",
        "\u{feff}{}",
        &[
            "E document: not JSON at line 1 column 1: it begins with a byte order mark; save it as UTF-8 without one",
        ],
    );
    let deep = "[".repeat(10_000);
    check(
        "",
        &deep,
        &["E document: depth 65 is above the limit of 64"],
    );
}

#[test]
fn bare_numbers_are_warnings_where_they_are_tolerated() {
    let text = br#"{"zarr_format": 3, "node_type": "group", "attributes": {"a": [-Infinity]}}"#;
    let finding = "/attributes/a/0: expected JSON, found a bare -Infinity; write \"-Infinity\"";
    let report = Reader::default().validate("zarr.json", text);
    assert_eq!(lines(&report), [format!("W {finding}")]);
    let report = strict().validate("zarr.json", text);
    assert_eq!(lines(&report), [format!("E {finding}")]);
}

/// The table of what breaks the format and is read all the same: what is said of it, once as a
/// warning, to the strict as an error, with what readers say as well.
#[test]
fn tolerated() {
    let check = |name: &str, document: Value, expected: &str| {
        let text = document.to_string();
        let report = Reader::default().validate(name, text.as_bytes());
        assert_eq!(lines(&report), [format!("W {expected}")]);
        let report = strict().validate(name, text.as_bytes());
        assert_eq!(lines(&report), [format!("E {expected}")]);
        let read = |reader: Reader| {
            let text = Some(text.as_bytes());
            reader.read(&match name {
                "zarr.json" => crate::NodeDocuments {
                    zarr_json: text,
                    ..Default::default()
                },
                ".zarray" => crate::NodeDocuments {
                    zarray: text,
                    ..Default::default()
                },
                _ => crate::NodeDocuments {
                    zgroup: text,
                    ..Default::default()
                },
            })
        };
        let (_, warnings) = read(Reader::default()).unwrap().unwrap();
        assert_eq!(lines(&warnings), [format!("W {expected}")]);
        assert_eq!(read(strict()).unwrap_err().to_string(), expected);
    };
    let v3 = |changes: Value, expected: &str| check("zarr.json", array(changes), expected);
    let mut no_codecs = array(json!({}));
    no_codecs.as_object_mut().unwrap().shift_remove("codecs");
    check(
        "zarr.json",
        no_codecs,
        "/codecs: missing; add an array of codecs, such as [{\"name\": \"bytes\"}]",
    );
    let none = "/codecs: expected an array -> bytes codec such as \"bytes\", found none";
    v3(json!({"codecs": []}), none);
    v3(
        json!({"codecs": [{"name": "gzip", "configuration": {"level": 1}}]}),
        none,
    );
    v3(
        json!({"codecs": [{"name": "endian", "configuration": {"endian": "big"}}]}),
        "/codecs/0/name: expected \"bytes\", found its old name \"endian\"",
    );
    v3(
        json!({"data_type": "variable_length_bytes", "fill_value": "", "codecs": ["vlen-bytes"]}),
        "/data_type: expected \"bytes\", found \"variable_length_bytes\"",
    );
    v3(
        json!({"data_type": {"name": "raw_bytes", "configuration": {"length_bytes": 2}},
            "fill_value": [0, 0]}),
        "/data_type/name: expected \"r8\", \"r16\", …, found \"raw_bytes\"",
    );
    v3(
        json!({"data_type": {"name": "struct", "configuration": {"fields": [["a", "int16"]]}},
            "fill_value": {"a": 0}}),
        "/data_type/configuration/fields/0: expected an object with a name and a data_type, found \
         a list",
    );
    v3(
        json!({"data_type": {"name": "numpy.datetime64",
            "configuration": {"unit": "\u{3bc}s", "scale_factor": 1}}}),
        "/data_type/configuration/unit: expected \"us\", found \"\u{3bc}s\"",
    );
    v3(
        json!({"fill_value": 5.0}),
        "/fill_value: expected 5, found 5.0",
    );
    v3(
        json!({"dimension_names": null}),
        "/dimension_names: expected an array of names, or no such member, found null",
    );
    v3(
        json!({"chunk_key_encoding": {"name": "v2", "separator": "/"}}),
        "/chunk_key_encoding/separator: expected the separator in a configuration, found it beside \
         the name, which only an early draft allowed",
    );
    let group = |block: Value| json!({"zarr_format": 3, "node_type": "group", "consolidated_metadata": block});
    check(
        "zarr.json",
        group(Value::Null),
        "/consolidated_metadata: expected an object, or no such member, found null",
    );
    check(
        "zarr.json",
        group(json!({"kind": "inline", "metadata": {}})),
        "/consolidated_metadata/must_understand: missing; add \"must_understand\": false",
    );
    let v2 = |changes: Value, expected: &str| check(".zarray", zarray(changes), expected);
    for (written, canonical) in [
        ("f8", "<f8"),
        ("=f8", "<f8"),
        ("|f8", "<f8"),
        ("<i1", "|i1"),
        ("<S3", "|S3"),
        ("float64", "<f8"),
        ("<M8[1s]", "<M8[s]"),
        ("?", "|b1"),
    ] {
        let expected = format!("/dtype: expected {canonical:?}, found {written:?}");
        v2(json!({"dtype": written, "fill_value": null}), &expected);
    }
    v2(
        json!({"fill_value": 5.0}),
        "/fill_value: expected 5, found 5.0",
    );
    v2(
        json!({"filters": []}),
        "/filters: expected null for no filters, found an empty array",
    );
    v2(
        json!({"shape": [0], "chunks": [0]}),
        "/chunks/0: expected a chunk length of at least 1, found 0",
    );
    v2(
        json!({"shape": [5], "chunks": [0]}),
        "/chunks/0: expected a chunk length of at least 1, found 0",
    );
    let grid = |shape: Value, name: &str, configuration: Value| json!({"shape": shape, "chunk_grid": {"name": name, "configuration": configuration}});
    let regular =
        |shape: Value, lengths: Value| grid(shape, "regular", json!({"chunk_shape": lengths}));
    for length in [json!(0), json!(true), json!(false)] {
        for shape in [0, 5] {
            v3(
                regular(json!([shape]), json!([length])),
                &format!(
                    "/chunk_grid/configuration/chunk_shape/0: expected a chunk length of at least 1, \
                     found {length}"
                ),
            );
        }
    }
    v3(
        regular(json!([4, 20]), json!([2, [5, 10, 5]])),
        "/chunk_grid/configuration/chunk_shape: expected one length per axis, or a grid named \"rectilinear\", found lists of lengths",
    );
    let rectilinear = |lengths: Value| {
        let configuration = json!({"kind": "inline", "chunk_shapes": [lengths]});
        grid(json!([10]), "rectilinear", configuration)
    };
    v3(
        rectilinear(json!([4.0, 6])),
        "/chunk_grid/configuration/chunk_shapes/0/0: expected 4, found 4.0",
    );
    v3(
        rectilinear(json!([[4.0, 2], 2])),
        "/chunk_grid/configuration/chunk_shapes/0/0/0: expected 4, found 4.0",
    );
    v3(
        rectilinear(json!(true)),
        "/chunk_grid/configuration/chunk_shapes/0: expected 1, found true",
    );
    for (dtype, written, read) in [
        ("|u1", "0", "0"),
        ("<i4", "-3", "-3"),
        ("<f4", "0", "0.0"),
        ("<f4", "1.5", "1.5"),
        ("|b1", "0", "false"),
    ] {
        v2(
            json!({"dtype": dtype, "fill_value": written}),
            &format!("/fill_value: expected {read}, found {written:?}"),
        );
    }
    v3(
        json!({"fill_value": "0"}),
        "/fill_value: expected 0, found \"0\"",
    );
    let mut document = zarray(json!({}));
    document.as_object_mut().unwrap().shift_remove("compressor");
    check(
        ".zarray",
        document,
        "/compressor: missing; add null for none",
    );
    check(
        ".zgroup",
        json!({}),
        "/zarr_format: missing; add \"zarr_format\": 2",
    );
}

/// What the registry wants read of the old name of records is no error to the strict either.
#[test]
fn old_records_are_read() {
    let document = array(json!({
        "data_type": {"name": "structured", "configuration": {"fields": [["a", "int16"]]}},
        "fill_value": "AAA=", "codecs": ["bytes"]
    }));
    let report = strict().validate("zarr.json", document.to_string().as_bytes());
    let expected = [
        "W /data_type/name: expected \"struct\", found its old name \"structured\", which is to be \
         read and no longer written",
        "W /fill_value: expected an object with a value for each field, found its bytes in base64, \
         as only old arrays have them",
        "W /codecs/0/configuration/endian: expected \"little\" or \"big\", found none, which is \
         read as little-endian",
    ];
    assert_eq!(lines(&report), expected);
}

/// What zarr-python 3.4.2 makes of lengths that are none, asked with `read_chunk_sizes`; of a list of
/// `[length, count]` in a regular grid, of two lists and of no list at all it makes nothing.
#[test]
fn chunks_are_those_that_zarr_python_reads() {
    let lengths = |shape: Value, name: &str, configuration: Value| {
        let document = array(json!({"shape": shape,
            "chunk_grid": {"name": name, "configuration": configuration}}));
        let node = Reader::default().zarr_json(document.to_string().as_bytes());
        let crate::NodeMetadata::Array(array) = node.ok()? else {
            return None;
        };
        let grid = array.chunk_grid().into_owned().to_extension();
        Some((grid.name, Value::from(grid.configuration)))
    };
    let regular =
        |shape: Value, lengths_: Value| lengths(shape, "regular", json!({"chunk_shape": lengths_}));
    let is_regular = |lengths: Value| Some(("regular".to_owned(), json!({"chunk_shape": lengths})));
    let is_listed = |lengths: Value| {
        let configuration = json!({"kind": "inline", "chunk_shapes": lengths});
        Some(("rectilinear".to_owned(), configuration))
    };
    assert_eq!(
        regular(json!([5, 4]), json!([0, 2])),
        is_regular(json!([1, 2]))
    );
    assert_eq!(regular(json!([0]), json!([0])), is_regular(json!([1])));
    assert_eq!(regular(json!([3]), json!([true])), is_regular(json!([1])));
    assert_eq!(
        regular(json!([4, 20]), json!([2, [5, 10, 5]])),
        is_listed(json!([2, [5, 10, 5]]))
    );
    assert_eq!(
        regular(json!([20, 4]), json!([[5, 10, 5], 2])),
        is_listed(json!([[5, 10, 5], 2]))
    );
    assert_eq!(
        regular(json!([4, 20]), json!([0, [5, 10, 5]])),
        is_listed(json!([1, [5, 10, 5]]))
    );
    for (shape, none) in [
        (json!([4, 20]), json!([2, [[5, 2], 10]])),
        (json!([4, 20]), json!([[2, 2], [5, 10, 5]])),
        (json!([4, 22]), json!([2, [5, 10, 5]])),
        (json!([10]), json!([4.0])),
        (json!([10]), json!(["4"])),
        (json!([10]), json!([-1])),
    ] {
        assert_eq!(regular(shape, none.clone()), None, "{none}");
    }
    let listed = |lengths_: Value| {
        let configuration = json!({"kind": "inline", "chunk_shapes": [lengths_]});
        lengths(json!([10]), "rectilinear", configuration)
    };
    assert_eq!(listed(json!([4.0, 6])), is_listed(json!([[4, 6]])));
    assert_eq!(listed(json!([true, 9])), is_listed(json!([[1, 9]])));
    // Refused by zarr-python, and of one meaning only.
    assert_eq!(listed(json!(4.0)), is_listed(json!([4])));
    for none in [
        json!(0),
        json!([5, 0, 5]),
        json!([[5, 2.0]]),
        json!([4.5, 6]),
        json!(["4", 6]),
    ] {
        assert_eq!(listed(none.clone()), None, "{none}");
    }
}
