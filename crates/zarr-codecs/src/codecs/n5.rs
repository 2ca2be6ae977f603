//! The codec `n5_default`: a block of N5, which is a header with the shape of the block and the elements,
//! encoded by a chain of the codecs that N5 has.
//! Specification: zarr-extensions, `codecs/n5_default`.
//!
//! | bytes | |
//! |---|---|
//! | 0–1 | mode of the block: 0; other modes do not hold elements |
//! | 2–3 | number of axes |
//! | 4–… | length of each axis, four bytes each |
//!
//! Numbers are big-endian.

use zarr_metadata::{DataType, Extension};

use crate::chain::codec::{copy_part, outside, with_whole};
use crate::codecs::registry::Setting;
use crate::codecs::setting;
use crate::{
    ArrayToBytesCodec, ByteLen, ChunkSpec, CodecChain, CodecError, CodecErrorKind, CodecRegistry,
    Dims, NdView, NdViewMut, Region, Scratch, fill,
};

const NAME: &str = "n5_default";

/// A block of N5 in default mode.
#[derive(Clone, Debug)]
pub struct N5Codec {
    codecs: Vec<Extension>,
    registry: CodecRegistry,
    depth: usize,
    /// For blocks of the chunk's shape.
    chain: Box<CodecChain>,
}

fn bad_codecs(problem: &str) -> CodecError {
    setting::error(NAME, "codecs", problem)
}

fn corrupt(text: String) -> CodecError {
    CodecErrorKind::Corrupt(text).of(NAME)
}

impl N5Codec {
    /// Reads `{"codecs": [transpose, bytes, …]}` for chunks of the given spec.
    pub(crate) fn parse(setting: &Setting<'_>) -> Result<Self, CodecError> {
        let (spec, depth) = (setting.spec, setting.depth + 1);
        let codecs = setting.extension.get::<Vec<Extension>>("codecs");
        let codecs = codecs.map_err(|e| CodecErrorKind::Backend(Box::new(e)).of(NAME))?;
        let codecs = codecs.ok_or_else(|| bad_codecs("is missing"))?;
        check_codecs(&codecs, spec)?;
        let chain = CodecChain::nested(&codecs, spec.clone(), setting.registry, depth)?;
        Ok(Self {
            codecs,
            registry: setting.registry.clone(),
            depth,
            chain: Box::new(chain),
        })
    }

    fn header_len(&self) -> usize {
        4 + 4 * self.chain.spec().shape.len()
    }
}

/// N5 has these types, axes in reverse order, big-endian numbers and at most one compressor.
fn check_codecs(codecs: &[Extension], spec: &ChunkSpec) -> Result<(), CodecError> {
    use DataType as T;
    match spec.dtype {
        T::Int8 | T::Int16 | T::Int32 | T::Int64 | T::Float32 | T::Float64 => {}
        T::UInt8 | T::UInt16 | T::UInt32 | T::UInt64 => {}
        _ => return Err(CodecErrorKind::DataType(Box::new(spec.dtype.clone())).of(NAME)),
    }
    let (Some(transpose), Some(bytes), 2..=3) = (codecs.first(), codecs.get(1), codecs.len())
    else {
        return Err(bad_codecs(
            "must be `transpose`, `bytes` and at most one compressor",
        ));
    };
    let order = transpose.get::<Vec<usize>>("order").ok().flatten();
    let reversed = (0..spec.shape.len()).rev();
    if transpose.name != "transpose" || !order.is_some_and(|order| order.into_iter().eq(reversed)) {
        return Err(bad_codecs(
            "must begin with `transpose` with all axes in reverse",
        ));
    }
    let endian = bytes.get::<String>("endian").ok().flatten();
    if bytes.name != "bytes" || (spec.item_size() > 1 && endian.as_deref() != Some("big")) {
        return Err(bad_codecs("must have `bytes` with `endian` \"big\" second"));
    }
    Ok(())
}

impl ArrayToBytesCodec for N5Codec {
    fn name(&self) -> &str {
        NAME
    }

    fn encoded_len(&self, _: &ChunkSpec) -> Result<ByteLen, CodecError> {
        // A block at the end of the array may be cut.
        let most = self.chain.encoded_len().max();
        Ok(ByteLen::AtMost(most.saturating_add(self.header_len())))
    }

    fn decode(
        &self,
        spec: &ChunkSpec,
        src: &[u8],
        mut dst: NdViewMut<'_>,
        cx: &mut Scratch,
    ) -> Result<(), CodecError> {
        let (shape, block) = header(src, spec)?;
        if shape == spec.shape {
            return self.chain.decode(block, dst, cx);
        }
        let found = spec.with_shape(&shape);
        let (most, len) = (spec.byte_len(), found.byte_len());
        if len.is_none() || len > most {
            let (of, than) = (shape.as_slice(), spec.shape.as_slice());
            return Err(corrupt(format!(
                "a block of {of:?} is larger than a chunk of {than:?}"
            )));
        }
        let chain = CodecChain::nested(&self.codecs, found.clone(), &self.registry, self.depth)?;
        fill(&mut dst, spec.fill_element());
        let both = shape.iter().zip(&spec.shape).map(|(a, b)| *a.min(b));
        let both = Region::whole(&both.collect::<Dims<u64>>());
        with_whole(
            NAME,
            &found,
            cx,
            |whole, cx| chain.decode(block, whole, cx),
            |whole, _| {
                let cells = dst.region(&both);
                let cells = cells.ok_or_else(|| outside(NAME, &both, &spec.shape))?;
                copy_part(NAME, whole, &both, cells)
            },
        )
    }

    fn encode(
        &self,
        spec: &ChunkSpec,
        src: &NdView<'_>,
        dst: &mut Vec<u8>,
        cx: &mut Scratch,
    ) -> Result<(), CodecError> {
        let unfit = |_| {
            let text = "N5 has at most 65535 axes, of at most 4294967295 cells each";
            CodecErrorKind::ChunkShape(text.to_owned()).of(NAME)
        };
        let axes = u16::try_from(spec.shape.len());
        dst.extend([0, 0]);
        dst.extend(axes.map_err(unfit)?.to_be_bytes());
        for &length in &spec.shape {
            dst.extend(u32::try_from(length).map_err(unfit)?.to_be_bytes());
        }
        self.chain.encode(src, dst, cx)
    }
}

/// The shape of a block, and what follows its header.
fn header<'s>(src: &'s [u8], spec: &ChunkSpec) -> Result<(Dims<u64>, &'s [u8]), CodecError> {
    let cut = || corrupt("the header is cut off".to_owned());
    let (&[a, b, c, d], rest) = src.split_first_chunk::<4>().ok_or_else(cut)?;
    let (mode, axes) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
    if mode != 0 {
        let what = match mode {
            1 => "elements of varying length",
            2 => "an object",
            _ => "unknown content",
        };
        return Err(corrupt(format!(
            "a block of mode {mode} contains {what}; only mode 0 can be read"
        )));
    }
    let (axes, expected) = (usize::from(axes), spec.shape.len());
    if axes != expected {
        return Err(corrupt(format!(
            "a block of {axes} axes, and the chunk has {expected}"
        )));
    }
    let (lengths, block) = rest.split_at_checked(4 * axes).ok_or_else(cut)?;
    let lengths = lengths.as_chunks().0.iter();
    Ok((
        lengths.map(|&n| u64::from(u32::from_be_bytes(n))).collect(),
        block,
    ))
}
