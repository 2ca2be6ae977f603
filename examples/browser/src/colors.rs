//! Colours for numbers, from dark blue by green to yellow: lightness grows evenly, so that the picture can be read without
//! seeing colours.

/// Points of matplotlib's `viridis`, at equal distances.
const RAMP: [[f64; 3]; 9] = [
    [68.0, 1.0, 84.0],
    [71.0, 44.0, 122.0],
    [59.0, 81.0, 139.0],
    [44.0, 113.0, 142.0],
    [33.0, 144.0, 141.0],
    [39.0, 173.0, 129.0],
    [92.0, 200.0, 99.0],
    [170.0, 220.0, 50.0],
    [253.0, 231.0, 37.0],
];

/// The pixel for a share from 0 to 1; transparent for what is not a number.
pub(crate) fn pixel(share: f64) -> [u8; 4] {
    if share.is_nan() {
        return [0; 4];
    }
    let place = share.clamp(0.0, 1.0) * (RAMP.len() - 1) as f64;
    let below = place as usize;
    let (low, high) = (color(below), color(below + 1));
    let part = place - below as f64;
    let mixed = |channel: usize| (low[channel] + (high[channel] - low[channel]) * part).round();
    [mixed(0) as u8, mixed(1) as u8, mixed(2) as u8, u8::MAX]
}

fn color(point: usize) -> [f64; 3] {
    RAMP[point.min(RAMP.len() - 1)]
}
