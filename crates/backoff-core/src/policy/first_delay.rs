//! The wait before the first attempt.

use core::time::Duration;

use super::policy::Policy;
use crate::nanos;

impl<S> Policy<S> {
    /// Makes each call wait before its first attempt, for a random time from zero to `spread`. The default is zero: no
    /// wait.
    ///
    /// Use it for calls that many clients begin in the same moment, such as reconnecting after an outage: jitter spreads
    /// only the retries, and the first attempts of all clients would reach the server at once. Choose a spread above the
    /// number of clients divided by the calls per second that the server can take: 100,000 clients and 2,000 calls per
    /// second need more than 50 s.
    ///
    /// The call begins after the wait, so the deadline does not count it, and the maximum delay does not limit it. A
    /// call that was resumed does not wait. The code that runs the first attempt [draws](Self::draw_first_delay) the
    /// wait:
    ///
    /// | form | waits |
    /// |---|---|
    /// | `retry`, `run`, `call`, `reconnecting`, the attribute | by itself |
    /// | `each` and `each_of` of a batch | by themselves, once for all items |
    /// | the clients of `backoff-reqwest` and `backoff-ureq` | by themselves |
    /// | a loop over attempts, a loop over the rounds of a batch | if it calls `first_pause` |
    /// | the layers of `tower-backoff`, the queues, [`RetryState`](crate::RetryState) | no: wait before the call |
    ///
    /// # Examples
    ///
    /// ```
    /// # use backoff_core::Policy;
    /// # use core::time::Duration;
    /// let reconnect = Policy::DEFAULT.with_first_delay(Duration::from_secs(60));
    /// assert_eq!(reconnect.draw_first_delay(0), Duration::ZERO);
    /// assert_eq!(reconnect.draw_first_delay(1 << 31), Duration::from_secs(30));
    /// let longest = reconnect.draw_first_delay(u32::MAX);
    /// assert!(Duration::from_secs(59) < longest && longest <= Duration::from_secs(60));
    /// ```
    #[must_use]
    pub const fn with_first_delay(mut self, spread: Duration) -> Self {
        self.first_delay = nanos::from_duration(spread);
        self
    }

    /// Returns the longest wait before the first attempt. The default is zero.
    #[must_use]
    pub const fn first_delay(&self) -> Duration {
        nanos::to_duration(self.first_delay)
    }

    /// For drivers: whether there is a wait before the first attempt, which they ask before each call.
    #[doc(hidden)]
    #[inline]
    #[must_use]
    pub const fn has_first_delay(&self) -> bool {
        self.first_delay != 0
    }

    /// Draws the wait before the first attempt of a call. `random` is uniform over all of `u32`.
    ///
    /// Draw only if [`first_delay`](Self::first_delay) is above zero: otherwise the wait is zero whatever `random` is.
    #[must_use]
    pub const fn draw_first_delay(&self, random: u32) -> Duration {
        nanos::to_duration(nanos::sample(self.first_delay, random))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_setting_the_first_attempt_does_not_wait() {
        assert_eq!(Policy::DEFAULT.first_delay(), Duration::ZERO);
        assert_eq!(Policy::DEFAULT.draw_first_delay(u32::MAX), Duration::ZERO);
    }

    #[test]
    fn the_wait_is_uniform_from_zero_to_the_spread() {
        let cases = [
            // (spread, random word, wait)
            (Duration::from_nanos(1), 0, Duration::ZERO),
            (Duration::from_nanos(1), u32::MAX, Duration::from_nanos(1)),
            (Duration::from_secs(4), 1 << 30, Duration::from_secs(1)),
            (Duration::from_secs(4), 3 << 30, Duration::from_secs(3)),
        ];
        for (spread, random, wait) in cases {
            let drawn = Policy::DEFAULT
                .with_first_delay(spread)
                .draw_first_delay(random);
            assert_eq!(drawn, wait, "{spread:?}, {random}");
        }
    }
}
