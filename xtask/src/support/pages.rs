//! The parts of pages that are made of tables in the code: what stands between `<!-- generated: NAME -->` and
//! `<!-- end -->`.

use std::fs;

use super::table;
use crate::report::{Outcome, Result};
use crate::workspace::{Workspace, read};

/// A table as the code has it now.
type Make = fn(&Workspace) -> Result<String>;

/// Each generated part: its page, its name there, and what makes it.
const PARTS: &[(&str, &str, Make)] = &[
    ("README.md", "support", table::support),
    ("docs/data-types.md", "Rust types", table::rust_types),
    ("docs/known-data.md", "tolerated", table::tolerated),
];

/// The parts that are not what the code says.
pub(crate) fn check(workspace: &Workspace) -> Result<Vec<String>> {
    let mut problems = Vec::new();
    for (page, name, make) in PARTS {
        let text = read(&workspace.root().join(page))?;
        if filled(&text, name, &make(workspace)?)? != text {
            problems.push(format!(
                "{page}: the part `{name}` is not what the code says; `cargo xtask support --write` fills it"
            ));
        }
    }
    Ok(problems)
}

pub(super) fn write(workspace: &Workspace) -> Result<Outcome> {
    for (page, name, make) in PARTS {
        let path = workspace.root().join(page);
        let text = read(&path)?;
        let new = filled(&text, name, &make(workspace)?)?;
        if new != text {
            fs::write(&path, new).map_err(|error| format!("{page}: {error}"))?;
            println!("{page}: {name}");
        }
    }
    Ok(Outcome::Done)
}

/// The page with another part of this name.
fn filled(text: &str, name: &str, part: &str) -> Result<String> {
    let begin = format!("<!-- generated: {name} -->\n");
    let missing =
        || format!("no part `{name}`: it begins with {begin:?} and ends with an `<!-- end -->`");
    let (before, rest) = text.split_once(&begin).ok_or_else(missing)?;
    let (_, after) = rest.split_once("<!-- end -->").ok_or_else(missing)?;
    Ok(format!(
        "{before}{begin}\n{}\n\n<!-- end -->{after}",
        part.trim_end()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_replaced_and_the_rest_stays() {
        let page = "a\n<!-- generated: t -->\nold\n<!-- end -->\nb\n";
        let new = filled(page, "t", "| new |\n").unwrap();
        assert_eq!(
            new,
            "a\n<!-- generated: t -->\n\n| new |\n\n<!-- end -->\nb\n"
        );
        assert_eq!(filled(&new, "t", "| new |\n").unwrap(), new);
        assert!(filled(page, "other", "").is_err());
    }
}
