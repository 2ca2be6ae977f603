//! Suggestions for misspelt names.

/// The name that differs from `wanted` by the fewest letters added, left out or replaced, whatever their case;
/// `None` if even that one is another word.
pub(crate) fn nearest<'a>(
    wanted: &str,
    names: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let wanted = wanted.to_lowercase();
    let letters = wanted.chars().count();
    let most = match letters {
        0..=1 => 0,
        letters => (letters / 3).max(1),
    };
    let distances = names.into_iter().filter_map(|name| {
        let lower = name.to_lowercase();
        // The comparison takes quadratic time, and names may be long.
        let is_near = lower.chars().count().abs_diff(letters) <= most;
        is_near.then(|| (strsim::levenshtein(&wanted, &lower), name))
    });
    let (distance, name) = distances.min_by_key(|(distance, _)| *distance)?;
    (distance <= most).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_were_meant() {
        let names = ["latitude", "longitude", "sst"];
        let check = |wanted, expected| assert_eq!(nearest(wanted, names), expected);
        check("latitud", Some("latitude"));
        check("SST", Some("sst"));
        check("ssd", Some("sst"));
        check("longtitude", Some("longitude"));
        check("elevation", None);
        check("x", None);
        assert_eq!(nearest("a", []), None);
    }
}
