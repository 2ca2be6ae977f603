//! The array in an `.npy` file, read box by box. Its header is compared with the size of the file before any element
//! is read. What comes through a pipe is `pipe.rs`'s.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::Path;

use zarr::{DataType, DynData, Values};

use super::element::Element;
use super::error::Error;
use super::fortran_order;
use super::header::{Header, check_len};
use super::pipe::Pipe;
use crate::elements::tiles::{self, Tiles};
use crate::failure::Failure;

/// An array in a file, or in what came through a pipe.
pub(crate) struct NpyFile {
    name: String,
    header: Header,
    element: Element,
    input: Input,
}

enum Input {
    /// Elements from there on.
    File(u64, Box<dyn ReadSeek>),
    Pipe(Pipe),
}

trait ReadSeek: Read + Seek + Send {}
impl<T: Read + Seek + Send> ReadSeek for T {}

/// The whole array at a path; `-` is standard input.
pub(crate) fn load(path: &Path) -> Result<DynData, Failure> {
    open(path)?.all()
}

/// The array at a path, of which only the header is read; `-` is standard input.
pub(crate) fn open(path: &Path) -> Result<NpyFile, Failure> {
    if path.as_os_str() == "-" {
        return NpyFile::received("standard input", io::stdin());
    }
    let name = path.to_string_lossy();
    let failed = |error| Failure::io("cannot read", &name, &error);
    let file = File::open(path).map_err(failed)?;
    let found = file.metadata().map_err(failed)?;
    if found.is_dir() {
        return Err(failed(io::ErrorKind::IsADirectory.into()));
    }
    match found.is_file() {
        true => NpyFile::stored(&name, found.len(), file),
        // A pipe has no size that means anything, and no way back.
        false => NpyFile::received(&name, file),
    }
}

impl NpyFile {
    /// An array in something of this size.
    pub(super) fn stored(
        name: &str,
        size: u64,
        mut input: impl Read + Seek + Send + 'static,
    ) -> Result<Self, Failure> {
        let opened = Header::read(&mut input).and_then(|(header, start)| {
            let element = Element::of(&header.descr)?;
            check_len(len(&header, &element)?, size.saturating_sub(start))?;
            Ok((header, element, start))
        });
        let (header, element, start) =
            opened.map_err(|error| error.failure("cannot read", name))?;
        let (name, input) = (name.to_owned(), Input::File(start, Box::new(input)));
        Ok(Self {
            name,
            header,
            element,
            input,
        })
    }

    /// An array that comes from somewhere, read in one pass as boxes are asked for.
    pub(super) fn received(
        name: &str,
        mut input: impl Read + Send + 'static,
    ) -> Result<Self, Failure> {
        let read = Header::read(&mut input).and_then(|(header, _)| {
            let element = Element::of(&header.descr)?;
            let pipe = Pipe::new(Box::new(input), len(&header, &element)?)?;
            Ok((header, element, Input::Pipe(pipe)))
        });
        let (header, element, input) = read.map_err(|error| error.failure("cannot read", name))?;
        let name = name.to_owned();
        Ok(Self {
            name,
            header,
            element,
            input,
        })
    }

    pub(crate) fn shape(&self) -> &[u64] {
        &self.header.shape
    }

    pub(crate) fn data_type(&self) -> &DataType {
        &self.element.data_type
    }

    /// All elements.
    pub(crate) fn all(&mut self) -> Result<DynData, Failure> {
        let cells: Vec<Range<u64>> = self.shape().iter().map(|&length| 0..length).collect();
        self.read(&cells)
    }

    /// Boxes that together are all elements: each of whole chunks, in the order in which the file has them.
    pub(crate) fn tiles(&self, chunks: &[u64]) -> impl Iterator<Item = Vec<Range<u64>>> + use<> {
        let turned = self.turns();
        let turn = move |lengths: &[u64]| -> Vec<u64> {
            match turned {
                true => lengths.iter().rev().copied().collect(),
                false => lengths.to_vec(),
            }
        };
        let tiles = Tiles::new(&turn(self.shape()), &turn(chunks), self.element.size());
        tiles.map(move |mut cells| {
            if turned {
                cells.reverse();
            }
            cells
        })
    }

    /// The elements of a box, in this machine's byte order, in C order. From a pipe, boxes come in the order
    /// in which the file has their first elements, and each once.
    pub(crate) fn read(&mut self, cells: &[Range<u64>]) -> Result<DynData, Failure> {
        let read = self.elements(cells);
        read.map_err(|error| error.failure("cannot read", &self.name))
    }

    fn elements(&mut self, cells: &[Range<u64>]) -> Result<DynData, Error> {
        let shape: Vec<u64> = cells.iter().map(|cells| cells.end - cells.start).collect();
        let size = self.element.stored_size();
        let bytes = shape
            .iter()
            .fold(size as u64, |bytes, n| bytes.saturating_mul(*n));
        let mut data = Vec::new();
        let room = usize::try_from(bytes).map_err(|_| Error::TooLarge(bytes))?;
        // Of a pipe, nothing is allocated on the word of its header.
        if let Input::File(..) = self.input {
            data.try_reserve_exact(room)
                .map_err(|_| Error::TooLarge(bytes))?;
        }
        // Fortran's order is that of C with the axes turned around.
        let (mut axes, mut cells) = (self.header.shape.clone(), cells.to_vec());
        if self.turns() {
            axes.reverse();
            cells.reverse();
        }
        let runs = tiles::runs(&axes, &cells);
        let mut runs = runs.map(|run| run.start * size as u64..run.end * size as u64);
        match &mut self.input {
            Input::Pipe(pipe) => pipe.read(runs, &mut data)?,
            Input::File(start, file) => runs.try_for_each(|run| {
                file.seek(SeekFrom::Start(*start + run.start))?;
                let bytes = run.end - run.start;
                match file.by_ref().take(bytes).read_to_end(&mut data)? as u64 == bytes {
                    true => Ok(()),
                    false => Err(Error::Corrupt(
                        "it became shorter while it was read".to_owned(),
                    )),
                }
            })?,
        }
        let mut data = self.element.read(data);
        if self.turns() && !data.is_empty() {
            data = fortran_order::fortran_to_c(&data, &shape, self.element.size())?;
        }
        Ok(DynData {
            dtype: self.element.data_type.clone(),
            shape,
            data: Values::Fixed(data.into()),
        })
    }

    fn turns(&self) -> bool {
        self.header.fortran_order && self.header.shape.len() > 1
    }
}

/// The bytes of all elements.
fn len(header: &Header, element: &Element) -> Result<u64, Error> {
    if header.shape.contains(&0) {
        return Ok(0);
    }
    let size = element.stored_size() as u64;
    let len = header
        .shape
        .iter()
        .try_fold(size, |bytes, n| bytes.checked_mul(*n));
    len.ok_or_else(|| {
        Error::Corrupt(format!(
            "its shape {:?} is larger than any file",
            header.shape
        ))
    })
}
