//! Hierarchies: their nodes, directories, documents, and how much they store.

pub(crate) mod directories;
pub(crate) mod document_names;
pub(crate) mod invalid_names;
pub(crate) mod node_list;
pub(crate) mod stored_sizes;
