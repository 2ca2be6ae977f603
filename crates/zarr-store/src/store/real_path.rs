//! `Site`: where a directory of values lies outside of its store. Two stores can be asked by it whether
//! what is in one is in the other too; how a site is spelled is each backend's affair.

use crate::{Identity, Prefix};

/// Where a directory lies, whichever store it is reached through: on a disk, in a bucket, in an archive on
/// one of these.
///
/// ```
/// use zarr_store::{BlockingStore, LocalStore, Prefix, Store};
/// # let dir = tempfile::tempdir()?;
/// let whole = LocalStore::new(dir.path()).into_store();
/// let part = LocalStore::new(dir.path().join("a/b")).into_store();
/// assert!(whole.site(&Prefix::new("a")?).contains(&part.site(&Prefix::root())));
/// assert!(!whole.site(&Prefix::new("c")?).contains(&part.site(&Prefix::root())));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Site {
    world: Identity,
    /// Its names there, each with a closing slash: several where links lead to it.
    names: Vec<String>,
}

impl Site {
    /// The directory called `name` of what `world` is: a store that lies in nothing else, a file system, a
    /// bucket.
    pub fn new(world: Identity, name: impl AsRef<str>) -> Self {
        let names = vec![closed(name.as_ref())];
        Site { world, names }
    }

    /// The same directory, which has this name too.
    #[must_use]
    pub fn also(mut self, name: impl AsRef<str>) -> Self {
        let name = closed(name.as_ref());
        if !self.names.contains(&name) {
            self.names.push(name);
        }
        self
    }

    /// The directory `prefix` of what lies at this site: an archive, whose file it is.
    #[must_use]
    pub fn join(mut self, prefix: &Prefix) -> Self {
        for name in &mut self.names {
            name.push_str(prefix.as_str());
        }
        self
    }

    /// Whether the other directory is this one, or lies in it.
    pub fn contains(&self, other: &Site) -> bool {
        let inside = |name: &String| other.names.iter().any(|other| other.starts_with(name));
        self.world == other.world && self.names.iter().any(inside)
    }
}

fn closed(name: &str) -> String {
    match name.is_empty() || name.ends_with('/') {
        true => name.to_owned(),
        false => [name, "/"].concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_contains_itself_and_what_lies_below() {
        let (disk, other) = (Identity::unique(), Identity::unique());
        let site = |name: &str| Site::new(disk, name);
        assert!(site("/a").contains(&site("/a/")));
        assert!(site("/a").contains(&site("/a/b")));
        assert!(site("/").contains(&site("/a/b")));
        assert!(site("").contains(&site("a/b")));
        assert!(!site("/a").contains(&site("/ab")));
        assert!(!site("/a/b").contains(&site("/a")));
        assert!(!site("/a").contains(&Site::new(other, "/a")));
        assert!(site("/a").contains(&site("/real").also("/a/link")));
    }
}
