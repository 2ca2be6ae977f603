//! `create`: the type's default, and the chain of codecs in one list.

use zarr::blocking::Wait;
use zarr::{DataType, ErrorClass, Extension, Target, ZarrFormat};

fn chain() -> [Extension; 2] {
    let bytes = Extension::new("bytes").with("endian", "big");
    [bytes, Extension::new("crc32c")]
}

#[test]
fn dtype_is_float64_unless_given() {
    let create = || zarr::create(Target::Memory, [3]);
    assert_eq!(create().wait().unwrap().dtype(), &DataType::Float64);
    let bools = create().dtype(DataType::Bool).wait().unwrap();
    assert_eq!(bools.dtype(), &DataType::Bool);
}

#[test]
fn codecs_is_the_whole_chain() {
    let array = zarr::create(Target::Memory, [3]).codecs(chain());
    let array = array.wait().unwrap();
    assert_eq!(*array.metadata().codecs(), chain());
    array.write(.., 1.5).wait().unwrap();
    assert_eq!(array.read::<f64>(..).wait().unwrap().sum(), 4.5);
    // Of shards it is the chain of the inner chunks.
    let sharded = zarr::create(Target::Memory, [8]).chunks([2]).shards([4]);
    let sharded = sharded.codecs(chain()).wait().unwrap();
    let inner: Vec<Extension> = sharded.metadata().codecs()[0]
        .get("codecs")
        .unwrap()
        .unwrap();
    assert_eq!(inner, chain());
}

#[test]
fn codecs_beside_its_parts_or_in_format_2_is_refused_by_name() {
    let create = || zarr::create(Target::Memory, [3]).codecs(chain());
    for wrong in [
        create().compressors(()),
        create().filters(()),
        create().serializer(Extension::new("bytes")),
        create().zarr_format(ZarrFormat::V2),
    ] {
        let error = wrong.wait().unwrap_err();
        assert_eq!(error.class(), ErrorClass::Invalid);
        assert!(error.to_string().contains("`codecs`"), "{error}");
    }
    // No codec makes bytes of the array.
    let no_bytes = zarr::create(Target::Memory, [3]).codecs([Extension::new("crc32c")]);
    assert!(no_bytes.wait().is_err());
}
