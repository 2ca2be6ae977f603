//! Some fields of a record: which bytes of each element they are, and how they are copied out of records
//! and back into them. [`CodecChain::fields`](crate::CodecChain::fields) makes a codec of them.

use zarr_metadata::near::{is_near, quoted};
use zarr_metadata::{DataType, Field, Swap, SwapField};

use crate::array::kernels;
use crate::{Dims, NdView, NdViewMut};

/// A selection of fields of a record (a structured data type).
///
/// ```
/// use zarr_codecs::Fields;
/// use zarr_metadata::{DataType, Field};
/// let field = |name, dtype| Field::new(name, dtype);
/// let point = DataType::record([field("x", DataType::Float32), field("id", DataType::UInt8)]);
/// assert_eq!(Fields::one(&point, "id")?.data_type(), &DataType::UInt8);
/// let error = Fields::one(&point, "ID").unwrap_err();
/// assert_eq!(error.to_string(), "there is no field `ID`; did you mean `id`?");
/// # Ok::<(), zarr_codecs::FieldsError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fields {
    data_type: DataType,
    runs: Dims<FieldRun>,
}

/// Where the bytes of a field lie in a whole record, and where in the selection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct FieldRun {
    whole: usize,
    picked: usize,
    len: usize,
}

/// Why fields cannot be selected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FieldsError {
    /// The elements are not records.
    #[error("elements of {0} have no fields")]
    NoRecord(Box<DataType>),
    /// The record has no field of this name.
    #[error("there is no field `{name}`; {hint}")]
    Unknown {
        /// The name.
        name: String,
        /// A name that was probably meant, or all names.
        hint: String,
    },
    /// A field was named twice.
    #[error("the field `{0}` is named twice")]
    Twice(String),
    /// No field was named.
    #[error("no field is named")]
    Nothing,
    /// The field is an array in each record, so its values are not single elements.
    #[error(
        "each `{name}` is an array of {shape:?}: take it as a record, with a list of fields that is `{name}` alone"
    )]
    Array {
        /// The name.
        name: String,
        /// The shape of the field.
        shape: Vec<u64>,
    },
}

impl Fields {
    /// One field, as elements of its own type.
    ///
    /// # Errors
    /// If the type is not a record, has no such field, or the field is an array.
    pub fn one(record: &DataType, name: &str) -> Result<Self, FieldsError> {
        let (run, field) = find(record, name)?;
        if !field.shape.is_empty() {
            let (name, shape) = (name.to_owned(), field.shape.clone());
            return Err(FieldsError::Array { name, shape });
        }
        Ok(Self {
            data_type: field.data_type.clone(),
            runs: [run].into_iter().collect(),
        })
    }

    /// Several fields, as records of these fields in the order of the names.
    ///
    /// # Errors
    /// If the type is not a record, lacks a field, or the names repeat a field or are none.
    pub fn several<N: AsRef<str>>(record: &DataType, names: &[N]) -> Result<Self, FieldsError> {
        let (mut fields, mut runs, mut size): (Vec<Field>, _, _) = (vec![], Dims::new(), 0);
        for name in names.iter().map(AsRef::as_ref) {
            let (run, field) = find(record, name)?;
            if fields.contains(field) {
                return Err(FieldsError::Twice(name.to_owned()));
            }
            runs.push(FieldRun {
                picked: size,
                ..run
            });
            size += run.len;
            fields.push(field.clone());
        }
        if fields.is_empty() {
            return Err(FieldsError::Nothing);
        }
        let data_type = DataType::record(fields);
        Ok(Self { data_type, runs })
    }

    /// A selection from this selection: fields of the one field, or some of several.
    #[must_use]
    pub fn then(&self, inner: &Self) -> Self {
        let mut runs = Dims::new();
        for of in &inner.runs {
            for run in &self.runs {
                // What both have, counted in the bytes between them.
                let start = of.whole.max(run.picked);
                let end = (of.whole + of.len).min(run.picked + run.len);
                if start < end {
                    runs.push(FieldRun {
                        whole: run.whole + (start - run.picked),
                        picked: of.picked + (start - of.whole),
                        len: end - start,
                    });
                }
            }
        }
        let data_type = inner.data_type.clone();
        Self { data_type, runs }
    }

