//! Tests that what both versions can say comes back, and that all else is named.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::testing::{any_v2_type, with_element};
use crate::v2::{Codec, DType};
use crate::{
    ArrayMetadata, Endian, Indent, Layout, NodeMetadata, Order, Separator, Swap, ZarrFormat,
};

fn v2(changes: &Value, attributes: &Value) -> ArrayMetadata {
    let mut document = json!({
        "zarr_format": 2, "shape": [4, 6], "chunks": [2, 3], "dtype": "<i2", "fill_value": 7,
        "order": "C", "filters": null, "compressor": null, "dimension_separator": "."
    });
    let members = document.as_object_mut().unwrap();
    members.extend(changes.as_object().unwrap().clone());
    let attributes = attributes.to_string();
    ArrayMetadata::from_v2(document.to_string().as_bytes(), Some(attributes.as_bytes())).unwrap()
}

/// There, free of errors, and back.
#[track_caller]
#[expect(
    clippy::needless_pass_by_value,
    reason = "tables read better without ampersands"
)]
fn round(changes: Value, codecs: Value) {
    let old = v2(&changes, &json!({"_ARRAY_DIMENSIONS": ["y", "x"], "a": 1}));
    let new = old.convert(ZarrFormat::V3).unwrap();
    assert_eq!(new.lost, []);
    let ArrayMetadata::V3(array) = &new.metadata else {
        panic!("not converted");
    };
    let document = array.to_json();
    assert_eq!(document["codecs"], codecs);
    assert_eq!(document["dimension_names"], json!(["y", "x"]));
    assert_eq!(document["attributes"], json!({"a": 1}));
    let report = crate::validate("zarr.json", document.to_string().as_bytes());
    assert_eq!(report.to_string(), "");
    let back = new.metadata.convert(ZarrFormat::V2).unwrap();
    assert_eq!(back.lost, []);
    assert_eq!(back.metadata.codecs(), old.codecs());
    assert_eq!(back.metadata.fill_value(), old.fill_value());
    assert_eq!(
        back.metadata.attributes()["_ARRAY_DIMENSIONS"],
        json!(["y", "x"])
    );
}

fn bytes(endian: &str) -> Value {
    json!({"name": "bytes", "configuration": {"endian": endian}})
}

#[test]
fn what_both_can_say_comes_back() {
    round(json!({}), json!([bytes("little")]));
    round(
        json!({"order": "F", "dtype": ">f8", "fill_value": "NaN", "dimension_separator": "/"}),
        json!([{"name": "transpose", "configuration": {"order": [1, 0]}}, bytes("big")]),
    );
    round(
        json!({"compressor": {"id": "gzip", "level": 3}}),
        json!([bytes("little"), {"name": "gzip", "configuration": {"level": 3}}]),
    );
    round(
        json!({
            "filters": [{"id": "delta", "dtype": "<i2"}, {"id": "shuffle", "elementsize": 2}],
            "compressor": {"id": "zlib", "level": 1}
        }),
        json!([
            {"name": "numcodecs.delta", "configuration": {"dtype": "<i2"}}, bytes("little"),
            {"name": "numcodecs.shuffle", "configuration": {"elementsize": 2}},
            {"name": "numcodecs.zlib", "configuration": {"level": 1}}
        ]),
    );
    round(
        json!({"compressor": {
            "id": "blosc", "cname": "lz4", "clevel": 5, "shuffle": 2, "blocksize": 0}}),
        json!([bytes("little"), {"name": "blosc", "configuration": {
            "typesize": 2, "cname": "lz4", "clevel": 5, "shuffle": "bitshuffle", "blocksize": 0}}]),
    );
}

#[test]
fn byte_orders_of_filters_are_moved_to_bytes() {
    round(
        json!({"dtype": ">i2", "filters": [{"id": "delta", "dtype": ">i2", "astype": ">i4"}]}),
        json!([{"name": "numcodecs.delta", "configuration": {"dtype": "<i2", "astype": "<i4"}}, bytes("big")]),
    );
    let converted = |array: Value| -> Result<Value, String> {
        let new = v2(&array, &json!({})).convert(ZarrFormat::V3);
        let new = new.map_err(|error| error.to_string())?;
        Ok(serde_json::to_value(new.metadata.codecs()).unwrap())
    };
    // The case of which zarr-python 3.4.2 reads 23, of the bytes that the v2 document is read from.
    assert_eq!(
        converted(
            json!({"dtype": ">i4", "filters": [{"id": "delta", "dtype": ">i4", "astype": "<i4"}]})
        ),
        Ok(json!([
            {"name": "numcodecs.delta", "configuration": {"dtype": "<i4", "astype": "<i4"}}, bytes("little")
        ]))
    );
    // In v2 these differences are those of numbers whose bytes are in reverse.
    assert_eq!(
        converted(json!({"dtype": "<i4", "filters": [{"id": "delta", "dtype": ">i4"}]})),
        Err(
            "/filters/0: delta reads the bytes of \"<i4\" as \">i4\", but v3 would convert the values"
                .to_owned()
        )
    );
}

