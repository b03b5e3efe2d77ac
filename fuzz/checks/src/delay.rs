//! One delay: any schedule, jitter, maximum, retry and random word against exact arithmetic.

use core::num::NonZeroU32;
use core::time::Duration;

use arbitrary::Arbitrary;
use backoff_core::{Decision, Exponential, Failure, Jitter, Policy, Schedule, nanos};

use crate::Check;
use crate::exact::{self, Bounds};
use crate::input::{self, Plan};

/// A retry under a policy, and the random word that it gets.
#[derive(Arbitrary, Debug)]
pub struct Case {
    /// The schedule.
    pub plan: Plan,
    /// How the delay is drawn.
    #[arbitrary(with = input::jitter)]
    pub jitter: Jitter,
    /// The maximum delay.
    #[arbitrary(with = input::duration)]
    pub max: Duration,
    /// For decorrelated jitter: the delay of the retry before.
    #[arbitrary(with = input::duration)]
    pub previous: Duration,
    /// The first is 1.
    #[arbitrary(with = input::counted)]
    pub retry: NonZeroU32,
    /// Uniform over all of `u32`, if it is a fair one.
    pub random: u32,
}

impl Check for Case {
    fn check(&self) {
        self.check_window();
        self.check_ratio();
        self.check_conversion();
        self.check_delay();
    }
}

impl Case {
    /// Checks that the window is exact, or near enough where the schedule has a ratio.
    ///
    /// # Panics
    ///
    /// As [`Check::check`].
    pub fn check_window(&self) {
        let (exact, window) = (exact::window(&self.plan, self.retry.get()), self.window());
        assert!(exact.is_near(window), "window of {window} ns: {exact:?}");
        if !matches!(self.plan, Plan::Growing { .. }) {
            assert!(exact.is(window), "window of {window} ns: {exact:?}");
        }
    }

    /// Checks that a ratio reads as it was given, or as what it counts as.
    fn check_ratio(&self) {
        let Plan::Growing {
            base,
            numerator,
            denominator,
        } = self.plan
        else {
            return;
        };
        let expected = match u64::from(denominator) {
            0 => (1, 1),
            half if half * 2 == u64::from(numerator) => (2, 1),
            _ if numerator <= denominator => (1, 1),
            _ => (numerator, denominator),
        };
        let schedule = Exponential::new(base).with_ratio(numerator, denominator);
        assert_eq!(schedule.ratio(), expected);
    }

    /// Nanoseconds and durations say the same.
    fn check_conversion(&self) {
        let window = self.plan.delay(self.retry);
        assert_eq!(nanos::from_duration(window), exact::nanos(window));
        if !matches!(self.plan, Plan::Steps(_)) {
            assert_eq!(window, exact::duration(self.window().into()));
        }
        assert_eq!(nanos::from_duration(self.max), exact::nanos(self.max));
        let failure = Failure::transient().with_min_delay(self.max);
        assert_eq!(failure.min_delay(), exact::minimum(self.max));
    }

    /// Checks that the delay is drawn from inside the window as jitter says, is no longer than the maximum, and is
    /// zero only where that was asked for.
    ///
    /// # Panics
    ///
    /// As [`Check::check`].
    pub fn check_delay(&self) {
        let (delay, max) = (self.delay(), exact::nanos(self.max));
        let [first, present] =
            [NonZeroU32::MIN, self.retry].map(|retry| self.plan.nanos(retry).min(max));
        let previous = exact::nanos(self.previous);
        let (window, previous) = exact::basis(self.jitter, first, present, previous);
        Bounds::of(self.jitter, window, previous, max).check(delay, self.random);
        assert!(delay <= max, "{delay} ns is above the maximum");
        assert!(delay > 0 || self.allows_zero(window), "a delay of zero");
    }

    /// Whether the documentation has zero among the delays of this window.
    fn allows_zero(&self, window: u64) -> bool {
        window == 0
            || match self.jitter {
                Jitter::Additive(margin) => exact::nanos(margin) >= exact::nanos(self.max),
                Jitter::Full => true,
                Jitter::Proportional(percent) => percent.get() == 100,
                _ => false,
            }
    }

    fn window(&self) -> u64 {
        self.plan.nanos(self.retry)
    }

    fn delay(&self) -> u64 {
        let policy = Policy::new(&self.plan)
            .with_max_delay(self.max)
            .with_jitter(self.jitter)
            .retry_forever();
        let progress = input::at(self.previous, self.retry, 0);
        let decision =
            policy
                .resume(progress)
                .on_failure(Duration::ZERO, Failure::transient(), self.random);
        match decision {
            Decision::Retry { after } => exact::returned(after),
            Decision::GiveUp(reason) => panic!("{reason}"),
        }
    }
}
