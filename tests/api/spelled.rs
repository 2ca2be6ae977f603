//! Inputs in the forms in which people hold them: shapes, chunks, data types, stores, names, words of the format,
//! options. What cannot be taken is an error of the operation, which names the argument.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::Arc;

use ndarray::{Array2, Dim};
use num_complex::{Complex32, Complex64};
use serde_json::Value;
use zarr::blocking::Wait;
use zarr::tools::{BlockingStore, Key, StoreExt};
use zarr::{
    ArrayConfig, ArrayOptions, ChunkKeyEncoding, Chunks, CreateArray, DataType, ErrorClass,
    Extension, Location, MemoryStore, Mode, OnConflict, Order, Separator, Shape, Store, Target,
    ZarrFormat, json,
};
use zarr_store::Counting;

/// The message of an argument that is refused.
#[track_caller]
fn refused(create: CreateArray, argument: &str) -> String {
    let error = create.wait().unwrap_err();
    assert_eq!(error.class(), ErrorClass::Invalid, "{error}");
    let text = error.to_string();
    assert!(text.contains(&format!("`{argument}`")), "{text}");
    text
}

fn document(store: &MemoryStore, name: &str) -> Value {
    serde_json::from_slice(&text(store, name).unwrap()).unwrap()
}

fn text(store: &MemoryStore, name: &str) -> Option<Vec<u8>> {
    let found = store.clone().into_store();
    let found = found.get_all(&Key::new(name).unwrap()).wait();
    found.unwrap().map(|value| value.to_vec())
}

/// A4.1
#[test]
fn shapes_of_every_integer_tuple_slice_and_array() {
    let (n, data) = (100_usize, Array2::<f32>::zeros((100, 100)));
    let shapes: Vec<Shape> = vec![
        (100, 100).into(),
        [100, 100].into(),
        [100_i32, 100].into(),
        [100_u32, 100].into(),
        [100_u64, 100].into(),
        [100_i64, 100].into(),
        [n, n].into(),
        (n, 100_u64).into(),
        vec![n, n].into(),
        (&vec![n, n]).into(),
        (&[n, n]).into(),
        (&[100_u64, 100][..]).into(),
        data.shape().into(),
        data.raw_dim().into(),
        Dim((100, 100)).into(),
    ];
    for shape in shapes {
        let a = zarr::create_array(Target::Memory, shape, "float32").chunks((n, 50));
        assert_eq!(a.wait().unwrap().shape(), [100, 100]);
    }
    for (shape, expected) in [
        (Shape::from((2,)), vec![2]),
        ((1, 2, 3).into(), vec![1, 2, 3]),
        ((1, 2, 3, 4).into(), vec![1, 2, 3, 4]),
        ((1, 2, 3, 4, 5).into(), vec![1, 2, 3, 4, 5]),
        ((1, 2, 3, 4, 5, 6).into(), vec![1, 2, 3, 4, 5, 6]),
        (().into(), vec![]),
        (7_usize.into(), vec![7]),
    ] {
        let a = zarr::zeros(Target::Memory, shape).wait().unwrap();
        assert_eq!(a.shape(), expected);
    }
    let mut a = zarr::zeros(Target::Memory, 4).wait().unwrap();
    a.resize([n]).wait().unwrap();
    assert_eq!(a.shape(), [100]);
    assert!(a.resize(-1).wait().is_err());
}

/// A4.1: zarr-python 3.4.2 raises `ValueError` for the shape (20, -3).
#[test]
fn a_negative_length_names_its_axis() {
    let text = refused(zarr::zeros(Target::Memory, (20, -3)), "shape");
    assert!(text.contains("axis 1 has the length -3"), "{text}");
}

/// A4.2, A5.3: the chunks that zarr-python 3.4.2 makes of the shape (20, 30).
#[test]
fn minus_one_is_the_whole_axis() {
    let create = || zarr::zeros(Target::Memory, (20, 30));
    let chunks = |chunks: Chunks| create().chunks(chunks).wait().unwrap().chunks().unwrap();
    assert_eq!(chunks([5, -1].into()), [5, 30]);
    assert_eq!(chunks((5, -1).into()), [5, 30]);
    assert_eq!(chunks((-1).into()), [20, 30]);
    assert_eq!(chunks([-1, -1].into()), [20, 30]);
    // `ValueError: Chunk size must be positive or -1, got -2`.
    let text = refused(create().chunks([5, -2]), "chunks");
    assert!(text.contains("axis 1"), "{text}");
    refused(create().chunks(-2), "chunks");
    refused(create().chunks([5, -1, 3]), "chunks");
    // The axis itself is no multiple of the chunks: the shard holds its end.
    let sharded = create().chunks([5, 8]).shards([10, -1]).wait().unwrap();
    assert_eq!(sharded.shards(), Some(vec![10, 32]));
}

