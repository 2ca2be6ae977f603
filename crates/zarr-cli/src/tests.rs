//! Tests of whole commands within this process, by the name of the command; and of what several commands have in
//! common.

mod address;
mod archives;
mod attrs;
mod bench;
mod broken_nodes;
mod chunks;
mod completions;
mod consolidate;
mod copy;
mod create;
mod creates_nothing;
mod diff;
mod display;
mod doctor;
mod implicit_groups;
mod info;
mod ls;
mod man;
mod migrate;
#[cfg(unix)]
mod no_follow;
mod oversized;
mod read;
mod remove_metadata;
mod stats;
mod tree;
mod validate;
mod view;
mod write;

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Parser;
use serde_json::Value;
use zarr::{DataType, DynData, Values};

use crate::Cli;
use crate::failure::{Exit, Failure};
use crate::npy;
use crate::output::terminal::{Canvas, ColorDepth};

/// The formats, with the names of the documents of arrays and groups.
const FORMATS: [(&str, &str, &str); 2] =
    [("2", ".zarray", ".zgroup"), ("3", "zarr.json", "zarr.json")];

/// A directory with a file `in.npy`: 6 by 5 numbers of 16 bits, counting from 0.
struct Home(tempfile::TempDir);

impl Home {
    fn new() -> Self {
        let home = Self(tempfile::tempdir().unwrap());
        home.save("in.npy", &counting(&[6, 5]));
        home
    }

    /// With the slash that command lines have.
    fn path(&self, name: &str) -> PathBuf {
        format!("{}/{name}", self.0.path().display()).into()
    }

    fn save(&self, name: &str, array: &DynData) {
        let mut file = npy::header(&array.dtype, &array.shape).unwrap();
        file.extend(array.data.as_fixed().unwrap());
        fs::write(self.path(name), file).unwrap();
    }

    fn load(&self, name: &str) -> DynData {
        npy::load(&self.path(name)).unwrap()
    }

    /// Runs a command line in which `~/` stands for this directory.
    fn end(&self, line: &str) -> Result<(Exit, Vec<u8>), Failure> {
        let home = format!("{}/", self.0.path().display());
        let words = line.split(' ').map(|word| word.replace("~/", &home));
        let cli = Cli::try_parse_from(["zarr".to_owned()].into_iter().chain(words)).unwrap();
        let canvas = Canvas {
            columns: 60,
            lines: None,
            depth: ColorDepth::Plain,
        };
        let (mut text, mut bytes) = (Vec::new(), Vec::new());
        let plain = &mut anstream::StripStream::new(&mut text);
        let exit = crate::run(cli, canvas, plain, &mut bytes)?;
        text.append(&mut bytes);
        Ok((exit, text))
    }

    /// The output of a command that succeeds.
    fn run(&self, line: &str) -> Result<Vec<u8>, Failure> {
        let (exit, out) = self.end(line)?;
        assert_eq!(
            exit,
            Exit::Done,
            "{line}: {}",
            String::from_utf8_lossy(&out)
        );
        Ok(out)
    }

    /// The output of a command that ends with a difference or something invalid, with `~/` for this directory.
    #[track_caller]
    fn found(&self, line: &str) -> String {
        let (exit, out) = self.end(line).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(exit, Exit::Difference, "{text}");
        let home = format!("{}/", self.0.path().display());
        text.replace(&home, "~/")
    }

    /// The output of a command that may find something.
    #[track_caller]
    fn found_or_done(&self, line: &str) -> String {
        String::from_utf8(self.end(line).unwrap().1).unwrap()
    }

    /// A document in this directory.
    fn document(&self, name: &str) -> Value {
        serde_json::from_slice(&fs::read(self.path(name)).unwrap()).unwrap()
    }

    /// Replaces a text in a document.
    #[track_caller]
    fn replace_text(&self, name: &str, old: &str, new: &str) {
        let text = fs::read_to_string(self.path(name)).unwrap();
        assert!(text.contains(old), "{text}");
        fs::write(self.path(name), text.replace(old, new)).unwrap();
    }

    /// The bytes of all files below a directory.
    fn stored_bytes(&self, name: &str) -> u64 {
        let files = files(&self.path(name)).into_iter();
        files.map(|path| path.metadata().unwrap().len()).sum()
    }

    fn json(&self, line: &str) -> Value {
        let (_, out) = self.end(line).unwrap();
        serde_json::from_slice(&out).unwrap()
    }

    #[track_caller]
    fn print(&self, line: &str) -> String {
        String::from_utf8(self.run(line).unwrap()).unwrap()
    }

    /// The exit code of a command that fails, and what it says with `~/` for this directory.
    #[track_caller]
    fn fail(&self, line: &str) -> (Exit, String) {
        let failure = self.run(line).unwrap_err();
        let home = format!("{}/", self.0.path().display());
        (failure.exit(), failure.to_string().replace(&home, "~/"))
    }
}

fn counting(shape: &[u64]) -> DynData {
    let cells = shape.iter().product::<u64>();
    let data: Vec<u8> = (0..cells).flat_map(|n| (n as i16).to_ne_bytes()).collect();
    DynData {
        dtype: DataType::Int16,
        shape: shape.to_vec(),
        data: Values::Fixed(data.into()),
    }
}

fn values(array: &DynData) -> Vec<i16> {
    array
        .data
        .as_fixed()
        .unwrap()
        .chunks(2)
        .map(|bytes| i16::from_ne_bytes([bytes[0], bytes[1]]))
        .collect()
}

/// Every file below a directory.
fn files(path: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(path)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let each = |path: PathBuf| {
        if path.is_dir() {
            files(&path)
        } else {
            vec![path]
        }
    };
    entries.flat_map(each).collect()
}

/// Keeps what is written, and how many bytes each call brought.
#[derive(Default)]
pub(crate) struct WriteCalls {
    pub(crate) bytes: Vec<u8>,
    pub(crate) lengths: Vec<usize>,
}

impl Write for WriteCalls {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes.extend_from_slice(bytes);
        self.lengths.push(bytes.len());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
