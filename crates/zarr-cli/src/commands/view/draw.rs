//! Draws a picture in a terminal, two pixels per character: the upper in the colour of the character, the lower in
//! that of its background.

use super::picture::ColorScale;
use super::plane::Plane;
use crate::elements::display;
use crate::output::terminal::{Canvas, ColorDepth};

/// The most lines of a picture if the terminal has no height.
const LINES: usize = 36;

/// Lines around a picture: a title, the colours, their range, the prompt.
const AROUND: usize = 5;

/// Title, picture and legend.
pub(super) fn draw(title: &str, plane: &Plane, scale: &ColorScale, canvas: Canvas) -> String {
    let mut text = title.to_owned();
    let (height, width) = size(plane, canvas);
    match canvas.depth {
        ColorDepth::Plain => plain(&mut text, plane, scale, height, width),
        _ => halves(&mut text, plane, scale, canvas, [height, width]),
    }
    text.push_str(&bar(plane, scale, canvas, width));
    text
}

/// The height and width in pixels: those of the array or whole multiples of them, as they fit.
fn size(plane: &Plane, canvas: Canvas) -> (usize, usize) {
    let lines = canvas
        .lines
        .map_or(LINES, |lines| lines.saturating_sub(AROUND).max(4));
    let (most_down, most_across) = (2 * lines, canvas.columns.max(8));
    let (rows, columns) = (plane.rows.max(1), plane.columns.max(1));
    let times = (most_down / rows).min(most_across / columns);
    if times > 0 {
        // Flat pictures are made high enough to be seen.
        return ((rows * times).max(4.min(most_down)), columns * times);
    }
    let part = |n: usize, most: usize, of: usize| (n as u128 * most as u128 / of as u128) as usize;
    // As wide as possible, unless that is too high.
    let down = part(rows, most_across, columns);
    let across = match down > most_down {
        true => part(columns, most_down, rows).max(most_across / 8),
        false => most_across,
    };
    let down = down.clamp(4.min(most_down), most_down);
    (down, across.clamp(1, columns.max(most_across / 8)))
}

fn halves(
    text: &mut String,
    plane: &Plane,
    scale: &ColorScale,
    canvas: Canvas,
    [height, width]: [usize; 2],
) {
    let raster = plane.raster.resized(height, width);
    for row in (0..raster.height()).step_by(2) {
        let (uppers, lowers) = (raster.row(row), raster.row(row + 1));
        let mut last = None;
        for (column, upper) in uppers.iter().enumerate() {
            let upper = scale.share(*upper);
            let lower = lowers.get(column).map(|lower| scale.share(*lower));
            if last != Some((upper, lower)) {
                canvas.foreground(text, upper);
                if let Some(lower) = lower {
                    canvas.background(text, lower);
                }
            }
            last = Some((upper, lower));
            text.push('▀');
        }
        canvas.end_line(text);
    }
}

/// From the least to the most.
const SHADES: [char; 5] = [' ', '░', '▒', '▓', '█'];

fn shade(share: Option<f64>) -> char {
    let Some(share) = share else { return '·' };
    // At most the last one.
    let step = (share * SHADES.len() as f64) as usize;
    SHADES.get(step).copied().unwrap_or('█')
}

fn plain(text: &mut String, plane: &Plane, scale: &ColorScale, height: usize, width: usize) {
    let raster = plane.raster.resized(height.div_ceil(2), width);
    for row in 0..raster.height() {
        let line: String = raster
            .row(row)
            .iter()
            .map(|&value| shade(scale.share(value)))
            .collect();
        text.push_str(&line);
        text.push('\n');
    }
}

/// The colours between their values, and the legend.
fn bar(plane: &Plane, scale: &ColorScale, canvas: Canvas, width: usize) -> String {
    let mut text = String::new();
    if scale.low.is_finite() {
        let (low, high) = (label(plane, scale.low), label(plane, scale.high));
        let room = width.max(40).min(canvas.columns);
        let steps = room
            .saturating_sub(low.chars().count() + high.chars().count() + 2)
            .clamp(8, 64);
        text.push_str(&format!("{low} "));
        for step in 0..steps {
            let share = (step as f64 + 0.5) / steps as f64;
            match canvas.depth {
                ColorDepth::Plain => text.push(shade(Some(share))),
                _ => canvas.shade(&mut text, share),
            }
        }
        canvas.reset(&mut text);
        text.push_str(&format!(" {high}\n"));
    }
    if canvas.depth != ColorDepth::Plain && scale.nan > 0 {
        canvas.foreground(&mut text, None);
        text.push('█');
        canvas.reset(&mut text);
        text.push(' ');
    } else if scale.nan > 0 {
        text.push_str("· ");
    }
    text.push_str(&legend(plane, scale));
    text
}

