//! A curve as a picture: SVG with logarithmic axes. Knows no arrays.

use std::fmt::Write;

use crate::curve::Curve;

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 400.0;
/// Around the axes: left, right (where the lines' names are), top, bottom.
const MARGIN: [f64; 4] = [70.0, 200.0, 40.0, 50.0];

/// Okabe and Ito's colours, which people without some receptors can tell apart.
const COLOURS: [&str; 7] = [
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#555555",
];

/// Whole decades that contain all values of an axis, and where they lie.
struct Axis {
    /// The exponents of ten at both ends.
    decades: [f64; 2],
    /// The places of both ends.
    ends: [f64; 2],
}

impl Axis {
    fn new(values: impl Iterator<Item = f64>, ends: [f64; 2]) -> Self {
        let logs = values.filter(|value| *value > 0.0).map(f64::log10);
        let (low, high) = logs.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), log| {
            (low.min(log), high.max(log))
        });
        let (low, high) = if low <= high {
            (low.floor(), high.ceil())
        } else {
            (0.0, 1.0)
        };
        let decades = [low, if high > low { high } else { low + 1.0 }];
        Self { decades, ends }
    }

    fn place(&self, value: f64) -> f64 {
        let ([low, high], [from, to]) = (self.decades, self.ends);
        from + (to - from) * (value.log10() - low) / (high - low)
    }

    /// The powers of ten.
    fn ticks(&self) -> impl Iterator<Item = f64> {
        let [low, high] = self.decades.map(|decade| decade as i32);
        (low..=high).map(|decade| 10_f64.powi(decade))
    }
}

pub(crate) fn svg(curve: &Curve) -> String {
    let [left, right, top, bottom] = MARGIN;
    let (ends_x, ends_y) = ([left, WIDTH - right], [HEIGHT - bottom, top]);
    let x = Axis::new(curve.points().map(|(_, x, _)| x), ends_x);
    let y = Axis::new(curve.points().map(|(_, _, y)| y), ends_y);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"sans-serif\" \
         font-size=\"12\">\n<rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"white\"/>\n"
    );
    text(
        &mut svg,
        [left, top - 18.0],
        "start",
        "black",
        &format!("{}, in {}", curve.title, curve.y),
    );
    text(
        &mut svg,
        [f64::midpoint(ends_x[0], ends_x[1]), HEIGHT - 12.0],
        "middle",
        "black",
        curve.x,
    );
    for tick in x.ticks() {
        let at = x.place(tick);
        line(&mut svg, [at, ends_y[0]], [at, ends_y[1]]);
        text(
            &mut svg,
            [at, ends_y[0] + 18.0],
            "middle",
            "black",
            &number(tick),
        );
    }
    for tick in y.ticks() {
        let at = y.place(tick);
        line(&mut svg, [ends_x[0], at], [ends_x[1], at]);
        text(
            &mut svg,
            [ends_x[0] - 8.0, at + 4.0],
            "end",
            "black",
            &number(tick),
        );
    }
    // What a logarithm cannot show, a cost or a size of zero, is only in the table.
    let shown = |points: &[(f64, f64)]| -> Vec<[f64; 2]> {
        let points = points.iter().filter(|(x, y)| *x > 0.0 && *y > 0.0);
        points
            .map(|&(at, cost)| [x.place(at), y.place(cost)])
            .collect()
    };
    for (i, (curve, colour)) in curve.lines.iter().zip(COLOURS.iter().cycle()).enumerate() {
        let places = shown(&curve.points);
        let list: Vec<String> = places
            .iter()
            .map(|[x, y]| format!("{x:.1},{y:.1}"))
            .collect();
        let _ = writeln!(
            svg,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>",
            list.join(" ")
        );
        for [x, y] in places {
            let _ = writeln!(
                svg,
                "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\" fill=\"{colour}\"/>"
            );
        }
        let at = [WIDTH - right + 14.0, top + 14.0 + 18.0 * i as f64];
        text(&mut svg, at, "start", colour, curve.name);
    }
    svg.push_str("</svg>\n");
    svg
}

fn line(svg: &mut String, [x1, y1]: [f64; 2], [x2, y2]: [f64; 2]) {
    let _ = writeln!(
        svg,
        "<line x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\" stroke=\"#dddddd\"/>"
    );
}

fn text(svg: &mut String, [x, y]: [f64; 2], anchor: &str, colour: &str, text: &str) {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    let _ = writeln!(
        svg,
        "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" fill=\"{colour}\">{text}</text>"
    );
}

/// A power of ten, short.
fn number(tick: f64) -> String {
    match tick {
        1e9.. => format!("{:.0}G", tick / 1e9),
        1e6.. => format!("{:.0}M", tick / 1e6),
        1e4.. => format!("{:.0}k", tick / 1e3),
        _ => tick.to_string(),
    }
}
