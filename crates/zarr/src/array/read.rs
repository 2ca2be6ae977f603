//! Reads of an array: one selection, typed or untyped, or several at once. `zarr-core` does the work.

use std::marker::PhantomData;

use ndarray::{Array as NdArray, ArrayD, Dimension, IxDyn};
use zarr_core::{DynData, Element, Result, Selection};
use zarr_metadata::DataType;

use crate::Array;
use crate::array::fields::{ArrayFields, field_setters};
use crate::operation::operation;

impl Array {
    /// Reads the cells of a selection as elements of exactly the stored type.
    ///
    /// ```
    /// # use zarr::{blocking::Wait, DataType, Target, sel};
    /// # fn main() -> zarr::Result<()> {
    /// let a = zarr::create_array(Target::Memory, [4, 6], DataType::UInt8).fill_value(7).wait()?;
    /// let all = a.read::<u8>(..).wait()?;
    /// let odd_columns_of_the_last_row = a.read::<u8>(sel![-1, 1..;2]).wait()?;
    /// assert_eq!(odd_columns_of_the_last_row.shape(), [3]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// The number of axes of the result is known only at run time. With [`into_dim`](Read::into_dim) it is part of the
    /// type, and the type of the elements follows from it, too:
    ///
    /// ```
    /// # use zarr::{blocking::Wait, Target, ndarray::Array2};
    /// # fn main() -> zarr::Result<()> {
    /// # let a = zarr::ones(Target::Memory, [4, 6]).wait()?;
    /// let rows: Array2<f64> = a.read(1..3).into_dim().wait()?;
    /// assert_eq!(rows.dim(), (2, 6));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Dimensions that have names are selected by them, too, in any order; the others are read whole:
    ///
    /// ```
    /// # use zarr::{blocking::Wait, Target, sel};
    /// # fn main() -> zarr::Result<()> {
    /// let a = zarr::ones(Target::Memory, [9, 4, 5]).dimension_names(["time", "y", "x"]).wait()?;
    /// let part = a.read::<f64>(sel! { x: 1..3, time: -1 }).wait()?;
    /// assert_eq!(part.shape(), [4, 2]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// A field of an array of structs:
    ///
    /// ```
    /// # use zarr::{blocking::Wait, DataType, Field, Target};
    /// # fn main() -> zarr::Result<()> {
    /// let of = |name, dtype| Field::new(name, dtype);
    /// let point = DataType::record([of("id", DataType::UInt8), of("height", DataType::Float32)]);
    /// let points = zarr::create_array(Target::Memory, [10], point).wait()?;
    /// points.write(2..5, 1.5_f32).field("height").wait()?;
    /// assert_eq!(points.read::<f32>(..).field("height").wait()?.sum(), 4.5);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// To read into your own memory, see [`read_into`](crate::blocking::read_into) and
    /// [`reuse`](Read::reuse).
    #[doc(alias = "getitem")]
    pub fn read<T: Element>(&self, selection: impl Into<Selection>) -> Read<T> {
        Read::of(ArrayFields::all(self.chunked()), selection.into())
    }

    /// Reads one cell as a number or whatever else its element is.
    ///
    /// ```
    /// # use zarr::{blocking::Wait, Target};
    /// # fn main() -> zarr::Result<()> {
    /// let a = zarr::array(Target::Memory, ndarray::array![[1_i32, 2], [3, 4]]).wait()?;
    /// let corner: i32 = a.read_scalar((-1, 0)).wait()?;
    /// assert_eq!(corner, 3);
    /// # Ok(())
    /// # }
    /// ```
    pub fn read_scalar<T: Element>(&self, selection: impl Into<Selection>) -> ReadScalar<T> {
        ReadScalar::of(ArrayFields::all(self.chunked()), selection.into())
    }

    /// Reads the cells of a selection, of a type that is known only at run time.
    pub fn read_dyn(&self, selection: impl Into<Selection>) -> ReadDyn {
        ReadDyn::of(ArrayFields::all(self.chunked()), selection.into())
    }

