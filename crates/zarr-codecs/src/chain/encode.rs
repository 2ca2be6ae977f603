//! Encoding a chunk, from the first codec to the last.

use super::{ArrayStage, CodecChain, Serializer, wrong_rank};
use crate::chain::codec::with_whole;
use crate::{CodecError, CodecErrorKind, NdView, Scratch};

impl CodecChain {
    /// Checks that every codec can encode: some settings can only be decoded, and some codecs have limits.
    ///
    /// # Errors
    /// The error of the first codec that cannot.
    pub fn check_encode(&self) -> Result<(), CodecError> {
        self.check_known()?;
        if let Serializer::Shard(shard) = &self.serializer {
            shard.inner().check_encode()?;
        }
        self.bytes
            .iter()
            .try_for_each(|stage| stage.codec.check_encode(stage.decoded))
    }

    /// Appends the encoded chunk to `dst`. `src` has the chunk's shape.
    ///
    /// # Errors
    /// If a codec cannot encode these values.
    pub fn encode(
        &self,
        src: &NdView<'_>,
        dst: &mut Vec<u8>,
        cx: &mut Scratch,
    ) -> Result<(), CodecError> {
        self.check_known()?;
        self.encode_arrays(&self.arrays, src, dst, cx)
    }

    /// Checks that all codecs are known: readers may ignore some, writers may not.
    fn check_known(&self) -> Result<(), CodecError> {
        let why = "this build does not have the codec; readers may ignore it, writers may not";
        match &self.read_only {
            None => Ok(()),
            Some(unknown) => Err(CodecErrorKind::Refused(why.into()).of(unknown)),
        }
    }

    fn encode_arrays(
        &self,
        stages: &[ArrayStage],
        src: &NdView<'_>,
        dst: &mut Vec<u8>,
        cx: &mut Scratch,
    ) -> Result<(), CodecError> {
        let Some((stage, rest)) = stages.split_first() else {
            return self.encode_serialized(src, dst, cx);
        };
        if let Some(axes) = &stage.axes {
            let src = src.permute(axes).ok_or_else(|| wrong_rank(&self.spec))?;
            return self.encode_arrays(rest, &src, dst, cx);
        }
        with_whole(
            stage.codec.name(),
            &stage.encoded,
            cx,
            |array, cx| stage.codec.encode(&stage.decoded, src, array, cx),
            |array, cx| self.encode_arrays(rest, array, dst, cx),
        )
    }

    fn encode_serialized(
        &self,
        src: &NdView<'_>,
        dst: &mut Vec<u8>,
        cx: &mut Scratch,
    ) -> Result<(), CodecError> {
        let Some((last, first)) = self.bytes.split_last() else {
            return self.serialize(src, dst, cx);
        };
        let mut buffer = cx.buffers.take();
        let borrowed = match &self.serializer {
            Serializer::Codec { codec, .. } => codec.borrow(&self.serialized, src),
            Serializer::Shard(_) => None,
        };
        if borrowed.is_none() {
            self.serialize(src, &mut buffer, cx)?;
        }
        let mut borrowed = borrowed;
        for stage in first {
            let mut next = cx.buffers.take();
            stage
                .codec
                .encode(borrowed.take().unwrap_or(&buffer), &mut next, cx)?;
            cx.buffers.give(std::mem::replace(&mut buffer, next));
        }
        last.codec.encode(borrowed.unwrap_or(&buffer), dst, cx)?;
        cx.buffers.give(buffer);
        Ok(())
    }

    fn serialize(
        &self,
        src: &NdView<'_>,
        dst: &mut Vec<u8>,
        cx: &mut Scratch,
    ) -> Result<(), CodecError> {
        match &self.serializer {
            Serializer::Codec { codec, .. } => codec.encode(&self.serialized, src, dst, cx),
            Serializer::Shard(shard) => shard.encode(src, dst, cx),
        }
    }
}
