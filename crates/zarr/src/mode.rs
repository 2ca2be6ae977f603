//! What opening does about a node that is there, or is not. Knows no store.

/// What opening does about a node that is there, or is not: the letters of zarr-python.
///
/// | | nothing there | the node there | the other kind there |
/// |---|---|---|---|
/// | `Read`, `ReadWrite` | not found | opened | wrong kind |
/// | `Append` | created | opened | wrong kind |
/// | `Write` | created | replaced | replaced |
/// | `CreateNew` | created | exists | exists |
///
/// An array is created from what `or_create` says, and without it not at all: then nothing is deleted
/// either. [`open`](crate::open) creates a group where it is not told of an array; with `Write` it
/// keeps the kind that is there, an array with its structure and without its data and attributes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mode {
    /// `r`: what is there, and nobody changes it through this handle.
    #[doc(alias = "r")]
    Read,
    /// `r+`: what is there.
    #[doc(alias = "r+")]
    ReadWrite,
    /// `a`: what is there, or something new.
    #[doc(alias = "a")]
    Append,
    /// `w`: something new; what is there is deleted with all below it.
    #[doc(alias = "w")]
    Write,
    /// `w-`: something new where there is nothing at all.
    #[doc(alias = "w-")]
    #[doc(alias = "x")]
    CreateNew,
}