/// A4.2
#[test]
fn chunks_like_those_of_another_array() {
    let a = zarr::zeros(Target::Memory, (40, 60))
        .chunks((20, 30))
        .shards((40, 60));
    let a = a.wait().unwrap();
    let b = zarr::ones(Target::Memory, [50, 50])
        .chunks(&a)
        .wait()
        .unwrap();
    assert_eq!(b.chunks(), Some(vec![20, 30]));
    let c = zarr::ones(Target::Memory, [50, 50])
        .chunks(a.chunks())
        .wait()
        .unwrap();
    assert_eq!(c.chunks(), Some(vec![20, 30]));
}

#[test]
fn lists_of_chunk_lengths_of_any_integer() {
    let create = || zarr::zeros(Target::Memory, [60, 40]);
    for chunks in [
        Chunks::from([vec![10, 20, 30], vec![20, 20]]),
        [vec![10_usize, 20, 30], vec![20, 20]].into(),
        vec![vec![10_u64, 20, 30], vec![20, 20]].into(),
    ] {
        let a = create().chunks(chunks).wait().unwrap();
        assert_eq!(a.nchunks(), Some(6));
    }
    let a = create().chunks([[30, 30], [15, 25]]).wait().unwrap();
    assert_eq!(a.nchunks(), Some(4));
    refused(create().chunks([vec![10, -50], vec![40]]), "chunks");
}

/// A4.3: as `zarr.core.dtype.parse_dtype` of zarr-python 3.4.2 reads them, except for `r16` and `V4`, which are
/// names of the formats.
#[test]
fn data_types_as_texts() {
    for (text, name) in [
        ("float32", "float32"),
        ("<f4", "float32"),
        ("=f4", "float32"),
        ("f4", "float32"),
        ("single", "float32"),
        ("float", "float64"),
        ("int", "int64"),
        ("int32", "int32"),
        ("bool", "bool"),
        ("|b1", "bool"),
        ("u1", "uint8"),
        ("c8", "complex64"),
        ("complex64", "complex64"),
        ("complex", "complex128"),
        ("str", "string"),
        ("string", "string"),
        ("|S5", "null_terminated_bytes[5]"),
        ("<U5", "fixed_length_utf32[5]"),
        ("r16", "r16"),
        ("V4", "r32"),
        ("M8[ns]", "numpy.datetime64[ns]"),
        ("datetime64[ns]", "numpy.datetime64[ns]"),
        ("datetime64[10us]", "numpy.datetime64[10us]"),
        ("timedelta64[ms]", "numpy.timedelta64[ms]"),
        ("m8[25s]", "numpy.timedelta64[25s]"),
    ] {
        let a = zarr::create_array(Target::Memory, [4], text)
            .wait()
            .unwrap();
        assert_eq!(a.dtype().to_string(), name, "{text}");
    }
    let a = zarr::create_array(Target::Memory, [4], String::from("i2"))
        .wait()
        .unwrap();
    let same = zarr::create_array(Target::Memory, a.shape(), a.dtype())
        .wait()
        .unwrap();
    assert_eq!(same.dtype(), &DataType::Int16);
    assert!(zarr::zeros(Target::Memory, [2]).dtype("u2").wait().is_ok());
}

#[test]
fn a_text_that_is_no_data_type_is_refused_with_the_nearest() {
    let create = |text: &str| zarr::create_array(Target::Memory, [4], text);
    let nearest = refused(create("float23"), "dtype");
    assert!(nearest.contains("is it \"float32\"?"), "{nearest}");
    assert!(refused(create("|O"), "dtype").contains("\"string\""));
    assert!(refused(create(">f4"), "dtype").contains("byte order"));
    assert!(refused(create("r12"), "dtype").contains("multiple of 8 bits"));
    refused(create("zzzzzz"), "dtype");
    let field = DataType::record([("a", "i4"), ("b", "float23")]);
    let text = refused(zarr::create_array(Target::Memory, [4], field), "dtype");
    assert!(text.contains("field `b`"), "{text}");
}

