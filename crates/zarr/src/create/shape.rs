//! `DimensionName`, and the types that convert into it; and the chunks of an array as those of another.

use zarr_core::{ArrayOptions, Chunks};

use crate::Array;

/// The chunks of an array, also on a rectilinear grid: the inner chunks, if it is sharded.
///
/// ```
/// # use zarr::{blocking::Wait, Target};
/// # fn main() -> zarr::Result<()> {
/// let a = zarr::zeros(Target::Memory, [40, 60]).chunks([20, 30]).wait()?;
/// let b = zarr::ones(Target::Memory, (80, 80)).chunks(&a).wait()?;
/// assert_eq!(b.chunks(), Some(vec![20, 30]));
/// # Ok(())
/// # }
/// ```
impl From<&Array> for Chunks {
    fn from(array: &Array) -> Self {
        ArrayOptions::like(array.metadata()).chunks
    }
}

/// The name of an axis, or none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DimensionName(pub Option<String>);

impl From<&str> for DimensionName {
    fn from(name: &str) -> Self {
        Self(Some(name.to_owned()))
    }
}

impl From<String> for DimensionName {
    fn from(name: String) -> Self {
        Self(Some(name))
    }
}

impl From<Option<&str>> for DimensionName {
    fn from(name: Option<&str>) -> Self {
        Self(name.map(str::to_owned))
    }
}

impl From<Option<String>> for DimensionName {
    fn from(name: Option<String>) -> Self {
        Self(name)
    }
}

impl From<&&str> for DimensionName {
    fn from(name: &&str) -> Self {
        (*name).into()
    }
}

/// The names of another array: `.dimension_names(names)` with what `a.dimension_names()` has.
impl From<&Option<String>> for DimensionName {
    fn from(name: &Option<String>) -> Self {
        Self(name.clone())
    }
}

impl From<&String> for DimensionName {
    fn from(name: &String) -> Self {
        Self(Some(name.clone()))
    }
}
