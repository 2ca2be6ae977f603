//! One file per function, named after it.

mod changes;
mod create_array;
mod create_group;
mod objects;
mod open;
