//! The libraries behind codecs, of which some formats have one in C and one in Rust: each reads what the other made, and
//! damaged bytes are no worth a panic to any, nor more bytes than there is room for.

#![allow(clippy::unwrap_used, reason = "a test")]

use zarr_codecs::testing::libraries::{LIBRARIES, Library};

/// A sequence of numbers that looks random.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 20) as usize
    }
}

/// Bytes of every sort: none, one, equal ones, noise, numbers that rise, text, and more than one block of each format.
fn samples() -> Vec<Vec<u8>> {
    let mut noise = Noise(1);
    let mut noise = |len: usize| (0..len).map(|_| noise.next() as u8).collect::<Vec<u8>>();
    let text = |len: usize| {
        let words = b"the quick brown fox jumps over the lazy dog. ";
        words.iter().copied().cycle().take(len).collect::<Vec<u8>>()
    };
    let rising = |len: usize| {
        (0..len)
            .map(|i| ((i / 4) >> (8 * (i % 4))) as u8)
            .collect::<Vec<u8>>()
    };
    vec![
        vec![],
        vec![7],
        vec![0; 300_000],
        noise(1000),
        noise(400_000),
        rising(5000),
        rising(700_001),
        text(70),
        text(300_000),
        [noise(70_000), text(200_000), noise(3)].concat(),
    ]
}

fn encoded(library: &Library, data: &[u8]) -> Vec<u8> {
    let mut encoded = vec![9];
    (library.start)().encode(data, &mut encoded);
    assert_eq!(encoded.remove(0), 9, "{library:?} appends");
    encoded
}

/// How many mutants of each sample are tried.
fn cases(usual: usize) -> usize {
    let asked = std::env::var("ZARR_TEST_CASES");
    asked.ok().and_then(|n| n.parse().ok()).unwrap_or(usual)
}

#[test]
fn each_library_reads_what_the_other_made() {
    for data in samples() {
        for from in LIBRARIES {
            let frame = encoded(from, &data);
            for to in LIBRARIES.iter().filter(|to| to.format == from.format) {
                let mut worker = (to.start)();
                let what = format!("{} of {} to {}", data.len(), from.name, to.name);
                for more in [0, 1, 1000] {
                    let mut room = vec![1; data.len() + more];
                    let made = worker.decode(&frame, &mut room);
                    assert_eq!(made, Some(data.len()), "{what}");
                    assert!(room[..data.len()] == data, "{what}");
                }
                if !data.is_empty() {
                    let mut short = vec![1; data.len() - 1];
                    assert_eq!(worker.decode(&frame, &mut short), None, "{what}");
                    let cut = &frame[..frame.len() - 1];
                    let mut room = vec![1; data.len()];
                    assert_eq!(worker.decode(cut, &mut room), None, "{what}");
                }
            }
        }
    }
}

#[test]
fn damaged_bytes_end_in_an_error_or_in_bytes_that_fit() {
    let mut noise = Noise(3);
    let mut refused = 0;
    for library in LIBRARIES {
        for data in samples() {
            let frames: Vec<Vec<u8>> = LIBRARIES
                .iter()
                .filter(|other| other.format == library.format)
                .map(|other| encoded(other, &data[..data.len().min(5000)]))
                .collect();
            let mut worker = (library.start)();
            for case in 0..cases(60) {
                let mut frame = frames[case % frames.len()].clone();
                mutate(&mut frame, &mut noise);
                let mut room = vec![1; [0, 1, 4999, 5000, 70_000][noise.next() % 5]];
                match worker.decode(&frame, &mut room) {
                    Some(made) => assert!(made <= room.len()),
                    None => refused += 1,
                }
            }
        }
    }
    assert!(refused > 0 || LIBRARIES.is_empty());
}

/// Changes a few bytes, or cuts, repeats or moves some.
fn mutate(frame: &mut Vec<u8>, noise: &mut Noise) {
    for _ in 0..1 + noise.next() % 4 {
        let at = noise.next() % (frame.len() + 1);
        let end = (at + noise.next() % 16).min(frame.len());
        match noise.next() % 6 {
            0 => frame.truncate(at),
            1 => drop(frame.drain(at..end)),
            2 => frame.insert(at, noise.next() as u8),
            3 => frame.extend_from_within(at..end),
            4 if at < frame.len() => frame[at] ^= 1 << (noise.next() % 8),
            _ if at < frame.len() => frame[at] = noise.next() as u8,
            _ => {}
        }
    }
}
