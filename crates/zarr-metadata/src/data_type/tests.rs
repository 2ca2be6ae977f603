//! Tests of the v3 spelling and the layout of data types.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::FillValue;
use crate::layout::{Swap, SwapField};
use crate::testing::{any_data_type, any_json, any_v2_type, nearly_json, with_element};
use crate::v2::DType;

#[track_caller]
fn check(value: Value, expected: Result<DataType, &str>) {
    let read = DataType::from_json(value);
    assert_eq!(
        read.map_err(|e| e.to_string()),
        expected.map_err(str::to_owned)
    );
}

fn time(unit: TimeUnit, scale: u32) -> [DataType; 2] {
    [
        DataType::DateTime64 { unit, scale },
        DataType::TimeDelta64 { unit, scale },
    ]
}

/// The table of names that are types by themselves: each row is read bare and as an object, and
/// written bare.
#[test]
fn every_name_reads_back() {
    use DataType as T;
    let small = |float| (T::SmallFloat(float), T::ComplexSmall(float));
    let mut rows = vec![
        ("bool", T::Bool),
        ("int8", T::Int8),
        ("int16", T::Int16),
        ("int32", T::Int32),
        ("int64", T::Int64),
        ("uint8", T::UInt8),
        ("uint16", T::UInt16),
        ("uint32", T::UInt32),
        ("uint64", T::UInt64),
        ("float16", T::Float16),
        ("float32", T::Float32),
        ("float64", T::Float64),
        ("complex64", T::Complex64),
        ("complex128", T::Complex128),
        ("r8", T::Raw(1)),
        ("r24", T::Raw(3)),
        ("r8388608", T::Raw(1 << 20)),
        ("string", T::String),
        ("bytes", T::Bytes),
        ("bfloat16", T::BFloat16),
        ("complex_float16", T::ComplexFloat16),
        ("complex_bfloat16", T::ComplexBFloat16),
        ("int2", T::SmallInt(SmallInt::Int2)),
        ("int4", T::SmallInt(SmallInt::Int4)),
        ("uint2", T::SmallInt(SmallInt::UInt2)),
        ("uint4", T::SmallInt(SmallInt::UInt4)),
    ];
    for (name, complex_name, float) in [
        ("float8_e3m4", "complex_float8_e3m4", SmallFloat::Float8E3M4),
        ("float8_e4m3", "complex_float8_e4m3", SmallFloat::Float8E4M3),
        (
            "float8_e4m3b11fnuz",
            "complex_float8_e4m3b11fnuz",
            SmallFloat::Float8E4M3B11Fnuz,
        ),
        (
            "float8_e4m3fn",
            "complex_float8_e4m3fn",
            SmallFloat::Float8E4M3Fn,
        ),
        (
            "float8_e4m3fnuz",
            "complex_float8_e4m3fnuz",
            SmallFloat::Float8E4M3Fnuz,
        ),
        ("float8_e5m2", "complex_float8_e5m2", SmallFloat::Float8E5M2),
        (
            "float8_e5m2fnuz",
            "complex_float8_e5m2fnuz",
            SmallFloat::Float8E5M2Fnuz,
        ),
        (
            "float8_e8m0fnu",
            "complex_float8_e8m0fnu",
            SmallFloat::Float8E8M0Fnu,
        ),
        (
            "float6_e2m3fn",
            "complex_float6_e2m3fn",
            SmallFloat::Float6E2M3Fn,
        ),
        (
            "float6_e3m2fn",
            "complex_float6_e3m2fn",
            SmallFloat::Float6E3M2Fn,
        ),
        (
            "float4_e2m1fn",
            "complex_float4_e2m1fn",
            SmallFloat::Float4E2M1Fn,
        ),
    ] {
        let (real, complex) = small(float);
        rows.extend([(name, real), (complex_name, complex)]);
    }
    for (name, known) in rows {
        assert_eq!(known.name(), name);
        assert_eq!(known.to_json(), json!(name));
        assert_eq!(known.is_registered(), !name.ends_with("e4m3fn"), "{name}");
        check(json!(name), Ok(known.clone()));
        check(json!({"name": name}), Ok(known.clone()));
        check(json!({"name": name, "configuration": {}}), Ok(known));
    }
}