#[test]
fn records_of_pairs() {
    let typed = DataType::record([("a", DataType::Int32), ("b", DataType::Float64)]);
    assert_eq!(typed, DataType::record([("a", "i4"), ("b", "f8")]));
    let a = zarr::create_array(Target::Memory, [2], &typed)
        .wait()
        .unwrap();
    // zarr-python 3.4.2 for the dtype [("a", "i4"), ("b", "f8")].
    let expected = json!({"name": "struct", "configuration": {"fields": [
        {"name": "a", "data_type": "int32"}, {"name": "b", "data_type": "float64"}]}});
    assert_eq!(a.dtype().to_json(), expected);
    let shaped = DataType::record([("a", "f4", [3])]);
    assert_eq!(shaped.size(), Some(12));
}

/// A0.1
#[test]
fn stores_by_value_reference_and_map() {
    let store = MemoryStore::new();
    zarr::create_group(&store).wait().unwrap();
    let shared = Arc::new(Counting::new(MemoryStore::new().into_store()));
    let dynamic: Arc<dyn Store> = shared.clone();
    zarr::create_group(&shared).wait().unwrap();
    for target in [
        Target::from(&store),
        store.clone().into(),
        (&Location::root(shared.clone())).into(),
        Location::root(shared.clone()).into(),
        shared.clone().into(),
        (&dynamic).into(),
        dynamic.clone().into(),
    ] {
        assert!(zarr::open_group(target).wait().is_ok());
    }
    let zarr_json = text(&store, "zarr.json").unwrap();
    let map = HashMap::from([("zarr.json".to_owned(), zarr_json.clone())]);
    zarr::open_group(map).wait().unwrap();
    let bytes = bytes::Bytes::from(zarr_json);
    zarr::open_group(BTreeMap::from([("a/zarr.json", bytes)]))
        .path("a")
        .wait()
        .unwrap();
    zarr::create_group(HashMap::<String, Vec<u8>>::new())
        .wait()
        .unwrap();
    let wrong = HashMap::from([("/a//b".to_owned(), vec![])]);
    assert!(zarr::create_group(wrong).wait().is_err());

    let dir = tempfile::tempdir().unwrap();
    let path: PathBuf = dir.path().join("a.zarr");
    let address = path.to_str().unwrap().to_owned();
    zarr::create_group(&address).wait().unwrap();
    assert!(zarr::open(path.clone()).wait().is_ok() && zarr::open(&path).wait().is_ok());
    let local = zarr::LocalStore::new(&path);
    assert!(zarr::open(&local).wait().is_ok() && zarr::open(local).wait().is_ok());
}

#[test]
fn nodes_are_named_by_name_and_path() {
    let store = MemoryStore::new();
    zarr::create_group(&store).name("g").wait().unwrap();
    zarr::zeros(&store, [2]).path("g/a").wait().unwrap();
    zarr::save(&store)
        .array(ndarray::array![1])
        .name("g/b")
        .wait()
        .unwrap();
    let open = |name| zarr::open_array(&store).name(name).wait();
    assert_eq!(open("g/a").unwrap().path().as_str(), "g/a");
    assert_eq!(open("g/b").unwrap().shape(), [1]);
    assert_eq!(
        zarr::open_group(&store)
            .name("g")
            .wait()
            .unwrap()
            .keys()
            .wait()
            .unwrap(),
        ["a", "b"]
    );
}

/// A4.4, A4.17, A4.22
#[test]
fn older_names_of_parameters() {
    let store = MemoryStore::new();
    let a = zarr::create(&store, [3, 3])
        .compressor(
            Extension::new("zstd")
                .with("level", 1)
                .with("checksum", false),
        )
        .chunk_shape([1, 3])
        .dimension_separator("/")
        .zarr_format(2)
        .order("F")
        .overwrite(true)
        .wait()
        .unwrap();
    assert_eq!(a.chunks(), Some(vec![1, 3]));
    let zarray = document(&store, ".zarray");
    assert_eq!(zarray["dimension_separator"], "/");
    assert_eq!(zarray["compressor"], json!({"id": "zstd", "level": 1}));
    assert_eq!(zarray["order"], "F");
}

