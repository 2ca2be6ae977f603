//! The tables themselves, each from the file in which the code has it.

use super::sources::{CodecRow, codec_rows, rows, variants};
use crate::report::Result;
use crate::workspace::{Workspace, read};

/// What works, as README.md has it.
pub(super) fn support(workspace: &Workspace) -> Result<String> {
    let file = |path: &str| read(&workspace.root().join(path));
    let registry = file("crates/zarr-codecs/src/codecs/registry.rs")?;
    let (v3, numcodecs) = (
        codec_rows(&registry, "V3")?,
        codec_rows(&registry, "NUMCODECS")?,
    );
    let missing = missing(&file("docs/codecs.md")?, &v3, &numcodecs)?;
    let selections = variants(&file("crates/zarr-core/src/selection.rs")?, "Selection")?;
    let formats = variants(&file("crates/zarr-metadata/src/format.rs")?, "ZarrFormat")?;
    let addresses = rows(
        &file("crates/zarr-store/src/location/address.rs")?,
        "| address | store |",
    )?;
    let types = rows(&rust_types(workspace)?, "| data type | Rust type |")?;

    let mut table = String::from("| | |\n|---|---|\n");
    let mut row = |what: &str, text: String| table.push_str(&format!("| {what} | {text} |\n"));
    row("formats", formats.join("; "));
    row("data types with a Rust type", first_cells(&types));
    row("codecs of version 3", listed(&v3));
    row("codecs of numcodecs", listed(&numcodecs));
    row("codecs that are known, kept and not run", missing);
    let stores = addresses.iter().map(|row| row.join(": "));
    row("stores", stores.collect::<Vec<_>>().join("<br>"));
    let selections = selections.join("<br>");
    row(
        "selections",
        selections.replace("[`", "`").replace("`]", "`"),
    );
    Ok(table)
}

pub(super) fn rust_types(workspace: &Workspace) -> Result<String> {
    read(
        &workspace
            .root()
            .join("crates/zarr-core/src/typed/rust_types.md"),
    )
}

pub(super) fn tolerated(workspace: &Workspace) -> Result<String> {
    read(
        &workspace
            .root()
            .join("crates/zarr-metadata/src/tolerated.md"),
    )
}

/// The codecs that documents may name and no build has: those of the book's table that the registry has not.
fn missing(page: &str, v3: &[CodecRow], numcodecs: &[CodecRow]) -> Result<String> {
    let has = |table: &[CodecRow], name: &str| table.iter().any(|row| row.name == name);
    let all = rows(
        page,
        "| type | in format 3 | in format 2 | kind | settings |",
    )?;
    let names = all.iter().filter_map(|row| {
        let (in_v3, in_v2) = (row.get(1)?.trim_matches('`'), row.get(2)?.trim_matches('`'));
        let known = has(v3, in_v3)
            || has(numcodecs, in_v2)
            || numcodecs_id(in_v3).is_some_and(|id| has(numcodecs, id));
        (!known).then(|| format!("`{in_v3}`"))
    });
    Ok(names.collect::<Vec<_>>().join(", "))
}

fn numcodecs_id(name: &str) -> Option<&str> {
    name.strip_prefix("numcodecs.")
}

/// The names, each with the feature that adds it if that has another name.
fn listed(rows: &[CodecRow]) -> String {
    let shown = |row: &CodecRow| match &row.feature {
        Some(feature) if *feature != row.name => format!("`{}` (feature `{feature}`)", row.name),
        Some(_) => format!("`{}` (feature)", row.name),
        None => format!("`{}`", row.name),
    };
    rows.iter().map(shown).collect::<Vec<_>>().join(", ")
}

fn first_cells(rows: &[Vec<String>]) -> String {
    let first = rows.iter().filter_map(|row| row.first()).cloned();
    first.collect::<Vec<_>>().join(", ")
}
