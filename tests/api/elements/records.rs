//! Structs of `record!`: C24.

use ndarray::array;
use serde_json::json;
use zarr::blocking::Wait;
use zarr::{
    Array, DataType, Datetime64, Element, Field, MemoryStore, Target, TimeUnit, open_array,
};

use super::{chunk, put, stored};

zarr::record! {
    #[derive(Clone, Debug, PartialEq)]
    struct Inner {
        n: i8,
    }
}

zarr::record! {
    /// A height that was measured.
    #[derive(Clone, Debug, PartialEq)]
    pub struct Height {
        pub id: u16,
        height: f32,
        name: String,
        day: Datetime64,
        r#in: Inner,
    }
}

/// `np.array([(1, 1.5, "ab", "2020-01-31", (7,)), (2, -0.5, "xyz", "NaT", (8,))], [("id", "<u2"), ("height", "<f4"),
/// ("name", "<U3"), ("day", "<M8[D]"), ("in", [("n", "i1")])])`
const RECORDS: &[u8] = b"\x01\x00\x00\x00\xc0?a\x00\x00\x00b\x00\x00\x00\x00\x00\x00\x00tG\x00\x00\x00\x00\x00\x00\x07\
    \x02\x00\x00\x00\x00\xbfx\x00\x00\x00y\x00\x00\x00z\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x80\x08";

fn heights() -> ndarray::ArrayD<Height> {
    let new = |id, height, name: &str, day: &str, n| Height {
        id,
        height,
        name: name.to_owned(),
        day: day.parse().unwrap(),
        r#in: Inner { n },
    };
    array![
        new(1, 1.5, "ab", "2020-01-31", 7),
        new(2, -0.5, "xyz", "NaT", 8)
    ]
    .into_dyn()
}

fn records() -> Array {
    let days = json!({"unit": "D", "scale_factor": 1});
    let inner = json!({"fields": [{"name": "n", "data_type": "int8"}]});
    let fields = json!([
        {"name": "id", "data_type": "uint16"}, {"name": "height", "data_type": "float32"},
        {"name": "name", "data_type": {"name": "fixed_length_utf32", "configuration": {"length_bytes": 12}}},
        {"name": "day", "data_type": {"name": "numpy.datetime64", "configuration": days}},
        {"name": "in", "data_type": {"name": "struct", "configuration": inner}}
    ]);
    let data_type = json!({"name": "struct", "configuration": {"fields": fields}});
    let fill = json!({"id": 0, "height": 0.0, "name": "", "day": 0, "in": {"n": 0}});
    stored(data_type, 2, fill, RECORDS)
}

/// C24
#[test]
fn c24_records_are_those_of_numpy() {
    let array = records();
    assert_eq!(array.read::<Height>(..).wait().unwrap(), heights());
    assert_eq!(
        array.read::<Inner>(1).field("in").wait().unwrap()[[]],
        Inner { n: 8 }
    );
    array.write(.., heights()).wait().unwrap();
    assert_eq!(chunk(&array), RECORDS);
    array.write(0, heights()[1].clone()).wait().unwrap();
    assert_eq!(array.read::<Height>(0).wait().unwrap()[[]], heights()[1]);
    let mut long = heights()[0].clone();
    long.name = "abcd".to_owned();
    let error = array.write(0, long).wait().unwrap_err();
    let why = "field `name`: argument `data`: element 0: it has 4 characters, and the array holds 3 at most";
    assert!(error.to_string().contains(why), "{error}");
}

