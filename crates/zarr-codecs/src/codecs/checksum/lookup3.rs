//! The hash `hashlittle` of Bob Jenkins' lookup3, in the public domain: three words are mixed with
//! twelve bytes at a time.

pub(super) fn sum(data: &[u8], initval: u32) -> u32 {
    let start = 0xDEAD_BEEF_u32
        .wrapping_add(data.len() as u32)
        .wrapping_add(initval);
    let (mut a, mut b, mut c) = (start, start, start);
    let mut data = data;
    while let Some((block, rest)) = data
        .split_at_checked(12)
        .filter(|(_, rest)| !rest.is_empty())
    {
        (a, b, c) = mix(add([a, b, c], block));
        data = rest;
    }
    if data.is_empty() {
        return c;
    }
    [a, b, c] = add([a, b, c], data);
    last(a, b, c)
}

/// Adds up to twelve bytes to the words, little-endian, zeros standing for those that are missing.
fn add(words: [u32; 3], bytes: &[u8]) -> [u32; 3] {
    let mut block = [0; 12];
    for (to, from) in block.iter_mut().zip(bytes) {
        *to = *from;
    }
    let [a, b, c] = words;
    let [x0, x1, x2, x3, y0, y1, y2, y3, z0, z1, z2, z3] = block;
    [
        a.wrapping_add(u32::from_le_bytes([x0, x1, x2, x3])),
        b.wrapping_add(u32::from_le_bytes([y0, y1, y2, y3])),
        c.wrapping_add(u32::from_le_bytes([z0, z1, z2, z3])),
    ]
}

fn mix([mut a, mut b, mut c]: [u32; 3]) -> (u32, u32, u32) {
    // Six steps alike, the words changing places.
    for turn in [4, 6, 8, 16, 19, 4] {
        a = a.wrapping_sub(c) ^ c.rotate_left(turn);
        c = c.wrapping_add(b);
        (a, b, c) = (b, c, a);
    }
    (a, b, c)
}

fn last(mut a: u32, mut b: u32, mut c: u32) -> u32 {
    c = (c ^ b).wrapping_sub(b.rotate_left(14));
    a = (a ^ c).wrapping_sub(c.rotate_left(11));
    b = (b ^ a).wrapping_sub(a.rotate_left(25));
    c = (c ^ b).wrapping_sub(b.rotate_left(16));
    a = (a ^ c).wrapping_sub(c.rotate_left(4));
    b = (b ^ a).wrapping_sub(a.rotate_left(14));
    (c ^ b).wrapping_sub(b.rotate_left(24))
}
