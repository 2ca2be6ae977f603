//! Dates and durations: C8.

use ndarray::array;
use serde_json::{Value, json};
use zarr::blocking::{Wait, read_into};
use zarr::{Array, DataType, Datetime64, ErrorClass, Target, TimeUnit, Timedelta64, sel};

use super::{chunk, stored};

fn date(text: &str) -> Datetime64 {
    text.parse().unwrap()
}

/// `np.array(["2020-01-01", "NaT", "1969-12-31T23:59:59.999"], "M8[ms]")`
const DATES: &[u8] =
    b"\x00\xe8f^o\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x80\xff\xff\xff\xff\xff\xff\xff\xff";

fn dates(unit: &str, scale: u32, chunk: &[u8]) -> Array {
    let configuration = json!({"unit": unit, "scale_factor": scale});
    let data_type = json!({"name": "numpy.datetime64", "configuration": configuration});
    let length = chunk.len() as u64 / 8;
    stored(data_type, length, json!(i64::MIN), chunk)
}

/// C8
#[test]
fn c8_dates_are_those_of_numpy() {
    let array = dates("ms", 1, DATES);
    let read = array.read::<Datetime64>(..).wait().unwrap();
    let texts: Vec<String> = read.iter().map(ToString::to_string).collect();
    // `[str(d) for d in a]`
    assert_eq!(
        texts,
        ["2020-01-01T00:00:00.000", "NaT", "1969-12-31T23:59:59.999"]
    );
    assert!(read.iter().all(|date| date.unit() == TimeUnit::Millisecond));
    // `a.view("i8")`
    let counts = array.read::<i64>(..).wait().unwrap();
    let expected = array![1_577_836_800_000, i64::MIN, -1].into_dyn();
    assert_eq!(counts, expected);
    let mut into = ndarray::Array1::<i64>::zeros(3);
    read_into(&array, .., into.view_mut()).unwrap();
    assert_eq!(into.into_dyn(), expected);
    let untyped = array.read_dyn(..).wait().unwrap();
    assert_eq!(untyped.clone().into_array::<i64>().unwrap(), expected);
    assert_eq!(untyped.into_array::<Datetime64>().unwrap(), read);
    // `np.array([3, -1], "M8[25s]")`: `[str(d) for d in a]`
    let steps = [3_i64, -1].map(i64::to_le_bytes).concat();
    let read = dates("s", 25, &steps)
        .read::<Datetime64>(..)
        .wait()
        .unwrap();
    assert_eq!(
        read,
        array![date("1970-01-01T00:01:15"), date("1969-12-31T23:59:35")].into_dyn()
    );
}

/// C8
#[test]
fn c8_dates_are_written_in_the_unit_of_the_array() {
    let ms = DataType::datetime64(TimeUnit::Millisecond);
    let create = || zarr::create_array(Target::Memory, [3], ms.clone()).compressors(());
    let array = create().wait().unwrap();
    let given = array![
        date("2020-01-01"),
        Datetime64::NAT,
        date("1969-12-31T23:59:59.999")
    ];
    array.write(.., &given).wait().unwrap();
    assert_eq!(chunk(&array), DATES);
    let array = create().fill_value(date("2020-01-02")).wait().unwrap();
    array.write(0, date("2020-01-01")).wait().unwrap();
    array.write(sel![1..2], array![5_i64]).wait().unwrap();
    let read = array.read::<Datetime64>(..).wait().unwrap();
    let five = Datetime64::new(5, TimeUnit::Millisecond);
    assert_eq!(
        read,
        array![date("2020-01-01"), five, date("2020-01-02")].into_dyn()
    );
    let error = array
        .write(0, date("2020-01-01T00:00:00.0001"))
        .wait()
        .unwrap_err();
    assert!(
        error
            .to_string()
            .contains("cannot be counted in steps of ms"),
        "{error}"
    );
    let error = array.write(0, Timedelta64::NAT).wait().unwrap_err();
    assert_eq!(error.class(), ErrorClass::Invalid);
    let late = create()
        .fill_value(date("300000000-01-01"))
        .wait()
        .unwrap_err();
    assert!(late.to_string().contains("argument `fill_value`"), "{late}");
}

/// `np.array([np.datetime64("2020-01-01"), np.datetime64("2020-01-01T12:00:00")]).dtype`
#[test]
fn an_array_of_dates_has_the_unit_that_holds_them_all() {
    let given = array![date("2020-01-01"), date("2020-01-01T12:00:00"), date("NaT")];
    let array = zarr::array(Target::Memory, &given).wait().unwrap();
    assert_eq!(array.dtype(), &DataType::datetime64(TimeUnit::Second));
    assert_eq!(
        array.read::<Datetime64>(..).wait().unwrap(),
        given.into_dyn()
    );
    let far = array![Datetime64::new(1, TimeUnit::Attosecond), date("2020")];
    let error = zarr::array(Target::Memory, far).wait().unwrap_err();
    assert!(
        error.to_string().contains("too far apart for one unit"),
        "{error}"
    );
}

/// C8, `np.array([90, np.timedelta64("NaT")], "m8[s]")`
#[test]
fn c8_durations() {
    let bytes = b"Z\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x80";
    let configuration = json!({"unit": "s", "scale_factor": 1});
    let data_type = json!({"name": "numpy.timedelta64", "configuration": configuration});
    let array = stored(data_type, 2, Value::from(i64::MIN), bytes);
    let read = array.read::<Timedelta64>(..).wait().unwrap();
    let expected = array![Timedelta64::new(90, TimeUnit::Second), Timedelta64::NAT].into_dyn();
    assert_eq!(read, expected);
    assert_eq!(array.read::<i64>(0).wait().unwrap()[[]], 90);
    array
        .write(1, Timedelta64::new(2, TimeUnit::Minute))
        .wait()
        .unwrap();
    assert_eq!(array.read::<i64>(1).wait().unwrap()[[]], 120);
}

#[test]
fn dates_of_other_crates() {
    let array = zarr::create_array(
        Target::Memory,
        [2],
        DataType::datetime64(TimeUnit::Nanosecond),
    );
    let array = array.wait().unwrap();
    let jiff: jiff::Timestamp = "2020-01-01T12:30:15.5Z".parse().unwrap();
    let chrono = chrono::NaiveDate::from_ymd_opt(2020, 1, 1).unwrap();
    array
        .write(0, Datetime64::try_from(jiff).unwrap())
        .wait()
        .unwrap();
    array.write(1, Datetime64::from(chrono)).wait().unwrap();
    let read = array.read::<Datetime64>(..).wait().unwrap();
    assert_eq!(jiff::Timestamp::try_from(read[0]).unwrap(), jiff);
    assert_eq!(chrono::NaiveDate::try_from(read[1]).unwrap(), chrono);
}
