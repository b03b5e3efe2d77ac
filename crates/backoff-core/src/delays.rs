//! All delays of a call at once, for whoever looks at a policy.

use core::fmt;
use core::time::Duration;

use crate::failure::Failure;
use crate::nanos;
use crate::retry::Retry;
use crate::schedule::Schedule;

/// The delays of a call whose every attempt fails at once. Made by [`Policy::delays`].
#[derive(Clone)]
pub struct Delays<'p, S, F> {
    retry: Retry<'p, S>,
    /// In nanoseconds.
    elapsed: u64,
    random: F,
}

impl<'p, S, F> Delays<'p, S, F> {
    pub(crate) const fn new(retry: Retry<'p, S>, random: F) -> Self {
        Self {
            retry,
            elapsed: 0,
            random,
        }
    }
}

impl<S: Schedule, F: FnMut() -> u32> Iterator for Delays<'_, S, F> {
    type Item = Duration;

    fn next(&mut self) -> Option<Duration> {
        let random = (self.random)();
        let failure = Failure::transient();
        let wait = self.retry.wait_after(self.elapsed, failure, random).ok()?;
        self.elapsed = self.elapsed.saturating_add(wait);
        Some(nanos::to_duration(wait))
    }
}

impl<S, F> fmt::Debug for Delays<'_, S, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delays")
            .field("retry", &self.retry)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use crate::policy::Policy;

    #[test]
    fn delays_end_with_the_attempts_and_begin_again_in_a_clone() {
        let policy = Policy::DEFAULT;
        let mut delays = policy.delays(|| 0);
        let shown = std::format!("{delays:?}");
        assert!(shown.starts_with("Delays { retry: Retry {"), "{shown}");
        let counts = [
            delays.clone().take(9).count(),
            delays.by_ref().take(9).count(),
            delays.take(9).count(),
        ];
        assert_eq!(counts, [4, 4, 0]);
    }
}
