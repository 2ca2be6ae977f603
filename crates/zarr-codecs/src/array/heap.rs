//! Elements of variable length: a heap that keeps their bytes, and the handles that stand for them in
//! arrays.
//!
//! A handle has a fixed size, so whatever moves elements about (views, transposition, shards,
//! selections, merges of old and new) moves handles like any other element. Only the codecs for such
//! elements, and the code that hands elements to a user, look into the heap. Handles never leave the
//! process.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock, RwLockWriteGuard};

use bytes::Bytes;

use crate::error::check_limit;
use crate::{CodecError, CodecErrorKind};

/// Where the bytes of an element of variable length are in a [`VlenHeap`].
///
/// The handle whose bytes are all zero stands for the fill value, whatever that is. So zeroed memory holds
/// fill values, and an element equals the fill value only if its handle does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VlenHandle {
    /// 0 is the fill value.
    segment: u32,
    len: u32,
    offset: u64,
}

impl VlenHandle {
    /// The size of a handle in an array, in bytes.
    pub const SIZE: usize = 16;
    /// The fill value.
    pub const FILL: Self = Self {
        segment: 0,
        len: 0,
        offset: 0,
    };

    /// The bytes of the element within those of its segment.
    pub(crate) fn within(self, segment: &[u8]) -> Option<&[u8]> {
        let start = usize::try_from(self.offset).ok()?;
        segment.get(start..start.checked_add(self.len as usize)?)
    }

    /// The handle as an element of an array.
    #[must_use]
    pub fn to_bytes(self) -> [u8; Self::SIZE] {
        let Self {
            segment,
            len,
            offset,
        } = self;
        let mut bytes = [0; Self::SIZE];
        let (front, back) = bytes.split_at_mut(8);
        front.copy_from_slice(&(u64::from(segment) | u64::from(len) << 32).to_ne_bytes());
        back.copy_from_slice(&offset.to_ne_bytes());
        bytes
    }

    /// The handles of a run of elements.
    pub(crate) fn all(run: &[u8]) -> impl Iterator<Item = Self> + '_ {
        run.as_chunks()
            .0
            .iter()
            .map(|bytes| Self::from_bytes(*bytes))
    }

    /// The handle from the bytes that it has in an array.
    #[must_use]
    pub fn from_bytes(bytes: [u8; Self::SIZE]) -> Self {
        let number = |half: &[u8]| half.try_into().map_or(0, u64::from_ne_bytes);
        let (front, back) = bytes.split_at(8);
        let (front, offset) = (number(front), number(back));
        Self {
            segment: front as u32,
            len: (front >> 32) as u32,
            offset,
        }
    }
}

/// The bytes of all elements of variable length in one read or write. They are kept in segments, which are
/// only ever added: one for each decoded chunk and one for the elements that a user gives.
///
/// A few encoded bytes can stand for any number of elements, since all inner chunks of a shard may be the
/// same bytes. So a heap has a limit.
#[derive(Debug)]
pub struct VlenHeap {
    fill: Bytes,
    segments: RwLock<Vec<Bytes>>,
    /// Bytes that segments have memory for.
    taken: AtomicU64,
    limit: u64,
}

impl VlenHeap {
    /// An empty heap without a limit, in which [`VlenHandle::FILL`] is this element.
    #[must_use]
    pub fn new(fill: impl Into<Bytes>) -> Self {
        Self {
            fill: fill.into(),
            segments: RwLock::default(),
            taken: AtomicU64::new(0),
            limit: u64::MAX,
        }
    }

    /// Limits how many more bytes all segments together may take.
    #[must_use]
    pub fn at_most(mut self, bytes: u64) -> Self {
        self.limit = self.taken.get_mut().saturating_add(bytes);
        self
    }

    /// How many bytes the segments take.
    #[must_use]
    pub fn byte_len(&self) -> u64 {
        self.taken.load(Ordering::Relaxed)
    }

    /// Counts the bytes by which a segment is about to grow.
    fn take(&self, bytes: usize) -> Result<(), CodecError> {
        let taken = self.taken.fetch_add(bytes as u64, Ordering::Relaxed);
        let asked = taken.saturating_add(bytes as u64);
        check_limit("heap", "elements of variable length", asked, self.limit)
    }

    fn give_back(&self, bytes: usize) {
        self.taken.fetch_sub(bytes as u64, Ordering::Relaxed);
    }

    /// Starts a segment. Its elements can be looked up once it is [finished](VlenSegment::finish).
    #[must_use]
    pub fn segment(&self) -> VlenSegment<'_> {
        let mut segments = self.write();
        segments.push(Bytes::new());
        VlenSegment {
            heap: self,
            number: segments.len(),
            bytes: vec![],
        }
    }

    fn write(&self) -> RwLockWriteGuard<'_, Vec<Bytes>> {
        let guard = self.segments.write();
        guard.unwrap_or_else(PoisonError::into_inner)
    }

    /// The elements of all segments that are finished by now. Holds no lock.
    #[must_use]
    pub fn elements(&self) -> VlenElements {
        let segments = self.segments.read().unwrap_or_else(PoisonError::into_inner);
        VlenElements {
            fill: self.fill.clone(),
            segments: segments.clone(),
        }
    }
}

/// The most that a segment's memory grows by at a time: until it is finished, unused memory counts, too.
const STEP: usize = 64 << 20;

/// A segment of a [`VlenHeap`] that is being filled.
#[derive(Debug)]
pub struct VlenSegment<'h> {
    heap: &'h VlenHeap,
    number: usize,
    bytes: Vec<u8>,
}

