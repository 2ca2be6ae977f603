//! `Prefix`: the checked name of a directory of values. A prefix always means a directory, in every store: `a` never
//! reaches `ab/x`.

use std::sync::Arc;

use crate::{
    Key, Result,
    key::{check, impl_text, invalid},
};

/// A directory of values: the root (the empty text), or parts that each end in `/`, such as `temp/c/`.
///
/// ```
/// use zarr_store::Prefix;
/// let temp = Prefix::new("temp")?;
/// assert_eq!(temp.as_str(), "temp/");
/// assert_eq!(temp.key("c/3/0")?.as_str(), "temp/c/3/0");
/// assert_eq!(Prefix::root().key("zarr.json")?.as_str(), "zarr.json");
/// # Ok::<(), zarr_store::StoreError>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Prefix(Arc<str>);

impl Prefix {
    /// The directory that holds everything.
    pub fn root() -> Prefix {
        Prefix(Arc::from(""))
    }

    /// The prefix spelled by `text`, with or without its closing slash; the empty text is the root.
    ///
    /// # Errors
    /// [`InvalidKey`](crate::StoreErrorKind::InvalidKey) says which rule `text` breaks.
    pub fn new(text: impl AsRef<str>) -> Result<Prefix> {
        let text = text.as_ref();
        if text.is_empty() {
            return Ok(Prefix::root());
        }
        let bare = text.strip_suffix('/').unwrap_or(text);
        check(bare).map_err(|problem| invalid(text, problem))?;
        Ok(Prefix(Arc::from([bare, "/"].concat())))
    }

    /// The key `rest` below this prefix.
    ///
    /// # Errors
    /// [`InvalidKey`](crate::StoreErrorKind::InvalidKey) says which rule the key would break.
    pub fn key(&self, rest: impl AsRef<str>) -> Result<Key> {
        let rest = rest.as_ref();
        if self.is_root() {
            return Key::new(rest);
        }
        Key::new([&self.0, rest].concat())
    }

    /// The prefix `rest` below this one.
    ///
    /// # Errors
    /// [`InvalidKey`](crate::StoreErrorKind::InvalidKey) says which rule the prefix would break.
    pub fn join(&self, rest: impl AsRef<str>) -> Result<Prefix> {
        Prefix::new([&self.0, rest.as_ref()].concat())
    }

    /// The prefix as text: empty, or ending in `/`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is the directory that holds everything.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// The last part, without its slash; empty for the root.
    pub fn name(&self) -> &str {
        self.bare().rsplit('/').next().unwrap_or_default()
    }

    /// What this prefix lies in; the root has no parent.
    pub fn parent(&self) -> Option<Prefix> {
        if self.is_root() {
            return None;
        }
        let bare = self.bare();
        let end = bare.rfind('/').map_or(0, |slash| slash + 1);
        Some(Prefix::trusted(&bare[..end]))
    }

    /// Whether `key` lies below.
    pub fn contains(&self, key: &Key) -> bool {
        key.as_str().starts_with(&*self.0)
    }

    /// The prefix as seen from inside `outer`, if it lies there.
    pub fn strip(&self, outer: &Prefix) -> Option<Prefix> {
        Prefix::new(self.0.strip_prefix(&*outer.0)?).ok()
    }

    /// The text without its closing slash.
    pub(crate) fn bare(&self) -> &str {
        self.0.strip_suffix('/').unwrap_or(&self.0)
    }

    /// For text that consists of checked parts, each with its slash.
    pub(crate) fn trusted(text: &str) -> Prefix {
        debug_assert!(Prefix::new(text).is_ok_and(|p| &*p.0 == text), "{text:?}");
        Prefix(Arc::from(text))
    }
}

impl_text!(Prefix);

impl Key {
    /// The directory of the key: all but its last part.
    pub fn parent(&self) -> Prefix {
        match self.as_str().rfind('/') {
            Some(slash) => Prefix::trusted(&self.as_str()[..=slash]),
            None => Prefix::root(),
        }
    }

    /// The key as seen from inside `prefix`, if it lies there.
    pub fn strip(&self, prefix: &Prefix) -> Option<Key> {
        // Checked again: what follows a prefix may look like a drive letter.
        Key::new(self.as_str().strip_prefix(prefix.as_str())?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_is_a_directory() {
        let a = Prefix::new("a").unwrap();
        assert_eq!(a, Prefix::new("a/").unwrap());
        assert!(a.contains(&Key::new("a/x").unwrap()));
        assert!(!a.contains(&Key::new("ab/x").unwrap()));
        assert!(Prefix::root().contains(&Key::new("x").unwrap()));
    }

    #[test]
    fn refuses_what_a_key_refuses() {
        for text in ["/", "a//", "..", "../", "a/../b", "/a"] {
            assert!(Prefix::new(text).is_err(), "{text:?}");
            assert!(Prefix::root().join(text).is_err(), "{text:?}");
        }
        assert!(Prefix::new("a").unwrap().key("../b").is_err());
        assert!(Prefix::new("a").unwrap().key("").is_err());
        assert!(Prefix::new("a").unwrap().key("/b").is_err());
    }

    #[test]
    fn parts() {
        let ab = Prefix::new("a").unwrap().join("b").unwrap();
        assert_eq!((ab.as_str(), ab.name()), ("a/b/", "b"));
        assert_eq!(ab.parent().unwrap().as_str(), "a/");
        assert_eq!(ab.parent().unwrap().parent(), Some(Prefix::root()));
        assert_eq!(Prefix::root().parent(), None);
        assert_eq!(ab.strip(&Prefix::new("a").unwrap()).unwrap().as_str(), "b/");
    }

    #[test]
    fn parts_of_a_key() {
        let key = Key::new("a/b/c").unwrap();
        assert_eq!((key.name(), key.parent().as_str()), ("c", "a/b/"));
        assert_eq!(Key::new("c").unwrap().parent(), Prefix::root());
        assert_eq!(
            key.strip(&Prefix::new("a").unwrap()).unwrap().as_str(),
            "b/c"
        );
        assert_eq!(key.strip(&Prefix::new("a/bb").unwrap()), None);
    }
}
