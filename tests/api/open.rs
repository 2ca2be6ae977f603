//! `open`, `open_array`, `open_group`: what is found, and what is said where nothing is.

use zarr::blocking::Wait;
use zarr::{DataType, ErrorClass, ErrorKind, MemoryStore, NodeKind, ZarrFormat, sel};
use zarr_store::{BlockingStore, Key, Payload, PutMode, Store};

#[test]
fn the_kind_is_found() {
    let store = MemoryStore::new().into_store();
    zarr::create_array(store.clone(), [2], DataType::Int8)
        .name("g/a")
        .wait()
        .unwrap();
    let open = |path: &str| zarr::open(store.clone()).path(path).wait().unwrap().kind();
    assert_eq!(
        (open("g"), open("g/a"), open("")),
        (NodeKind::Group, NodeKind::Array, NodeKind::Group)
    );
    let wrong = zarr::open_group(store.clone())
        .path("g/a")
        .wait()
        .unwrap_err();
    assert_eq!(wrong.to_string(), "`/g/a` is an array, not a group");
}

#[test]
fn what_is_not_there_is_named_with_its_store() {
    let dir = tempfile::tempdir().unwrap();
    let error = zarr::open_array(dir.path()).path("x").wait().unwrap_err();
    assert_eq!(error.class(), ErrorClass::NotFound);
    let text = error.to_string();
    assert!(
        text.contains("no array at `/x`") && text.contains(".zarray"),
        "{text}"
    );
    assert!(text.contains(&*dir.path().to_string_lossy()), "{text}");
    let only_v3 = zarr::open(dir.path())
        .zarr_format(ZarrFormat::V3)
        .mode("r")
        .wait()
        .unwrap_err();
    assert!(!only_v3.to_string().contains(".zarray"), "{only_v3}");
}

#[test]
fn a_broken_document_says_what_and_where() {
    let store = MemoryStore::new().into_store();
    let key = Key::new("a/zarr.json").unwrap();
    let broken = r#"{"zarr_format": 3, "node_type": "array", "shape": [2, -1]}"#;
    let payload = Payload::from(broken.as_bytes().to_vec());
    store.put(&key, payload, PutMode::Create).wait().unwrap();
    let error = zarr::open(store).path("a").wait().unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Metadata { .. }));
    let text = error.to_string();
    for part in ["`a/zarr.json`", "/shape/1", "/data_type", "/codecs"] {
        assert!(text.contains(part), "{part} in {text}");
    }
}

#[test]
fn an_array_of_an_unknown_codec_opens_and_says_so_when_read() {
    let store = MemoryStore::new().into_store();
    zarr::create_array(store.clone(), [2], DataType::Int16)
        .wait()
        .unwrap();
    let key = Key::new("zarr.json").unwrap();
    let text = store
        .get(&key, zarr_store::ByteRange::All, None)
        .wait()
        .unwrap()
        .unwrap()
        .data;
    let text = String::from_utf8(text.to_vec())
        .unwrap()
        .replace("zstd", "acme.squeeze");
    store
        .put(&key, Payload::from(text.into_bytes()), PutMode::Overwrite)
        .wait()
        .unwrap();
    let array = zarr::open_array(store).wait().unwrap();
    assert_eq!(array.shape(), [2]);
    let error = array.read::<i16>(..).wait().unwrap_err();
    assert_eq!(error.class(), ErrorClass::Unsupported);
    let text = error.to_string();
    let known = text.strip_prefix(
        "`/`: codec `acme.squeeze`: this build does not have it; its codecs are, nearest first:",
    );
    assert!(known.unwrap().contains("`zstd`"), "{text}");
}

#[test]
fn a_selection_that_does_not_fit_names_axis_index_and_length() {
    let array = zarr::create_array(zarr::Target::Memory, [4, 5], DataType::Int8)
        .wait()
        .unwrap();
    let error = array.read::<i8>(sel![0, 5]).wait().unwrap_err();
    let wanted =
        "selection on `/` of shape [4, 5]: index 5 is out of bounds for axis 1 of length 5";
    assert_eq!(error.to_string(), wanted);
    let error = array.read::<u8>(..).wait().unwrap_err();
    assert_eq!(
        error.to_string(),
        "`/` holds int8, which is not read or written as `u8`: take it as `i8`, or as bytes with `read_dyn` and `DynData`; \
         `.cast()` of a read casts numbers"
    );
    let error = array
        .write(sel![0], ndarray::array![1_i8, 2])
        .wait()
        .unwrap_err();
    assert!(
        error
            .to_string()
            .contains("an array of shape [2] does not fit a selection of shape [5]")
    );
    let error = array
        .write(.., ndarray::Array2::<i16>::ones((4, 5)))
        .wait()
        .unwrap_err();
    assert!(
        error
            .to_string()
            .contains("holds int8, and int16 was given"),
        "{error}"
    );
}
