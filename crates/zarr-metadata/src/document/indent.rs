//! JSON text indented by two, as zarr-python does. Copies every token as it stands, since a number
//! made a value and written again could lose digits; judges nothing.

/// The text, which has to be JSON, with its own white space replaced.
pub(super) fn indented(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() * 2);
    let mut depth = 0usize;
    let mut bytes = text.bytes().peekable();
    let line = |out: &mut Vec<u8>, depth: usize| {
        out.push(b'\n');
        out.extend(std::iter::repeat_n(b' ', 2 * depth));
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
        assert_eq!(String::from_utf8_lossy(&indented(text)), expected);
    }

    proptest! {
        #[test]
        fn as_serde_json_does(value in any_json()) {
            let expected = format!("{value:#}");
            prop_assert_eq!(String::from_utf8(indented(&expected)).unwrap(), expected.as_str());
            prop_assert_eq!(String::from_utf8(indented(&value.to_string())).unwrap(), expected);
        }
    }
}
