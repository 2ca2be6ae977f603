//! `FormatArgument`: the format that was asked for, as `zarr_format` or by its old name `zarr_version`.

use zarr_core::{Error, Result};
use zarr_metadata::ZarrFormat;

/// The format that was asked for, by either name.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct FormatArgument {
    pub(crate) zarr_format: Option<ZarrFormat>,
    pub(crate) zarr_version: Option<ZarrFormat>,
}

impl FormatArgument {
    /// The format, if one was asked for.
    ///
    /// # Errors
    /// If both names were given and differ.
    pub(crate) fn get(self) -> Result<Option<ZarrFormat>> {
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

/// The setter `zarr_version` of a builder that has a `FormatArgument`.
macro_rules! zarr_version {
    ($builder:ident, $($field:ident).+) => {
        impl $builder {
            /// The old name of [`zarr_format`](Self::zarr_format). Different values for both are an error.
            pub fn zarr_version(mut self, format: crate::ZarrFormat) -> Self {
                self.$($field).+.zarr_version = Some(format);
                self
            }
        }
    };
}
pub(crate) use zarr_version;
