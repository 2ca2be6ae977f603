//! Values in another form: as NumPy stores them, and what is refused.

use bytes::Bytes;
use zarr_metadata::{SmallInt, TimeUnit};

use super::*;
use crate::Element;

fn convert<T: Element>(elements: Vec<T>, to: &DataType) -> Result<Option<Vec<u8>>> {
    let (from, values) = T::into_data(elements);
    let converted = to_data_type(values, &from, to)?;
    Ok(converted.map(|values| values.as_fixed().unwrap_or_default().to_vec()))
}

fn error<T: Element>(elements: Vec<T>, to: &DataType) -> String {
    convert(elements, to).unwrap_err().to_string()
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|&text| text.to_owned()).collect()
}

/// numpy 2.5.5: `np.array(["ab", "é"], "U2").tobytes()`, `np.array([b"ab", b"c"], "S3").tobytes()`.
#[test]
fn texts_of_fixed_length() {
    let bytes = convert(texts(&["ab", "é"]), &DataType::FixedUtf32(2))
        .unwrap()
        .unwrap();
    let units = [0x61_u32, 0x62, 0xe9, 0].map(u32::to_ne_bytes);
    assert_eq!(bytes, units.concat());
    let bytes = convert(
        vec![b"ab".to_vec(), b"c".to_vec()],
        &DataType::FixedBytes(3),
    );
    assert_eq!(bytes.unwrap().unwrap(), b"ab\0c\0\0");
    let text = error(texts(&["ab", "abc"]), &DataType::FixedUtf32(2));
    assert_eq!(
        text,
        "argument `data`: element 1: it has 3 characters, and the array holds 2 at most"
    );
    let text = error(texts(&["éé"]), &DataType::FixedBytes(3));
    assert!(
        text.ends_with("element 0: it has 4 bytes, and the array holds 3 at most"),
        "{text}"
    );
    // `np.array(["ab"], "U2").astype("S3")`; what is not ASCII fails there, and is UTF-8 here.
    let given = Values::Fixed(Bytes::from([0x61_u32, 0x62].map(u32::to_ne_bytes).concat()));
    let bytes = to_data_type(given, &DataType::FixedUtf32(2), &DataType::FixedBytes(3));
    assert_eq!(
        bytes.unwrap(),
        Some(Values::Fixed(Bytes::from_static(b"ab\0")))
    );
    let bytes = convert(vec![*b"a\0\0"], &DataType::FixedBytes(1))
        .unwrap()
        .unwrap();
    assert_eq!(bytes, b"a");
}

#[test]
fn raw_bytes_are_of_one_length() {
    let raw = convert(vec![vec![1_u8, 0]], &DataType::Raw(2))
        .unwrap()
        .unwrap();
    assert_eq!(raw, [1, 0]);
    let text = error(vec![vec![1_u8]], &DataType::Raw(2));
    assert!(
        text.ends_with("element 0: it has 1 bytes, and those of the array have 2"),
        "{text}"
    );
}

/// numpy 2.5.5: `np.array(["2020-01-01", "2020-01-01T12", "NaT"], "M8[ns]").view("i8")`.
#[test]
fn dates_in_another_unit() {
    let dates = |texts: &[&str]| -> Vec<Datetime64> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    };
    let to = DataType::datetime64(TimeUnit::Nanosecond);
    let bytes = convert(dates(&["2020-01-01", "2020-01-01T12", "NaT"]), &to)
        .unwrap()
        .unwrap();
    let values = [
        1_577_836_800_000_000_000,
        1_577_880_000_000_000_000,
        i64::MIN,
    ];
    assert_eq!(bytes, values.map(i64::to_ne_bytes).concat());
    let text = error(
        dates(&["2020", "2020-01-01T12"]),
        &DataType::datetime64(TimeUnit::Day),
    );
    let why = "element 1: 2020-01-01T12 cannot be counted in steps of D, exactly and in 64 bits";
    assert!(text.ends_with(why), "{text}");
    // No unit has both.
    let far = vec![
        Datetime64::new(1, TimeUnit::Attosecond),
        Datetime64::new(9, TimeUnit::Year),
    ];
    let (data_type, _) = Element::into_data(far);
    assert!(
        data_type
            .to_string()
            .starts_with("dates too far apart for one unit"),
        "{data_type}"
    );
    let days = DataType::timedelta64(TimeUnit::Day);
    assert_eq!(
        convert(vec![5_i64], &days).unwrap().unwrap(),
        5_i64.to_ne_bytes()
    );
    let hours = vec![Timedelta64::new(48, TimeUnit::Hour)];
    assert_eq!(convert(hours, &days).unwrap().unwrap(), 2_i64.to_ne_bytes());
}

#[test]
fn small_integers() {
    let int4 = DataType::SmallInt(SmallInt::Int4);
    assert_eq!(convert(vec![-8_i8, 7], &int4).unwrap().unwrap(), [0xf8, 7]);
    let text = error(vec![0_i8, 8], &int4);
    assert!(
        text.ends_with("element 1: it is no number of int4"),
        "{text}"
    );
    assert_eq!(convert(vec![1_u8], &int4).unwrap(), None);
}

#[test]
fn fields_in_another_order_and_form() {
    let field = |name, data_type| Field::new(name, data_type);
    let from = [
        field("a", DataType::Int8),
        field("t", DataType::FixedBytes(2)),
    ];
    let to = DataType::record([
        field("t", DataType::FixedBytes(3)),
        field("a", DataType::Int8),
    ]);
    let values = || Values::Fixed(Bytes::from_static(b"\x01xy\x02z\0"));
    let converted = to_data_type(values(), &DataType::record(from.clone()), &to);
    let expected = Values::Fixed(Bytes::from_static(b"xy\0\x01z\0\0\x02"));
    assert_eq!(converted.unwrap(), Some(expected));
    let fewer = DataType::record([field("a", DataType::Int8)]);
    let converted = to_data_type(values(), &DataType::record(from), &fewer);
    assert_eq!(converted.unwrap(), None);
}

#[test]
fn what_would_be_a_cast_is_none() {
    assert_eq!(convert(vec![1_i32], &DataType::Int64).unwrap(), None);
    assert_eq!(convert(vec![1.0_f32], &DataType::Float64).unwrap(), None);
    assert_eq!(convert(texts(&["a"]), &DataType::Bytes).unwrap(), None);
    let duration = DataType::timedelta64(TimeUnit::Day);
    assert_eq!(convert(vec![Datetime64::NAT], &duration).unwrap(), None);
}
