//! A share of calls.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};
use serde::ser::{Serialize, Serializer};

/// A share of calls, such as a fifth.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Share {
    pub(crate) numerator: u16,
    pub(crate) denominator: u16,
}

const EXPECTED: &str = "a share such as \"1/5\" or [1, 5], of numbers from 0 to 65535 and above 0";

impl Share {
    fn new(numerator: u16, denominator: u16) -> Option<Self> {
        (denominator > 0).then_some(Self {
            numerator,
            denominator,
        })
    }

    fn parse(text: &str) -> Option<Self> {
        let (numerator, denominator) = text.split_once('/')?;
        Self::new(numerator.parse().ok()?, denominator.parse().ok()?)
    }
}

impl Serialize for Share {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(&format_args!("{}/{}", self.numerator, self.denominator))
    }
}

impl<'de> Deserialize<'de> for Share {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(ShareVisitor)
    }
}

struct ShareVisitor;

impl<'de> Visitor<'de> for ShareVisitor {
    type Value = Share;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(EXPECTED)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Share, E> {
        Share::parse(text).ok_or_else(|| E::custom(format_args!("{text:?} is not {EXPECTED}")))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Share, A::Error> {
        let numbers = (
            parts.next_element()?,
            parts.next_element()?,
            parts.next_element::<u16>()?,
        );
        let share = match numbers {
            (Some(numerator), Some(denominator), None) => Share::new(numerator, denominator),
            _ => None,
        };
        share.ok_or_else(|| Error::custom(format_args!("the list is not {EXPECTED}")))
    }
}

#[cfg(feature = "schemars-1")]
impl schemars::JsonSchema for Share {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Share".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": ["string", "array"], "title": EXPECTED })
    }
}
