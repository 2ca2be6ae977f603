//! Changes to the attributes of existing nodes.

use serde::Serialize;
use zarr_core::hierarchy::Document;
use zarr_core::{Refused, Result};
use zarr_metadata::{Attributes, GroupMetadata};

use crate::operation::operation;
use crate::{Array, Group};

impl Array {
    /// Changes attributes: adds or replaces the given ones and keeps the others. They may be a JSON object, a
    /// map, pairs of a name and a value, or anything else that serde makes an object of.
    ///
    /// ```
    /// # use zarr::{blocking::Wait, DataType, Target, json};
    /// # fn main() -> zarr::Result<()> {
    /// let mut a = zarr::create_array(Target::Memory, [2], DataType::Int16).wait()?;
    /// a.update_attributes(json!({"units": "m", "scale": 0.5})).wait()?;
    /// a.update_attributes([("units", "km")]).remove(["scale"]).wait()?;
    /// assert_eq!(a.attrs().get("units"), Some(&json!("km")));
    /// assert_eq!(a.attrs().len(), 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn update_attributes(&mut self, new: impl Serialize) -> UpdateAttributes<'_> {
        UpdateAttributes::new(Edited::Array(self), new)
    }

    /// Sets one attribute and keeps the others.
    ///
    /// ```
    /// # use zarr::{blocking::Wait, Target};
    /// # fn main() -> zarr::Result<()> {
    /// let mut a = zarr::zeros(Target::Memory, [2]).wait()?;
    /// a.set_attribute("valid_range", [0.0, f64::INFINITY]).wait()?;
    /// assert_eq!(a.attrs().to_string(), r#"{"valid_range":[0.0,Infinity]}"#);
    /// # Ok(())
    /// # }
    /// ```
    pub fn set_attribute(
        &mut self,
        name: impl Into<String>,
        value: impl Serialize,
    ) -> UpdateAttributes<'_> {
        self.update_attributes([(name.into(), value)])
    }
}

impl Group {
    /// Changes attributes: adds or replaces the given ones and keeps the others. See
    /// [`Array::update_attributes`].
    pub fn update_attributes(&mut self, new: impl Serialize) -> UpdateAttributes<'_> {
        UpdateAttributes::new(Edited::Group(self), new)
    }

    /// Sets one attribute and keeps the others. See [`Array::set_attribute`].
    pub fn set_attribute(
        &mut self,
        name: impl Into<String>,
        value: impl Serialize,
    ) -> UpdateAttributes<'_> {
        self.update_attributes([(name.into(), value)])
    }
}

/// How new attributes combine with the old ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Edit {
    /// The given ones are added or replaced, the others stay.
    #[default]
    Merge,
    /// Only the given ones remain.
    Replace,
}

#[derive(Debug)]
enum Edited<'a> {
    Array(&'a mut Array),
    Group(&'a mut Group),
}

/// A pending change of attributes: see [`Array::update_attributes`].
#[must_use = "nothing is changed until this is awaited or waited for"]
#[derive(Debug)]
pub struct UpdateAttributes<'a> {
    node: Edited<'a>,
    new: Option<Attributes>,
    refused: Refused,
    removed: Vec<String>,
    edit: Edit,
}

impl<'a> UpdateAttributes<'a> {
    fn new(node: Edited<'a>, new: impl Serialize) -> Self {
        let mut refused = Refused::default();
        Self {
            node,
            new: refused.take("attributes", Attributes::of(&new)),
            refused,
            removed: Vec::new(),
            edit: Edit::Merge,
        }
    }

    /// Removes all other attributes.
    pub fn replace(self) -> Self {
        Self {
            edit: Edit::Replace,
            ..self
        }
    }

    /// Removes attributes.
    pub fn remove<K: Into<String>>(mut self, keys: impl IntoIterator<Item = K>) -> Self {
        self.removed.extend(keys.into_iter().map(Into::into));
        self
    }

    async fn run(self) -> Result<()> {
        let Self {
            node,
            new,
            refused,
            removed,
            edit,
        } = self;
        refused.check()?;
        let new = new.unwrap_or_default();
        let apply = move |attributes: &mut Attributes| {
            if edit == Edit::Replace {
                attributes.clear();
            }
            attributes.merge(&new);
            for key in &removed {
                attributes.shift_remove(key);
            }
        };
        match node {
            Edited::Array(array) => {
                let changed = array.chunked().change(Document::Attributes, |array| {
                    apply(array.attributes_mut());
                    Ok(())
                });
                let changed = changed.await?;
                array.replace(changed);
            }
            Edited::Group(group) => {
                let change = |group: &mut GroupMetadata| {
                    apply(group.attributes_mut());
                    Ok(())
                };
                group.change(Document::Attributes, change).await?;
            }
        }
        Ok(())
    }
}
operation!(UpdateAttributes<'a> => ());
