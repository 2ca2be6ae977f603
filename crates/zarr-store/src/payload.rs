//! `Payload`: a value on its way into a store, as a short list of shared buffers, so that the parts of a large value
//! are never copied together.

use bytes::Bytes;

/// The bytes of one value, in one part or several.
///
/// ```
/// use zarr_store::Payload;
/// let shard: Payload = [vec![1, 2], vec![3]].into_iter().collect();
/// assert_eq!((shard.len(), shard.parts().len()), (3, 2));
/// assert_eq!(shard.into_bytes(), [1, 2, 3].as_slice());
/// ```
#[derive(Debug, Clone, Default)]
pub struct Payload {
    parts: Parts,
    len: usize,
    durable: bool,
}

/// Nearly every value is one buffer: it should not need a list as well.
#[derive(Debug, Clone)]
enum Parts {
    One(Bytes),
    Many(Vec<Bytes>),
}

impl Default for Parts {
    fn default() -> Self {
        Parts::Many(Vec::new())
    }
}

impl Payload {
    /// How many bytes, all parts together.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is no byte.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The same value, which must survive a power loss once the put has ended, whatever the store does for other
    /// values: neither the old value nor the new one may be lost. This is for the few small values that everything else
    /// depends on. It changes nothing in a store whose values are always durable, or never.
    #[must_use]
    pub fn durable(mut self) -> Self {
        self.durable = true;
        self
    }

    /// Whether it must survive a power loss once the put has ended.
    pub fn is_durable(&self) -> bool {
        self.durable
    }

    /// The parts in order; none of them is empty.
    pub fn parts(&self) -> &[Bytes] {
        match &self.parts {
            Parts::One(part) => std::slice::from_ref(part),
            Parts::Many(parts) => parts,
        }
    }

    /// All bytes as one buffer: shared if there is one part, copied together otherwise.
    pub fn into_bytes(self) -> Bytes {
        match self.parts {
            Parts::One(part) => part,
            Parts::Many(parts) => parts.concat().into(),
        }
    }
}

impl From<Bytes> for Payload {
    fn from(part: Bytes) -> Self {
        if part.is_empty() {
            return Payload::default();
        }
        Payload {
            len: part.len(),
            parts: Parts::One(part),
            durable: false,
        }
    }
}

impl From<Vec<u8>> for Payload {
    fn from(part: Vec<u8>) -> Self {
        Bytes::from(part).into()
    }
}

impl From<&'static [u8]> for Payload {
    fn from(part: &'static [u8]) -> Self {
        Bytes::from_static(part).into()
    }
}

impl From<String> for Payload {
    fn from(text: String) -> Self {
        text.into_bytes().into()
    }
}

impl<B: Into<Bytes>> FromIterator<B> for Payload {
    fn from_iter<I: IntoIterator<Item = B>>(parts: I) -> Self {
        let parts: Vec<Bytes> = parts
            .into_iter()
            .map(Into::into)
            .filter(|p| !p.is_empty())
            .collect();
        Payload {
            len: parts.iter().map(Bytes::len).sum(),
            parts: Parts::Many(parts),
            durable: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_part_is_shared() {
        let part = Bytes::from(vec![1, 2, 3]);
        let at = part.as_ptr();
        assert_eq!(Payload::from(part).into_bytes().as_ptr(), at);
    }

    #[test]
    fn no_part_is_empty() {
        let p: Payload = [Bytes::new(), Bytes::from_static(b"x"), Bytes::new()]
            .into_iter()
            .collect();
        assert_eq!((p.len(), p.parts().len()), (1, 1));
        assert!(Payload::from(Vec::new()).parts().is_empty());
        assert!(Payload::default().into_bytes().is_empty());
    }
}
