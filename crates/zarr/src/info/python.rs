//! Values as Python prints them. Control characters are always escaped, because untrusted metadata is printed
//! to terminals.

use std::borrow::Borrow;
use std::fmt::Write as _;

use serde_json::Value;

/// `(1000, 1000)`, `(7,)`, `()`.
pub(crate) fn tuple<T: ToString>(items: impl IntoIterator<Item = T>) -> String {
    let items: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    match items.as_slice() {
        [only] => format!("({only},)"),
        items => format!("({})", items.join(", ")),
    }
}

/// The shortest digits that read back as the value, in Python's layout: `0.1`, `1e+16`, `nan`.
pub(super) fn float(value: f64) -> String {
    if value.is_nan() {
        return "nan".to_owned();
    }
    // Rust and Python switch to exponents at the same magnitudes, but write them differently.
    let text = format!("{value:?}");
    match text.contains('e') {
        true => with_exponent(value, ""),
        false => text,
    }
}

/// `1.5e-07`; `point` follows a mantissa that has no fraction.
pub(super) fn with_exponent(value: f64, point: &str) -> String {
    let text = format!("{value:e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let (sign, digits) = match exponent.strip_prefix('-') {
        Some(digits) => ('-', digits),
        None => ('+', exponent),
    };
    let point = if mantissa.contains('.') { "" } else { point };
    format!("{mantissa}{point}e{sign}{digits:0>2}")
}

/// `(1-2j)`; without parentheses where the real part is a plain zero.
pub(super) fn complex(re: f64, im: f64) -> String {
    let part = |value: f64| {
        let text = float(value);
        text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
    };
    let im_text = part(im);
    if re == 0.0 && re.is_sign_positive() {
        return format!("{im_text}j");
    }
    let sign = if im_text.starts_with('-') { "" } else { "+" };
    format!("({}{sign}{im_text}j)", part(re))
}

/// The value of a half-precision number, given as its bits, as the same `f64`.
pub(super) fn half(bits: u16) -> f64 {
    let exponent = i32::from(bits >> 10 & 0x1f);
    let fraction = f64::from(bits & 0x3ff);
    let magnitude = match exponent {
        0 => fraction * 2_f64.powi(-24),
        0x1f if fraction == 0.0 => f64::INFINITY,
        0x1f => f64::NAN,
        _ => (1024.0 + fraction) * 2_f64.powi(exponent - 25),
    };
    if bits >> 15 == 1 {
        -magnitude
    } else {
        magnitude
    }
}

/// `b'\x00a'`.
pub(super) fn bytes(value: &[u8]) -> String {
    let quote = if value.contains(&b'\'') && !value.contains(&b'"') {
        '"'
    } else {
        '\''
    };
    let mut text = format!("b{quote}");
    for byte in value {
        match byte {
            b'\t' => text.push_str("\\t"),
            b'\n' => text.push_str("\\n"),
            b'\r' => text.push_str("\\r"),
            b'\\' => text.push_str("\\\\"),
            byte if char::from(*byte) == quote => {
                text.push('\\');
                text.push(quote);
            }
            b' '..=b'~' => text.push(char::from(*byte)),
            // Writing to a string cannot fail.
            byte => drop(write!(text, "\\x{byte:02x}")),
        }
    }
    text.push(quote);
    text
}

/// A JSON value, with lists as tuples, into which zarr-python converts them.
pub(super) fn json(value: &Value) -> String {
    literal(value, &|items| tuple(items))
}

/// A JSON value, with lists as lists, as in the settings of numcodecs.
pub(super) fn plain(value: &Value) -> String {
    literal(value, &|items| format!("[{}]", items.join(", ")))
}

fn literal(value: &Value, list: &dyn Fn(&[String]) -> String) -> String {
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Number(number) => match number.as_f64().filter(|_| number.is_f64()) {
            Some(value) => float(value),
            None => number.to_string(),
        },
        Value::String(text) => string(text),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(|item| literal(item, list)).collect();
            list(&items)
        }
        Value::Object(members) => {
            let members = members.iter();
            let members: Vec<String> = members
                .map(|(key, value)| format!("{}: {}", string(key), literal(value, list)))
                .collect();
            format!("{{{}}}", members.join(", "))
        }
    }
}

/// `level=5`: a setting as a keyword argument.
pub(super) fn setting<K: AsRef<str>, V: Borrow<Value>>((key, value): (K, V)) -> String {
    format!("{}={}", printable(key.as_ref()), json(value.borrow()))
}

pub(super) fn string(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') {
        '"'
    } else {
        '\''
    };
    let mut out = String::with_capacity(text.len() + 2);
    out.push(quote);
    for c in text.chars() {
        match c {
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\\' => out.push_str("\\\\"),
            c if c == quote => out.extend(['\\', c]),
            c => push_printable(&mut out, c),
        }
    }
    out.push(quote);
    out
}

/// Text without quotes: only control characters are escaped.
pub(crate) fn printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    text.chars().for_each(|c| push_printable(&mut out, c));
    out
}

fn push_printable(out: &mut String, c: char) {
    match c.is_control() {
        // All control characters are below U+0100. Writing to a string cannot fail.
        true => drop(write!(out, "\\x{:02x}", u32::from(c))),
        false => out.push(c),
    }
}
