//! The types that elements have, and elements of one of them. Knows no library.

use std::borrow::Cow;

/// The type of a data set's elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Element {
    U16,
    F32,
    /// Texts of different lengths.
    Text,
}

impl Element {
    /// Bytes of an element, as elements are kept in files and compared. Texts are padded with zeros: so wide are the
    /// longest ones.
    pub(crate) fn size(self) -> usize {
        match self {
            Self::U16 => 2,
            Self::F32 => 4,
            Self::Text => 16,
        }
    }

    /// As documents name it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::U16 => "uint16",
            Self::F32 => "float32",
            Self::Text => "string",
        }
    }

    /// As NumPy names what is kept in files.
    pub(crate) fn numpy(self) -> &'static str {
        match self {
            Self::U16 => "<u2",
            Self::F32 => "<f4",
            Self::Text => "|S16",
        }
    }
}

/// Elements in C order.
#[derive(Clone, Debug)]
pub(crate) enum Values {
    U16(Vec<u16>),
    F32(Vec<f32>),
    Text(Vec<String>),
}

impl Values {
    /// Little-endian bytes as elements, or padded texts.
    pub(crate) fn new(element: Element, bytes: &[u8]) -> Self {
        match element {
            Element::U16 => Self::U16(bytemuck::pod_collect_to_vec(bytes)),
            Element::F32 => Self::F32(bytemuck::pod_collect_to_vec(bytes)),
            Element::Text => {
                let texts = bytes.chunks_exact(element.size());
                let text = |padded| String::from_utf8_lossy(padded);
                let text = |padded| text(padded).trim_end_matches('\0').to_owned();
                Self::Text(texts.map(text).collect())
            }
        }
    }

    /// As in files; texts that are wider than the source has any are cut.
    pub(crate) fn bytes(&self) -> Cow<'_, [u8]> {
        match self {
            Self::U16(values) => bytemuck::cast_slice(values).into(),
            Self::F32(values) => bytemuck::cast_slice(values).into(),
            Self::Text(texts) => {
                let size = Element::Text.size();
                let padded = |text: &String| {
                    let mut bytes = text.clone().into_bytes();
                    bytes.resize(size, 0);
                    bytes
                };
                texts.iter().flat_map(padded).collect()
            }
        }
    }
}
