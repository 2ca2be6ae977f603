//! `Source`, the data of a new array or an append: elements in memory, another array, or a closure that
//! computes them block by block. `zarr-core` moves the elements.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use ndarray::{Array as Elements, Dimension};
use zarr_core::copy::{MakeBlock, check_copy, copy_array, write_blocks};
use zarr_core::{
    Appended, ArrayOptions, ChunkedArray, DynData, Element, Error, ErrorKind, ResolvedSelection,
    Result, Selection, c_order,
};
use zarr_metadata::DataType;

use crate::{Array, Data, Shape};

/// The data for [`from_array`](crate::from_array) or [`Array::append`]: [`Data`] in memory, another
/// [`Array`], or [`Computed`].
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
            let block = make(cells).into_dyn();
            Ok(DynData {
                dtype: T::data_type(),
                shape: block.shape().iter().map(|&n| n as u64).collect(),
                data: T::into_values(c_order(block)),
            })
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
    pub(crate) fn check(self, array: &Array, overwrite: bool) -> Result<Checked> {
        match self.0 {
            SourceKind::Data(data) => {
                let all = array.chunked().resolve(&Selection::from(..))?;
                let elements = data.into_elements(array.path(), array.dtype(), &all)?;
                Ok(Checked::Elements(Box::new((all, elements))))
            }
            SourceKind::Array(from) => {
                check_copy(from.chunked(), array.chunked(), overwrite)?;
                Ok(Checked::Array(from))
            }
            SourceKind::Computed(blocks) => {
                check_type(&blocks.dtype, array)?;
                Ok(Checked::Computed(blocks.make))
            }
        }
    }

    /// The shape and the elements, for an append to an array.
    pub(crate) fn appended_to(self, array: &Array) -> Result<(Vec<u64>, Appended)> {
        Ok(match self.0 {
            SourceKind::Data(data) => {
                let (shape, values) = data.into_parts(array.path(), array.dtype())?;
                (shape, Appended::Values(values))
            }
            SourceKind::Array(from) => {
                check_type(from.dtype(), array)?;
                let appended = Appended::Array(Arc::clone(from.chunked()));
                (from.shape().to_vec(), appended)
            }
            SourceKind::Computed(blocks) => {
                check_type(&blocks.dtype, array)?;
                (blocks.shape.lengths()?, Appended::Blocks(blocks.make))
            }
        })
    }
}

/// Checks that elements have the type that an array stores.
fn check_type(given: &DataType, array: &Array) -> Result<()> {
    if given == array.dtype() {
        return Ok(());
    }
    let (path, stored) = (array.path().clone(), array.dtype().clone());
    let given = given.to_string();
    Err(ErrorKind::GivenElement {
        path,
        given,
        stored,
    }
    .into())
}

/// A source that is checked against the array it will be written to.
pub(crate) enum Checked {
    Elements(Box<(ResolvedSelection, zarr_core::Elements)>),
    Array(Array),
    Computed(MakeBlock),
}

impl Checked {
    pub(crate) async fn write(self, to: &Arc<ChunkedArray>) -> Result<()> {
        let to = Arc::clone(to);
        match self {
            Self::Elements(given) => {
                let (all, elements) = *given;
                to.write(all, elements).await
            }
            Self::Array(from) => copy_array(Arc::clone(from.chunked()), to).await,
            Self::Computed(make) => write_blocks(to, make).await,
        }
    }
}
