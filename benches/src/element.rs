//! The types that elements have, and elements of one of them. Knows no library.

/// The type of a data set's elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Element {
    U16,
    F32,
}

impl Element {
    /// Bytes of an element.
    pub(crate) fn size(self) -> usize {
        match self {
            Self::U16 => 2,
            Self::F32 => 4,
        }
    }

    /// As formats name it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::U16 => "uint16",
            Self::F32 => "float32",
        }
    }
}

/// Elements in C order.
#[derive(Clone, Debug)]
pub(crate) enum Values {
    U16(Vec<u16>),
    F32(Vec<f32>),
}

impl Values {
    /// Little-endian bytes as elements.
    pub(crate) fn new(element: Element, bytes: &[u8]) -> Self {
        match element {
            Element::U16 => Self::U16(bytemuck::pod_collect_to_vec(bytes)),
            Element::F32 => Self::F32(bytemuck::pod_collect_to_vec(bytes)),
        }
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        match self {
            Self::U16(values) => bytemuck::cast_slice(values),
            Self::F32(values) => bytemuck::cast_slice(values),
        }
    }
}
