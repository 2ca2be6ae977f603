//! The array of an operation, or a view of it, or fields of its records. Fields are looked up when the operation runs.

use std::sync::Arc;

use zarr_core::{CellView, ChunkedArray, Result};

/// An array, or some fields of it, whose selections may be those of a view.
#[derive(Clone, Debug)]
pub(crate) struct ArrayFields {
    array: Arc<ChunkedArray>,
    view: Option<Arc<CellView>>,
    steps: Vec<Step>,
}

#[derive(Clone, Debug)]
enum Step {
    One(String),
    Several(Vec<String>),
}

impl ArrayFields {
    pub(crate) fn all(array: &Arc<ChunkedArray>) -> Self {
        let (array, view, steps) = (Arc::clone(array), None, Vec::new());
        Self { array, view, steps }
    }

    pub(crate) fn seen_as(&self, view: CellView) -> Self {
        Self {
            view: Some(Arc::new(view)),
            ..self.clone()
        }
    }

    pub(crate) fn one(&mut self, name: &str) {
        self.steps.push(Step::One(name.to_owned()));
    }

    pub(crate) fn several<N: AsRef<str>>(&mut self, names: impl IntoIterator<Item = N>) {
        let names = names.into_iter().map(|name| name.as_ref().to_owned());
        self.steps.push(Step::Several(names.collect()));
    }

    /// The array as its handle knows it or as the store has it, if it is not to be kept so long.
    pub(crate) async fn current(mut self) -> Result<Arc<ChunkedArray>> {
        let max_age = self.array.config().cache_metadata.max_age();
        self.array = self.array.read_within(max_age).await?;
        self.into_array()
    }

    /// The array of the named fields alone.
    pub(crate) fn into_array(self) -> Result<Arc<ChunkedArray>> {
        let array = match self.view {
            Some(view) => Arc::new(self.array.with_view(view)?),
            None => self.array,
        };
        self.steps.iter().try_fold(array, |array, step| {
            let fields = match step {
                Step::One(name) => array.field(name),
                Step::Several(names) => array.fields(names),
            };
            Ok(Arc::new(fields?))
        })
    }
}

/// The setters `field` and `fields` of an operation on elements, whose `array` is an [`ArrayFields`].
macro_rules! field_setters {
    ($builder:ident $(<$($t:ident $(: $bound:ident)?),+>)?) => {
        impl$(<$($t $(: $bound)?),+>)? $builder$(<$($t),+>)? {
            /// Selects this field of each record, as an element of the field's type. If the field is a record,
            /// a second call selects a field of it.
            pub fn field(mut self, name: impl AsRef<str>) -> Self {
                self.array.one(name.as_ref());
                self
            }

            /// Selects these fields of each record, as a record with these fields in this order.
            pub fn fields<N: AsRef<str>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
                self.array.several(names);
                self
            }
        }
    };
}

pub(crate) use field_setters;
