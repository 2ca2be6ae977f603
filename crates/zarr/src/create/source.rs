//! `Source`, the data of a new array or an append: elements in memory, another array, or a closure that
//! computes them block by block. `zarr-core` moves the elements.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use ndarray::{Array as Elements, Dimension};
use zarr_core::copy::{MakeBlock, check_cast, check_copy, copy_array, write_blocks};
use zarr_core::{
    Appended, ArrayOptions, ChunkedArray, DynData, Element, Error, ResolvedSelection, Result,
    Selection, to_data_type,
};
use zarr_metadata::DataType;

use crate::data::Conversion;
use crate::{Array, Data, Shape};

/// The data for [`from_array`](crate::from_array), [`Array::write`] or [`Array::append`]: [`Data`] in memory,
/// another [`Array`], or [`Computed`].
#[derive(Clone, Debug)]
pub struct Source(SourceKind);

#[derive(Clone, Debug)]
enum SourceKind {
    Data(Data),
    Array(Array),
    Computed(Computed),
}

/// Elements that a closure computes block by block when they are written, for arrays of any size.
///
/// ```
/// # use zarr::{blocking::Wait, Computed, Target};
/// # fn main() -> zarr::Result<()> {
/// // Each element is the number of its row. Only a few blocks are in memory at a time.
/// let rows = Computed::new([1000, 50], |cells| {
///     let shape = (cells[0].clone().count(), cells[1].clone().count());
///     ndarray::Array2::from_shape_fn(shape, |(i, _)| cells[0].start as f32 + i as f32)
/// });
/// let a = zarr::from_array(Target::Memory, rows).chunks([100, 50]).wait()?;
/// assert_eq!(a.read::<f32>((700, 3)).wait()?[[]], 700.0);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Computed {
    shape: Shape,
    dtype: DataType,
    make: MakeBlock,
}

impl Computed {
    /// Takes a closure that returns the elements of a box of cells, given as a range along each axis. It is
    /// called once for each chunk (each shard of a sharded array), by several workers at once and in no
    /// defined order.
    ///
    /// [`Array::append`] asks for one block after another, in C order.
    pub fn new<T: Element, D: Dimension>(
        shape: impl Into<Shape>,
        make: impl Fn(&[Range<u64>]) -> Elements<T, D> + Send + Sync + 'static,
    ) -> Self {
        let make = move |cells: &[Range<u64>]| {
            let block = DynData::from(make(cells).into_dyn());
            let (dtype, shape) = (T::data_type(), block.shape);
            let data = to_data_type(block.data, &block.dtype, &dtype)?;
            let wrong = || Error::argument("data", format!("the closure made {}", block.dtype));
            let data = data.ok_or_else(wrong)?;
            Ok(DynData { dtype, shape, data })
        };
        Self::new_dyn(shape, T::data_type(), make)
    }

    /// As [`new`](Self::new), for a data type known only at run time and a closure that may fail. A block that
    /// fails is not written.
    pub fn new_dyn(
        shape: impl Into<Shape>,
        dtype: DataType,
        make: impl Fn(&[Range<u64>]) -> Result<DynData> + Send + Sync + 'static,
    ) -> Self {
        let wanted = dtype.clone();
        let make: MakeBlock = Arc::new(move |region| {
            let ranges = region.ranges.iter();
            let cells: Vec<_> = ranges.map(|s| s.start()..s.start() + s.count()).collect();
            let block = make(&cells)?;
            let lengths = cells.iter().map(|cells| cells.end - cells.start);
            if block.dtype != wanted || !block.shape.iter().copied().eq(lengths) {
                let (shape, dtype) = (block.shape, block.dtype);
                let text = format!(
                    "the closure made a block of shape {shape:?} and type {dtype} for the cells {cells:?}"
                );
                return Err(Error::wrong_shape("data", text));
            }
            Ok(block.data)
        });
        let shape = shape.into();
        Self { shape, dtype, make }
    }
}

impl fmt::Debug for Computed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Computed({:?} of {})", self.shape, self.dtype)
    }
}

impl<D: Into<Data>> From<D> for Source {
    fn from(data: D) -> Self {
        Self(SourceKind::Data(data.into()))
    }
}

impl From<&Array> for Source {
    fn from(array: &Array) -> Self {
        Self(SourceKind::Array(array.clone()))
    }
}

impl From<Array> for Source {
    fn from(array: Array) -> Self {
        Self(SourceKind::Array(array))
    }
}

impl From<Computed> for Source {
    fn from(blocks: Computed) -> Self {
        Self(SourceKind::Computed(blocks))
    }
}

impl Source {
    /// The structure of an array made from this, by default.
    pub(crate) fn structure(&self) -> ArrayOptions {
        match &self.0 {
            SourceKind::Data(data) => data.structure(),
            SourceKind::Computed(blocks) => ArrayOptions::new(&blocks.shape, &blocks.dtype),
            SourceKind::Array(array) => {
                let mut options = ArrayOptions::like(array.metadata());
                options.attributes.clone_from(array.attrs());
                options
            }
        }
    }

