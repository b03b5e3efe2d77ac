//! All that an application sets about retries.

use std::collections::BTreeMap;

use serde::de::{Deserialize, Deserializer, Error};
use serde::ser::{Serialize, Serializer};
use serde::{Deserialize as DeriveDeserialize, Serialize as DeriveSerialize};

use super::host_name::HostName;
use super::host_settings::{HostKeys, HostSettings};
use crate::budget::BudgetSettings;
use crate::error::SettingsError;
#[cfg(feature = "http")]
use crate::http::HttpSettings;
use crate::policy::PolicySettings;

/// All that an application sets about retries: a policy, a budget, HTTP rules, and what differs by host.
///
/// | key | value |
/// |---|---|
/// | `policy` | [`PolicySettings`] |
/// | `budget` | [`BudgetSettings`] |
/// | `http` | `HttpSettings`, with the feature `http` |
/// | `hosts` | a table by host, of the same three keys |
///
/// The policy of a host has the keys of `policy` that it does not set itself. A budget or HTTP rules of a host replace
/// the common ones. A host is `api.example.org`, with a port if the application asks with ports, or `*.example.org` for
/// every host below that domain. The longest name that fits decides.
///
/// # Examples
///
/// ```
/// use backoff_settings::RetrySettings;
///
/// let settings: RetrySettings = toml::from_str(r#"
///     policy = { base = "200ms", max_attempts = 4 }
///     budget = { kind = "token", capacity = 500, cost = 5 }
///
///     [hosts."*.example.org".policy]
///     max_attempts = 2
/// "#)?;
/// let attempts = |host| settings.of_host(host).policy.policy().max_attempts();
/// assert_eq!((attempts("api.example.org"), attempts("example.com")), (Some(2), Some(4)));
/// # Ok::<(), toml::de::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RetrySettings {
    common: HostSettings,
    keys: BTreeMap<String, HostKeys>,
    hosts: Vec<(HostName, HostSettings)>,
}

#[derive(Debug, Default, DeriveDeserialize)]
#[cfg_attr(feature = "schemars-1", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
struct RetryKeys {
    /// The policy of all hosts.
    policy: PolicySettings,
    /// The budget of each host.
    budget: BudgetSettings,
    /// The HTTP rules of all hosts.
    #[cfg(feature = "http")]
    http: HttpSettings,
    /// What differs by host.
    hosts: BTreeMap<String, HostKeys>,
}

/// [`RetryKeys`] by reference.
#[derive(DeriveSerialize)]
struct RetryKeysRef<'s> {
    policy: &'s PolicySettings,
    budget: &'s BudgetSettings,
    #[cfg(feature = "http")]
    http: &'s HttpSettings,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    hosts: &'s BTreeMap<String, HostKeys>,
}

impl RetrySettings {
    /// Returns what applies to a host. Case makes no difference.
    #[must_use]
    pub fn of_host(&self, host: &str) -> &HostSettings {
        let host = host.to_lowercase();
        let fits = self
            .hosts
            .iter()
            .filter_map(|(name, settings)| Some((name.fit(&host)?, settings)));
        fits.max_by_key(|(fit, _)| *fit)
            .map_or(&self.common, |(_, settings)| settings)
    }

    /// Returns what applies to the hosts that are not named.
    #[must_use]
    pub const fn common(&self) -> &HostSettings {
        &self.common
    }

    /// Returns the names of the hosts that have settings of their own, in lower case.
    pub fn hosts(&self) -> impl Iterator<Item = &str> {
        self.hosts.iter().map(|(name, _)| name.as_str())
    }

    /// Replaces the policy of all hosts. The hosts keep the keys that they set themselves.
    ///
    /// # Errors
    ///
    /// Fails if a key of a host contradicts the new policy.
    ///
    /// # Examples
    ///
    /// The environment over a file:
    ///
    /// ```
    /// use backoff_settings::RetrySettings;
    ///
    /// let settings: RetrySettings = toml::from_str("policy.max_attempts = 4")?;
    /// let policy = settings.common().policy.with_environment("ORDERS_RETRY")?;
    /// let settings = settings.with_policy(policy)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn with_policy(&self, policy: PolicySettings) -> Result<Self, SettingsError> {
        Self::of(RetryKeys {
            policy,
            budget: self.common.budget,
            #[cfg(feature = "http")]
            http: self.common.http.clone(),
            hosts: self.keys.clone(),
        })
    }

    fn of(keys: RetryKeys) -> Result<Self, SettingsError> {
        let common = HostSettings {
            policy: keys.policy,
            budget: keys.budget,
            #[cfg(feature = "http")]
            http: keys.http,
        };
        let mut hosts: Vec<(HostName, HostSettings)> = Vec::new();
        for (text, keys) in &keys.hosts {
            let name = HostName::parse(text)?;
            let within = |error: SettingsError| error.within(&format!("hosts.{text:?}"));
            if hosts.iter().any(|(other, _)| *other == name) {
                let twice = SettingsError::new("", "the host is there twice, in another case");
                return Err(within(twice));
            }
            hosts.push((name, keys.over(&common).map_err(within)?));
        }
        Ok(Self {
            common,
            keys: keys.hosts,
            hosts,
        })
    }
}

impl Serialize for RetrySettings {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        RetryKeysRef {
            policy: &self.common.policy,
            budget: &self.common.budget,
            #[cfg(feature = "http")]
            http: &self.common.http,
            hosts: &self.keys,
        }
        .serialize(to)
    }
}

impl<'de> Deserialize<'de> for RetrySettings {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Self::of(RetryKeys::deserialize(from)?).map_err(Error::custom)
    }
}

#[cfg(feature = "schemars-1")]
#[cfg_attr(docsrs, doc(cfg(feature = "schemars-1")))]
impl schemars::JsonSchema for RetrySettings {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "RetrySettings".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        RetryKeys::json_schema(generator)
    }
}
