//! Codecs of new arrays: typed, by name, as JSON of either format, one or several.

use zarr::blocking::Wait;
use zarr::codecs::{
    BitRound, Blosc, Bytes, CastValue, Crc32c, Delta, Fletcher32, Gzip, PackBits, Quantize,
    Sharding, Shuffle, Transpose, VlenUtf8, Zlib, Zstd,
};
use zarr::{Array, Codecs, CreateArray, DataType, ErrorClass, Extension, Target, ZarrFormat, json};

fn new(data_type: DataType) -> CreateArray {
    zarr::create_array(Target::Memory, [8, 8], data_type)
}

/// Creates the array and checks its codecs, as its document has them, and that elements survive them.
#[track_caller]
fn v3(create: CreateArray, expected: serde_json::Value) -> Array {
    let array = create.wait().unwrap();
    let codecs: serde_json::Value = array
        .metadata()
        .codecs()
        .iter()
        .map(Extension::to_json)
        .collect();
    assert_eq!(codecs, expected);
    array
}

#[track_caller]
fn v2(create: CreateArray, filters: serde_json::Value, compressor: serde_json::Value) -> Array {
    let array = create.zarr_format(ZarrFormat::V2).wait().unwrap();
    let zarr::ArrayMetadata::V2 { array: v2, .. } = array.metadata() else {
        panic!("another format");
    };
    let found: serde_json::Value = v2
        .filters
        .iter()
        .map(zarr_metadata::v2::Codec::to_json)
        .collect();
    assert_eq!(found, filters);
    let found = v2
        .compressor
        .as_ref()
        .map(zarr_metadata::v2::Codec::to_json);
    assert_eq!(found.unwrap_or_default(), compressor);
    array
}

fn little() -> serde_json::Value {
    json!({"name": "bytes", "configuration": {"endian": "little"}})
}

/// A4.4, A4.24, A5.6, A5.7: as `zarr.create_array` of zarr-python 3.4.2 writes the same codecs.
#[test]
fn every_form_of_a_codec_makes_the_same_array() {
    let zstd = json!({"name": "zstd", "configuration": {"level": 3, "checksum": false}});
    let expected = json!([little(), zstd]);
    let new = || new(DataType::Int32);
    v3(new().compressors(Zstd::new(3)), expected.clone());
    v3(new().compressors([Zstd::new(3)]), expected.clone());
    v3(
        new().compressors(json!({"id": "zstd", "level": 3})),
        expected.clone(),
    );
    v3(
        new().compressors(json!({"name": "zstd", "level": 3})),
        expected.clone(),
    );
    v3(new().compressors(zstd.clone()), expected.clone());
    v3(new().compressors(json!([zstd])), expected.clone());
    v3(
        new().codecs((Bytes::little(), Zstd::new(3))),
        expected.clone(),
    );
    v3(
        new().codecs(vec![Codecs::from("bytes"), Zstd::new(3).into()]),
        expected.clone(),
    );
    v3(
        new().serializer("bytes").compressors(Zstd::new(3)),
        expected,
    );
    let default = json!({"name": "zstd", "configuration": {"level": 0, "checksum": false}});
    v3(new().codecs(["bytes", "zstd"]), json!([little(), default]));
    v3(new().compressors(()), json!([little()]));
    v3(new().compressors(json!(null)), json!([little()]));
    v3(
        new().serializer(Bytes::big()).compressors(()),
        json!([{"name": "bytes", "configuration": {"endian": "big"}}]),
    );
}

