//! One file per function, named after it.

mod array;
mod changes;
mod contains;
mod copy;
mod copy_store;
mod create;
mod create_array;
mod create_group;
mod create_hierarchy;
mod full;
mod group;
mod keys;
mod like;
mod load;
mod mode;
mod objects;
mod open;
mod open_consolidated;
mod require_array;
mod require_group;
mod save;
