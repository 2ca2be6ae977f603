//! Texts and bytes of fixed length, and objects: C24.

use ndarray::array;
use serde_json::{Value, json};
use zarr::blocking::{Wait, read_into};
use zarr::{Array, DataType, MemoryStore, Target, ZarrFormat, sel};

use super::{chunk, stored};

fn texts(texts: &[&str]) -> ndarray::ArrayD<String> {
    ndarray::Array1::from_iter(texts.iter().map(|&text| text.to_owned())).into_dyn()
}

fn utf32() -> Array {
    // `np.array(["ab", "é", ""], "U3")`
    let units = [0x61_u32, 0x62, 0, 0xe9, 0, 0, 0, 0, 0].map(u32::to_le_bytes);
    let configuration = json!({"length_bytes": 12});
    let data_type = json!({"name": "fixed_length_utf32", "configuration": configuration});
    stored(data_type, 3, json!(""), &units.concat())
}

/// C24
#[test]
fn c24_texts_of_fixed_length() {
    let array = utf32();
    assert_eq!(
        array.read::<String>(..).wait().unwrap(),
        texts(&["ab", "é", ""])
    );
    let before = chunk(&array);
    array.write(.., texts(&["ab", "é", ""])).wait().unwrap();
    assert_eq!(chunk(&array), before);
    array.write(0, "żółw".to_owned()).wait().unwrap_err();
    array.write(0, "cat").wait().unwrap();
    assert_eq!(
        array.read::<String>(..).wait().unwrap(),
        texts(&["cat", "é", ""])
    );
    let error = array
        .write(.., texts(&["a", "abcd", ""]))
        .wait()
        .unwrap_err();
    let why = "element 1: it has 4 characters, and the array holds 3 at most";
    assert!(error.to_string().contains(why), "{error}");
    let error = array.read::<Vec<u8>>(..).wait().unwrap_err();
    assert!(error.to_string().contains("take it as `String`"), "{error}");
}

/// C24, `np.array([b"ab", b"c\0d", b""], "S3")`
#[test]
fn c24_bytes_that_zeros_end() {
    let configuration = json!({"length_bytes": 3});
    let data_type = json!({"name": "null_terminated_bytes", "configuration": configuration});
    let array = stored(data_type, 3, json!(""), b"ab\0c\0d\0\0\0");
    // `list(a)`
    let expected = array![b"ab".to_vec(), b"c\0d".to_vec(), vec![]].into_dyn();
    assert_eq!(array.read::<Vec<u8>>(..).wait().unwrap(), expected);
    assert_eq!(
        array.read::<String>(..).wait().unwrap(),
        texts(&["ab", "c\0d", ""])
    );
    assert_eq!(array.read::<[u8; 3]>(0).wait().unwrap()[[]], *b"ab\0");
    array.write(.., &expected).wait().unwrap();
    assert_eq!(chunk(&array), b"ab\0c\0d\0\0\0");
    array.write(0, "ż").wait().unwrap();
    assert_eq!(array.read::<String>(0).wait().unwrap()[[]], "ż");
}

/// C24, G12, `np.array([b"abc", b"a\0\0"], "V3")`
#[test]
fn c24_raw_bytes() {
    let array = stored(json!("r24"), 2, json!([0, 0, 0]), b"abca\0\0");
    let expected = array![*b"abc", *b"a\0\0"].into_dyn();
    assert_eq!(array.read::<[u8; 3]>(..).wait().unwrap(), expected);
    let bytes = array![b"abc".to_vec(), b"a\0\0".to_vec()].into_dyn();
    assert_eq!(array.read::<Vec<u8>>(..).wait().unwrap(), bytes);
    let mut into = ndarray::Array1::from_elem(2, [0_u8; 3]);
    read_into(&array, .., into.view_mut()).unwrap();
    assert_eq!(into.clone().into_dyn(), expected);
    let memory = into.as_ptr();
    let again = array.read::<[u8; 3]>(..).reuse(into).wait().unwrap();
    assert_eq!((again.as_ptr(), again), (memory, expected));
    let error = array.read::<[u8; 4]>(..).wait().unwrap_err();
    assert!(
        error.to_string().contains("`[u8; N]` of this `N`"),
        "{error}"
    );
    let raw = zarr::create_array(Target::Memory, [2], DataType::Raw(2)).fill_value([1, 2]);
    let raw = raw.wait().unwrap();
    raw.write(sel![1..], ndarray::arr1(&[[3_u8, 4]]))
        .wait()
        .unwrap();
    assert_eq!(
        raw.read::<[u8; 2]>(..).wait().unwrap(),
        ndarray::arr1(&[[1_u8, 2], [3, 4]]).into_dyn()
    );
}

/// C24: objects of format 2, through `json2` and `vlen-array`.
#[test]
fn c24_json_values_and_lists() {
    let create = |dtype| {
        let create = zarr::create_array(MemoryStore::new(), [2], dtype);
        create.zarr_format(ZarrFormat::V2).wait().unwrap()
    };
    let values = create(DataType::Json);
    let given = array![json!({"a": [1, 2.5]}), json!(null)].into_dyn();
    values.write(.., &given).wait().unwrap();
    assert_eq!(values.read::<Value>(..).wait().unwrap(), given);
    let lists = create(DataType::Ragged(Box::new(DataType::Float64)));
    let given = array![vec![1.5, -2.0], vec![]].into_dyn();
    lists.write(.., &given).wait().unwrap();
    assert_eq!(lists.read::<Vec<f64>>(..).wait().unwrap(), given);
    let error = lists.read::<Vec<f32>>(..).wait().unwrap_err();
    assert!(
        error.to_string().contains("take it as `Vec<f64>`"),
        "{error}"
    );
}

/// Characters that are none are an error, with their place, and no panic.
#[test]
fn what_is_no_text() {
    let configuration = json!({"length_bytes": 4});
    let data_type = json!({"name": "fixed_length_utf32", "configuration": configuration});
    let array = stored(data_type, 2, json!(""), &[0x61, 0, 0, 0, 0, 0xd8, 0, 0]);
    let error = array.read::<String>(..).wait().unwrap_err();
    let why = "element 1 of the selection is not a fixed_length_utf32[1]: 0xd800 is no character";
    assert!(error.to_string().contains(why), "{error}");
}
