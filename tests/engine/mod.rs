//! The engine against a model: any array, any codecs, any store, any order of reads and writes.

mod append_to_shards;
mod appended;
mod budget;
mod changing;
mod failures;
mod fields;
mod foreign;
mod grown;
mod hostile_copies;
mod indexes;
mod into;
mod kept;
mod large;
mod many;
mod model;
mod oversized;
mod pieces;
mod presence;
mod rectilinear;
mod slow_device;
mod sparse;
mod stream;
mod touched;
mod writer;
