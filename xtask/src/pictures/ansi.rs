//! Text with colours as a terminal gets it, as cells.

/// Red, green and blue.
pub(super) type Color = [u8; 3];

/// A character and its colours, where it has others than the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cell {
    pub(super) character: char,
    pub(super) foreground: Option<Color>,
    pub(super) background: Option<Color>,
}

/// The cells of each line. Of the sequences only those of true colours are known, and the one that ends them.
pub(super) fn lines(text: &str) -> Vec<Vec<Cell>> {
    let (mut foreground, mut background) = (None, None);
    let mut lines = Vec::new();
    for line in text.lines() {
        let mut cells = Vec::new();
        for (at, part) in line.split("\u{1b}[").enumerate() {
            let characters = match (at, part.split_once('m')) {
                (0, _) | (_, None) => part,
                (_, Some((sequence, characters))) => {
                    match numbers(sequence)[..] {
                        [38, 2, red, green, blue] => foreground = Some([red, green, blue]),
                        [48, 2, red, green, blue] => background = Some([red, green, blue]),
                        _ => (foreground, background) = (None, None),
                    }
                    characters
                }
            };
            cells.extend(characters.chars().map(|character| Cell {
                character,
                foreground,
                background,
            }));
        }
        lines.push(cells);
    }
    lines
}

fn numbers(sequence: &str) -> Vec<u8> {
    let parts = sequence.split(';').map(str::parse);
    parts.collect::<Result<_, _>>().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_hold_until_they_end() {
        let found = lines("a\u{1b}[38;2;1;2;3m\u{1b}[48;2;4;5;6m▀b\u{1b}[0mc\nd");
        let cell = |character, foreground, background| Cell {
            character,
            foreground,
            background,
        };
        let (fore, back) = (Some([1, 2, 3]), Some([4, 5, 6]));
        assert_eq!(
            found[0],
            [
                cell('a', None, None),
                cell('▀', fore, back),
                cell('b', fore, back),
                cell('c', None, None)
            ]
        );
        assert_eq!(found[1], [cell('d', None, None)]);
    }
}