    /// Checks that this can be written to an array that is about to be created.
    pub(crate) fn check(self, array: &Array, overwrite: bool, cast: bool) -> Result<Checked> {
        let to = array.conversion(cast);
        match self.0 {
            SourceKind::Data(data) => {
                let elements = data.into_elements(to)?;
                if let zarr_core::Elements::Array { shape, .. } = &elements
                    && shape != array.shape()
                {
                    let text = format!(
                        "{shape:?} is not the shape {:?} of the array",
                        array.shape()
                    );
                    return Err(Error::wrong_shape("data", text));
                }
                Ok(Checked::Elements(elements))
            }
            SourceKind::Array(from) if cast && from.dtype() != array.dtype() => {
                check_cast(from.chunked(), array.chunked(), overwrite)?;
                Ok(Checked::Cast(from))
            }
            SourceKind::Array(from) => {
                check_copy(from.chunked(), array.chunked(), overwrite)?;
                Ok(Checked::Array(from))
            }
            SourceKind::Computed(blocks) => Ok(Checked::Computed(blocks.converted(to)?)),
        }
    }

    /// What is to be written, in the stored type.
    pub(crate) fn given(self, to: Conversion<'_>) -> Result<Given> {
        Ok(match self.0 {
            SourceKind::Data(data) => Given::Elements(data.into_elements(to)?),
            SourceKind::Array(from) if to.cast || from.dtype() == to.stored => {
                let elements = Appended::Array(Arc::clone(from.chunked()));
                Given::Blocks(from.shape().to_vec(), elements)
            }
            SourceKind::Array(from) => return Err(to.refused(from.dtype())),
            SourceKind::Computed(blocks) => {
                let shape = blocks.shape.lengths()?;
                Given::Blocks(shape, Appended::Blocks(blocks.converted(to)?))
            }
        })
    }
}

/// What a write or an append is given.
pub(crate) enum Given {
    Elements(zarr_core::Elements),
    /// Elements of this shape, which are made or read when they are written.
    Blocks(Vec<u64>, Appended),
}

impl Given {
    /// The shape and the elements, for an append.
    pub(crate) fn appended(self) -> Result<(Vec<u64>, Appended)> {
        match self {
            Self::Elements(zarr_core::Elements::Array { shape, values }) => {
                Ok((shape, Appended::Values(values)))
            }
            Self::Elements(_) => {
                let text = "a scalar has no length along the axis; give an array";
                Err(Error::wrong_shape("data", text))
            }
            Self::Blocks(shape, elements) => Ok((shape, elements)),
        }
    }

    /// Writes the elements to the cells of a selection.
    pub(crate) async fn write(
        self,
        to: Arc<ChunkedArray>,
        selection: ResolvedSelection,
    ) -> Result<()> {
        match self {
            Self::Elements(elements) => to.write(selection, elements).await,
            Self::Blocks(shape, elements) if shape == selection.out_shape() => {
                elements.write(&to, &selection).await
            }
            Self::Blocks(shape, _) => {
                let wanted = selection.out_shape();
                let text = format!(
                    "an array of shape {shape:?} does not fit a selection of shape {wanted:?}, and only arrays in \
                     memory are broadcast"
                );
                Err(Error::wrong_shape("data", text))
            }
        }
    }
}

impl Computed {
    /// The blocks in the stored type.
    fn converted(self, to: Conversion<'_>) -> Result<MakeBlock> {
        if self.dtype == *to.stored {
            return Ok(self.make);
        }
        if !to.cast {
            return Err(to.refused(&self.dtype));
        }
        let (dtype, stored, make) = (self.dtype, to.stored.clone(), self.make);
        Ok(Arc::new(move |region| {
            let block = DynData {
                dtype: dtype.clone(),
                shape: region.shape().to_vec(),
                data: make(region)?,
            };
            Ok(block.cast(&stored)?.data)
        }))
    }
}

/// A source that is checked against the array it will be written to.
pub(crate) enum Checked {
    Elements(zarr_core::Elements),
    Array(Array),
    /// An array of another type.
    Cast(Array),
    Computed(MakeBlock),
}

impl Checked {
    pub(crate) async fn write(self, to: &Arc<ChunkedArray>) -> Result<()> {
        match self {
            Self::Elements(elements) => {
                let all = to.resolve(&Selection::All)?;
                Arc::clone(to).write(all, elements).await
            }
            Self::Array(from) => copy_array(Arc::clone(from.chunked()), Arc::clone(to)).await,
            Self::Cast(from) => {
                let elements = Appended::Array(Arc::clone(from.chunked()));
                elements.write(to, &to.resolve(&Selection::All)?).await
            }
            Self::Computed(make) => write_blocks(Arc::clone(to), make).await,
        }
    }
}
