//! A value that people write as text.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, Unexpected, Visitor};
use serde::ser::{Serialize, Serializer};

/// A value that people write as text or as a number, such as a duration.
pub(crate) trait TextValue: Sized {
    /// What is expected, with its article, for error messages.
    const EXPECTED: &'static str;

    /// Whether a number may have a fraction.
    const FRACTIONS: bool = false;

    /// Reads the value. A number arrives as its digits.
    fn parse(text: &str) -> Result<Self, String>;

    /// Writes the value, so that [`parse`](Self::parse) reads it back.
    fn text(&self) -> String;

    /// Returns the number as which the value is written, or `None` if that is a text.
    fn number(&self) -> Option<u64> {
        None
    }
}

/// Says that a text is not what was expected.
pub(crate) fn unexpected<T: TextValue>(text: &str) -> String {
    format!("{text:?} is not {}", T::EXPECTED)
}

/// Reads and writes a [`TextValue`] by serde.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Text<T>(pub(crate) T);

impl<T: TextValue> Serialize for Text<T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self.0.number() {
            Some(number) => to.serialize_u64(number),
            None => to.serialize_str(&self.0.text()),
        }
    }
}

impl<'de, T: TextValue> Deserialize<'de> for Text<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(TextVisitor(PhantomData))
    }
}

struct TextVisitor<T>(PhantomData<T>);

impl<T: TextValue> Visitor<'_> for TextVisitor<T> {
    type Value = Text<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::EXPECTED)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Text<T>, E> {
        T::parse(text).map(Text).map_err(E::custom)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Text<T>, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Text<T>, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Text<T>, E> {
        if T::FRACTIONS {
            self.visit_str(&number.to_string())
        } else {
            Err(E::invalid_type(Unexpected::Float(number), &self))
        }
    }
}

#[cfg(feature = "schemars-1")]
impl<T: TextValue> schemars::JsonSchema for Text<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        T::EXPECTED.into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": ["string", "number"], "title": T::EXPECTED })
    }
}