/// A4.17: without a format, a separator is that of the format's own encoding.
#[test]
fn separators_and_orders_are_words_letters_or_values() {
    let v3 = |create: CreateArray| create.wait().unwrap().metadata().chunk_key_encoding();
    let create = || zarr::create(Target::Memory, [3]);
    let dot = ChunkKeyEncoding::Default(Separator::Dot);
    assert_eq!(v3(create().dimension_separator(".")), dot);
    assert_eq!(v3(create().dimension_separator('.')), dot);
    assert_eq!(v3(create().dimension_separator(Separator::Dot)), dot);
    let v2 = ChunkKeyEncoding::V2(Separator::Slash);
    assert_eq!(v3(create().zarr_format(2).dimension_separator('/')), v2);
    refused(create().dimension_separator(","), "dimension_separator");
    for order in [Order::F, "F".try_into().unwrap(), 'F'.try_into().unwrap()] {
        let a = create()
            .zarr_format(ZarrFormat::V2)
            .order(order)
            .wait()
            .unwrap();
        assert_eq!(a.order(), Order::F);
    }
    refused(create().order("X"), "order");
    refused(create().zarr_format(4), "zarr_format");
    let open = zarr::open(Target::Memory)
        .zarr_format(1)
        .wait()
        .unwrap_err();
    assert!(open.to_string().contains("`zarr_format`"), "{open}");
}

/// A4.23: what zarr-python 3.4.2 stores for the same.
#[test]
fn chunk_key_encodings_are_pairs_names_or_json() {
    let store = MemoryStore::new();
    let stored = |create: CreateArray| {
        create.overwrite(true).wait().unwrap();
        document(&store, "zarr.json")["chunk_key_encoding"].clone()
    };
    let create = || zarr::create(&store, [2]);
    let expected = |name: &str, separator: &str| json!({"name": name, "configuration": {"separator": separator}});
    assert_eq!(
        stored(create().chunk_key_encoding(("v2", "."))),
        expected("v2", ".")
    );
    assert_eq!(
        stored(create().chunk_key_encoding(("default", '/'))),
        expected("default", "/")
    );
    assert_eq!(
        stored(create().chunk_key_encoding("v2")),
        expected("v2", ".")
    );
    assert_eq!(
        stored(create().chunk_key_encoding("/")),
        expected("default", "/")
    );
    let json = json!({"name": "v2", "separator": "/"});
    assert_eq!(
        stored(create().chunk_key_encoding(json)),
        expected("v2", "/")
    );
    let json = json!({"name": "default", "configuration": {"separator": "."}});
    assert_eq!(
        stored(create().chunk_key_encoding(json)),
        expected("default", ".")
    );
    refused(
        create().chunk_key_encoding(("v1", ".")),
        "chunk_key_encoding",
    );
    // The last one counts.
    let both = create()
        .chunk_key_encoding(("v2", "."))
        .dimension_separator(".");
    assert_eq!(stored(both), expected("default", "."));
}

/// A5.4: `shards={"shape": (20, 20), "index_location": "start"}` in zarr-python.
#[test]
fn the_index_of_shards_at_their_start() {
    let store = MemoryStore::new();
    let sharded = || {
        zarr::zeros(&store, (40, 60))
            .chunks((10, 10))
            .shards((20, 20))
    };
    sharded().index_location("start").wait().unwrap();
    let codec = &document(&store, "zarr.json")["codecs"][0];
    assert_eq!(codec["configuration"]["index_location"], "start");
    refused(sharded().overwrite(true).index_location("middle"), "codecs");
}

/// A6.7: zarr-python 3.4.2 gives (8, 8) and (10, 20).
#[test]
fn the_shape_of_an_array_like_another() {
    let a = zarr::zeros(Target::Memory, (40, 60))
        .chunks((10, 20))
        .wait()
        .unwrap();
    let like = zarr::zeros_like(Target::Memory, &a)
        .shape((8, 8))
        .wait()
        .unwrap();
    assert_eq!(
        (like.shape(), like.chunks()),
        (&[8, 8][..], Some(vec![10, 20]))
    );
    let store = MemoryStore::new();
    let open = zarr::open_like(&store, &a)
        .path("x")
        .with(|array| array.shape([8, 8]));
    assert_eq!(open.wait().unwrap().shape(), [8, 8]);
}

