//! Array memory: strided views and the loops over them, numbers, records, and elements of variable length.

#[allow(unsafe_code)]
pub mod buffer;
pub(crate) mod dims;
pub(crate) mod f16;
pub(crate) mod fields;
pub(crate) mod heap;
pub(crate) mod kernels;
mod loop_nest;
pub(crate) mod number;
pub(crate) mod number_type;
pub(crate) mod stored_number;
pub(crate) mod strided_layout;
#[allow(unsafe_code)]
pub(crate) mod view;
