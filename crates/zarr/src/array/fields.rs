//! The array of an operation, and which fields of its records are meant. Errors are found when the
//! operation runs.

use std::sync::Arc;

use zarr_core::{ChunkedArray, Result};

/// An array, or some fields of it.
#[derive(Clone, Debug)]
pub(crate) struct Picked {
    array: Arc<ChunkedArray>,
    steps: Vec<Step>,
}

#[derive(Clone, Debug)]
enum Step {
    One(String),
    Several(Vec<String>),
}

impl Picked {
    pub(crate) fn all(array: &Arc<ChunkedArray>) -> Self {
        let (array, steps) = (Arc::clone(array), Vec::new());
        Self { array, steps }
    }

    pub(crate) fn one(&mut self, name: &str) {
        self.steps.push(Step::One(name.to_owned()));
    }

    pub(crate) fn several<N: AsRef<str>>(&mut self, names: impl IntoIterator<Item = N>) {
        let names = names.into_iter().map(|name| name.as_ref().to_owned());
        self.steps.push(Step::Several(names.collect()));
    }

    /// The same of the array as it is now, where the handle was asked to look each time.
    pub(crate) async fn current(mut self) -> Result<Arc<ChunkedArray>> {
        if self.array.config().reload_metadata {
            self.array = self.array.reread().await?;
        }
        self.array()
    }

    /// The array of these fields alone.
    pub(crate) fn array(self) -> Result<Arc<ChunkedArray>> {
        self.steps.iter().try_fold(self.array, |array, step| {
            let picked = match step {
                Step::One(name) => array.field(name),
                Step::Several(names) => array.fields(names),
            };
            Ok(Arc::new(picked?))
        })
    }
}

/// The setters of every operation on elements: `field` and `fields`, into its `picked`.
macro_rules! picking {
    ($builder:ident $(<$t:ident $(: $bound:ident)?>)?) => {
        impl$(<$t $(: $bound)?>)? $builder$(<$t>)? {
            /// Only this field of each record, as an element of its own type. Of a field that is a
            /// record, a field can be named again.
            pub fn field(mut self, name: impl AsRef<str>) -> Self {
                self.picked.one(name.as_ref());
                self
            }

            /// Only these fields of each record, as a record of these in this order.
            pub fn fields<N: AsRef<str>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
                self.picked.several(names);
                self
            }
        }
    };
}

pub(crate) use picking;
