//! What the benches of codecs encode: made by a rule, the same on every machine. Knows no codec.

/// What a camera sees: a flat background, a brighter spot every 128 cells, and noise on both.
pub(crate) fn counts(shape: &[u64; 2]) -> Vec<u8> {
    let mut noise = noise();
    let mut value = |i: u64| {
        let (y, x) = (i / shape[1] % 128, i % 128);
        let far = x.abs_diff(64).pow(2) + y.abs_diff(64).pow(2);
        (100 + 800_u64.saturating_sub(far) + noise() % 8) as u16
    };
    (0..shape[0] * shape[1])
        .flat_map(|i| value(i).to_le_bytes())
        .collect()
}

/// A smooth surface on a grid of 1/128.
pub(crate) fn heights(shape: &[u64; 2]) -> Vec<u8> {
    let mut noise = noise();
    let mut value = |i: u64| {
        let (y, x) = ((i / shape[1]) as f32, (i % shape[1]) as f32);
        let height = (y / 90.0).sin() * 40.0 + (x / 70.0).cos() * 30.0;
        ((height * 128.0).round() + (noise() % 4) as f32) / 128.0
    };
    (0..shape[0] * shape[1])
        .flat_map(|i| value(i).to_le_bytes())
        .collect()
}

fn noise() -> impl FnMut() -> u64 {
    let mut state = 1_u64;
    move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state >> 20
    }
}
