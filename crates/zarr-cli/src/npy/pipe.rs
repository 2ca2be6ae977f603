//! The elements of an `.npy` file as they come through a pipe, once: what has come is kept as long as it may be
//! asked for. Knows no header and no element type.

use std::collections::VecDeque;
use std::io::{self, Read};
use std::ops::Range;

use super::error::Error;
use super::length::DataLength;

/// So much is waited for before anything is read: what is shorter is known to be complete by then.
const FIRST: u64 = 8 << 20;

/// No more is allocated before it comes.
const AHEAD: u64 = 64 << 20;

/// Bytes that come one after another, of which there should be so many.
pub(super) struct Pipe {
    input: Box<dyn Read + Send>,
    len: DataLength,
    /// How many have come.
    come: u64,
    /// The last of these, which may be asked for.
    kept: VecDeque<u8>,
}

impl Pipe {
    pub(super) fn new(input: Box<dyn Read + Send>, len: DataLength) -> Result<Self, Error> {
        let (come, kept) = (0, VecDeque::new());
        let mut pipe = Self {
            input,
            len,
            come,
            kept,
        };
        match len.bytes {
            0 => pipe.check_end()?,
            bytes => pipe.fetch(bytes.min(FIRST))?,
        }
        Ok(pipe)
    }

    /// Appends these bytes to `data`, in rising order. What lies before the first of them is not kept any
    /// longer, nor are they where they are all in one.
    pub(super) fn read(
        &mut self,
        mut runs: impl Iterator<Item = Range<u64>>,
        data: &mut Vec<u8>,
    ) -> Result<(), Error> {
        let Some(first) = runs.next() else {
            return Ok(());
        };
        if first.start < self.first_kept() {
            let text = "what has come through a pipe cannot be read once more";
            return Err(Error::Io(io::Error::other(text)));
        }
        self.fetch(first.start)?;
        self.kept
            .drain(..(first.start - self.first_kept()) as usize);
        let Some(second) = runs.next() else {
            return self.take(first.end, data);
        };
        for run in [first, second].into_iter().chain(runs) {
            self.fetch(run.end)?;
            let at = |place: u64| (place - self.first_kept()) as usize;
            data.extend(self.kept.range(at(run.start)..at(run.end)));
        }
        Ok(())
    }

    /// Moves all up to there to `data`.
    fn take(&mut self, end: u64, data: &mut Vec<u8>) -> Result<(), Error> {
        let there = end.min(self.come) - self.first_kept();
        data.extend(self.kept.drain(..there as usize));
        let rest = end.saturating_sub(self.come);
        let room = usize::try_from(rest.min(AHEAD)).unwrap_or(0);
        data.try_reserve_exact(room)
            .map_err(|_| Error::TooLarge(end))?;
        let came = self.input.by_ref().take(rest).read_to_end(data);
        self.count(rest, came.map(|bytes| bytes as u64))
    }

    /// Waits until all up to there has come.
    fn fetch(&mut self, end: u64) -> Result<(), Error> {
        let rest = end.saturating_sub(self.come);
        let came = io::copy(&mut self.input.by_ref().take(rest), &mut self.kept);
        self.count(rest, came)
    }

    /// Counts what came of so many bytes.
    fn count(&mut self, wanted: u64, came: io::Result<u64>) -> Result<(), Error> {
        let came = match came {
            Err(error) if error.kind() == io::ErrorKind::OutOfMemory => {
                return Err(Error::TooLarge(self.len.bytes));
            }
            came => came?,
        };
        self.come += came;
        match came {
            0 if wanted == 0 => Ok(()),
            came if came < wanted => self.len.check(self.come),
            _ if self.come == self.len.bytes => self.check_end(),
            _ => Ok(()),
        }
    }

    /// Whether anything follows.
    fn check_end(&mut self) -> Result<(), Error> {
        let mut more = vec![];
        self.input.by_ref().take(1).read_to_end(&mut more)?;
        self.len
            .check(self.len.bytes.saturating_add(more.len() as u64))
    }

    fn first_kept(&self) -> u64 {
        self.come - self.kept.len() as u64
    }
}

#[cfg(test)]
#[allow(
    clippy::single_range_in_vec_init,
    reason = "a box may be a single run of bytes"
)]
mod tests {
    use zarr::{DataType, Endian};

    use super::super::element::Element;
    use super::*;

    /// What a box of each of these runs is, of the numbers from 0 on.
    fn read(boxes: &[&[Range<u64>]]) -> Result<(Vec<Vec<u8>>, usize), Error> {
        let bytes: Vec<u8> = (0..100).collect();
        let byte = Element::raw(&DataType::UInt8, Endian::Little)?;
        let len = DataLength::new(&[100], &byte, "the test announces")?;
        let mut pipe = Pipe::new(Box::new(io::Cursor::new(bytes)), len)?;
        let mut read = vec![];
        for runs in boxes {
            let mut data = vec![];
            pipe.read(runs.iter().cloned(), &mut data)?;
            read.push(data);
        }
        Ok((read, pipe.kept.len()))
    }

    #[test]
    fn what_may_be_asked_for_is_kept() {
        let (rows, kept) = read(&[&[0..10], &[10..40], &[50..60]]).unwrap();
        assert_eq!(rows[1], (10..40).collect::<Vec<u8>>());
        assert_eq!((rows[2].first(), kept), (Some(&50), 40));
        // Two boxes beside each other, and what is behind them.
        let (boxes, _) = read(&[&[0..2, 4..6], &[2..4, 6..8], &[8..9]]).unwrap();
        assert_eq!(boxes, [vec![0, 1, 4, 5], vec![2, 3, 6, 7], vec![8]]);
        let again = read(&[&[0..10], &[5..6]]).map(drop).unwrap_err();
        assert!(again.to_string().contains("once more"), "{again}");
    }
}
