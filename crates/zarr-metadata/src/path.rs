//! `NodePath`: the place of a node in its hierarchy, in one spelling only.

use std::fmt;
use std::str::FromStr;

use crate::documents;

/// The normalised path of a node: `""` is the root.
///
/// Backslashes count as slashes, slashes around it are dropped and runs of them collapsed, so that
/// equal paths are equal texts.
///
/// ```
/// use zarr_metadata::NodePath;
///
/// let path: NodePath = "/ocean//2024\\".parse()?;
/// assert_eq!(path.as_str(), "ocean/2024");
/// assert_eq!(path.to_string(), "/ocean/2024");
/// assert_eq!(path.name(), Some("2024"));
/// assert_eq!(path.join("sst")?.parent(), Some(path));
/// assert!("ocean/../land".parse::<NodePath>().is_err());
/// # Ok::<(), zarr_metadata::NodePathError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodePath(String);

/// Why a text is not the path of a node.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("node path {path:?}: name {segment:?} {problem}")]
pub struct NodePathError {
    /// The text.
    pub path: String,
    /// The name in it that is wrong.
    pub segment: String,
    /// What is wrong with it.
    pub problem: NodePathProblem,
}

/// What can be wrong with one name in a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NodePathProblem {
    /// `.` or `..`: each node has one path only.
    #[error("would be relative; write the path out")]
    Relative,
    /// Only dots, three or more, which the format forbids.
    #[error("consists of dots only; choose another name")]
    OnlyDots,
    /// Starts with `__`, which the format reserves.
    #[error("starts with \"__\", which the format reserves; choose another name")]
    Reserved,
    /// The name of a metadata document.
    #[error("is the name of a metadata document; choose another name")]
    Document,
}

impl NodePath {
    /// The root of the hierarchy.
    #[must_use]
    pub fn root() -> Self {
        Self::default()
    }

    /// Normalises a text.
    ///
    /// # Errors
    /// When a name in it is `.` or `..`.
    pub fn parse(text: &str) -> Result<Self, NodePathError> {
        let mut path = String::with_capacity(text.len());
        for segment in text
            .split(['/', '\\'])
            .filter(|segment| !segment.is_empty())
        {
            if matches!(segment, "." | "..") {
                return Err(NodePathError {
                    path: text.to_owned(),
                    segment: segment.to_owned(),
                    problem: NodePathProblem::Relative,
                });
            }
            if !path.is_empty() {
                path.push('/');
            }
            path.push_str(segment);
        }
        Ok(Self(path))
    }

    /// Checks that a new node may have this path. Existing nodes with other names can still be
    /// read.
    ///
    /// # Errors
    /// When a name in it is reserved by the format or is that of a metadata document.
    pub fn check_new(&self) -> Result<(), NodePathError> {
        for segment in self.segments() {
            let problem = if segment.bytes().all(|byte| byte == b'.') {
                NodePathProblem::OnlyDots
            } else if segment.starts_with("__") {
                NodePathProblem::Reserved
            } else if documents::ALL.contains(&segment) {
                NodePathProblem::Document
            } else {
                continue;
            };
            return Err(NodePathError {
                path: self.0.clone(),
                segment: segment.to_owned(),
                problem,
            });
        }
        Ok(())
    }

    /// The path without a slash in front, `""` for the root.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is the root.
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// The last name, `None` for the root.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.segments().next_back()
    }

    /// The group this node is in, `None` for the root.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        if self.is_root() {
            return None;
        }
        let parent = self.0.rsplit_once('/').map_or("", |(parent, _)| parent);
        Some(Self(parent.to_owned()))
    }

    /// The path of a node below this one; `below` is normalised like any path.
    ///
    /// # Errors
    /// When a name in `below` is `.` or `..`.
    pub fn join(&self, below: &str) -> Result<Self, NodePathError> {
        let below = Self::parse(below)?;
        Ok(match (self.is_root(), below.is_root()) {
            (true, _) => below,
            (_, true) => self.clone(),
            _ => Self(format!("{}/{}", self.0, below.0)),
        })
    }

    /// The names from the root down; none for the root.
    pub fn segments(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.0.split('/').filter(|segment| !segment.is_empty())
    }

    /// The groups this node is in, from its parent up to the root; none for the root.
    pub fn ancestors(&self) -> impl Iterator<Item = NodePath> {
        std::iter::successors(self.parent(), NodePath::parent)
    }
}

impl fmt::Display for NodePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "/{}", self.0)
    }
}

impl FromStr for NodePath {
    type Err = NodePathError;

    fn from_str(text: &str) -> Result<Self, NodePathError> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Result<&str, NodePathProblem>) {
        let path = NodePath::parse(text);
        let path = path.as_ref().map(NodePath::as_str).map_err(|e| e.problem);
        assert_eq!(path, expected, "{text}");
    }

    #[test]
    fn one_spelling() {
        check("", Ok(""));
        check("///", Ok(""));
        check("a\\\\b/", Ok("a/b"));
        check("/å b/…", Ok("å b/…"));
        check("a/./b", Err(NodePathProblem::Relative));
        check("..", Err(NodePathProblem::Relative));
        check("...", Ok("..."));
    }

    #[test]
    fn names_for_new_nodes() {
        let check = |text: &str, expected| {
            let checked = NodePath::parse(text).unwrap().check_new();
            assert_eq!(checked.map_err(|e| e.problem), expected, "{text}");
        };
        check("", Ok(()));
        check("a/_b/c.d/.e", Ok(()));
        check("a/.../b", Err(NodePathProblem::OnlyDots));
        check("__b", Err(NodePathProblem::Reserved));
        check("a/zarr.json", Err(NodePathProblem::Document));
        check(".zmetadata/a", Err(NodePathProblem::Document));
        assert_eq!(
            NodePath::parse("a/__b")
                .unwrap()
                .check_new()
                .unwrap_err()
                .to_string(),
            "node path \"a/__b\": name \"__b\" starts with \"__\", which the format reserves; \
             choose another name"
        );
    }

    #[test]
    fn family() {
        let path = NodePath::parse("a/b/c").unwrap();
        let ancestors: Vec<String> = path.ancestors().map(|p| p.to_string()).collect();
        assert_eq!(ancestors, ["/a/b", "/a", "/"]);
        assert_eq!(path.segments().collect::<Vec<_>>(), ["a", "b", "c"]);
        let root = NodePath::root();
        assert_eq!(
            (root.parent(), root.name(), root.ancestors().count()),
            (None, None, 0)
        );
        assert_eq!(root.join("a").unwrap().as_str(), "a");
        assert_eq!(path.join("").unwrap(), path);
    }

    proptest! {
        #[test]
        fn normal_is_normal(text: String) {
            if let Ok(path) = NodePath::parse(&text) {
                prop_assert_eq!(NodePath::parse(path.as_str()).unwrap(), path.clone());
                prop_assert_eq!(NodePath::parse(&path.to_string()).unwrap(), path);
            }
        }
    }
}
