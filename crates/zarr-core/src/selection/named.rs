//! Selections by the names of dimensions.

use std::collections::{BTreeMap, HashMap};

use zarr_metadata::near::{is_near, nearest_first, quoted};

use super::{AxisSelection, Selection, SelectionError, Slice};

/// One item per axis, from items that name theirs. Axes that are not named are selected whole.
pub(super) fn in_order(
    items: &[(String, AxisSelection)],
    names: Option<&[Option<String>]>,
    rank: usize,
) -> Result<Vec<AxisSelection>, SelectionError> {
    let names = names.unwrap_or_default();
    let mut axes = vec![AxisSelection::Slice(Slice::Full); rank];
    let mut given: Vec<&String> = Vec::new();
    for (name, item) in items {
        let is_named = |of: &&Option<String>| of.as_ref() == Some(name);
        if given.contains(&name) || names.iter().filter(is_named).count() > 1 {
            return Err(SelectionError::AmbiguousDimension { name: name.clone() });
        }
        given.push(name);
        let axis = names.iter().position(|of| is_named(&of));
        let along_one = !matches!(item, AxisSelection::Slice(Slice::Ellipsis | Slice::NewAxis));
        match axis.and_then(|axis| axes.get_mut(axis)) {
            Some(axis) if along_one => *axis = item.clone(),
            Some(_) => return Err(SelectionError::NotAlongADimension { name: name.clone() }),
            None => {
                let known: Vec<String> = names.iter().flatten().cloned().collect();
                let advice = advice(name, &known);
                let name = name.clone();
                return Err(SelectionError::UnknownDimension { name, advice });
            }
        }
    }
    Ok(axes)
}

/// Which dimension may have been meant.
fn advice(name: &str, known: &[String]) -> String {
    let nearest = nearest_first(name, known, String::clone);
    match nearest.first() {
        None => "its dimensions have no names".to_owned(),
        Some(first) if is_near(name, first) => format!("did you mean `{first}`?"),
        Some(_) => format!("it has {}", quoted(&nearest)),
    }
}

impl<N: Into<String>, S: Into<AxisSelection>> From<Vec<(N, S)>> for Selection {
    fn from(items: Vec<(N, S)>) -> Self {
        let items = items.into_iter();
        Self::Named(
            items
                .map(|(name, item)| (name.into(), item.into()))
                .collect(),
        )
    }
}

impl<N: Into<String>, S: Into<AxisSelection>, const LEN: usize> From<[(N, S); LEN]> for Selection {
    fn from(items: [(N, S); LEN]) -> Self {
        Vec::from(items).into()
    }
}

/// What is selected along each named axis, as xarray's `isel` takes it.
impl<N: Into<String>, S: Into<AxisSelection>, H> From<HashMap<N, S, H>> for Selection {
    fn from(items: HashMap<N, S, H>) -> Self {
        Vec::from_iter(items).into()
    }
}

/// What is selected along each named axis, as xarray's `isel` takes it.
impl<N: Into<String>, S: Into<AxisSelection>> From<BTreeMap<N, S>> for Selection {
    fn from(items: BTreeMap<N, S>) -> Self {
        Vec::from_iter(items).into()
    }
}
