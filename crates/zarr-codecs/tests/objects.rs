//! Arrays of objects: what numcodecs wrote decodes to what numcodecs says, and what we encode are its
//! bytes. The rows are in `fixtures/objects.jsonl`, made by the script beside it.

#![allow(clippy::unwrap_used, reason = "a test")]

use proptest::prelude::*;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use zarr_codecs::testing::{bytes, chain_of, decode_vlen, encode_vlen as encode};
use zarr_codecs::{AxisRange, CodecChain, CodecError, Region};
use zarr_metadata::ArrayMetadata;

#[derive(Deserialize)]
struct Row {
    codec: Value,
    shape: Vec<u64>,
    values: Vec<Box<RawValue>>,
    encoded: String,
    back: Option<Vec<Value>>,
    #[serde(default)]
    exact: bool,
}

/// The chain of a v2 array of one chunk with this filter.
fn chain(codec: &Value, shape: &[u64], order: &str) -> Result<CodecChain, CodecError> {
    let document = json!({
        "zarr_format": 2, "shape": shape, "chunks": shape, "dtype": "|O",
        "fill_value": null, "order": order, "filters": [codec], "compressor": null
    });
    let array = ArrayMetadata::from_v2(document.to_string().as_bytes(), None).unwrap();
    chain_of(&array)
}

fn decode_part(chain: &CodecChain, src: &[u8], part: &Region) -> Result<Vec<String>, CodecError> {
    let elements = decode_vlen(chain, src, part)?.into_iter();
    Ok(elements.map(|e| String::from_utf8(e).unwrap()).collect())
}

fn decode(chain: &CodecChain, src: &[u8]) -> Result<Vec<String>, CodecError> {
    decode_part(chain, src, &Region::whole(&chain.spec().shape))
}

#[test]
fn every_row_of_numcodecs() {
    let rows = include_str!("fixtures/objects.jsonl").lines();
    let rows: Vec<Row> = rows
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert!(rows.len() > 32, "the fixture is there");
    for row in rows {
        let codec = &row.codec;
        if codec["id"] == "msgpack2" && !cfg!(feature = "msgpack") {
            continue;
        }
        let is_json = codec["id"] != "categorize";
        let value = |text: &str| match is_json {
            true => serde_json::from_str(text).unwrap(),
            false => Value::from(text),
        };
        let values: Vec<Value> = row
            .values
            .iter()
            .map(|v| serde_json::from_str(v.get()).unwrap())
            .collect();
        let elements: Vec<String> = match is_json {
            true => row.values.iter().map(|v| v.get().to_owned()).collect(),
            false => values
                .iter()
                .map(|v| v.as_str().unwrap().to_owned())
                .collect(),
        };
        let back = row.back.unwrap_or(values);
        let values = |texts: &[String]| texts.iter().map(|t| value(t)).collect::<Vec<Value>>();
        let encoded = bytes(&row.encoded);
        let chain = chain(codec, &row.shape, "C").unwrap();

        let decoded = decode(&chain, &encoded).unwrap();
        assert_eq!(values(&decoded), back, "{codec}");
        let ours = encode(&chain, &elements).unwrap();
        if row.exact {
            let texts = [&ours, &encoded].map(|bytes| String::from_utf8_lossy(bytes).into_owned());
            assert_eq!(texts[0], texts[1], "{codec}");
        }
        assert_eq!(values(&decode(&chain, &ours).unwrap()), back, "{codec}");
        if is_json {
            for (text, element) in decoded.iter().zip(&elements) {
                let is_number = element.starts_with(|c: char| c == '-' || c.is_ascii_digit());
                assert!(
                    !is_number || text == element,
                    "{text} has other digits than {element}"
                );
            }
        }
    }
}

#[test]
fn parts_and_order_f() {
    let labels = ["a", "b", "c", "d", "e", "f"];
    let steps = Region {
        ranges: [(1, 2, -1), (0, 2, 2)]
            .map(|(start, count, step)| AxisRange::new(start, count, step).unwrap())
            .into_iter()
            .collect(),
    };
    for order in ["C", "F"] {
        let codec = json!({"id": "categorize", "labels": labels, "dtype": "|O"});
        let numbers = chain(&codec, &[2, 3], order).unwrap();
        let texts = labels.map(str::to_owned);
        let encoded = encode(&numbers, &texts).unwrap();
        let stored = if order == "C" {
            [1, 2, 3, 4, 5, 6]
        } else {
            [1, 4, 2, 5, 3, 6]
        };
        assert_eq!(encoded, stored);
        assert_eq!(decode(&numbers, &encoded).unwrap(), texts);
        assert_eq!(
            decode_part(&numbers, &encoded, &steps).unwrap(),
            ["d", "f", "a", "c"]
        );

        let list = chain(&json!({"id": "json2"}), &[2, 3], order).unwrap();
        let texts = ["0", "1", "2", "3", "4", "null"].map(str::to_owned);
        let encoded = encode(&list, &texts).unwrap();
        assert_eq!(decode(&list, &encoded).unwrap(), texts);
        assert_eq!(
            decode_part(&list, &encoded, &steps).unwrap(),
            ["3", "null", "0", "2"]
        );
        // zarr-python takes the values of any shape in their order.
        let flat = br#"[0,1,2,3,4,5,"|O",[6]]"#;
        let found = decode(&list, flat).unwrap().concat();
        assert_eq!(found, if order == "C" { "012345" } else { "024135" });
    }
}

