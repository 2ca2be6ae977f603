//! The header of an `.npy` file: magic, version, and a Python dictionary.

use std::io::Read;

use serde_json::Value;

use super::error::Error;
use super::python_literal::{Parser, repr};

const MAGIC: &[u8; 6] = b"\x93NUMPY";

/// numpy itself refuses more than 10 000 bytes unless told otherwise; the fields of a record may take more.
const MAX_LEN: u32 = 1 << 20;

/// numpy leaves room for the first axis to grow, up to this many digits.
const GROWING_DIGITS: usize = 21;

/// The content of a header.
#[derive(Debug, PartialEq)]
pub(super) struct Header {
    /// A type string, or a list of fields.
    pub(super) descr: Value,
    pub(super) fortran_order: bool,
    pub(super) shape: Vec<u64>,
}

impl Header {
    /// Everything before the elements, aligned to 64 bytes, as numpy writes it.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let shape: String = match self.shape.as_slice() {
            [only] => format!("({only},)"),
            lengths => {
                let lengths: Vec<String> = lengths.iter().map(u64::to_string).collect();
                format!("({})", lengths.join(", "))
            }
        };
        let order = if self.fortran_order { "True" } else { "False" };
        let descr = repr(&self.descr);
        let text = format!("{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}, }}");
        // The first two versions are in Latin 1, which not all names of fields fit into.
        let latin: Result<Vec<u8>, _> = text.chars().map(|c| u8::try_from(u32::from(c))).collect();
        let (mut text, oldest) = match latin {
            Ok(latin) => (latin, 1),
            Err(_) => (text.into_bytes(), 3),
        };
        let grows = if self.fortran_order {
            self.shape.last()
        } else {
            self.shape.first()
        };
        if let Some(length) = grows {
            let used = length.to_string().len();
            text.extend(std::iter::repeat_n(
                b' ',
                GROWING_DIGITS.saturating_sub(used),
            ));
        }

        // Magic, version and the length field stand before the text, a line end behind it.
        let padded = |before: usize| {
            let len = before + text.len() + 1;
            text.len() + 1 + (len.next_multiple_of(64) - len)
        };
        let mut out = MAGIC.to_vec();
        let len = match u16::try_from(padded(10)) {
            Ok(len) if oldest == 1 => {
                out.extend([1, 0]);
                out.extend(len.to_le_bytes());
                usize::from(len)
            }
            _ => {
                let len = padded(12);
                out.extend([oldest.max(2), 0]);
                // Only a shape with hundreds of millions of axes is longer.
                out.extend(u32::try_from(len).unwrap_or(u32::MAX).to_le_bytes());
                len
            }
        };
        out.extend(&text);
        out.extend(std::iter::repeat_n(b' ', len - text.len() - 1));
        out.push(b'\n');
        out
    }

    /// Reads a header, and says how many bytes it takes.
    pub(super) fn read(input: &mut impl Read) -> Result<(Self, u64), Error> {
        let corrupt = |text: String| Err(Error::Corrupt(text));
        let mut start = Vec::new();
        input.take(8).read_to_end(&mut start)?;
        let Some(([major, minor], [])) = start
            .strip_prefix(MAGIC)
            .and_then(<[u8]>::split_first_chunk)
        else {
            return corrupt("it is not an .npy file: it does not begin like one".to_owned());
        };
        let (len, before) = match major {
            1 => {
                let mut len = [0; 2];
                input.read_exact(&mut len)?;
                (u32::from(u16::from_le_bytes(len)), 10)
            }
            2 | 3 => {
                let mut len = [0; 4];
                input.read_exact(&mut len)?;
                (u32::from_le_bytes(len), 12)
            }
            _ => {
                let text = format!(
                    "version {major}.{minor} of the .npy format is not supported; 1, 2 and 3 are"
                );
                return Err(Error::Unsupported(text));
            }
        };
        if len > MAX_LEN {
            return corrupt(format!(
                "its header of {len} bytes is longer than the limit of {MAX_LEN}"
            ));
        }
        let mut text = Vec::new();
        input.take(len.into()).read_to_end(&mut text)?;
        if text.len() as u64 != u64::from(len) {
            return corrupt("it ends within its header".to_owned());
        }
        let text = match major {
            1 | 2 => text.into_iter().map(char::from).collect(), // Latin 1
            _ => match String::from_utf8(text) {
                Ok(text) => text,
                Err(error) => return corrupt(format!("its header is not UTF-8: {error}")),
            },
        };
        let header = dictionary(Parser::new(&text))?;
        Ok((header, before + u64::from(len)))
    }
}

