//! The array in an `.npy` file, read box by box. Its header is compared with the size of the file before any element
//! is read.

use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::Path;

use zarr::{DataType, DynData, Values};

use super::Error;
use super::element::Element;
use super::fortran_order;
use super::header::Header;
use crate::elements::tiles::{self, Tiles};
use crate::failure::Failure;

/// An array in a file, or in what came through a pipe.
pub(crate) struct NpyFile {
    name: String,
    header: Header,
    element: Element,
    /// Where the first element is.
    start: u64,
    input: Box<dyn Input>,
}

trait Input: Read + Seek {}
impl<T: Read + Seek> Input for T {}

/// The whole array at a path; `-` is standard input.
pub(crate) fn load(path: &Path) -> Result<DynData, Failure> {
    open(path)?.all()
}

/// The array at a path, of which only the header is read; `-` is standard input, which is read whole.
pub(crate) fn open(path: &Path) -> Result<NpyFile, Failure> {
    if path.as_os_str() == "-" {
        return NpyFile::received("standard input", &mut io::stdin().lock());
    }
    let name = path.to_string_lossy();
    let failed = |error| Failure::io("cannot read", &name, &error);
    let mut file = File::open(path).map_err(failed)?;
    let found = file.metadata().map_err(failed)?;
    if found.is_dir() {
        return Err(failed(io::ErrorKind::IsADirectory.into()));
    }
    match found.is_file() {
        true => NpyFile::stored(&name, found.len(), file),
        // A pipe has no size that means anything, and no way back.
        false => NpyFile::received(&name, &mut file),
    }
}

impl NpyFile {
    /// An array in something of this size.
    pub(super) fn stored(
        name: &str,
        size: u64,
        mut input: impl Read + Seek + 'static,
    ) -> Result<Self, Failure> {
        let opened = Header::read(&mut input).and_then(|(header, start)| {
            let element = Element::of(&header.descr)?;
            check_len(len(&header, &element)?, size.saturating_sub(start))?;
            Ok((header, element, start))
        });
        let (header, element, start) =
            opened.map_err(|error| error.failure("cannot read", name))?;
        let (name, input) = (name.to_owned(), Box::new(input));
        Ok(Self {
            name,
            header,
            element,
            start,
            input,
        })
    }

    /// An array that comes from somewhere. Nothing is allocated on the word of its header: no more than
    /// twice what has arrived.
    pub(super) fn received(name: &str, input: &mut impl Read) -> Result<Self, Failure> {
        let read = Header::read(input).and_then(|(header, _)| {
            let element = Element::of(&header.descr)?;
            let data = received(input, len(&header, &element)?)?;
            Ok((header, element, data))
        });
        let (header, element, data) = read.map_err(|error| error.failure("cannot read", name))?;
        Ok(Self {
            name: name.to_owned(),
            header,
            element,
            start: 0,
            input: Box::new(Cursor::new(data)),
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

    /// The elements of a box, in this machine's byte order, in C order.
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
        data.try_reserve_exact(room)
            .map_err(|_| Error::TooLarge(bytes))?;
        // Fortran's order is that of C with the axes turned around.
        let (mut axes, mut cells) = (self.header.shape.clone(), cells.to_vec());
        if self.turns() {
            axes.reverse();
            cells.reverse();
        }
        for run in tiles::runs(&axes, &cells) {
            let start = self.start + run.start * size as u64;
            let bytes = (run.end - run.start) * size as u64;
            self.input.seek(SeekFrom::Start(start))?;
            if self.input.by_ref().take(bytes).read_to_end(&mut data)? as u64 != bytes {
                return Err(Error::Corrupt(
                    "it became shorter while it was read".to_owned(),
                ));
            }
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

/// The `wanted` bytes that must be all there are.
fn received(input: &mut impl Read, wanted: u64) -> Result<Vec<u8>, Error> {
    let mut data = Vec::new();
    match input.take(wanted).read_to_end(&mut data) {
        Err(error) if error.kind() == io::ErrorKind::OutOfMemory => {
            return Err(Error::TooLarge(wanted));
        }
        read => drop(read?),
    }
    check_len(wanted, data.len() as u64)?;
    // Whether anything follows.
    match input.read(&mut [0])? {
        0 => Ok(data),
        _ => check_len(wanted, wanted.saturating_add(1)).map(|()| data),
    }
}

fn check_len(wanted: u64, found: u64) -> Result<(), Error> {
    if found < wanted {
        let text = format!("it is cut short: {found} bytes of data, its header announces {wanted}");
        return Err(Error::Corrupt(text));
    }
    if found > wanted {
        // numpy would read the first of several arrays and leave the rest: here nothing is left out
        // in silence.
        let text = format!("more follows the {wanted} bytes of data that its header announces");
        return Err(Error::Corrupt(text));
    }
    Ok(())
}
