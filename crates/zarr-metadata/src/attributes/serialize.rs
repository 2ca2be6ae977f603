//! Attributes from any value that serde can serialize, and attributes as such values. Numbers that JSON does
//! not have stay what they are, where `serde_json` would make them `null`.

use std::fmt;

use serde::ser::{
    Error as _, Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant,
    SerializeTuple, SerializeTupleStruct, SerializeTupleVariant, Serializer,
};
use serde_json::Value;

use super::{Attribute, Attributes, ExactNumbers, stand_in};
use crate::pointer::JsonPointer;

/// The name under which a number that no [`Value`] holds is serialized: [`Writer`] takes its digits as they
/// are, every other serializer sees a text.
const EXACT: &str = "$zarr::ExactNumber";

impl Attribute {
    /// The attribute that serde makes of a value: a number, a text, a list, a map, a struct. `NaN` and the
    /// infinities stay numbers.
    ///
    /// ```
    /// use zarr_metadata::Attribute;
    /// assert_eq!(Attribute::of(&[1.5, f64::NAN])?.to_string(), "[1.5,NaN]");
    /// # Ok::<(), zarr_metadata::AttributeError>(())
    /// ```
    ///
    /// # Errors
    /// What the value's `Serialize` says, and a map whose keys are no texts, numbers or bools.
    pub fn of<T: Serialize + ?Sized>(value: &T) -> Result<Self, AttributeError> {
        let mut text = String::new();
        value.serialize(Writer(&mut text))?;
        text.parse().map_err(AttributeError::custom)
    }
}

impl Attributes {
    /// The attributes that serde makes of a value: a map, a struct, or a list of pairs of a name and a value. `None`
    /// has none.
    ///
    /// ```
    /// use serde_json::json;
    /// use zarr_metadata::Attributes;
    /// let map = Attributes::of(&json!({"units": "m", "scale": 2}))?;
    /// let pairs = Attributes::of(&[("units", json!("m")), ("scale", json!(2))])?;
    /// assert_eq!(map, pairs);
    /// assert_eq!(Attributes::of(&[("missing_value", f64::NAN)])?.to_string(), r#"{"missing_value":NaN}"#);
    /// # Ok::<(), zarr_metadata::AttributeError>(())
    /// ```
    ///
    /// # Errors
    /// As [`Attribute::of`], and a value that is neither an object nor a list of pairs.
    pub fn of<T: Serialize + ?Sized>(value: &T) -> Result<Self, AttributeError> {
        let whole = Attribute::of(value)?;
        if whole.value.is_null() {
            return Ok(Self::new());
        }
        whole.into_object().or_else(Attribute::into_pairs)
    }
}

impl Attribute {
    /// The attributes that a list of pairs of a name and a value is.
    fn into_pairs(self) -> Result<Attributes, AttributeError> {
        let wrong = || {
            let text = format!("expected an object, or pairs of a name and a value, found {self}");
            AttributeError::custom(text)
        };
        let pairs = self.value.as_array().ok_or_else(wrong)?;
        let mut attributes = Attributes::new();
        for (i, pair) in pairs.iter().enumerate() {
            match pair.as_array().map(Vec::as_slice) {
                Some([Value::String(name), value]) => {
                    let at = JsonPointer::root().index(i).index(1);
                    let exact = super::below(&self.exact, at.as_str());
                    let value = value.clone();
                    attributes.set(name, Self { value, exact });
                }
                _ => return Err(wrong()),
            }
        }
        Ok(attributes)
    }
}

/// Why a value cannot be an attribute.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct AttributeError(String);

impl serde::ser::Error for AttributeError {
    fn custom<T: fmt::Display>(text: T) -> Self {
        Self(text.to_string())
    }
}

