//! Consolidated metadata: copies of the documents below a group, as both formats have them. A document is
//! parsed when it is asked for. Whether a copy is up to date only a store can tell.

mod convert;
mod nodes;
pub(crate) mod v2;
pub(crate) mod v3;
pub(crate) mod validate;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;
use serde_json::value::RawValue;

use crate::reader::Reader;
use crate::scan::{exact, has_marks};

/// The depth of a node, its path with the case folded, and its path.
type NodeOrder<'p> = (usize, String, &'p str);

/// The position at which zarr-python writes a node: those nearer to the group come first, in the order of their paths
/// regardless of case. It folds the case by all of Unicode's rules, this only where letters have an upper case; the
/// order carries no meaning.
fn node_order(path: &str) -> NodeOrder<'_> {
    let depth = match path {
        "" => 0,
        path => path.split('/').count(),
    };
    (depth, path.to_uppercase().to_lowercase(), path)
}

/// The texts of documents, by their keys in v2 and by the paths of their nodes in v3.
#[derive(Clone, Debug, Default)]
struct RawDocuments {
    /// Shared, since these are most of a group's metadata, which handles and writers clone.
    texts: Arc<BTreeMap<String, Box<RawValue>>>,
    /// How the documents are read.
    reader: Reader,
}

impl RawDocuments {
    fn keys(&self) -> impl Iterator<Item = &str> {
        self.texts.keys().map(String::as_str)
    }

    fn insert(&mut self, key: String, text: Box<RawValue>) {
        Arc::make_mut(&mut self.texts).insert(key, text);
    }

    /// Whether there was such a document. Without one, documents that are shared stay so.
    fn remove(&mut self, key: &str) -> bool {
        self.texts.contains_key(key) && Arc::make_mut(&mut self.texts).remove(key).is_some()
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.texts.get(key).map(|raw| raw.get())
    }

    fn iter(&self) -> impl Iterator<Item = (&str, &RawValue)> {
        let texts = self.texts.iter();
        texts.map(|(key, raw)| (key.as_str(), raw.as_ref()))
    }
}

/// The same documents, however they are indented.
impl PartialEq for RawDocuments {
    fn eq(&self, other: &Self) -> bool {
        let mut pairs = self.iter().zip(other.iter());
        self.texts.len() == other.texts.len()
            && pairs.all(|(one, other)| one.0 == other.0 && same_text(one.1, other.1))
    }
}

fn same_text(one: &RawValue, other: &RawValue) -> bool {
    let value = |raw: &RawValue| serde_json::from_str::<Value>(raw.get()).ok();
    let numbers = |raw: &RawValue| match has_marks(raw.get()) {
        true => exact(raw.get()),
        false => None,
    };
    one.get() == other.get()
        || numbers(one) == numbers(other) && value(one).is_some_and(|one| Some(one) == value(other))
}
