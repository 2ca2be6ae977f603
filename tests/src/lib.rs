//! What tests that need the whole library share. Holds the fuzz targets and the book, whose programs are tests; the other
//! tests are beside.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    missing_docs,
    reason = "a target that fails shall stop, and only tests use this crate"
)]

pub mod targets;

/// The programs of the README and the book.
#[cfg(doctest)]
mod book {
    #[doc = include_str!("../../README.md")]
    mod project {}
    #[doc = include_str!("../../docs/arrays-and-groups.md")]
    mod arrays_and_groups {}
    #[doc = include_str!("../../docs/codecs.md")]
    mod codecs {}
    #[doc = include_str!("../../docs/data-types.md")]
    mod data_types {}
    #[doc = include_str!("../../docs/errors.md")]
    mod errors {}
    #[doc = include_str!("../../docs/getting-started.md")]
    mod getting_started {}
    #[doc = include_str!("../../docs/larger-than-memory.md")]
    mod larger_than_memory {}
    #[doc = include_str!("../../docs/many-writers.md")]
    mod many_writers {}
    #[doc = include_str!("../../docs/selections.md")]
    mod selections {}
    #[doc = include_str!("../../docs/stores.md")]
    mod stores {}
    #[doc = include_str!("../../docs/tuning.md")]
    mod tuning {}
    #[doc = include_str!("../../docs/writing-a-codec.md")]
    mod writing_a_codec {}
    #[doc = include_str!("../../docs/writing-a-store.md")]
    mod writing_a_store {}
    #[doc = include_str!("../../docs/zarr-python.md")]
    mod zarr_python {}
    #[doc = include_str!("../../docs/zarrs.md")]
    mod zarrs {}
}
