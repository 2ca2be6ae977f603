//! The values of elements as callers pass and receive them, of one size or of variable length. The engine
//! works with elements in memory, in which handles stand for those of variable length.

use bytes::Bytes;
use zarr_codecs::{CodecError, NdView, VlenElements, VlenHandle, VlenHeap};
use zarr_metadata::FillValue;

use crate::{ErrorKind, Result, engine};

/// Elements in C order, in this machine's byte order.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// Elements of one size.
    Fixed(Bytes),
    /// Elements of variable length: texts, byte strings, lists.
    Variable(VarArray),
}

impl Values {
    /// A copy of elements of one size. Much memory is filled four times faster here than in a vector, where the system
    /// gives it in larger pages if it is asked to.
    ///
    /// # Errors
    /// If there is no memory for it.
    ///
    /// ```
    /// use zarr_core::Values;
    /// assert_eq!(Values::copied(&[1, 2, 3])?, Values::Fixed(vec![1, 2, 3].into()));
    /// # Ok::<(), zarr_core::Error>(())
    /// ```
    pub fn copied(elements: &[u8]) -> Result<Self> {
        let shape = [elements.len() as u64];
        let copy = engine::filled::<u8>(&shape, 1, |mut to| {
            to.copy_from(&NdView::new(elements, &shape, 1)?)
                .then_some(())
        });
        let what = "a copy of elements";
        let asked = elements.len() as u64;
        let copy = copy.ok_or(ErrorKind::Memory { what, asked })?;
        Ok(Self::Fixed(copy.into()))
    }
}

/// Elements of variable length.
///
/// ```
/// use zarr_core::VarArray;
/// let texts: VarArray = ["a", "", "żółw"].into_iter().collect();
/// assert_eq!(texts.len(), 3);
/// assert_eq!(texts.get(2), Some("żółw".as_bytes()));
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct VarArray {
    bytes: Vec<u8>,
    /// Where each element ends in `bytes`; it begins where the previous one ends.
    ends: Vec<usize>,
}

impl VarArray {
    /// The number of elements.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are no elements.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The bytes of the `i`-th element.
    pub fn get(&self, i: usize) -> Option<&[u8]> {
        let start = match i.checked_sub(1) {
            None => 0,
            Some(before) => *self.ends.get(before)?,
        };
        self.bytes.get(start..*self.ends.get(i)?)
    }

    /// The elements in order.
    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.len()).filter_map(|i| self.get(i))
    }

    /// Adds an element at the end.
    pub fn push(&mut self, element: &[u8]) {
        self.bytes.extend_from_slice(element);
        self.ends.push(self.bytes.len());
    }
}

impl<E: AsRef<[u8]>> FromIterator<E> for VarArray {
    fn from_iter<I: IntoIterator<Item = E>>(elements: I) -> Self {
        let elements = elements.into_iter();
        let mut array = Self {
            bytes: vec![],
            ends: Vec::with_capacity(elements.size_hint().0),
        };
        elements.for_each(|e| array.push(e.as_ref()));
        array
    }
}

/// One element, the fill value.
impl From<&FillValue> for Values {
    fn from(fill: &FillValue) -> Self {
        match fill.is_variable() {
            true => Self::Variable([fill.as_bytes()].into_iter().collect()),
            false => Self::Fixed(Bytes::copy_from_slice(fill.as_bytes())),
        }
    }
}

impl Values {
    /// The bytes of elements of one size; `None` for elements of variable length.
    pub fn as_fixed(&self) -> Option<&[u8]> {
        match self {
            Self::Fixed(bytes) => Some(bytes),
            Self::Variable(_) => None,
        }
    }

    /// How many bytes the elements take.
    pub(crate) fn byte_len(&self) -> u64 {
        match self {
            Self::Fixed(bytes) => bytes.len() as u64,
            Self::Variable(array) => (array.bytes.len() + size_of_val(&*array.ends)) as u64,
        }
    }

    /// The number of elements, if they are of a type of this size; `None` is the size of variable length.
    pub(crate) fn count(&self, size: Option<usize>) -> Option<usize> {
        match (self, size) {
            (Self::Fixed(bytes), Some(size)) if size > 0 && bytes.len().is_multiple_of(size) => {
                Some(bytes.len() / size)
            }
            (Self::Fixed(_), _) => None,
            (Self::Variable(array), None) => Some(array.len()),
            (Self::Variable(_), Some(_)) => None,
        }
    }

    /// The elements as the engine has them; the bytes of those of variable length go to the heap.
    pub(crate) fn into_elements(self, heap: &VlenHeap) -> Result<Bytes, CodecError> {
        match self {
            Self::Fixed(bytes) => Ok(bytes),
            Self::Variable(array) => {
                let mut segment = heap.segment();
                let mut handles = Vec::with_capacity(array.len() * VlenHandle::SIZE);
                for element in array.iter() {
                    handles.extend_from_slice(&segment.push(element)?.to_bytes());
                }
                segment.finish();
                Ok(handles.into())
            }
        }
    }
}

/// The element that a handle stands for. A handle that a user's own codec made may not be in the heap.
pub(crate) fn look_up(heap: &VlenElements, handle: [u64; 2]) -> Option<&[u8]> {
    heap.get(VlenHandle::from_bytes(bytemuck::cast(handle)))
}