#[test]
fn words_of_gdal_for_shuffles_are_told() {
    for (word, told) in [
        ("NONE", "noshuffle"),
        ("BYTE", "shuffle"),
        ("BIT", "bitshuffle"),
    ] {
        let array = v2(
            &json!({"compressor": {"id": "blosc", "shuffle": word}}),
            &json!({}),
        );
        let new = array.convert(ZarrFormat::V3).unwrap().metadata;
        let shuffle = new.codecs()[1].get::<String>("shuffle").unwrap();
        assert_eq!(shuffle.as_deref(), Some(told));
    }
}

#[test]
fn sizes_that_netcdf_leaves_open_are_told() {
    let of = |dtype: &str, shuffle: Value| {
        let array = v2(&json!({"dtype": dtype, "filters": [shuffle]}), &json!({}));
        let new = array.convert(ZarrFormat::V3).unwrap().metadata;
        new.codecs()[1].get::<u64>("elementsize").unwrap()
    };
    assert_eq!(
        of("<f8", json!({"id": "shuffle", "elementsize": 0})),
        Some(8)
    );
    assert_eq!(
        of(">i2", json!({"id": "shuffle", "elementsize": "0"})),
        Some(2)
    );
    assert_eq!(
        of(">i2", json!({"id": "shuffle", "elementsize": 2})),
        Some(2)
    );
    // The default of numcodecs; that of `numcodecs.shuffle` in v3 is another.
    assert_eq!(of("<f8", json!({"id": "shuffle"})), Some(4));
}

#[test]
fn text_becomes_strings() {
    let old = v2(
        &json!({"dtype": "|O", "fill_value": 0, "filters": [{"id": "vlen-utf8"}],
            "compressor": {"id": "zstd", "level": 1}}),
        &json!({}),
    );
    let new = old.convert(ZarrFormat::V3).unwrap();
    let lost: Vec<String> = new.lost.iter().map(ToString::to_string).collect();
    assert_eq!(lost, ["/fill_value: 0 becomes \"\""]);
    let ArrayMetadata::V3(array) = new.metadata else {
        panic!("not converted");
    };
    let document = array.to_json();
    assert_eq!(document["data_type"], "string");
    assert_eq!(document["codecs"][0], json!({"name": "vlen-utf8"}));
    assert_eq!(document["codecs"][1]["configuration"]["checksum"], false);
}

#[test]
fn what_stands_in_the_way_is_named() {
    let refused = |array: &ArrayMetadata, to| -> Vec<String> {
        let error = array.convert(to).unwrap_err();
        error.problems().iter().map(ToString::to_string).collect()
    };
    let old = v2(
        &json!({"filters": [{"id": "shuffle"}, {"id": "delta"}, {"id": "magic"}],
            "compressor": {"id": "delta"}}),
        &json!({}),
    );
    assert_eq!(
        refused(&old, ZarrFormat::V3),
        [
            "/filters/1: v3 cannot have delta after a filter that produces bytes",
            "/filters/2: v3 has no name for the filter \"magic\"",
            "/compressor: v3 has no name for the compressor \"delta\"",
        ]
    );
    let mut new = crate::v3::ArrayMetadataV3::new(vec![4, 4, 4], crate::DataType::Int8, vec![2; 3]);
    new.codecs.insert(
        0,
        crate::Extension::new("transpose").with("order", vec![1, 0, 2]),
    );
    new.codecs.push(crate::Extension::new("my.codec"));
    assert_eq!(
        refused(&ArrayMetadata::V3(new), ZarrFormat::V2),
        [
            "/chunk_key_encoding: chunk keys of v2 do not begin with c: the chunks would have to \
             be renamed",
            "/codecs/0: v2 has only the orders C and F, all axes forward or all backward",
            "/codecs/2: v2 cannot have my.codec in this place",
        ]
    );
}