/// The table of types with settings: each row is written as it is read.
#[test]
fn every_type_with_settings_reads_back() {
    let check = |value: Value, expected: DataType, display: &str| {
        assert_eq!(DataType::from_json(value.clone()).unwrap(), expected);
        assert_eq!(expected.to_json(), value);
        assert_eq!(expected.to_string(), display);
    };
    check(
        json!({"name": "fixed_length_utf32", "configuration": {"length_bytes": 48}}),
        DataType::FixedUtf32(12),
        "fixed_length_utf32[12]",
    );
    check(
        json!({"name": "null_terminated_bytes", "configuration": {"length_bytes": 5}}),
        DataType::FixedBytes(5),
        "null_terminated_bytes[5]",
    );
    for unit in TimeUnit::ALL {
        for (scale, shown) in [
            (1, unit.to_string()),
            (i32::MAX as u32, format!("2147483647{unit}")),
        ] {
            let settings = json!({"unit": unit.as_str(), "scale_factor": scale});
            let names = ["numpy.datetime64", "numpy.timedelta64"];
            for (data_type, name) in time(unit, scale).into_iter().zip(names) {
                let value = json!({"name": name, "configuration": settings});
                check(value, data_type, &format!("{name}[{shown}]"));
            }
        }
    }
    check(
        json!({"name": "struct", "configuration": {"fields": [
            {"name": "p", "data_type": {"name": "struct", "configuration": {"fields": [
                {"name": "x", "data_type": "float32"},
            ]}}},
            {"name": "t", "data_type": {"name": "numpy.datetime64",
                "configuration": {"unit": "s", "scale_factor": 1}}},
            {"name": "x", "data_type": "uint8"},
        ]}}),
        DataType::record([
            Field::new("p", DataType::record([Field::new("x", DataType::Float32)])),
            Field::new("t", time(TimeUnit::Second, 1)[0].clone()),
            Field::new("x", DataType::UInt8),
        ]),
        "struct[p: struct[x: float32], t: numpy.datetime64[s], x: uint8]",
    );
}

/// The table of names and forms that are read but not written.
#[test]
fn aliases() {
    let record = DataType::record([
        Field::new("a", DataType::Int32),
        Field::new("b", DataType::Bool),
    ]);
    check(json!("variable_length_bytes"), Ok(DataType::Bytes));
    check(json!("complex_float32"), Ok(DataType::Complex64));
    check(json!("complex_float64"), Ok(DataType::Complex128));
    check(
        json!({"name": "raw_bytes", "configuration": {"length_bytes": 3}}),
        Ok(DataType::Raw(3)),
    );
    check(
        json!({"name": "structured",
            "configuration": {"fields": [["a", "int32"], ["b", {"name": "bool"}]]}}),
        Ok(record.clone()),
    );
    check(
        json!({"name": "struct",
            "configuration": {"fields": [["a", "int32"], {"name": "b", "data_type": "bool"}]}}),
        Ok(record),
    );
    for micro in ["\u{b5}s", "\u{3bc}s"] {
        let settings = json!({"unit": micro, "scale_factor": 10});
        for data_type in time(TimeUnit::Microsecond, 10) {
            let value = json!({"name": data_type.name(), "configuration": settings});
            check(value, Ok(data_type));
        }
    }
}

#[test]
fn unknown_types_are_kept() {
    let value = json!({"name": "numpy.void", "configuration": {"n": 1}});
    let read = DataType::from_json(value.clone()).unwrap();
    assert_eq!(read.to_json(), value);
    assert_eq!((read.size(), read.layout()), (None, None));
    check(json!("r8x"), Ok(DataType::Unknown(Extension::new("r8x"))));

    // A record of what nobody knows has no size either.
    let value = json!({"name": "struct", "configuration": {"fields": [
        {"name": "q", "data_type": "quaternion"}
    ]}});
    let read = DataType::from_json(value.clone()).unwrap();
    assert!(matches!(read, DataType::Unknown(_)));
    assert_eq!(read.to_json(), value);
}

#[test]
fn refusals() {
    let raw = "document: expected r and a multiple of 8 bits from 8 to 8388608, found ";
    for name in ["r0", "r12", "r99999999999999999999999999"] {
        check(json!(name), Err(&format!("{raw}{name:?}")));
    }
    let large = "document: element size in bytes 1048577 is above the limit of 1048576";
    check(json!("r8388616"), Err(large));
    check(
        json!({"name": "int8", "configuration": {"endian": "big"}}),
        Err("/configuration: expected no settings, int8 has none, found an object of 1 members"),
    );
    check(
        json!({"name": "int8", "must_understand": false}),
        Err(
            "/must_understand: must_understand: false is not allowed here, every reader has \
                 to understand this; remove it",
        ),
    );
    check(
        json!(8),
        Err("document: expected a name, or an object with a name, found 8"),
    );
}

