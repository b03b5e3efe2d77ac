//! The keys of HTTP rules.

use backoff_http::{EnvoyRetryOn, FaultRule, GrpcRules, HeaderRule, Methods, Rules, StatusRule};
use serde::{Deserialize, Serialize};

use super::delay_keys::DelayKeys;
use super::names::{EnvoyName, GrpcName, MethodName, MethodSet};
use super::preset::Preset;
use super::rule_keys::{FaultKeys, HeaderKeys};
use super::status_keys::{StatusKeys, StatusRange};
use crate::error::SettingsError;
use crate::value::Text;

/// The keys of HTTP rules. A key that is missing has the value of the preset.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schemars-1", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub(super) struct HttpKeys {
    /// The rules that these keys change; the default is `default`.
    preset: Preset,
    /// The groups of failures that the preset `envoy` retries.
    #[serde(skip_serializing_if = "Option::is_none")]
    envoy_retry_on: Option<Vec<EnvoyName>>,
    /// What statuses mean, by class.
    #[serde(skip_serializing_if = "is_default")]
    statuses: StatusKeys,
    /// Those among `statuses` by which the server says that it did not process the request.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    refusals: Vec<Text<StatusRange>>,
    /// Whether a refused request is repeated by any method; the default is true.
    #[serde(skip_serializing_if = "Option::is_none")]
    repeat_refused: Option<bool>,
    /// What faults mean.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    faults: Vec<FaultKeys>,
    /// What headers mean.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    headers: Vec<HeaderKeys>,
    /// The methods of requests that may be repeated though they may have been processed.
    #[serde(skip_serializing_if = "Option::is_none")]
    methods: Option<MethodKeys>,
    /// The statuses of gRPC that are retried; `grpc-status` is then read.
    #[serde(skip_serializing_if = "Option::is_none")]
    grpc: Option<Vec<Text<GrpcName>>>,
    /// Whether header rules apply to successes too.
    #[serde(skip_serializing_if = "is_default")]
    every_response: bool,
    /// Which fields are read for a delay, and how.
    #[serde(skip_serializing_if = "is_default")]
    delays: DelayKeys,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// The name of a set of methods, or a list of methods.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schemars-1", derive(schemars::JsonSchema))]
#[serde(
    untagged,
    expecting = "expected \"all\", \"idempotent\", \"none\", \"safe\", or a list of methods in capitals"
)]
enum MethodKeys {
    List(Vec<Text<MethodName>>),
    Set(MethodSet),
}

/// The tables of rules that settings add to a preset.
pub(super) struct Tables {
    pub(super) statuses: Vec<StatusRule>,
    pub(super) faults: Vec<FaultRule>,
    pub(super) headers: Vec<HeaderRule>,
}

impl HttpKeys {
    /// Makes the tables, or says which key is wrong.
    pub(super) fn tables(&self) -> Result<Tables, SettingsError> {
        let is_envoy = self.preset == Preset::Envoy;
        if is_envoy != self.envoy_retry_on.is_some() {
            let message = "the preset envoy needs it, and no other preset has it";
            return Err(SettingsError::new("envoy_retry_on", message));
        }
        let headers = self.headers.iter().map(HeaderKeys::rule);
        Ok(Tables {
            statuses: self.statuses.rules(&self.refusals)?,
            faults: self.faults.iter().map(FaultKeys::rule).collect(),
            headers: headers.collect::<Result<_, _>>()?,
        })
    }

    /// Makes the rules, which refer to these tables.
    pub(super) fn rules<'t>(&self, tables: &'t Tables) -> Rules<'t> {
        let mut rules = self.preset.rules().unwrap_or_else(|| {
            let groups = self.envoy_retry_on.iter().flatten();
            Rules::envoy(groups.fold(EnvoyRetryOn::NONE, |set, group| set.and(group.value())))
        });
        if !tables.statuses.is_empty() {
            rules = rules.with_statuses(&tables.statuses);
        }
        if !tables.faults.is_empty() {
            rules = rules.with_faults(&tables.faults);
        }
        if !tables.headers.is_empty() {
            rules = rules.with_headers(&tables.headers);
        }
        if self.repeat_refused == Some(false) {
            rules = rules.without_refusals();
        }
        rules = match &self.methods {
            None => rules,
            Some(MethodKeys::Set(set)) => rules.with_methods(set.value()),
            Some(MethodKeys::List(list)) => {
                let set = list
                    .iter()
                    .fold(Methods::NONE, |set, Text(name)| set.with(name.0));
                rules.with_methods(set)
            }
        };
        if let Some(statuses) = &self.grpc {
            let set = statuses
                .iter()
                .fold(GrpcRules::NONE, |set, Text(name)| set.with(name.0));
            rules = rules.with_grpc(set);
        }
        if self.every_response {
            rules = rules.reading_every_response();
        }
        let delays = self.delays.over(rules.delays());
        rules.with_delays(delays)
    }
}
