//! Which names files can have on Windows. Keys are checked for other reasons elsewhere: these rules are the system's.

use std::{fmt, io};

/// Why a part of a key cannot be the name of a file, or of a directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NameProblem {
    part: String,
    why: Why,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Why {
    Device,
    Character(char),
    End,
}

impl fmt::Display for NameProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Windows has no file called `{}`: ",
            self.part.escape_debug()
        )?;
        match self.why {
            Why::Device => f.write_str("it keeps this name for a device, whatever follows a dot"),
            Why::Character(c) => write!(f, "`{}` may be in no name", c.escape_debug()),
            Why::End => f.write_str("it takes away dots and spaces at the end of a name"),
        }?;
        f.write_str("; choose another name, or keep the data in a zip archive")
    }
}

impl std::error::Error for NameProblem {}

impl From<NameProblem> for io::Error {
    fn from(problem: NameProblem) -> Self {
        io::Error::new(io::ErrorKind::InvalidFilename, problem)
    }
}

/// Whether each part of a name, between slashes, can be the name of a file.
pub(super) fn check(name: &str) -> Result<(), NameProblem> {
    name.split('/').try_for_each(|part| match problem(part) {
        Some(why) => Err(NameProblem {
            part: part.to_owned(),
            why,
        }),
        None => Ok(()),
    })
}

fn problem(part: &str) -> Option<Why> {
    let is_refused = |c: char| c < ' ' || r#"<>:"|?*\"#.contains(c);
    if let Some(c) = part.chars().find(|&c| is_refused(c)) {
        return Some(Why::Character(c));
    }
    if part.ends_with(['.', ' ']) {
        return Some(Why::End);
    }
    is_device(part).then_some(Why::Device)
}

/// `nul`, `NUL.txt` and `nul .txt` all mean the device.
fn is_device(part: &str) -> bool {
    const ALONE: [&str; 6] = ["con", "prn", "aux", "nul", "conin$", "conout$"];
    /// With a digit behind it; the three small ones count too.
    const NUMBERED: [&str; 2] = ["com", "lpt"];
    let stem = part.split('.').next().unwrap_or(part).trim_end_matches(' ');
    let stem = stem.to_lowercase();
    let is_numbered = |port: &str| {
        let mut rest = stem.strip_prefix(port).unwrap_or_default().chars();
        let digit = rest
            .next()
            .is_some_and(|c| matches!(c, '0'..='9' | '¹' | '²' | '³'));
        digit && rest.next().is_none()
    };
    ALONE.contains(&&*stem) || NUMBERED.iter().any(|port| is_numbered(port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_zarr_writes_is_a_name() {
        for name in [
            "",
            "zarr.json",
            ".zarray",
            "temp/c/3/0",
            "0.0",
            "a b/ü",
            ".zarr-lock",
            "console",
            "com",
            "com10",
            "lpt",
            "auxiliary/nul_",
            "a.con",
        ] {
            assert_eq!(check(name), Ok(()), "{name}");
        }
    }

    // After https://learn.microsoft.com/windows/win32/fileio/naming-a-file.
    #[test]
    fn what_windows_refuses_is_told_with_the_reason() {
        let table = [
            ("CON", Why::Device),
            ("a/nul.txt/b", Why::Device),
            ("Aux .x", Why::Device),
            ("prn.zarr", Why::Device),
            ("com1", Why::Device),
            ("LPT³.json", Why::Device),
            ("COM0", Why::Device),
            ("conout$", Why::Device),
            ("a/x:1", Why::Character(':')),
            ("a<b", Why::Character('<')),
            ("a>b", Why::Character('>')),
            ("a\"b", Why::Character('"')),
            ("a|b", Why::Character('|')),
            ("what?", Why::Character('?')),
            ("*", Why::Character('*')),
            ("a\\b", Why::Character('\\')),
            ("a\tb", Why::Character('\t')),
            ("a./b", Why::End),
            ("...", Why::End),
            ("a ", Why::End),
        ];
        for (name, why) in table {
            let problem = check(name).unwrap_err();
            assert_eq!(problem.why, why, "{name}");
            assert!(name.split('/').any(|part| part == problem.part), "{name}");
        }
        let error: io::Error = check("x:1").unwrap_err().into();
        assert_eq!(
            error.to_string(),
            "Windows has no file called `x:1`: `:` may be in no name; choose another name, or keep the data in a zip archive"
        );
    }
}