/// A5.14: codecs of numcodecs get the names that `zarr.codecs.numcodecs` of zarr-python 3.4.2 gives them, and
/// elements survive.
#[test]
fn codecs_of_numcodecs_are_translated_for_format_3() {
    let create = new(DataType::Int32)
        .filters(json!({"id": "delta", "dtype": "<i4"}))
        .compressors((json!({"id": "zlib", "level": 3}), Fletcher32));
    let array = v3(
        create,
        json!([
            {"name": "numcodecs.delta", "configuration": {"dtype": "<i4"}},
            little(),
            {"name": "numcodecs.zlib", "configuration": {"level": 3}},
            {"name": "numcodecs.fletcher32", "configuration": {}},
        ]),
    );
    let cells = ndarray::Array2::from_shape_fn((8, 8), |(i, j)| (i * 8 + j) as i32);
    array.write(.., &cells).wait().unwrap();
    assert_eq!(array.read::<i32>(..).wait().unwrap(), cells.into_dyn());
    v3(
        new(DataType::Int32).compressors("zlib"),
        json!([little(), {"name": "numcodecs.zlib", "configuration": {}}]),
    );
    // As `BloscCodec(cname="lz4", clevel=5, shuffle="bitshuffle", typesize=4)` of zarr-python writes it.
    v3(
        new(DataType::Int32).compressors(json!({"id": "blosc", "cname": "lz4", "shuffle": 2})),
        json!([little(), {"name": "blosc", "configuration": {"typesize": 4, "cname": "lz4",
            "clevel": 5, "shuffle": "bitshuffle", "blocksize": 0}}]),
    );
}

/// A5.14: codecs of v3 in the words of numcodecs 0.17.1, whose `get_config()` these dictionaries are.
#[test]
fn codecs_of_v3_are_translated_for_format_2() {
    let blosc = Blosc::lz4().level(5).shuffle(Shuffle::Bit).typesize(4);
    let array = v2(
        new(DataType::Int32).filters("delta").compressors(blosc),
        json!([{"id": "delta", "dtype": "<i4", "astype": "<i4"}]),
        json!({"id": "blosc", "cname": "lz4", "clevel": 5, "shuffle": 2, "blocksize": 0}),
    );
    array
        .write(.., ndarray::Array2::<i32>::ones((8, 8)))
        .wait()
        .unwrap();
    assert_eq!(array.read::<i32>(..).wait().unwrap().sum(), 64);
    v2(
        new(DataType::Float32).filters((Quantize::new(2), BitRound::new(10))),
        json!([
            {"id": "quantize", "digits": 2, "dtype": "<f4", "astype": "<f4"},
            {"id": "bitround", "keepbits": 10},
        ]),
        json!({"id": "zstd", "level": 0}),
    );
    v2(
        new(DataType::String).object_codec(VlenUtf8).compressors(()),
        json!([{"id": "vlen-utf8"}]),
        json!(null),
    );
    v2(
        new(DataType::Bool)
            .filters(PackBits)
            .compressors(Zlib::new(1)),
        json!([{"id": "packbits"}]),
        json!({"id": "zlib", "level": 1}),
    );
    let only_v3 = new(DataType::Float32).filters(CastValue::new(DataType::Int8));
    let error = only_v3.zarr_format(ZarrFormat::V2).wait().unwrap_err();
    assert_eq!(error.class(), ErrorClass::Invalid);
    let text = error.to_string();
    assert!(
        text.contains("only format 3 has the codec `cast_value`"),
        "{text}"
    );
}

/// A5.6: of several compressors of format 2 the last is the compressor, and the others become filters.
#[test]
fn compressors_of_format_2_become_filters_and_one_compressor() {
    let array = v2(
        new(DataType::Int32)
            .filters("delta")
            .compressors((Fletcher32, Gzip::new(5))),
        json!([{"id": "delta", "dtype": "<i4", "astype": "<i4"}, {"id": "fletcher32"}]),
        json!({"id": "gzip", "level": 5}),
    );
    array
        .write(.., ndarray::Array2::<i32>::ones((8, 8)))
        .wait()
        .unwrap();
    assert_eq!(array.read::<i32>(..).wait().unwrap().sum(), 64);
}

/// A5.6: presets.
#[test]
fn presets_work_in_both_formats() {
    for preset in [Codecs::fast(), Codecs::small()] {
        for format in [ZarrFormat::V2, ZarrFormat::V3] {
            let create = new(DataType::Float64).compressors(preset.clone());
            let array = create.zarr_format(format).wait().unwrap();
            array.write(.., 1.5).wait().unwrap();
            assert_eq!(array.read::<f64>(..).wait().unwrap().sum(), 96.0);
        }
    }
}

#[test]
fn shards_are_a_codec_too() {
    let inner = (Transpose::new([1, 0]), Bytes::big(), Blosc::zstd(), Crc32c);
    let array = new(DataType::UInt16)
        .codecs(Sharding::new([4, 4]).codecs(inner))
        .wait();
    let array = array.unwrap();
    array.write(.., 7_u16).wait().unwrap();
    assert_eq!(array.read::<u16>(..).wait().unwrap().sum(), 7 * 64);
}