    /// Reads several selections and returns an array for each, in their order. A chunk, or an inner chunk
    /// of a shard, that several of them touch is fetched and decoded once.
    ///
    /// ```
    /// # use zarr::{blocking::Wait, DataType, Target, sel};
    /// # fn main() -> zarr::Result<()> {
    /// let a = zarr::create_array(Target::Memory, [100, 100], DataType::UInt8).fill_value(1).wait()?;
    /// let patches = (0..30).map(|at| sel![at..at + 8, at..at + 8]);
    /// let patches = a.read_many::<u8>(patches).wait()?;
    /// assert!(patches.iter().all(|patch| patch.sum() == 64));
    /// # Ok(())
    /// # }
    /// ```
    pub fn read_many<T: Element>(
        &self,
        selections: impl IntoIterator<Item: Into<Selection>>,
    ) -> ReadMany<T> {
        ReadMany {
            array: ArrayFields::all(self.chunked()),
            selections: selections.into_iter().map(Into::into).collect(),
            element: PhantomData,
        }
    }
}

/// A pending read: see [`Array::read`].
#[must_use = "nothing is read until this is awaited or waited for"]
#[derive(Debug)]
pub struct Read<T: Element, D = IxDyn> {
    array: ArrayFields,
    selection: Selection,
    used: Option<Used<T::Stored>>,
    cast: bool,
    dimension: PhantomData<fn() -> D>,
}

/// Memory to read into, whose elements are no longer needed: a vector, or an array of any shape.
#[derive(Debug)]
pub struct Used<T>(Vec<T>);

impl<T> From<Vec<T>> for Used<T> {
    fn from(memory: Vec<T>) -> Self {
        Self(memory)
    }
}

impl<T, D: Dimension> From<ndarray::Array<T, D>> for Used<T> {
    fn from(array: ndarray::Array<T, D>) -> Self {
        Self(array.into_raw_vec_and_offset().0)
    }
}

impl<T: Element> Read<T> {
    pub(crate) fn of(array: ArrayFields, selection: Selection) -> Self {
        let (used, cast, dimension) = (None, false, PhantomData);
        Self {
            array,
            selection,
            used,
            cast,
            dimension,
        }
    }
}

impl<T: Element, D: Dimension> Read<T, D> {
    /// Reads an array whose number of axes is part of its type. If the selection has another number of axes, that is
    /// an error before anything is read.
    ///
    /// ```
    /// # use zarr::{blocking::Wait, Target, ndarray::Ix1};
    /// # fn main() -> zarr::Result<()> {
    /// # let a = zarr::ones(Target::Memory, [4, 6]).wait()?;
    /// let column = a.read::<f64>((.., 0)).into_dim::<Ix1>().wait()?;
    /// assert_eq!(column.len(), 4);
    /// assert!(a.read::<f64>(..).into_dim::<Ix1>().wait().is_err());
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "into_dimensionality")]
    pub fn into_dim<E: Dimension>(self) -> Read<T, E> {
        Read {
            array: self.array,
            selection: self.selection,
            used: self.used,
            cast: self.cast,
            dimension: PhantomData,
        }
    }

    /// Casts numbers of another type to the one that is asked for, as NumPy's `astype` does: integers wrap around, floats
    /// lose their fraction where they become integers, floats out of range become infinite, and all but zero is true. A
    /// float that an integer type cannot hold (NaN, for example) is an error, and so are complex numbers that would
    /// become real.
    ///
    /// ```
    /// # use zarr::{blocking::Wait, Target};
    /// # fn main() -> zarr::Result<()> {
    /// let a = zarr::array(Target::Memory, [1.9, -1.9]).wait()?;
    /// assert!(a.read::<i8>(..).wait().is_err(), "nothing is cast unasked");
    /// assert_eq!(a.read::<i8>(..).cast().wait()?, ndarray::array![1, -1].into_dyn());
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "astype")]
    pub fn cast(self) -> Self {
        Self { cast: true, ..self }
    }

    /// Reads into memory that you no longer need and returns the array in it, if it is large enough. The
    /// old elements are lost, even if the read fails. Elements that are [cast](Self::cast) get memory of their own.
    ///
    /// ```
    /// # use zarr::{blocking::Wait, DataType, Target, sel};
    /// # fn main() -> zarr::Result<()> {
    /// let a = zarr::create_array(Target::Memory, [9, 100], DataType::Int16).fill_value(3).wait()?;
    /// let mut row = ndarray::ArrayD::zeros(vec![100]);
    /// let memory = row.as_ptr();
    /// for i in 0..9 {
    ///     row = a.read::<i16>(sel![i, ..]).reuse(row).wait()?;
    ///     assert_eq!((row.sum(), row.as_ptr()), (300, memory));
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn reuse(mut self, memory: impl Into<Used<T::Stored>>) -> Self {
        self.used = Some(memory.into());
        self
    }

    async fn run(self) -> Result<NdArray<T, D>> {
        let array = self.array.current().await?;
        let selection = array.resolve(&self.selection)?;
        array.check_rank::<D>(&selection)?;
        let elements = match self.used {
            _ if self.cast => array.read_cast(selection).await,
            Some(Used(memory)) => array.read_reusing(selection, memory).await,
            None => array.read_as(selection).await,
        };
        Ok(elements?.into_dimensionality()?)
    }
}
operation!(Read<T: Element, D: Dimension> => NdArray<T, D>);
field_setters!(Read<T: Element, D: Dimension>);

