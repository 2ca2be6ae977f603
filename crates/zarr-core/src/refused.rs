//! `Refused`: builders take arguments without failing, and fail when they run.

use std::fmt::Display;

use crate::{Error, Result};

/// The first argument of a builder that could not be taken, if there is one: the error of what it builds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refused(Option<(&'static str, String)>);

impl Refused {
    /// The argument, or `None` where it cannot be taken, which is kept.
    pub fn take<T, E: Display>(
        &mut self,
        name: &'static str,
        given: std::result::Result<T, E>,
    ) -> Option<T> {
        match given {
            Ok(argument) => Some(argument),
            Err(error) => {
                self.0.get_or_insert((name, error.to_string()));
                None
            }
        }
    }

    /// The error of the argument that could not be taken.
    ///
    /// # Errors
    /// If there is one.
    pub fn check(&self) -> Result<()> {
        match &self.0 {
            Some((name, why)) => Err(Error::argument(name, why)),
            None => Ok(()),
        }
    }
}
