//! Which of the nodes below a group are listed: those that match a pattern, and those that a function chooses.

use std::fmt;
use std::sync::Arc;

use zarr_core::Result;
use zarr_core::hierarchy::Depth;
use zarr_metadata::NodeMetadata;

type Choice = Arc<dyn Fn(&str, &NodeMetadata) -> bool + Send + Sync>;

/// Which nodes are listed; all of them if nothing else is said.
#[derive(Clone, Default)]
pub(super) struct MemberFilter {
    pattern: Option<String>,
    choices: Vec<Choice>,
}

impl MemberFilter {
    pub(super) fn glob(pattern: &str) -> Self {
        Self {
            pattern: Some(pattern.trim_matches('/').to_owned()),
            choices: vec![],
        }
    }

    pub(super) fn add(&mut self, choice: Choice) {
        self.choices.push(choice);
    }

    /// The names at the start of the pattern that match nothing but themselves, without the last name: all that matches
    /// lies below.
    pub(super) fn base(&self) -> &str {
        let pattern = self.pattern.as_deref().unwrap_or_default();
        let special = pattern.find(is_special).unwrap_or(pattern.len());
        let end = pattern.get(..special).and_then(|start| start.rfind('/'));
        end.and_then(|end| pattern.get(..end)).unwrap_or_default()
    }

    /// How deep a node can lie that matches. Braces may hold slashes.
    pub(super) fn depth(&self) -> Depth {
        match self.pattern.as_deref() {
            Some(pattern) if !pattern.contains("**") && !pattern.contains('{') => {
                Depth::Levels(pattern.split('/').count())
            }
            _ => Depth::All,
        }
    }

    /// Whether the pattern, if there is one, matches a path.
    pub(super) fn matches(&self, path: &str) -> bool {
        let pattern = self.pattern.as_ref();
        pattern.is_none_or(|pattern| fast_glob::glob_match(pattern, path))
    }

    /// Whether a node at a path is listed.
    pub(super) fn keeps(&self, path: &str, node: &Result<NodeMetadata>) -> bool {
        let is_chosen = |node: &NodeMetadata| self.choices.iter().all(|choice| choice(path, node));
        self.matches(path) && node.as_ref().map_or(true, is_chosen)
    }
}

fn is_special(c: char) -> bool {
    "*?[]{}!\\".contains(c)
}

impl fmt::Debug for MemberFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemberFilter")
            .field("pattern", &self.pattern)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_may_match_is_looked_at() {
        for (pattern, base, depth) in [
            ("a/b/*", "a/b", Depth::Levels(3)),
            ("/a/b/", "a", Depth::Levels(2)),
            ("a/**/t*", "a", Depth::All),
            ("a*/b", "", Depth::Levels(2)),
            ("a/{b,c/d}/e", "a", Depth::All),
            ("**", "", Depth::All),
        ] {
            let filter = MemberFilter::glob(pattern);
            assert_eq!((filter.base(), filter.depth()), (base, depth), "{pattern}");
        }
    }
}
