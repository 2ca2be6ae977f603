//! v2 types: what numpy writes and what is refused.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::data_type::TimeUnit;
use crate::fill_value::FillValue;
use crate::testing::{any_v2_type, with_element};

#[track_caller]
#[expect(
    clippy::needless_pass_by_value,
    reason = "tables read better without ampersands"
)]
fn check(spelling: Value, data_type: &str, endian: Option<Endian>, canonical: &str) {
    let dtype = DType::from_json(spelling.clone()).unwrap();
    assert_eq!(
        (dtype.data_type.name().as_ref(), dtype.endian),
        (data_type, endian)
    );
    assert_eq!(dtype.to_json(), spelling, "as read");
    let new = DType::new(dtype.data_type, dtype.endian);
    assert_eq!(new.to_json(), canonical, "newly built");
}

#[test]
fn canonical_strings() {
    use Endian::{Big, Little};
    for (text, data_type, endian) in [
        ("|b1", "bool", None),
        ("|i1", "int8", None),
        ("|u1", "uint8", None),
        ("<i2", "int16", Some(Little)),
        (">i4", "int32", Some(Big)),
        ("<i8", "int64", Some(Little)),
        (">u2", "uint16", Some(Big)),
        ("<u4", "uint32", Some(Little)),
        (">u8", "uint64", Some(Big)),
        ("<f2", "float16", Some(Little)),
        (">f4", "float32", Some(Big)),
        ("<f8", "float64", Some(Little)),
        (">c8", "complex64", Some(Big)),
        ("<c16", "complex128", Some(Little)),
        ("|V12", "r96", None),
    ] {
        check(json!(text), data_type, endian, text);
    }
}

#[test]
fn loose_strings() {
    let little = Some(Endian::Little);
    check(json!("f8"), "float64", little, "<f8");
    check(json!("=f8"), "float64", little, "<f8");
    check(json!("|f8"), "float64", little, "<f8");
    check(json!("<i1"), "int8", None, "|i1");
    check(json!("u1"), "uint8", None, "|u1");
    check(json!("?"), "bool", None, "|b1");
    check(json!("V3"), "r24", None, "|V3");
}

/// The table of strings with a length or a unit.
#[test]
fn sized_strings() {
    use Endian::{Big, Little};
    let check = |text: &str, data_type: DataType, endian: Option<Endian>| {
        let dtype = DType::from_json(json!(text)).unwrap();
        assert_eq!((&dtype.data_type, dtype.endian), (&data_type, endian));
        assert_eq!(
            dtype,
            DType::new(data_type, endian),
            "no spelling of its own"
        );
        assert_eq!(dtype.to_json(), text);
    };
    check("|S5", DataType::FixedBytes(5), None);
    check("|V5", DataType::Raw(5), None);
    check("<U5", DataType::FixedUtf32(5), Some(Little));
    check(">U262144", DataType::FixedUtf32(262_144), Some(Big));
    for unit in TimeUnit::ALL {
        for (endian, mark) in [(Little, '<'), (Big, '>')] {
            for scale in [1, 25] {
                let bracket = match (unit, scale) {
                    (TimeUnit::Generic, 1) => String::new(),
                    (unit, 1) => format!("[{unit}]"),
                    (unit, scale) => format!("[{scale}{unit}]"),
                };
                let date = DataType::DateTime64 { unit, scale };
                check(&format!("{mark}M8{bracket}"), date, Some(endian));
                let duration = DataType::TimeDelta64 { unit, scale };
                check(&format!("{mark}m8{bracket}"), duration, Some(endian));
            }
        }
    }
}

