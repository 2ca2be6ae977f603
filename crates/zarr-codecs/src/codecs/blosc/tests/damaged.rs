//! Frames that are not as c-blosc writes them: each is an error that says why, and none is worth a
//! panic or memory.

use super::*;

const HOW: c_blosc::Settings<'_> = c_blosc::Settings {
    cname: "blosclz",
    level: 5,
    shuffle: 1,
    typesize: 4,
    block: 16_384,
};
const LEN: usize = 70_000;

/// A frame of one full block, which is split, and a shorter one, which is not.
fn good() -> Vec<u8> {
    let frame = c_blosc::compress(HOW, &data(Kind::Ramp, 4, LEN)).unwrap();
    assert_eq!(frame[8..12], 65_536_u32.to_le_bytes());
    assert_eq!(decode(&frame, ByteLen::Exact(LEN)).unwrap().len(), LEN);
    frame
}

#[track_caller]
fn refused(frame: &[u8], why: &str) {
    let error = decode(frame, ByteLen::Exact(LEN)).unwrap_err();
    let text = error.to_string();
    assert!(text.contains(why), "{text}");
    assert!(text.starts_with("codec `blosc`: "), "{text}");
}

/// The good frame with other bytes at `at`.
fn with(at: usize, bytes: &[u8]) -> Vec<u8> {
    let mut frame = good();
    frame[at..at + bytes.len()].copy_from_slice(bytes);
    frame
}

fn word(number: usize) -> [u8; 4] {
    (number as u32).to_le_bytes()
}

/// Where block `i` begins.
fn start(i: usize) -> usize {
    let at = 16 + 4 * i;
    u32::from_le_bytes(good()[at..at + 4].try_into().unwrap()) as usize
}

/// A frame of one unsplit block of `len` bytes that `part` must become.
fn one_part(compressor: u8, len: usize, part: &[u8]) -> Vec<u8> {
    let mut frame = vec![2, 1, compressor << 5 | 16, 1];
    for size in [len, len, 24 + part.len(), 20, part.len()] {
        frame.extend(word(size));
    }
    frame.extend(part);
    frame
}

#[test]
fn versions_and_flags_are_those_of_blosc_1() {
    for version in (0..=255).filter(|&version| version != 2) {
        refused(&with(0, &[version]), "version");
    }
    refused(&with(0, &[5]), "Blosc 2");
    refused(&with(1, &[2]), "version 2 of the compressor's format");
    for compressor in 5..8 {
        refused(&with(2, &[compressor << 5 | 1]), "compressor");
    }
    refused(&with(2, &[1 | 8]), "flags");
    refused(&with(2, &[1 | 4]), "both byte and bit shuffle");
}

#[test]
fn sizes_are_compared() {
    refused(&[], "cut off");
    refused(&good()[..15], "cut off");
    refused(&good()[..16], "the header says");
    refused(&good()[..good().len() - 1], "the header says");
    refused(
        &with(4, &word(LEN + 1)),
        "expected 70000 bytes, found 70001",
    );
    refused(&with(4, &[0xFF; 4]), "found 4294967295");
    refused(&with(12, &[0xFF; 4]), "the header says 4294967295");
    refused(&with(3, &[0]), "elements of no bytes");
    for block in [0, LEN + 1, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF] {
        refused(&with(8, &word(block)), "blocks of");
    }
    refused(&with(8, &word(1)), "cannot hold 70000 blocks");
    // Not a multiple of the element, and so no sum of parts.
    refused(&with(8, &word(65_535)), "whole number of elements");
}

/// z5 left up to sixteen bytes there, and numcodecs 0.17.1 decodes as many bytes as the header says.
#[test]
fn bytes_behind_a_frame_are_passed_over() {
    for (level, cname) in [
        (0, "lz4"),
        (5, "blosclz"),
        (5, "lz4"),
        (5, "zlib"),
        (5, "zstd"),
    ] {
        let elements = data(Kind::Ramp, 4, LEN);
        let frame = c_blosc::compress(
            c_blosc::Settings {
                level,
                cname,
                ..HOW
            },
            &elements,
        )
        .unwrap();
        for behind in [vec![0; 16], vec![0xFF; 1], frame.clone()] {
            let longer = [frame.clone(), behind].concat();
            assert_eq!(
                decode(&longer, ByteLen::Exact(LEN)).unwrap(),
                elements,
                "{cname}"
            );
        }
    }
}

#[test]
fn nothing_is_allocated_by_a_header() {
    let bomb = |flags| {
        let mut frame = vec![2, 1, flags, 1];
        for size in [0x7FFF_FFFF, 0x2AAA_AAAA, 20, 20] {
            frame.extend(word(size));
        }
        frame
    };
    for flags in [0, 1, 2, 16 << 1] {
        decode(&bomb(flags), ByteLen::AtMost(1000)).unwrap_err();
        decode(&bomb(flags), ByteLen::Exact(0x7FFF_FFFF)).unwrap_err();
    }
}

#[test]
fn a_stored_frame_has_its_data() {
    let stored = c_blosc::compress(c_blosc::Settings { level: 0, ..HOW }, &[5; 200]).unwrap();
    assert_eq!(decode(&stored, ByteLen::Exact(200)).unwrap(), [5; 200]);
    let mut short = stored[..215].to_vec();
    short[12..16].copy_from_slice(&word(215));
    assert!(decode(&short, ByteLen::Exact(200)).is_err());
    let mut long = [stored, vec![5]].concat();
    long[12..16].copy_from_slice(&word(217));
    assert!(decode(&long, ByteLen::Exact(200)).is_err());
}

