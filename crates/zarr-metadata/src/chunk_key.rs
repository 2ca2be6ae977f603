//! Chunk keys: from the index of a chunk to its key and back. Any index of the right rank has a key, whatever
//! the grid.

use std::str::Split;

use serde_json::Value;

use crate::extension::Extension;
use crate::format::{Separator, WordError};
use crate::pointer::JsonPlace;
use crate::problem::{MetadataError, ProblemKind, Problems};

/// How the index of a chunk becomes its key, relative to the array.
///
/// ```
/// use zarr_metadata::{ChunkKeyEncoding, Separator};
///
/// let encoding = ChunkKeyEncoding::Default(Separator::Slash);
/// let mut key = String::from("temperature/");
/// encoding.encode(&[0, 12], &mut key);
/// assert_eq!(key, "temperature/c/0/12");
/// assert_eq!(encoding.decode("c/0/12", 2), Some(vec![0, 12]));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ChunkKeyEncoding {
    /// `c/0/1`; `c` where there are no axes.
    Default(Separator),
    /// `0.1`, as in v2; `0` where there are no axes.
    V2(Separator),
}

impl Default for ChunkKeyEncoding {
    fn default() -> Self {
        Self::Default(Separator::Slash)
    }
}

impl ChunkKeyEncoding {
    /// The separator between the numbers.
    #[must_use]
    pub fn separator(&self) -> Separator {
        match self {
            Self::Default(separator) | Self::V2(separator) => *separator,
        }
    }

    /// Appends the key of the chunk at `index`.
    pub fn encode(&self, index: &[u64], out: &mut String) {
        let separator = self.separator().as_char();
        let mut separate = match self {
            Self::Default(_) => {
                out.push('c');
                true
            }
            Self::V2(_) if index.is_empty() => {
                out.push('0');
                return;
            }
            Self::V2(_) => false,
        };
        for &i in index {
            if separate {
                out.push(separator);
            }
            separate = true;
            push_decimal(i, out);
        }
    }

    /// The index of the chunk with this key, or `None` where it is not the key of a chunk.
    ///
    /// Only keys as [`encode`](Self::encode) writes them count: `c/00` does not.
    #[must_use]
    pub fn decode(&self, key: &str, rank: usize) -> Option<Vec<u64>> {
        let mut parts: Split<'_, char> = key.split(self.separator().as_char());
        match self {
            Self::Default(_) => {
                if parts.next()? != "c" {
                    return None;
                }
            }
            Self::V2(_) if rank == 0 => return (key == "0").then(Vec::new),
            Self::V2(_) => {}
        }
        let index: Vec<u64> = parts.map(decimal).collect::<Option<_>>()?;
        (index.len() == rank).then_some(index)
    }

    /// Every encoding there is.
    pub const ALL: [Self; 4] = [
        Self::Default(Separator::Slash),
        Self::Default(Separator::Dot),
        Self::V2(Separator::Dot),
        Self::V2(Separator::Slash),
    ];

    /// Whether a key looks like that of a chunk of some array, or like the beginning of one.
    ///
    /// ```
    /// use zarr_metadata::ChunkKeyEncoding;
    /// assert!(ChunkKeyEncoding::is_likely("c/0/12") && ChunkKeyEncoding::is_likely("3.4"));
    /// assert!(!ChunkKeyEncoding::is_likely("README"));
    /// ```
    #[must_use]
    pub fn is_likely(key: &str) -> bool {
        let rest = match key.strip_prefix('c') {
            Some("") => return true,
            Some(rest) => match rest.strip_prefix(['/', '.']) {
                Some(rest) => rest,
                None => return false,
            },
            None => key,
        };
        rest.split(['/', '.']).all(|part| decimal(part).is_some())
    }

    /// The encoding an extension object describes.
    ///
    /// # Errors
    /// When the name is not `default` or `v2`, or a setting is wrong.
    pub fn from_extension(extension: &Extension) -> Result<Self, MetadataError> {
        let mut problems = Problems::default();
        let read = Self::of(extension, &JsonPlace::ROOT, &mut problems);
        problems.finish(read)
    }

