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
    let distances = names.into_iter().map(|name| (distance(wanted, name), name));
    let (distance, name) = distances.min_by_key(|(distance, _)| *distance)?;
    (distance <= most).then_some(name)
}

/// How many letters are to be added, left out or replaced (Levenshtein), whatever their case.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut before = i;
        let mut left = i + 1;
        for (slot, y) in row.iter_mut().skip(1).zip(&b) {
            let same = x == *y || x.to_lowercase().eq(y.to_lowercase());
            let here = (before + usize::from(!same)).min(left + 1).min(*slot + 1);
            before = *slot;
            *slot = here;
            left = here;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or_default()
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
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("kitten", "sitting"), 3);
    }
}
