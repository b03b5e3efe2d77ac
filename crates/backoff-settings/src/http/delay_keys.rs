//! Which fields are read for a delay, as data.

use backoff_http::{DelayRules, LimitField};
use serde::{Deserialize, Serialize};

use super::field_name::FieldName;
use super::names::{DelayFieldName, MeaningName, StrictnessName};
use crate::interned::Interned;
use crate::value::Text;

/// Which fields are read for a delay, and how.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schemars-1", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub(super) struct DelayKeys {
    /// The only fields that are read, instead of those of the preset.
    #[serde(skip_serializing_if = "Option::is_none")]
    only: Option<Vec<DelayFieldName>>,
    /// Fields that are read too.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    also: Vec<DelayFieldName>,
    /// Fields that are not read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ignore: Vec<DelayFieldName>,
    /// What `X-RateLimit-Reset` means, which is then read too.
    #[serde(skip_serializing_if = "Option::is_none")]
    x_ratelimit_reset: Option<MeaningName>,
    /// Fields of another vendor.
    #[serde(skip_serializing_if = "Option::is_none")]
    limits: Option<Vec<LimitKeys>>,
    /// How closely values must follow their specification.
    #[serde(skip_serializing_if = "Option::is_none")]
    strictness: Option<StrictnessName>,
    /// Reads whole numbers only.
    #[serde(skip_serializing_if = "is_default")]
    whole_numbers: bool,
    /// Compares moments with the `Date` of the response.
    #[serde(skip_serializing_if = "is_default")]
    server_clock: bool,
}

/// A field that says when a limit is lifted.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schemars-1", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
struct LimitKeys {
    name: Text<FieldName>,
    meaning: MeaningName,
    /// The field that says what is left of the limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    remaining: Option<Text<FieldName>>,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl DelayKeys {
    /// Returns the rules of the preset, changed by these keys.
    pub(super) fn over(&self, preset: DelayRules) -> DelayRules {
        let mut rules = preset;
        if let Some(only) = &self.only {
            for field in DelayFieldName::ALL {
                rules = rules.without(field.value());
            }
            rules = rules.without(backoff_http::DelayField::XRateLimitReset);
            rules = only
                .iter()
                .fold(rules, |rules, field| rules.with(field.value()));
        }
        rules = self
            .also
            .iter()
            .fold(rules, |rules, field| rules.with(field.value()));
        rules = self
            .ignore
            .iter()
            .fold(rules, |rules, field| rules.without(field.value()));
        if let Some(meaning) = self.x_ratelimit_reset {
            rules = rules.with_x_rate_limit_reset(meaning.value());
        }
        if let Some(limits) = &self.limits {
            rules = rules.with_limits(interned(limits));
        }
        if let Some(strictness) = self.strictness {
            rules = rules.with_strictness(strictness.value());
        }
        if self.whole_numbers {
            rules = rules.without_fractions();
        }
        if self.server_clock {
            rules = rules.with_server_clock();
        }
        rules
    }
}

impl LimitKeys {
    fn field(&self) -> LimitField {
        let field = LimitField::new(self.name.0.interned(), self.meaning.value());
        match &self.remaining {
            None => field,
            Some(Text(name)) => field.with_remaining(name.interned()),
        }
    }
}

fn interned(limits: &[LimitKeys]) -> &'static [LimitField] {
    static LISTS: Interned<Vec<LimitField>, [LimitField]> = Interned::new();
    let fields = limits.iter().map(LimitKeys::field).collect();
    LISTS.get(fields, |fields| fields.as_slice().into())
}
