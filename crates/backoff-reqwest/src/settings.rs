//! How a client retries.

use std::sync::Arc;
use std::time::Duration;

use backoff_http::{ClientRules, RequestInfo, Rules, SharedHints};
use backoff_tokio::{Exponential, Policy, PolicyRef};
use reqwest::{Request, Url};

use crate::attempt::Hook;
use crate::evidence;
use crate::host;
use crate::idempotency_key;
use crate::observers::Observers;

/// How a client retries: what its builder sets, what a request may change, and each call reads.
#[derive(Clone, Debug)]
pub(crate) struct Settings<S = Exponential> {
    policy: Policy<S>,
    /// By the name of the host, with or without its port.
    hosts: Vec<(String, Policy<S>)>,
    pub(crate) rules: ClientRules<'static>,
    pub(crate) hints: Option<Arc<SharedHints>>,
    pub(crate) hooks: Vec<Hook>,
    pub(crate) observers: Observers,
    keys: bool,
    pub(crate) numbers: bool,
}

/// Half of the default deadline, so that an attempt that stalls leaves room for another.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(30);

impl<S: Clone> Settings<S> {
    pub(crate) fn new(policy: &impl PolicyRef<Schedule = S>) -> Self {
        Self {
            policy: limited(policy),
            hosts: Vec::new(),
            rules: ClientRules::DEFAULT.with_evidence(evidence::of_error),
            hints: None,
            hooks: Vec::new(),
            observers: Observers::default(),
            keys: false,
            numbers: false,
        }
    }

    /// Uses a policy for requests to a host, which is named with or without its port.
    pub(crate) fn with_host_policy(
        mut self,
        host: &str,
        policy: &impl PolicyRef<Schedule = S>,
    ) -> Self {
        self.hosts
            .push((host.to_ascii_lowercase(), limited(policy)));
        self
    }

    /// Uses a policy for requests to any host.
    pub(crate) fn with_policy<N: Clone>(
        self,
        policy: &impl PolicyRef<Schedule = N>,
    ) -> Settings<N> {
        Settings {
            policy: limited(policy),
            hosts: Vec::new(),
            rules: self.rules,
            hints: self.hints,
            hooks: self.hooks,
            observers: self.observers,
            keys: self.keys,
            numbers: self.numbers,
        }
    }
}

/// A policy with a timeout of an attempt.
fn limited<S: Clone>(policy: &impl PolicyRef<Schedule = S>) -> Policy<S> {
    let policy = policy.policy().clone();
    match policy.timeout_per_attempt() {
        Some(_) => policy,
        None => policy.with_attempt_timeout(ATTEMPT_TIMEOUT),
    }
}

impl<S> Settings<S> {
    pub(crate) fn with_rules(mut self, rules: &'static Rules<'static>) -> Self {
        self.rules = self.rules.with_rules(rules);
        self
    }

    pub(crate) fn with_idempotency_keys(mut self) -> Self {
        self.keys = true;
        self
    }

    pub(crate) fn with_attempt_numbers(mut self) -> Self {
        self.rules = self.rules.with_attempt_numbers();
        self.numbers = true;
        self
    }

    /// The policy of a client, for hosts without one of their own.
    pub(crate) const fn policy(&self) -> &Policy<S> {
        &self.policy
    }

    /// The policy for a URL.
    pub(crate) fn policy_for(&self, url: &Url) -> &Policy<S> {
        if self.hosts.is_empty() {
            return &self.policy;
        }
        let (name, authority) = (url.host_str().unwrap_or(""), host::authority(url));
        let find = |name: &str| self.hosts.iter().rev().find(|(host, _)| host == name);
        let found = find(&authority).or_else(|| find(name));
        found.map_or(&self.policy, |(_, policy)| policy)
    }

    /// Gives a request its key if it must have one, and describes the request to the rules.
    pub(crate) fn prepare(&self, request: &mut Request) -> RequestInfo {
        if self.keys {
            idempotency_key::ensure(request);
        }
        RequestInfo::of(request.method(), request.headers())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn secs(secs: u64) -> Duration {
        Duration::from_secs(secs)
    }

    #[test]
    fn a_policy_without_a_timeout_of_an_attempt_gets_one() {
        let own = Policy::DEFAULT.with_attempt_timeout(secs(90));
        let cases = [(Policy::DEFAULT.retry_forever(), 30), (own, 90)];
        for (policy, seconds) in cases {
            let timeout = Settings::new(&policy).policy.timeout_per_attempt();
            assert_eq!(timeout, Some(secs(seconds)), "{policy:?}");
            let other = Settings::new(&Policy::DEFAULT).with_policy(&policy);
            assert_eq!(other.policy.timeout_per_attempt(), timeout, "{policy:?}");
        }
    }

    #[test]
    fn a_host_has_its_policy_and_the_more_precise_name_counts() {
        let attempts = |attempts| Policy::DEFAULT.with_max_attempts(attempts);
        let settings = Settings::new(&attempts(1))
            .with_host_policy("slow.example", &attempts(2))
            .with_host_policy("SLOW.example:8080", &attempts(3));
        let cases = [
            ("https://slow.example/", 2),
            ("https://slow.example:8080/", 3),
            ("https://not.slow.example/", 1),
            ("https://example/slow.example", 1),
        ];
        for (url, expected) in cases {
            let url = Url::parse(url).expect("a legal URL");
            let policy = settings.policy_for(&url);
            assert_eq!(policy.max_attempts(), Some(expected), "{url}");
        }
    }
}