#[test]
fn settings_are_checked() {
    let check = |name: &str, settings: Value, expected: &[&str]| {
        let read = DataType::from_json(json!({"name": name, "configuration": settings}));
        let error = read.unwrap_err();
        let found: Vec<String> = error.problems().iter().map(ToString::to_string).collect();
        assert_eq!(found, expected);
    };
    let missing = "/configuration/length_bytes: missing; add the size of an element in bytes";
    check("raw_bytes", json!({}), &[missing]);
    for (length, shown) in [(json!(0), "0"), (json!(-1), "-1"), (json!("4"), "\"4\"")] {
        let text = format!(
            "/configuration/length_bytes: expected a number of bytes from 1 to 1048576, found {shown}"
        );
        check(
            "null_terminated_bytes",
            json!({"length_bytes": length}),
            &[&text],
        );
    }
    let large =
        "/configuration/length_bytes: element size in bytes 1048580 is above the limit of 1048576";
    for name in ["fixed_length_utf32", "null_terminated_bytes"] {
        check(name, json!({"length_bytes": 1_048_580}), &[large]);
    }
    for length in [0, 6, u64::MAX] {
        let text = format!(
            "/configuration/length_bytes: expected a multiple of 4 bytes from 4 to 1048576, \
             found {length}"
        );
        check(
            "fixed_length_utf32",
            json!({"length_bytes": length}),
            &[&text],
        );
    }
    check(
        "numpy.datetime64",
        json!({"unit": "y", "scale_factor": 0, "zone": "UTC"}),
        &[
            "/configuration/unit: expected one of the units Y M W D h m s ms us ns ps fs as \
             generic, found \"y\"",
            "/configuration/scale_factor: expected a whole number from 1 to 2147483647, found 0",
            "/configuration/zone: expected no such setting, found \"UTC\"",
        ],
    );
    check(
        "numpy.timedelta64",
        json!({"scale_factor": 1u64 << 31}),
        &[
            "/configuration/unit: missing; add the unit, such as \"ns\"",
            "/configuration/scale_factor: expected a whole number from 1 to 2147483647, \
             found 2147483648",
        ],
    );
    check(
        "struct",
        json!({}),
        &["/configuration/fields: missing; add an array of fields"],
    );
    check(
        "struct",
        json!({"fields": []}),
        &["/configuration/fields: expected at least one field, found an array of 0"],
    );
    check(
        "struct",
        json!({"fields": [
            {"name": "", "data_type": "string"}, ["a"], {"name": "b"}, [1, "r3"],
        ]}),
        &[
            "/configuration/fields/0/name: expected a name that is not empty, found \"\"",
            "/configuration/fields/0/data_type: expected a type of fixed size, found \"string\"",
            "/configuration/fields/1: expected an object with a name and a data_type, found an \
             array of 1",
            "/configuration/fields/2/data_type: missing; add the type of the field",
            "/configuration/fields/3/0: expected a name that is not empty, found 1",
            "/configuration/fields/3/1: expected r and a multiple of 8 bits from 8 to 8388608, \
             found \"r3\"",
        ],
    );
    check(
        "struct",
        json!({"fields": [["a", "int8"], ["b", "int8"], ["a", "bool"]]}),
        &["/configuration/fields/2: expected a name no other field has, found \"a\""],
    );
    check(
        "struct",
        json!({"fields": [["a", "r8388608"], ["b", "int8"]]}),
        &["/configuration/fields: element size in bytes 1048577 is above the limit of 1048576"],
    );
    check(
        "struct",
        json!({"fields": [{"name": "a", "data_type": "int8", "shape": [2]}]}),
        &["/configuration/fields/0/shape: expected no such setting, found an array of 1"],
    );
}

#[test]
fn records_are_only_so_deep() {
    let nested = |depth: usize| {
        (0..depth).fold(
            json!("int8"),
            |inner, _| json!({"name": "struct", "configuration": {"fields": [["a", inner]]}}),
        )
    };
    assert!(DataType::from_json(nested(MAX_DEPTH)).is_ok());
    for depth in [MAX_DEPTH + 1, 60] {
        let error = DataType::from_json(nested(depth)).unwrap_err().to_string();
        let end = ": depth of records 33 is above the limit of 32";
        assert!(error.ends_with(end), "{error}");
    }
}

