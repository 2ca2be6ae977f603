//! Members of a document that are kept as text: they are read without becoming values, and written as they
//! were.

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

/// The name of a member, and what appends its text.
pub(crate) type MemberText<'m> = (&'m str, &'m dyn Fn(&mut String));

/// The text of an object with some of its members as these texts.
pub(crate) fn object_text(object: Value, texts: &[MemberText<'_>]) -> String {
    let mut text = String::new();
    push_object(&mut text, object, texts);
    text
}

/// Appends what [`object_text`] gives. Texts may be all documents of a hierarchy, so that none is copied on the way.
pub(crate) fn push_object(text: &mut String, object: Value, texts: &[MemberText<'_>]) {
    let Value::Object(members) = object else {
        return text.push_str(&object.to_string());
    };
    let members = members.iter().map(|(name, value)| (name.as_str(), value));
    push_members(text, members, |text, name, value| {
        match texts.iter().find(|(key, _)| *key == name) {
            Some((_, push)) => push(text),
            None => text.push_str(&value.to_string()),
        }
    });
}

/// Appends the text of an object, each of whose members' texts `push` appends.
pub(crate) fn push_members<'m, M>(
    text: &mut String,
    members: impl Iterator<Item = (&'m str, M)>,
    push: impl Fn(&mut String, &str, M),
) {
    text.push('{');
    for (at, (name, member)) in members.enumerate() {
        if at > 0 {
            text.push(',');
        }
        text.push_str(&Value::from(name).to_string());
        text.push(':');
        push(text, name, member);
    }
    text.push('}');
}
