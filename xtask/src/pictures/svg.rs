//! Cells as an SVG: text as text, and half blocks as squares, those of one colour as one path.

use std::collections::BTreeMap;

use super::ansi::{Cell, Color};

/// A cell is one square wide and two high.
const SQUARE: usize = 8;
const TEXT: Color = [212, 212, 212];
const MARGIN: usize = 12;

pub(super) fn draw(lines: &[Vec<Cell>], columns: usize) -> String {
    let (width, height) = (columns * SQUARE, lines.len() * 2 * SQUARE);
    let mut texts = String::new();
    let mut squares: BTreeMap<Color, String> = BTreeMap::new();
    for (row, cells) in lines.iter().enumerate() {
        for (column, cell) in cells.iter().enumerate() {
            let fore = cell.foreground.unwrap_or(TEXT);
            let (upper, lower) = match cell.character {
                '▀' => (Some(fore), cell.background),
                '█' => (Some(fore), Some(fore)),
                _ => (cell.background, cell.background),
            };
            for (half, color) in [upper, lower].into_iter().enumerate() {
                if let Some(color) = color {
                    let path = squares.entry(color).or_default();
                    path.push_str(&format!("M{column} {}h1v1h-1z", 2 * row + half));
                }
            }
        }
        text(&mut texts, row, cells);
    }
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {}\" role=\"img\" \
         aria-label=\"zarr tree, zarr info and zarr view in a terminal\">\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"#1e1e1e\"/>\n\
         <g transform=\"translate({MARGIN} {MARGIN})\" font-family=\"ui-monospace, Menlo, Consolas, monospace\" \
         font-size=\"13\">\n<g transform=\"scale({SQUARE})\" shape-rendering=\"crispEdges\">\n",
        width + 2 * MARGIN,
        height + 2 * MARGIN,
    );
    for ([red, green, blue], path) in squares {
        svg.push_str(&format!(
            "<path fill=\"#{red:02x}{green:02x}{blue:02x}\" d=\"{path}\"/>\n"
        ));
    }
    svg.push_str("</g>\n");
    svg.push_str(&texts);
    svg.push_str("</g>\n</svg>\n");
    svg
}

/// The words of a line, each run of one colour by itself and as wide as its cells, whatever the font is.
fn text(out: &mut String, row: usize, cells: &[Cell]) {
    let shown = |cell: &Cell| !matches!(cell.character, '▀' | '█');
    let mut column = 0;
    for run in cells.chunk_by(|a, b| shown(a) == shown(b) && a.foreground == b.foreground) {
        let characters: String = run.iter().map(|cell| cell.character).collect();
        let trimmed = characters.trim_end();
        if run.first().is_some_and(shown) && !trimmed.trim().is_empty() {
            let [red, green, blue] = run.first().and_then(|cell| cell.foreground).unwrap_or(TEXT);
            let escaped = trimmed
                .replace('&', "&amp;")
                .replace('<', "&lt;")
                .replace('>', "&gt;");
            out.push_str(&format!(
                "<text x=\"{}\" y=\"{}\" fill=\"#{red:02x}{green:02x}{blue:02x}\" textLength=\"{}\" \
                 xml:space=\"preserve\">{escaped}</text>\n",
                column * SQUARE,
                row * 2 * SQUARE + 12,
                trimmed.chars().count() * SQUARE
            ));
        }
        column += run.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pictures::ansi;

    #[test]
    fn squares_of_one_colour_are_one_path() {
        let lines = ansi::lines("\u{1b}[38;2;1;2;3m\u{1b}[48;2;1;2;3m▀▀\u{1b}[0m a<b");
        let svg = draw(&lines, 6);
        let path =
            "<path fill=\"#010203\" d=\"M0 0h1v1h-1zM0 1h1v1h-1zM1 0h1v1h-1zM1 1h1v1h-1z\"/>";
        assert!(svg.contains(path), "{svg}");
        assert!(svg.contains("> a&lt;b</text>"), "{svg}");
    }
}
