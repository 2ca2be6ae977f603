//! Decoding a chunk, from the last codec to the first. The last step writes the output.

use std::ops::Range;

use super::{ArrayStage, BytesStage, ChunkAccess, CodecChain, Serializer, wrong_rank};
use crate::array::kernels;
use crate::chain::codec::{copy_part, with_whole};
use crate::error::check_len;
use crate::{CodecError, CodecErrorKind, DecodeTarget, NdViewMut, Region, Scratch};

impl CodecChain {
    /// Decodes a whole chunk into `dst`, which has the chunk's shape.
    ///
    /// # Errors
    /// If the bytes are not an encoded chunk of this array.
    pub fn decode(
        &self,
        src: &[u8],
        dst: NdViewMut<'_>,
        cx: &mut Scratch,
    ) -> Result<(), CodecError> {
        self.decode_arrays(&self.arrays, src, dst, cx)
    }

    /// Decodes the cells of `part` into `dst`, which has their shape.
    ///
    /// # Errors
    /// As [`decode`](Self::decode).
    pub fn decode_part(
        &self,
        src: &[u8],
        part: &Region,
        dst: NdViewMut<'_>,
        cx: &mut Scratch,
    ) -> Result<(), CodecError> {
        let is_whole = part.is_whole(&self.spec.shape);
        if (self.picked.is_some() || !is_whole)
            && let ChunkAccess::Cells(at) = self.access(part)
        {
            check_len("bytes", self.encoded_len.max(), src.len())?;
            return self.gather(&at, 0, src, dst);
        }
        if is_whole {
            return self.decode(src, dst, cx);
        }
        let Some(axes) = self.axes(&self.arrays) else {
            return with_whole(
                "chain",
                &self.spec,
                cx,
                |whole, cx| self.decode(src, whole, cx),
                |whole, _| copy_part("chain", whole, part, dst),
            );
        };
        let part = part.permute(&axes).ok_or_else(|| wrong_rank(&self.spec))?;
        let mut dst = dst.permute(&axes).ok_or_else(|| wrong_rank(&self.spec))?;
        if let Some(done) = self.decode_run(src, &part, &mut dst, cx) {
            return done;
        }
        self.with_serialized(src, cx, |bytes, cx| match &self.serializer {
            Serializer::Codec { codec, foreign } => {
                let mut dst = dst;
                if *foreign {
                    kernels::zero(&mut dst);
                }
                codec.decode_part(&self.serialized, bytes, &part, dst, cx)
            }
            Serializer::Shard(shard) => shard.decode(bytes, &part, dst, cx),
        })
    }

    /// Decodes only the run of bytes in which the cells of `part` lie, where the serializer knows that run
    /// and the only codec behind it can decode it alone.
    fn decode_run(
        &self,
        src: &[u8],
        part: &Region,
        dst: &mut NdViewMut<'_>,
        cx: &mut Scratch,
    ) -> Option<Result<(), CodecError>> {
        let (
            Serializer::Codec {
                codec,
                foreign: false,
            },
            [stage],
        ) = (&self.serializer, &self.bytes[..])
        else {
            return None;
        };
        let at = codec.locate(&self.serialized, part)?;
        let span = at.byte_range(dst.shape())?;
        let range = usize::try_from(span.start).ok()?..usize::try_from(span.end).ok()?;
        let mut run = cx.buffers.take();
        let start = stage
            .codec
            .decode_range(src, stage.decoded, range, &mut run, cx);
        let placed = start.map(|start| self.gather(&at, start? as u64, &run, dst.reborrow()));
        cx.buffers.give(run);
        placed
    }

    /// Decodes the array→array codecs `stages`, after all codecs behind them.
    fn decode_arrays(
        &self,
        stages: &[ArrayStage],
        src: &[u8],
        dst: NdViewMut<'_>,
        cx: &mut Scratch,
    ) -> Result<(), CodecError> {
        let Some((stage, rest)) = stages.split_first() else {
            return self.decode_serialized(src, dst, cx);
        };
        if let Some(axes) = &stage.axes {
            let dst = dst.permute(axes).ok_or_else(|| wrong_rank(&self.spec))?;
            return self.decode_arrays(rest, src, dst, cx);
        }
        let mut dst = dst;
        // A codec of a user may leave gaps and ours do not, but these codecs are too rare to tell apart.
        kernels::zero(&mut dst);
        with_whole(
            stage.codec.name(),
            &stage.encoded,
            cx,
            |encoded, cx| self.decode_arrays(rest, src, encoded, cx),
            |encoded, cx| stage.codec.decode(&stage.decoded, encoded, dst, cx),
        )
    }

