//! The retries of a policy: bounds, and samples between them.

use std::time::Duration;

use backoff_core::{Jitter, Policy};
use backoff_settings::{AnySchedule, PolicySettings};
use backoff_sim::Random;

use super::bounds::{Bounds, CallBounds};

/// The retries of a call whose every attempt fails at once.
#[derive(Debug)]
pub(super) struct RetryPlan {
    pub(super) retries: Vec<PlannedRetry>,
    /// How long a call waits in all, computed.
    pub(super) total: Bounds,
    /// How long each sampled call waits in all, in ascending order.
    pub(super) totals: Vec<Duration>,
    pub(super) deadline: Option<Duration>,
    /// Whether more retries follow than are listed.
    pub(super) goes_on: bool,
}

/// One retry of a plan.
#[derive(Debug)]
pub(super) struct PlannedRetry {
    /// The delay before jitter.
    pub(super) window: Duration,
    pub(super) delay: Bounds,
    /// When it is made, computed. `None` if the deadline always prevents it.
    pub(super) made: Option<Bounds>,
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
        let mut retries = retries(&policy);
        let deadline = policy.deadline();
        let rule = policy.deadline_rule();
        let delays = retries.iter().map(|retry| retry.delay);
        let bounds = CallBounds::of(delays, deadline.map(|deadline| (deadline, rule)));
        for (retry, made) in retries.iter_mut().zip(bounds.retries) {
            retry.made = made;
        }
        let possible = retries.iter().filter(|retry| retry.made.is_some()).count();
        let is_full = retries.len() == Self::MAX_RETRIES;
        let limit = policy
            .max_attempts()
            .map_or(usize::MAX, |it| it as usize - 1);
        // One retry that is cut off stands for all that would follow.
        retries.truncate(if policy.max_attempts().is_none() {
            possible + 1
        } else {
            usize::MAX
        });
        let totals = sample(&policy, &mut retries);
        Self {
            retries,
            total: if bounds.total.least == Duration::MAX {
                Bounds {
                    least: Duration::ZERO,
                    most: Duration::ZERO,
                }
            } else {
                bounds.total
            },
            totals,
            deadline,
            goes_on: is_full && limit > Self::MAX_RETRIES && possible == Self::MAX_RETRIES,
        }
    }
}

/// Returns the retries that the attempts allow, whatever the deadline.
fn retries(policy: &Policy<AnySchedule>) -> Vec<PlannedRetry> {
    let endless = policy.without_deadline();
    let delays = |policy: &Policy<AnySchedule>, word| {
        let delays = policy.delays(move || word).take(RetryPlan::MAX_RETRIES);
        delays.collect::<Vec<_>>()
    };
    let windows = delays(&endless.with_jitter(Jitter::None), 0);
    let bounds = delays(&endless, 0)
        .into_iter()
        .zip(delays(&endless, u32::MAX));
    let retries = windows.into_iter().zip(bounds);
    let retries = retries.map(|(window, (least, most))| PlannedRetry {
        window,
        delay: Bounds { least, most },
        made: None,
        times: Vec::new(),
    });
    retries.collect()
}

/// Notes when each retry of some random calls is made. Returns how long each of them waits in all.
fn sample(policy: &Policy<AnySchedule>, retries: &mut [PlannedRetry]) -> Vec<Duration> {
    let mut random = Random::new(SEED, 0);
    let mut totals = Vec::with_capacity(CALLS);
    for _ in 0..CALLS {
        let mut elapsed = Duration::ZERO;
        for (retry, delay) in retries.iter_mut().zip(policy.delays(|| random.word())) {
            elapsed = elapsed.saturating_add(delay);
            retry.times.push(elapsed);
        }
        totals.push(elapsed);
    }
    totals.sort_unstable();
    for retry in retries {
        retry.times.sort_unstable();
    }
    totals
}

impl PlannedRetry {
    /// Returns the share of the calls that make this retry.
    pub(super) fn share(&self) -> f64 {
        self.times.len() as f64 / CALLS as f64
    }
}

/// Returns the value that a share of ascending values does not exceed.
pub(super) fn quantile(sorted: &[Duration], share: f64) -> Duration {
    let rank = (share * sorted.len() as f64).ceil() as usize;
    let value = sorted.get(rank.saturating_sub(1));
    value.copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(settings: &str) -> RetryPlan {
        let settings: PolicySettings = toml::from_str(settings).expect(settings);
        RetryPlan::of(&settings)
    }

    #[test]
    fn a_plan_without_jitter_is_exact() {
        let plan = plan("jitter = 'none'\nmax_attempts = 4");
        let millis = |n| Duration::from_millis(n);
        let delays: Vec<_> = plan.retries.iter().map(|it| it.delay).collect();
        let exactly = |n| Bounds {
            least: millis(n),
            most: millis(n),
        };
        assert_eq!(delays, [100, 200, 400].map(exactly));
        assert_eq!(
            (plan.total, quantile(&plan.totals, 0.5)),
            (exactly(700), millis(700))
        );
        assert!(!plan.goes_on);
    }

    #[test]
    fn samples_are_within_the_bounds_and_come_near() {
        let jitters = [
            "full",
            "equal",
            "none",
            "decorrelated",
            "additive=50ms",
            "proportional=20%",
        ];
        let limits = [
            "deadline = 'none'",
            "deadline = '50ms'",
            "deadline = '250ms'",
            "deadline = '1s'",
            "deadline = '250ms'\ndeadline_rule = 'clamp-to-remaining'",
            "deadline = '1s'\ndeadline_rule = 'clamp-to-remaining'",
        ];
        for (jitter, limit) in jitters
            .iter()
            .flat_map(|it| limits.map(|limit| (it, limit)))
        {
            let case = format!("jitter = '{jitter}'\n{limit}");
            let plan = plan(&case);
            let (first, last) = (plan.totals[0], plan.totals[CALLS - 1]);
            let Bounds { least, most } = plan.total;
            assert!(least <= first && last <= most, "{case}: {:?}", plan.total);
            for retry in &plan.retries {
                let made = retry
                    .made
                    .map_or(0..0, |it| it.least.as_nanos()..it.most.as_nanos() + 1);
                let within = |time: &Duration| made.contains(&time.as_nanos());
                assert!(retry.times.iter().all(within), "{case}: {:?}", retry.made);
            }
        }
    }

    #[test]
    fn a_deadline_shows_in_who_makes_a_retry_and_forever_goes_on() {
        let limited = plan("deadline = '200ms'\nmax_attempts = 'forever'");
        // The first delay is below 100 ms, the second below 200 ms: both together fit in about three of four.
        let shares: Vec<_> = limited.retries.iter().map(PlannedRetry::share).collect();
        assert!(
            (shares[0] - 1.0).abs() < 1e-9 && (shares[1] - 0.75).abs() < 0.02,
            "{shares:?}"
        );
        let endless = plan("deadline = 'none'\nmax_attempts = 'forever'");
        assert!(endless.goes_on && endless.retries.len() == RetryPlan::MAX_RETRIES);
        for (attempts, listed) in [("9", 8), ("'forever'", 3)] {
            let cut = plan(&format!(
                "jitter = 'none'\ndeadline = '500ms'\nmax_attempts = {attempts}"
            ));
            let possible = cut.retries.iter().filter(|retry| retry.made.is_some());
            assert_eq!(
                (possible.count(), cut.retries.len()),
                (2, listed),
                "{attempts}"
            );
            assert!(!cut.goes_on, "{attempts}");
        }
    }
}
