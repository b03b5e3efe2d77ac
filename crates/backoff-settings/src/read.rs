//! Reads settings from any format.

use serde::de::value::{self, MapDeserializer};
use serde::de::{Deserializer, IntoDeserializer, Visitor};
use serde::{Deserialize, forward_to_deserialize_any};

use crate::error::SettingsError;

/// Reads settings, or any other data, and says at which path a mistake is.
///
/// The formats say where a mistake is in the text: TOML by line and column, JSON and YAML too. This function adds the
/// path of the keys that lead there.
///
/// # Errors
///
/// Fails as the deserializer fails. The message is the one of the format.
///
/// # Examples
///
/// ```
/// use backoff_settings::{PolicySettings, read};
///
/// #[derive(Debug, serde::Deserialize)]
/// struct Config {
///     retry: PolicySettings,
/// }
///
/// let json = r#"{ "retry": { "max_attempts": 0 } }"#;
/// let error = read::<Config, _>(&mut serde_json::Deserializer::from_str(json)).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "retry.max_attempts: \"0\" is not a number of attempts from 1 to 4294967295, or \"forever\" at line 1 column 30",
/// );
/// ```
pub fn read<'de, T, D>(from: D) -> Result<T, SettingsError>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    serde_path_to_error::deserialize(from).map_err(|error| {
        let path = error.path().to_string();
        let message = error.inner().to_string();
        // A value of the crate `toml` that did not come from a text names the path too, on a line of its own.
        let (message, _) = message.split_once("\nin `").unwrap_or((&message, ""));
        SettingsError {
            path: if path == "." { String::new() } else { path },
            message: message.trim_end().to_owned(),
        }
    })
}

/// Reads pairs of a key and a text, such as those of environment variables.
pub(crate) fn read_pairs<T: for<'de> Deserialize<'de>>(
    pairs: impl Iterator<Item = (String, String)>,
) -> Result<T, SettingsError> {
    let pairs = pairs.map(|(key, text)| (key, Given(text)));
    read(MapDeserializer::<_, value::Error>::new(pairs))
}

/// A text that is given, also where it need not be.
struct Given(String);

impl IntoDeserializer<'_> for Given {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Given {
    type Error = value::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_string(self.0)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_some(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        self.0
            .into_deserializer()
            .deserialize_enum(name, variants, visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        newtype_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}