#[test]
fn elements_behind_a_filter_of_numbers() {
    let document = json!({
        "zarr_format": 2, "shape": [4], "chunks": [4], "dtype": "|O", "fill_value": "b", "order": "C",
        "filters": [{"id": "categorize", "labels": ["a", "b"], "astype": "|u1"}, {"id": "delta", "dtype": "|u1"}],
        "compressor": {"id": "adler32"}
    });
    let array = ArrayMetadata::from_v2(document.to_string().as_bytes(), None).unwrap();
    let chain = chain_of(&array).unwrap();
    let texts = ["b", "a", "", "b"].map(str::to_owned);
    let encoded = encode(&chain, &texts).unwrap();
    assert_eq!(encoded[4..], [2, 255, 255, 2]);
    assert_eq!(decode(&chain, &encoded).unwrap(), texts);
}

#[test]
fn damaged_lists_are_errors() {
    let check = |text: &str, says: &str| {
        let chain = chain(&json!({"id": "json2"}), &[2, 2], "C").unwrap();
        let error = decode(&chain, text.as_bytes()).unwrap_err().to_string();
        assert!(error.contains(says), "{text}: {error}");
    };
    check("", "is not a JSON list: EOF");
    check("{}", "is not a JSON list: invalid type");
    check("[1]", "does not end with a dtype and a shape");
    check(
        "[[1,2],[3,4],\"|O\",7]",
        "its shape is not a list of lengths",
    );
    check("[[1,2],[3,4],5,[2,2]]", "its dtype is not a text");
    check("[1,2,3,\"|O\",[3]]", "shape [3], the chunk has 4 elements");
    check(
        "[1,2,3,4,5,\"|O\",[4]]",
        "expected a list of at most 6 values",
    );
    check("[1,2,3,\"|O\",[4]]", "holds 3 values, and its shape says 4");
    check(
        "[[1,2,3],[3],\"|O\",[2,2]]",
        "expected a list of at most 2 values",
    );
    check(
        "[[1,2],[3],\"|O\",[2,2]]",
        "holds 1 values, and its shape says 2",
    );
    check("[[1,2],3,\"|O\",[2,2]]", "is not nested as its shape says");
    check("[[1,2],[3,NaNa],\"|O\",[2,2]]", "is not a JSON list");
    check("[[1,2],[3,4],\"|O\",[2,2]]]", "trailing");
    let long = format!("[1,2,3,4,\"|O\",[4{}]]", ",1".repeat(64));
    check(&long, "expected a list of at most 64 values");
    let deep = format!("[{}", "[".repeat(1 << 20));
    check(&deep, "EOF");
}

#[test]
fn what_is_no_json_is_not_written() {
    let write = |text: &str| {
        let chain = chain(&json!({"id": "json2"}), &[1], "C").unwrap();
        encode(&chain, &[text.to_owned()]).map_err(|e| e.to_string())
    };
    for text in ["", "NaN", "{", "1 2", "[1,]", "{\"a\":tru}", "\"\\ud800\""] {
        let error = write(text).unwrap_err();
        assert!(error.contains("an element is not JSON"), "{error}");
    }
    let nested = |depth: usize| ["[".repeat(depth), "]".repeat(depth)].concat();
    write(&nested(128)).unwrap();
    let error = write(&nested(1 << 20)).unwrap_err();
    assert!(error.contains("nested more than 128 deep"), "{error}");
    let written = write(" { \"b\" : 1.50 , \"a\" : [ ] , \"b\" : 2 } ").unwrap();
    assert_eq!(
        String::from_utf8(written).unwrap(),
        r#"[{"a":[],"b":2},"|O",[1]]"#
    );
}