/// As an object, in which numbers that no JSON value holds are texts.
impl Serialize for Attributes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.exact.is_empty() {
            return self.members.serialize(serializer);
        }
        let mut map = serializer.serialize_map(Some(self.members.len()))?;
        for (key, value) in &self.members {
            let at = JsonPointer::root().key(key);
            map.serialize_entry(
                key,
                &Element {
                    value,
                    exact: &self.exact,
                    at,
                },
            )?;
        }
        map.end()
    }
}

/// With texts for numbers that no JSON value holds.
impl Serialize for Attribute {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (value, exact) = (&self.value, &self.exact);
        let at = JsonPointer::root();
        Element { value, exact, at }.serialize(serializer)
    }
}

/// A value in attributes, with its place.
struct Element<'a> {
    value: &'a Value,
    exact: &'a ExactNumbers,
    at: JsonPointer,
}

impl Serialize for Element<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { value, exact, at } = self;
        if let Some(token) = exact.get(at.as_str())
            && stand_in(token) == **value
        {
            return serializer.serialize_newtype_struct(EXACT, token);
        }
        match value {
            Value::Object(members) if !exact.is_empty() => {
                let mut map = serializer.serialize_map(Some(members.len()))?;
                for (key, value) in members {
                    let at = at.clone().key(key);
                    map.serialize_entry(key, &Element { value, exact, at })?;
                }
                map.end()
            }
            Value::Array(items) if !exact.is_empty() => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                for (i, value) in items.iter().enumerate() {
                    let at = at.clone().index(i);
                    list.serialize_element(&Element { value, exact, at })?;
                }
                list.end()
            }
            other => other.serialize(serializer),
        }
    }
}

/// Writes a value as documents have it, with Python's numbers.
struct Writer<'a>(&'a mut String);

impl<'a> Writer<'a> {
    fn plain(self, text: impl fmt::Display) -> Result<(), AttributeError> {
        use fmt::Write as _;
        write!(self.0, "{text}").map_err(AttributeError::custom)
    }

    fn quoted(self, text: &str) -> Result<(), AttributeError> {
        self.plain(Value::from(text))
    }

    /// A list or an object, in an object of one member if it is the content of an enum's variant.
    fn parts(self, variant: Option<&str>, open: char, close: &'static str) -> Parts<'a> {
        if let Some(variant) = variant {
            self.0.push_str(&format!("{{{}:", Value::from(variant)));
        }
        self.0.push(open);
        let text = self.0;
        Parts {
            text,
            close,
            first: true,
        }
    }
}

macro_rules! plain {
    ($($method:ident: $type:ty),* $(,)?) => {$(
        fn $method(self, value: $type) -> Result<(), AttributeError> {
            self.plain(value)
        }
    )*};
}

impl<'a> Serializer for Writer<'a> {
    type Ok = ();
    type Error = AttributeError;
    type SerializeSeq = Parts<'a>;
    type SerializeTuple = Parts<'a>;
    type SerializeTupleStruct = Parts<'a>;
    type SerializeTupleVariant = Parts<'a>;
    type SerializeMap = Parts<'a>;
    type SerializeStruct = Parts<'a>;
    type SerializeStructVariant = Parts<'a>;

    plain! {
        serialize_bool: bool,
        serialize_i8: i8,
        serialize_i16: i16,
        serialize_i32: i32,
        serialize_i64: i64,
        serialize_i128: i128,
        serialize_u8: u8,
        serialize_u16: u16,
        serialize_u32: u32,
        serialize_u64: u64,
        serialize_u128: u128,
    }

    fn serialize_f32(self, number: f32) -> Result<(), AttributeError> {
        match number.is_finite() {
            // The shortest digits of the `f32`, not those of the `f64` of the same value.
            true => self.plain(format_args!("{number:?}")),
            false => self.serialize_f64(number.into()),
        }
    }

    fn serialize_f64(self, number: f64) -> Result<(), AttributeError> {
        self.plain(Attribute::from(number))
    }

