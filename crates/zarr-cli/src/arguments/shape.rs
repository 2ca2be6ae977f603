//! Shapes as users write them: `10,20`, or as in NumPy and Python, `(10, 20)`.

/// The lengths of axes; none for a scalar. By this name, clap takes it as one value.
pub(crate) type Shape = Vec<u64>;

/// The shape of an array, whose axes may be empty.
pub(crate) fn array_shape(text: &str) -> Result<Shape, String> {
    lengths(text, 0)
}

/// The shape of a chunk or shard, whose axes are not empty.
pub(crate) fn chunk_shape(text: &str) -> Result<Shape, String> {
    lengths(text, 1)
}

fn lengths(text: &str, least: u64) -> Result<Shape, String> {
    let inner = text.trim();
    let within = |open, close| inner.strip_prefix(open)?.strip_suffix(close);
    let inner = within('(', ')')
        .or(within('[', ']'))
        .unwrap_or(inner)
        .trim();
    if inner.is_empty() {
        return Ok(vec![]);
    }
    // `(10,)` has one axis.
    let parts = inner.strip_suffix(',').unwrap_or(inner).split(',');
    let length = |part: &str| match part.trim().parse() {
        Ok(length) if length >= least => Ok(length),
        _ => Err(format!(
            "{:?} is not a length; {}",
            part.trim(),
            advice(text)
        )),
    };
    parts.map(length).collect()
}

/// How to write what was probably meant.
fn advice(text: &str) -> String {
    if ["auto", "true", "none"].contains(&text.trim().to_ascii_lowercase().as_str()) {
        return "leave the option out for the default".to_owned();
    }
    let is_between = |c: char| c.is_whitespace() || "x×*,;".contains(c);
    let parts = text
        .trim()
        .split(is_between)
        .filter(|part| !part.is_empty());
    let numbers: Vec<Option<u64>> = parts.map(|part| part.parse().ok()).collect();
    match numbers.iter().copied().collect::<Option<Vec<u64>>>() {
        Some(all) if all.len() > 1 && all.iter().all(|length| *length > 0) => {
            let all: Vec<String> = all.iter().map(u64::to_string).collect();
            format!("did you mean {}?", all.join(","))
        }
        _ => "write them as in 64,64".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tuples_and_lists_are_lengths() {
        for text in [
            "10,20",
            "10, 20",
            "(10, 20)",
            "[10,20]",
            "10,20,",
            " ( 10,20, ) ",
        ] {
            assert_eq!(array_shape(text), Ok(vec![10, 20]), "{text}");
        }
        assert_eq!(chunk_shape("(7,)"), Ok(vec![7]));
        assert_eq!(chunk_shape("7"), Ok(vec![7]));
        assert_eq!(array_shape("0"), Ok(vec![0]));
        for text in ["", " ", "()", "[]"] {
            assert_eq!(array_shape(text), Ok(vec![]), "{text:?}");
        }
    }

    #[test]
    fn what_is_no_length_is_answered_with_lengths() {
        for (text, advice) in [
            ("10x20", "did you mean 10,20?"),
            ("10 20", "did you mean 10,20?"),
            ("10;20", "did you mean 10,20?"),
            ("true", "leave the option out"),
            ("auto", "leave the option out"),
            ("(10, 20", "64,64"),
            ("10,,20", "did you mean 10,20?"),
            ("-1", "64,64"),
            ("1e3", "64,64"),
            ("64,0", "64,64"),
        ] {
            let error = chunk_shape(text).unwrap_err();
            assert!(error.contains(advice), "{text}: {error}");
        }
    }
}
