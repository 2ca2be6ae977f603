//! `Profile`: what becomes of a document that breaks the format but is understood all the same.

/// How strictly documents are read.
///
/// Old and careless writers left documents that break the format but can mean one thing only. Either profile
/// reports every such thing; the profile decides whether as a warning or as an error.
///
#[doc = include_str!("tolerated.md")]
///
/// What the format itself still allows for reading but not for writing is a warning in both: the data type
/// `structured` with all that goes with it.
///
/// ```
/// use zarr_metadata::{NodeDocuments, Profile, Reader};
///
/// let found = NodeDocuments { zgroup: Some(b"{}"), ..NodeDocuments::default() };
/// let (_, warnings) = Reader::default().read(&found)?.unwrap();
/// assert_eq!(warnings.to_string(), "warning: .zgroup/zarr_format: missing; add \"zarr_format\": 2");
/// assert!(Reader::default().profile(Profile::Strict).read(&found).is_err());
/// # Ok::<(), zarr_metadata::MetadataError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Profile {
    /// It is read as it was meant, with a warning.
    #[default]
    Lenient,
    /// It is an error: only what the format allows is read.
    Strict,
}
