//! Rules about faults and headers, as data.

use backoff_http::{FaultRule, HeaderRule};
use serde::{Deserialize, Serialize};

use super::field_name::{FieldName, interned};
use super::names::{FaultName, KindName, SentName};
use crate::error::SettingsError;
use crate::interned::Interned;
use crate::value::Text;

/// A rule about a fault.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schemars-1", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct FaultKeys {
    fault: FaultName,
    kind: KindName,
    /// How far the request got; the default is that this makes no difference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sent: Option<SentName>,
}

impl FaultKeys {
    pub(super) fn rule(&self) -> FaultRule {
        let rule = FaultRule::new(self.fault.value(), self.kind.value());
        match self.sent {
            None => rule,
            Some(sent) => rule.when(sent.value()),
        }
    }
}

/// A rule about a header: with any value, or with one of the last three.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schemars-1", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct HeaderKeys {
    name: Text<FieldName>,
    kind: KindName,
    /// The whole value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    is: Option<String>,
    /// Names of errors, one of which the value has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    names: Option<Vec<String>>,
    /// The start of the value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    starts_with: Option<String>,
}

impl HeaderKeys {
    pub(super) fn rule(&self) -> Result<HeaderRule, SettingsError> {
        let (name, kind) = (self.name.0.interned(), self.kind.value());
        Ok(match (&self.is, &self.names, &self.starts_with) {
            (None, None, None) => HeaderRule::present(name, kind),
            (Some(value), None, None) => HeaderRule::is(name, interned(value), kind),
            (None, Some(errors), None) => HeaderRule::names(name, interned_list(errors), kind),
            (None, None, Some(value)) => HeaderRule::starts_with(name, interned(value), kind),
            _ => {
                let message = format!("{name} can have only one of is, names and starts_with");
                return Err(SettingsError::new("headers", message));
            }
        })
    }
}

fn interned_list(texts: &[String]) -> &'static [&'static str] {
    static LISTS: Interned<Vec<&'static str>, [&'static str]> = Interned::new();
    let texts = texts.iter().map(|text| interned(text)).collect();
    LISTS.get(texts, |texts| texts.as_slice().into())
}