/// The table of what numpy or tensorstore would take, but nobody writes who can help it.
#[test]
fn loose_sized_strings_and_names() {
    let little = Some(Endian::Little);
    check(json!("S3"), "null_terminated_bytes", None, "|S3");
    check(json!("<S3"), "null_terminated_bytes", None, "|S3");
    check(json!("|U3"), "fixed_length_utf32", little, "<U3");
    check(json!("M8[\u{3bc}s]"), "numpy.datetime64", little, "<M8[us]");
    check(json!("<m8[1D]"), "numpy.timedelta64", little, "<m8[D]");
    check(json!("<m8[generic]"), "numpy.timedelta64", little, "<m8");
    check(json!("float64"), "float64", little, "<f8");
    check(json!("bool"), "bool", None, "|b1");
    check(json!("complex64"), "complex64", little, "<c8");
    check(json!("bfloat16"), "bfloat16", little, "bfloat16");
    check(
        json!(">bfloat16"),
        "bfloat16",
        Some(Endian::Big),
        ">bfloat16",
    );
    check(json!("int4"), "int4", None, "int4");
    check(
        json!("float8_e4m3fn"),
        "float8_e4m3fn",
        None,
        "float8_e4m3fn",
    );
}

/// The table of object codecs.
#[test]
fn objects_are_what_their_codec_makes_of_them() {
    let check = |codec: Value, expected: DataType| {
        let codec = Codec::read(codec, &JsonPlace::ROOT, &mut Problems::default()).unwrap();
        for text in ["|O", "O", "|O8"] {
            let others = [Codec::new("zlib"), codec.clone()];
            let dtype = DType::from_json_with(json!(text), &others).unwrap();
            assert_eq!((&dtype.data_type, dtype.endian), (&expected, None));
            assert_eq!(dtype.to_json(), text);
            assert_eq!(DType::new(dtype.data_type, None).to_json(), "|O");
        }
        assert!(object_codec(&expected).is_some());
    };
    check(json!({"id": "vlen-utf8"}), DataType::String);
    check(json!({"id": "vlen-bytes"}), DataType::Bytes);
    check(
        json!({"id": "categorize", "labels": ["a"]}),
        DataType::String,
    );
    check(json!({"id": "json2", "encoding": "utf-8"}), DataType::Json);
    check(json!({"id": "msgpack2"}), DataType::Json);
    for dtype in ["<i4", ">i4", "int32"] {
        let ragged = DataType::Ragged(Box::new(DataType::Int32));
        check(json!({"id": "vlen-array", "dtype": dtype}), ragged);
    }
    // Without one, with one that must never be run, with one that says nothing.
    for codecs in [
        vec![],
        vec![Codec::new("pickle")],
        vec![Codec::new("vlen-array")],
        vec![Codec::new("vlen-array").with("dtype", "|O")],
    ] {
        let dtype = DType::from_json_with(json!("|O"), &codecs).unwrap();
        assert_eq!(dtype, DType::new(unknown("|O"), None));
    }
}

/// The table of records.
#[test]
fn records() {
    let field = |name: &str, data_type: DataType| Field::new(name, data_type);
    let check = |value: Value, fields: Vec<Field>, canonical: Value| {
        let dtype = DType::from_json(value.clone()).unwrap();
        assert_eq!(dtype.data_type, DataType::record(fields), "{value}");
        assert_eq!(dtype.to_json(), value, "as read");
        assert_eq!(dtype.canonical(), canonical);
        // Not by its spelling alone.
        let again = DType::from_json(canonical).unwrap();
        assert_eq!((again.endian, &again.leaves), (dtype.endian, &dtype.leaves));
    };
    let same = |value: Value, fields: Vec<Field>| check(value.clone(), fields, value);
    let (a, b) = (
        || field("a", DataType::Int32),
        || field("b", DataType::UInt8),
    );
    same(json!([["a", "<i4"], ["b", "|u1"]]), vec![a(), b()]);
    same(json!([["a", ">i4"], ["b", "|u1"]]), vec![a(), b()]);
    same(json!([["b", "|u1"]]), vec![b()]);
    // Nested, with array fields, of mixed orders.
    let nested = field("n", DataType::record([b(), a().with_shape([2])]));
    same(
        json!([
            ["n", [["b", "|u1"], ["a", ">i4", [2]]], [3, 1]],
            ["t", "<M8[ns]"],
            ["s", "|S2"],
            ["u", ">U1"]
        ]),
        vec![
            nested.with_shape([3, 1]),
            field(
                "t",
                DataType::DateTime64 {
                    unit: TimeUnit::Nanosecond,
                    scale: 1,
                },
            ),
            field("s", DataType::FixedBytes(2)),
            field("u", DataType::FixedUtf32(1)),
        ],
    );
    // As numpy describes what is aligned, has titles, or one axis.
    check(
        json!([
            ["b", "|u1"],
            ["", "|V3"],
            [["A title", "a"], "i4"],
            ["c", "?", 2],
            ["d", "<f2", []]
        ]),
        vec![
            b(),
            field("f1", DataType::Raw(3)),
            a(),
            field("c", DataType::Bool).with_shape([2]),
            field("d", DataType::Float16),
        ],
        json!([
            ["b", "|u1"],
            ["f1", "|V3"],
            ["a", "<i4"],
            ["c", "|b1", [2]],
            ["d", "<f2"]
        ]),
    );
}

