//! The layout of an element, which is all that most codecs ask: its size, and what to swap to change the byte
//! order.

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

/// Which bytes of an element change places with the byte order.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Swap {
    /// None: single bytes, or bytes that are not numbers.
    None,
    /// The element is a run of numbers of this many bytes (one for `float32`, two for `complex64`).
    Width(usize),
    /// Only the numbers at these places, which follow each other and do not overlap.
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

impl Swap {
    /// Changes the byte order of elements of `size` bytes each.
    ///
    /// ```
    /// let dtype = zarr_metadata::v2::DType::from_json(serde_json::json!([["a", "|u1"], ["b", ">u2"]]))?;
    /// let mut records = [7, 0, 1, 8, 0, 2];
    /// dtype.swap_to_native().apply(3, &mut records);
    /// let (one, two) = (1_u16.to_ne_bytes(), 2_u16.to_ne_bytes());
    /// assert_eq!(records, [7, one[0], one[1], 8, two[0], two[1]]);
    /// # Ok::<(), zarr_metadata::MetadataError>(())
    /// ```
    pub fn apply(&self, size: usize, elements: &mut [u8]) {
        match self {
            Self::None => {}
            Self::Width(width) => reverse_each(*width, elements),
            Self::Fields(fields) => apply(fields, size, elements),
        }
    }
}

/// Turns the bytes of every number of this many around.
fn reverse_each(width: usize, numbers: &mut [u8]) {
    // Arrays of a known length become one instruction per number.
    fn each<const N: usize>(numbers: &mut [u8]) {
        let (numbers, _) = numbers.as_chunks_mut::<N>();
        numbers.iter_mut().for_each(|number| number.reverse());
    }
    match width {
        2 => each::<2>(numbers),
        4 => each::<4>(numbers),
        8 => each::<8>(numbers),
        other => numbers
            .chunks_exact_mut(other.max(1))
            .for_each(<[u8]>::reverse),
    }
}

fn apply(runs: &[SwapField], size: usize, elements: &mut [u8]) {
    for element in elements.chunks_exact_mut(size.max(1)) {
        for run in runs {
            let end = run.offset + run.width * run.count;
            reverse_each(
                run.width,
                element.get_mut(run.offset..end).unwrap_or_default(),
            );
        }
    }
}

/// Collects runs of numbers in the order of their places, and joins adjacent ones.
#[derive(Default)]
pub(crate) struct SwapRuns(Vec<SwapField>);

impl SwapRuns {
    pub(crate) fn push(&mut self, run: SwapField) {
        match self.0.last_mut() {
            Some(last)
                if last.width == run.width
                    && last.offset + last.width * last.count == run.offset =>
            {
                last.count += run.count;
            }
            _ => self.0.push(run),
        }
    }

    /// The runs as the simplest swap, of an element of this many bytes.
    pub(crate) fn swap(self, size: usize) -> Swap {
        match self.0.as_slice() {
            [] => Swap::None,
            [run] if run.offset == 0 && run.width * run.count == size => Swap::Width(run.width),
            _ => Swap::Fields(self.0.into()),
        }
    }

    pub(crate) fn into_vec(self) -> Vec<SwapField> {
        self.0
    }
}
