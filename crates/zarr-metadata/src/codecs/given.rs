//! Codecs as callers give them: typed, by name, as JSON, one or several.

use serde_json::{Map, Value};

use crate::extension::Extension;

/// Codecs of one kind, as they are given for a new array.
///
/// Everything that stands for a codec becomes one: a [typed codec](crate::codecs::typed), a name, an
/// [`Extension`], a JSON object of either format. Lists, tuples and `Option`s of these become several, or none.
///
/// ```
/// use serde_json::json;
/// use zarr_metadata::Extension;
/// use zarr_metadata::codecs::Codecs;
/// use zarr_metadata::codecs::typed::{Delta, Zstd};
///
/// assert_eq!(Codecs::from("zstd"), Codecs::from(Extension::new("zstd")));
/// let zstd = json!({"name": "zstd", "configuration": {"level": 3}});
/// assert_eq!(Codecs::from(zstd), Codecs::from(Zstd::new(3)));
/// let three = Codecs::from((Delta::new("<i4"), Zstd::new(3), "crc32c"));
/// assert_eq!(three.or(Vec::new).len(), 3);
/// assert_eq!(Codecs::from(()), Codecs::from(json!(null)));
/// ```
///
/// JSON that is no codec keeps its text as the name of one: creating an array refuses it by this name.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub enum Codecs {
    /// The default of the format and data type.
    #[default]
    Auto,
    /// These, in this order; none if empty.
    List(Vec<Extension>),
}

impl Codecs {
    /// Compressors that take little time: lz4 in blosc, with shuffled bytes.
    #[must_use]
    pub fn fast() -> Self {
        super::typed::Blosc::lz4().into()
    }

    /// Compressors that make small chunks and take more time to write: zstd at level 9 in blosc, with shuffled
    /// bytes.
    #[must_use]
    pub fn small() -> Self {
        super::typed::Blosc::zstd().level(9).into()
    }

    /// The codecs, or `default` where the choice is left to the format.
    #[must_use]
    pub fn or(&self, default: impl FnOnce() -> Vec<Extension>) -> Vec<Extension> {
        match self {
            Self::Auto => default(),
            Self::List(codecs) => codecs.clone(),
        }
    }

    /// The codec, where a place takes one only; `None` where the choice is left to the format. Another number of
    /// codecs keeps its text as the name of one.
    #[must_use]
    pub fn into_one(self) -> Option<Extension> {
        let Self::List(mut codecs) = self else {
            return None;
        };
        match codecs.pop() {
            Some(codec) if codecs.is_empty() => Some(codec),
            last => {
                codecs.extend(last);
                let all: Value = codecs.iter().map(Extension::to_json).collect();
                Some(no_codec(&all))
            }
        }
    }
}

impl<T: Into<Extension>> From<T> for Codecs {
    fn from(codec: T) -> Self {
        Self::List(vec![codec.into()])
    }
}

/// `null` is no codec, and an array has one in each element.
impl From<Value> for Codecs {
    fn from(value: Value) -> Self {
        Self::List(match value {
            Value::Null => vec![],
            Value::Array(list) => list.into_iter().map(from_json).collect(),
            one => vec![from_json(one)],
        })
    }
}

fn from_json(value: Value) -> Extension {
    match value {
        Value::Object(members) => {
            let unread = |members| no_codec(&Value::Object(members));
            from_object(members).unwrap_or_else(unread)
        }
        other => Extension::from_json(other.clone()).unwrap_or_else(|_| no_codec(&other)),
    }
}

/// An object with an `id` is a dictionary of numcodecs. One with a `name` is a codec of format 3, whose settings
/// may stand beside the name, too.
fn from_object(mut members: Map<String, Value>) -> Result<Extension, Map<String, Value>> {
    if let Some(Value::String(id)) = members.get("id") {
        return Ok(Extension {
            configuration: members.clone(),
            ..Extension::new(id)
        });
    }
    if let Ok(codec) = Extension::from_json(Value::Object(members.clone())) {
        return Ok(codec);
    }
    let Some(Value::String(name)) = members.shift_remove("name") else {
        return Err(members);
    };
    match members.contains_key("configuration") || members.contains_key("must_understand") {
        true => {
            members.insert("name".to_owned(), name.into());
            Err(members)
        }
        false => Ok(Extension {
            configuration: members,
            ..Extension::new(name)
        }),
    }
}

fn no_codec(value: &Value) -> Extension {
    let text = value.to_string();
    Extension::new(text.chars().take(60).collect::<String>())
}

