//! Numbers that JSON values cannot hold, found in a text and put back into one. Bare ones are not JSON, so in
//! between they are *marked*: written as strings in a spelling that no writer has, which every reader takes
//! for the text of the same letters.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::{bare, replaced, string_end};
use crate::pointer::JsonPointer;

/// Each bare number and its mark: its first letter escaped, which no writer does to a letter. Short, since a
/// document may be full of them.
const MARKS: [(&str, &str); 3] = [
    ("NaN", r#""\u004EaN""#),
    ("Infinity", r#""\u0049nfinity""#),
    ("-Infinity", r#""\u002DInfinity""#),
];
/// How all marks begin.
const BEGINNING: &str = r#""\u00"#;

/// Whether this is a number that JSON does not have.
pub(crate) fn is_bare(token: &str) -> bool {
    mark(token).is_some()
}

/// The mark of a bare number.
pub(crate) fn mark(token: &str) -> Option<&'static str> {
    let found = MARKS.iter().find(|(name, _)| *name == token);
    found.map(|(_, mark)| *mark)
}

fn marked_name(string: &str) -> Option<&'static str> {
    let found = MARKS.iter().find(|(_, mark)| *mark == string);
    found.map(|(name, _)| *name)
}

/// The text with a mark in place of each bare number.
pub(crate) fn marked(text: &[u8]) -> Cow<'_, [u8]> {
    replaced(text, |name| mark(name).unwrap_or(name).into())
}

/// The text with each bare number that is marked in it.
pub(crate) fn unmarked(text: &str) -> Cow<'_, str> {
    if !has_marks(text) {
        return Cow::Borrowed(text);
    }
    let (mut out, mut done) = (String::with_capacity(text.len()), 0);
    tokens(text, |at, token| {
        if let Some(name) = marked_name(token) {
            out.push_str(text.get(done..at).unwrap_or_default());
            out.push_str(name);
            done = at + token.len();
        }
    });
    out.push_str(text.get(done..).unwrap_or_default());
    Cow::Owned(out)
}

/// Whether a text may have marked numbers.
pub(crate) fn has_marks(text: &str) -> bool {
    text.contains(BEGINNING)
}

/// The numbers that no JSON value in memory can hold, as Python spells them, by the pointers to them: marked
/// ones, and whole ones beyond 64 bits. `None` where the pointers take more than [`MOST`] bytes: many numbers
/// below one long key would take any amount of memory.
pub(crate) fn exact(text: &str) -> Option<BTreeMap<String, String>> {
    let mut found = BTreeMap::new();
    // Nearly no text has any, which is found out in a fraction of the time.
    if !has_marks(text) && !has_long_digits(text.as_bytes()) {
        return Some(found);
    }
    let (mut is_there, mut bytes) = (false, 0_usize);
    tokens(text, |_, token| is_there |= number(token).is_some());
    if !is_there {
        return Some(found);
    }
    let mut stack: Vec<Step> = Vec::new();
    tokens(text, |_, token| match token {
        "{" => stack.push(Step::Key(None)),
        "[" => stack.push(Step::Index(0)),
        "}" | "]" => {
            stack.pop();
        }
        "," => match stack.last_mut() {
            Some(Step::Key(key)) => *key = None,
            Some(Step::Index(index)) => *index += 1,
            None => {}
        },
        token => match stack.last_mut() {
            Some(Step::Key(key @ None)) => {
                *key = Some(serde_json::from_str(token).unwrap_or_default());
            }
            _ => {
                if let Some(number) = number(token).filter(|_| bytes <= MOST) {
                    let pointer = pointer(&stack);
                    bytes += pointer.len() + number.len();
                    found.insert(pointer, number.to_owned());
                }
            }
        },
    });
    (bytes <= MOST).then_some(found)
}

/// The most bytes of pointers, and of the numbers that they point to: a million in lists of short names.
pub(crate) const MOST: usize = 32 << 20;

/// Where the scanner is: in a member whose key it knows or awaits, or in an element.
enum Step {
    Key(Option<String>),
    Index(usize),
}

fn pointer(stack: &[Step]) -> String {
    let steps = stack.iter();
    let place = steps.fold(JsonPointer::root(), |place, step| match step {
        Step::Key(key) => place.key(key.as_deref().unwrap_or_default()),
        Step::Index(index) => place.index(*index),
    });
    place.as_str().to_owned()
}