/// A6.4
#[test]
fn attributes_of_an_array_like_another_are_taken_over_where_asked() {
    let a = zarr::zeros(Target::Memory, [4])
        .attributes([("k", 1)])
        .wait()
        .unwrap();
    let like = || zarr::zeros_like(Target::Memory, &a);
    assert!(like().wait().unwrap().attrs().is_empty());
    assert_eq!(like().with_attributes().wait().unwrap().attrs(), a.attrs());
    assert_eq!(
        like().attributes(a.attrs()).wait().unwrap().attrs(),
        a.attrs()
    );
}

#[test]
fn fill_values_as_people_hold_them() {
    let full = |dtype: &str, fill: zarr::Fill| {
        let a = zarr::full(Target::Memory, [2], fill)
            .dtype(dtype)
            .wait()
            .unwrap();
        a.fill_value().unwrap().to_json(a.dtype())
    };
    assert_eq!(
        full("complex64", Complex32::new(1.0, 2.0).into()),
        json!([1.0, 2.0])
    );
    assert_eq!(
        full("complex128", Complex64::new(f64::NAN, 0.0).into()),
        json!(["NaN", 0.0])
    );
    assert_eq!(full("string", String::from("x").into()), json!("x"));
    assert_eq!(full("float16", half::f16::from_f32(1.5).into()), json!(1.5));
    assert_eq!(full("uint8", 7_usize.into()), json!(7));
}

/// B1.19
#[test]
fn an_array_config_is_a_literal() {
    let config = ArrayConfig {
        write_empty_chunks: true,
        ..ArrayConfig::default()
    };
    let a = zarr::zeros(Target::Memory, [4])
        .wait()
        .unwrap()
        .with_config(config);
    a.write(.., 0.0).wait().unwrap();
    assert_eq!(a.nchunks_initialized().wait().unwrap(), 1);
}

/// A10.3
#[test]
fn options_have_all_that_create_has() {
    let store = MemoryStore::new();
    let options = || {
        ArrayOptions::new((4, 6), "int16")
            .chunks([2, -1])
            .fill_value(0)
            .write_empty_chunks(true)
            .attributes([("k", 1)])
            .dimension_separator('.')
    };
    let open = || {
        zarr::open_array(&store)
            .mode(Mode::Append)
            .or_create(options())
    };
    let new = open().wait().unwrap();
    new.write(.., 0_i16).wait().unwrap();
    assert_eq!(
        (new.chunks(), new.nchunks_initialized().wait().unwrap()),
        (Some(vec![2, 6]), 2)
    );
    assert_eq!(new.attrs()["k"], 1);
    // The handle on what is there stores empty chunks, too.
    assert!(open().wait().unwrap().config().write_empty_chunks);
    let text = ArrayOptions::new([2], "string").object_codec(Extension::new("vlen-utf8"));
    let text = text.zarr_format(2);
    let text = zarr::open_array(Target::Memory)
        .mode(Mode::Append)
        .or_create(text);
    assert_eq!(text.wait().unwrap().dtype(), &DataType::String);
    let wrong = ArrayOptions::new([-1], "int16");
    let wrong = zarr::open_array(Target::Memory)
        .mode(Mode::Append)
        .or_create(wrong);
    assert_eq!(wrong.wait().unwrap_err().class(), ErrorClass::Invalid);
}

/// A10.3: zarr-python ignores the shape and type of an array that is there.
#[test]
fn a_conflict_with_what_is_there_is_ignored_or_an_error() {
    let store = MemoryStore::new();
    zarr::zeros(&store, [4]).wait().unwrap();
    let open = |options| {
        zarr::open_array(&store)
            .mode(Mode::Append)
            .or_create(options)
    };
    let other = || ArrayOptions::new([5], "float64");
    assert_eq!(open(other()).wait().unwrap().shape(), [4]);
    for (options, argument) in [
        (other(), "shape"),
        (ArrayOptions::new([4], "int8"), "dtype"),
    ] {
        let error = open(options)
            .on_conflict(OnConflict::Error)
            .wait()
            .unwrap_err();
        assert!(
            error.to_string().contains(&format!("`{argument}`")),
            "{error}"
        );
    }
    let same = open(ArrayOptions::new([4], "f8")).on_conflict(OnConflict::Error);
    assert!(same.wait().is_ok());
}