impl<T: Into<Codecs>> From<Vec<T>> for Codecs {
    fn from(codecs: Vec<T>) -> Self {
        codecs.into_iter().collect()
    }
}

impl<T: Into<Codecs>, const N: usize> From<[T; N]> for Codecs {
    fn from(codecs: [T; N]) -> Self {
        codecs.into_iter().collect()
    }
}

impl<T: Clone + Into<Codecs>> From<&[T]> for Codecs {
    fn from(codecs: &[T]) -> Self {
        codecs.iter().cloned().collect()
    }
}

/// `None` is no codec.
impl<T: Into<Codecs>> From<Option<T>> for Codecs {
    fn from(codecs: Option<T>) -> Self {
        codecs.into_iter().collect()
    }
}

/// No codec.
impl From<()> for Codecs {
    fn from((): ()) -> Self {
        Self::List(vec![])
    }
}

macro_rules! from_tuples {
    ($(($($codec:ident),+))+) => {$(
        impl<$($codec: Into<Codecs>),+> From<($($codec,)+)> for Codecs {
            fn from(codecs: ($($codec,)+)) -> Self {
                #[expect(non_snake_case, reason = "a variable for each type")]
                let ($($codec,)+) = codecs;
                Self::from_iter([$($codec.into()),+])
            }
        }
    )+};
}
from_tuples!((A)(A, B)(A, B, C)(A, B, C, D)(A, B, C, D, E)(
    A, B, C, D, E, F
));

impl<T: Into<Codecs>> FromIterator<T> for Codecs {
    fn from_iter<I: IntoIterator<Item = T>>(codecs: I) -> Self {
        let codecs = codecs.into_iter().map(Into::into);
        Self::List(codecs.flat_map(|some: Self| some.or(Vec::new)).collect())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::codecs::typed::{Bytes, Crc32c, Zstd};
    use crate::v2;

    #[track_caller]
    fn names(codecs: impl Into<Codecs>) -> Vec<String> {
        let codecs = codecs.into().or(Vec::new);
        codecs.into_iter().map(|codec| codec.name).collect()
    }

    /// A4.4, A4.24
    #[test]
    fn every_form_of_a_codec_is_taken() {
        assert_eq!(names("zstd"), ["zstd"]);
        assert_eq!(names(String::from("zstd")), ["zstd"]);
        let name = String::from("zstd");
        assert_eq!(names(&name), ["zstd"]);
        assert_eq!(names(Zstd::new(3)), ["zstd"]);
        assert_eq!(names(v2::Codec::new("zlib")), ["zlib"]);
        assert_eq!(names(json!("zstd")), ["zstd"]);
        assert_eq!(names(json!({"id": "zlib", "level": 3})), ["zlib"]);
        assert_eq!(names(["zstd", "crc32c"]), ["zstd", "crc32c"]);
        assert_eq!(names(&["zstd", "crc32c"][..]), ["zstd", "crc32c"]);
        assert_eq!(names(vec![Zstd::new(1)]), ["zstd"]);
        assert_eq!(names((Zstd::new(1), Crc32c)), ["zstd", "crc32c"]);
        let all = (Bytes::little(), "gzip", json!({"name": "crc32c"}));
        assert_eq!(names(all), ["bytes", "gzip", "crc32c"]);
        assert_eq!(names(json!(["bytes", {"name": "gzip"}])), ["bytes", "gzip"]);
        assert_eq!(names(()), [""; 0]);
        assert_eq!(names(None::<Zstd>), [""; 0]);
        assert_eq!(names(json!(null)), [""; 0]);
    }

    #[test]
    fn settings_may_stand_beside_the_name() {
        let gzip = Codecs::from(Extension::new("gzip").with("level", 3));
        let given = json!({"name": "gzip", "configuration": {"level": 3}});
        assert_eq!(Codecs::from(given), gzip);
        assert_eq!(Codecs::from(json!({"name": "gzip", "level": 3})), gzip);
    }

    #[test]
    fn what_is_no_codec_is_named_by_its_text() {
        assert_eq!(names(json!(42)), ["42"]);
        assert_eq!(names(json!({"level": 3})), [r#"{"level":3}"#]);
        let one = Codecs::from(["zstd", "gzip"]).into_one().unwrap();
        assert_eq!(one.name, r#"[{"name":"zstd"},{"name":"gzip"}]"#);
        assert_eq!(Codecs::Auto.into_one(), None);
        let zstd = Codecs::from("zstd").into_one();
        assert_eq!(zstd, Some(Extension::new("zstd")));
    }
}
