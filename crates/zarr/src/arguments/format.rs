//! `FormatArgument`: the format that was asked for, as `zarr_format` or by its old name `zarr_version`.

use std::fmt::Display;

use zarr_core::{Error, Refused, Result};
use zarr_metadata::ZarrFormat;

/// The format that was asked for, by either name.
#[derive(Clone, Debug, Default)]
pub(crate) struct FormatArgument {
    zarr_format: Option<ZarrFormat>,
    zarr_version: Option<ZarrFormat>,
    refused: Refused,
}

impl FormatArgument {
    pub(crate) fn set_format(&mut self, format: impl TryInto<ZarrFormat, Error: Display>) {
        self.zarr_format = self.refused.take("zarr_format", format.try_into());
    }

    pub(crate) fn set_version(&mut self, version: impl TryInto<ZarrFormat, Error: Display>) {
        self.zarr_version = self.refused.take("zarr_version", version.try_into());
    }

    /// The format by either name, unchecked.
    pub(crate) fn given(&self) -> Option<ZarrFormat> {
        self.zarr_format.or(self.zarr_version)
    }

    /// The format, if one was asked for.
    ///
    /// # Errors
    /// If it is none, or both names were given and differ.
    pub(crate) fn get(&self) -> Result<Option<ZarrFormat>> {
        self.refused.check()?;
        match (self.zarr_format, self.zarr_version) {
            (Some(format), Some(version)) if format != version => {
                let text = format!(
                    "it is {version}, but `zarr_format` is {format}: both name the format, so leave `zarr_version` out"
                );
                Err(Error::conflicting("zarr_version", text))
            }
            (format, version) => Ok(format.or(version)),
        }
    }
}

/// The setters of a builder that has a `FormatArgument`. The documentation is that of `zarr_format`.
macro_rules! format_setters {
    ($(#[$doc:meta])* $builder:ident, $($field:ident).+) => {
        impl $builder {
            $(#[$doc])*
            ///
            /// A [`ZarrFormat`](crate::ZarrFormat), 2 or 3.
            pub fn zarr_format(
                mut self,
                format: impl TryInto<crate::ZarrFormat, Error: std::fmt::Display>,
            ) -> Self {
                self.$($field).+.set_format(format);
                self
            }

            /// The old name of [`zarr_format`](Self::zarr_format). Different values for both are an error.
            pub fn zarr_version(
                mut self,
                format: impl TryInto<crate::ZarrFormat, Error: std::fmt::Display>,
            ) -> Self {
                self.$($field).+.set_version(format);
                self
            }
        }
    };
}
pub(crate) use format_setters;
