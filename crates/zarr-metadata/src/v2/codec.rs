//! A filter or compressor of a v2 document: an id with its settings beside it.

use serde_json::{Map, Value};

use crate::extension::Extension;
use crate::pointer::JsonPlace;
use crate::problem::Problems;
use crate::read::{Members, text};

/// A filter or compressor: `{"id": "zlib", "level": 1}`.
///
/// Where it is given for a new array of format 3, it is translated.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Codec {
    /// Its id in numcodecs.
    pub id: String,
    /// Its settings.
    pub configuration: Map<String, Value>,
}

impl Codec {
    /// A codec without settings.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            configuration: Map::new(),
        }
    }

    /// Adds a setting.
    #[must_use]
    pub fn with(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        self.configuration.insert(key.into(), value.into());
        self
    }

    /// As v2 documents write it, `id` first.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut object = Map::new();
        object.insert("id".to_owned(), self.id.as_str().into());
        // `id` is not a setting: one added by hand must not replace the real one.
        let settings = self.configuration.iter().filter(|(key, _)| *key != "id");
        object.extend(settings.map(|(key, value)| (key.clone(), value.clone())));
        Value::Object(object)
    }

    /// The same in the shape of a v3 codec, under its v2 id.
    #[must_use]
    pub fn to_extension(&self) -> Extension {
        Extension {
            name: self.id.clone(),
            configuration: self.configuration.clone(),
            must_understand: true,
        }
    }

    pub(crate) fn read(value: Value, at: &JsonPlace<'_>, problems: &mut Problems) -> Option<Self> {
        let mut members = Members::of(value, *at, problems)?;
        let id = members.require("id", "the id of the codec, such as \"zlib\"", problems)?;
        let id = text(id, "the id of a codec", &at.key("id"), problems)?;
        Some(Self {
            id,
            configuration: members.rest(),
        })
    }
}

/// Its `id` stays among the settings, which tells them from those of the codec that v3 has under this name.
impl From<Codec> for Extension {
    fn from(codec: Codec) -> Self {
        let Value::Object(configuration) = codec.to_json() else {
            unreachable!("a codec of v2 is an object");
        };
        Self {
            configuration,
            ..Self::new(codec.id)
        }
    }
}
