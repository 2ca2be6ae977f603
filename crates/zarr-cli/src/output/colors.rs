//! A colour ramp for numbers, with even steps in lightness, so that it can be read without seeing colours; also for
//! terminals with 256 colours.

/// Red, green, blue.
pub(crate) type Rgb = [u8; 3];

/// The colour of what is not a number: a grey, which is not in the ramp.
pub(crate) const NOTHING: Rgb = [128, 128, 128];

/// The colour of a share from 0 to 1, from a dark violet by blue and green to a light yellow.
///
/// A line through OKLCh, the colour space in which equal steps look equal: lightness grows evenly, the hue goes
/// half around.
pub(crate) fn ramp(share: f64) -> Rgb {
    let share = share.clamp(0.0, 1.0);
    let lightness = 0.27 + 0.66 * share;
    let hue = (295.0 - 190.0 * share).to_radians();
    let chroma = 0.11 + 0.05 * share * share;
    from_oklab(lightness, chroma * hue.cos(), chroma * hue.sin())
}

/// By B. Ottosson's definition of OKLab; what sRGB cannot show is cut off.
fn from_oklab(lightness: f64, a: f64, b: f64) -> Rgb {
    let l = (lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
    let m = (lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
    let s = (lightness - 0.089_484_177_5 * a - 1.291_485_548_0 * b).powi(3);
    [
        4.076_741_662_1 * l - 3.307_711_591_3 * m + 0.230_969_929_2 * s,
        -1.268_438_004_6 * l + 2.609_757_401_1 * m - 0.341_319_396_5 * s,
        -0.004_196_086_3 * l - 0.703_418_614_7 * m + 1.707_614_701_0 * s,
    ]
    .map(|linear| {
        let encoded = match linear {
            linear if linear <= 0.003_130_8 => 12.92 * linear,
            linear => 1.055 * linear.powf(1.0 / 2.4) - 0.055,
        };
        (encoded.clamp(0.0, 1.0) * 255.0).round() as u8
    })
}

/// The same on a terminal of 256 colours: those of its cube that lie along the ramp, each lighter than the one
/// before it.
const STEPS: [u8; 12] = [17, 18, 24, 25, 31, 36, 42, 78, 114, 149, 185, 227];

/// The grey of [`NOTHING`] there.
const NOTHING_256: u8 = 244;

/// The number of a colour among 256, for a share from 0 to 1 or for nothing.
pub(crate) fn of_256(share: Option<f64>) -> u8 {
    let Some(share) = share else {
        return NOTHING_256;
    };
    // Cast to the last one at most.
    let step = (share.clamp(0.0, 1.0) * STEPS.len() as f64) as usize;
    STEPS
        .get(step)
        .or(STEPS.last())
        .copied()
        .unwrap_or_default()
}

/// The colour of a share, or of nothing.
pub(crate) fn of(share: Option<f64>) -> Rgb {
    share.map_or(NOTHING, ramp)
}

/// The ramp in 17 steps, for the page of `zarr serve`.
pub(crate) fn steps() -> [Rgb; 17] {
    std::array::from_fn(|i| ramp(i as f64 / 16.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What eyes make of it, by sRGB's own weights.
    fn luminance(color: Rgb) -> f64 {
        let linear = color.map(|part| (f64::from(part) / 255.0).powf(2.2));
        0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    }

    #[test]
    fn more_is_lighter() {
        let steps: Vec<f64> = (0..=64)
            .map(|i| luminance(ramp(f64::from(i) / 64.0)))
            .collect();
        assert!(steps.windows(2).all(|pair| pair[0] < pair[1]), "{steps:?}");
        assert_eq!((ramp(-1.0), ramp(7.0)), (ramp(0.0), ramp(1.0)));
    }

    /// By the values that xterm gives the steps of its cube.
    #[test]
    fn more_is_lighter_among_256_too() {
        let parts = [0, 95, 135, 175, 215, 255];
        let color = |index: u8| {
            let index = usize::from(index - 16);
            [parts[index / 36], parts[index / 6 % 6], parts[index % 6]]
        };
        let steps: Vec<f64> = (0..=12)
            .map(|i| luminance(color(of_256(Some(f64::from(i) / 12.0)))))
            .collect();
        assert!(
            steps.windows(2).take(11).all(|pair| pair[0] < pair[1]),
            "{steps:?}"
        );
        assert_eq!((of_256(Some(1.0)), of_256(None)), (227, 244));
    }
}
