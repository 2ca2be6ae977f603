//! `Choice`: an argument that is a value of an enum, or the name that zarr-python gives it.

use std::str::FromStr;

use zarr_core::copy::IfExists;
use zarr_core::hierarchy::Mode;
use zarr_core::{Error, Result};

/// A value of an enum, or its name in zarr-python, as in `.mode(Mode::Read)` and `.mode("r")`.
///
/// A name is looked up when the operation runs; a wrong one is an error that lists the right ones.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Choice<T> {
    /// The value.
    Value(T),
    /// Its name.
    Name(String),
}

impl<T: FromStr<Err = Error>> Choice<T> {
    /// The value that is meant.
    pub(crate) fn value(self) -> Result<T> {
        match self {
            Self::Value(value) => Ok(value),
            Self::Name(name) => name.parse(),
        }
    }
}

impl<T> From<&str> for Choice<T> {
    fn from(name: &str) -> Self {
        Self::Name(name.to_owned())
    }
}

impl<T> From<String> for Choice<T> {
    fn from(name: String) -> Self {
        Self::Name(name)
    }
}

impl From<Mode> for Choice<Mode> {
    fn from(mode: Mode) -> Self {
        Self::Value(mode)
    }
}

impl From<IfExists> for Choice<IfExists> {
    fn from(what: IfExists) -> Self {
        Self::Value(what)
    }
}
