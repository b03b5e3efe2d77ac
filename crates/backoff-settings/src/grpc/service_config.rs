//! gRPC's service config.

use std::time::Duration;

use backoff_core::{Exponential, Jitter, Percent, Policy};
use serde::de::{Deserialize, Deserializer, Error};

use super::keys::{MethodKeys, NameKeys, ProtoDuration, RetryKeys, Seconds, ServiceKeys};
use crate::budget::BudgetSettings;
use crate::error::SettingsError;
use crate::policy::PolicySettings;
use crate::value::{Ratio, Text};

/// The part of gRPC's service config that is about retries (gRPC proposal A6, "Integration with Service Config").
///
/// Other keys of a service config are ignored, `hedgingPolicy` included. A method without a `retryPolicy` makes one
/// attempt.
///
/// | key | becomes |
/// |---|---|
/// | `methodConfig[].timeout` | the deadline; none if it is missing |
/// | `maxAttempts`, from 2 on | the limit on attempts; more than 5 count as 5, like in gRPC |
/// | `initialBackoff`, `maxBackoff`, `backoffMultiplier` | the schedule, with a jitter of 20 %; a multiplier below 1 is an error |
/// | `perAttemptRecvTimeout` | the timeout of an attempt |
/// | `retryableStatusCodes` | the names of [`GrpcMethodSettings::retryable`] |
/// | `retryThrottling` | a budget of the kind `throttle` |
///
/// # Examples
///
/// ```
/// use backoff_settings::GrpcServiceConfig;
///
/// let config: GrpcServiceConfig = serde_json::from_str(r#"{
///     "methodConfig": [{
///         "name": [{ "service": "orders.Orders" }],
///         "timeout": "10s",
///         "retryPolicy": {
///             "maxAttempts": 4,
///             "initialBackoff": "0.1s",
///             "maxBackoff": "1s",
///             "backoffMultiplier": 1.6,
///             "retryableStatusCodes": ["UNAVAILABLE"]
///         }
///     }],
///     "retryThrottling": { "maxTokens": 10, "tokenRatio": 0.1 }
/// }"#)?;
/// let method = config.method("orders.Orders", "Create");
/// assert_eq!(
///     method.policy.policy().to_string(),
///     "exponential from 100 ms by 8/5 to 1 s, proportional jitter of 20 %, 4 attempts, 10 s",
/// );
/// assert_eq!(method.retryable, ["UNAVAILABLE"]);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct GrpcServiceConfig {
    methods: Vec<(Vec<NameKeys>, GrpcMethodSettings)>,
    other: GrpcMethodSettings,
    budget: BudgetSettings,
}

/// What a service config says about the retries of one method.
#[derive(Clone, Debug)]
pub struct GrpcMethodSettings {
    /// The policy.
    pub policy: PolicySettings,
    /// The names of the statuses that are retried, in capitals.
    pub retryable: Vec<&'static str>,
}

/// The client-side maximum of gRPC ("Limits on Retries and Hedges").
const MAX_ATTEMPTS: u32 = 5;

/// The jitter of gRPC ("Exponential Backoff"): plus or minus 0.2.
const JITTER: Jitter = Jitter::Proportional(Percent::new(20));

impl GrpcServiceConfig {
    /// Returns the settings of a method. An entry for the method comes before one for its service, and that before one
    /// for all.
    #[must_use]
    pub fn method(&self, service: &str, method: &str) -> &GrpcMethodSettings {
        let find = |service: &str, method: &str| {
            self.methods
                .iter()
                .find(|(names, _)| {
                    names
                        .iter()
                        .any(|name| name.service == service && name.method == method)
                })
                .map(|(_, settings)| settings)
        };
        find(service, method)
            .or_else(|| find(service, ""))
            .or_else(|| find("", ""))
            .unwrap_or(&self.other)
    }

    /// Returns the budget, of which each server has one: `throttle`, or `unlimited` without `retryThrottling`.
    #[must_use]
    pub const fn budget(&self) -> BudgetSettings {
        self.budget
    }
}

#[cfg(feature = "http")]
#[cfg_attr(docsrs, doc(cfg(feature = "http")))]
impl GrpcMethodSettings {
    /// Returns the statuses that are retried as rules of `backoff-http`.
    #[must_use]
    pub fn rules(&self) -> backoff_http::GrpcRules {
        let statuses = self.retryable.iter();
        statuses
            .filter_map(|name| backoff_http::GrpcStatus::parse(name))
            .fold(backoff_http::GrpcRules::NONE, backoff_http::GrpcRules::with)
    }
}