#[test]
fn what_is_lost_is_named() {
    let old = v2(
        &json!({"fill_value": null, "written_by": "somebody"}),
        &json!({"_ARRAY_DIMENSIONS": ["x"]}),
    );
    let new = old.convert(ZarrFormat::V3).unwrap();
    let lost: Vec<&str> = new.lost.iter().map(|lost| lost.pointer.as_str()).collect();
    assert_eq!(
        lost,
        [
            "/written_by",
            "/fill_value",
            "/attributes/_ARRAY_DIMENSIONS"
        ]
    );

    let group = br#"{"zarr_format": 3, "node_type": "group", "attributes": {"a": 1},
        "x": {"must_understand": false},
        "consolidated_metadata": {"kind": "inline", "must_understand": false, "metadata": {}}}"#;
    let group = NodeMetadata::from_zarr_json(group).unwrap();
    let old = group.convert(ZarrFormat::V2).unwrap();
    let lost: Vec<&str> = old.lost.iter().map(|lost| lost.pointer.as_str()).collect();
    assert_eq!(lost, ["/x", "/consolidated_metadata"]);
    assert_eq!(old.metadata.attributes(), group.attributes());
    let again = old.metadata.convert(ZarrFormat::V3).unwrap();
    assert_eq!(again.metadata.attributes(), group.attributes());
}

/// The table of what happens to members of consolidated metadata, there and back.
#[test]
fn members_of_consolidated_metadata() {
    let zarray = |changes: &Value| match v2(changes, &json!({})) {
        ArrayMetadata::V2 { array, .. } => array.to_json(),
        ArrayMetadata::V3(_) => panic!("not read"),
    };
    let block = |metadata: Value| {
        let text = json!({"zarr_consolidated_format": 1, "metadata": metadata}).to_string();
        crate::v2::ConsolidatedMetadataV2::from_zmetadata(text.as_bytes()).unwrap()
    };
    let old = block(json!({
        ".zgroup": {"zarr_format": 2},
        "a/.zarray": zarray(&json!({})), "a/.zattrs": {"_ARRAY_DIMENSIONS": ["y", "x"], "b": 1},
        "g/.zgroup": {"zarr_format": 2}, "g/.zattrs": {"c": 2},
        "g/d/.zarray": zarray(&json!({"dtype": ">f8", "fill_value": 7.5, "order": "F"}))
    }));
    let new = old.convert().unwrap();
    assert_eq!(new.lost, []);
    let paths: Vec<&str> = new.metadata.paths().collect();
    assert_eq!(paths, ["a", "g", "g/d"]);
    for path in paths {
        let direct = old.get(path).unwrap().unwrap().convert(ZarrFormat::V3);
        let member = new.metadata.get(path).unwrap().unwrap();
        assert_eq!(member, direct.unwrap().metadata, "{path}");
    }
    let mut back = new.metadata.convert().unwrap();
    assert_eq!(back.lost, []);
    let root = NodeMetadata::Group(crate::GroupMetadata::new(
        ZarrFormat::V2,
        crate::Attributes::new(),
    ));
    back.metadata
        .insert(&crate::NodePath::root(), &root)
        .unwrap();
    assert_eq!(back.metadata, old);

    let places = |problems: &[crate::Problem]| -> Vec<String> {
        problems.iter().map(|p| p.pointer.to_string()).collect()
    };
    let lossy = block(json!({
        "a/.zarray": zarray(&json!({"fill_value": null, "by": "me"})),
        "a/.zattrs": {"_ARRAY_DIMENSIONS": 1}, "b/.zattrs": {}, "c": {}
    }));
    assert_eq!(
        places(&lossy.convert().unwrap().lost),
        [
            "/metadata/b~1.zattrs",
            "/metadata/c",
            "/metadata/a~1.zarray/by",
            "/metadata/a~1.zarray/fill_value",
            "/metadata/a~1.zattrs/_ARRAY_DIMENSIONS",
        ]
    );
    let bad = block(json!({
        "a/.zarray": zarray(&json!({"compressor": {"id": "magic"}})),
        "b/.zgroup": {"zarr_format": 3}, "../.zgroup": {"zarr_format": 2}
    }));
    assert_eq!(
        places(bad.convert().unwrap_err().problems()),
        [
            "/metadata/..~1.zgroup",
            "/metadata/a~1.zarray/compressor",
            "/metadata/b~1.zgroup/zarr_format",
        ]
    );
    let array = crate::v3::ArrayMetadataV3::new(vec![4], crate::DataType::Int8, vec![2]);
    let mut new = crate::v3::ConsolidatedMetadataV3::default();
    let path = crate::NodePath::parse("x/y").unwrap();
    new.insert(&path, &NodeMetadata::Array(ArrayMetadata::V3(array)))
        .unwrap();
    assert_eq!(
        places(new.convert().unwrap_err().problems()),
        ["/metadata/x~1y/chunk_key_encoding"]
    );
}