/// The legend: how much is NaN, and which values the colours leave out.
pub(super) fn legend(plane: &Plane, scale: &ColorScale) -> String {
    let mut parts = Vec::new();
    if scale.nan > 0 {
        parts.push(format!(
            "{} {}",
            display::nan(&plane.data_type),
            crate::output::text::percent(scale.nan as u64, scale.count as u64)
        ));
    }
    if scale.min.is_finite() {
        parts.push(format!(
            "all from {} to {}",
            label(plane, scale.min),
            label(plane, scale.max)
        ));
    }
    if (scale.low, scale.high) != (scale.min, scale.max) {
        let ends = format!(
            "colours from {} to {} (2 to 98 %)",
            label(plane, scale.low),
            label(plane, scale.high)
        );
        parts.push(ends);
    }
    if plane.raster.values.len() < plane.rows.saturating_mul(plane.columns) {
        parts.push("not every element was read".to_owned());
    }
    format!("{}\n", parts.join("; "))
}

/// A value of the array with its unit.
fn label(plane: &Plane, value: f64) -> String {
    let moment = display::number(&plane.data_type, value);
    moment.unwrap_or_else(|| number(value) + &display::unit(&plane.data_type))
}

/// A number with four digits.
fn number(value: f64) -> String {
    let size = value.abs();
    match size {
        0.0 => "0".to_owned(),
        size if (1e-3..1e6).contains(&size) => {
            let digits = (3 - size.log10().floor() as i32).clamp(0, 6);
            let text = format!("{value:.*}", digits as usize);
            match text.contains('.') {
                true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
                false => text,
            }
        }
        _ => format!("{value:.3e}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::view::plane::Raster;

    fn canvas(columns: usize, lines: Option<usize>, depth: ColorDepth) -> Canvas {
        Canvas {
            columns,
            lines,
            depth,
        }
    }

    fn plane(rows: usize, columns: usize) -> Plane {
        let values = (0..rows * columns).map(|i| i as f64).collect();
        let raster = Raster {
            width: columns,
            values,
        };
        let selection = ":".to_owned();
        Plane {
            selection,
            rows,
            columns,
            data_type: zarr::DataType::Float64,
            origin: vec![],
            axes: [None, None],
            raster,
        }
    }

    #[test]
    fn pictures_fit() {
        for (rows, columns) in [(1, 1), (6, 5), (344, 403), (1, 1000), (1000, 1), (91, 120)] {
            for (width, lines) in [(80, Some(24)), (200, Some(60)), (80, None), (20, Some(8))] {
                let (down, across) = size(
                    &plane(rows, columns),
                    canvas(width, lines, ColorDepth::Plain),
                );
                let most = 2 * lines.map_or(LINES, |lines| (lines - AROUND).max(4));
                assert!(
                    across <= width && down <= most,
                    "{rows}×{columns} in {width}: {down}×{across}"
                );
                assert!(across >= 1 && down >= 4);
            }
        }
        assert_eq!(
            size(&plane(1, 1000), canvas(100, None, ColorDepth::Plain)),
            (4, 100)
        );
        assert_eq!(
            size(&plane(344, 403), canvas(80, Some(50), ColorDepth::Plain)),
            (68, 80)
        );
    }

    #[test]
    fn shades() {
        let plane = plane(2, 2);
        let scale = ColorScale::full(&plane);
        let text = draw("t\n", &plane, &scale, canvas(8, Some(8), ColorDepth::Plain));
        assert!(!text.contains('\x1b'));
        assert_eq!(text.lines().count(), 1 + 4 + 2, "{text}");
    }

    #[test]
    fn colours_end_with_the_line() {
        let plane = plane(4, 4);
        let scale = ColorScale::full(&plane);
        for depth in [ColorDepth::TrueColor, ColorDepth::Colors256] {
            let text = draw("t\n", &plane, &scale, canvas(8, Some(9), depth));
            let lines: Vec<&str> = text.lines().filter(|line| line.contains('▀')).collect();
            assert!(
                !lines.is_empty() && lines.iter().all(|line| line.ends_with("\x1b[0m")),
                "{text:?}"
            );
        }
    }

    #[test]
    fn four_digits() {
        let shown = [
            0.0,
            1.0,
            -2.5,
            1234.5678,
            123_456.0,
            0.001_234_56,
            1e-9,
            1e6,
            0.1,
        ]
        .map(number);
        let expected = [
            "0", "1", "-2.5", "1235", "123456", "0.001235", "1.000e-9", "1.000e6", "0.1",
        ];
        assert_eq!(shown, expected);
    }
}
