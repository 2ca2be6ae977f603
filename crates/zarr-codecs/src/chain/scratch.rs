//! What one worker keeps between chunks: buffers and the contexts of compressors. None of it changes a
//! result.

use std::any::Any;
use std::sync::Arc;

use crate::{CodecError, CodecErrorKind, VlenHeap};

/// The reusable memory of one worker. Its parts are separate fields, so that a codec can use its context
/// while a buffer is lent to it.
#[derive(Debug, Default)]
pub struct Scratch {
    /// Recycled buffers.
    pub buffers: BufferPool,
    /// Recycled compressor states.
    pub contexts: CodecContexts,
    /// The elements of variable length of the running read or write, where it has any.
    pub heap: Option<Arc<VlenHeap>>,
}

impl Scratch {
    /// The heap of the running read or write, for the codec of this name.
    ///
    /// # Errors
    /// If there is none, because the elements have a fixed size.
    pub fn heap(&self, codec: &str) -> Result<&VlenHeap, CodecError> {
        self.heap.as_deref().ok_or_else(|| {
            let text = "elements of variable length need a heap, and there is none".to_owned();
            CodecErrorKind::Mismatch(text).of(codec)
        })
    }
}

/// Buffers that are reused and keep their capacity.
#[derive(Debug, Default)]
pub struct BufferPool(Vec<Vec<u8>>);

/// As many buffers as a chain of codecs can use at once; more would only hold memory.
const KEPT: usize = 6;
/// Larger buffers are freed, so that one huge chunk does not hold memory for ever.
const KEPT_BYTES: usize = 64 << 20;

impl BufferPool {
    /// An empty buffer, with whatever capacity an earlier user left.
    pub fn take(&mut self) -> Vec<u8> {
        let mut buffer = self.0.pop().unwrap_or_default();
        buffer.clear();
        buffer
    }

    /// A buffer of `len` bytes with any contents, for callers that overwrite all of them: what an earlier
    /// user left is not zeroed.
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

    /// Gives a buffer back for the next user.
    pub fn give(&mut self, buffer: Vec<u8>) {
        if self.0.len() < KEPT && buffer.capacity() <= KEPT_BYTES {
            self.0.push(buffer);
        }
    }
}

/// What codecs keep between chunks, one value of each type: making a compressor's state costs more than
/// decoding a small chunk with it.
///
/// ```
/// use zarr_codecs::CodecContexts;
///
/// /// A table that a codec builds while it decodes.
/// #[derive(Default)]
/// struct Table(Vec<u32>);
///
/// let mut contexts = CodecContexts::default();
/// contexts.get::<Table>().0.push(1);
/// assert_eq!(contexts.get::<Table>().0, [1]);
/// ```
#[derive(Default)]
pub struct CodecContexts(Vec<Box<dyn Any + Send>>);

impl CodecContexts {
    /// The value of this type, which the first call makes. A codec asks for a type of its own.
    pub fn get<T: Default + Send + 'static>(&mut self) -> &mut T {
        // A few codecs keep something, so looking at each costs less than a map.
        let found = self.0.iter().position(|context| context.is::<T>());
        let place = found.unwrap_or_else(|| {
            self.0.push(Box::new(T::default()));
            self.0.len() - 1
        });
        match self.0[place].downcast_mut() {
            Some(context) => context,
            None => unreachable!("the value at this place is a `T`"),
        }
    }
}

impl std::fmt::Debug for CodecContexts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CodecContexts").finish_non_exhaustive()
    }
}
