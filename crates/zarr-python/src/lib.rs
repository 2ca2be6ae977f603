//! The Python package `zarr_rs`: classes and functions around those of the crate `zarr`. Nothing is computed here; what
//! callers give and get is converted.

// PyO3's attributes write the calls from Python into Rust, which are unsafe. No file of this crate does.
#![allow(unsafe_code)]

mod array;
mod asynchronous;
mod attributes;
mod config;
mod create;
mod document;
mod dtype;
mod elements;
mod errors;
mod group;
mod handle;
mod hierarchy;
mod indexer;
mod info;
mod json;
mod lengths;
mod memory;
mod open;
mod operation;
mod options;
mod pickle;
mod place;
mod read;
mod runtime;
mod selection;
mod structure;
mod values;

use pyo3::prelude::*;

/// What `zarr_rs` is made of.
#[pymodule]
mod _zarr_rs {
    #[pymodule_export]
    use crate::array::Array;
    #[pymodule_export]
    use crate::create::{array, create_array, create_group, empty, full, ones, save, zeros};
    #[pymodule_export]
    use crate::document::_array_of_document;
    #[pymodule_export]
    use crate::group::Group;
    #[pymodule_export]
    use crate::hierarchy::create_hierarchy;
    #[pymodule_export]
    use crate::indexer::Indexer;
    #[pymodule_export]
    use crate::info::Info;
    #[pymodule_export]
    use crate::memory::MemoryStore;
    #[pymodule_export]
    use crate::open::{
        consolidate_metadata, load, open, open_array, open_consolidated, open_group,
    };
    #[pymodule_export]
    use crate::operation::{Operation, Task};
    #[pymodule_export]
    use crate::values::Values;
}
