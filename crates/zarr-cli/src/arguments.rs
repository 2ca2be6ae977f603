//! Arguments that several commands share: selections, data types, formats, shapes, sizes, raw files, and the options of a new array.

pub(crate) mod byte_size;
pub(crate) mod data_type;
pub(crate) mod description;
pub(crate) mod format;
pub(crate) mod nearest;
pub(crate) mod new_array;
pub(crate) mod raw;
pub(crate) mod selection;
pub(crate) mod shape;
pub(crate) mod store_options;
