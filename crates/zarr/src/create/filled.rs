//! Creates arrays filled with one value, and arrays like others. No chunk is written: the value is the fill
//! value.

use zarr_core::{ArrayOptions, Fill};

use crate::{Array, CreateArray, Group, Shape, Target, create};

/// Something whose structure a new array can take over, without its data.
pub trait Like {
    /// The structure. An [`Array`] has format, shape, data type, chunks, shards, codecs, chunk key encoding,
    /// dimension names and fill value; an array in memory has shape and data type.
    fn structure(&self) -> ArrayOptions;
}

impl Like for Array {
    fn structure(&self) -> ArrayOptions {
        ArrayOptions::like(self.metadata())
    }
}

impl<S, D> Like for ndarray::ArrayBase<S, D>
where
    S: ndarray::Data,
    S::Elem: crate::Element,
    D: ndarray::Dimension,
{
    fn structure(&self) -> ArrayOptions {
        ArrayOptions::new(self.shape(), <S::Elem as crate::Element>::data_type())
    }
}

impl Like for crate::DynData {
    fn structure(&self) -> ArrayOptions {
        ArrayOptions::new(&self.shape, &self.dtype)
    }
}

/// Creates an array of unspecified elements, which read as the default value of the data type. The type is
/// `float64` unless you set `.dtype(..)`.
///
/// ```
/// # use zarr::{blocking::Wait, Target};
/// # fn main() -> zarr::Result<()> {
/// let a = zarr::empty(Target::Memory, [2, 3]).wait()?;
/// assert_eq!(a.read::<f64>(..).wait()?.sum(), 0.0);
/// # Ok(())
/// # }
/// ```
pub fn empty(store: impl Into<Target>, shape: impl Into<Shape>) -> CreateArray {
    create(store, shape)
}

/// Creates an array of zeros, which for strings are empty strings. The type is `float64` unless you set
/// `.dtype(..)`.
///
/// ```
/// # use zarr::{blocking::Wait, DataType, Target};
/// # fn main() -> zarr::Result<()> {
/// let a = zarr::zeros(Target::Memory, [2, 3]).dtype(DataType::String).wait()?;
/// assert_eq!(a.read::<String>(..).wait()?[[1, 2]], "");
/// # Ok(())
/// # }
/// ```
pub fn zeros(store: impl Into<Target>, shape: impl Into<Shape>) -> CreateArray {
    full(store, shape, Fill::Zero)
}

/// Creates an array of ones, which for bools are `true`. The type is `float64` unless you set `.dtype(..)`.
///
/// ```
/// # use zarr::{blocking::Wait, DataType, Target};
/// # fn main() -> zarr::Result<()> {
/// let a = zarr::ones(Target::Memory, [2, 3]).dtype(DataType::UInt8).wait()?;
/// assert_eq!(a.read::<u8>(..).wait()?.sum(), 6);
/// // Strings have no one.
/// assert!(zarr::ones(Target::Memory, [2]).dtype(DataType::String).wait().is_err());
/// # Ok(())
/// # }
/// ```
pub fn ones(store: impl Into<Target>, shape: impl Into<Shape>) -> CreateArray {
    full(store, shape, Fill::One)
}

/// Creates an array filled with a value. The type is `float64` unless you set `.dtype(..)`.
///
/// ```
/// # use zarr::{blocking::Wait, Target};
/// # fn main() -> zarr::Result<()> {
/// let a = zarr::full(Target::Memory, [2, 3], 0.5).wait()?;
/// assert_eq!(a.read::<f64>(..).wait()?.sum(), 3.0);
/// # Ok(())
/// # }
/// ```
pub fn full(
    store: impl Into<Target>,
    shape: impl Into<Shape>,
    fill_value: impl Into<Fill>,
) -> CreateArray {
    create(store, shape).fill_value(fill_value)
}

