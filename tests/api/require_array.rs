//! `Group::require_array`: shape and type must suit; the type as `numpy.can_cast` says, or exactly.

use zarr::blocking::Wait;
use zarr::{DataType, ErrorClass, Group, Target};

fn root() -> Group {
    zarr::create_group(Target::Memory).wait().unwrap()
}

#[test]
fn what_suits_is_found_and_what_is_missing_is_made() {
    let root = root();
    let require = || root.require_array("a", [4], DataType::Int16);
    let made = require().with(|new| new.chunks([2]).fill_value(3));
    let made = made.wait().unwrap();
    assert_eq!(
        (made.chunks(), made.dtype()),
        (Some(vec![2]), &DataType::Int16)
    );
    // What it would have been made with is not judged.
    let same = require().with(|new| new.chunks([4])).wait().unwrap();
    assert_eq!(same.chunks(), Some(vec![2]));
    assert_eq!(same.read::<i16>(..).wait().unwrap().sum(), 12);
}

#[test]
fn another_shape_type_or_kind_is_refused_by_name() {
    let root = root();
    root.create_array("a", [4], DataType::Int16).wait().unwrap();
    let shape = root.require_array("a", [5], DataType::Int16).wait();
    let text = shape.unwrap_err().to_string();
    assert!(
        text.contains("`shape`") && text.contains("[4], not [5]"),
        "{text}"
    );
    let dtype = root.require_array("a", [4], DataType::Int8).wait();
    let text = dtype.unwrap_err().to_string();
    assert!(
        text.contains("`dtype`") && text.contains("int16, not int8"),
        "{text}"
    );
    let exact = root.require_array("a", [4], DataType::Int32).exact(true);
    assert_eq!(exact.wait().unwrap_err().class(), ErrorClass::Invalid);
    root.create_group("g").wait().unwrap();
    let kind = root.require_array("g", [4], DataType::Int8).wait();
    assert_eq!(
        kind.unwrap_err().to_string(),
        "`/g` is a group, not an array"
    );
}

#[test]
fn types_suit_where_numpy_would_cast_safely() {
    use DataType as T;
    // What `numpy.can_cast(stored, asked)` of numpy 2.5.5 says of each.
    let rows = [
        (T::Bool, T::Int8, true),
        (T::Bool, T::Complex64, true),
        (T::Int8, T::Bool, false),
        (T::UInt8, T::Int8, false),
        (T::UInt8, T::Int16, true),
        (T::Int8, T::UInt16, false),
        (T::Int8, T::Float16, true),
        (T::Int16, T::Float16, false),
        (T::UInt16, T::Float32, true),
        (T::Int32, T::Float32, false),
        (T::Int32, T::Float64, true),
        (T::UInt64, T::Int64, false),
        (T::UInt64, T::Float64, true),
        (T::Int64, T::Float64, true),
        (T::Int32, T::Complex64, false),
        (T::Int64, T::Complex128, true),
        (T::Float32, T::Complex64, true),
        (T::Float64, T::Complex64, false),
        (T::Float64, T::Float32, false),
        (T::Complex64, T::Float64, false),
        (T::Raw(2), T::Int32, false),
    ];
    for (stored, asked, suits) in rows {
        let root = root();
        root.create_array("a", [1], stored.clone()).wait().unwrap();
        let found = root.require_array("a", [1], asked.clone()).wait();
        assert_eq!(found.is_ok(), suits, "{stored} as {asked}");
    }
}
