//! Tests of the JSON spelling of fill values.

use proptest::prelude::*;
use serde_json::json;

use super::*;

/// Reads `value` and writes it again.
#[track_caller]
#[expect(
    clippy::needless_pass_by_value,
    reason = "tables read better without ampersands"
)]
fn check(data_type: &str, value: Value, expected: Result<Value, &str>) {
    let data_type = data_type.parse().unwrap();
    let read = FillValue::from_json(&value, &data_type).map(|fill| fill.to_json(&data_type));
    match (read, expected) {
        // Compared as text: `-0.0 == 0.0` as numbers.
        (Ok(read), Ok(expected)) => assert_eq!(read.to_string(), expected.to_string()),
        (Err(error), Err(part)) => {
            assert!(error.to_string().contains(part), "{error}");
        }
        (read, expected) => panic!("{data_type} {value}: got {read:?}, expected {expected:?}"),
    }
}

#[track_caller]
fn check_same(data_type: &str, value: Value) {
    check(data_type, value.clone(), Ok(value));
}

#[test]
fn bools_are_strict() {
    check_same("bool", json!(true));
    for value in [json!(1), json!("false"), json!(null), json!(0.0)] {
        check("bool", value, Err("expected true or false"));
    }
}

#[test]
fn ints_keep_every_bit_or_are_refused() {
    check_same("uint64", json!(u64::MAX));
    check_same("int64", json!(i64::MIN));
    check_same("int8", json!(-128));
    check_same("uint16", json!(65535));
    check("int32", json!(5.0), Ok(json!(5)));
    check("int32", json!(-0.0), Ok(json!(0)));
    check(
        "int8",
        json!(-129),
        Err("a whole number from -128 to 127, found -129"),
    );
    check(
        "uint8",
        json!(256),
        Err("a whole number from 0 to 255, found 256"),
    );
    check("uint64", json!(-1), Err("from 0 to 18446744073709551615"));
    check("int64", json!(u64::MAX), Err("found 18446744073709551615"));
    check("int32", json!(0.5), Err("found 0.5"));
    check("int32", json!("5"), Err("found \"5\""));
    check("int32", json!(null), Err("found null"));
    for text in ["-9223372036854775809", "18446744073709551616", "1e300"] {
        for data_type in ["int64", "uint64"] {
            check(
                data_type,
                serde_json::from_str(text).unwrap(),
                Err("a whole number"),
            );
        }
    }
}

#[test]
fn floats_keep_every_bit() {
    for data_type in ["float16", "float32", "float64"] {
        for value in [json!(0.0), json!(-0.0), json!(1.5), json!("NaN")] {
            check_same(data_type, value);
        }
        check_same(data_type, json!("Infinity"));
        check_same(data_type, json!("-Infinity"));
        check(data_type, json!(7), Ok(json!(7.0)));
        for value in [
            json!("nan"),
            json!("1.5"),
            json!("0x"),
            json!(null),
            json!([1.0, 0.0]),
        ] {
            check(data_type, value, Err("expected a number within float"));
        }
    }
    check_same("float32", json!(0.1));
    check_same("float64", json!(0.1));
    check("float32", json!(0.10000000149011612), Ok(json!(0.1)));
    check_same("float64", json!(5e-324));
    check_same("float64", json!(1.7976931348623157e308));
}

#[test]
fn bit_patterns_have_the_width_of_the_type() {
    check_same("float16", json!("0x7e01"));
    check_same("float32", json!("0x7fc00001"));
    check_same("float32", json!("0xffc00000"));
    check_same("float64", json!("0x7ff8000000000001"));
    check("float32", json!("0x7fc00000"), Ok(json!("NaN")));
    check("float32", json!("0x3F800000"), Ok(json!(1.0)));
    check(
        "float64",
        json!("0xfff0000000000000"),
        Ok(json!("-Infinity")),
    );
    for text in [
        "0x7fc0",
        "0x7ff8000000000000",
        "0x+fc00000",
        "7fc00000",
        "0x7fc0000g",
        "0X7fc00000",
    ] {
        check("float32", json!(text), Err("\"0x\" and 8 digits"));
    }
}

#[test]
fn finite_numbers_do_not_become_infinite() {
    check("float32", json!(1e39), Err("a number within float32"));
    check("float16", json!(65520), Err("a number within float16"));
    check_same("float16", json!(65504.0));
    check("float32", json!(1e-300), Ok(json!(0.0)));
}

#[test]
fn complex_numbers_are_pairs() {
    check_same("complex64", json!([0.1, "NaN"]));
    check_same("complex128", json!(["0x7ff8000000000001", -0.0]));
    check("complex64", json!([1, 2]), Ok(json!([1.0, 2.0])));
    check(
        "complex64",
        json!(1.0),
        Err("document: expected [real part, imaginary part], found 1.0"),
    );
    check("complex64", json!([1, 2, 3]), Err("found an array of 3"));
    check(
        "complex64",
        json!([1, "x"]),
        Err("/1: expected a number within float32"),
    );
}

#[test]
fn raw_bytes() {
    check_same("r24", json!([0, 1, 255]));
    check("r24", json!("AAH/"), Ok(json!([0, 1, 255])));
    for value in [
        json!([0, 1]),
        json!([0, 1, 256]),
        json!("AAE="),
        json!(0),
        json!([0, 1, "2"]),
    ] {
        check("r24", value, Err("an array of 3 numbers from 0 to 255"));
    }
}

#[test]
fn unknown_types_have_no_value() {
    check(
        "quaternion",
        json!(0),
        Err("data type \"quaternion\" is not supported"),
    );
}

const KNOWN: [&str; 15] = [
    "bool",
    "int8",
    "int16",
    "int32",
    "int64",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "float16",
    "float32",
    "float64",
    "complex64",
    "complex128",
    "r40",
];

proptest! {
    #[test]
    fn any_element_comes_back_from_text(
        name in prop::sample::select(&KNOWN[1..]),
        bytes in prop::array::uniform16(any::<u8>()),
    ) {
        let data_type: DataType = name.parse().unwrap();
        let bytes = &bytes[..data_type.size().unwrap()];
        let fill = FillValue::from_bytes(&data_type, bytes).unwrap();
        let text = fill.to_json(&data_type).to_string();
        let value = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(FillValue::from_json(&value, &data_type).unwrap(), fill, "{}", text);
    }
}
