//! Archives made by hand, to be wrong in one thing at a time.

/// One entry, with what the directory says of it, true or not.
#[derive(Clone)]
pub(crate) struct Forged {
    pub(crate) name: Vec<u8>,
    pub(crate) data: Vec<u8>,
    pub(crate) packed: u32,
    pub(crate) size: u32,
    pub(crate) crc: u32,
    pub(crate) method: u16,
    pub(crate) flags: u16,
    pub(crate) mode: u32,
    /// Instead of where it is.
    pub(crate) at: Option<u32>,
    /// Fields in the directory.
    pub(crate) extra: Vec<u8>,
    /// Says other things before the data than in the directory.
    pub(crate) local: fn(&mut Forged),
}

impl Forged {
    pub(crate) fn new(name: impl AsRef<[u8]>, data: impl AsRef<[u8]>) -> Forged {
        let (name, data) = (name.as_ref().to_vec(), data.as_ref().to_vec());
        Forged {
            name,
            packed: data.len() as u32,
            size: data.len() as u32,
            crc: crc32(&data),
            data,
            method: 0,
            flags: 0,
            mode: 0o100_644,
            at: None,
            extra: vec![],
            local: |_| (),
        }
    }

    fn common(&self) -> Vec<u8> {
        let shorts = [20, self.flags, self.method, 0, 33].map(u16::to_le_bytes);
        let longs = [self.crc, self.packed, self.size].map(u32::to_le_bytes);
        let lengths = [self.name.len() as u16, self.extra.len() as u16].map(u16::to_le_bytes);
        [shorts.concat(), longs.concat(), lengths.concat()].concat()
    }
}

/// An archive of such entries.
pub(crate) fn forge(entries: &[Forged]) -> Vec<u8> {
    let (mut out, mut directory) = (vec![], vec![]);
    for entry in entries {
        let at = entry.at.unwrap_or(out.len() as u32);
        directory.extend([b"PK\x01\x02\x14\x03", &entry.common()[..], &[0; 6]].concat());
        directory.extend((entry.mode << 16).to_le_bytes());
        directory.extend(at.to_le_bytes());
        directory.extend([&entry.name[..], &entry.extra].concat());
        let mut local = entry.clone();
        local.extra.clear();
        (entry.local)(&mut local);
        out.extend(
            [
                b"PK\x03\x04",
                &local.common()[..],
                &local.name,
                &local.extra,
            ]
            .concat(),
        );
        out.extend(&local.data);
    }
    let at = out.len() as u32;
    let count = entries.len() as u16;
    out.extend(&directory);
    out.extend(end(count, directory.len() as u32, at));
    out
}

/// The end record.
pub(crate) fn end(count: u16, size: u32, at: u32) -> Vec<u8> {
    let numbers = [count.to_le_bytes(), count.to_le_bytes()].concat();
    let places = [size.to_le_bytes(), at.to_le_bytes()].concat();
    [b"PK\x05\x06\0\0\0\0", &numbers[..], &places, &[0, 0]].concat()
}

/// The zip64 end record and what points to it, which stands at `at` + `size`.
pub(crate) fn end64(count: u64, size: u64, at: u64, place: u64) -> Vec<u8> {
    let mut out = b"PK\x06\x06".to_vec();
    out.extend(44_u64.to_le_bytes());
    out.extend([45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    for number in [count, count, size, at] {
        out.extend(number.to_le_bytes());
    }
    out.extend(b"PK\x06\x07\0\0\0\0");
    out.extend(place.to_le_bytes());
    out.extend(1_u32.to_le_bytes());
    out
}

/// An honest archive.
pub(crate) fn archive(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let forged: Vec<_> = entries
        .iter()
        .map(|(name, data)| Forged::new(name, data))
        .collect();
    forge(&forged)
}

/// The checksum, bit by bit: not the code that is tested.
fn crc32(data: &[u8]) -> u32 {
    let bit = |crc: u32| (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg());
    let byte = |crc: u32, &byte: &u8| (0..8).fold(crc ^ u32::from(byte), |crc, _| bit(crc));
    !data.iter().fold(u32::MAX, byte)
}
