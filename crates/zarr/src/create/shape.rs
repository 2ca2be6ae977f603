//! `Shape` and `DimensionName`, and the types that convert into them.

/// A shape: `[10, 20]`, a `Vec`, a slice, a single length, or `()` for a scalar.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shape(pub Vec<u64>);

impl<const N: usize> From<[u64; N]> for Shape {
    fn from(shape: [u64; N]) -> Self {
        Self(shape.to_vec())
    }
}

impl From<Vec<u64>> for Shape {
    fn from(shape: Vec<u64>) -> Self {
        Self(shape)
    }
}

impl From<&[u64]> for Shape {
    fn from(shape: &[u64]) -> Self {
        Self(shape.to_vec())
    }
}

/// The shape of an array in memory.
impl From<&[usize]> for Shape {
    fn from(shape: &[usize]) -> Self {
        Self(shape.iter().map(|&n| n as u64).collect())
    }
}

impl From<u64> for Shape {
    fn from(length: u64) -> Self {
        Self(vec![length])
    }
}

impl From<()> for Shape {
    fn from((): ()) -> Self {
        Self(vec![])
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