#[test]
fn what_to_swap_is_said_for_each_field() {
    let runs = |runs: &[(usize, usize, usize)]| -> Vec<SwapField> {
        let runs = runs.iter().map(|&(offset, width, count)| SwapField {
            offset,
            width,
            count,
        });
        runs.collect()
    };
    let check = |value: Value, little: &[(usize, usize, usize)], big: &[(usize, usize, usize)]| {
        let dtype = DType::from_json(value).unwrap();
        let (little, big) = (runs(little), runs(big));
        assert_eq!(dtype.runs_in(Endian::Little).into_vec(), little);
        assert_eq!(dtype.runs_in(Endian::Big).into_vec(), big);
        let mixed = !little.is_empty() && !big.is_empty();
        assert_eq!(dtype.mixed_endian().is_some(), mixed);
        assert_eq!(
            dtype.endian.is_none(),
            mixed || little.is_empty() && big.is_empty()
        );
        let foreign = if cfg!(target_endian = "big") {
            little
        } else {
            big
        };
        match dtype.swap_to_native() {
            Swap::None => assert!(foreign.is_empty()),
            Swap::Width(width) => assert_eq!(foreign[0].width, width),
            Swap::Fields(fields) => assert_eq!(*fields, *foreign),
        }
    };
    check(json!("<f8"), &[(0, 8, 1)], &[]);
    check(json!(">c8"), &[], &[(0, 4, 2)]);
    check(json!("|S3"), &[], &[]);
    check(json!([["a", ">i4"], ["b", ">i4"]]), &[], &[(0, 4, 2)]);
    check(
        json!([["a", ">i4"], ["b", "|u1"], ["c", "<i2", [2]], ["d", ">U2"]]),
        &[(5, 2, 2)],
        &[(0, 4, 1), (9, 4, 2)],
    );
    check(
        json!([["n", [["a", "<i2"], ["b", ">i2"]], [2]], ["c", ">i2"]]),
        &[(0, 2, 1), (4, 2, 1)],
        &[(2, 2, 1), (6, 2, 2)],
    );
    // Chosen by hand, one order is for all.
    let mut dtype = DType::from_json(json!([["a", ">i4"], ["b", "<i4"]])).unwrap();
    dtype.endian = Some(Endian::Big);
    assert_eq!(dtype.to_json(), json!([["a", ">i4"], ["b", ">i4"]]));
    assert_eq!(dtype.mixed_endian(), None);
}

