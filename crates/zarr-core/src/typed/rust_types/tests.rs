//! The table holds: each type that it names is taken, and no other.

use zarr_metadata::{Datetime64, Extension, Field, SmallFloat, SmallInt, TimeUnit, Timedelta64};

use super::*;
use crate::Element;

/// The types of a table, as it writes them, with the data types of which each takes this one.
type Accepts = (&'static str, fn(&DataType) -> bool);

fn every_type() -> Vec<Accepts> {
    let mut types: Vec<Accepts> = vec![
        ("bool", bool::accepts),
        ("i8", i8::accepts),
        ("i16", i16::accepts),
        ("i32", i32::accepts),
        ("i64", i64::accepts),
        ("u8", u8::accepts),
        ("u16", u16::accepts),
        ("u32", u32::accepts),
        ("u64", u64::accepts),
        ("f32", f32::accepts),
        ("f64", f64::accepts),
        ("Datetime64", Datetime64::accepts),
        ("Timedelta64", Timedelta64::accepts),
        ("String", String::accepts),
        ("serde_json::Value", serde_json::Value::accepts),
        ("[u8; N]", <[u8; 3]>::accepts),
        ("Vec<i8>", Vec::<i8>::accepts),
        ("Vec<i16>", Vec::<i16>::accepts),
        ("Vec<i32>", Vec::<i32>::accepts),
        ("Vec<i64>", Vec::<i64>::accepts),
        ("Vec<u8>", Vec::<u8>::accepts),
        ("Vec<u16>", Vec::<u16>::accepts),
        ("Vec<u32>", Vec::<u32>::accepts),
        ("Vec<u64>", Vec::<u64>::accepts),
        ("Vec<f32>", Vec::<f32>::accepts),
        ("Vec<f64>", Vec::<f64>::accepts),
    ];
    add_half(&mut types);
    add_complex(&mut types);
    types
}

#[cfg(not(feature = "half"))]
fn add_half(_: &mut Vec<Accepts>) {}

#[cfg(feature = "half")]
fn add_half(types: &mut Vec<Accepts>) {
    types.push(("half::f16", half::f16::accepts));
    types.push(("half::bf16", half::bf16::accepts));
}

#[cfg(not(feature = "num-complex"))]
fn add_complex(_: &mut Vec<Accepts>) {}

#[cfg(feature = "num-complex")]
fn add_complex(types: &mut Vec<Accepts>) {
    use num_complex::{Complex32, Complex64};
    types.push(("num_complex::Complex32", Complex32::accepts));
    types.push(("num_complex::Complex64", Complex64::accepts));
}

fn data_types() -> Vec<DataType> {
    use DataType as T;
    let mut all: Vec<DataType> = ["bool", "int8", "int16", "int32", "int64", "uint8", "uint16"]
        .into_iter()
        .chain(["uint32", "uint64", "float16", "float32", "float64"])
        .chain(["complex64", "complex128", "bfloat16"])
        .chain(["complex_float16", "complex_bfloat16", "string", "bytes"])
        .filter_map(|name| name.parse().ok())
        .collect();
    all.extend(SmallInt::ALL.map(T::SmallInt));
    all.extend(SmallFloat::ALL.map(T::SmallFloat));
    all.push(T::ComplexSmall(SmallFloat::Float8E5M2));
    all.extend([T::Raw(3), T::FixedBytes(3), T::FixedUtf32(3)]);
    all.extend([T::datetime64(TimeUnit::Day), T::timedelta64(TimeUnit::Day)]);
    let scalars = all.iter().filter(|t| t.size().is_some());
    let lists: Vec<DataType> = scalars.map(|t| T::Ragged(Box::new(t.clone()))).collect();
    all.extend(lists);
    all.push(T::record([Field::new("a", T::Int8)]));
    all.push(T::Json);
    all.push(T::Unknown(Extension::new("quaternion")));
    all
}

/// C24.
#[test]
fn the_table_is_what_the_types_accept() {
    let types = every_type();
    for data_type in data_types() {
        // What a record is read as is a type of the caller's.
        if let DataType::Struct(_) = data_type {
            continue;
        }
        let named = rust_types(&data_type).into_iter();
        let named: Vec<&str> = named
            .map(|name| name.split('`').nth(1).unwrap_or(name))
            .collect();
        let known = |name: &&str| types.iter().any(|(known, _)| known == name);
        let mut named: Vec<&str> = named.into_iter().filter(known).collect();
        let accepted = types.iter().filter(|(_, accepts)| accepts(&data_type));
        let mut accepted: Vec<&str> = accepted.map(|(name, _)| *name).collect();
        named.sort_unstable();
        accepted.sort_unstable();
        assert_eq!(named, accepted, "{data_type}");
    }
}

/// The table in the documentation, as it is made of the one here.
#[test]
fn the_documentation_shows_the_table() {
    let mut rows: Vec<(String, Vec<String>)> = vec![];
    for data_type in data_types() {
        let types = rust_types(&data_type);
        if types.is_empty() {
            continue;
        }
        let name = match &data_type {
            DataType::Ragged(elements) if **elements == DataType::Float64 => {
                "lists by `vlen-array`, here of `float64`".to_owned()
            }
            DataType::Ragged(_) => continue,
            DataType::Json => "objects of `json2`, `msgpack2`".to_owned(),
            DataType::Raw(_) => "`r8`, `r16`, …".to_owned(),
            DataType::Struct(_) => "`struct`".to_owned(),
            other => format!("`{}`", other.name()),
        };
        let types = types.join(" or ");
        match rows.iter_mut().find(|(known, _)| *known == types) {
            Some((_, names)) => names.push(name),
            None => rows.push((types, vec![name])),
        }
    }
    let mut table = "| data type | Rust type |\n|---|---|\n".to_owned();
    for (types, names) in rows {
        table += &format!("| {} | {types} |\n", names.join(", "));
    }
    assert_eq!(include_str!("../rust_types.md"), table, "\n{table}");
}

#[test]
fn an_error_says_what_to_take() {
    let text = advice(&DataType::Float16);
    assert!(text.starts_with("take it as `half::f16` (feature `half`), or as bytes"));
    assert!(
        advice(&DataType::ComplexSmall(SmallFloat::Float8E4M3)).starts_with("take it as bytes")
    );
}
