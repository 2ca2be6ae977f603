//! What one worker keeps between chunks: buffers and the compressors' contexts. Holds no state
//! that could change a result.

use std::sync::Arc;

use crate::{CodecError, CodecErrorKind, VlenHeap};

/// One worker's reusable memory. Two disjoint halves, so that a codec may use its context while a
/// buffer is lent to it.
#[derive(Debug, Default)]
pub struct Scratch {
    /// Recycled buffers.
    pub buffers: BufferPool,
    /// Recycled compressor states.
    pub contexts: CodecContexts,
    /// The elements of variable length of the operation at work, where it has any.
    pub heap: Option<Arc<VlenHeap>>,
}

impl Scratch {
    /// The heap that the operation at work has brought, for the codec of this name.
    ///
    /// # Errors
    /// Where it has brought none: it takes elements of fixed size only.
    pub fn heap(&self, codec: &str) -> Result<&VlenHeap, CodecError> {
        self.heap.as_deref().ok_or_else(|| {
            let text = "elements of variable length need a heap, and there is none".to_owned();
            CodecErrorKind::Config(text).of(codec)
        })
    }
}

/// Buffers that keep their capacity between uses.
#[derive(Debug, Default)]
pub struct BufferPool(Vec<Vec<u8>>);

/// More buffers than a chain of codecs can have in use at once would only hold memory.
const KEPT: usize = 6;
/// A buffer above this is returned to the system: one huge chunk must not pin its size for ever.
const KEPT_BYTES: usize = 64 << 20;

impl BufferPool {
    /// An empty buffer, with whatever capacity an earlier user left.
    pub fn take(&mut self) -> Vec<u8> {
        let mut buffer = self.0.pop().unwrap_or_default();
        buffer.clear();
        buffer
    }

    /// A buffer of `len` bytes that may be anything, for who writes all of them: what an earlier
    /// user left is not zeroed again.
    pub fn take_any(&mut self, len: usize) -> Vec<u8> {
        match self.0.pop() {
            Some(mut buffer) if buffer.capacity() >= len => {
                buffer.resize(len, 0);
                buffer
            }
            // The system has zeros ready, and there is nothing to be copied.
            _ => vec![0; len],
        }
    }

    /// Hands a buffer back for the next user.
    pub fn give(&mut self, buffer: Vec<u8>) {
        if self.0.len() < KEPT && buffer.capacity() <= KEPT_BYTES {
            self.0.push(buffer);
        }
    }
}

/// The compressors' states: making one costs more than decoding a small chunk with it.
#[derive(Default)]
pub struct CodecContexts {
    #[cfg(feature = "zstd")]
    pub(crate) zstd: crate::codecs::zstd::Contexts,
    #[cfg(feature = "gzip")]
    pub(crate) deflate: crate::codecs::deflate::Contexts,
    #[cfg(feature = "blosc")]
    pub(crate) blosc: crate::codecs::blosc::Buffers,
}

impl std::fmt::Debug for CodecContexts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CodecContexts")
    }
}