/// A5.16, E17: settings that are misspelled, out of range or missing are refused before anything is written.
#[test]
fn wrong_settings_are_refused_by_name() {
    let refused = |create: CreateArray, expected: &str| {
        let error = create.wait().unwrap_err();
        let is_refusal = matches!(error.class(), ErrorClass::Invalid | ErrorClass::Unsupported);
        assert!(
            is_refusal && error.to_string().contains(expected),
            "{error}"
        );
    };
    let new = || new(DataType::Int32);
    refused(new().compressors(Zstd::new(99)), "level");
    refused(
        new().compressors(Gzip::new(10)),
        "a whole number from 0 to 9",
    );
    refused(
        new().compressors(json!({"name": "gzip", "level": 3, "levle": 4})),
        "perhaps \"level\"",
    );
    refused(new().filters(Extension::new("transpose")), "order");
    refused(new().filters(json!({"level": 3})), "level\\\":3");
    refused(new().serializer(["bytes", "vlen-utf8"]), "vlen-utf8");
    refused(
        new().compressors("zstandard"),
        "this build does not have it",
    );
    // A codec of format 2 alone.
    refused(new().serializer("json2"), "only format 2 has it");
    let delta = new().filters(Delta::new("nonsense"));
    refused(delta, "dtype");
}

/// A long list of names is one a line, the nearest first.
#[test]
fn known_codecs_are_listed_one_a_line() {
    let error = new(DataType::Int32)
        .compressors("quant")
        .wait()
        .unwrap_err();
    let text = error.to_string();
    let lines: Vec<&str> = text.lines().collect();
    assert!(
        lines[0].ends_with(
            "codec `quant`: this build does not have it; its codecs are, nearest first:"
        ),
        "{text}"
    );
    assert_eq!(lines[1], "  `numcodecs.quantize`");
    assert!(lines.contains(&"  `zstd`"), "{text}");
}

/// D24, H14: a checksum that does not match is an error, which says how to ignore it; ignored, the data is read.
#[test]
fn a_wrong_checksum_is_an_error_unless_it_is_ignored() {
    use zarr::{Config, Context};
    use zarr_store::{BlockingStore, PutMode, StoreExt};

    let checked = Context::builder().build();
    let config = Config {
        ignore_checksums: true,
        ..Config::default()
    };
    let ignoring = Context::builder().config(config).build();
    let flip = |store: &dyn zarr::Store, at_end: usize| {
        let key = zarr_store::Key::new("c/0/0").unwrap();
        let mut bytes = store.get_all(&key).wait().unwrap().unwrap().to_vec();
        let place = bytes.len() - at_end;
        bytes[place] ^= 1;
        store
            .put(&key, bytes.into(), PutMode::Overwrite)
            .wait()
            .unwrap();
    };
    let sums = [
        Codecs::from(Crc32c),
        Fletcher32.into(),
        zarr::codecs::Adler32::default()
            .location(zarr::codecs::Edge::End)
            .into(),
        zarr::codecs::JenkinsLookup3::default().into(),
        Zstd::new(1).checksum(true).into(),
    ];
    for sum in sums {
        let store = zarr::MemoryStore::new().into_store();
        let create = zarr::create_array(store.clone(), [8, 8], DataType::UInt8);
        create
            .compressors(sum.clone())
            .wait()
            .unwrap()
            .write(.., 7_u8)
            .wait()
            .unwrap();
        flip(&*store, 1);
        let open = |context| {
            zarr::open_array(store.clone())
                .context(context)
                .wait()
                .unwrap()
        };
        let error = open(&checked).read::<u8>(..).wait().unwrap_err();
        assert_eq!(error.class(), ErrorClass::Corrupt);
        assert!(error.to_string().contains("`ignore_checksums`"), "{error}");
        let read = open(&ignoring).read::<u8>(..).wait().unwrap();
        assert!(read.iter().all(|element| *element == 7), "{sum:?}");
    }
    // The index of a shard ends in one, too.
    let store = zarr::MemoryStore::new().into_store();
    let create = zarr::create_array(store.clone(), [8, 8], DataType::UInt8);
    let shards = create.chunks([4, 4]).shards([8, 8]).wait().unwrap();
    shards.write(.., 3_u8).wait().unwrap();
    flip(&*store, 1);
    let open = |context| {
        zarr::open_array(store.clone())
            .context(context)
            .wait()
            .unwrap()
    };
    open(&checked).read::<u8>(..).wait().unwrap_err();
    assert_eq!(open(&ignoring).read::<u8>(..).wait().unwrap().sum(), 192);
}