/// A pending read of one cell: see [`Array::read_scalar`].
#[must_use = "nothing is read until this is awaited or waited for"]
#[derive(Debug)]
pub struct ReadScalar<T> {
    array: ArrayFields,
    selection: Selection,
    element: PhantomData<fn() -> T>,
}

impl<T: Element> ReadScalar<T> {
    pub(crate) fn of(array: ArrayFields, selection: Selection) -> Self {
        let element = PhantomData;
        Self {
            array,
            selection,
            element,
        }
    }

    async fn run(self) -> Result<T> {
        let array = self.array.current().await?;
        let selection = array.resolve(&self.selection)?;
        array.read_scalar(selection).await
    }
}
operation!(ReadScalar<T: Element> => T);
field_setters!(ReadScalar<T: Element>);

/// A pending untyped read: see [`Array::read_dyn`].
#[must_use = "nothing is read until this is awaited or waited for"]
#[derive(Debug)]
pub struct ReadDyn {
    array: ArrayFields,
    selection: Selection,
}

impl ReadDyn {
    pub(crate) fn of(array: ArrayFields, selection: Selection) -> Self {
        Self { array, selection }
    }

    /// The data type of the elements that will be read.
    ///
    /// # Errors
    /// If the array has no such fields.
    pub fn dtype(&self) -> Result<DataType> {
        Ok(self.array.clone().into_array()?.data_type().clone())
    }

    async fn run(self) -> Result<DynData> {
        let array = self.array.current().await?;
        let selection = array.resolve(&self.selection)?;
        array.read_dyn(selection).await
    }
}
operation!(ReadDyn => DynData);
field_setters!(ReadDyn);

/// Several pending reads: see [`Array::read_many`].
#[must_use = "nothing is read until this is awaited or waited for"]
#[derive(Debug)]
pub struct ReadMany<T> {
    array: ArrayFields,
    selections: Vec<Selection>,
    element: PhantomData<fn() -> T>,
}

impl<T: Element> ReadMany<T> {
    async fn run(self) -> Result<Vec<ArrayD<T>>> {
        let array = self.array.current().await?;
        let selections = self.selections.iter();
        let selections = selections.map(|selection| array.resolve(selection));
        let selections = selections.collect::<Result<_>>()?;
        array.read_many(selections).await
    }
}
operation!(ReadMany<T: Element> => Vec<ArrayD<T>>);
field_setters!(ReadMany<T: Element>);
