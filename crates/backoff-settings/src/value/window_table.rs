//! The table of a steps schedule.

use std::fmt;
use std::time::Duration;

use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};
use serde::ser::{Serialize, Serializer};

use super::span::parse_duration;
use super::text::Text;

/// The windows of a steps schedule, at least one.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct WindowTable(Vec<Duration>);

/// A table lives as long as the program, so its length has a limit.
const MAX_WINDOWS: usize = 1_000;

const EXPECTED: &str = "a list of 1 to 1000 durations, such as [\"1s\", \"5s\"] or \"1s, 5s\"";

impl WindowTable {
    /// Makes a table. An empty one is a single window of zero, because retries follow at once by both.
    pub(crate) fn of(windows: &[Duration]) -> Self {
        match windows {
            [] => Self(vec![Duration::ZERO]),
            windows => Self(windows.iter().copied().take(MAX_WINDOWS).collect()),
        }
    }

    pub(crate) fn windows(&self) -> &[Duration] {
        &self.0
    }

    fn checked<E: Error>(windows: Vec<Duration>) -> Result<Self, E> {
        match windows.len() {
            1..=MAX_WINDOWS => Ok(Self(windows)),
            count => Err(E::custom(format_args!(
                "{count} windows are not {EXPECTED}"
            ))),
        }
    }
}

impl Serialize for WindowTable {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.0.iter().copied().map(Text))
    }
}

impl<'de> Deserialize<'de> for WindowTable {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(TableVisitor)
    }
}

struct TableVisitor;

impl<'de> Visitor<'de> for TableVisitor {
    type Value = WindowTable;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(EXPECTED)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<WindowTable, E> {
        let windows = text.split(',').map(|window| parse_duration(window.trim()));
        WindowTable::checked(windows.collect::<Result<_, _>>().map_err(E::custom)?)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<WindowTable, A::Error> {
        let mut windows = Vec::new();
        while let Some(Text(window)) = list.next_element()? {
            windows.push(window);
        }
        WindowTable::checked(windows)
    }
}

#[cfg(feature = "schemars-1")]
impl schemars::JsonSchema for WindowTable {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "WindowTable".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": ["string", "array"], "title": EXPECTED })
    }
}
