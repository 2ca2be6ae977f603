//! Events for what is passed over, for programs that subscribe to them: with the feature `tracing`.

use crate::CodecError;

/// A checksum that does not match, which the caller wants to ignore.
#[cfg(feature = "tracing")]
pub(crate) fn ignored(error: &CodecError) {
    tracing::warn!(target: "zarr_codecs", %error, "damaged data is read, as asked");
}

#[cfg(not(feature = "tracing"))]
pub(crate) fn ignored(_: &CodecError) {}

/// An unknown codec that readers may leave out.
#[cfg(feature = "tracing")]
pub(crate) fn left_out(codec: &str) {
    tracing::warn!(
        target: "zarr_codecs",
        codec,
        "an unknown codec is left out, as its document allows; the array cannot be written"
    );
}

#[cfg(not(feature = "tracing"))]
pub(crate) fn left_out(_: &str) {}
