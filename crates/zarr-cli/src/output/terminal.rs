//! The size and the colours of the terminal.

use std::env;
use std::io;

use crate::output::colors;

/// A place to draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Canvas {
    pub(crate) columns: usize,
    /// `None` if it has no end: a file or a pipe.
    pub(crate) lines: Option<usize>,
    pub(crate) depth: ColorDepth,
}

/// Which colours there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ColorDepth {
    /// None: shades of one.
    Plain,
    /// A palette.
    Colors256,
    /// All of them.
    TrueColor,
}

impl Canvas {
    /// Standard output, and what `COLUMNS`, `LINES`, `COLORTERM`, `NO_COLOR` and `CLICOLOR_FORCE` say.
    pub(crate) fn detect() -> Self {
        let number = |name: &str| {
            env::var(name)
                .ok()?
                .parse::<usize>()
                .ok()
                .filter(|n| *n > 0)
        };
        let size = terminal_size::terminal_size_of(io::stdout());
        let (width, height) = size.map_or((None, None), |(width, height)| {
            (Some(usize::from(width.0)), Some(usize::from(height.0)))
        });
        let full =
            env::var("COLORTERM").is_ok_and(|term| ["truecolor", "24bit"].contains(&term.as_str()));
        let depth = match anstream::AutoStream::choice(&io::stdout()) {
            anstream::ColorChoice::Never => ColorDepth::Plain,
            _ if full => ColorDepth::TrueColor,
            _ => ColorDepth::Colors256,
        };
        Self {
            columns: number("COLUMNS").or(width).unwrap_or(80),
            lines: number("LINES").or(height),
            depth,
        }
    }

    /// Appends a character for a share from 0 to 1: a darker shade or a colour further along the ramp for more.
    pub(crate) fn shade(self, text: &mut String, share: f64) {
        match self.depth {
            ColorDepth::Plain => text.push(match share {
                share if share <= 0.25 => '░',
                share if share <= 0.5 => '▒',
                share if share <= 0.75 => '▓',
                _ => '█',
            }),
            _ => {
                self.foreground(text, Some(share));
                text.push('█');
            }
        }
    }

    /// From here on, text has the colour of this share, or of no number.
    pub(crate) fn foreground(self, text: &mut String, share: Option<f64>) {
        self.set(text, 38, share);
    }

    /// From here on, the background has the colour of this share.
    pub(crate) fn background(self, text: &mut String, share: Option<f64>) {
        self.set(text, 48, share);
    }

    fn set(self, text: &mut String, ground: u8, share: Option<f64>) {
        match self.depth {
            ColorDepth::Plain => {}
            ColorDepth::Colors256 => {
                text.push_str(&format!("\x1b[{ground};5;{}m", colors::of_256(share)));
            }
            ColorDepth::TrueColor => {
                let [red, green, blue] = colors::of(share);
                text.push_str(&format!("\x1b[{ground};2;{red};{green};{blue}m"));
            }
        }
    }

    /// From here on, text has the default colours of the terminal.
    pub(crate) fn reset(self, text: &mut String) {
        if self.depth != ColorDepth::Plain {
            text.push_str("\x1b[0m");
        }
    }

    pub(crate) fn end_line(self, text: &mut String) {
        self.reset(text);
        text.push('\n');
    }
}