impl VlenSegment<'_> {
    /// Adds an element and returns its handle.
    ///
    /// # Errors
    /// [`CodecErrorKind::Limit`] where the number of bytes or segments does not fit 32 bits, and where the
    /// heap would exceed its [limit](VlenHeap::at_most).
    pub fn push(&mut self, element: &[u8]) -> Result<VlenHandle, CodecError> {
        if self.heap.fill == element {
            return Ok(VlenHandle::FILL);
        }
        let limit = |_| {
            let kind = CodecErrorKind::Limit {
                what: "an element",
                asked: element.len() as u64,
                limit: u64::from(u32::MAX),
            };
            kind.of("heap")
        };
        let handle = VlenHandle {
            segment: u32::try_from(self.number).map_err(limit)?,
            len: u32::try_from(element.len()).map_err(limit)?,
            offset: self.bytes.len() as u64,
        };
        self.make_room(element.len())?;
        self.bytes.extend_from_slice(element);
        Ok(handle)
    }

    /// Makes room for so many bytes more and, so that this is rare, for some that may follow.
    fn make_room(&mut self, bytes: usize) -> Result<(), CodecError> {
        let (len, has) = (self.bytes.len(), self.bytes.capacity());
        if bytes > has - len {
            let more = bytes.max(has.min(STEP));
            self.heap.take(len + more - has)?;
            self.bytes.reserve_exact(more);
        }
        Ok(())
    }

    /// Makes the elements visible to everyone who has the heap.
    pub fn finish(mut self) {
        let has = self.bytes.capacity();
        self.bytes.shrink_to_fit();
        self.heap.give_back(has - self.bytes.capacity());
        if let Some(place) = self.heap.write().get_mut(self.number - 1) {
            *place = self.bytes.into();
        }
    }
}

/// The elements of a [`VlenHeap`] at one moment; none of a heap by default.
#[derive(Clone, Debug, Default)]
pub struct VlenElements {
    fill: Bytes,
    segments: Vec<Bytes>,
}

impl VlenElements {
    /// The element that a handle stands for; `None` for a handle of another heap.
    #[must_use]
    pub fn get(&self, handle: VlenHandle) -> Option<&[u8]> {
        let Some(number) = handle.segment.checked_sub(1) else {
            return Some(&self.fill);
        };
        handle.within(self.segments.get(number as usize)?)
    }

    /// How many bytes the elements behind these handles have, counted once for each handle.
    #[must_use]
    pub fn byte_len(&self, handles: &[u8]) -> u64 {
        let len = |handle: VlenHandle| match handle.segment {
            0 => self.fill.len() as u64,
            _ => u64::from(handle.len),
        };
        VlenHandle::all(handles)
            .map(len)
            .fold(0, u64::saturating_add)
    }

    /// The element, for the codec of this name.
    pub(crate) fn element(&self, codec: &str, handle: VlenHandle) -> Result<&[u8], CodecError> {
        let foreign = || CodecErrorKind::Corrupt("an element belongs to another heap".to_owned());
        self.get(handle).ok_or_else(|| foreign().of(codec))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_come_back_and_the_fill_value_is_zeros() {
        let heap = VlenHeap::new("none");
        let mut segment = heap.segment();
        let texts = ["a", "", "none", "żółw"];
        let handles = texts.map(|text| segment.push(text.as_bytes()).unwrap());
        segment.finish();
        let elements = heap.elements();
        let found = handles.map(|handle| elements.get(VlenHandle::from_bytes(handle.to_bytes())));
        assert_eq!(found, texts.map(|text| Some(text.as_bytes())));
        assert_eq!(handles[2].to_bytes(), [0; 16]);
        assert_ne!(handles[1], VlenHandle::FILL);
    }

    #[test]
    fn a_heap_holds_no_more_than_it_may() {
        let heap = VlenHeap::new("");
        let mut given = heap.segment();
        given.push(&[1; 1000]).unwrap();
        given.finish();
        assert_eq!(heap.byte_len(), 1000);
        // What is there already does not count.
        let heap = heap.at_most(100);
        for _ in 0..10 {
            let mut segment = heap.segment();
            segment.push(&[2; 3]).unwrap();
            segment.push(&[3; 7]).unwrap();
            segment.finish();
        }
        let error = heap.segment().push(&[4; 1]).unwrap_err();
        assert!(matches!(
            error.kind,
            CodecErrorKind::Limit { limit: 1100, .. }
        ));
    }

    #[test]
    fn elements_are_counted_as_often_as_they_stand_there() {
        let heap = VlenHeap::new("fill");
        let mut segment = heap.segment();
        let text = segment.push(b"abc").unwrap().to_bytes();
        segment.finish();
        let handles = [text, text, VlenHandle::FILL.to_bytes()].concat();
        assert_eq!(heap.elements().byte_len(&handles), 10);
    }

    #[test]
    fn a_handle_from_elsewhere_is_nothing() {
        let heap = VlenHeap::new("");
        let mut segment = heap.segment();
        segment.push(b"abc").unwrap();
        let unfinished = heap.elements();
        let handle = |segment, len, offset| VlenHandle {
            segment,
            len,
            offset,
        };
        assert_eq!(unfinished.get(handle(1, 3, 0)), None);
        segment.finish();
        let elements = heap.elements();
        for (segment, len, offset) in [(2, 0, 0), (1, 4, 0), (1, 1, 3), (1, 1, u64::MAX)] {
            assert_eq!(elements.get(handle(segment, len, offset)), None);
        }
    }
}