    fn decode_serialized(
        &self,
        src: &[u8],
        dst: NdViewMut<'_>,
        cx: &mut Scratch,
    ) -> Result<(), CodecError> {
        match &self.serializer {
            Serializer::Codec { codec, foreign } => {
                let placed = if *foreign {
                    None
                } else {
                    codec.placed(&self.serialized)
                };
                if let Some(swap) = placed {
                    return self.decode_bytes(
                        src,
                        &mut DecodeTarget::elements(dst, swap),
                        codec.name(),
                        cx,
                    );
                }
                let mut dst = dst;
                if *foreign {
                    kernels::zero(&mut dst);
                }
                self.with_serialized(src, cx, |bytes, cx| {
                    codec.decode(&self.serialized, bytes, dst, cx)
                })
            }
            Serializer::Shard(shard) => self.with_serialized(src, cx, |bytes, cx| {
                shard.decode(bytes, &Region::whole(&self.serialized.shape), dst, cx)
            }),
        }
    }

    /// Lends the bytes that the serializer made.
    fn with_serialized(
        &self,
        src: &[u8],
        cx: &mut Scratch,
        take: impl FnOnce(&[u8], &mut Scratch) -> Result<(), CodecError>,
    ) -> Result<(), CodecError> {
        if self.bytes.is_empty() {
            return take(src, cx);
        }
        let mut buffer = cx.buffers.take();
        let mut target = DecodeTarget::grow(&mut buffer, self.serialized_len);
        self.decode_bytes(src, &mut target, "bytes", cx)?;
        take(&buffer, cx)?;
        cx.buffers.give(buffer);
        Ok(())
    }

    /// Decodes the bytes→bytes codecs from the last to the first, which decodes into `target`.
    fn decode_bytes(
        &self,
        src: &[u8],
        target: &mut DecodeTarget<'_>,
        serializer: &str,
        cx: &mut Scratch,
    ) -> Result<(), CodecError> {
        let mut owned: Option<Vec<u8>> = None;
        // Bytes that codecs have stripped from both ends of `owned` or `src`.
        let mut window = 0..src.len();
        let mut stages = self.bytes.iter().rev().peekable();
        while let Some(stage) = stages.next() {
            let bytes = &owned.as_deref().unwrap_or(src)[window.clone()];
            if let Some(stripped) = stage.codec.strip(bytes) {
                let within = place_within(bytes, stripped?);
                let within = within.ok_or_else(|| elsewhere(stage.codec.name()))?;
                window = window.start + within.start..window.start + within.end;
                continue;
            }
            if stages.peek().is_none() {
                stage.decode(bytes, target, cx)?;
                owned.into_iter().for_each(|buffer| cx.buffers.give(buffer));
                return Ok(());
            }
            let mut next = cx.buffers.take();
            let mut between = DecodeTarget::grow(&mut next, stage.decoded);
            stage.decode(bytes, &mut between, cx)?;
            window = 0..next.len();
            owned
                .replace(next)
                .into_iter()
                .for_each(|buffer| cx.buffers.give(buffer));
        }
        target.put(serializer, &owned.as_deref().unwrap_or(src)[window])?;
        owned.into_iter().for_each(|buffer| cx.buffers.give(buffer));
        Ok(())
    }
}

impl BytesStage {
    /// Decodes into a target, and checks that it was filled.
    fn decode(
        &self,
        src: &[u8],
        target: &mut DecodeTarget<'_>,
        cx: &mut Scratch,
    ) -> Result<(), CodecError> {
        if self.foreign {
            target.zero();
        }
        let place = target.place();
        self.codec.decode(src, target, cx)?;
        target.check_done(self.codec.name(), place)
    }
}

/// Where in `bytes` a part of them lies; `None` if it lies elsewhere.
fn place_within(bytes: &[u8], part: &[u8]) -> Option<Range<usize>> {
    if part.is_empty() {
        return Some(0..0);
    }
    let start = part.as_ptr().addr().checked_sub(bytes.as_ptr().addr())?;
    let end = start.checked_add(part.len())?;
    (end <= bytes.len()).then_some(start..end)
}

fn elsewhere(codec: &str) -> CodecError {
    let text =
        "the data without what the codec added must lie within the bytes it was given".to_owned();
    CodecErrorKind::Corrupt(text).of(codec)
}
