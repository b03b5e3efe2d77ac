//! A budget as data.

use serde::de::{Deserialize, Deserializer, Error};
use serde::ser::{Serialize, Serializer};

use super::any_budget::AnyBudget;
use super::keys::BudgetKeys;

/// A budget as data: its kind, and the settings of that kind.
///
/// | `kind` | in the Rust API | settings that it needs | settings with a default |
/// |---|---|---|---|
/// | `"concurrency"` | `ConcurrencyBudget` | `share` | `min_retries` = 3 |
/// | `"ratio"` | `RatioBudget` | `share` | `reserve` = 10 per second, `window` = `"10s"`, from 1 s to 60 s |
/// | `"request"` | `RequestBudget` | `retries`, from 0 to 1,023; `waiting`, at most 69 minutes | |
/// | `"throttle"` | `ThrottleBudget` | `max_tokens`, from 1 to 1,000; `thousandths` | |
/// | `"token"` | `TokenBudget` | `capacity`, `cost` | `doubtful_cost`, `throttled_cost`, `transient_cost` = `cost`; `reward` = 1 |
/// | `"unlimited"`, the default | `Unlimited` | | |
///
/// A share is a text, `"1/5"`, or a list, `[1, 5]`.
///
/// # Examples
///
/// The budget of the AWS SDKs' standard mode, version 2.1:
///
/// ```
/// use backoff_settings::{AnyBudget, BudgetSettings};
///
/// let settings: BudgetSettings = toml::from_str("kind = 'token'\ncapacity = 500\ncost = 14\nthrottled_cost = 5")?;
/// let AnyBudget::Token(budget) = settings.budget() else { panic!("another kind") };
/// assert_eq!(budget.tokens(), 500);
///
/// let error = toml::from_str::<BudgetSettings>("kind = 'token'\nshare = '1/5'").unwrap_err();
/// assert_eq!(error.message(), "share: a budget of the kind token has no such setting");
/// # Ok::<(), toml::de::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct BudgetSettings(BudgetKeys);

impl BudgetSettings {
    pub(crate) fn throttle(max_tokens: u32, thousandths: u32) -> Self {
        Self(BudgetKeys::throttle(max_tokens, thousandths))
    }

    /// Makes a budget, full and without calls. Calls share it by reference.
    #[must_use]
    pub fn budget(&self) -> AnyBudget {
        self.0.budget()
    }
}

impl Serialize for BudgetSettings {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(to)
    }
}

impl<'de> Deserialize<'de> for BudgetSettings {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let keys = BudgetKeys::deserialize(from)?;
        keys.check().map_err(Error::custom)?;
        Ok(Self(keys))
    }
}

#[cfg(feature = "schemars-1")]
#[cfg_attr(docsrs, doc(cfg(feature = "schemars-1")))]
impl schemars::JsonSchema for BudgetSettings {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "BudgetSettings".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        BudgetKeys::json_schema(generator)
    }
}