#[test]
fn unknown_ones_are_kept() {
    for text in [
        "|O", "<<f8", "<f16", "<U", "<M8[B]", "<M8[ns", "é", "<", "string", "bytes",
    ] {
        check(json!(text), text, None, text);
    }
    for list in [
        json!([["a", "<i4"], ["b", "<f16"]]),
        json!([["a", "|O"]]),
        json!([["a", [["b", "whatever"]]]]),
    ] {
        let dtype = DType::from_json(list.clone()).unwrap();
        assert_eq!(dtype.data_type, unknown("struct"));
        assert_eq!(dtype.to_json(), list);
    }
}

#[test]
fn a_changed_field_outweighs_the_spelling() {
    let mut dtype = DType::from_json(json!("=f8")).unwrap();
    dtype.endian = Some(Endian::Big);
    assert_eq!(dtype.to_json(), ">f8");
}

#[test]
fn refusals() {
    let check = |value: Value, expected: &str| {
        let error = DType::from_json(value).unwrap_err().to_string();
        assert_eq!(error, expected);
    };
    for (text, end) in [
        ("|V0", "an element of 1 to 1048576 bytes"),
        ("|S0", "an element of 1 to 1048576 bytes"),
        ("<U0", "an element of 1 to 262144 characters"),
        ("<M8[0s]", "from 1 to 2147483647 s"),
        ("<m8[2147483648us]", "from 1 to 2147483647 us"),
        ("", "a type such as \"<f8\""),
    ] {
        check(
            json!(text),
            &format!("document: expected {end}, found {text:?}"),
        );
    }
    let above = |size: usize| {
        format!("document: element size in bytes {size} is above the limit of 1048576")
    };
    for (text, size) in [
        ("|V1048577", 1_048_577),
        ("|V99999999999999999999", usize::MAX),
        ("<U262145", 1_048_580),
    ] {
        check(json!(text), &above(size));
    }
    check(
        json!(8),
        "document: expected a type such as \"<f8\", or a list of fields, found 8",
    );
    check(
        json!([]),
        "document: expected at least one field, found an array of 0",
    );
    check(
        json!([
            ["a"],
            [1, "<i4"],
            ["b", 3],
            ["c", "|u1", [2, 0]],
            ["d", "|V0", "x"]
        ]),
        "/0: expected a field: [name, type], or [name, type, shape], found an array of 1; \
         /1/0: expected the name of a field, found 1; \
         /2/1: expected a type such as \"<f8\", or a list of fields, found 3; \
         /3/2: expected at most 64 lengths, none of them zero, found an array of 2; \
         /4/1: expected an element of 1 to 1048576 bytes, found \"|V0\"; \
         /4/2: expected an array of lengths, one per axis, found \"x\"",
    );
    check(
        json!([["f1", "|u1"], ["", "|u1"]]),
        "/1: expected a name no other field has, found \"f1\"",
    );
    for (shape, size) in [
        (json!([1 << 20, 2]), 1 << 21),
        (
            json!(1u64 << 63),
            usize::try_from(1u64 << 63).unwrap_or(usize::MAX),
        ),
        (json!([u64::MAX, u64::MAX, 4]), usize::MAX),
    ] {
        check(json!([["a", "|u1", shape]]), &above(size));
    }
}

#[test]
fn records_are_only_so_deep() {
    let nested = |depth: usize| (0..depth).fold(json!("|u1"), |inner, _| json!([["a", inner]]));
    assert!(DType::from_json(nested(MAX_DEPTH)).is_ok());
    for depth in [MAX_DEPTH + 1, 60] {
        let error = DType::from_json(nested(depth)).unwrap_err().to_string();
        assert!(error.ends_with("depth of records 33 is above the limit of 32"));
    }
}

