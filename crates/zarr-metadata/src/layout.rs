//! What a codec may ask about an element: its size, and what to swap to change byte order. Knows no
//! names and no meanings of types.

use std::sync::Arc;

/// How an element lies in memory.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Layout {
    /// Every element has the same number of bytes.
    Fixed {
        /// Bytes of one element.
        size: usize,
        /// What changes when the byte order does.
        swap: Swap,
    },
    /// Elements differ in length: text, byte strings.
    Variable,
}

/// Which bytes of an element trade places when the byte order changes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Swap {
    /// None: single bytes, or bytes without meaning as a number.
    None,
    /// The element is a run of numbers of this many bytes (one for `float32`, two for `complex64`).
    Width(usize),
    /// Only the numbers at these places.
    Fields(Arc<[SwapField]>),
}

/// A run of numbers of one width inside an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SwapField {
    /// Byte offset of the first number inside the element.
    pub offset: usize,
    /// Bytes of each number.
    pub width: usize,
    /// How many numbers follow each other.
    pub count: usize,
}
