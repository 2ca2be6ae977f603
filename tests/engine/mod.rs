//! The engine against a model: any array, any codecs, any store, any order of reads and writes.

mod changing;
mod failures;
mod model;
mod pieces;
mod touched;