    /// As v3 documents write it, separator included.
    #[must_use]
    pub fn to_extension(&self) -> Extension {
        let name = match self {
            Self::Default(_) => "default",
            Self::V2(_) => "v2",
        };
        Extension::new(name).with("separator", self.separator().as_str())
    }

    pub(crate) fn read(
        mut value: Value,
        at: &JsonPlace<'_>,
        problems: &mut Problems,
    ) -> Option<Self> {
        // An early draft had the separator beside the name: {"name": "default", "separator": "/"}.
        if let Value::Object(members) = &mut value
            && !members.contains_key("configuration")
            && let Some(separator) = members.shift_remove("separator")
        {
            let expected = "the separator in a configuration";
            let found = "it beside the name, which only an early draft allowed";
            problems.tolerate_instead(&at.key("separator"), expected, found);
            members.insert(
                "configuration".to_owned(),
                Value::Object([("separator".to_owned(), separator)].into_iter().collect()),
            );
        }
        let extension = Extension::read_mandatory(value, at, problems)?;
        Self::of(&extension, at, problems)
    }

    fn of(extension: &Extension, at: &JsonPlace<'_>, problems: &mut Problems) -> Option<Self> {
        let (make, separator): (fn(Separator) -> Self, _) = match extension.name.as_str() {
            "default" => (Self::Default, Separator::Slash),
            "v2" => (Self::V2, Separator::Dot),
            name => {
                let kind = ProblemKind::Unsupported {
                    what: "chunk key encoding",
                    name: name.to_owned(),
                };
                problems.push(&at.key("name"), kind);
                return None;
            }
        };
        let configuration = at.key("configuration");
        let mut read = Some(separator);
        for (key, value) in &extension.configuration {
            let at = configuration.key(key);
            if key == "separator" {
                read = value.as_str().and_then(Separator::parse);
                if read.is_none() {
                    problems.invalid(&at, "\"/\" or \".\"", value);
                }
            } else {
                problems.push(&at, ProblemKind::UnknownKey);
            }
        }
        read.map(make)
    }
}

/// Every chunk that is read or written needs its key, so no formatting machinery is used.
fn push_decimal(mut number: u64, out: &mut String) {
    let mut digits = [0u8; 20];
    let mut used = 0;
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
        used += 1;
        if number == 0 {
            break;
        }
    }
    out.extend(
        digits
            .iter()
            .skip(20 - used)
            .map(|digit| char::from(*digit)),
    );
}

fn decimal(text: &str) -> Option<u64> {
    let canonical = match text.as_bytes() {
        [b'0'] => true,
        [b'1'..=b'9', rest @ ..] => rest.iter().all(u8::is_ascii_digit),
        _ => false,
    };
    canonical.then(|| text.parse().ok()).flatten()
}

/// From a name, `"default"` or `"v2"`, with the separator that it has if none is given; or from a separator
/// alone, of the encoding `default`.
impl TryFrom<&str> for ChunkKeyEncoding {
    type Error = WordError;

    fn try_from(word: &str) -> Result<Self, WordError> {
        match word {
            "default" => Ok(Self::default()),
            "v2" => Ok(Self::V2(Separator::Dot)),
            other => match Separator::parse(other) {
                Some(separator) => Ok(Self::Default(separator)),
                None => Err(WordError::new(
                    "\"default\", \"v2\", or a separator, \"/\" or \".\"",
                    other,
                )),
            },
        }
    }
}

/// From a name and a separator, as zarr-python's `("v2", ".")`.
impl<S> TryFrom<(&str, S)> for ChunkKeyEncoding
where
    S: TryInto<Separator, Error: Into<WordError>>,
{
    type Error = WordError;

    fn try_from((name, separator): (&str, S)) -> Result<Self, WordError> {
        let separator = separator.try_into().map_err(Into::into)?;
        match name {
            "default" => Ok(Self::Default(separator)),
            "v2" => Ok(Self::V2(separator)),
            other => Err(WordError::new("the name \"default\" or \"v2\"", other)),
        }
    }
}

