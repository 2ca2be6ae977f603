//! `Field`: one member of a structured data type, and how fields follow each other: packed, in order.

use std::collections::HashSet;

use crate::data_type::DataType;
use crate::pointer::JsonPlace;
use crate::problem::Problems;

/// A field of a [`DataType::Struct`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Field {
    /// Its name, not empty and unique in the record.
    pub name: String,
    /// The type of its elements, of fixed size.
    pub data_type: DataType,
    /// Lengths of the axes where a field holds an array, in C order; empty where it holds one
    /// element. Only v2 documents can say this.
    pub shape: Vec<u64>,
}

impl Field {
    /// A field of one element.
    #[must_use]
    pub fn new(name: impl Into<String>, data_type: impl Into<DataType>) -> Self {
        Self {
            name: name.into(),
            data_type: data_type.into(),
            shape: Vec::new(),
        }
    }

    /// The same field, holding an array of this shape.
    #[must_use]
    pub fn with_shape(mut self, shape: impl Into<Vec<u64>>) -> Self {
        self.shape = shape.into();
        self
    }

    /// How many elements it holds; `None` when they are too many to count.
    #[must_use]
    pub fn count(&self) -> Option<usize> {
        self.shape.iter().try_fold(1usize, |count, &length| {
            count.checked_mul(usize::try_from(length).ok()?)
        })
    }

    /// Bytes of the whole field; `None` when its type has no fixed size.
    #[must_use]
    pub fn size(&self) -> Option<usize> {
        self.data_type.size()?.checked_mul(self.count()?)
    }
}

/// A name and a type.
impl<N: Into<String>, T: Into<DataType>> From<(N, T)> for Field {
    fn from((name, data_type): (N, T)) -> Self {
        Self::new(name, data_type)
    }
}

/// A name, a type, and the shape of the array that the field holds.
impl<N: Into<String>, T: Into<DataType>, S: Into<Vec<u64>>> From<(N, T, S)> for Field {
    fn from((name, data_type, shape): (N, T, S)) -> Self {
        Self::new(name, data_type).with_shape(shape)
    }
}

/// Bytes of a record of these fields.
pub(crate) fn size(fields: &[Field]) -> Option<usize> {
    let mut sizes = fields.iter().map(Field::size);
    sizes.try_fold(0usize, |sum, size| sum.checked_add(size?))
}

/// Reports a name that two fields have.
pub(crate) fn check_names(
    fields: &[Field],
    at: &JsonPlace<'_>,
    problems: &mut Problems,
) -> Option<()> {
    let mut names = HashSet::new();
    let mut good = Some(());
    for (i, field) in fields.iter().enumerate() {
        if !names.insert(field.name.as_str()) {
            let found = field.name.as_str().into();
            problems.invalid(&at.index(i), "a name no other field has", &found);
            good = None;
        }
    }
    good
}
