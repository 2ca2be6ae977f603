//! What commands write: text, colours and progress on a terminal, and files.

pub(crate) mod atomic_file;
pub(crate) mod colors;
pub(crate) mod progress;
pub(crate) mod terminal;
pub(crate) mod text;
