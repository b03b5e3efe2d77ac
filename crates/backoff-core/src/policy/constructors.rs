//! A policy of each schedule.

use core::time::Duration;

use super::policy::Policy;
use crate::schedule::{Constant, Exponential, Fibonacci, Linear, Steps};

impl Policy<Exponential> {
    /// Windows that double from 100 ms to 20 s, full jitter, 5 attempts, a deadline of 60 s.
    pub const DEFAULT: Self =
        Self::exponential(Duration::from_millis(100), Duration::from_secs(20));

    /// Makes a policy whose window starts at `base` and doubles with each retry, up to `max`.
    ///
    /// If `max` is less than `base`, every window is `max`.
    #[must_use]
    pub const fn exponential(base: Duration, max: Duration) -> Self {
        Self::new(Exponential::new(base)).with_max_delay(max)
    }

    /// Sets the growth factor to `numerator / denominator`; the default is 2.
    ///
    /// A factor below one and a denominator of zero count as a factor of one: every window is the first.
    ///
    /// # Examples
    ///
    /// ```
    /// # use backoff_core::{Jitter, Policy};
    /// # use core::time::Duration;
    /// let policy = Policy::DEFAULT.with_ratio(3, 2).with_jitter(Jitter::None);
    /// let delays: Vec<_> = policy.delays(|| 0).take(3).collect();
    /// assert_eq!(delays, [100, 150, 225].map(Duration::from_millis));
    /// ```
    #[must_use]
    pub const fn with_ratio(mut self, numerator: u32, denominator: u32) -> Self {
        self.schedule = self.schedule.with_ratio(numerator, denominator);
        self
    }
}

impl Policy<Constant> {
    /// Makes a policy whose window is always `delay`, which is also the maximum delay.
    ///
    /// With full jitter, the default, a delay is anything from zero to `delay`. For exact delays use
    /// [`Jitter::None`](crate::Jitter::None). A slower schedule
    /// [for throttled failures](Policy::with_throttled_schedule) needs a higher
    /// [maximum](Policy::with_max_delay) too.
    ///
    /// # Examples
    ///
    /// ```
    /// # use backoff_core::{Jitter, Policy};
    /// # use core::time::Duration;
    /// let every_ten_seconds = Policy::constant(Duration::from_secs(10)).with_jitter(Jitter::None);
    /// assert_eq!(every_ten_seconds.delays(|| 0).next(), Some(Duration::from_secs(10)));
    /// ```
    #[must_use]
    pub const fn constant(delay: Duration) -> Self {
        Self::new(Constant::new(delay)).with_max_delay(delay)
    }
}

impl Policy<Fibonacci> {
    /// Makes a policy whose windows are 1, 1, 2, 3, 5, .. times `base`, up to `max`.
    #[must_use]
    pub const fn fibonacci(base: Duration, max: Duration) -> Self {
        Self::new(Fibonacci::new(base)).with_max_delay(max)
    }
}

impl Policy<Linear> {
    /// Makes a policy whose window starts at `base` and grows by `step` with each retry, up to `max`.
    #[must_use]
    pub const fn linear(base: Duration, step: Duration, max: Duration) -> Self {
        Self::new(Linear::new(base, step)).with_max_delay(max)
    }
}

impl<'t> Policy<Steps<'t>> {
    /// Makes a policy that takes its windows from a table. The last entry serves all further retries.
    ///
    /// With an empty table retries follow at once.
    #[must_use]
    pub const fn steps(table: &'t [Duration]) -> Self {
        Self::new(Steps::new(table))
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self::DEFAULT
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jitter::Jitter;
    use crate::schedule::Schedule;

    const fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn delays<S: Schedule>(policy: &Policy<S>) -> std::vec::Vec<Duration> {
        policy.delays(|| u32::MAX).take(99).collect()
    }

    #[test]
    fn every_constructor_makes_its_schedule_and_its_maximum() {
        let plain = Jitter::None;
        let all = s(3600);
        let cases = [
            delays(&Policy::constant(s(2)).with_jitter(plain)),
            delays(&Policy::exponential(s(1), s(5)).with_jitter(plain)),
            delays(
                &Policy::exponential(s(1), s(9))
                    .with_ratio(3, 1)
                    .with_jitter(plain),
            ),
            delays(&Policy::fibonacci(s(1), s(9)).with_jitter(plain)),
            delays(&Policy::linear(s(1), s(3), s(8)).with_jitter(plain)),
            delays(&Policy::steps(&[s(4), s(1)]).with_jitter(plain)),
            delays(
                &Policy::new(Constant::new(s(7)))
                    .with_jitter(plain)
                    .with_deadline(all),
            ),
            delays(
                &Policy::constant(s(9))
                    .with_schedule(Constant::new(s(3)))
                    .with_jitter(plain),
            ),
        ];
        let expected = [
            [2, 2, 2, 2],
            [1, 2, 4, 5],
            [1, 3, 9, 9],
            [1, 1, 2, 3],
            [1, 4, 7, 8],
            [4, 1, 1, 1],
            [7, 7, 7, 7],
            [3, 3, 3, 3],
        ];
        for (delays, expected) in cases.into_iter().zip(expected) {
            assert_eq!(delays, expected.map(s));
        }
    }

    #[test]
    fn no_attempt_is_one() {
        for (attempts, retries) in [(0, 0), (1, 0), (2, 1), (9, 8)] {
            let policy = Policy::DEFAULT.with_max_attempts(attempts);
            let delays = policy.delays(|| 0).take(99);
            assert_eq!(delays.count(), retries, "{attempts}");
        }
    }
}
