//! `Attributes`: the user's metadata of a node, with every number as it was written. JSON values in memory
//! hold no NaN, no infinity and no whole number beyond 64 bits; documents that Python writes have all of
//! them.

mod serialize;

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Deref;
use std::str::FromStr;

use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use crate::indent::Indent;
use crate::pointer::{JsonPlace, JsonPointer};
use crate::problem::{MetadataError, ProblemKind, Problems};
use crate::raw_members::push_members;
use crate::read::refused;
use crate::scan;

pub use serialize::AttributeError;

/// The numbers that a [`Value`] cannot hold, as documents spell them, by their places. In the map each has a
/// stand-in: the string of the same letters, or the nearest float.
type ExactNumbers = BTreeMap<String, String>;

/// The attributes of a node: any JSON object, in the order in which its author wrote it.
///
/// It dereferences to a map. Numbers that no [`Value`] can hold are kept beside the map and written again as
/// they were: `NaN` and the infinities, which Python writes bare, and whole numbers beyond 64 bits. In the
/// map each has a stand-in: a string, or the nearest float.
///
/// ```
/// use zarr_metadata::{Attribute, Attributes};
///
/// let mut attributes: Attributes = r#"{"missing_value": NaN, "label": "NaN"}"#.parse()?;
/// assert_eq!(attributes["missing_value"], "NaN");
/// assert_eq!(attributes.to_string(), r#"{"missing_value":NaN,"label":"NaN"}"#);
/// attributes.set("valid_max", f64::INFINITY);
/// attributes.insert("missing_value".to_owned(), "NaN".into());
/// assert_eq!(attributes.to_string(), r#"{"missing_value":"NaN","label":"NaN","valid_max":Infinity}"#);
/// # Ok::<(), zarr_metadata::MetadataError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Attributes {
    members: Map<String, Value>,
    exact: ExactNumbers,
}

/// One attribute: a JSON value, or a number that JSON does not have.
///
/// ```
/// use zarr_metadata::Attribute;
///
/// assert_eq!(Attribute::from(f64::NAN).to_string(), "NaN");
/// let limits: Attribute = "[-Infinity, 123456789012345678901234567890]".parse()?;
/// assert_eq!(limits.to_string(), "[-Infinity,123456789012345678901234567890]");
/// # Ok::<(), zarr_metadata::MetadataError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Attribute {
    value: Value,
    exact: ExactNumbers,
}

impl Attributes {
    /// No attributes.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// These, with the numbers of the text that they were read from.
    pub(crate) fn keep_exact(
        &mut self,
        text: &str,
        at: &JsonPlace<'_>,
        problems: &mut Problems,
    ) -> Option<()> {
        let Some(exact) = scan::exact(text) else {
            problems.push(at, too_many());
            return None;
        };
        self.exact = exact;
        Some(())
    }

    /// Sets an attribute, or replaces it in its place.
    pub fn set(&mut self, key: impl Into<String>, attribute: impl Into<Attribute>) {
        let (key, Attribute { value, exact }) = (key.into(), attribute.into());
        self.forget(&key);
        let place = place(&key);
        let exact = exact.into_iter();
        self.exact
            .extend(exact.map(|(below, token)| (format!("{place}{below}"), token)));
        self.members.insert(key, value);
    }

    /// Sets an attribute to a JSON value, and returns what was there.
    pub fn insert(&mut self, key: String, value: Value) -> Option<Value> {
        self.forget(&key);
        self.members.insert(key, value)
    }

    /// Removes an attribute, and returns it; the others keep their order.
    pub fn shift_remove(&mut self, key: &str) -> Option<Value> {
        self.forget(key);
        self.members.shift_remove(key)
    }

    /// Removes all attributes.
    pub fn clear(&mut self) {
        *self = Self::new();
    }

    /// Keeps the attributes for which `keep` is true.
    pub fn retain(&mut self, mut keep: impl FnMut(&str, &Value) -> bool) {
        let gone = self.members.iter().filter(|(key, value)| !keep(key, value));
        let gone: Vec<String> = gone.map(|(key, _)| key.clone()).collect();
        for key in gone {
            self.shift_remove(&key);
        }
    }

    /// Sets all of these, replacing those of the same names.
    pub fn merge(&mut self, new: &Self) {
        for key in new.members.keys() {
            if let Some(attribute) = new.attribute(key) {
                self.set(key, attribute);
            }
        }
    }