/// Creates an array with the structure of another, fill value included; the builder's methods change parts
/// of it. Attributes and data are not taken over.
///
/// ```
/// # use zarr::{blocking::Wait, Target};
/// # fn main() -> zarr::Result<()> {
/// let a = zarr::full(Target::Memory, [40, 60], 7).chunks([20, 20]).wait()?;
/// let b = zarr::empty_like(Target::Memory, &a).wait()?;
/// assert_eq!(b.metadata(), a.metadata());
/// let c = zarr::empty_like(Target::Memory, &ndarray::Array2::<i16>::zeros((4, 6))).wait()?;
/// assert_eq!(c.shape(), [4, 6]);
/// # Ok(())
/// # }
/// ```
pub fn empty_like(store: impl Into<Target>, like: &impl Like) -> CreateArray {
    CreateArray::new(store, like.structure())
}

/// Creates an array of zeros with the structure of another: see [`empty_like`].
pub fn zeros_like(store: impl Into<Target>, like: &impl Like) -> CreateArray {
    full_like(store, like, Fill::Zero)
}

/// Creates an array of ones with the structure of another: see [`empty_like`].
pub fn ones_like(store: impl Into<Target>, like: &impl Like) -> CreateArray {
    full_like(store, like, Fill::One)
}

/// Creates an array filled with a value, with the structure of another: see [`empty_like`].
pub fn full_like(
    store: impl Into<Target>,
    like: &impl Like,
    fill_value: impl Into<Fill>,
) -> CreateArray {
    empty_like(store, like).fill_value(fill_value)
}

impl Group {
    /// Puts a new array below this group, with its context.
    fn place(&self, name: impl AsRef<str>, create: CreateArray) -> CreateArray {
        create.name(name).context(self.context())
    }

    /// Creates an array below this group, in its format: see [`empty`].
    pub fn empty(&self, name: impl AsRef<str>, shape: impl Into<Shape>) -> CreateArray {
        let create = self.place(name, empty(self, shape));
        create.default_format(self.zarr_format())
    }

    /// Creates an array of zeros below this group, in its format: see [`zeros`].
    pub fn zeros(&self, name: impl AsRef<str>, shape: impl Into<Shape>) -> CreateArray {
        self.empty(name, shape).fill_value(Fill::Zero)
    }

    /// Creates an array of ones below this group, in its format: see [`ones`].
    pub fn ones(&self, name: impl AsRef<str>, shape: impl Into<Shape>) -> CreateArray {
        self.empty(name, shape).fill_value(Fill::One)
    }

    /// Creates an array filled with a value below this group, in its format: see [`full`].
    pub fn full(
        &self,
        name: impl AsRef<str>,
        shape: impl Into<Shape>,
        fill_value: impl Into<Fill>,
    ) -> CreateArray {
        self.empty(name, shape).fill_value(fill_value)
    }

    /// Creates an array below this group, with the structure of another: see [`empty_like`].
    pub fn empty_like(&self, name: impl AsRef<str>, like: &impl Like) -> CreateArray {
        // The group's members are looked up in its own format only.
        let create = self.place(name, empty_like(self, like));
        create.zarr_format(self.zarr_format())
    }

    /// Creates an array of zeros below this group, with the structure of another.
    pub fn zeros_like(&self, name: impl AsRef<str>, like: &impl Like) -> CreateArray {
        self.empty_like(name, like).fill_value(Fill::Zero)
    }

    /// Creates an array of ones below this group, with the structure of another.
    pub fn ones_like(&self, name: impl AsRef<str>, like: &impl Like) -> CreateArray {
        self.empty_like(name, like).fill_value(Fill::One)
    }

    /// Creates an array filled with a value below this group, with the structure of another.
    pub fn full_like(
        &self,
        name: impl AsRef<str>,
        like: &impl Like,
        fill_value: impl Into<Fill>,
    ) -> CreateArray {
        self.empty_like(name, like).fill_value(fill_value)
    }
}
