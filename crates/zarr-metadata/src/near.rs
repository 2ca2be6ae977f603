//! Which name was meant: names that differ from a known one by a slip. Knows no names.

/// Names as they stand in texts.
pub fn quoted(names: &[impl AsRef<str>]) -> String {
    let names: Vec<String> = names
        .iter()
        .map(|name| format!("`{}`", name.as_ref()))
        .collect();
    names.join(", ")
}

/// Whether two names differ by case, a hyphen or a slip of the keyboard.
pub fn is_near(name: &str, known: &str) -> bool {
    /// Longer ones are nobody's; what is compared is squared.
    const LONGEST: usize = 40;
    let plain = |name: &str| -> Vec<char> {
        let letters = name.chars().filter(|c| c.is_alphanumeric());
        letters
            .map(|c| c.to_ascii_lowercase())
            .take(LONGEST)
            .collect()
    };
    let (name, known) = (plain(name), plain(known));
    let slips = if name.len().min(known.len()) < 4 {
        1
    } else {
        2
    };
    distance(&name, &known) <= slips
}

/// How many letters must be put in, left out or changed.
fn distance(from: &[char], to: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (i, a) in from.iter().enumerate() {
        let (mut before, mut left) = (i, i + 1);
        for (b, above) in to.iter().zip(row.iter_mut().skip(1)) {
            let here = (before + usize::from(a != b)).min(left + 1).min(*above + 1);
            before = *above;
            (*above, left) = (here, here);
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_counted() {
        for (from, to, count) in [
            ("", "", 0),
            ("", "abc", 3),
            ("abc", "", 3),
            ("gzip", "zip", 1),
            ("zlib", "zlbi", 2),
            ("kitten", "sitting", 3),
        ] {
            let letters = |text: &str| text.chars().collect::<Vec<_>>();
            assert_eq!(distance(&letters(from), &letters(to)), count, "{from} {to}");
        }
    }
}