#[test]
fn blocks_lie_inside_and_apart() {
    for at in [0, 15, 23, good().len() + 1, 0x8000_0000, 0xFFFF_FFFF] {
        refused(&with(20, &word(at)), "outside the frame");
    }
    for at in [good().len() - 3, good().len()] {
        refused(&with(20, &word(at)), "cut off");
    }
    // A full block and a shorter one at one place: the shorter is not split.
    let twice = [word(start(0)), word(start(0))].concat();
    assert!(decode(&with(16, &twice), ByteLen::Exact(LEN)).is_err());
    // Blocks in one place: together they would have more bytes than there are.
    let how = c_blosc::Settings {
        shuffle: 0,
        typesize: 1,
        ..HOW
    };
    let halves = [data(Kind::Noise, 1, 1 << 16), vec![3; 1 << 16]].concat();
    let frame = c_blosc::compress(how, &halves).unwrap();
    assert!(decode(&frame, ByteLen::Exact(halves.len())).unwrap() == halves);
    let mut twice = frame;
    twice.copy_within(16..20, 20);
    let error = decode(&twice, ByteLen::Exact(halves.len())).map(|made| made.len());
    let error = error.unwrap_err().to_string();
    assert!(error.contains("overlaps"), "{error}");
}

#[test]
fn parts_end_inside() {
    for encoded in [good().len(), 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF] {
        refused(&with(start(0), &word(encoded)), "block 0 is cut off");
        refused(&with(start(1), &word(encoded)), "block 1 is cut off");
    }
    refused(&with(start(0), &word(1)), "block 0: ");
}

#[test]
fn a_length_that_never_ends_is_too_long() {
    // c-blosc#405: bytes of 255 add to a length until it is beyond every number.
    let mut part = vec![0, 7, 0xE0];
    part.extend(vec![255; 100_000]);
    refused(&one_part(0, LEN, &part), "block 0: ");
    part.extend([0, 0]);
    refused(&one_part(0, LEN, &part), "more bytes than can come");
}

#[test]
fn blosclz_stays_inside() {
    let cases: [(&[u8], &str); 7] = [
        (&[], "no data"),
        (&[31, 1, 2], "literals are cut off"),
        (&[0, 9, 0x20], "a match is cut off"),
        (&[0, 9, 0xE0, 4], "a match is cut off"),
        (&[0, 9, 0x3F, 255, 0], "a match is cut off"),
        (&[0, 9, 0x20, 1], "before the beginning"),
        (&[0, 9, 0x3F, 255, 0, 0], "before the beginning"),
    ];
    for (part, why) in cases {
        refused(&one_part(0, LEN, part), why);
    }
    // A literal and a run of it: 1 + 9 + 40 bytes.
    let run = [0, 9, 0xE0, 40, 0];
    assert_eq!(
        decode(&one_part(0, 50, &run), ByteLen::Exact(50)).unwrap(),
        [9; 50]
    );
    assert!(decode(&one_part(0, 49, &run), ByteLen::Exact(49)).is_err());
    assert!(decode(&one_part(0, 51, &run), ByteLen::Exact(51)).is_err());
}

#[test]
fn snappy_stays_inside() {
    let cases: [(&[u8], &str); 9] = [
        (&[0x80], "the length is cut off"),
        (&[0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1], "the length is cut off"),
        (&[0xFF, 0xFF, 0xFF, 0xFF, 0xF], "more bytes than can come"),
        (&[0xF0, 0xA2, 4], "fewer bytes"),
        (&[4, 0x0C, 1], "a literal is cut off"),
        (
            &[4, 0xFC, 255, 255, 255, 255, 0],
            "more bytes than the length says",
        ),
        (&[4, 0xF0], "an element is cut off"),
        (&[6, 0x00, 9, 0x01, 0], "before the beginning"),
        (&[6, 0x00, 9, 0x01, 2], "before the beginning"),
    ];
    for (part, why) in cases {
        refused(&one_part(2, LEN, part), why);
    }
    // A literal and a copy of it, as the format's document has them.
    let run = [13, 0x08, b'a', b'b', b'c', 0x19, 3];
    assert_eq!(
        decode(&one_part(2, 13, &run), ByteLen::Exact(13)).unwrap(),
        b"abcabcabcabca"
    );
}

#[test]
fn the_other_compressors_report_damage() {
    for compressor in [1, 3, 4] {
        refused(&one_part(compressor, LEN, &[0x55; 40]), "block 0: ");
        refused(&one_part(compressor, LEN, &[]), "block 0: ");
    }
}

proptest! {
    #![proptest_config(cases(500))]

    #[test]
    fn any_change_is_survived(
        how in settings(),
        kind in kinds(),
        len in 0_usize..3000,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        keep_header in any::<bool>(),
        cut in 0_usize..40,
    ) {
        let data = data(kind, how.typesize, len);
        let mut frame = c_blosc::compress(how, &data).unwrap();
        frame.truncate(frame.len() - cut.saturating_sub(30).min(frame.len()));
        let from = if keep_header { 16 } else { 0 };
        for (at, byte) in changes {
            if frame.len() > from {
                let at = from + at.index(frame.len() - from);
                frame[at] = byte;
            }
        }
        if keep_header && frame.len() >= 16 {
            let all = word(frame.len());
            frame[12..16].copy_from_slice(&all);
        }
        if let Ok(made) = decode(&frame, ByteLen::Exact(len)) {
            prop_assert_eq!(made.len(), len);
        }
        if let Ok(made) = decode(&frame, ByteLen::AtMost(len)) {
            prop_assert!(made.len() <= len);
        }
    }

    #[test]
    fn any_part_is_survived(
        compressor in 0_u8..5,
        part in prop::collection::vec(any::<u8>(), 0..300),
        len in 1_usize..2000,
    ) {
        let _ = decode(&one_part(compressor, len, &part), ByteLen::Exact(len));
    }
}
