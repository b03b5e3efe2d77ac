//! The delays of a call as an iterator.

use core::fmt;
use core::iter::FusedIterator;
use core::time::Duration;

use crate::failure::Failure;
use crate::nanos;
use crate::policy::{Policy, PolicyRef};
use crate::retry_state::RetryState;

/// The delays of a call whose attempts all fail at once. Made by [`Policy::delays`].
///
/// The iterator ends where the call would give up, and stays at its end.
#[derive(Clone)]
pub struct Delays<P, F> {
    /// `None` once the call has given up.
    retry: Option<RetryState<P>>,
    /// In nanoseconds.
    elapsed: u64,
    random: F,
}

impl<S> Policy<S> {
    /// Returns the delays of a call whose attempts all fail at once, as an iterator.
    ///
    /// For documentation, tests, and engines that take an iterator of delays. The limit on attempts and the deadline
    /// apply. `random` is called for each delay and must be uniform over all of `u32`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use backoff_core::{Jitter, Policy};
    /// # use core::time::Duration;
    /// let policy = Policy::DEFAULT.with_jitter(Jitter::None);
    /// let delays: Vec<_> = policy.delays(|| 0).collect();
    /// assert_eq!(delays, [100, 200, 400, 800].map(Duration::from_millis));
    /// ```
    pub const fn delays<F: FnMut() -> u32>(&self, random: F) -> Delays<&Self, F> {
        Delays {
            retry: Some(RetryState::new(self)),
            elapsed: 0,
            random,
        }
    }
}

impl<P: PolicyRef, F: FnMut() -> u32> Iterator for Delays<P, F> {
    type Item = Duration;

    fn next(&mut self) -> Option<Duration> {
        let retry = self.retry.as_mut()?;
        let (failure, random) = (Failure::transient(), (self.random)());
        let Ok(wait) = retry.on_failure_nanos(self.elapsed, failure, random) else {
            self.retry = None;
            return None;
        };
        self.elapsed = self.elapsed.saturating_add(wait);
        Some(nanos::to_duration(wait))
    }
}

impl<P: PolicyRef, F: FnMut() -> u32> FusedIterator for Delays<P, F> {}

impl<P, F> fmt::Debug for Delays<P, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delays")
            .field("retry", &self.retry)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_end_with_the_attempts_and_begin_again_in_a_clone() {
        let policy = Policy::DEFAULT;
        let mut delays = policy.delays(|| 0);
        let shown = std::format!("{delays:?}");
        assert!(
            shown.starts_with("Delays { retry: Some(RetryState {"),
            "{shown}"
        );
        let counts = [
            delays.clone().take(9).count(),
            delays.by_ref().take(9).count(),
            delays.take(9).count(),
        ];
        assert_eq!(counts, [4, 4, 0]);
    }

    #[test]
    fn a_shorter_delay_does_not_follow_the_end() {
        let mut words = [u32::MAX, u32::MAX, 0].into_iter();
        let second = Duration::from_secs(1);
        let policy = Policy::constant(20 * second).with_deadline(30 * second);
        let mut delays = policy.delays(|| words.next().unwrap_or(0));
        let more = [(); 3].map(|()| delays.next().is_some());
        assert_eq!(more, [true, false, false]);
    }
}
