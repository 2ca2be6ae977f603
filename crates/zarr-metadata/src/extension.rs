//! `Extension`: a name with a configuration, the form of every extension point of a v3 document. What a name
//! means is decided elsewhere.

use std::fmt;

use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use crate::pointer::JsonPlace;
use crate::problem::{MetadataError, ProblemKind, Problems, brief};
use crate::read::{Members, object};

/// A named part of a document with its settings: a codec, a chunk grid, an unknown data type.
///
/// Read from an object or from the short form, a bare string; written as an object, which every
/// reader understands.
///
/// ```
/// use zarr_metadata::Extension;
///
/// let zstd = Extension::new("zstd").with("level", 3);
/// assert_eq!(zstd.to_json().to_string(), r#"{"name":"zstd","configuration":{"level":3}}"#);
/// assert_eq!(zstd.get::<i32>("level")?, Some(3));
/// assert_eq!(zstd.get::<bool>("checksum")?, None);
///
/// let error = zstd.get::<String>("level").unwrap_err();
/// assert!(error.to_string().starts_with("/configuration/level: "));
/// # Ok::<(), zarr_metadata::MetadataError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Extension {
    /// Its name, as registered or as a URI.
    pub name: String,
    /// Its settings; empty when it has none.
    pub configuration: Map<String, Value>,
    /// Whether a reader that does not know the name must fail. True unless the document says otherwise.
    pub must_understand: bool,
}

impl Extension {
    /// An extension without settings.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            configuration: Map::new(),
            must_understand: true,
        }
    }

    /// Adds a setting.
    #[must_use]
    pub fn with(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        self.configuration.insert(key.into(), value.into());
        self
    }

    /// The setting `key`, if there is one.
    ///
    /// # Errors
    /// When the setting is not a `T`; the error's pointer names the key.
    pub fn get<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, MetadataError> {
        let Some(value) = self.configuration.get(key) else {
            return Ok(None);
        };
        T::deserialize(value).map(Some).map_err(|error| {
            let kind = ProblemKind::Invalid {
                expected: format!("a setting {} understands", self.name),
                found: format!("{} ({error})", brief(value)),
            };
            MetadataError::new(&JsonPlace::ROOT.key("configuration").key(key), kind)
        })
    }

    /// Reads the object form or the short form.
    ///
    /// # Errors
    /// When it is neither, or has members that extensions do not have.
    pub fn from_json(value: Value) -> Result<Self, MetadataError> {
        let mut problems = Problems::default();
        let read = Self::read(value, &JsonPlace::ROOT, &mut problems);
        problems.finish(read)
    }

    /// The object form, with a `configuration` only where there is one. Codecs of numcodecs always have one:
    /// zarr-python does not open arrays in which it is missing.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut object = Map::new();
        object.insert("name".to_owned(), self.name.as_str().into());
        if !self.configuration.is_empty() || self.name.starts_with("numcodecs.") {
            object.insert(
                "configuration".to_owned(),
                self.configuration.clone().into(),
            );
        }
        if !self.must_understand {
            object.insert("must_understand".to_owned(), false.into());
        }
        Value::Object(object)
    }

    pub(crate) fn read(value: Value, at: &JsonPlace<'_>, problems: &mut Problems) -> Option<Self> {
        if let Value::String(name) = value {
            return named(name, at, problems).map(Self::new);
        }
        if !value.is_object() {
            problems.invalid(at, "a name, or an object with a name", &value);
            return None;
        }
        let mut members = Members::of(value, *at, problems)?;
        let name = members.require("name", "the name of the extension", problems);
        let name = name.and_then(|name| {
            let at = at.key("name");
            let name = crate::read::text(name, "a name", &at, problems)?;
            named(name, &at, problems)
        });
        let configuration = match members.take("configuration") {
            Some(value) => object(value, &at.key("configuration"), problems),
            None => Some(Map::new()),
        };
        let must_understand = match members.take("must_understand") {
            Some(Value::Bool(flag)) => Some(flag),
            Some(other) => {
                problems.invalid(&at.key("must_understand"), "true or false", &other);
                None
            }
            None => Some(true),
        };
        for key in members.rest().keys() {
            problems.push(&at.key(key), ProblemKind::UnknownKey);
        }
        Some(Self {
            name: name?,
            configuration: configuration?,
            must_understand: must_understand?,
        })
    }

    /// As [`read`](Self::read), for places where the format allows no reader to ignore an unknown name.
    pub(crate) fn read_mandatory(
        value: Value,
        at: &JsonPlace<'_>,
        problems: &mut Problems,
    ) -> Option<Self> {
        let extension = Self::read(value, at, problems)?;
        if !extension.must_understand {
            problems.push(&at.key("must_understand"), ProblemKind::NotIgnorable);
            return None;
        }
        Some(extension)
    }
}

fn named(name: String, at: &JsonPlace<'_>, problems: &mut Problems) -> Option<String> {
    if name.is_empty() {
        problems.invalid(at, "a name that is not empty", &Value::String(name));
        return None;
    }
    Some(name)
}

impl From<&str> for Extension {
    fn from(name: &str) -> Self {
        Self::new(name)
    }
}

impl From<String> for Extension {
    fn from(name: String) -> Self {
        Self::new(name)
    }
}

impl From<&String> for Extension {
    fn from(name: &String) -> Self {
        Self::new(name)
    }
}

impl fmt::Display for Extension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl Serialize for Extension {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_json().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Extension {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::from_json(Value::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(value: Value, expected: Result<Value, &str>) {
        let read = Extension::from_json(value).map(|e| e.to_json());
        assert_eq!(
            read.map_err(|e| e.to_string()),
            expected.map_err(str::to_owned)
        );
    }

    #[test]
    fn forms() {
        check(json!("crc32c"), Ok(json!({"name": "crc32c"})));
        check(
            json!({"name": "a", "configuration": {}}),
            Ok(json!({"name": "a"})),
        );
        let crc32 = json!({"name": "numcodecs.crc32", "configuration": {}});
        check(crc32.clone(), Ok(crc32));
        check(
            json!({"name": "a", "must_understand": false}),
            Ok(json!({"name": "a", "must_understand": false})),
        );
        check(
            json!({"name": "a", "configuration": {"z": 1, "b": 2}, "must_understand": true}),
            Ok(json!({"name": "a", "configuration": {"z": 1, "b": 2}})),
        );
    }

    #[test]
    fn refusals() {
        check(
            json!(1),
            Err("document: expected a name, or an object with a name, found 1"),
        );
        check(
            json!({}),
            Err("/name: missing; add the name of the extension"),
        );
        check(
            json!({"name": 1, "configuration": 2, "must_understand": 3}),
            Err("/name: expected a name, found 1; \
                 /configuration: expected an object, found 2; \
                 /must_understand: expected true or false, found 3"),
        );
        check(
            json!({"name": "", "level": 1}),
            Err(
                "/name: expected a name that is not empty, found \"\"; /level: unknown key; \
                 remove it, or make it an object with \"must_understand\": false",
            ),
        );
    }

    #[test]
    fn serde_goes_both_ways() {
        let text = r#"["bytes",{"name":"gzip","configuration":{"level":1}}]"#;
        let list: Vec<Extension> = serde_json::from_str(text).unwrap();
        assert_eq!(
            serde_json::to_string(&list).unwrap(),
            r#"[{"name":"bytes"},{"name":"gzip","configuration":{"level":1}}]"#
        );
        assert!(serde_json::from_str::<Extension>("3").is_err());
    }
}
