//! Parameters of what creates arrays whose effect is no document: `function_parameter`. What is
//! expected is what zarr-python 3.4.2 answered, but where a comment says why not.

use ndarray::array;
use zarr::blocking::Wait;
use zarr::{
    Config, Context, DataType, ErrorClass, Extension, MemoryStore, NewNode, Target, ZarrFormat,
};

use super::parameters::stored;

const FORMATS: [ZarrFormat; 2] = [ZarrFormat::V2, ZarrFormat::V3];

fn empty_chunks() -> Context {
    let config = Config {
        write_empty_chunks: true,
        ..Config::default()
    };
    Context::builder().config(config).build()
}

/// The keys of the chunks in a store.
fn chunks(store: &MemoryStore) -> usize {
    stored(store).1.len()
}

#[test]
fn create_store_and_overwrite() {
    for format in FORMATS {
        let store = MemoryStore::new();
        let create = |length: u64| {
            let create = zarr::create(store.clone(), [length]).name("x");
            create.zarr_format(format)
        };
        create(4).wait().unwrap().write(.., 1.0).wait().unwrap();
        assert_eq!(create(5).wait().unwrap_err().class(), ErrorClass::Exists);
        assert_eq!(create(6).overwrite(true).wait().unwrap().shape(), [6]);
        assert_eq!(chunks(&store), 0);
        let array = zarr::open_array(store).path("x").wait().unwrap();
        assert_eq!(array.shape(), [6]);
    }
}

#[test]
fn create_array_store_and_overwrite() {
    for format in FORMATS {
        let store = MemoryStore::new();
        let create = |length: u64| {
            let create = zarr::create_array(store.clone(), [length], DataType::Int16);
            create.name("x").zarr_format(format)
        };
        create(4).wait().unwrap().write(.., 1_i16).wait().unwrap();
        assert_eq!(create(5).wait().unwrap_err().class(), ErrorClass::Exists);
        assert_eq!(create(6).overwrite(true).wait().unwrap().shape(), [6]);
        assert_eq!(chunks(&store), 0);
    }
}

#[test]
fn create_write_empty_chunks_and_config() {
    for format in FORMATS {
        let [asked, configured, neither] = [(); 3].map(|()| MemoryStore::new());
        let create = |store: &MemoryStore| {
            let create = zarr::create(store.clone(), [4]).chunks([2]).fill_value(0.0);
            create.zarr_format(format)
        };
        let context = empty_chunks();
        for create in [
            create(&asked).write_empty_chunks(true),
            create(&configured).context(&context),
            create(&neither),
        ] {
            create.wait().unwrap().write(.., 0.0).wait().unwrap();
        }
        assert_eq!(
            [chunks(&asked), chunks(&configured), chunks(&neither)],
            [2, 2, 0]
        );
    }
}

#[test]
fn create_array_config() {
    let store = MemoryStore::new();
    let create = zarr::create_array(store.clone(), [4], DataType::Int8).chunks([2]);
    let array = create.context(&empty_chunks()).wait().unwrap();
    array.write(.., 0_i8).wait().unwrap();
    assert_eq!(chunks(&store), 2);
}

#[test]
fn create_cache_metadata_and_cache_attrs() {
    let store = MemoryStore::new();
    let create = zarr::create(store.clone(), [4]).cache_metadata(false);
    let array = create.cache_attrs(false).wait().unwrap();
    let mut another = zarr::open_array(store).wait().unwrap();
    another.resize([6]).wait().unwrap();
    another
        .update_attributes([("k", zarr::json!(1))])
        .wait()
        .unwrap();
    // zarr-python warns, and goes on with what it read first.
    assert_eq!(array.read::<f64>(..).wait().unwrap().len(), 6);
    assert_eq!(array.read_attrs().wait().unwrap()["k"], 1);
}

