//! Values that say themselves who wrote them and whether they are whole: a writer, a sequence
//! number, bytes that follow from both, and a checksum. They know no store.

/// What a whole value says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Record {
    pub writer: u64,
    pub sequence: u64,
}

/// The size of every record.
pub const SIZE: usize = 6000;

impl Record {
    pub fn bytes(self) -> Vec<u8> {
        let mut bytes = [self.writer.to_le_bytes(), self.sequence.to_le_bytes()].concat();
        let mut random = Random::new(self.writer << 32 ^ self.sequence);
        while bytes.len() < SIZE - 8 {
            bytes.extend(random.next().to_le_bytes());
        }
        let sum = checksum(&bytes);
        bytes.extend(sum.to_le_bytes());
        bytes
    }

    /// The record, if it is whole.
    pub fn parse(bytes: &[u8]) -> Option<Record> {
        let word = |at: usize| Some(u64::from_le_bytes(bytes.get(at..at + 8)?.try_into().ok()?));
        let record = Record {
            writer: word(0)?,
            sequence: word(8)?,
        };
        let whole = bytes.len() == SIZE && word(SIZE - 8)? == checksum(bytes.get(..SIZE - 8)?);
        whole.then_some(record)
    }
}

fn checksum(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |sum, byte| {
        (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Numbers that look random: splitmix64.
#[derive(Debug)]
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Random(seed)
    }

    #[allow(clippy::should_implement_trait, reason = "it never ends")]
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    pub fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_whole_or_none() {
        let record = Record {
            writer: 3,
            sequence: 7,
        };
        let mut bytes = record.bytes();
        assert_eq!(Record::parse(&bytes), Some(record));
        assert_eq!(Record::parse(&bytes[1..]), None);
        bytes[SIZE / 2] ^= 1;
        assert_eq!(Record::parse(&bytes), None);
        assert_eq!(Record::parse(&[]), None);
    }
}
