//! What the tests of several modules draw from: any data type, any of its elements. Asserts nothing.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::{DataType, Field, FillValue, SmallFloat, SmallInt, TimeUnit};

/// Any JSON, as small as the format's own values. Numbers beyond 64 bits are floats to a JSON
/// reader.
pub(crate) fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>()
            .prop_filter("JSON has no such number", |f| f.is_finite())
            .prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((".{0,4}", inner), 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Words that mean something to those who read types and fill values.
const WORDS: [&str; 22] = [
    "name",
    "configuration",
    "fields",
    "data_type",
    "shape",
    "length_bytes",
    "unit",
    "scale_factor",
    "struct",
    "structured",
    "numpy.datetime64",
    "fixed_length_utf32",
    "raw_bytes",
    "r16",
    "ns",
    "NaN",
    "0xff",
    "<f8",
    ">U3",
    "|O",
    "<M8[3s]",
    "AAAA",
];

/// JSON that is nearly a type or a fill value.
pub(crate) fn nearly_json() -> impl Strategy<Value = Value> {
    let word = || prop::sample::select(WORDS.to_vec()).prop_map(str::to_owned);
    let leaf = prop_oneof![
        4 => word().prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        1 => (0i64..20).prop_map(Value::from),
    ];
    leaf.prop_recursive(8, 40, 4, move |inner| {
        let list = || prop::collection::vec(inner.clone(), 0..4);
        let field = (word(), inner.clone());
        prop_oneof![
            list().prop_map(Value::from),
            prop::collection::vec(field.clone().prop_map(|(name, t)| json!([name, t])), 0..4)
                .prop_map(Value::from),
            prop::collection::vec(field, 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
            (word(), list()).prop_map(|(name, fields)| {
                json!({"name": name, "configuration": {"fields": fields}})
            }),
        ]
    })
}

/// Any type that is nothing but numbers or bytes of a fixed size.
fn any_single() -> impl Strategy<Value = DataType> {
    let simple = prop::sample::select(vec![
        DataType::Bool,
        DataType::Int8,
        DataType::Int16,
        DataType::Int32,
        DataType::Int64,
        DataType::UInt8,
        DataType::UInt16,
        DataType::UInt32,
        DataType::UInt64,
        DataType::Float16,
        DataType::Float32,
        DataType::Float64,
        DataType::Complex64,
        DataType::Complex128,
        DataType::BFloat16,
        DataType::ComplexFloat16,
        DataType::ComplexBFloat16,
    ]);
    let float = || prop::sample::select(SmallFloat::ALL.to_vec());
    let time = (prop::sample::select(TimeUnit::ALL.to_vec()), 1..1u32 << 31);
    prop_oneof![
        simple,
        prop::sample::select(SmallInt::ALL.to_vec()).prop_map(DataType::SmallInt),
        float().prop_map(DataType::SmallFloat),
        float().prop_map(DataType::ComplexSmall),
        (1usize..20).prop_map(DataType::Raw),
        (1usize..20).prop_map(DataType::FixedBytes),
        (1usize..8).prop_map(DataType::FixedUtf32),
        time.clone()
            .prop_map(|(unit, scale)| DataType::DateTime64 { unit, scale }),
        time.prop_map(|(unit, scale)| DataType::TimeDelta64 { unit, scale }),
    ]
}

/// Any type of a fixed size; fields hold arrays where `shapes` says so.
pub(crate) fn any_fixed(shapes: bool) -> impl Strategy<Value = DataType> {
    any_single().prop_recursive(3, 8, 3, move |inner| {
        let shape = match shapes {
            true => prop::collection::vec(1u64..3, 0..3).boxed(),
            false => Just(Vec::new()).boxed(),
        };
        prop::collection::vec((inner, ".{0,3}", shape), 1..4).prop_map(|fields| {
            let fields = fields.into_iter().enumerate();
            DataType::record(fields.map(|(i, (data_type, name, shape))| {
                Field::new(format!("{i}{name}"), data_type).with_shape(shape)
            }))
        })
    })
}

/// Any type that v3 documents can name.
pub(crate) fn any_data_type() -> impl Strategy<Value = DataType> {
    prop_oneof![
        8 => any_fixed(false),
        1 => Just(DataType::String),
        1 => Just(DataType::Bytes),
    ]
}

/// Any type that v2 documents can name.
pub(crate) fn any_v2_type() -> impl Strategy<Value = DataType> {
    prop_oneof![
        8 => any_fixed(true),
        1 => Just(DataType::String),
        1 => Just(DataType::Bytes),
        1 => Just(DataType::Json),
        1 => any_fixed(true).prop_map(|t| DataType::Ragged(Box::new(t))),
    ]
}

/// The type with one of its elements, made of any bytes.
pub(crate) fn with_element(
    data_type: impl Strategy<Value = DataType>,
) -> impl Strategy<Value = (DataType, FillValue)> {
    (data_type, prop::array::uniform32(any::<u8>()), ".{0,5}").prop_map(
        |(data_type, bits, text)| {
            let mut bits = bits.into_iter().cycle();
            let bytes = match &data_type {
                DataType::String => text.into_bytes(),
                DataType::Json => Value::from(text).to_string().into_bytes(),
                DataType::Bytes => bits.take(text.len()).collect(),
                DataType::Ragged(elements) => (0..text.len() % 3)
                    .flat_map(|_| element(elements, &mut bits))
                    .collect(),
                fixed => element(fixed, &mut bits),
            };
            let fill = FillValue::from_bytes(&data_type, &bytes).unwrap();
            (data_type, fill)
        },
    )
}

/// Behind a pointer, for a type that holds itself would have no end.
fn element(data_type: &DataType, bits: &mut dyn Iterator<Item = u8>) -> Vec<u8> {
    match data_type {
        DataType::Bool => bits.take(1).map(|bits| bits & 1).collect(),
        DataType::FixedUtf32(length) => (0..*length)
            .flat_map(|_| u32::from(bits.next().unwrap()).to_ne_bytes())
            .collect(),
        DataType::Struct(fields) => {
            let mut bytes = Vec::new();
            for field in fields.iter() {
                for _ in 0..field.count().unwrap() {
                    bytes.extend(element(&field.data_type, bits));
                }
            }
            bytes
        }
        other => bits.take(other.size().unwrap()).collect(),
    }
}
