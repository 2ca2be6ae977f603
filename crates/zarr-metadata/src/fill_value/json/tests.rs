//! Tests of the JSON spelling of fill values.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::testing::{any_data_type, with_element};

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
    for text in ["", "5.0", "0x5", "1e1", "five", "2147483648"] {
        check("int32", json!(text), Err("expected a whole number"));
    }
    // zarr-python 3.4.2 reads these, as n5-zarr wrote them.
    check("int32", json!("5"), Ok(json!(5)));
    check("int32", json!("-3"), Ok(json!(-3)));
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
        // zarr-python 3.4.2 reads these, as n5-zarr wrote them.
        check(data_type, json!("0"), Ok(json!(0.0)));
        check(data_type, json!("1.5"), Ok(json!(1.5)));
        for value in [
            json!("nan"),
            json!(""),
            json!("1,5"),
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

/// The table of small numbers: each row with what is its own spelling of special values.
#[test]
fn small_numbers() {
    check_same("int2", json!(-2));
    check_same("int4", json!(7));
    check_same("uint2", json!(3));
    check_same("uint4", json!(15));
    for (name, value, range) in [
        ("int2", 2, "from -2 to 1"),
        ("int4", 8, "from -8 to 7"),
        ("int4", -9, "from -8 to 7"),
        ("uint2", 4, "from 0 to 3"),
        ("uint4", 16, "from 0 to 15"),
        ("uint4", -1, "from 0 to 15"),
    ] {
        check(name, json!(value), Err(range));
    }
    check_same("bfloat16", json!("0x7fc1"));
    check("bfloat16", json!("0x7fc0"), Ok(json!("NaN")));
    check("bfloat16", json!(0.1), Ok(json!(0.10009765625)));
    check("bfloat16", json!(3.4e38), Err("a number within bfloat16"));
    check_same("float8_e4m3", json!("-Infinity"));
    check("float8_e4m3", json!("0x7c"), Ok(json!("NaN")));
    check_same("float8_e4m3", json!("0xff"));
    check(
        "float8_e4m3",
        json!(248),
        Err("a number within float8_e4m3, \"NaN\", \"Infinity\""),
    );
    check_same("float8_e4m3", json!(240.0));
    check_same("float8_e4m3fn", json!(448.0));
    check("float8_e4m3fn", json!("0x7f"), Ok(json!("NaN")));
    check("float8_e3m4", json!(15.5), Ok(json!(15.5)));
    check("float8_e5m2", json!("0x7d"), Ok(json!("0x7d")));
    for name in ["float8_e4m3b11fnuz", "float8_e4m3fnuz", "float8_e5m2fnuz"] {
        check_same(name, json!("NaN"));
        check(name, json!("0x80"), Ok(json!("NaN")));
        check(name, json!(-0.0), Ok(json!(0.0)));
        check(
            name,
            json!("Infinity"),
            Err("\"NaN\" or \"0x\" and 2 digits, found"),
        );
    }
    check_same("float8_e8m0fnu", json!(0.5));
    check_same("float8_e8m0fnu", json!("NaN"));
    for value in [json!(0), json!(-1), json!("Infinity")] {
        check(
            "float8_e8m0fnu",
            value,
            Err("a number within float8_e8m0fnu"),
        );
    }
    for (name, largest) in [
        ("float6_e2m3fn", 7.5),
        ("float6_e3m2fn", 28.0),
        ("float4_e2m1fn", 6.0),
    ] {
        check_same(name, json!(largest));
        check_same(name, json!(-0.0));
        for value in [json!("NaN"), json!("Infinity"), json!(largest * 2.0)] {
            check(name, value, Err("a number within float"));
        }
    }
    check("float4_e2m1fn", json!("0x0f"), Ok(json!(-6.0)));
    check(
        "float4_e2m1fn",
        json!("0x1f"),
        Err("or \"0x\" and 2 digits"),
    );
    check("float6_e2m3fn", json!("0x3f"), Ok(json!(-7.5)));
    check(
        "float6_e2m3fn",
        json!("0x40"),
        Err("or \"0x\" and 2 digits"),
    );
    check_same("complex_float16", json!([65504.0, "0x7e01"]));
    check_same("complex_bfloat16", json!(["NaN", "-Infinity"]));
    check_same("complex_float8_e4m3", json!([1.5, "NaN"]));
    check_same("complex_float4_e2m1fn", json!([1.5, -6.0]));
    check(
        "complex_float4_e2m1fn",
        json!([1, "NaN"]),
        Err("/1: expected a number within float4"),
    );
}

#[test]
fn texts_and_bytes() {
    check_same("string", json!("h\u{e9}\u{0}"));
    check_same("string", json!(""));
    check("string", json!(0), Err("expected a string, found 0"));
    check_same("bytes", json!("AP8="));
    check("bytes", json!([0, 255]), Ok(json!("AP8=")));
    // What RFC 4648 lets a decoder refuse: padding that is not needed or missing, bits that no byte has.
    let not_base64 = [
        "A", "Zg", "Zg=", "Zh==", "Zm9=", "====", "Zg==Zg==", "Zm-v", "é",
    ];
    let not_base64 = not_base64.into_iter().map(Value::from);
    for value in not_base64.chain([json!([256]), json!(0), json!(null)]) {
        check(
            "bytes",
            value,
            Err("bytes in base64, or an array of numbers from 0 to 255"),
        );
    }
    check_both(DataType::FixedBytes(3), json!("YQ=="), b"a\0\0");
    check_both(DataType::FixedUtf32(1), json!(""), &[0; 4]);
    let e = u32::from('\u{1f600}').to_ne_bytes();
    check_both(DataType::FixedUtf32(1), json!("\u{1f600}"), &e);
    let text = FillValue::from_json(&json!([97, 98]), &DataType::FixedBytes(2)).unwrap();
    assert_eq!(text.as_bytes(), b"ab");
    let long = FillValue::from_json(&json!("ab"), &DataType::FixedUtf32(1));
    assert!(
        long.unwrap_err()
            .to_string()
            .contains("at most 1 characters")
    );
}

#[track_caller]
#[expect(
    clippy::needless_pass_by_value,
    reason = "tables read better without ampersands"
)]
fn check_both(data_type: DataType, value: Value, bytes: &[u8]) {
    let fill = FillValue::from_json(&value, &data_type).unwrap();
    assert_eq!(fill.as_bytes(), bytes);
    assert_eq!(fill.to_json(&data_type), value);
}

