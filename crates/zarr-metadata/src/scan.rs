//! What a JSON reader does not say about a text: how deep it nests, which keys occur twice, where a bare
//! `NaN` stands. Reads tokens in one pass without recursion and checks no syntax: a text that is not JSON
//! gives a partial answer, and the JSON reader says why.

mod exact;

use std::borrow::Cow;
use std::collections::HashSet;

use crate::pointer::JsonPointer;

pub(crate) use exact::{MOST, exact, has_marks, is_bare, mark, marked, unmarked};

/// How deep the text nests; counting stops past `limit`.
pub(crate) fn depth(text: &[u8], limit: usize) -> usize {
    let (mut depth, mut deepest) = (0usize, 0usize);
    let mut rest = text.iter();
    while let Some(byte) = rest.next() {
        match byte {
            b'"' => loop {
                match rest.next() {
                    Some(b'\\') => {
                        rest.next();
                    }
                    Some(b'"') | None => break,
                    Some(_) => {}
                }
            },
            b'{' | b'[' => {
                depth += 1;
                deepest = deepest.max(depth);
                if depth > limit {
                    break;
                }
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// How many values the text holds at most: each but the first follows a bracket or a comma.
pub(crate) fn values(text: &[u8]) -> usize {
    let (mut count, mut at) = (1, 0);
    while let Some(byte) = text.get(at) {
        at = match byte {
            b'"' => string_end(text, at),
            _ => at + 1,
        };
        count += usize::from(matches!(byte, b'{' | b'[' | b','));
    }
    count
}

/// A number that JSON does not have, bare in a text.
pub(crate) struct BareNumber {
    /// `NaN`, `Infinity` or `-Infinity`.
    pub(crate) name: &'static str,
    pub(crate) pointer: JsonPointer,
}

/// What [`scan`] finds.
#[derive(Default)]
pub(crate) struct ScannedText {
    /// Members whose key occurs in the same object before.
    pub(crate) duplicates: Vec<JsonPointer>,
    pub(crate) bare: Vec<BareNumber>,
}

/// An array or object that the scanner is in.
enum Frame<'t> {
    Object {
        seen: HashSet<Cow<'t, [u8]>>,
        key: Cow<'t, [u8]>,
        key_next: bool,
    },
    Array(usize),
}

/// Scans a text within the limit of depth; keeps at most `kept` duplicates and as many bare numbers.
pub(crate) fn scan(text: &[u8], kept: usize) -> ScannedText {
    let mut findings = ScannedText::default();
    let mut stack: Vec<Frame<'_>> = Vec::new();
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        match byte {
            b'"' => {
                let end = string_end(text, at);
                if let Some(Frame::Object {
                    seen,
                    key,
                    key_next: key_next @ true,
                }) = stack.last_mut()
                {
                    *key_next = false;
                    *key = decoded(text.get(at..end).unwrap_or_default());
                    if !seen.insert(key.clone()) && findings.duplicates.len() < kept {
                        findings.duplicates.push(pointer(&stack));
                    }
                }
                at = end;
                continue;
            }
            b'{' => stack.push(Frame::Object {
                seen: HashSet::new(),
                key: Cow::Borrowed(b""),
                key_next: true,
            }),
            b'[' => stack.push(Frame::Array(0)),
            b'}' | b']' => {
                stack.pop();
            }
            b',' => match stack.last_mut() {
                Some(Frame::Object { key_next, .. }) => *key_next = true,
                Some(Frame::Array(index)) => *index += 1,
                None => {}
            },
            b'N' | b'I' | b'-' => {
                if let Some(name) = bare(text.get(at..).unwrap_or_default()) {
                    if findings.bare.len() < kept {
                        let pointer = pointer(&stack);
                        findings.bare.push(BareNumber { name, pointer });
                    }
                    at += name.len();
                    continue;
                }
            }
            _ => {}
        }
        at += 1;
    }
    findings
}

/// The text with each bare number as a string of the same letters, which is how Zarr spells it.
fn quoted(text: &[u8]) -> Cow<'_, [u8]> {
    replaced(text, |name| format!("\"{name}\"").into())
}

/// The text with each bare number replaced.
fn replaced<'t>(
    text: &'t [u8],
    words: impl Fn(&'static str) -> Cow<'static, str>,
) -> Cow<'t, [u8]> {
    // Counted first: a document may be full of them, and a growing buffer takes twice the memory.
    let more = |(_, name): (usize, &'static str)| words(name).len() - name.len();
    let len = text.len() + bare_numbers(text).map(more).sum::<usize>();
    if len == text.len() {
        return Cow::Borrowed(text);
    }
    let (mut out, mut done) = (Vec::with_capacity(len), 0);
    for (at, name) in bare_numbers(text) {
        out.extend(text.get(done..at).unwrap_or_default());
        out.extend(words(name).as_bytes());
        done = at + name.len();
    }
    out.extend(text.get(done..).unwrap_or_default());
    Cow::Owned(out)
}

/// The bare numbers of a text, with the places where they begin.
fn bare_numbers(text: &[u8]) -> impl Iterator<Item = (usize, &'static str)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let rest = text.get(at..)?;
            match (rest.first()?, bare(rest)) {
                (b'"', _) => at = string_end(text, at),
                (_, None) => at += 1,
                (_, Some(name)) => {
                    let found = at;
                    at += name.len();
                    return Some((found, name));
                }
            }
        }
    })
}