    /// The data type of the selected elements.
    #[must_use]
    pub fn data_type(&self) -> &DataType {
        &self.data_type
    }

    /// Copies the fields out of records. `false` if the shapes or element sizes of the views do not match.
    #[must_use]
    pub fn read(&self, records: &NdView<'_>, picked: &mut NdViewMut<'_>) -> bool {
        self.runs.iter().all(|run| {
            let from = records.field(run.whole, run.len);
            let to = picked.reborrow().field(run.picked, run.len);
            from.zip(to)
                .is_some_and(|(from, mut to)| to.copy_from(&from))
        })
    }

    /// Copies the fields into records and leaves all other fields. `false` if the shapes or element sizes of
    /// the views do not match.
    #[must_use]
    pub fn write(&self, picked: &NdView<'_>, records: &mut NdViewMut<'_>) -> bool {
        self.runs.iter().all(|run| {
            let from = picked.field(run.picked, run.len);
            let to = records.reborrow().field(run.whole, run.len);
            from.zip(to)
                .is_some_and(|(from, mut to)| to.copy_from(&from))
        })
    }

    /// Sets the fields of all records to those of one element. `false` if it has another size.
    #[must_use]
    pub fn fill(&self, element: &[u8], records: &mut NdViewMut<'_>) -> bool {
        self.runs.iter().all(|run| {
            let from = element.get(run.picked..run.picked + run.len);
            let to = records.reborrow().field(run.whole, run.len);
            let both = from.zip(to);
            both.map(|(from, mut to)| kernels::fill(&mut to, from))
                .is_some()
        })
    }

    /// What is swapped in these fields, where it is this in whole records.
    pub(crate) fn swap(&self, records: &Swap) -> Swap {
        let Swap::Fields(numbers) = records else {
            return records.clone();
        };
        let swapped = self.runs.iter().flat_map(|run| {
            numbers.iter().filter_map(move |all| {
                let start = all.offset.max(run.whole);
                let end = (all.offset + all.width * all.count).min(run.whole + run.len);
                let len = end.checked_sub(start).filter(|&len| len > 0)?;
                Some(SwapField {
                    offset: run.picked + (start - run.whole),
                    width: all.width,
                    count: len / all.width.max(1),
                })
            })
        });
        Swap::Fields(swapped.collect())
    }

    /// The fields of one record; `None` if it is too short to have them.
    pub(crate) fn of_record(&self, record: &[u8]) -> Option<Vec<u8>> {
        let mut picked = vec![0; self.data_type.size()?];
        for run in &self.runs {
            let from = record.get(run.whole..run.whole + run.len)?;
            let to = picked.get_mut(run.picked..run.picked + run.len)?;
            to.copy_from_slice(from);
        }
        Some(picked)
    }
}

