//! Arrays of objects of format 2, whose filters make bytes or numbers of them.

use ndarray::array;
use serde_json::{Value, json};
use zarr::blocking::Wait;
use zarr::{DataType, Extension, MemoryStore, Store, ZarrFormat, sel};
use zarr_store::{BlockingStore, StoreExt};

fn stored(store: &std::sync::Arc<dyn Store>, key: &str) -> Vec<u8> {
    let key = zarr_store::Key::new(key).unwrap();
    store.get_all(&key).wait().unwrap().unwrap().to_vec()
}

#[test]
fn json_values() {
    let store = MemoryStore::new().into_store();
    let values = zarr::create_array(store.clone(), [2, 3], DataType::Json)
        .zarr_format(ZarrFormat::V2)
        .chunks([2, 2])
        .compressors(())
        .wait()
        .unwrap();
    let texts = array![
        ["{\"b\":[1.50],\"a\":\"ż\"}", "1e400", "true"],
        ["[]", "null", "\"\""]
    ];
    values.write(.., texts.mapv(str::to_owned)).wait().unwrap();
    // As `numcodecs.JSON` writes them, but for the digits; the last chunk ends beyond the array.
    let chunk = br#"[[{"a":"\u017c","b":[1.50]},1e400],[[],null],"|O",[2,2]]"#;
    assert_eq!(stored(&store, "0.0"), chunk);
    assert_eq!(
        stored(&store, "0.1"),
        br#"[[true,null],["",null],"|O",[2,2]]"#
    );

    let again = zarr::open_array(store).wait().unwrap();
    let read = again.read::<String>(sel![.., ..2]).wait().unwrap();
    let first: Value = serde_json::from_str(&read[[0, 0]]).unwrap();
    assert_eq!(first, json!({"a": "ż", "b": [1.5]}));
    assert_eq!(read[[0, 1]], "1e400");
    again.write(sel![0, 0], "7".to_owned()).wait().unwrap();
    let read = again.read::<String>(..).wait().unwrap();
    let expected = array![["7", "1e400", "true"], ["[]", "null", "\"\""]];
    assert_eq!(read, expected.mapv(str::to_owned).into_dyn());
    let error = again.write(sel![0, 0], "{".to_owned()).wait().unwrap_err();
    assert!(
        error.to_string().contains("an element is not JSON"),
        "{error}"
    );
}

#[test]
fn categories() {
    let store = MemoryStore::new().into_store();
    let categorize = Extension::new("categorize")
        .with("labels", json!(["north", "south"]))
        .with("dtype", "|O")
        .with("astype", "|u1");
    let array = zarr::create_array(store.clone(), [4], DataType::String)
        .zarr_format(ZarrFormat::V2)
        .chunks([4])
        .filters([categorize])
        .compressors(())
        .wait()
        .unwrap();
    let texts = array!["south", "north", "east", ""].mapv(str::to_owned);
    array.write(.., texts).wait().unwrap();
    assert_eq!(stored(&store, "0"), [2, 1, 0, 0]);
    let again = zarr::open_array(store).wait().unwrap();
    let read = again.read::<String>(..).wait().unwrap();
    assert_eq!(
        read,
        array!["south", "north", "", ""]
            .mapv(str::to_owned)
            .into_dyn()
    );
}
