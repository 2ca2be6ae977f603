//! `TreeView`: draws a hierarchy as zarr-python does, from the names and metadata that it is given.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;

use zarr_core::Result;
use zarr_metadata::{ArrayMetadata, NodeMetadata, NodePath};

use crate::info::{numpy_name, printable, tuple};

/// A drawn tree of a group and the nodes below it.
///
/// ```
/// use zarr::blocking::Wait;
/// use zarr::{DataType, Target};
///
/// # fn main() -> zarr::Result<()> {
/// let root = zarr::create_group(Target::Memory).wait()?;
/// root.create_group("air").wait()?;
/// root.create_array("air/t", [3, 4], DataType::Float32).wait()?;
/// root.create_array("land", [5], DataType::Bool).wait()?;
/// let expected = "\
/// /
/// ├── air
/// │   └── t (3, 4) float32
/// └── land (5,) bool
/// ";
/// assert_eq!(root.tree().wait()?.to_string(), expected);
/// # Ok(())
/// # }
/// ```
///
/// `Display` is plain text, character for character what zarr-python's `tree` prints, including the last
/// newline. Only control characters in names are escaped, because a hostile name must not control a terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreeView {
    lines: Vec<Line>,
    /// The limit on nodes, if there were more.
    truncated: Option<usize>,
    /// Whether groups in HTML can be opened and closed, and are open.
    expanded: Option<bool>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Line {
    /// The lines drawn before the name.
    strokes: String,
    name: String,
    /// Shape and data type of an array, after a space.
    detail: String,
    /// The path below the root.
    path: String,
}

impl TreeView {
    /// A tree of nodes, whose paths are relative to the group of this name. Nodes below one that is missing
    /// from the list are not drawn.
    pub fn new(name: &str, members: &[(NodePath, NodeMetadata)]) -> Self {
        let members = members.iter();
        Self::of(
            name,
            members.map(|(path, node)| (path.as_str(), detail(node))),
        )
    }

    /// As [`new`](Self::new), for nodes of which some cannot be read; the tree marks those.
    pub fn of_each(name: &str, members: &[(String, Result<NodeMetadata>)]) -> Self {
        let detail = |node: &Result<NodeMetadata>| match node {
            Ok(node) => detail(node),
            Err(_) => " (cannot be read)".to_owned(),
        };
        let members = members.iter();
        Self::of(
            name,
            members.map(|(path, node)| (path.as_str(), detail(node))),
        )
    }