impl<'de> Deserialize<'de> for GrpcServiceConfig {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Self::of(&ServiceKeys::deserialize(from)?).map_err(Error::custom)
    }
}

impl GrpcServiceConfig {
    fn of(keys: &ServiceKeys) -> Result<Self, SettingsError> {
        let mut methods: Vec<(Vec<NameKeys>, _)> = Vec::new();
        for (index, entry) in keys.method_config.iter().enumerate() {
            let within = |error: SettingsError| error.within(&format!("methodConfig[{index}]"));
            let known = methods.iter().flat_map(|(names, _)| names);
            check_names(&entry.name, known).map_err(within)?;
            methods.push((entry.name.clone(), of_method(entry).map_err(within)?));
        }
        let budget = match keys.retry_throttling {
            None => BudgetSettings::default(),
            Some(keys) => {
                let (max_tokens, thousandths) = keys.settings()?;
                BudgetSettings::throttle(max_tokens, thousandths)
            }
        };
        Ok(Self {
            methods,
            other: of_method(&MethodKeys::default())?,
            budget,
        })
    }
}

fn check_names<'n>(
    names: &[NameKeys],
    mut known: impl Iterator<Item = &'n NameKeys>,
) -> Result<(), SettingsError> {
    for name in names {
        if name.service.is_empty() && !name.method.is_empty() {
            return Err(SettingsError::new("name", "a method needs its service"));
        }
    }
    match known.find(|known| names.contains(known)) {
        None => Ok(()),
        Some(NameKeys { service, method }) => {
            let message = format!("{service:?}, {method:?} has an entry already");
            Err(SettingsError::new("name", message))
        }
    }
}

fn of_method(keys: &MethodKeys) -> Result<GrpcMethodSettings, SettingsError> {
    let deadline = keys.timeout.map(duration);
    let (policy, retryable) = match &keys.retry_policy {
        None => (Policy::DEFAULT.with_max_attempts(1), Vec::new()),
        Some(keys) => {
            let within = |error: SettingsError| error.within("retryPolicy");
            (
                policy_of(keys).map_err(within)?,
                retryable_of(keys).map_err(within)?,
            )
        }
    };
    let policy = match deadline {
        None => policy.without_deadline(),
        Some(deadline) => policy.with_deadline(deadline),
    };
    Ok(GrpcMethodSettings {
        policy: policy.into(),
        retryable,
    })
}

fn policy_of(keys: &RetryKeys) -> Result<Policy<Exponential>, SettingsError> {
    if keys.max_attempts < 2 {
        let message = format!("{} is not a number from 2 on", keys.max_attempts);
        return Err(SettingsError::new("maxAttempts", message));
    }
    let (base, max) = (duration(keys.initial_backoff), duration(keys.max_backoff));
    for (key, backoff) in [("initialBackoff", base), ("maxBackoff", max)] {
        if backoff.is_zero() {
            return Err(SettingsError::new(key, "0s is not above zero"));
        }
    }
    let Text(Ratio {
        numerator,
        denominator,
    }) = keys.backoff_multiplier;
    let policy = Policy::exponential(base, max)
        .with_ratio(numerator, denominator)
        .with_jitter(JITTER)
        .with_max_attempts(keys.max_attempts.min(MAX_ATTEMPTS));
    Ok(match keys.per_attempt_recv_timeout {
        None => policy,
        Some(timeout) => policy.with_attempt_timeout(duration(timeout)),
    })
}

fn retryable_of(keys: &RetryKeys) -> Result<Vec<&'static str>, SettingsError> {
    let codes = keys.retryable_status_codes.iter();
    let mistake = |message: String| SettingsError::new("retryableStatusCodes", message);
    let names: Vec<_> = codes
        .map(|code| {
            let name = code.name().filter(|name| *name != "OK");
            name.ok_or_else(|| mistake(format!("{code} is not the status of a failure")))
        })
        .collect::<Result<_, _>>()?;
    if names.is_empty() {
        return Err(mistake("the list is empty".to_owned()));
    }
    Ok(names)
}

const fn duration(ProtoDuration(Text(Seconds(duration))): ProtoDuration) -> Duration {
    duration
}