/// Where the field of this name is in a record, and what it is.
fn find<'r>(record: &'r DataType, name: &str) -> Result<(FieldRun, &'r Field), FieldsError> {
    let no_record = || FieldsError::NoRecord(Box::new(record.clone()));
    let DataType::Struct(fields) = record else {
        return Err(no_record());
    };
    let mut whole = 0;
    for field in fields.iter() {
        let len = field.size().ok_or_else(no_record)?;
        if field.name == name {
            let picked = 0;
            return Ok((FieldRun { whole, picked, len }, field));
        }
        whole += len;
    }
    let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
    let near: Vec<&&str> = names.iter().filter(|known| is_near(name, known)).collect();
    let hint = match near.as_slice() {
        [] => format!("there are {}", quoted(&names)),
        near => format!("did you mean {}?", quoted(near)),
    };
    let name = name.to_owned();
    Err(FieldsError::Unknown { name, hint })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Eleven bytes: `a` at 0, `b` at 1, `c` at 3, two bytes each of `d` at 7.
    fn record() -> DataType {
        DataType::record([
            Field::new("a", DataType::UInt8),
            Field::new("b", DataType::Int16),
            Field::new("colour", DataType::Float32),
            Field::new("d", DataType::UInt16).with_shape([2]),
        ])
    }

    fn read(fields: &Fields, records: &[u8]) -> Vec<u8> {
        let (len, of) = (fields.data_type().size().unwrap(), record().size().unwrap());
        let count = (records.len() / of) as u64;
        let mut picked = vec![0xAA; len * count as usize];
        let from = NdView::new(records, &[count], of).unwrap();
        let mut to = NdViewMut::over(&mut picked, &[count], len).unwrap();
        assert!(fields.read(&from, &mut to));
        picked
    }

    #[test]
    fn fields_come_out_of_records() {
        let records: Vec<u8> = (0..22).collect();
        let one = Fields::one(&record(), "b").unwrap();
        assert_eq!(one.data_type(), &DataType::Int16);
        assert_eq!(read(&one, &records), [1, 2, 12, 13]);
        let two = Fields::several(&record(), &["d", "a"]).unwrap();
        assert_eq!(read(&two, &records), [7, 8, 9, 10, 0, 18, 19, 20, 21, 11]);
    }

    #[test]
    fn fields_of_fields_are_fields() {
        let inner = DataType::record([
            Field::new("x", DataType::UInt8),
            Field::new("y", DataType::UInt16),
        ]);
        let outer = DataType::record([
            Field::new("n", DataType::UInt32),
            Field::new("at", inner.clone()),
        ]);
        let at = Fields::one(&outer, "at").unwrap();
        let y = at.then(&Fields::one(&inner, "y").unwrap());
        assert_eq!(y.data_type(), &DataType::UInt16);
        assert_eq!(
            y.runs.as_slice(),
            [FieldRun {
                whole: 5,
                picked: 0,
                len: 2
            }]
        );
        let both = Fields::several(&outer, &["at", "n"]).unwrap();
        let again = both.then(&Fields::several(both.data_type(), &["n"]).unwrap());
        assert_eq!(
            again.runs.as_slice(),
            [FieldRun {
                whole: 0,
                picked: 0,
                len: 4
            }]
        );
    }

    #[test]
    fn fields_go_back_and_leave_the_others() {
        let mut records = [0_u8; 22];
        let two = Fields::several(&record(), &["d", "a"]).unwrap();
        let new: Vec<u8> = (1..11).collect();
        let from = NdView::new(&new, &[2], 5).unwrap();
        let mut to = NdViewMut::over(&mut records, &[2], 11).unwrap();
        assert!(two.write(&from, &mut to));
        assert!(Fields::one(&record(), "b").unwrap().fill(&[9, 8], &mut to));
        let wanted = [
            5, 9, 8, 0, 0, 0, 0, 1, 2, 3, 4, 10, 9, 8, 0, 0, 0, 0, 6, 7, 8, 9,
        ];
        assert_eq!(records, wanted);
    }

    #[test]
    fn views_of_other_elements_are_refused() {
        let (records, mut few) = ([0_u8; 6], [0_u8; 2]);
        let from = NdView::new(&records, &[2], 3).unwrap();
        let mut to = NdViewMut::over(&mut few, &[2], 1).unwrap();
        let b = Fields::one(&record(), "b").unwrap();
        assert!(!b.read(&from, &mut to));
        assert!(!b.fill(&[1], &mut to));
    }

    #[test]
    fn wrong_names_say_which_there_are() {
        let of = |name: &str| Fields::one(&record(), name).unwrap_err().to_string();
        assert_eq!(
            of("color"),
            "there is no field `color`; did you mean `colour`?"
        );
        assert_eq!(
            of("latitude"),
            "there is no field `latitude`; there are `a`, `b`, `colour`, `d`"
        );
        assert!(of("d").contains("array of [2]"));
        let several = |names: &[&str]| Fields::several(&record(), names).unwrap_err();
        assert_eq!(
            several(&["a", "b", "a"]),
            FieldsError::Twice("a".to_owned())
        );
        assert_eq!(several(&[]), FieldsError::Nothing);
        let error = Fields::one(&DataType::Int8, "a").unwrap_err();
        assert_eq!(error.to_string(), "elements of int8 have no fields");
    }
}
