//! How a client retries.

use std::time::Duration;

use backoff_http::{ClientRules, RequestInfo, Rules, ensure_idempotency_key};
use backoff_std::{Exponential, NoObserver, Policy, PolicyRef, Unlimited};

use crate::redirect::Head;

/// How a client retries: what its builder sets, and each call reads.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings<S = Exponential, B = Unlimited, O = NoObserver> {
    /// It has a timeout of an attempt.
    pub(crate) policy: Policy<S>,
    pub(crate) rules: ClientRules<'static>,
    pub(crate) budget: B,
    pub(crate) observer: O,
    keys: bool,
}

/// Half of the default deadline, so that an attempt that stalls leaves room for another.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(30);

impl<S: Clone> Settings<S> {
    pub(crate) fn new(policy: &impl PolicyRef<Schedule = S>) -> Self {
        let policy = policy.policy().clone();
        let policy = match policy.timeout_per_attempt() {
            Some(_) => policy,
            None => policy.with_attempt_timeout(ATTEMPT_TIMEOUT),
        };
        Self {
            policy,
            rules: ClientRules::DEFAULT,
            budget: Unlimited,
            observer: NoObserver,
            keys: false,
        }
    }
}

impl<S, B, O> Settings<S, B, O> {
    pub(crate) fn with_rules(mut self, rules: &'static Rules<'static>) -> Self {
        self.rules = self.rules.with_rules(rules);
        self
    }

    pub(crate) fn with_budget<D>(self, budget: D) -> Settings<S, D, O> {
        Settings {
            policy: self.policy,
            rules: self.rules,
            budget,
            observer: self.observer,
            keys: self.keys,
        }
    }

    pub(crate) fn with_observer<M>(self, observer: M) -> Settings<S, B, (O, M)> {
        Settings {
            policy: self.policy,
            rules: self.rules,
            budget: self.budget,
            observer: (self.observer, observer),
            keys: self.keys,
        }
    }

    pub(crate) fn with_idempotency_keys(mut self) -> Self {
        self.keys = true;
        self
    }

    pub(crate) fn with_attempt_numbers(mut self) -> Self {
        self.rules = self.rules.with_attempt_numbers();
        self
    }

    /// Gives a request its key if it must have one, and describes the request to the rules.
    pub(crate) fn prepare(&self, head: &mut Head) -> RequestInfo {
        if self.keys {
            ensure_idempotency_key(&head.method, &mut head.headers);
        }
        RequestInfo::of(&head.method, &head.headers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_without_a_timeout_of_an_attempt_gets_one() {
        let own = Policy::DEFAULT.with_attempt_timeout(Duration::from_secs(90));
        let cases = [(Policy::DEFAULT.retry_forever(), 30), (own, 90)];
        for (policy, seconds) in cases {
            let timeout = Settings::new(&policy).policy.timeout_per_attempt();
            assert_eq!(timeout, Some(Duration::from_secs(seconds)), "{policy:?}");
        }
    }
}
