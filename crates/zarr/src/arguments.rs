//! Arguments that many builders have, in the ways that people spell them.

pub(crate) mod format;
