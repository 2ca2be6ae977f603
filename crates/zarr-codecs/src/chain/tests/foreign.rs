//! Codecs that users register, and that do what they should not: whatever they do, no byte comes out that
//! nobody wrote. Outputs are full of `0xEE` here, and nobody writes that.

use super::*;
use crate::DecodeTarget;
use crate::testing::TargetThief;

/// Claims to decode and does nothing: the trap for memory that was never written.
#[derive(Debug, Default)]
pub(super) struct Lazy {
    /// What it says that it stripped, whatever it was given.
    stripped: Option<&'static [u8]>,
}

impl BytesToBytesCodec for Lazy {
    fn name(&self) -> &str {
        "lazy"
    }
    fn strip<'s>(&self, _: &'s [u8]) -> Option<Result<&'s [u8], CodecError>> {
        self.stripped.map(Ok)
    }
    fn encoded_len(&self, decoded: ByteLen) -> ByteLen {
        decoded
    }
    fn decode(
        &self,
        _: &[u8],
        _: &mut DecodeTarget<'_>,
        _: &mut Scratch,
    ) -> Result<(), CodecError> {
        Ok(())
    }
    fn encode(&self, src: &[u8], dst: &mut Vec<u8>, _: &mut Scratch) -> Result<(), CodecError> {
        dst.extend_from_slice(src);
        Ok(())
    }
}

impl ArrayToBytesCodec for Lazy {
    fn name(&self) -> &str {
        "lazy"
    }
    fn encoded_len(&self, _: &ChunkSpec) -> Result<ByteLen, CodecError> {
        Ok(ByteLen::Exact(4))
    }
    fn decode(
        &self,
        _: &ChunkSpec,
        _: &[u8],
        _: NdViewMut<'_>,
        _: &mut Scratch,
    ) -> Result<(), CodecError> {
        Ok(())
    }
    fn encode(
        &self,
        _: &ChunkSpec,
        _: &NdView<'_>,
        _: &mut Vec<u8>,
        _: &mut Scratch,
    ) -> Result<(), CodecError> {
        Ok(())
    }
}

#[test]
fn a_foreign_codec_that_writes_nothing_leaves_no_uninitialised_byte() {
    let names: Vec<Extension> = serde_json::from_value(json!(["bytes", "lazy"])).unwrap();
    let registry =
        CodecRegistry::default().bytes_to_bytes("lazy", |_| Ok(Arc::new(Lazy::default())));
    let chain = CodecChain::new(&names, spec(&[4], DataType::UInt8), &registry).unwrap();
    let error = decode(&chain, &[1, 2, 3, 4], &Region::whole(&[4]), 0).unwrap_err();
    assert_eq!(
        error.to_string(),
        "codec `lazy`: length mismatch: expected 4 bytes, found 0"
    );

    let registry =
        CodecRegistry::default().array_to_bytes("lazy", |_| Ok(Arc::new(Lazy::default())));
    let chain = CodecChain::new(&names[1..], spec(&[4], DataType::UInt8), &registry).unwrap();
    assert_eq!(
        decode(&chain, &[1, 2, 3, 4], &Region::whole(&[4]), 0).unwrap(),
        [0; 4]
    );
}

#[test]
fn a_target_that_was_exchanged_is_an_error_and_zeroed() {
    let registry = CodecRegistry::default().bytes_to_bytes("thief", |_| Ok(Arc::new(TargetThief)));
    let expected = "codec `thief`: length mismatch: expected 4 bytes, found 0";
    // Dense and with gaps, as the last codec and before another.
    let lists = [
        json!(["bytes", "thief"]),
        json!(["bytes", "thief", "crc32c"]),
        json!(["bytes", {"name": "zstd", "configuration": {"level": 1}}, "thief"]),
    ];
    for (codecs, gap) in lists.iter().flat_map(|codecs| [(codecs, 0), (codecs, 3)]) {
        let names: Vec<Extension> = serde_json::from_value(codecs.clone()).unwrap();
        let chain = CodecChain::new(&names, spec(&[2, 2], DataType::UInt8), &registry).unwrap();
        let encoded = encode(&chain, &[1, 2, 3, 4]).unwrap();
        let whole = Region::whole(&[2, 2]);
        let error = decode(&chain, &encoded, &whole, gap).unwrap_err();
        assert!(
            matches!(error.kind, CodecErrorKind::Length { found: 0, .. }),
            "{error}"
        );
        if names.len() == 2 {
            assert_eq!(error.to_string(), expected);
            let mut memory = [0xEE; 4];
            let view = NdViewMut::over(&mut memory, &[2, 2], 1).unwrap();
            assert!(
                chain
                    .decode(&encoded, view, &mut Scratch::default())
                    .is_err()
            );
            assert_eq!(memory, [0; 4]);
        }
    }
}

#[test]
fn what_was_stripped_lies_in_what_was_given() {
    let names: Vec<Extension> = serde_json::from_value(json!(["bytes", "lazy"])).unwrap();
    let lazy = || Lazy {
        stripped: Some(&[7; 4]),
    };
    let registry = CodecRegistry::default().bytes_to_bytes("lazy", move |_| Ok(Arc::new(lazy())));
    let chain = CodecChain::new(&names, spec(&[4], DataType::UInt8), &registry).unwrap();
    let error = decode(&chain, &[1, 2, 3, 4], &Region::whole(&[4]), 0).unwrap_err();
    let expected = "codec `lazy`: corrupt data: the data without what the codec added must lie within the bytes it was given";
    assert_eq!(error.to_string(), expected);
}

/// Says that it only relabels axes, of an array of which half is missing.
#[derive(Debug)]
struct Half(&'static [usize]);

impl ArrayToArrayCodec for Half {
    fn name(&self) -> &str {
        "half"
    }
    fn axes(&self) -> Option<&[usize]> {
        Some(self.0)
    }
    fn encoded_spec(&self, decoded: &ChunkSpec) -> Result<ChunkSpec, CodecError> {
        Ok(decoded.with_shape(&[2, 4]))
    }
    fn decode(
        &self,
        _: &ChunkSpec,
        _: &NdView<'_>,
        _: NdViewMut<'_>,
        _: &mut Scratch,
    ) -> Result<(), CodecError> {
        Ok(())
    }
    fn encode(
        &self,
        _: &ChunkSpec,
        _: &NdView<'_>,
        _: NdViewMut<'_>,
        _: &mut Scratch,
    ) -> Result<(), CodecError> {
        Ok(())
    }
}

/// A shard of the encoded shape writes no more than that of the output.
#[test]
fn axes_that_make_another_shape_are_refused() {
    let names: Vec<Extension> = serde_json::from_value(json!(["half", {
        "name": "sharding_indexed",
        "configuration": {"chunk_shape": [1, 1], "codecs": ["bytes"], "index_codecs": [
            {"name": "bytes", "configuration": {"endian": "little"}},
        ]},
    }]))
    .unwrap();
    let make = |axes, shape| {
        let registry =
            CodecRegistry::default().array_to_array("half", move |_| Ok(Arc::new(Half(axes))));
        CodecChain::new(&names, spec(shape, DataType::UInt8), &registry)
    };
    let error = make(&[0, 1], &[4, 4]).unwrap_err();
    let expected = "axes [0, 1] do not make an array of [2, 4] of one of [4, 4]";
    assert!(error.to_string().contains(expected), "{error}");
    assert!(make(&[0, 0], &[2, 2]).is_err());
    assert!(make(&[1], &[4, 2]).is_err());
    assert!(make(&[1, 0], &[2, 4]).is_err());
    assert!(make(&[1, 0], &[4, 2]).is_ok());
}
