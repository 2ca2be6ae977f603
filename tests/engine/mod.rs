//! The engine against a model: any array, any codecs, any store, any order of reads and writes.

mod budget;
mod changing;
mod failures;
mod indexes;
mod model;
mod pieces;
mod rectilinear;
mod stream;
mod touched;
