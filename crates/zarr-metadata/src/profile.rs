//! `Profile`: what becomes of a document that breaks the format but is understood all the same.

/// How strictly documents are read.
///
/// Old and careless writers left documents that break the format but can mean one thing only. Either profile
/// reports every such thing; the profile decides whether as a warning or as an error.
///
/// | what stands there | what it is read as |
/// |---|---|
/// | `NaN`, `Infinity`, `-Infinity` bare in the text | the strings of the same letters |
/// | v3: no `codecs`, or none that makes bytes of arrays (GDAL, zarrita.js) | `bytes` in its place, little-endian |
/// | v3: the codec `endian` | `bytes`, as it has been called since |
/// | v3: `raw_bytes`, `variable_length_bytes` (zarr-python) | `r*`, `bytes` |
/// | v3: the fields of a `struct` as lists, which only `structured` may have | objects |
/// | v3: `μs` as a unit of time | `us` |
/// | v3: `null` for no `dimension_names` or no `consolidated_metadata` | none |
/// | v3: a key encoding's `separator` beside its name | its setting |
/// | v3: consolidated metadata without `must_understand: false` | as with it |
/// | `5.0` as a fill value of integers | 5 |
/// | a fill value of numbers in quotes, `\"0\"` (n5-zarr, the IDR); of bools `\"0\"` or `\"1\"` | the number |
/// | chunks of length 0, `true` or `false`, of regular grids | 1, as zarr-python reads them |
/// | v3: lists of lengths in a `regular` grid, `[2, [5, 10, 5]]` (zarr-python) | `rectilinear` |
/// | v3: `4.0` or `true` as a length of a `rectilinear` grid (zarr-python) | 4 and 1 |
/// | v2: a dtype as numpy takes but never writes it: `f8`, `=f8`, `\|f8`, `<i1`, `<S3`, `float64` | `<f8`, `\|i1`, `\|S3` |
/// | v2: no `filters` or `compressor`, an empty list of filters | `null` |
/// | v2: no `zarr_format` in a `.zgroup` | 2 |
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