    fn serialize_char(self, letter: char) -> Result<(), AttributeError> {
        self.quoted(letter.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, text: &str) -> Result<(), AttributeError> {
        self.quoted(text)
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Result<(), AttributeError> {
        bytes.serialize(self)
    }

    fn serialize_none(self) -> Result<(), AttributeError> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), AttributeError> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), AttributeError> {
        self.plain("null")
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), AttributeError> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<(), AttributeError> {
        self.quoted(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<(), AttributeError> {
        if name != EXACT {
            return value.serialize(self);
        }
        let mut token = String::new();
        value.serialize(Writer(&mut token))?;
        self.plain(token.trim_matches('"'))
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), AttributeError> {
        let mut map = self.serialize_map(Some(1))?;
        map.serialize_entry(variant, value)?;
        SerializeMap::end(map)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Parts<'a>, AttributeError> {
        Ok(self.parts(None, '[', "]"))
    }

    fn serialize_tuple(self, _: usize) -> Result<Parts<'a>, AttributeError> {
        Ok(self.parts(None, '[', "]"))
    }

    fn serialize_tuple_struct(
        self,
        _: &'static str,
        _: usize,
    ) -> Result<Parts<'a>, AttributeError> {
        Ok(self.parts(None, '[', "]"))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Parts<'a>, AttributeError> {
        Ok(self.parts(Some(variant), '[', "]}"))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Parts<'a>, AttributeError> {
        Ok(self.parts(None, '{', "}"))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Parts<'a>, AttributeError> {
        Ok(self.parts(None, '{', "}"))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Parts<'a>, AttributeError> {
        Ok(self.parts(Some(variant), '{', "}}"))
    }
}

/// The elements of a list, or the members of an object.
struct Parts<'a> {
    text: &'a mut String,
    close: &'static str,
    first: bool,
}

impl Parts<'_> {
    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), AttributeError> {
        if !std::mem::take(&mut self.first) {
            self.text.push(',');
        }
        value.serialize(Writer(self.text))
    }

    fn member<T: Serialize + ?Sized>(
        &mut self,
        key: &str,
        value: &T,
    ) -> Result<(), AttributeError> {
        self.element(key)?;
        self.text.push(':');
        value.serialize(Writer(self.text))
    }

    fn end(self) -> Result<(), AttributeError> {
        self.text.push_str(self.close);
        Ok(())
    }
}

/// The text of a map's key: JSON has no others.
fn key_text<T: Serialize + ?Sized>(key: &T) -> Result<String, AttributeError> {
    match Attribute::of(key)?.value {
        Value::String(text) => Ok(text),
        plain @ (Value::Number(_) | Value::Bool(_)) => Ok(plain.to_string()),
        other => {
            let text = format!("the name of an attribute is a text, found {other}");
            Err(AttributeError::custom(text))
        }
    }
}

macro_rules! elements {
    ($($trait:ident: $method:ident),*) => {$(
        impl $trait for Parts<'_> {
            type Ok = ();
            type Error = AttributeError;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), AttributeError> {
                self.element(value)
            }

            fn end(self) -> Result<(), AttributeError> {
                self.end()
            }
        }
    )*};
}
elements! {
    SerializeSeq: serialize_element,
    SerializeTuple: serialize_element,
    SerializeTupleStruct: serialize_field,
    SerializeTupleVariant: serialize_field
}

macro_rules! members {
    ($($trait:ident),*) => {$(
        impl $trait for Parts<'_> {
            type Ok = ();
            type Error = AttributeError;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                key: &'static str,
                value: &T,
            ) -> Result<(), AttributeError> {
                self.member(key, value)
            }

            fn end(self) -> Result<(), AttributeError> {
                self.end()
            }
        }
    )*};
}
members!(SerializeStruct, SerializeStructVariant);

impl SerializeMap for Parts<'_> {
    type Ok = ();
    type Error = AttributeError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), AttributeError> {
        let key = key_text(key)?;
        self.element(&key)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), AttributeError> {
        self.text.push(':');
        value.serialize(Writer(self.text))
    }

    fn end(self) -> Result<(), AttributeError> {
        self.end()
    }
}
