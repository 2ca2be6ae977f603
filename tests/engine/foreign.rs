//! Codecs of users that break the rules: reading gives an error, and never memory that nobody wrote.

use std::sync::Arc;

use zarr::blocking::{Wait, read_into};
use zarr::{CodecRegistry, Context, DataType, Extension, Target};
use zarr_codecs::testing::TargetThief;

#[test]
fn a_codec_that_exchanges_its_sink_makes_a_read_fail() {
    let registry = CodecRegistry::default().bytes_to_bytes("thief", |_| Ok(Arc::new(TargetThief)));
    let context = Context::builder().registry(registry).threads(1).build();
    let create = zarr::create_array(Target::Memory, [64, 64], DataType::UInt8).context(&context);
    let create = create.chunks([32, 32]).fill_value(7);
    let array = create.compressors(Extension::new("thief")).wait().unwrap();
    array.write(.., 1_u8).wait().unwrap();
    // The whole output at once, parts of it, and memory of the caller's, which stays initialised.
    let error = array.read::<u8>(..).wait().unwrap_err();
    assert!(error.to_string().contains("c/0/0"), "{error}");
    array
        .read::<u8>(zarr::sel![3..60;2, 5..])
        .wait()
        .unwrap_err();
    let mut memory = ndarray::ArrayD::from_elem(vec![64, 64], 9_u8);
    read_into(&array, .., memory.view_mut()).unwrap_err();
    assert!(memory.iter().all(|byte| [0, 9].contains(byte)));
}
