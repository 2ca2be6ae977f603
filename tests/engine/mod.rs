//! The engine against a model: any array, any codecs, any store, any order of reads and writes.

mod budget;
mod changing;
mod failures;
mod fields;
mod foreign;
mod indexes;
mod into;
mod kept;
mod many;
mod model;
mod pieces;
mod rectilinear;
mod stream;
mod touched;