    /// The attribute of this name, with its numbers as they are written.
    #[must_use]
    pub fn attribute(&self, key: &str) -> Option<Attribute> {
        let value = self.members.get(key)?.clone();
        let exact = below(&self.exact, &place(key));
        Some(Attribute { value, exact })
    }

    /// The places of numbers that JSON does not have: few readers but Python's take a document with one of
    /// them.
    #[must_use]
    pub fn bare_numbers(&self) -> Vec<&str> {
        let all = self.exact.iter();
        let bare = all.filter(|(at, token)| {
            let value = self.pointer(at);
            scan::is_bare(token) && value.is_some_and(|value| *value == stand_in(token))
        });
        bare.map(|(at, _)| at.as_str()).collect()
    }

    fn pointer(&self, at: &str) -> Option<&Value> {
        let mut keys = at.splitn(3, '/').skip(1);
        let key = keys.next()?.replace("~1", "/").replace("~0", "~");
        let value = self.members.get(&key)?;
        match keys.next() {
            None => Some(value),
            Some(below) => value.pointer(&format!("/{below}")),
        }
    }

    /// Forgets the numbers of what is replaced or taken away.
    fn forget(&mut self, key: &str) {
        if self.exact.is_empty() {
            return;
        }
        let place = place(key);
        self.exact
            .retain(|at, _| !at.strip_prefix(&place).is_some_and(is_below));
    }

    /// The text in a spelling that any JSON reader takes: see [`scan::marked`].
    pub(crate) fn marked_text(&self) -> String {
        let mut text = String::new();
        self.push_marked(&mut text);
        text
    }

    /// Appends [`marked_text`](Self::marked_text).
    pub(crate) fn push_marked(&self, text: &mut String) {
        members(&self.members, &self.exact, &JsonPointer::root(), text);
    }
}

fn shown(marked: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let text = scan::unmarked(marked);
    match f.alternate() {
        true => f.write_str(&Indent::default().laid_out(&text)),
        false => f.write_str(&text),
    }
}

fn too_many() -> ProblemKind {
    let limit = scan::MOST as u64;
    ProblemKind::Limit {
        what: "bytes of places of numbers that JSON does not have",
        found: limit + 1,
        limit,
    }
}

/// The place of an attribute.
fn place(key: &str) -> String {
    JsonPointer::root().key(key).as_str().to_owned()
}

/// The numbers at a place and within it, by their places from there.
fn below(exact: &ExactNumbers, place: &str) -> ExactNumbers {
    let exact = exact.iter().filter_map(|(at, token)| {
        let below = at.strip_prefix(place)?;
        is_below(below).then(|| (below.to_owned(), token.clone()))
    });
    exact.collect()
}

/// Whether what follows a place is within it.
fn is_below(rest: &str) -> bool {
    rest.is_empty() || rest.starts_with('/')
}

/// What a JSON reader makes of a number that it cannot hold.
fn stand_in(token: &str) -> Value {
    match scan::is_bare(token) {
        true => token.into(),
        false => serde_json::from_str(token).unwrap_or_default(),
    }
}

fn element(value: &Value, exact: &ExactNumbers, at: &JsonPointer, text: &mut String) {
    if let Some(token) = exact.get(at.as_str())
        && stand_in(token) == *value
    {
        text.push_str(scan::mark(token).unwrap_or(token));
        return;
    }
    match value {
        Value::Object(map) => members(map, exact, at, text),
        Value::Array(items) => {
            text.push('[');
            for (i, item) in items.iter().enumerate() {
                text.push_str(if i > 0 { "," } else { "" });
                element(item, exact, &at.clone().index(i), text);
            }
            text.push(']');
        }
        other => text.push_str(&other.to_string()),
    }
}

fn members(map: &Map<String, Value>, exact: &ExactNumbers, at: &JsonPointer, text: &mut String) {
    let members = map.iter().map(|(key, value)| (key.as_str(), value));
    push_members(text, members, |text, key, value| match exact.is_empty() {
        true => text.push_str(&value.to_string()),
        false => element(value, exact, &at.clone().key(key), text),
    });
}

/// The map, in which numbers that no [`Value`] can hold have stand-ins.
impl Deref for Attributes {
    type Target = Map<String, Value>;

    fn deref(&self) -> &Self::Target {
        &self.members
    }
}