/// C24, format 2, with the fields in another order and a text of bytes.
#[test]
fn c24_records_of_format_2() {
    zarr::record! {
        #[derive(Clone, Debug, PartialEq)]
        struct Height {
            name: String,
            day: Datetime64,
            height: f32,
            id: u16,
        }
    }
    let document = json!({
        "shape": [2], "chunks": [2],
        "dtype": [["id", "<u2"], ["height", "<f4"], ["name", "|S3"], ["day", "<M8[D]"]],
        "fill_value": "AAAAAAAAAAAAAAAAAAAAAAA=", "order": "C", "filters": null,
        "dimension_separator": ".", "compressor": null, "zarr_format": 2
    });
    let store = MemoryStore::new();
    put(&store, ".zarray", document.to_string().as_bytes());
    let bytes = b"\x01\x00\x00\x00\xc0?ab\x00tG\x00\x00\x00\x00\x00\x00\
        \x02\x00\x00\x00\x00\xbfxyz\x00\x00\x00\x00\x00\x00\x00\x80";
    put(&store, "0", bytes);
    let array = open_array(store).wait().unwrap();
    let read = array.read::<Height>(..).wait().unwrap();
    let names: Vec<&str> = read.iter().map(|record| record.name.as_str()).collect();
    assert_eq!(
        (names, read[0].id, read[1].height),
        (vec!["ab", "xyz"], 1, -0.5)
    );
    assert_eq!(read[0].day.to_string(), "2020-01-31");
    array.write(.., read.clone()).wait().unwrap();
    assert_eq!(array.read::<Height>(..).wait().unwrap(), read);
}

/// C24: texts are as long as the longest, as `np.array(["ab", "xyz"])` has it.
#[test]
fn c24_an_array_of_records() {
    let array = zarr::array(Target::Memory, heights()).wait().unwrap();
    let field = |name: &str, data_type| Field::new(name, data_type);
    let expected = DataType::record([
        field("id", DataType::UInt16),
        field("height", DataType::Float32),
        field("name", DataType::FixedUtf32(3)),
        field("day", DataType::datetime64(TimeUnit::Day)),
        field("in", DataType::record([field("n", DataType::Int8)])),
    ]);
    assert_eq!(array.dtype(), &expected);
    assert_eq!(array.read::<Height>(..).wait().unwrap(), heights());
    let filled = zarr::create_array(Target::Memory, [2], expected).fill_value(heights()[0].clone());
    let filled = filled.wait().unwrap();
    assert_eq!(filled.read::<Height>(1).wait().unwrap()[[]], heights()[0]);
    let empty = zarr::create_array(Target::Memory, [0], Inner::data_type())
        .wait()
        .unwrap();
    assert_eq!(empty.read::<Inner>(..).wait().unwrap().len(), 0);
}

/// C24: the error names the field.
#[test]
fn c24_a_field_of_another_type() {
    zarr::record! {
        #[derive(Clone, Debug)]
        struct Wrong {
            id: u16,
            height: f64,
        }
    }
    zarr::record! {
        #[derive(Clone, Debug)]
        struct Fewer {
            id: u16,
            height: f32,
        }
    }
    let error = |error: zarr::Error| error.to_string();
    let text = error(records().read::<Wrong>(..).wait().unwrap_err());
    assert!(
        text.contains("its field `height` is float32, not `f64`: take it as `f32`"),
        "{text}"
    );
    let text = error(records().read::<Fewer>(..).wait().unwrap_err());
    assert!(text.contains("it also has a field `name`"), "{text}");
    let flat = zarr::create_array(Target::Memory, [1], DataType::Int8)
        .wait()
        .unwrap();
    let text = error(flat.read::<Inner>(..).wait().unwrap_err());
    assert!(text.contains("it has no fields"), "{text}");
    let text = error(flat.write(0, Inner { n: 1 }).wait().unwrap_err());
    assert!(text.contains("struct[n: int8] was given"), "{text}");
    let text = error(records().read::<f32>(..).wait().unwrap_err());
    assert!(
        text.contains("a struct of `zarr::record!` with these fields"),
        "{text}"
    );
}

/// Names that the macro uses itself.
#[test]
fn fields_of_any_name() {
    zarr::record! {
        #[derive(Clone, Debug, PartialEq)]
        struct Names {
            columns: u8,
            stored: [u8; 2],
            heap: bool,
            elements: f64,
            element: Vec<u8>,
            data_type: i64,
        }
    }
    let names = Names {
        columns: 1,
        stored: [2, 3],
        heap: true,
        elements: 4.5,
        element: b"five".to_vec(),
        data_type: -6,
    };
    let array = zarr::array(Target::Memory, array![names.clone()])
        .wait()
        .unwrap();
    assert_eq!(array.read::<Names>(0).wait().unwrap()[[]], names);
}