/// From the JSON of a document, or zarr-python's `{"name": "v2", "separator": "."}`.
impl TryFrom<Value> for ChunkKeyEncoding {
    type Error = MetadataError;

    fn try_from(value: Value) -> Result<Self, MetadataError> {
        let mut problems = Problems::default();
        let read = Self::read(value, &JsonPlace::ROOT, &mut problems);
        problems.finish(read)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::ChunkKeyEncoding::{Default, V2};
    use super::Separator::{Dot, Slash};
    use super::*;

    #[test]
    fn keys() {
        for (encoding, index, key) in [
            (Default(Slash), &[][..], "c"),
            (Default(Slash), &[0, 1], "c/0/1"),
            (Default(Dot), &[0, 1], "c.0.1"),
            (V2(Dot), &[], "0"),
            (V2(Dot), &[10], "10"),
            (V2(Dot), &[0, 10], "0.10"),
            (V2(Slash), &[u64::MAX, 0], "18446744073709551615/0"),
        ] {
            let mut out = String::new();
            encoding.encode(index, &mut out);
            assert_eq!(out, key);
            assert_eq!(encoding.decode(key, index.len()).as_deref(), Some(index));
        }
    }

    #[test]
    fn what_is_no_key() {
        for (encoding, rank, key) in [
            (Default(Slash), 1, "c"),
            (Default(Slash), 0, "c/0"),
            (Default(Slash), 1, "0"),
            (Default(Slash), 1, "c/00"),
            (Default(Slash), 1, "c/+1"),
            (Default(Slash), 1, "c/"),
            (Default(Slash), 1, "c/18446744073709551616"),
            (Default(Slash), 2, "c/0.1"),
            (V2(Dot), 0, ""),
            (V2(Dot), 1, ".zarray"),
            (V2(Dot), 1, ""),
            (V2(Dot), 2, "0.1.2"),
        ] {
            assert_eq!(encoding.decode(key, rank), None, "{key}");
        }
    }

    #[track_caller]
    fn check(value: Value, expected: Result<ChunkKeyEncoding, &str>) {
        let mut problems = Problems::default();
        let read = ChunkKeyEncoding::read(value, &JsonPlace::ROOT, &mut problems);
        let read = problems.finish(read).map_err(|e| e.to_string());
        assert_eq!(read, expected.map_err(str::to_owned));
    }

    #[test]
    fn documents() {
        check(json!("default"), Ok(Default(Slash)));
        check(json!("v2"), Ok(V2(Dot)));
        check(
            json!({"name": "default", "configuration": {"separator": "."}}),
            Ok(Default(Dot)),
        );
        check(json!({"name": "v2", "separator": "/"}), Ok(V2(Slash)));
        check(V2(Slash).to_extension().to_json(), Ok(V2(Slash)));
        check(
            json!({"name": "default", "configuration": {"separator": "-", "x": 1}}),
            Err(
                "/configuration/separator: expected \"/\" or \".\", found \"-\"; \
                 /configuration/x: unknown key; remove it, or make it an object with \
                 \"must_understand\": false",
            ),
        );
        check(
            json!("zigzag"),
            Err("/name: chunk key encoding \"zigzag\" is not supported by this library"),
        );
    }

    proptest! {
        #[test]
        fn any_index_comes_back(index: Vec<u64>, v2: bool, dot: bool) {
            let separator = if dot { Dot } else { Slash };
            let encoding = if v2 { V2(separator) } else { Default(separator) };
            let mut key = String::new();
            encoding.encode(&index, &mut key);
            prop_assert_eq!(encoding.decode(&key, index.len()), Some(index));
        }

        #[test]
        fn a_key_has_one_spelling(key: String, rank in 0usize..4) {
            for encoding in [Default(Slash), Default(Dot), V2(Slash), V2(Dot)] {
                if let Some(index) = encoding.decode(&key, rank) {
                    let mut again = String::new();
                    encoding.encode(&index, &mut again);
                    prop_assert_eq!(&again, &key);
                }
            }
        }
    }
}
