//! The options of `create`, `write` and `copy` that say what an array means: its fill value, the names of its axes,
//! its attributes.

use serde_json::Value;
use zarr::{Attribute, Attributes, CreateArray, DimensionName};

use crate::failure::Failure;
use crate::output::text;

/// What the document of an array says besides how its chunks are stored.
#[derive(Clone, Debug, clap::Args)]
#[group(id = "description", multiple = true)]
pub(crate) struct DescriptionArgs {
    /// The value of elements that were never written, as JSON; null for none, in format 2
    #[arg(long, value_name = "JSON", allow_hyphen_values = true, value_parser = json)]
    fill_value: Option<Value>,

    /// Names of the axes, such as time,y,x; an empty name is none
    #[arg(long, value_name = "NAMES")]
    dimension_names: Option<String>,

    /// All attributes, as a JSON object
    #[arg(long, value_name = "JSON")]
    attributes: Option<Attribute>,

    /// One attribute, whose value is JSON, as in units='"m"'; may be repeated
    #[arg(long, value_name = "NAME=JSON", value_parser = attribute)]
    attribute: Vec<NamedAttribute>,
}

type NamedAttribute = (String, Attribute);

pub(super) fn json(text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|error| error.to_string())
}

fn attribute(text: &str) -> Result<NamedAttribute, String> {
    let Some((name, value)) = text.split_once('=').filter(|(name, _)| !name.is_empty()) else {
        return Err("expected NAME=JSON, as in units='\"m\"'".to_owned());
    };
    let value = value
        .parse()
        .map_err(|_| format!("{value:?} is not JSON; texts are in quotes, as in {name}='\"m\"'"))?;
    Ok((name.to_owned(), value))
}

impl DescriptionArgs {
    /// Whether any of them concerns arrays, other than by their attributes.
    pub(crate) fn asks(&self) -> bool {
        self.fill_value.is_some() || self.dimension_names.is_some()
    }

    /// Sets the fill value and, if there are as many, the names of the axes.
    pub(crate) fn apply(&self, mut create: CreateArray) -> CreateArray {
        let rank = create.options().shape.len();
        if let Some(value) = &self.fill_value {
            create = create.fill_value(value.clone());
        }
        match self.names() {
            Some(names) if names.len() == rank => create.dimension_names(names),
            _ => create,
        }
    }

    /// # Errors
    /// Where there are not as many names as axes.
    pub(crate) fn check_rank(&self, rank: usize) -> Result<(), Failure> {
        match self.names() {
            Some(names) if names.len() != rank => {
                let count = text::count(names.len() as u64, "name");
                let what = format!("--dimension-names: {count} for {rank} axes");
                Err(Failure::usage(what).advice("give one for each axis, as in time,y,x"))
            }
            _ => Ok(()),
        }
    }

    fn names(&self) -> Option<Vec<DimensionName>> {
        let names = self.dimension_names.as_ref()?.split(',');
        let name = |name: &str| match name.trim() {
            "" => DimensionName(None),
            name => name.into(),
        };
        Some(names.map(name).collect())
    }

    /// The attributes of a node that had others; `None` if none are given.
    ///
    /// # Errors
    /// Where they are not an object.
    pub(crate) fn attributes(&self, old: &Attributes) -> Result<Option<Attributes>, Failure> {
        let all = self.attributes.clone().map(Attribute::into_object);
        let all = all.transpose().map_err(|other| {
            let what = format!("--attributes: expected a JSON object, found {other}");
            Failure::usage(what).advice("write it as in '{\"units\": \"m\"}'")
        })?;
        if all.is_none() && self.attribute.is_empty() {
            return Ok(None);
        }
        let mut attributes = all.unwrap_or_else(|| old.clone());
        for (name, value) in &self.attribute {
            attributes.set(name.as_str(), value.clone());
        }
        Ok(Some(attributes))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_attribute_is_a_name_and_json() {
        assert_eq!(attribute("a=[1, 2]").unwrap().1.value(), &json!([1, 2]));
        assert!(attribute("units=m").unwrap_err().contains("units='\"m\"'"));
        for text in ["units", "=1", ""] {
            assert!(attribute(text).unwrap_err().contains("NAME=JSON"), "{text}");
        }
    }
}