/// The table of fill values as v2 spells them.
#[test]
fn fill_values() {
    let check = |dtype: Value, codec: &[Codec], rows: &[(Value, &[u8], Value)]| {
        let dtype = DType::from_json_with(dtype, codec).unwrap();
        for (value, bytes, written) in rows {
            let fill = dtype.fill_value_from_json(value).unwrap();
            assert_eq!(fill.as_bytes(), *bytes, "{value}");
            assert_eq!(dtype.fill_value_to_json(&fill), *written, "{value}");
        }
    };
    let nothing = |written: Value, zero: &'static [u8]| {
        [json!(null), json!(0), json!("")].map(|value| (value, zero, written.clone()))
    };
    check(
        json!("|V3"),
        &[],
        &[(json!("AAH/"), &[0, 1, 255], json!("AAH/"))],
    );
    check(json!("|V3"), &[], &nothing(json!("AAAA"), &[0, 0, 0]));
    check(
        json!("|S4"),
        &[],
        &[
            (json!("YWI="), b"ab\0\0", json!("YWI=")),
            (json!("YWIAAA=="), b"ab\0\0", json!("YWI=")),
        ],
    );
    check(json!("|S2"), &[], &nothing(json!(""), &[0, 0]));
    check(json!("<U1"), &[], &nothing(json!(""), &[0; 4]));
    let e = &u32::from('é').to_ne_bytes();
    check(json!(">U1"), &[], &[(json!("é"), e, json!("é"))]);
    let nat = &i64::MIN.to_ne_bytes();
    for dtype in ["<M8[s]", ">m8"] {
        let rows: [(Value, &[u8], Value); 4] = [
            (json!(null), nat, json!(i64::MIN)),
            (json!("NaT"), nat, json!(i64::MIN)),
            (json!(i64::MIN), nat, json!(i64::MIN)),
            (json!(0), &[0; 8], json!(0)),
        ];
        check(json!(dtype), &[], &rows);
    }
    let (utf8, bytes) = (Codec::new("vlen-utf8"), Codec::new("vlen-bytes"));
    let utf8 = std::slice::from_ref(&utf8);
    check(
        json!("|O"),
        utf8,
        &[(json!("héllo"), "héllo".as_bytes(), json!("héllo"))],
    );
    check(json!("|O"), utf8, &nothing(json!(""), b""));
    let bytes = std::slice::from_ref(&bytes);
    check(
        json!("|O"),
        bytes,
        &[(json!("AP8="), &[0, 255], json!("AP8="))],
    );
    check(
        json!("|O"),
        bytes,
        &[(json!([0, 255]), &[0, 255], json!("AP8="))],
    );
    check(json!("|O"), bytes, &nothing(json!(""), b""));
    let json2 = [Codec::new("json2")];
    check(json!("|O"), &json2, &[(json!(null), b"null", json!(null))]);
    check(
        json!("|O"),
        &json2,
        &[(
            json!({"a": [1, ""]}),
            b"{\"a\":[1,\"\"]}",
            json!({"a": [1, ""]}),
        )],
    );
    let ragged = [Codec::new("vlen-array").with("dtype", "|i1")];
    check(json!("|O"), &ragged, &nothing(json!(null), b""));
    check(
        json!("|O"),
        &ragged,
        &[(json!([1, -1]), &[1, 255], json!([1, -1]))],
    );
    check(json!("|b1"), &[], &[(json!(null), &[0], json!(false))]);
    check(json!("<f4"), &[], &[(json!(null), &[0; 4], json!(0.0))]);
    // Records: base64 in the byte order of each field.
    let record = json!([["a", ">i2"], ["b", "<i2"], ["c", "|u1"]]);
    let native = [1i16.to_ne_bytes(), 2i16.to_ne_bytes()].concat();
    let native = [native.as_slice(), &[3]].concat();
    check(
        record.clone(),
        &[],
        &[(json!("AAECAAM="), &native, json!("AAECAAM="))],
    );
    let fields = json!({"a": 1, "b": 2, "c": 3});
    check(record.clone(), &[], &[(fields, &native, json!("AAECAAM="))]);
    check(record, &[], &nothing(json!("AAAAAAA="), &[0; 5]));
}

