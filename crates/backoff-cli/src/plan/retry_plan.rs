//! The retries of a policy, sampled.

use std::time::Duration;

use backoff_core::{Jitter, Policy};
use backoff_settings::{AnySchedule, PolicySettings};
use backoff_sim::Random;

/// The retries of a call whose every attempt fails at once.
#[derive(Debug)]
pub(super) struct RetryPlan {
    pub(super) retries: Vec<PlannedRetry>,
    /// The total delay of each sampled call, in ascending order.
    pub(super) delays: Vec<Duration>,
    pub(super) deadline: Option<Duration>,
    /// Whether more retries follow than are listed.
    pub(super) goes_on: bool,
}

/// One retry of a plan.
#[derive(Debug)]
pub(super) struct PlannedRetry {
    /// The delay before jitter.
    pub(super) window: Duration,
    pub(super) shortest: Duration,
    pub(super) longest: Duration,
    /// When the sampled calls make it, in ascending order.
    pub(super) times: Vec<Duration>,
}

/// The number of sampled calls. A percentile is then off by up to 0.2 % of the calls.
const CALLS: usize = 10_000;

/// A constant seed, so that the same policy always gives the same table.
const SEED: u64 = 1;

impl RetryPlan {
    /// The most retries that are listed.
    pub(super) const MAX_RETRIES: usize = 20;

    pub(super) fn of(settings: &PolicySettings) -> Self {
        let policy = settings.policy();
        let mut random = Random::new(SEED, 0);
        let mut retries: Vec<PlannedRetry> = Vec::new();
        let mut total_delays = Vec::with_capacity(CALLS);
        let mut goes_on = false;
        for _ in 0..CALLS {
            let mut elapsed = Duration::ZERO;
            let delays = policy.delays(|| random.word()).take(Self::MAX_RETRIES + 1);
            for (index, delay) in delays.enumerate() {
                if index == Self::MAX_RETRIES {
                    goes_on = true;
                    break;
                }
                elapsed = elapsed.saturating_add(delay);
                if index == retries.len() {
                    retries.push(PlannedRetry::new(&policy, index));
                }
                retries[index].times.push(elapsed);
            }
            total_delays.push(elapsed);
        }
        total_delays.sort_unstable();
        for retry in &mut retries {
            retry.times.sort_unstable();
        }
        Self {
            retries,
            delays: total_delays,
            deadline: policy.start().remaining(Duration::ZERO),
            goes_on,
        }
    }
}

impl PlannedRetry {
    /// Creates a retry, counted from 0, with the range of its delay.
    fn new(policy: &Policy<AnySchedule>, index: usize) -> Self {
        let unbounded = policy.retry_forever();
        Self {
            window: delay(&unbounded.with_jitter(Jitter::None), index, 0),
            shortest: delay(&unbounded, index, 0),
            longest: delay(&unbounded, index, u32::MAX),
            times: Vec::new(),
        }
    }

    /// Returns the share of the calls that make this retry.
    pub(super) fn share(&self) -> f64 {
        self.times.len() as f64 / CALLS as f64
    }
}

/// Returns the delay of a retry, counted from 0, if every random word is the same.
fn delay(policy: &Policy<AnySchedule>, index: usize, word: u32) -> Duration {
    policy.delays(|| word).nth(index).unwrap_or_default()
}

/// Returns the value that a share of ascending values does not exceed.
pub(super) fn quantile(sorted: &[Duration], share: f64) -> Duration {
    let rank = (share * sorted.len() as f64).ceil() as usize;
    sorted
        .get(rank.saturating_sub(1))
        .copied()
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_without_jitter_is_exact() {
        let settings: PolicySettings =
            toml::from_str("jitter = 'none'\nmax_attempts = 4").expect("settings");
        let plan = RetryPlan::of(&settings);
        let delays: Vec<_> = plan
            .retries
            .iter()
            .map(|retry| (retry.shortest, retry.longest))
            .collect();
        let millis = |n| Duration::from_millis(n);
        assert_eq!(delays, [100, 200, 400].map(|n| (millis(n), millis(n))));
        assert_eq!(quantile(&plan.delays, 0.5), millis(700));
        assert!(!plan.goes_on);
    }

    #[test]
    fn a_deadline_shows_in_who_makes_a_retry_and_forever_goes_on() {
        let settings: PolicySettings =
            toml::from_str("deadline = '200ms'\nmax_attempts = 'forever'").expect("settings");
        let plan = RetryPlan::of(&settings);
        // The first delay is below 100 ms, the second below 200 ms: both together fit in about three of four.
        let shares: Vec<_> = plan
            .retries
            .iter()
            .take(2)
            .map(PlannedRetry::share)
            .collect();
        assert!(
            (shares[0] - 1.0).abs() < 1e-9 && (shares[1] - 0.75).abs() < 0.02,
            "{shares:?}"
        );
        assert!(!plan.goes_on);
        let endless: PolicySettings =
            toml::from_str("deadline = 'none'\nmax_attempts = 'forever'").expect("settings");
        assert!(RetryPlan::of(&endless).goes_on);
        assert_eq!(
            RetryPlan::of(&endless).retries.len(),
            RetryPlan::MAX_RETRIES
        );
    }
}
