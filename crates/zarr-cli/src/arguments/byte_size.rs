//! Sizes as users write them: `512MiB`, `1.5GB`, `1000000`.

/// Units by their names: those with an `i` count in steps of 1024.
const UNITS: [(&str, u64); 9] = [
    ("b", 1),
    ("kib", 1 << 10),
    ("mib", 1 << 20),
    ("gib", 1 << 30),
    ("tib", 1 << 40),
    ("kb", 1_000),
    ("mb", 1_000_000),
    ("gb", 1_000_000_000),
    ("tb", 1_000_000_000_000),
];

/// A number of bytes, at least one.
pub(crate) fn byte_size(text: &str) -> Result<u64, String> {
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.');
    let (number, unit) = text.split_at(digits.unwrap_or(text.len()));
    let unit = unit.trim().to_ascii_lowercase();
    let factor = match unit.as_str() {
        "" => Some(1),
        unit => UNITS
            .iter()
            .find(|(name, _)| *name == unit)
            .map(|(_, bytes)| *bytes),
    };
    let size = factor.and_then(|factor| match number.parse::<u64>() {
        Ok(whole) => whole.checked_mul(factor),
        // A float of this size is exact enough for a part of a unit.
        Err(_) => number
            .parse::<f64>()
            .ok()
            .map(|number| number * factor as f64)
            .filter(|bytes| *bytes < 2_f64.powi(63))
            .map(|bytes| bytes as u64),
    });
    size.filter(|bytes| *bytes > 0)
        .ok_or_else(|| format!("{text:?} is not a size; write it as in 512MiB or 2GB"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        for (text, bytes) in [
            ("1", 1),
            ("1000000", 1_000_000),
            ("7B", 7),
            ("512MiB", 512 << 20),
            ("512 mib", 512 << 20),
            ("2GB", 2_000_000_000),
            ("1.5GiB", 3 << 29),
            ("0.5kB", 500),
        ] {
            assert_eq!(byte_size(text), Ok(bytes), "{text}");
        }
        for text in [
            "",
            "0",
            "MiB",
            "-1",
            "1M",
            "1e9",
            "1..5GB",
            "0.1B",
            "999999999TiB",
            "nan",
        ] {
            let error = byte_size(text).unwrap_err();
            assert!(error.contains("512MiB"), "{text}: {error}");
        }
    }
}