/// Reads the dictionary.
fn dictionary(mut text: Parser<'_>) -> Result<Header, Error> {
    let (mut descr, mut fortran_order, mut shape) = (None, None, None);
    text.need("{")?;
    while !text.eat("}") {
        let key = text.string()?;
        text.need(":")?;
        let again = match key.as_str() {
            "descr" => descr.replace(text.descr()?).is_some(),
            "fortran_order" => fortran_order.replace(text.boolean()?).is_some(),
            "shape" => shape.replace(text.shape()?).is_some(),
            _ => return Err(text.error("`descr`, `fortran_order` or `shape` as key")),
        };
        if again {
            return Err(text.error("each key once"));
        }
        if !text.eat(",") {
            text.need("}")?;
            break;
        }
    }
    text.end()?;
    match (descr, fortran_order, shape) {
        (Some(descr), Some(fortran_order), Some(shape)) => Ok(Header {
            descr,
            fortran_order,
            shape,
        }),
        _ => Err(Error::Corrupt(
            "its header lacks one of `descr`, `fortran_order` and `shape`".to_owned(),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Result<&[u64], &str>) {
        let read = dictionary(Parser::new(text));
        let read = read
            .as_ref()
            .map(|h| h.shape.as_slice())
            .map_err(ToString::to_string);
        assert_eq!(read, expected.map_err(str::to_owned), "{text}");
    }

    #[test]
    fn dictionaries() {
        check(
            "{'descr': '<f8', 'fortran_order': False, 'shape': (), }  \n",
            Ok(&[]),
        );
        check(
            "{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }",
            Ok(&[3]),
        );
        check(
            "{\"shape\":(3,4),u'fortran_order':True,'descr':'<f8'}",
            Ok(&[3, 4]),
        );
        check(
            "{'descr': '|b1', 'fortran_order': False, 'shape': (3L, 4L)}",
            Ok(&[3, 4]),
        );

        let at = |column: usize, expected: &str| {
            format!("its header cannot be read: column {column}: expected {expected}")
        };
        check("", Err(&at(1, "`{`")));
        check(
            "{'shape': (-1,)}",
            Err(&at(12, "a length of at most 2^64-1")),
        );
        check(
            "{'shape': (18446744073709551616,)}",
            Err(&at(12, "a length of at most 2^64-1")),
        );
        check("{'shape': (1 2)}", Err(&at(14, "`)`")));
        check(
            "{'shape': (1,,)}",
            Err(&at(14, "a length of at most 2^64-1")),
        );
        check(
            "{'shape': (1,), 'shape': (1,)}",
            Err(&at(30, "each key once")),
        );
        check("{'descr': '<f8}", Err(&at(12, "a string")));
        check(
            "{'é': 1}",
            Err(&at(7, "`descr`, `fortran_order` or `shape` as key")),
        );
        check("{'fortran_order': 1}", Err(&at(19, "`True` or `False`")));
        check("{} x", Err(&at(3, "the end")));
        check(
            "{}",
            Err("its header lacks one of `descr`, `fortran_order` and `shape`"),
        );
        check(
            "{'descr': [('a', '<i4'), ('', '|V4')], 'fortran_order': False, 'shape': (1,)}",
            Ok(&[1]),
        );
    }

    #[test]
    fn long_headers() {
        let header = Header {
            descr: "<f8".into(),
            fortran_order: false,
            shape: vec![1; 30_000],
        };
        let bytes = header.to_bytes();
        assert_eq!((bytes[6], bytes.len() % 64), (2, 0));
        let read = Header::read(&mut bytes.as_slice()).unwrap();
        assert_eq!(read, (header, bytes.len() as u64));
    }
}