#[test]
fn layouts() {
    let fixed = |size, swap| Some(Layout::Fixed { size, swap });
    let width = |size, width| fixed(size, Swap::Width(width));
    for (name, layout) in [
        ("bool", fixed(1, Swap::None)),
        ("int4", fixed(1, Swap::None)),
        ("float8_e5m2", fixed(1, Swap::None)),
        ("complex_float8_e5m2", fixed(2, Swap::None)),
        ("int16", width(2, 2)),
        ("bfloat16", width(2, 2)),
        ("complex_bfloat16", width(4, 2)),
        ("complex_float16", width(4, 2)),
        ("complex128", width(16, 8)),
        ("r40", fixed(5, Swap::None)),
        ("string", Some(Layout::Variable)),
        ("bytes", Some(Layout::Variable)),
        ("quaternion", None),
    ] {
        let data_type: DataType = name.parse().unwrap();
        assert_eq!(data_type.layout(), layout, "{name}");
    }
    assert_eq!(DataType::FixedBytes(5).layout(), fixed(5, Swap::None));
    assert_eq!(DataType::FixedUtf32(5).layout(), width(20, 4));
    assert_eq!(time(TimeUnit::Day, 1)[0].layout(), width(8, 8));
    assert_eq!(DataType::Json.layout(), Some(Layout::Variable));
    let ragged = DataType::Ragged(Box::new(DataType::Int8));
    assert_eq!(ragged.layout(), Some(Layout::Variable));
}

#[test]
fn layouts_of_records() {
    let check = |fields: Vec<Field>, size: usize, swap: Swap| {
        let layout = DataType::record(fields).layout();
        assert_eq!(layout, Some(Layout::Fixed { size, swap }));
    };
    let fields = |runs: &[(usize, usize, usize)]| {
        let runs = runs.iter().map(|&(offset, width, count)| SwapField {
            offset,
            width,
            count,
        });
        Swap::Fields(runs.collect())
    };
    let byte = || Field::new("b", DataType::UInt8);
    let float = |name: &str| Field::new(name, DataType::Float32);
    check(vec![byte()], 1, Swap::None);
    // Fields that touch and have numbers of one width are one run.
    check(
        vec![float("x"), float("y"), Field::new("z", DataType::Complex64)],
        16,
        Swap::Width(4),
    );
    check(
        vec![
            Field::new("id", DataType::Int32),
            byte(),
            Field::new("v", DataType::Float64),
        ],
        13,
        fields(&[(0, 4, 1), (5, 8, 1)]),
    );
    let point = DataType::record([byte(), float("x")]);
    check(
        vec![
            Field::new("p", point.clone()),
            float("v"),
            Field::new("s", DataType::FixedUtf32(2)),
        ],
        17,
        fields(&[(1, 4, 4)]),
    );
    check(
        vec![
            byte().with_shape([3]),
            Field::new("p", point).with_shape([2]),
        ],
        13,
        fields(&[(4, 4, 1), (9, 4, 1)]),
    );
    // Too large for memory: no size, no panic.
    let huge = Field::new("a", DataType::Int64).with_shape([u64::MAX, u64::MAX]);
    let huge = DataType::record([huge]);
    assert_eq!((huge.size(), huge.layout()), (None, None));
    assert_eq!(DataType::FixedUtf32(usize::MAX).layout(), None);
}

proptest! {
    #[test]
    fn no_json_panics(
        json in prop_oneof![nearly_json(), any_json()],
        fill in prop_oneof![nearly_json(), any_json()],
        (known, _) in with_element(any_v2_type()),
    ) {
        if let Ok(read) = DataType::from_json(json.clone()) {
            prop_assert_eq!(DataType::from_json(read.to_json()), Ok(read.clone()));
            let _ = (read.layout(), FillValue::from_json(&fill, &read));
        }
        if let Ok(read) = DType::from_json(json.clone()) {
            let _ = (read.swap_to_native(), read.mixed_endian());
            let _ = read.fill_value_from_json(&fill);
            prop_assert_eq!(read.to_json(), json);
        }
        if let Ok(read) = FillValue::from_json(&fill, &known) {
            let again = FillValue::from_json(&read.to_json(&known), &known);
            prop_assert_eq!(again, Ok(read));
        }
        let _ = DType::new(known, None).fill_value_from_json(&fill);
    }

    #[test]
    fn any_bytes_are_an_element_or_a_problem(
        data_type in any_v2_type(),
        bytes in prop::collection::vec(any::<u8>(), 0..40),
    ) {
        if let Ok(fill) = FillValue::from_bytes(&data_type, &bytes) {
            let again = FillValue::from_json(&fill.to_json(&data_type), &data_type);
            prop_assert_eq!(again, Ok(fill));
        }
    }

    #[test]
    fn any_type_comes_back(data_type in any_data_type()) {
        let json = data_type.to_json();
        let read = DataType::from_json(json.clone());
        prop_assert_eq!(read.unwrap(), data_type, "{}", json);
    }
}
