//! Members of a document that are kept as text: they are read without becoming values, and written as they
//! were.

use std::borrow::Cow;
use std::fmt;

use serde::Deserializer as _;
use serde::de::{Error as _, MapAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::pointer::JsonPlace;
use crate::problem::{ProblemKind, Problems};
use crate::scan;

/// The member with the copies of other documents.
pub(crate) const CONSOLIDATED: &str = "consolidated_metadata";
/// The member whose numbers are kept as they are written.
pub(crate) const ATTRIBUTES: &str = "attributes";

/// A `zarr.json` with some of its members as text.
pub(crate) struct ZarrJsonParts<'t> {
    /// All but the consolidated metadata.
    pub(crate) value: Value,
    pub(crate) attributes: Option<&'t RawValue>,
    pub(crate) consolidated: Option<&'t RawValue>,
}

/// Parses a `zarr.json` except its consolidated metadata, which can hold a whole hierarchy and stays text.
pub(crate) fn split(text: &[u8]) -> Result<ZarrJsonParts<'_>, serde_json::Error> {
    if !is_object(text) {
        return Ok(ZarrJsonParts {
            value: serde_json::from_slice(text)?,
            attributes: None,
            consolidated: None,
        });
    }
    let mut json = serde_json::Deserializer::from_slice(text);
    let parts = json.deserialize_map(ZarrJsonVisitor)?;
    json.end()?;
    Ok(parts)
}

pub(crate) fn is_object(text: &[u8]) -> bool {
    text.trim_ascii_start().first() == Some(&b'{')
}

struct ZarrJsonVisitor;

impl<'de> Visitor<'de> for ZarrJsonVisitor {
    type Value = ZarrJsonParts<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let (mut members, mut attributes, mut consolidated) = (Map::new(), None, None);
        while let Some(key) = map.next_key::<String>()? {
            if key == CONSOLIDATED {
                consolidated = Some(map.next_value::<&RawValue>()?);
            } else if key == ATTRIBUTES {
                let raw = map.next_value::<&RawValue>()?;
                let value = serde_json::from_str(raw.get()).map_err(A::Error::custom)?;
                members.insert(key, value);
                attributes = Some(raw);
            } else {
                members.insert(key, map.next_value()?);
            }
        }
        Ok(ZarrJsonParts {
            value: Value::Object(members),
            attributes,
            consolidated,
        })
    }
}

/// Parses a part of a document that was left as text.
pub(crate) fn parsed(raw: &RawValue, at: &JsonPlace<'_>, problems: &mut Problems) -> Option<Value> {
    if !few_values(raw.get().as_bytes(), at, problems) {
        return None;
    }
    match serde_json::from_str(raw.get()) {
        Ok(value) => Some(value),
        Err(error) => {
            // The error counts lines from the beginning of the part, so they are left out.
            let kind = ProblemKind::Invalid {
                expected: "JSON".to_owned(),
                found: format!("text that is not JSON ({error})"),
            };
            problems.push(at, kind);
            None
        }
    }
}

/// Whether a text, or a part of one, has few enough values to be parsed.
pub(crate) fn few_values(text: &[u8], at: &JsonPlace<'_>, problems: &mut Problems) -> bool {
    let limit = problems.limits.values;
    problems.within(at, VALUES, scan::values(text), limit)
}

pub(crate) const VALUES: &str = "number of values";

/// Adds the members that a reader did not know. They were left over when the known ones had been taken, so a
/// name in both was added by hand, and the model's own member wins.
pub(crate) fn add_rest(object: &mut Map<String, Value>, rest: &Map<String, Value>) {
    for (key, value) in rest {
        object.entry(key.clone()).or_insert_with(|| value.clone());
    }
}

/// The text of an object with one of its members as this text.
pub(crate) fn with_member(object: Value, key: &str, text: &str) -> String {
    with_members(object, &[(key, text)])
}

/// The text of an object with some of its members as these texts.
pub(crate) fn with_members(object: Value, texts: &[(&str, &str)]) -> String {
    let Value::Object(members) = object else {
        return object.to_string();
    };
    object_text(members.iter().map(|(name, value)| {
        let text = texts.iter().find(|(key, _)| key == name);
        let text = match text {
            Some((_, text)) => Cow::Borrowed(*text),
            None => Cow::Owned(value.to_string()),
        };
        (name.as_str(), text)
    }))
}

/// The text of an object with these members.
pub(crate) fn object_text<'m>(members: impl Iterator<Item = (&'m str, impl AsRef<str>)>) -> String {
    let mut text = String::new();
    push_object(&mut text, members);
    text
}

/// Appends the text of an object with these members. They may be all documents of a hierarchy, so that none is copied
/// on the way.
pub(crate) fn push_object<'m>(
    text: &mut String,
    members: impl Iterator<Item = (&'m str, impl AsRef<str>)>,
) {
    text.push('{');
    for (at, (name, value)) in members.enumerate() {
        if at > 0 {
            text.push(',');
        }
        text.push_str(&Value::from(name).to_string());
        text.push(':');
        text.push_str(value.as_ref());
    }
    text.push('}');
}
