//! The array in a file, read box by box. What its header announces, or the caller where it has none, is compared with
//! the size of the file before any element is read. What comes through a pipe is `pipe.rs`'s.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::Path;

use zarr::{DataType, DynData, Values};

use super::element::Element;
use super::error::Error;
use super::fortran_order;
use super::header::Header;
use super::length::DataLength;
use super::pipe::Pipe;
use super::raw::RawLayout;
use crate::elements::tiles::{self, Tiles};
use crate::failure::Failure;

/// An array in a file, or in what came through a pipe.
pub(crate) struct ArrayFile {
    name: String,
    shape: Vec<u64>,
    fortran_order: bool,
    element: Element,
    input: Input,
    /// What to do if it is not as it should be.
    advice: &'static str,
}

enum Input {
    /// Elements from there on.
    File(u64, Box<dyn ReadSeek>),
    Pipe(Pipe),
}

pub(super) trait ReadSeek: Read + Seek + Send {}
impl<T: Read + Seek + Send> ReadSeek for T {}

/// Something that was opened, of which nothing is read yet.
pub(super) struct Source {
    pub(super) name: String,
    pub(super) bytes: Bytes,
}

pub(super) enum Bytes {
    /// So many, which can be read in any order.
    Stored(u64, Box<dyn ReadSeek>),
    /// Some that come one after another, once.
    Coming(Box<dyn Read + Send>),
}

/// The whole array at a path; `-` is standard input.
pub(crate) fn load(path: &Path) -> Result<DynData, Failure> {
    open(path)?.all()
}

/// The array at a path, of which only the header is read; `-` is standard input.
pub(crate) fn open(path: &Path) -> Result<ArrayFile, Failure> {
    ArrayFile::new(Source::open(path)?)
}

/// The elements at a path, as a layout says; `-` is standard input.
pub(crate) fn open_raw(path: &Path, layout: RawLayout) -> Result<ArrayFile, Failure> {
    ArrayFile::raw(Source::open(path)?, layout)
}

impl Source {
    fn open(path: &Path) -> Result<Self, Failure> {
        if path.as_os_str() == "-" {
            let name = "standard input".to_owned();
            let bytes = Bytes::Coming(Box::new(io::stdin()));
            return Ok(Self { name, bytes });
        }
        let name = path.to_string_lossy().into_owned();
        let failed = |error| Failure::io("cannot read", &name, &error);
        // Windows denies access to directories.
        let denied = |error| match path.is_dir() {
            true => io::ErrorKind::IsADirectory.into(),
            false => error,
        };
        let file = File::open(path).map_err(denied).map_err(failed)?;
        let found = file.metadata().map_err(failed)?;
        if found.is_dir() {
            return Err(failed(io::ErrorKind::IsADirectory.into()));
        }
        let bytes = match found.is_file() {
            true => Bytes::Stored(found.len(), Box::new(file)),
            // A pipe has no size that means anything, and no way back.
            false => Bytes::Coming(Box::new(file)),
        };
        Ok(Self { name, bytes })
    }
}

/// What to do about a file that is no array.
const SAVE: &str = "save one array with `numpy.save`";
const DESCRIBE: &str = "check --dtype, --shape and --offset";

impl ArrayFile {
    /// An `.npy` file.
    pub(super) fn new(Source { name, bytes }: Source) -> Result<Self, Failure> {
        let opened = match bytes {
            Bytes::Stored(size, mut file) => {
                headed(&mut file).and_then(|(header, element, start)| {
                    header_length(&header, &element)?.check(size.saturating_sub(start))?;
                    Ok((header, element, Input::File(start, file)))
                })
            }
            Bytes::Coming(mut input) => headed(&mut input).and_then(|(header, element, _)| {
                let pipe = Pipe::new(input, header_length(&header, &element)?)?;
                Ok((header, element, Input::Pipe(pipe)))
            }),
        };
        let (header, element, input) =
            opened.map_err(|error| error.failure("cannot read", &name, SAVE))?;
        Ok(Self {
            name,
            shape: header.shape,
            fortran_order: header.fortran_order,
            element,
            input,
            advice: SAVE,
        })
    }

    /// Elements without a header.
    pub(super) fn raw(Source { name, bytes }: Source, layout: RawLayout) -> Result<Self, Failure> {
        let RawLayout {
            data_type,
            endian,
            shape,
            fortran_order,
            offset,
        } = layout;
        let opened = Element::raw(&data_type, endian).and_then(|element| {
            let len = DataLength::new(&shape, &element, "--shape and --dtype announce")?;
            let input = match bytes {
                Bytes::Stored(size, file) => {
                    len.check(size.saturating_sub(offset))?;
                    Input::File(offset, file)
                }
                Bytes::Coming(mut input) => {
                    // If it is shorter than that, no elements follow.
                    io::copy(&mut input.by_ref().take(offset), &mut io::sink())?;
                    Input::Pipe(Pipe::new(input, len)?)
                }
            };
            Ok((element, input))
        });
        let (element, input) =
            opened.map_err(|error| error.failure("cannot read", &name, DESCRIBE))?;
        Ok(Self {
            name,
            shape,
            fortran_order,
            element,
            input,
            advice: DESCRIBE,
        })
    }

    pub(crate) fn shape(&self) -> &[u64] {
        &self.shape
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
        read.map_err(|error| error.failure("cannot read", &self.name, self.advice))
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
        let (mut axes, mut cells) = (self.shape.clone(), cells.to_vec());
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
        self.fortran_order && self.shape.len() > 1
    }
}

/// The header of an `.npy` file, the type of its elements, and where they begin.
fn headed(input: &mut impl Read) -> Result<(Header, Element, u64), Error> {
    let (header, start) = Header::read(input)?;
    let element = Element::of(&header.descr)?;
    Ok((header, element, start))
}

fn header_length(header: &Header, element: &Element) -> Result<DataLength, Error> {
    DataLength::new(&header.shape, element, "its header announces")
}
