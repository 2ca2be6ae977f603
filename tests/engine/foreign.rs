//! Codecs of users that break the rules: reading gives an error, and never memory that nobody wrote.

use std::sync::Arc;

use zarr::blocking::{Wait, read_into};
use zarr::{CodecRegistry, Context, DataType, Extension, Target};
use zarr_codecs::{ByteLen, BytesToBytesCodec, CodecError, DecodeTarget, NdViewMut, Scratch};
use zarr_metadata::Swap;

/// Fills memory of its own and exchanges the sink that it was lent for one over that.
#[derive(Debug)]
struct Thief;

impl BytesToBytesCodec for Thief {
    fn name(&self) -> &str {
        "x.thief"
    }

    fn encoded_len(&self, decoded: ByteLen) -> ByteLen {
        decoded
    }

    fn decode(
        &self,
        src: &[u8],
        dst: &mut DecodeTarget<'_>,
        _: &mut Scratch,
    ) -> Result<(), CodecError> {
        let len = dst.expected().max();
        let own: &'static mut [u8] = Box::leak(vec![0; len].into_boxed_slice());
        let view = NdViewMut::over(own, &[len as u64], 1).unwrap();
        *dst = DecodeTarget::elements(view, Swap::None);
        dst.put(self.name(), src)
    }

    fn encode(&self, src: &[u8], dst: &mut Vec<u8>, _: &mut Scratch) -> Result<(), CodecError> {
        dst.extend_from_slice(src);
        Ok(())
    }
}

#[test]
fn a_codec_that_exchanges_its_sink_makes_a_read_fail() {
    let registry = CodecRegistry::default().bytes_to_bytes("x.thief", |_| Ok(Arc::new(Thief)));
    let context = Context::builder().registry(registry).threads(1).build();
    let create = zarr::create_array(Target::Memory, [64, 64], DataType::UInt8).context(&context);
    let create = create.chunks([32, 32]).fill_value(7);
    let array = create
        .compressors(Extension::new("x.thief"))
        .wait()
        .unwrap();
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
