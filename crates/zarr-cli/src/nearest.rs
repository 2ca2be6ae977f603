//! Which of several names somebody may have meant. Knows only letters.

/// The name that needs the fewest letters added, left out or replaced, where that is not another word altogether.
pub(crate) fn nearest<'a>(
    wanted: &str,
    names: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let most = match wanted.chars().count() {
        0..=1 => 0,
        letters => (letters / 3).max(1),
    };
    let wanted = wanted.to_lowercase();
    let distance = |name: &str| strsim::levenshtein(&wanted, &name.to_lowercase());
    let distances = names.into_iter().map(|name| (distance(name), name));
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
