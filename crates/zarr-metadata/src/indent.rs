//! Lays out JSON text anew. Every token is copied as it stands, since a number that becomes a value and is
//! written again could lose digits.

/// How the text of a document is laid out: `json_indent` of zarr-python's settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Indent {
    /// All on one line, without white space.
    Compact,
    /// Each value on a line of its own, indented by so many spaces per level.
    Spaces(u8),
}

impl Default for Indent {
    /// Two spaces, as zarr-python writes.
    fn default() -> Self {
        Self::Spaces(2)
    }
}

impl Indent {
    /// JSON text in this layout, however it was laid out before.
    pub(crate) fn laid_out(self, text: &str) -> String {
        String::from_utf8(laid_out(text.as_bytes(), self)).unwrap_or_default()
    }
}

/// The text, which has to be JSON, with its own white space replaced.
pub(crate) fn laid_out(text: &[u8], indent: Indent) -> Vec<u8> {
    // White space makes most documents less than twice as long. Without it, none gets longer.
    let expected = match indent {
        Indent::Compact => text.len(),
        Indent::Spaces(_) => text.len() * 2,
    };
    let mut out = Vec::with_capacity(expected);
    let mut depth = 0usize;
    let mut bytes = text.iter().copied().peekable();
    let line = |out: &mut Vec<u8>, depth: usize| {
        if let Indent::Spaces(spaces) = indent {
            out.push(b'\n');
            out.extend(std::iter::repeat_n(b' ', usize::from(spaces) * depth));
        }
    };
    while let Some(byte) = bytes.next() {
        match byte {
            b' ' | b'\n' | b'\r' | b'\t' => {}
            b'"' => {
                out.push(byte);
                while let Some(byte) = bytes.next() {
                    out.push(byte);
                    match byte {
                        b'\\' => out.extend(bytes.next()),
                        b'"' => break,
                        _ => {}
                    }
                }
            }
            b'{' | b'[' => {
                out.push(byte);
                while bytes.next_if(u8::is_ascii_whitespace).is_some() {}
                match bytes.next_if(|next| matches!(next, b'}' | b']')) {
                    Some(end) => out.push(end),
                    None => {
                        depth += 1;
                        line(&mut out, depth);
                    }
                }
            }
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                line(&mut out, depth);
                out.push(byte);
            }
            b',' => {
                out.push(byte);
                line(&mut out, depth);
            }
            b':' if indent == Indent::Compact => out.push(byte),
            b':' => out.extend(b": "),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing::any_json;

    #[test]
    fn tokens_stand_as_they_were() {
        let text = r#"{"a": [ ], "b\"": {} ,"c":[123456789012345678901234567890,1e2,"[ {,: "]}"#;
        let expected = "{\n  \"a\": [],\n  \"b\\\"\": {},\n  \"c\": [\n    \
                        123456789012345678901234567890,\n    1e2,\n    \"[ {,: \"\n  ]\n}";
        let two = laid_out(text.as_bytes(), Indent::default());
        assert_eq!(String::from_utf8_lossy(&two), expected);
        let compact = laid_out(expected.as_bytes(), Indent::Compact);
        let expected = r#"{"a":[],"b\"":{},"c":[123456789012345678901234567890,1e2,"[ {,: "]}"#;
        assert_eq!(String::from_utf8_lossy(&compact), expected);
    }

    proptest! {
        #[test]
        fn as_serde_json_does(value in any_json()) {
            let (indented, compact) = (format!("{value:#}"), value.to_string());
            for text in [&indented, &compact] {
                let laid_out = |indent| String::from_utf8(laid_out(text.as_bytes(), indent));
                prop_assert_eq!(&laid_out(Indent::default()).unwrap(), &indented);
                prop_assert_eq!(&laid_out(Indent::Compact).unwrap(), &compact);
            }
        }
    }
}
