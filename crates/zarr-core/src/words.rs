//! Arguments that are one of a few words: whatever is parsed from text also converts from it, as builders take it.

/// Conversions from texts, for a type that implements `FromStr`.
macro_rules! converts_from_text {
    ($word:ty: $($text:ty),*) => {$(
        impl TryFrom<$text> for $word {
            type Error = zarr_metadata::WordError;

            fn try_from(name: $text) -> std::result::Result<Self, zarr_metadata::WordError> {
                name.parse()
            }
        }
    )*};
}
pub(crate) use converts_from_text;
