//! The verbs, each with its right result.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use zarr::blocking::Wait;
use zarr::sel;

use crate::Cell;
use crate::types::{Row, Spelled};

/// A type in a format, with a place of its own: `a` holds one element four times, `b` twice, and the other one
/// twice, where nothing is stored.
pub(crate) struct Walk {
    home: PathBuf,
    /// Where the page finds a copy of it.
    served: PathBuf,
    server: String,
    row: Row,
    format: u8,
}

pub(crate) struct Verb {
    pub(crate) name: &'static str,
    pub(crate) run: fn(&Walk) -> Cell,
}

type Checked = Result<(), Cell>;

macro_rules! verb {
    ($name:literal, $run:expr) => {
        Verb {
            name: $name,
            run: |walk| {
                let run: fn(&Walk) -> Checked = $run;
                run(walk).map_or_else(|cell| cell, |()| Cell::Right)
            },
        }
    };
}

/// In this order: the first makes what the others look at.
pub(crate) const VERBS: &[Verb] = &[
    verb!("create", create),
    verb!("write .npy", |walk| walk.write_npy("write", "w")),
    verb!("write text", |walk| walk.write_text()),
    verb!("append", |walk| walk.append()),
    verb!("read .npy", |walk| walk.read_npy()),
    verb!("read jsonl", |walk| walk.holds("b", walk.both())),
    verb!("read csv", |walk| walk.read("csv")),
    verb!("read text", |walk| walk.read("text")),
    verb!("read raw", |walk| walk.read_raw()),
    verb!("info", |walk| walk
        .prints(&["info", "b"], "Type               : Array")),
    verb!("tree", |walk| walk.prints(&["tree", "b"], "(4,)")),
    verb!("ls", |walk| walk.prints(&["ls", "b"], "b")),
    verb!("stats", |walk| walk.reports(
        &["stats", "--json", "-q", "b"],
        "/count",
        4
    )),
    verb!("view", |walk| walk.prints(&["view", "b"], "(1, 4)")),
    verb!("chunks", |walk| {
        let stored = u64::from(matches!(walk.row.dtype, Spelled::Name(_)));
        walk.reports(&["chunks", "--json", "b"], "/nchunks_stored", stored)
    }),
    verb!("copy", |walk| walk.copy("c", walk.format)),
    verb!("copy to the other", |walk| walk.copy("x", 5 - walk.format)),
    verb!("diff", |walk| walk.diff()),
    verb!("migrate", |walk| walk.migrate()),
    verb!("validate", |walk| walk.reports(
        &["validate", "--json", "b"],
        "/valid",
        true
    )),
    verb!("doctor", |walk| walk.reports(
        &["doctor", "--json", "b"],
        "/findings",
        Vec::<u8>::new()
    )),
    verb!("page: node", |walk| walk
        .page("node", "Type               : Array")),
    verb!("page: chunks", |walk| walk.page("chunks", "\"nchunks\":2")),
    verb!("page: picture", |walk| walk.page("picture", "PNG")),
];

fn wrong(text: impl Into<String>) -> Cell {
    Cell::Wrong(text.into())
}

fn ensure(is_right: bool, text: impl FnOnce() -> String) -> Checked {
    match is_right {
        true => Ok(()),
        false => Err(wrong(text())),
    }
}

/// What is refused is checked of a document too: the command makes none of them.
fn create(walk: &Walk) -> Checked {
    let (dtype, format) = match &walk.row.dtype {
        Spelled::Name(dtype) => (dtype.as_str(), walk.format.to_string()),
        Spelled::Document(document) => {
            for name in ["a", "b"] {
                fs::create_dir(walk.home.join(name)).unwrap();
                fs::write(walk.home.join(name).join(".zarray"), document).unwrap();
            }
            ("object", walk.format.to_string())
        }
    };
    for (name, fill) in [("a", walk.row.one), ("b", walk.row.other)] {
        walk.run(&[
            "create",
            name,
            "--dtype",
            dtype,
            "--shape",
            "4",
            "--chunks",
            "2",
            "--fill-value",
            fill,
            "--zarr-format",
            &format,
        ])?;
    }
    let open = |name: &str| zarr::open_array(walk.home.join(name)).wait().unwrap();
    let one = open("a").read_dyn(sel![..2]).wait().unwrap();
    let written = open("b").write(sel![..2], one).wait();
    written.map_err(|error| wrong(error.to_string()))
}

