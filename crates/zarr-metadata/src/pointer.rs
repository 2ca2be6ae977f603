//! The place of a value in a JSON document.

use std::fmt;

/// A JSON pointer (RFC 6901): the place of a value inside a document, `""` being the document
/// itself.
///
/// ```
/// use zarr_metadata::JsonPointer;
/// let place = JsonPointer::root().key("codecs").index(1).key("a/b");
/// assert_eq!(place.as_str(), "/codecs/1/a~1b");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct JsonPointer(String);

impl JsonPointer {
    /// The whole document.
    #[must_use]
    pub fn root() -> Self {
        Self::default()
    }

    /// The member `key` of the object at this place.
    #[must_use]
    pub fn key(mut self, key: &str) -> Self {
        self.0.push('/');
        for c in key.chars() {
            match c {
                '~' => self.0.push_str("~0"),
                '/' => self.0.push_str("~1"),
                c => self.0.push(c),
            }
        }
        self
    }

    /// As [`key`](Self::key), for untrusted keys.
    pub(crate) fn key_cut_short(self, key: &str) -> Self {
        self.key(brief_key(key))
    }

    /// The element `index` of the array at this place.
    #[must_use]
    pub fn index(mut self, index: usize) -> Self {
        self.0.push('/');
        self.0.push_str(&index.to_string());
        self
    }

    /// The place that `inner`, the text of a pointer, names inside this one.
    pub(crate) fn followed_by(mut self, inner: &str) -> Self {
        self.0.push_str(inner);
        self
    }

    /// The pointer's text, `""` for the document itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for JsonPointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A place in a document while it is read: a chain of borrowed steps on the stack. It becomes text only when
/// there is something to report, so that reading a correct document allocates no pointers.
#[derive(Clone, Copy)]
pub(crate) struct JsonPlace<'a> {
    parent: Option<&'a JsonPlace<'a>>,
    step: PlaceStep<'a>,
}

#[derive(Clone, Copy)]
enum PlaceStep<'a> {
    Root,
    Key(&'a str),
    Index(usize),
}

impl<'a> JsonPlace<'a> {
    pub(crate) const ROOT: JsonPlace<'static> = JsonPlace {
        parent: None,
        step: PlaceStep::Root,
    };

    pub(crate) fn key(&'a self, key: &'a str) -> JsonPlace<'a> {
        JsonPlace {
            parent: Some(self),
            step: PlaceStep::Key(key),
        }
    }

    pub(crate) fn index(&'a self, index: usize) -> JsonPlace<'a> {
        JsonPlace {
            parent: Some(self),
            step: PlaceStep::Index(index),
        }
    }

    pub(crate) fn pointer(&self) -> JsonPointer {
        // Readers go a handful of steps deep, so the code bounds the recursion.
        let above = self
            .parent
            .map_or_else(JsonPointer::root, JsonPlace::pointer);
        match self.step {
            PlaceStep::Root => above,
            PlaceStep::Key(key) => above.key_cut_short(key),
            PlaceStep::Index(index) => above.index(index),
        }
    }
}

/// A key as long as a document does not help in a message; its beginning is enough to find the place.
fn brief_key(key: &str) -> &str {
    match key.char_indices().nth(100) {
        Some((end, _)) => key.get(..end).unwrap_or(key),
        None => key,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_of_steps_becomes_one_pointer() {
        let root = JsonPlace::ROOT;
        let codecs = root.key("codecs");
        let second = codecs.index(2);
        let name = second.key("na~me");
        assert_eq!(root.pointer().as_str(), "");
        assert_eq!(name.pointer().as_str(), "/codecs/2/na~0me");
    }
}