#[test]
fn fill_values_that_do_not_fit() {
    let check = |dtype: Value, value: Value, expected: &str| {
        let dtype = DType::from_json_with(dtype, &[Codec::new("vlen-utf8")]).unwrap();
        let error = dtype.fill_value_from_json(&value).unwrap_err().to_string();
        assert_eq!(error, expected);
    };
    let found = "document: expected at most 2 bytes in base64, found ";
    check(json!("|S2"), json!("YWJj"), &format!("{found}\"YWJj\""));
    check(json!("|S2"), json!("ab"), &format!("{found}\"ab\""));
    check(
        json!("<U2"),
        json!("abc"),
        "document: expected a string of at most 2 characters, found \"abc\"",
    );
    check(
        json!("|O"),
        json!(1),
        "document: expected a string, found 1",
    );
    check(
        json!("<M8[s]"),
        json!("2020-01-01"),
        "document: expected a whole number, or \"NaT\", found \"2020-01-01\"",
    );
    check(
        json!("<M8[s]"),
        json!(1u64 << 63),
        "document: expected a whole number from -9223372036854775808 to 9223372036854775807, \
         found 9223372036854775808",
    );
    let record = json!([["a", "<i2"], ["b", "|b1"]]);
    check(
        record.clone(),
        json!("AAAA/w=="),
        "document: expected 3 bytes in base64, found \"AAAA/w==\"",
    );
    check(
        record.clone(),
        json!("AAD/"),
        "document: expected a bool of 0 or 1, found \"AAD/\"",
    );
    check(
        record,
        json!({"a": 40000, "c": 0}),
        "/a: expected a whole number from -32768 to 32767, found 40000; \
         /b: missing; add the fill value of the field; /c: expected no such field, found 0",
    );
    check(
        json!([["a", "|u1", [2, 1]]]),
        json!({"a": [[1], [2, 3]]}),
        "/a/1: expected an array of 1, found an array of 2",
    );
    let float = DType::from_json(json!("<f4")).unwrap();
    assert!(float.fill_value_from_json(&json!("")).is_err());
    let unknown = DType::from_json(json!("|O")).unwrap();
    assert!(unknown.fill_value_from_json(&json!(null)).is_err());
}

/// Gives every leaf an order of its own.
fn mix(dtype: &mut DType, orders: u64) {
    let mut leaf = 0;
    let mut mixed = |old: &str| {
        leaf += 1;
        let mark = if orders >> (leaf % 64) & 1 == 0 {
            "<"
        } else {
            ">"
        };
        old.replacen(['<', '>'], mark, 1)
    };
    fn walk(value: &mut Value, mixed: &mut impl FnMut(&str) -> String) {
        match value {
            Value::String(text) => *text = mixed(text),
            Value::Array(fields) => fields
                .iter_mut()
                .for_each(|field| walk(&mut field[1], mixed)),
            _ => {}
        }
    }
    let mut json = dtype.to_json();
    walk(&mut json, &mut mixed);
    let codec = object_codec(&dtype.data_type);
    *dtype = DType::from_json_with(json, codec.as_slice()).unwrap();
}

proptest! {
    #[test]
    fn any_type_and_element_come_back(
        (data_type, fill) in with_element(any_v2_type()),
        orders: u64,
    ) {
        let codec = object_codec(&data_type);
        let mut dtype = DType::new(data_type, Some(Endian::Little));
        mix(&mut dtype, orders);
        let json = dtype.to_json();
        let read = DType::from_json_with(json.clone(), codec.as_slice()).unwrap();
        prop_assert_eq!(&read, &dtype, "{}", json);
        prop_assert_eq!(&read.spelling, &None);
        let value = dtype.fill_value_to_json(&fill);
        let text = value.to_string();
        let value = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(&dtype.fill_value_from_json(&value).unwrap(), &fill, "{} {}", json, text);
        // As v3 would spell it, which users of v2 may do as well.
        let value = fill.to_json(&dtype.data_type);
        prop_assert_eq!(FillValue::from_json(&value, &dtype.data_type).unwrap(), fill, "{}", value);
    }
}
