//! Pictures in a terminal that can show them: two pixels per character, one above the other.

use std::env;
use std::io::{self, IsTerminal, Write};

use crate::picture::{Relief, draw};

/// Columns between two pictures.
const GAP: usize = 2;

/// Draws on standard output, if that is a terminal whose user wants colours.
pub(crate) fn show(reliefs: &[Relief]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let plain = env::var_os("NO_COLOR").is_some_and(|set| !set.is_empty());
    if plain || !out.is_terminal() || env::var_os("TERM").is_none_or(|term| term == "dumb") {
        return Ok(());
    }
    let size = terminal_size::terminal_size_of(&out);
    let (columns, rows) = size.map_or((80, 24), |(columns, rows)| (columns.0, rows.0));

    // As wide as fits, but no higher than the window, a line for the prompt left free.
    let aspects: f32 = reliefs.iter().map(Relief::aspect).sum();
    let room = f32::from(columns) - (GAP * reliefs.len()) as f32;
    let lines = (room / aspects / 2.0).min(f32::from(rows) - 2.0).min(32.0);
    if lines < 4.0 {
        return Ok(());
    }
    let picture = draw(reliefs, lines as usize * 2, GAP).0;

    let truecolor = env::var("COLORTERM").is_ok_and(|has| has == "truecolor" || has == "24bit");
    let colour = |pixel: [u8; 3]| match pixel {
        [r, g, b] if truecolor => format!("2;{r};{g};{b}"),
        pixel => format!("5;{}", nearest(pixel)),
    };
    writeln!(out)?;
    for line in picture.axis_chunks_iter(ndarray::Axis(0), 2) {
        for pixels in line.columns() {
            match (pixels[0], pixels[1]) {
                (Some(upper), Some(lower)) => {
                    write!(out, "\x1b[38;{}m\x1b[48;{}m▀", colour(upper), colour(lower))?;
                }
                _ => write!(out, "\x1b[0m ")?,
            }
        }
        writeln!(out, "\x1b[0m")?;
    }
    Ok(())
}

/// The nearest of the 216 colours that terminals without true colour have.
fn nearest(pixel: [u8; 3]) -> u8 {
    let [r, g, b] = pixel.map(|part| match part {
        0..48 => 0,
        48..115 => 1,
        part => (part - 35) / 40,
    });
    16 + 36 * r + 6 * g + b
}