    fn of<'a>(name: &str, members: impl Iterator<Item = (&'a str, String)>) -> Self {
        // Sorted by path, so that children are in the order of their names.
        let sorted: BTreeMap<&str, String> = members.collect();
        let mut children: BTreeMap<&str, Vec<(&str, String)>> = BTreeMap::new();
        for (path, detail) in sorted {
            let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
            children.entry(parent).or_default().push((path, detail));
        }

        let root = Line {
            strokes: String::new(),
            name: printable(name),
            detail: String::new(),
            path: String::new(),
        };
        let mut lines = vec![root];
        // Not recursive, because a hierarchy can be of any depth. Each level holds its remaining nodes, the
        // next one last, and the lines drawn before its names. Children are taken out of the map, so this
        // ends even if the root itself is among the members.
        let mut level = |parent| {
            let mut rest = children.remove(parent).unwrap_or_default();
            rest.reverse();
            rest
        };
        let mut stack = vec![(String::new(), level(""))];
        while let Some((before, rest)) = stack.last_mut() {
            let Some((path, detail)) = rest.pop() else {
                stack.pop();
                continue;
            };
            let (here, below) = if rest.is_empty() {
                ("└── ", "    ")
            } else {
                ("├── ", "│   ")
            };
            lines.push(Line {
                strokes: format!("{before}{here}"),
                name: printable(path.rsplit('/').next().unwrap_or(path)),
                detail,
                path: path.to_owned(),
            });
            let below = format!("{before}{below}");
            stack.push((below, level(path)));
        }
        Self {
            lines,
            truncated: None,
            expanded: None,
        }
    }

    /// A tree of an array alone.
    pub fn of_array(name: &str, array: &ArrayMetadata) -> Self {
        let (name, detail) = (printable(name), describe(array));
        Self {
            lines: vec![Line {
                strokes: String::new(),
                name,
                detail,
                path: String::new(),
            }],
            truncated: None,
            expanded: None,
        }
    }

    /// Adds a note to the end of lines. `note` gets a node's path below the root, which is empty for the root
    /// itself.
    #[must_use]
    pub fn with_notes(mut self, note: impl Fn(&str) -> Option<String>) -> Self {
        for line in &mut self.lines {
            if let Some(note) = note(&line.path) {
                line.detail.push(' ');
                line.detail.push_str(&printable(&note));
            }
        }
        self
    }

    /// Begins the tree with the note that there were more nodes than this.
    #[must_use]
    pub(crate) fn truncated(mut self, most: usize) -> Self {
        self.truncated = Some(most);
        self
    }

    #[must_use]
    pub(crate) fn expanded(mut self, expanded: Option<bool>) -> Self {
        self.expanded = expanded;
        self
    }

    /// The note on truncation, in zarr-python's words.
    fn note(&self) -> String {
        self.truncated.map_or_else(String::new, |most| {
            format!("Truncated at max_nodes={most}, some nodes and their children may be missing\n")
        })
    }

    /// The tree for a terminal, with bold names.
    pub fn ansi(&self) -> String {
        let line = |line: &Line| {
            let Line {
                strokes,
                name,
                detail,
                ..
            } = line;
            format!("{strokes}\x1b[1m{name}\x1b[0m{detail}\n")
        };
        self.note() + &self.lines.iter().map(line).collect::<String>()
    }

    /// The tree for a notebook: one `<pre>` element with bold names or, with [`Tree::expand`](crate::Tree::expand), one
    /// `<details>` element for each group.
    pub fn html(&self) -> String {
        if let Some(is_open) = self.expanded {
            return escape(&self.note()) + &self.details(is_open);
        }
        let line = |line: &Line| {
            let (name, detail) = (escape(&line.name), escape(&line.detail));
            format!("{}<b>{name}</b>{detail}\n", line.strokes)
        };
        let lines: String = self.lines.iter().map(line).collect();
        let lines = self.note() + &lines;
        format!(
            "<pre style=\"white-space:pre;overflow-x:auto;line-height:normal;\
             font-family:Menlo,'DejaVu Sans Mono',consolas,'Courier New',monospace\">{lines}</pre>\n"
        )
    }
}

impl TreeView {
    fn details(&self, is_open: bool) -> String {
        let depth = |line: &Line| match line.path.as_str() {
            "" => 0,
            path => 1 + path.matches('/').count(),
        };
        let mut html = String::new();
        let mut open_at = vec![];
        for (i, line) in self.lines.iter().enumerate() {
            let own = depth(line);
            while open_at.pop_if(|above| *above >= own).is_some() {
                html.push_str("</div></details>\n");
            }
            let label = format!("<b>{}</b>{}", escape(&line.name), escape(&line.detail));
            if self.lines.get(i + 1).is_some_and(|next| depth(next) > own) {
                let open = if is_open || own == 0 { " open" } else { "" };
                html.push_str(&format!(
                    "<details{open}><summary>{label}</summary><div style=\"margin-left:1.5em\">\n"
                ));
                open_at.push(own);
            } else {
                html.push_str(&format!("<div>{label}</div>\n"));
            }
        }
        html + &"</div></details>\n".repeat(open_at.len())
    }
}

impl fmt::Display for TreeView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.note())?;
        for Line {
            strokes,
            name,
            detail,
            ..
        } in &self.lines
        {
            writeln!(f, "{strokes}{name}{detail}")?;
        }
        Ok(())
    }
}

fn detail(node: &NodeMetadata) -> String {
    match node {
        NodeMetadata::Group(_) => String::new(),
        NodeMetadata::Array(array) => describe(array),
    }
}

fn describe(array: &ArrayMetadata) -> String {
    format!(" {} {}", tuple(array.shape()), numpy_name(array))
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#x27;"),
            c => out.push(c),
        }
    }
    out
}