/// The number that a token is, where no JSON value can hold it.
fn number(token: &str) -> Option<&str> {
    if token.starts_with('"') {
        return marked_name(token);
    }
    let digits = token.strip_prefix('-').unwrap_or(token);
    let is_whole = digits.len() >= LONG && digits.bytes().all(|byte| byte.is_ascii_digit());
    let is_beyond = || token.parse::<u64>().is_err() && token.parse::<i64>().is_err();
    (is_whole && is_beyond()).then_some(token)
}

/// The fewest digits of a number that 64 bits may be too few for.
const LONG: usize = 19;

/// Whether so many digits follow each other anywhere: if they do, one of them is at a multiple of so many bytes.
fn has_long_digits(text: &[u8]) -> bool {
    let run = |bytes: &mut dyn Iterator<Item = &u8>| {
        let digits = bytes.take(LONG).take_while(|byte| byte.is_ascii_digit());
        digits.count()
    };
    let is_in_one = |at: usize| {
        let (before, behind) = text.split_at_checked(at).unwrap_or((text, &[]));
        let behind = run(&mut behind.iter());
        behind > 0 && run(&mut before.iter().rev()) + behind >= LONG
    };
    (0..text.len()).step_by(LONG).any(is_in_one)
}

/// Reports each bracket, comma, string and number of a text, and where it begins.
fn tokens<'t>(text: &'t str, mut tell: impl FnMut(usize, &'t str)) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let end = match byte {
            b'"' => string_end(bytes, at),
            b'{' | b'}' | b'[' | b']' | b',' => at + 1,
            b'-' | b'0'..=b'9' | b'N' | b'I' => {
                let rest = bytes.get(at..).unwrap_or_default();
                let length = bare(rest).map_or_else(|| digits(rest), str::len);
                at + length.max(1)
            }
            _ => {
                at += 1;
                continue;
            }
        };
        tell(at, text.get(at..end).unwrap_or_default());
        at = end;
    }
}

/// How many of the first letters can be those of a number.
fn digits(text: &[u8]) -> usize {
    let is_of = |byte: &&u8| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
    text.iter().take_while(is_of).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_strings_of_the_same_letters() {
        for (name, mark) in MARKS {
            assert_eq!(serde_json::from_str::<String>(mark).unwrap(), name);
            assert!(mark.starts_with(BEGINNING));
        }
        let text =
            r#"{"a": [NaN, "NaN", -Infinity], "b\"": Infinity, "c": "\"\u004E\u0061\u004e"}"#;
        let marked = String::from_utf8(marked(text.as_bytes()).into_owned()).unwrap();
        assert!(serde_json::from_str::<serde_json::Value>(&marked).is_ok());
        assert_eq!(unmarked(&marked), text);
        let found: Vec<(String, String)> = exact(&marked).unwrap().into_iter().collect();
        let expected = [("/a/0", "NaN"), ("/a/2", "-Infinity"), ("/b\"", "Infinity")];
        let expected = expected.map(|(at, token)| (at.to_owned(), token.to_owned()));
        assert_eq!(found, expected);
    }

    #[test]
    fn whole_numbers_beyond_64_bits_are_found() {
        let text = r#"{"a": 18446744073709551615, "b": [{"c/d": 18446744073709551616}],
            "e": -9223372036854775808, "f": -9223372036854775809, "g": 1e30, "h": 1.0}"#;
        let found: Vec<(String, String)> = exact(text).unwrap().into_iter().collect();
        let expected = [
            ("/b/0/c~1d", "18446744073709551616"),
            ("/f", "-9223372036854775809"),
        ];
        let expected = expected.map(|(at, token)| (at.to_owned(), token.to_owned()));
        assert_eq!(found, expected);
    }

    #[test]
    fn long_digits_are_found_wherever_they_are() {
        for before in 0..2 * LONG {
            for digits in 0..3 * LONG {
                for behind in ["", "x", "x1234567890123456"] {
                    let text = "y".repeat(before) + &"7".repeat(digits) + behind;
                    assert_eq!(has_long_digits(text.as_bytes()), digits >= LONG, "{text}");
                }
            }
        }
    }

    #[test]
    fn pointers_are_bounded() {
        let list = format!("[{}1]", "18446744073709551616,".repeat(1000));
        let text = |key: usize| format!("{{\"{}\": {list}}}", "k".repeat(key));
        assert_eq!(exact(&text(10)).unwrap().len(), 1000);
        assert_eq!(exact(&text(1 << 20)), None);
    }

    #[test]
    fn what_is_no_json_is_passed_over() {
        for text in [
            "}", "]]]{{", "\"", "\"\\", "{\"a", "{,,,", "N", "-", "é-é", "[\"\\é",
        ] {
            exact(text);
            unmarked(text);
        }
    }
}