#[test]
fn records() {
    let point = DataType::record([
        Field::new("x", DataType::Float32),
        Field::new("n", DataType::UInt8),
    ]);
    let record = DataType::record([Field::new("p", point), Field::new("b", DataType::Bool)]);
    let bytes = [&1.5f32.to_ne_bytes()[..], &[7, 1]].concat();
    check_both(
        record.clone(),
        json!({"p": {"x": 1.5, "n": 7}, "b": true}),
        &bytes,
    );
    // As zarr-python once wrote them: packed, in the byte order of the chunks.
    for (packed, text) in [(Endian::Little, "AADAPwcB"), (Endian::Big, "P8AAAAcB")] {
        let mut problems = Problems::default();
        let value = json!(text);
        let fill = FillValue::read_packed(&value, &record, packed, &JsonPlace::ROOT, &mut problems);
        assert_eq!(fill.unwrap().as_bytes(), bytes);
    }
    let refused = |value: Value, expected: &str| {
        let error = FillValue::from_json(&value, &record).unwrap_err();
        assert_eq!(error.to_string(), expected);
    };
    refused(
        json!({"p": {"x": "one", "m": 0}, "q": 1}),
        "/p/x: expected a number within float32, \"NaN\", \"Infinity\", \"-Infinity\" or \"0x\" \
         and 8 digits, found \"one\"; /p/n: missing; add the fill value of the field; \
         /p/m: expected no such field, found 0; /b: missing; add the fill value of the field; \
         /q: expected no such field, found 1",
    );
    refused(
        json!(0),
        "document: expected an object with a value for each field, found 0",
    );
    refused(
        json!("AADAPwc="),
        "document: expected 6 bytes in base64, found \"AADAPwc=\"",
    );
    refused(
        json!("AADAPwcC"),
        "document: expected a bool of 0 or 1, found \"AADAPwcC\"",
    );
}

#[test]
fn moments() {
    let date = DataType::DateTime64 {
        unit: crate::TimeUnit::Second,
        scale: 1,
    };
    let nat = FillValue::default_for(&date).unwrap();
    assert_eq!(nat.to_json(&date), json!(i64::MIN));
    assert_eq!(FillValue::from_json(&json!("NaT"), &date).unwrap(), nat);
    assert!(!nat.is_zero() && FillValue::zero(&date).unwrap().is_zero());
    check_both(date.clone(), json!(-1), &(-1i64).to_ne_bytes());
    for value in [json!("nat"), json!(0.5), json!(u64::MAX), json!(null)] {
        assert!(FillValue::from_json(&value, &date).is_err(), "{value}");
    }
}

#[test]
fn elements_of_another_type_are_written_as_bytes() {
    let long = FillValue::from_json(&json!("abcde"), &DataType::String).unwrap();
    for data_type in ["bool", "int32", "float16", "complex64", "fixed"] {
        let data_type = match data_type {
            "fixed" => DataType::FixedUtf32(2),
            name => name.parse().unwrap(),
        };
        let written = long.to_json(&data_type);
        assert!(
            written == json!(true) || written == json!([97, 98, 99, 100, 101]),
            "{written}"
        );
    }
}

proptest! {
    #[test]
    fn any_element_comes_back_from_text((data_type, fill) in with_element(any_data_type())) {
        let text = fill.to_json(&data_type).to_string();
        let value = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(FillValue::from_json(&value, &data_type).unwrap(), fill, "{}", text);
    }
}