#[test]
fn refusals_say_why() {
    let refused = |codec: Value| chain(&codec, &[2], "C").map(drop).unwrap_err().to_string();
    let labels = |labels: Value| json!({"id": "categorize", "labels": labels, "dtype": "|O"});
    assert!(refused(labels(json!(1))).contains("`labels` must be a list of texts"));
    assert!(refused(labels(json!([1]))).contains("`labels` must be a list of texts"));
    let many: Vec<String> = (0..256).map(|n| n.to_string()).collect();
    assert!(refused(labels(json!(many))).contains("`astype` must be numbers for all labels"));
    let utf16 = refused(json!({"id": "json2", "encoding": "utf-16"}));
    assert!(utf16.contains("`encoding` must be \"utf-8\""), "{utf16}");
    #[cfg(feature = "msgpack")]
    {
        let raw = refused(json!({"id": "msgpack2", "raw": true}));
        assert!(
            raw.contains("`raw` must be false, since JSON does not have bytes"),
            "{raw}"
        );
    }
    #[cfg(not(feature = "msgpack"))]
    assert!(refused(json!({"id": "msgpack2"})).contains("enable the feature `msgpack`"));
}

/// What MessagePack has and JSON has not is named with its place.
#[cfg(feature = "msgpack")]
#[test]
fn what_json_cannot_say_is_refused() {
    let chain = chain(&json!({"id": "msgpack2"}), &[2], "C").unwrap();
    let list = |value: &[u8]| [b"\x94\x01", value, b"\xa2|O\x91\x02"].concat();
    assert_eq!(decode(&chain, &list(b"\xc0")).unwrap(), ["1", "null"]);
    for (value, why) in [
        (
            &b"\xc4\x01a"[..],
            "the value at [1] of the chunk holds bytes",
        ),
        (
            b"\x92\x01\xc4\x01a",
            "the value at [1][1] of the chunk holds bytes",
        ),
        (b"\x81\x01\x02", "a key that is not a text"),
        (b"\xd4\x05a", "a type of its writer's own"),
        (b"\xa1\xff", "a text that is not UTF-8"),
        (b"\xc1", "corrupt data: a byte with which no value begins"),
        (b"\xdd\xff\xff\xff\xff", "corrupt data: "),
    ] {
        let error = decode(&chain, &list(value)).unwrap_err().to_string();
        assert!(
            error.starts_with("codec `msgpack2`: ") && error.contains(why),
            "{error}"
        );
    }
    let large = ["123456789012345678901234567890".to_owned(), "1".to_owned()];
    let error = encode(&chain, &large).unwrap_err().to_string();
    assert!(error.contains("more than 64 bits"), "{error}");
    let deep = [0x91; 300];
    assert!(decode(&chain, &list(&deep)).is_err());
}

#[cfg(feature = "msgpack")]
proptest! {
    #[test]
    fn any_bytes_are_a_list_or_an_error(
        bytes in prop::collection::vec(prop_oneof![any::<u8>(), Just(0x91), Just(0x81), Just(0xa0), 0x00_u8..4], 0..40),
    ) {
        let chain = chain(&json!({"id": "msgpack2"}), &[2], "C").unwrap();
        for src in [bytes.clone(), [b"\x94", &bytes[..], b"\xa2|O\x91\x02"].concat()] {
            let again = decode(&chain, &src).and_then(|values| encode(&chain, &values));
            if let Ok(again) = again {
                let values = decode(&chain, &again).unwrap();
                prop_assert_eq!(encode(&chain, &values).unwrap(), again);
            }
        }
    }
}

proptest! {
    #[test]
    fn any_numbers_are_labels(bytes in prop::collection::vec(any::<u8>(), 0..20), astype in prop::sample::select(vec!["|u1", "|b1", "<i2", ">f4"])) {
        let codec = json!({"id": "categorize", "labels": ["a"], "dtype": "|O", "astype": astype});
        let chain = chain(&codec, &[2], "C").unwrap();
        if let Ok(texts) = decode(&chain, &bytes) {
            prop_assert!(texts.iter().all(|text| ["a", ""].contains(&&**text)));
            prop_assert_eq!(decode(&chain, &encode(&chain, &texts).unwrap()).unwrap(), texts);
        }
    }

    #[test]
    fn any_text_is_a_list_or_an_error(text in "[\\[\\]{}\",:0-2|On u]{0,40}", bytes in prop::collection::vec(any::<u8>(), 0..40)) {
        for (shape, end) in [(vec![2], ",\"|O\",[2]]"), (vec![1, 2], ",\"|O\",[1,2]]"), (vec![], ",\"|O\",[]]")] {
            let chain = chain(&json!({"id": "json2"}), &shape, "C").unwrap();
            for src in [bytes.clone(), text.clone().into_bytes(), format!("[{text}{end}").into_bytes()] {
                let again = decode(&chain, &src).and_then(|values| encode(&chain, &values));
                if let Ok(again) = again {
                    let values = decode(&chain, &again).unwrap();
                    prop_assert_eq!(encode(&chain, &values).unwrap(), again);
                }
            }
        }
    }
}
