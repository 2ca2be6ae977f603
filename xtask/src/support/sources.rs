//! Reads tables out of source files: the variants of an enum, the rows of a codec table, the rows of a table in
//! documentation. It is no parser of Rust: what it does not find is an error, so that no table shrinks unseen.

use crate::report::Result;

/// A row of the registry's table: the codec's name, and the feature that adds it.
pub(super) struct CodecRow {
    pub(super) name: String,
    pub(super) feature: Option<String>,
}

/// The rows of `const NAME: Table`: `("zstd", |s| …)`, under the `cfg` of a feature or none.
pub(super) fn codec_rows(source: &str, table: &str) -> Result<Vec<CodecRow>> {
    let body = between(source, &format!("const {table}: Table = &["), "\n];")?;
    let mut rows = Vec::new();
    let mut feature = None;
    for line in body.lines().map(str::trim) {
        if line.starts_with("#[cfg(") {
            feature = line.split('"').nth(1).map(str::to_owned);
        } else if let Some(rest) = line.strip_prefix("(\"") {
            let name = rest.split('"').next().unwrap_or_default().to_owned();
            rows.push(CodecRow {
                name,
                feature: feature.take(),
            });
        }
    }
    some(rows, table)
}

/// The first sentence of the documentation of each variant of an enum.
pub(super) fn variants(source: &str, name: &str) -> Result<Vec<String>> {
    let body = between(source, &format!("pub enum {name} {{\n"), "\n}")?;
    let mut found = Vec::new();
    let mut doc = String::new();
    for line in body.lines().map(str::trim) {
        if let Some(text) = line.strip_prefix("/// ") {
            doc.push_str(text);
            doc.push(' ');
        } else if line.starts_with(char::is_uppercase) {
            let sentence = doc.split(". ").next().unwrap_or_default();
            let sentence = sentence.split(": see").next().unwrap_or_default();
            found.push(sentence.trim().trim_end_matches('.').to_owned());
            doc.clear();
        }
    }
    some(found, name)
}

/// The cells of each row of the first Markdown table below a line, in documentation or in a page.
pub(super) fn rows(source: &str, head: &str) -> Result<Vec<Vec<String>>> {
    let (_, below) = source
        .split_once(head)
        .ok_or_else(|| format!("no table with the head `{head}`"))?;
    let lines = below
        .lines()
        .skip(1)
        .map(|line| line.trim_start_matches("/// "));
    let rows = lines
        .take_while(|line| line.starts_with('|'))
        .filter(|line| !line.starts_with("|--"))
        .map(cells);
    some(rows.collect(), head)
}

/// A `|` with a backslash before it is text.
fn cells(line: &str) -> Vec<String> {
    let line = line.trim().trim_matches('|').replace("\\|", "\u{0}");
    line.split('|')
        .map(|cell| cell.trim().replace('\u{0}', "\\|"))
        .collect()
}

fn between<'a>(source: &'a str, begin: &str, end: &str) -> Result<&'a str> {
    let found = source
        .split_once(begin)
        .and_then(|(_, rest)| rest.split_once(end));
    found
        .map(|(body, _)| body)
        .ok_or_else(|| format!("`{begin}` is not in its file any more"))
}

fn some<T>(found: Vec<T>, what: &str) -> Result<Vec<T>> {
    match found.is_empty() {
        true => Err(format!("nothing was found in `{what}`")),
        false => Ok(found),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_codecs_have_their_features() {
        let source = "const V3: Table = &[\n    (\"a\", |s| 1),\n    #[cfg(feature = \"f\")]\n    (\"b\", |s| {\n        2\n    }),\n    (\"c\", |_| 3),\n];\n";
        let rows = codec_rows(source, "V3").unwrap();
        let found: Vec<_> = rows
            .iter()
            .map(|row| (row.name.as_str(), row.feature.as_deref()))
            .collect();
        assert_eq!(found, [("a", None), ("b", Some("f")), ("c", None)]);
        assert!(codec_rows(source, "V4").is_err());
    }

    #[test]
    fn variants_are_told_by_their_first_sentence() {
        let source = "pub enum S {\n    /// One: see [`one`](x).\n    One,\n    /// Two things,\n    /// really. More.\n    #[x]\n    Two(u8),\n}\n";
        assert_eq!(
            variants(source, "S").unwrap(),
            ["One", "Two things, really"]
        );
    }

    #[test]
    fn rows_of_a_table_in_documentation() {
        let source = "/// | a | b |\n/// |---|---|\n/// | 1 | x\\|y |\n///\n/// | no |\n";
        assert_eq!(rows(source, "| a | b |").unwrap(), [["1", "x\\|y"]]);
    }
}
