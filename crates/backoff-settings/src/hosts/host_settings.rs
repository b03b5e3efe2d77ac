//! What applies to one host.

use serde::{Deserialize, Serialize};

use crate::budget::BudgetSettings;
use crate::error::SettingsError;
#[cfg(feature = "http")]
use crate::http::HttpSettings;
use crate::policy::{PolicyKeys, PolicySettings};

/// What applies to one host: the policy, the budget, and the HTTP rules.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct HostSettings {
    /// The policy.
    pub policy: PolicySettings,
    /// The budget, of which each host has one.
    pub budget: BudgetSettings,
    /// The HTTP rules.
    #[cfg(feature = "http")]
    #[cfg_attr(docsrs, doc(cfg(feature = "http")))]
    pub http: HttpSettings,
}

/// The keys of one host. A key that is missing has the value that applies to all hosts.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "schemars-1", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub(super) struct HostKeys {
    /// The policy of the host, where it differs.
    policy: PolicyKeys,
    /// The budget of the host, if it is another.
    #[serde(skip_serializing_if = "Option::is_none")]
    budget: Option<BudgetSettings>,
    /// The HTTP rules of the host, if they are others.
    #[cfg(feature = "http")]
    #[serde(skip_serializing_if = "Option::is_none")]
    http: Option<HttpSettings>,
}

impl HostKeys {
    pub(super) fn over(&self, common: &HostSettings) -> Result<HostSettings, SettingsError> {
        let policy = self.policy.clone().over(common.policy.keys());
        Ok(HostSettings {
            policy: PolicySettings::new(policy).map_err(|error| error.within("policy"))?,
            budget: self.budget.unwrap_or(common.budget),
            #[cfg(feature = "http")]
            http: self.http.clone().unwrap_or_else(|| common.http.clone()),
        })
    }
}
