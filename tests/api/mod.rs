//! One file per function, named after it.

mod array;
mod changes;
mod config;
mod contains;
mod copy;
mod copy_store;
mod create;
mod create_array;
mod create_group;
mod create_hierarchy;
mod from_array;
mod full;
mod group;
mod keys;
mod like;
mod load;
mod mode;
mod objects;
mod open;
mod open_consolidated;
mod rename;
mod require_array;
mod require_group;
mod save;
mod store_options;
mod tree;
