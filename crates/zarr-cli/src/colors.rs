//! Colours for numbers: a ramp whose lightness grows evenly, so that it can be read without seeing colours too,
//! and what a terminal of 256 colours has for them. Pure arithmetic.

/// Red, green, blue.
pub(crate) type Rgb = [u8; 3];

/// What stands where there is no number: a grey, which the ramp has none of.
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

/// The nearest of the 240 colours that all terminals of 256 agree about: a cube of six steps, and for greys greys.
/// A dark violet is none, however near they are: grey says that there is no number.
pub(crate) fn palette(color: Rgb) -> u8 {
    const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];
    let nearest = |part: u8| {
        let far = |step: &u8| step.abs_diff(part);
        let step = (0..6_u8).zip(STEPS).min_by_key(|(_, step)| far(step));
        step.unwrap_or_default()
    };
    let [red, green, blue] = color.map(nearest);
    let cube = 16 + 36 * red.0 + 6 * green.0 + blue.0;
    if red != green || green != blue || color.iter().any(|part| part.abs_diff(color[0]) > 2) {
        return cube;
    }
    let grey = (0..24_u8).map(|i| (232 + i, 8 + 10 * i));
    let nearest = grey.min_by_key(|(_, part)| part.abs_diff(color[0]));
    match nearest {
        Some((index, part)) if part.abs_diff(color[0]) < red.1.abs_diff(color[0]) => index,
        _ => cube,
    }
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

    /// Numbers of xterm's palette.
    #[test]
    fn the_palette() {
        assert_eq!(palette([0, 0, 0]), 16);
        assert_eq!(palette([255, 255, 255]), 231);
        assert_eq!(palette([255, 0, 0]), 196);
        assert_eq!(palette([128, 128, 128]), 244);
        assert_eq!(palette([95, 135, 175]), 67);
    }
}
