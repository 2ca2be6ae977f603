//! Replaces all that is not code by spaces, so that the other rules can look for words.
//!
//! A small lexer finds comments, strings and characters; it is no Rust parser. Lines keep their length in characters.

/// The same text with comments, string and character literals replaced by spaces.
pub(super) fn mask(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(&here) = chars.get(at) {
        let end = match here {
            '/' if next_is(&chars, at, '/') => until(&chars, at, |c| c == '\n'),
            '/' if next_is(&chars, at, '*') => block_comment(&chars, at),
            '"' => quoted(&chars, at, '"'),
            '\'' => character(&chars, at),
            'r' if !in_word(&chars, at) => raw_string(&chars, at),
            'b' | 'c' if next_is(&chars, at, 'r') && !in_word(&chars, at) => {
                // The prefix is kept; the raw string behind it is replaced.
                out.push(here);
                at += 1;
                raw_string(&chars, at)
            }
            _ => at,
        };
        if end == at {
            out.push(chars.get(at).copied().unwrap_or(' '));
            at += 1;
        }
        while at < end {
            out.push(if chars.get(at) == Some(&'\n') {
                '\n'
            } else {
                ' '
            });
            at += 1;
        }
    }
    out
}

fn next_is(chars: &[char], at: usize, wanted: char) -> bool {
    chars.get(at + 1) == Some(&wanted)
}

/// Whether the character is inside a word, not at its start.
fn in_word(chars: &[char], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|before| chars.get(before));
    before.is_some_and(|c| c.is_alphanumeric() || *c == '_')
}

fn until(chars: &[char], from: usize, stop: impl Fn(char) -> bool) -> usize {
    chars
        .iter()
        .skip(from)
        .position(|c| stop(*c))
        .map_or(chars.len(), |length| from + length)
}

/// Block comments nest in Rust.
fn block_comment(chars: &[char], start: usize) -> usize {
    let (mut at, mut depth) = (start, 0_usize);
    while at < chars.len() {
        match (chars.get(at), chars.get(at + 1)) {
            (Some('/'), Some('*')) => depth += 1,
            (Some('*'), Some('/')) => depth -= 1,
            _ => {
                at += 1;
                continue;
            }
        }
        at += 2;
        if depth == 0 {
            return at;
        }
    }
    chars.len()
}

fn quoted(chars: &[char], start: usize, quote: char) -> usize {
    let mut at = start + 1;
    while let Some(&here) = chars.get(at) {
        at += if here == '\\' { 2 } else { 1 };
        if here == quote {
            break;
        }
    }
    at.min(chars.len())
}

/// `'a'` and `'\n'` are characters; the `'a` of a lifetime is not.
fn character(chars: &[char], start: usize) -> usize {
    let literal = next_is(chars, start, '\\') || next_is(chars, start + 1, '\'');
    if literal {
        quoted(chars, start, '\'')
    } else {
        start
    }
}

/// `r"…"` and `r#"…"#`; anything else that begins with `r` is a word and stays.
fn raw_string(chars: &[char], start: usize) -> usize {
    let open = until(chars, start + 1, |c| c != '#');
    let hashes = open - start - 1;
    if chars.get(open) != Some(&'"') {
        return start;
    }
    let mut at = open + 1;
    while at < chars.len() {
        let closing = chars.iter().skip(at + 1).take_while(|c| **c == '#').count();
        if chars.get(at) == Some(&'"') && closing >= hashes {
            return at + 1 + hashes;
        }
        at += 1;
    }
    chars.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, kept: &str) {
        let words: Vec<String> = mask(text).split_whitespace().map(str::to_owned).collect();
        assert_eq!(words.join(" "), kept, "{text}");
        assert_eq!(mask(text).chars().count(), text.chars().count(), "{text}");
    }

    #[test]
    fn only_code_is_kept() {
        check("a // unsafe\nb", "a b");
        check("a /* x /* y */ z */ b", "a b");
        check(r#"a "x \" y" b"#, "a b");
        check(r##"a r#"x " y"# b"##, "a b");
        check(r##"a br#"x"# b"##, "a b b");
        check("for 'a' in '\\'' b", "for in b");
        check("fn f<'a>(x: &'a str) {}", "fn f<'a>(x: &'a str) {}");
        check("r#type for x", "r#type for x");
        check("a \"unclosed", "a");
    }
}
