//! The commands: a file for each, under its name. What several of them need is in the rooms beside this one.

pub(crate) mod append;
pub(crate) mod attrs;
pub(crate) mod chunks;
pub(crate) mod completions;
pub(crate) mod conformance;
pub(crate) mod consolidate;
pub(crate) mod copy;
pub(crate) mod create;
pub(crate) mod diff;
pub(crate) mod doctor;
pub(crate) mod info;
pub(crate) mod ls;
pub(crate) mod migrate;
pub(crate) mod read;
pub(crate) mod resize;
pub(crate) mod serve;
pub(crate) mod stats;
pub(crate) mod tree;
pub(crate) mod validate;
pub(crate) mod view;
pub(crate) mod write;