/// The text with `NaN`, `Infinity` and `-Infinity` that stand bare, as Python writes them, as strings of the
/// same letters, which is how Zarr spells them. It does not check whether the text is JSON otherwise; one
/// that nests deeper than `deepest` is left unchanged.
///
/// ```
/// let text = zarr_metadata::quote_bare_numbers(br#"[NaN, "NaN", -Infinity]"#, 8);
/// assert_eq!(&*text, br#"["NaN", "NaN", "-Infinity"]"#);
/// ```
#[must_use]
pub fn quote_bare_numbers(text: &[u8], deepest: usize) -> Cow<'_, [u8]> {
    if depth(text, deepest) > deepest {
        return Cow::Borrowed(text);
    }
    quoted(text)
}

/// Only whole tokens count: `NaNa` stays for the JSON reader to refuse.
fn bare(text: &[u8]) -> Option<&'static str> {
    let name = ["NaN", "Infinity", "-Infinity"]
        .into_iter()
        .find(|name| text.starts_with(name.as_bytes()))?;
    let next = text.get(name.len()).copied().unwrap_or(b' ');
    (!next.is_ascii_alphanumeric()).then_some(name)
}

/// The offset behind the string that begins at `start`.
fn string_end(text: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    loop {
        match text.get(at) {
            Some(b'\\') => at += 2,
            Some(b'"') => return at + 1,
            Some(_) => at += 1,
            None => return text.len(),
        }
    }
}

/// A key without its quotes and escapes: `"a"` and `"\u0061"` are one key.
fn decoded(quoted: &[u8]) -> Cow<'_, [u8]> {
    if quoted.contains(&b'\\')
        && let Ok(key) = serde_json::from_slice::<String>(quoted)
    {
        return Cow::Owned(key.into_bytes());
    }
    let inner = quoted.strip_prefix(b"\"").unwrap_or(quoted);
    Cow::Borrowed(inner.strip_suffix(b"\"").unwrap_or(inner))
}

fn pointer(stack: &[Frame<'_>]) -> JsonPointer {
    stack
        .iter()
        .fold(JsonPointer::root(), |place, frame| match frame {
            Frame::Object { key, .. } => place.key_cut_short(&String::from_utf8_lossy(key)),
            Frame::Array(index) => place.index(*index),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn duplicates(text: &str) -> Vec<String> {
        let found = scan(text.as_bytes(), 100).duplicates;
        found.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn keys_that_stand_twice() {
        assert_eq!(duplicates(r#"{"a": 1, "b": {"a": 2}}"#), [""; 0]);
        assert_eq!(duplicates(r#"{"a": 1, "b": 2, "a": 3}"#), ["/a"]);
        assert_eq!(
            duplicates(r#"[0, {"x": {"a": "a", "\u0061": ["a", "a"]}}]"#),
            ["/1/x/a"]
        );
        assert_eq!(duplicates(r#"{"\"": 1, "\"": 2}"#), ["/\""]);
    }

    #[test]
    fn depth_counts_brackets_outside_of_strings() {
        assert_eq!(depth(b"1", 9), 0);
        assert_eq!(depth(br#"{"[[[": ["\"[", {}]}"#, 9), 3);
        assert_eq!(depth(&[b'['; 10_000], 9), 10);
    }

    #[test]
    fn values_are_counted_outside_of_strings() {
        assert_eq!(values(b"1"), 1);
        assert_eq!(values(br#"{"a,[{": [1, 2], "b": "\",,,"}"#), 5);
        assert_eq!(values(b"[[],[]]"), 5);
        assert_eq!(values(b"[\"a"), 2);
    }

    #[test]
    fn bare_numbers_become_strings() {
        let mend = |text: &str| String::from_utf8(quoted(text.as_bytes()).into_owned()).unwrap();
        assert_eq!(
            mend(r#"{"NaN": [NaN,-Infinity, Infinity, -1, "NaN"]}"#),
            r#"{"NaN": ["NaN","-Infinity", "Infinity", -1, "NaN"]}"#
        );
        assert_eq!(mend("NaN"), "\"NaN\"");
        assert_eq!(mend("[NaNa]"), "[NaNa]");
        let places: Vec<String> = scan(br#"{"a": [0, NaN], "b": Infinity}"#, 100)
            .bare
            .iter()
            .map(|bare| bare.pointer.to_string())
            .collect();
        assert_eq!(places, ["/a/1", "/b"]);
    }

    #[test]
    fn what_is_no_json_is_passed_over() {
        for text in ["}", "]]]{{", "\"", "\"\\", "{\"a", "{,,,", "[\"\\u\"]", "N"] {
            scan(text.as_bytes(), 100);
            depth(text.as_bytes(), 100);
        }
    }
}