fn codec(json: Value) -> Codec {
    let mut members = match json {
        Value::Object(members) => members,
        other => panic!("{other}"),
    };
    let id = members.shift_remove("id").unwrap();
    Codec {
        id: id.as_str().unwrap().to_owned(),
        configuration: members,
    }
}

/// Codecs as numcodecs writes them, with settings that both versions say in one way.
fn any_filters() -> impl Strategy<Value = Vec<Codec>> {
    let filters = vec![
        json!({"id": "delta", "dtype": "<i4", "astype": "<i4"}),
        json!({"id": "bitround", "keepbits": 3}),
        json!({"id": "shuffle", "elementsize": 4}),
        json!({"id": "fletcher32"}),
        json!({"id": "crc32c", "location": "end"}),
        json!({"id": "base64"}),
    ];
    let filter = prop::sample::select(filters).prop_map(codec);
    prop::collection::vec(filter, 0..3)
}

fn any_compressor() -> impl Strategy<Value = Option<Codec>> {
    let compressors = vec![
        json!({"id": "zlib", "level": 1}),
        json!({"id": "gzip", "level": 9}),
        json!({"id": "zstd", "level": 3, "checksum": false}),
        json!({"id": "blosc", "cname": "zstd", "clevel": 3, "shuffle": 2, "blocksize": 0}),
        json!({"id": "lzma", "format": 1, "check": -1, "preset": null, "filters": null}),
        json!({"id": "magic"}),
    ];
    prop::option::of(prop::sample::select(compressors).prop_map(codec))
}

prop_compose! {
    fn any_v2_array()(
        shape in prop::collection::vec((any::<u64>(), 1..=u64::MAX), 0..4),
        (data_type, fill) in with_element(any_v2_type()),
        null: bool,
        big: bool,
        f_order: bool,
        slash: bool,
        filters in any_filters(),
        compressor in any_compressor(),
    ) -> crate::v2::ArrayMetadataV2 {
        let swaps = matches!(
            data_type.layout(),
            Some(Layout::Fixed { swap, .. }) if swap != Swap::None
        );
        let endian = if big { Endian::Big } else { Endian::Little };
        let (shape, chunks): (Vec<u64>, Vec<u64>) = shape.into_iter().unzip();
        let dtype = DType::new(data_type, swaps.then_some(endian));
        let fill = dtype.fill_value_to_json(&fill);
        let mut array = crate::v2::ArrayMetadataV2::new(shape, dtype, chunks);
        array.fill_value = if null { Value::Null } else { fill };
        // One axis or none has no order to keep.
        if f_order && array.shape.len() > 1 {
            array.order = Order::F;
        }
        if slash {
            array.dimension_separator = Separator::Slash;
        }
        array.filters.extend(filters);
        array.compressor = compressor;
        array
    }
}

proptest! {
    /// Where nothing is lost either way, the array that comes back is the array that went.
    #[test]
    fn nothing_lost_is_nothing_changed(array in any_v2_array()) {
        let compressed = array.compressor.is_some();
        let attributes = crate::Attributes::new();
        let old = ArrayMetadata::V2 { array, attributes };
        let Ok(new) = old.convert(ZarrFormat::V3) else { return Ok(()) };
        let (_, text) = &new.metadata.documents(Indent::default())[0];
        let read = NodeMetadata::from_zarr_json(text);
        prop_assert_eq!(read, Ok(NodeMetadata::Array(new.metadata.clone())));
        let Ok(back) = new.metadata.convert(ZarrFormat::V2) else { return Ok(()) };
        if !new.lost.is_empty() || !back.lost.is_empty() {
            return Ok(());
        }
        let mut back = back.metadata;
        // Without a compressor the last filter that makes bytes of bytes becomes one.
        if let (false, ArrayMetadata::V2 { array, .. }) = (compressed, &mut back) {
            array.filters.extend(array.compressor.take());
        }
        prop_assert_eq!(back, old);
    }
}