impl Walk {
    pub(crate) fn new(home: &Path, server: &str, row: &Row, format: u8) -> Self {
        let name = format!("{}-{format}", row.name.replace(' ', "-"));
        let served = home.join("served").join(&name);
        let home = home.join(name);
        for directory in [&home, &served] {
            fs::create_dir(directory).unwrap();
        }
        Self {
            home,
            served,
            server: server.to_owned(),
            row: row.clone(),
            format,
        }
    }

    /// What a command prints, or how it refuses.
    fn run(&self, arguments: &[&str]) -> Result<Vec<u8>, Cell> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_zarr"));
        let command = command
            .args(arguments)
            .current_dir(&self.home)
            .env("NO_COLOR", "1");
        let out = command.output().unwrap();
        match out.status.code() {
            Some(0) => Ok(out.stdout),
            Some(code) => Err(Cell::No(
                code,
                String::from_utf8_lossy(&out.stderr).trim().to_owned(),
            )),
            None => Err(wrong(format!("{arguments:?} was killed"))),
        }
    }

    fn text(&self, arguments: &[&str]) -> Result<String, Cell> {
        let text = String::from_utf8(self.run(arguments)?);
        text.map_err(|error| wrong(error.to_string()))
    }

    fn prints(&self, arguments: &[&str], words: &str) -> Checked {
        let text = self.text(arguments)?;
        ensure(text.contains(words), || format!("no {words:?} in {text}"))
    }

    fn reports(&self, arguments: &[&str], pointer: &str, value: impl Into<Value>) -> Checked {
        let report: Value = serde_json::from_slice(&self.run(arguments)?).unwrap();
        let (found, value) = (report.pointer(pointer), value.into());
        ensure(found == Some(&value), || {
            format!("{pointer} of {report}, not {value}")
        })
    }

    /// The elements of `b`.
    fn both(&self) -> [&'static str; 4] {
        let Row { one, other, .. } = self.row;
        [one, one, other, other]
    }

    /// Whether an array holds these elements.
    fn holds<const N: usize>(&self, name: &str, elements: [&str; N]) -> Checked {
        let text = self.text(&["read", name, "--format", "jsonl"])?;
        let wanted = elements.map(|element| format!("{element}\n")).concat();
        ensure(text == wanted, || format!("{text:?}, not {wanted:?}"))
    }

    /// Numbers are printed as they are; of others it is looked at how many there are.
    fn read(&self, format: &str) -> Checked {
        let text = self.text(&["read", "b", "--format", format])?;
        let line = match format {
            "csv" => self.both().join(","),
            _ => self.both().join(" "),
        };
        let is_plain = !line.contains(['"', '[', '{']) && !self.row.name.starts_with("numpy.");
        let is_right = match is_plain {
            true => text.split_whitespace().collect::<Vec<_>>().join(" ") == line,
            false => text.ends_with('\n') && text.lines().count() == 1,
        };
        ensure(is_right, || format!("{text:?}, not {line:?}"))
    }

    fn read_raw(&self) -> Checked {
        let bytes = self.run(&["read", "b", "--format", "raw"])?;
        // Two equal halves of two equal elements each.
        let is_even = bytes.len().is_multiple_of(4) && {
            let (first, last) = bytes.split_at(bytes.len() / 2);
            [first, last]
                .iter()
                .all(|half| half[..half.len() / 2] == half[half.len() / 2..])
        };
        let is_variable = matches!(self.row.name.as_str(), "string" | "variable_length_bytes");
        ensure(is_even || is_variable, || format!("{bytes:?}"))
    }

    /// A file as NumPy writes it (numpy.lib.format, version 1.0); of what NumPy has no type for, one of objects.
    fn npy(&self) -> Vec<u8> {
        let descr = self.row.descr.unwrap_or("'|O'");
        let raw = self
            .run(&["read", "b", "--format", "raw"])
            .unwrap_or_default();
        let header = format!("{{'descr': {descr}, 'fortran_order': False, 'shape': (4,), }}");
        let room = (10 + header.len() + 1).next_multiple_of(64) - 11;
        let header = format!("{header:<room$}\n");
        let length = u16::try_from(header.len()).unwrap().to_le_bytes();
        [b"\x93NUMPY\x01\x00", &length[..], header.as_bytes(), &raw].concat()
    }

    fn write_npy(&self, verb: &str, name: &str) -> Checked {
        fs::write(self.home.join("in.npy"), self.npy()).unwrap();
        let format = self.format.to_string();
        self.run(&[
            verb,
            "in.npy",
            name,
            "--chunks",
            "2",
            "--zarr-format",
            &format,
        ])?;
        self.holds(name, self.both())
    }

    fn write_text(&self) -> Checked {
        let text = self.run(&["read", "b", "--format", "csv"])?;
        fs::write(self.home.join("in.csv"), text).unwrap();
        self.run(&["write", "in.csv", "t"])?;
        self.holds("t", self.both())
    }

    fn append(&self) -> Checked {
        self.run(&["copy", "-q", "b", "p"])?;
        fs::write(self.home.join("in.npy"), self.npy()).unwrap();
        self.run(&["append", "in.npy", "p"])?;
        let [a, b, c, d] = self.both();
        self.holds("p", [a, b, c, d, a, b, c, d])
    }

    /// What NumPy would read: of a type it has, its description and the elements.
    fn read_npy(&self) -> Checked {
        self.run(&["read", "b", "--output", "out.npy"])?;
        let (found, wanted) = (fs::read(self.home.join("out.npy")).unwrap(), self.npy());
        let header = format!("'descr': {}", self.row.descr.unwrap_or_default());
        let text = String::from_utf8_lossy(&found).into_owned();
        ensure(text.contains(&header), || {
            format!("no {header} in {text:?}")
        })?;
        let raw = wanted
            .splitn(2, |byte| *byte == b'\n')
            .last()
            .unwrap_or_default();
        ensure(found.ends_with(raw), || "other elements".to_owned())
    }

    fn copy(&self, name: &str, format: u8) -> Checked {
        self.run(&[
            "copy",
            "-q",
            "b",
            name,
            "--zarr-format",
            &format.to_string(),
        ])?;
        let document = if format == 2 { ".zarray" } else { "zarr.json" };
        let is_there = self.home.join(name).join(document).is_file();
        ensure(is_there, || format!("no {document}"))?;
        self.holds(name, self.both())?;
        self.run(&["diff", "-q", "--content", "b", name]).map(drop)
    }

    fn diff(&self) -> Checked {
        self.run(&["diff", "-q", "b", "b"])?;
        match self.run(&["diff", "-q", "a", "b"]) {
            Err(Cell::No(1, _)) => Ok(()),
            Ok(_) if self.row.one == self.row.other => Ok(()),
            Ok(_) => Err(wrong("no difference")),
            Err(cell) => Err(cell),
        }
    }

    fn migrate(&self) -> Checked {
        self.run(&["copy", "-q", "b", "m"])?;
        self.run(&["migrate", "v3", "--replace", "m"])?;
        let is_there = self.home.join("m/zarr.json").is_file();
        ensure(is_there, || "no zarr.json".to_owned())?;
        self.holds("m", self.both())
    }

    /// What the page asks of `b`; refusals have the codes of the command.
    fn page(&self, report: &str, words: &str) -> Checked {
        let mut copy = Command::new("cp");
        let copied = copy
            .arg("-r")
            .arg(self.home.join("b"))
            .arg(&self.served)
            .status();
        assert!(copied.unwrap().success());
        let host = self.server.strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(host).unwrap();
        let name = self.home.file_name().unwrap().to_string_lossy();
        let head = format!(
            "GET /~/{report}?path={name}/b HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let text = String::from_utf8_lossy(&answer).into_owned();
        match text.starts_with("HTTP/1.1 200") {
            true => ensure(text.contains(words), || text),
            false => Err(Cell::No(6, text)),
        }
    }
}
