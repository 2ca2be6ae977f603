//! The array that a codec sees: shape, data type and fill value of one chunk.

use zarr_metadata::{DataType, FillValue, Layout};

use crate::{CodecError, CodecErrorKind, Dims, VlenHandle, volume};

/// The array that a codec sees: one chunk's shape, data type and fill value.
#[derive(Clone, Debug)]
pub struct ChunkSpec {
    /// Elements per axis.
    pub shape: Dims<u64>,
    /// The element type.
    pub dtype: DataType,
    /// How elements lie in memory, which is all that most codecs need.
    pub layout: Layout,
    /// The value of elements that were never written.
    pub fill: FillValue,
}

impl ChunkSpec {
    /// A chunk of a data type with a known layout.
    ///
    /// # Errors
    /// [`CodecErrorKind::DataType`] for a data type of which only the name is known.
    pub fn new(shape: &[u64], dtype: DataType, fill: FillValue) -> Result<Self, CodecError> {
        match dtype.layout() {
            Some(layout) => Ok(Self {
                shape: shape.iter().copied().collect(),
                dtype,
                layout,
                fill,
            }),
            None => Err(CodecErrorKind::DataType(Box::new(dtype)).of("bytes")),
        }
    }

    /// As [`new`](Self::new), with the bytes of a fill value that this codec made.
    pub(crate) fn from_fill_bytes(
        codec: &str,
        shape: &[u64],
        dtype: DataType,
        fill: &[u8],
    ) -> Result<Self, CodecError> {
        let fill = FillValue::from_bytes(&dtype, fill);
        let fill = fill.map_err(|error| CodecErrorKind::Backend(Box::new(error)).of(codec))?;
        Self::new(shape, dtype, fill)
    }

    /// The same element type in another shape.
    pub fn with_shape(&self, shape: &[u64]) -> Self {
        Self {
            shape: shape.iter().copied().collect(),
            ..self.clone()
        }
    }

    /// Bytes per element in memory. Elements of variable length are a [`VlenHandle`] each.
    pub fn elem(&self) -> usize {
        match self.layout {
            Layout::Fixed { size, .. } => size,
            Layout::Variable => VlenHandle::SIZE,
        }
    }

    /// Bytes per element as the serializer writes them, which compressors use; 1 for elements of variable
    /// length.
    pub fn item_size(&self) -> usize {
        match self.layout {
            Layout::Fixed { size, .. } => size,
            Layout::Variable => 1,
        }
    }

    /// The fill value as an element in memory.
    pub fn fill_element(&self) -> &[u8] {
        match self.layout {
            Layout::Fixed { .. } => self.fill.as_bytes(),
            Layout::Variable => &[0; VlenHandle::SIZE],
        }
    }

    /// Bytes of the decoded chunk in memory, without the elements behind handles. `None` if the number does
    /// not fit `usize`.
    pub fn byte_len(&self) -> Option<usize> {
        usize::try_from(volume(&self.shape)?)
            .ok()?
            .checked_mul(self.elem())
    }
}
