//! Records as columns, a vector for each field: what `zarr::record!` reads them from and makes them of.

use bytes::Bytes;
use zarr_codecs::VlenElements;
use zarr_metadata::{DataType, Extension, Field};

use super::{Element, room, to_data_type};
use crate::{Error, Result, Values};

/// The fields of records that were read.
#[derive(Debug)]
pub struct Columns<'a> {
    records: &'a [u8],
    fields: &'a [Field],
    heap: &'a VlenElements,
}

impl<'a> Columns<'a> {
    /// The fields of records of this data type, of which no field is of variable length.
    pub fn new(records: &'a [u8], data_type: &'a DataType, heap: &'a VlenElements) -> Self {
        let fields: &[Field] = match data_type {
            DataType::Struct(fields) => fields,
            _ => &[],
        };
        Self {
            records,
            fields,
            heap,
        }
    }

    /// The elements of a field.
    ///
    /// # Errors
    /// If there is no such field, or an element is not one of `T`.
    pub fn field<T: Element>(&self, name: &str) -> Result<Vec<T>> {
        let column = gather(self.records, self.fields, name)?;
        let stored: Vec<T::Stored> = bytemuck::pod_collect_to_vec(&column);
        let found = find(self.fields, name)?;
        let in_field = |error: Error| Error::argument("field", format!("`{name}`: {error}"));
        T::from_stored(stored, &found.data_type, self.heap).map_err(in_field)
    }
}

/// Columns of which records are made.
#[derive(Debug, Default)]
pub struct NewColumns {
    fields: Vec<Field>,
    columns: Vec<(Bytes, usize)>,
    /// What is wrong with one.
    problem: Option<String>,
}

impl NewColumns {
    /// Adds a field. Texts and byte strings become those of fixed length, as long as the longest is, as in NumPy.
    #[must_use]
    pub fn with<T: Element>(mut self, name: &str, elements: Vec<T>) -> Self {
        let (data_type, values) = T::into_data(elements);
        match fixed_length(data_type, values) {
            Ok((data_type, Some(bytes))) => {
                self.columns
                    .push((bytes, data_type.size().unwrap_or_default()));
                self.fields.push(Field::new(name, data_type));
            }
            Ok((data_type, None)) => {
                self.problem = Some(format!("records with a field `{name}` of {data_type}"));
            }
            Err(error) => self.problem = Some(format!("records with a field `{name}`: {error}")),
        }
        self
    }

    /// The records, packed.
    #[must_use]
    pub fn into_data(self) -> (DataType, Values) {
        let records = match self.problem {
            None => interleave(&self.columns).map_err(|error| error.to_string()),
            Some(problem) => Err(problem),
        };
        match records {
            Ok(records) => (DataType::record(self.fields), Values::Fixed(records.into())),
            // No array is of this type, so that the error that they are given says why.
            Err(problem) => {
                let none = DataType::Unknown(Extension::new(problem));
                (none, Values::Fixed(Bytes::new()))
            }
        }
    }
}

/// Values of one size, of variable ones that can be: the bytes, or `None`.
fn fixed_length(data_type: DataType, values: Values) -> Result<(DataType, Option<Bytes>)> {
    let array = match values {
        Values::Fixed(bytes) => return Ok((data_type, Some(bytes))),
        Values::Variable(array) => array,
    };
    let fixed = match &data_type {
        DataType::String => {
            let characters = |text| String::from_utf8_lossy(text).chars().count();
            DataType::FixedUtf32(array.iter().map(characters).max().unwrap_or(0).max(1))
        }
        DataType::Bytes => {
            DataType::FixedBytes(array.iter().map(<[u8]>::len).max().unwrap_or(0).max(1))
        }
        _ => return Ok((data_type, None)),
    };
    match to_data_type(Values::Variable(array), &data_type, &fixed)? {
        Some(Values::Fixed(bytes)) => Ok((fixed, Some(bytes))),
        _ => Ok((data_type, None)),
    }
}

fn find<'f>(fields: &'f [Field], name: &str) -> Result<&'f Field> {
    let found = fields.iter().find(|field| field.name == name);
    found.ok_or_else(|| Error::argument("field", format!("there is no field `{name}`")))
}

/// The bytes of one field of packed records.
pub(super) fn gather(records: &[u8], fields: &[Field], name: &str) -> Result<Vec<u8>> {
    let size_of = |field: &Field| field.size().unwrap_or_default();
    let record: usize = fields.iter().map(size_of).sum();
    let before = fields.iter().take_while(|field| field.name != name);
    let start: usize = before.map(size_of).sum();
    let size = size_of(find(fields, name)?);
    let count = records.len() / record.max(1);
    let mut column = room(count.saturating_mul(size))?;
    for record in records.chunks_exact(record.max(1)) {
        column.extend_from_slice(record.get(start..start + size).unwrap_or_default());
    }
    Ok(column)
}

/// Records of columns, each with the size of its elements, of which all have as many.
pub(super) fn interleave(columns: &[(Bytes, usize)]) -> Result<Vec<u8>> {
    let record: usize = columns.iter().map(|(_, size)| size).sum();
    let count = |(bytes, size): &(Bytes, usize)| bytes.len().checked_div(*size);
    let count = columns.iter().find_map(count).unwrap_or(0);
    let mut records = room(count.saturating_mul(record))?;
    for row in 0..count {
        for (bytes, size) in columns {
            let element = bytes.get(row * size..(row + 1) * size);
            records.extend_from_slice(element.unwrap_or_default());
        }
    }
    Ok(records)
}