/// A5.6: format 2 has one compressor. zarr-python 3.4.2 raises `TypeError`; it reads these filters.
#[test]
fn of_several_compressors_in_format_2_the_last_is_the_compressor() {
    let store = MemoryStore::new();
    let shuffle = Extension::new("shuffle").with("elementsize", 4);
    let zstd = Extension::new("zstd").with("level", 0);
    let a = zarr::create_array(&store, [4], "int32").zarr_format(2);
    let a = a.compressors([shuffle, zstd]).wait().unwrap();
    let zarray = document(&store, ".zarray");
    assert_eq!(
        zarray["filters"],
        json!([{"id": "shuffle", "elementsize": 4}])
    );
    assert_eq!(zarray["compressor"], json!({"id": "zstd", "level": 0}));
    a.write(.., 5).wait().unwrap();
    assert_eq!(a.read::<i32>(..).wait().unwrap().sum(), 20);
}

/// A4.25: `_ARRAY_DIMENSIONS` is where xarray keeps the names of axes in format 2.
#[test]
fn dimension_names_in_format_2_become_an_attribute_where_asked() {
    let create = |names: [Option<&str>; 2]| {
        zarr::zeros(Target::Memory, [2, 3])
            .zarr_format(2)
            .dimension_names(names)
    };
    let text = refused(create([Some("y"), Some("x")]), "dimension_names");
    assert!(text.contains("array_dimensions"), "{text}");
    let a = create([Some("y"), Some("x")])
        .array_dimensions(true)
        .attributes([("k", 1)]);
    let expected = json!({"k": 1, "_ARRAY_DIMENSIONS": ["y", "x"]});
    assert_eq!(Value::from(a.wait().unwrap().attrs().clone()), expected);
    refused(
        create([Some("y"), None]).array_dimensions(true),
        "dimension_names",
    );
    let v3 = zarr::zeros(Target::Memory, [2])
        .dimension_names(["x"])
        .array_dimensions(true);
    assert!(v3.wait().unwrap().attrs().is_empty());
}

/// E21: zarr-python 3.4.2 writes `{}`.
#[test]
fn empty_attributes_have_a_document_where_asked() {
    let config = zarr::Config {
        write_empty_zattrs: true,
        ..zarr::Config::default()
    };
    let context = zarr::Context::builder().config(config).build();
    let store = MemoryStore::new();
    let array = zarr::zeros(&store, [2]).name("a").zarr_format(2);
    array.clone().wait().unwrap();
    assert_eq!(text(&store, "a/.zattrs"), None);
    array.overwrite(true).context(&context).wait().unwrap();
    assert_eq!(text(&store, "a/.zattrs").unwrap(), b"{}");
    let group = zarr::create_group(&store).path("g").zarr_format(2);
    group.context(&context).wait().unwrap();
    assert_eq!(text(&store, "g/.zattrs").unwrap(), b"{}");
}

/// A0.12
#[test]
fn a_dry_run_of_create_says_what_it_would_do() {
    let store = MemoryStore::new();
    zarr::zeros(&store, [4]).name("a/b/c").wait().unwrap();
    let before = store.len();
    let plan = zarr::zeros(&store, [4])
        .name("a/b")
        .overwrite(true)
        .dry_run();
    let plan = plan.wait().unwrap();
    assert_eq!(
        plan.to_string(),
        "delete /a/b\ndelete /a/b/c\ncreate /a/b\n"
    );
    let plan = zarr::create_group(&store)
        .name("x/y")
        .dry_run()
        .wait()
        .unwrap();
    assert_eq!(plan.to_string(), "create /x\ncreate /x/y\n");
    assert_eq!(
        zarr::group(&store).path("a").dry_run().wait().unwrap(),
        Default::default()
    );
    let exists = zarr::zeros(&store, [4]).name("a/b").dry_run().wait();
    assert_eq!(exists.unwrap_err().class(), ErrorClass::Exists);
    assert!(
        zarr::zeros(&store, [-4])
            .name("n")
            .dry_run()
            .wait()
            .is_err()
    );
    assert_eq!(store.len(), before);
}
