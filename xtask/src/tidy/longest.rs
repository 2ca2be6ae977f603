//! Lists the ten longest files, without the tests at their end: candidates to be divided. No file fails for its length.

use super::source::Source;

pub(super) fn table(sources: &[Source]) -> String {
    let mut lengths: Vec<(usize, &str)> = sources
        .iter()
        .map(|source| (source.lines_before_tests(), source.path()))
        .collect();
    lengths.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
    let rows = lengths
        .iter()
        .take(10)
        .map(|(lines, path)| format!("{lines:>6}  {path}\n"));
    format!(
        "longest files, lines before tests:\n{}",
        rows.collect::<String>()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_is_first() {
        let sources = [
            Source::new("a.rs", "//! A.\n"),
            Source::new("b.rs", "//! B.\n\nfn b() {}\n"),
        ];
        let table = table(&sources);
        assert!(table.find("b.rs") < table.find("a.rs"), "{table}");
    }
}
