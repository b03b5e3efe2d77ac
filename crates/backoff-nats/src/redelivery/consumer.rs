//! The settings of a consumer that fit a policy.

use std::time::Duration;

use async_nats::jetstream::consumer::{AckPolicy, pull};
use backoff_tokio::PolicyRef;

use super::Redelivery;

/// The server's own default.
const LONGEST_ACK_WAIT: Duration = Duration::from_secs(30);

/// A scheduler of threads or a pause of a virtual machine must not look like a crash.
const SHORTEST_BY_TIMEOUT: Duration = Duration::from_secs(2);

impl<P: PolicyRef, C, B> Redelivery<P, C, B> {
    /// Sets what the policy needs of a consumer, and logs each change of a setting of yours.
    ///
    /// | setting | value | why |
    /// |---|---|---|
    /// | `ack_policy` | explicit | each message is settled by itself |
    /// | `ack_wait` | [the redelivery's](Self::with_ack_wait) | a message of a crashed worker is delivered again after it |
    /// | `backoff` | none | the server would use it in place of `ack_wait`, without jitter |
    /// | `max_deliver` | no limit | at its limit, the server stops delivering a message and nothing is decided; the policy limits attempts |
    /// | `max_ack_pending` | no limit, unless messages are [scheduled](Self::scheduled) | delayed messages count, and would block all others |
    pub fn consumer(&self, mut config: pull::Config) -> pull::Config {
        let name = config.durable_name.as_ref().or(config.name.as_ref());
        let name = name.map_or("consumer", String::as_str).to_owned();
        config.ack_policy = AckPolicy::Explicit;
        config.ack_wait = self.ack_wait();
        if !config.backoff.is_empty() {
            log::info!("{name}: `backoff` is removed, because the policy decides on delays");
            config.backoff = Vec::new();
        }
        if config.max_deliver > 0 {
            let was = config.max_deliver;
            log::info!(
                "{name}: `max_deliver` of {was} is lifted, because the policy limits attempts"
            );
        }
        config.max_deliver = -1;
        if self.scheduled.is_none() {
            log::info!(
                "{name}: `max_ack_pending` is unlimited, because delayed messages count towards it"
            );
            config.max_ack_pending = -1;
        }
        config
    }

    /// Returns how long the server waits for an acknowledgement.
    #[must_use]
    pub fn ack_wait(&self) -> Duration {
        let timeout = self.policy.policy().timeout_per_attempt();
        self.ack_wait.unwrap_or_else(|| {
            let timeout = timeout.unwrap_or(LONGEST_ACK_WAIT);
            timeout.clamp(SHORTEST_BY_TIMEOUT, LONGEST_ACK_WAIT)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use backoff_tokio::Policy;

    #[test]
    fn the_wait_for_an_acknowledgement_follows_the_timeout_of_an_attempt() {
        let s = Duration::from_secs;
        let policy = Policy::DEFAULT;
        let cases = [
            (policy, 30),
            (policy.with_attempt_timeout(Duration::from_millis(10)), 2),
            (policy.with_attempt_timeout(s(10)), 10),
            (policy.with_attempt_timeout(s(3600)), 30),
        ];
        for (policy, seconds) in cases {
            let config = Redelivery::new(policy).consumer(pull::Config::default());
            assert_eq!(config.ack_wait, s(seconds), "{policy}");
        }
        for (own, expected) in [(s(90), s(90)), (Duration::ZERO, Duration::from_millis(100))] {
            let redelivery = Redelivery::new(policy).with_ack_wait(own);
            let config = redelivery.consumer(pull::Config::default());
            assert_eq!(config.ack_wait, expected);
        }
    }

    #[test]
    fn what_would_stop_or_block_messages_is_removed() {
        let config = || pull::Config {
            max_deliver: 3,
            max_ack_pending: 5,
            backoff: vec![Duration::from_secs(1)],
            ..Default::default()
        };
        let plain = Redelivery::new(Policy::DEFAULT);
        let cases = [(plain.clone(), -1), (plain.scheduled("orders.wait"), 5)];
        for (redelivery, pending) in cases {
            let config = redelivery.consumer(config());
            assert_eq!((config.max_deliver, config.max_ack_pending), (-1, pending));
            assert!(config.backoff.is_empty());
        }
    }
}