/// D5: the bytes that `ShardingCodec(chunk_shape=(2, 1), codecs=[BytesCodec()], subchunk_write_order=…)` of zarr-python
/// 3.4.2 stores of the same elements, every second of them.
#[test]
fn inner_chunks_lie_in_the_order_of_the_configuration() {
    use zarr::{Config, Context, InnerChunkOrder};
    use zarr_store::{BlockingStore, StoreExt};

    let cells = ndarray::Array2::from_shape_fn((6, 4), |(i, j)| (4 * (i / 2) + j) as u8);
    let stored = |order: Option<InnerChunkOrder>| {
        let store = zarr::MemoryStore::new().into_store();
        let config = Config {
            inner_chunk_order: order,
            ..Config::default()
        };
        let array = zarr::create_array(store.clone(), [6, 4], DataType::UInt8)
            .chunks([2, 1])
            .shards([6, 4])
            .compressors(())
            .fill_value(255)
            .context(&Context::builder().config(config).build())
            .wait()
            .unwrap();
        array.write(.., &cells).wait().unwrap();
        let read = zarr::open_array(store.clone()).wait().unwrap();
        assert_eq!(
            read.read::<u8>(..).wait().unwrap(),
            cells.clone().into_dyn()
        );
        let key = zarr_store::Key::new("c/0/0").unwrap();
        let bytes = store.get_all(&key).wait().unwrap().unwrap().to_vec();
        bytes[..24].iter().copied().step_by(2).collect::<Vec<u8>>()
    };
    let in_order: Vec<u8> = (0..12).collect();
    assert_eq!(stored(None), in_order);
    assert_eq!(stored(Some(InnerChunkOrder::Lexicographic)), in_order);
    let morton = [0, 4, 1, 5, 8, 9, 2, 6, 3, 7, 10, 11];
    assert_eq!(stored(Some(InnerChunkOrder::Morton)), morton);
    let colexicographic = [0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11];
    assert_eq!(
        stored(Some(InnerChunkOrder::Colexicographic)),
        colexicographic
    );
}

/// D15: what does not become smaller is stored as it is, behind a byte of zero bits.
#[test]
fn conditional_codecs_are_applied_where_they_help() {
    use zarr_store::{BlockingStore, StoreExt};

    let store = zarr::MemoryStore::new().into_store();
    let array = zarr::create_array(store.clone(), [8, 8], DataType::UInt8)
        .chunks([8, 4])
        .compressors(zarr::codecs::Conditional::new(Zstd::new(3)))
        .wait()
        .unwrap();
    array.write(zarr::sel![.., ..4], 7_u8).wait().unwrap();
    // Numbers without a pattern: `(i * i * 37 + i * 11 + 5) mod 251`.
    let noise = ndarray::Array2::from_shape_fn((8, 4), |(i, j)| {
        let i = 4 * i + j;
        ((i * i * 37 + i * 11 + 5) % 251) as u8
    });
    array.write(zarr::sel![.., 4..], &noise).wait().unwrap();
    let bytes = |key: &str| {
        let key = zarr_store::Key::new(key).unwrap();
        store.get_all(&key).wait().unwrap().unwrap().to_vec()
    };
    let compressed = bytes("c/0/0");
    assert!(
        compressed[0] == 1 && compressed.len() < 33,
        "{compressed:?}"
    );
    let plain: Vec<u8> = noise.iter().copied().collect();
    assert_eq!(bytes("c/0/1"), [&[0][..], &plain].concat());
    let read = zarr::open_array(store.clone()).wait().unwrap();
    let read = read.read::<u8>(zarr::sel![.., 4..]).wait().unwrap();
    assert_eq!(read, noise.into_dyn());
}