#[test]
fn create_hierarchy_store_and_overwrite() {
    let store = MemoryStore::new();
    let create = || zarr::create_hierarchy(store.clone(), [("a/b", NewNode::group())]);
    assert_eq!(create().wait().unwrap().len(), 3);
    zarr::zeros(store.clone(), [2])
        .name("a/b/x")
        .wait()
        .unwrap();
    assert_eq!(create().wait().unwrap_err().class(), ErrorClass::Exists);
    create().overwrite(true).wait().unwrap();
    let keys: Vec<_> = stored(&store).0.into_keys().collect();
    assert_eq!(keys, ["a/b/zarr.json", "a/zarr.json", "zarr.json"]);
}

#[test]
fn from_array_store_shards_filters_serializer_and_chunk_key_encoding() {
    let source = zarr::create_array(Target::Memory, [8], DataType::Int32).chunks([2]);
    let source = source.shards([4]).wait().unwrap();
    source.write(.., 5).wait().unwrap();
    let store = MemoryStore::new();
    let copy = zarr::from_array(store.clone(), &source)
        .name("kept")
        .wait()
        .unwrap();
    assert_eq!(copy.shards(), Some(vec![4]));
    let copy = zarr::from_array(store.clone(), &source)
        .name("other")
        .shards([8])
        .filters(Extension::new("transpose").with("order", vec![0]))
        .serializer(Extension::new("bytes").with("endian", "big"))
        .chunk_key_encoding(zarr::ChunkKeyEncoding::V2(zarr::Separator::Dot))
        .wait()
        .unwrap();
    assert_eq!(copy.shards(), Some(vec![8]));
    assert_eq!(copy.serializer().unwrap().name, "bytes");
    assert_eq!(copy.filters().len(), 1);
    assert_eq!(copy.read::<i32>(..).wait().unwrap().sum(), 40);
    assert_eq!(stored(&store).1, ["kept/c/0", "kept/c/1", "other/0"]);
}

#[test]
fn from_array_config() {
    let store = MemoryStore::new();
    let data = array![0_i8, 0];
    let array = zarr::from_array(store.clone(), data).context(&empty_chunks());
    array.wait().unwrap();
    assert_eq!(chunks(&store), 1);
}

/// Each `*_like` takes the structure, and may take the other format.
#[test]
fn like_zarr_format() {
    for format in FORMATS {
        let other = match format {
            ZarrFormat::V2 => ZarrFormat::V3,
            ZarrFormat::V3 => ZarrFormat::V2,
        };
        let a = zarr::create_array(Target::Memory, [4], DataType::Int16).fill_value(7);
        let a = a.zarr_format(format).wait().unwrap();
        for like in [
            zarr::empty_like(Target::Memory, &a),
            zarr::zeros_like(Target::Memory, &a),
            zarr::ones_like(Target::Memory, &a),
            zarr::full_like(Target::Memory, &a, 3),
        ] {
            let kept = like.clone().wait().unwrap();
            assert_eq!((kept.shape(), kept.zarr_format()), (&[4][..], format));
            let like = like.zarr_format(other).wait().unwrap();
            assert_eq!((like.shape(), like.zarr_format()), (&[4][..], other));
            assert_eq!(like.dtype(), &DataType::Int16);
        }
        let store = MemoryStore::new();
        let like = zarr::open_like(store, &a).path("l").zarr_format(other);
        assert_eq!(like.wait().unwrap().zarr_format(), other);
    }
}

#[test]
fn create_meta_array() {
    // zarr-python 3.4.2 warns that it is not implemented and gives an array of its usual kind. Here the
    // memory that is wanted is handed to the read.
    let array = zarr::create(Target::Memory, [3]).dtype(DataType::Int32);
    let array = array.fill_value(2).wait().unwrap();
    assert_eq!(
        array.read::<i32>(..).wait().unwrap(),
        array![2, 2, 2].into_dyn()
    );
    let mut mine = vec![0_i32; 3];
    let view = ndarray::ArrayViewMut1::from(&mut mine);
    zarr::blocking::read_into(&array, .., view).unwrap();
    assert_eq!(mine, [2, 2, 2]);
}
