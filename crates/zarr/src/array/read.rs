//! Reading: one selection, whatever the type, or several at once. Decides nothing but what is asked of
//! `zarr-core`.

use std::marker::PhantomData;

use ndarray::{ArrayD, Dimension};
use zarr_core::{DynData, Element, Result, Selection};
use zarr_metadata::DataType;

use crate::Array;
use crate::array::fields::{Picked, picking};
use crate::operation::operation;

impl Array {
    /// Reads the cells of a selection as an array of exactly the stored type.
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
    /// Of records, a field:
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
    /// To read into memory of your own, see [`read_into`](crate::blocking::read_into) and
    /// [`reuse`](Read::reuse).
    #[doc(alias = "getitem")]
    pub fn read<T: Element>(&self, selection: impl Into<Selection>) -> Read<T> {
        Read {
            picked: Picked::all(self.chunked()),
            selection: selection.into(),
            used: None,
        }
    }

    /// Reads the cells of a selection whatever their type.
    pub fn read_dyn(&self, selection: impl Into<Selection>) -> ReadDyn {
        ReadDyn {
            picked: Picked::all(self.chunked()),
            selection: selection.into(),
        }
    }

    /// Reads several selections, in their order. What several of them want of a chunk, or of an inner
    /// chunk of a shard, is fetched and decoded once.
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
            picked: Picked::all(self.chunked()),
            selections: selections.into_iter().map(Into::into).collect(),
            element: PhantomData,
        }
    }
}

/// A read to be awaited: see [`Array::read`].
#[must_use = "nothing is read until this is awaited or waited for"]
#[derive(Debug)]
pub struct Read<T: Element> {
    picked: Picked,
    selection: Selection,
    used: Option<Used<T::Stored>>,
}

/// Memory whose elements are not needed any more: a vector, or an array of any shape.
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
    /// Reads into memory that was used before, where it is large enough: the array that is returned
    /// is in it. What it held is gone, also where reading fails.
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

    async fn run(self) -> Result<ArrayD<T>> {
        let array = self.picked.current().await?;
        let selection = array.resolve(&self.selection)?;
        match self.used {
            Some(Used(memory)) => array.read_reusing(selection, memory).await,
            None => array.read_as(selection).await,
        }
    }
}
operation!(Read<T: Element> => ArrayD<T>);
picking!(Read<T: Element>);

/// An untyped read to be awaited: see [`Array::read_dyn`].
#[must_use = "nothing is read until this is awaited or waited for"]
#[derive(Debug)]
pub struct ReadDyn {
    picked: Picked,
    selection: Selection,
}

impl ReadDyn {
    /// The type of the elements that will be read.
    ///
    /// # Errors
    /// Where there are no such fields.
    pub fn dtype(&self) -> Result<DataType> {
        Ok(self.picked.clone().array()?.data_type().clone())
    }

    async fn run(self) -> Result<DynData> {
        let array = self.picked.current().await?;
        let selection = array.resolve(&self.selection)?;
        array.read_dyn(selection).await
    }
}
operation!(ReadDyn => DynData);
picking!(ReadDyn);

/// Several reads to be awaited together: see [`Array::read_many`].
#[must_use = "nothing is read until this is awaited or waited for"]
#[derive(Debug)]
pub struct ReadMany<T> {
    picked: Picked,
    selections: Vec<Selection>,
    element: PhantomData<fn() -> T>,
}

impl<T: Element> ReadMany<T> {
    async fn run(self) -> Result<Vec<ArrayD<T>>> {
        let array = self.picked.current().await?;
        let selections = self.selections.iter();
        let selections = selections.map(|selection| array.resolve(selection));
        let selections = selections.collect::<Result<_>>()?;
        array.read_many(selections).await
    }
}
operation!(ReadMany<T: Element> => Vec<ArrayD<T>>);
picking!(ReadMany<T: Element>);