impl From<Map<String, Value>> for Attributes {
    fn from(members: Map<String, Value>) -> Self {
        let exact = ExactNumbers::new();
        Self { members, exact }
    }
}

/// With stand-ins for numbers that no [`Value`] can hold.
impl From<Attributes> for Value {
    fn from(attributes: Attributes) -> Self {
        attributes.members.into()
    }
}

impl FromIterator<(String, Value)> for Attributes {
    fn from_iter<I: IntoIterator<Item = (String, Value)>>(members: I) -> Self {
        Map::from_iter(members).into()
    }
}

/// Each with its numbers as they are written.
impl IntoIterator for Attributes {
    type Item = (String, Attribute);
    type IntoIter = std::vec::IntoIter<(String, Attribute)>;

    fn into_iter(self) -> Self::IntoIter {
        let keys = self.members.keys();
        let all = keys.filter_map(|key| Some((key.clone(), self.attribute(key)?)));
        all.collect::<Vec<_>>().into_iter()
    }
}

impl<'a> IntoIterator for &'a Attributes {
    type Item = (&'a String, &'a Value);
    type IntoIter = serde_json::map::Iter<'a>;

    fn into_iter(self) -> Self::IntoIter {
        self.members.iter()
    }
}

/// The object as documents have it, on one line, or indented by `{:#}`.
impl fmt::Display for Attributes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        shown(&self.marked_text(), f)
    }
}

/// Reads an object as documents have it, with Python's numbers.
impl FromStr for Attributes {
    type Err = MetadataError;

    fn from_str(text: &str) -> Result<Self, MetadataError> {
        let text = scan::marked(text.as_bytes());
        let text = String::from_utf8_lossy(&text);
        let members = serde_json::from_str(&text).map_err(|error| refused(&error))?;
        let exact = scan::exact(&text);
        let exact = exact.ok_or_else(|| MetadataError::new(&JsonPlace::ROOT, too_many()))?;
        Ok(Self { members, exact })
    }
}

impl<'de> Deserialize<'de> for Attributes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Map::deserialize(deserializer).map(Self::from)
    }
}

impl Attribute {
    /// The value, in which numbers that it cannot hold have stand-ins.
    #[must_use]
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// The members of an object.
    ///
    /// # Errors
    /// The value itself, where it is not an object.
    pub fn into_object(self) -> Result<Attributes, Self> {
        let Self { value, exact } = self;
        match value {
            Value::Object(members) => Ok(Attributes { members, exact }),
            value => Err(Self { value, exact }),
        }
    }
}

impl From<Value> for Attribute {
    fn from(value: Value) -> Self {
        let exact = ExactNumbers::new();
        Self { value, exact }
    }
}

impl From<Map<String, Value>> for Attribute {
    fn from(members: Map<String, Value>) -> Self {
        Value::from(members).into()
    }
}

impl From<Attributes> for Attribute {
    fn from(attributes: Attributes) -> Self {
        let Attributes { members, exact } = attributes;
        let value = members.into();
        Self { value, exact }
    }
}

/// A number, including those that JSON does not have.
impl From<f64> for Attribute {
    fn from(number: f64) -> Self {
        let token = match number {
            number if number.is_nan() => "NaN",
            f64::INFINITY => "Infinity",
            f64::NEG_INFINITY => "-Infinity",
            number => return Value::from(number).into(),
        };
        Self {
            value: stand_in(token),
            exact: ExactNumbers::from([(String::new(), token.to_owned())]),
        }
    }
}

/// The value as documents have it, on one line, or indented by `{:#}`.
impl fmt::Display for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        element(&self.value, &self.exact, &JsonPointer::root(), &mut text);
        shown(&text, f)
    }
}

/// Reads a value as documents have it, with Python's numbers.
impl FromStr for Attribute {
    type Err = MetadataError;

    fn from_str(text: &str) -> Result<Self, MetadataError> {
        let text = scan::marked(text.as_bytes());
        let text = String::from_utf8_lossy(&text);
        let value = serde_json::from_str(&text).map_err(|error| refused(&error))?;
        let exact = scan::exact(&text);
        let exact = exact.ok_or_else(|| MetadataError::new(&JsonPlace::ROOT, too_many()))?;
        Ok(Self { value, exact })
    }
}

#[cfg(test)]
mod tests;
