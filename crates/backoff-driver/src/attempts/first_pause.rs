//! The wait before the first attempt.

use core::time::Duration;

use backoff_core::PolicyRef;

use super::Attempts;
use super::call_state::CallState;
use crate::runtime::Sleeper;

impl<P: PolicyRef, R: Sleeper, H> Attempts<P, R, H> {
    /// Waits before the first attempt, as [`Policy::with_first_delay`](backoff_core::Policy::with_first_delay) says, and
    /// begins the call then: its deadline does not count this wait.
    ///
    /// Call it before the first attempt. Without such a setting it does nothing. To spread a call of the closure form,
    /// wait by the attempts of the same policy first: `attempts(&POLICY).first_pause().await`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use backoff_driver::test_util::VirtualClock;
    /// use backoff_core::Policy;
    /// use backoff_driver::{Attempts, Clock};
    /// use core::time::Duration;
    ///
    /// static RECONNECT: Policy = Policy::DEFAULT.with_first_delay(Duration::from_secs(60));
    ///
    /// # let clock = VirtualClock::new();
    /// # let began = clock.now();
    /// let mut attempts = Attempts::new(&RECONNECT, clock.clone());
    /// # let mut connect = async || Ok::<_, ()>("connected");
    /// let outcome = clock.block_on(async {
    ///     attempts.first_pause().await;
    ///     loop {
    ///         let outcome = connect().await;
    ///         let Some(pause) = attempts.pause_after(&outcome) else { break outcome };
    ///         pause.await;
    ///     }
    /// });
    /// assert_eq!(outcome, Ok("connected"));
    /// assert!(clock.now() - began <= Duration::from_secs(60));
    /// ```
    pub async fn first_pause(&mut self) {
        let policy = self.policy.policy();
        if policy.first_delay() == Duration::ZERO {
            return;
        }
        let wait = policy.draw_first_delay(self.runtime.random());
        self.runtime.sleep(wait).await;
        self.state = CallState::begin(&self.runtime);
    }
}

#[cfg(test)]
mod tests {
    use backoff_core::Policy;

    use super::*;
    use crate::runtime::Clock;
    use crate::test_util::VirtualClock;

    #[test]
    fn the_deadline_counts_from_the_end_of_the_first_wait() {
        let minute = Duration::from_secs(60);
        let clock = VirtualClock::new();
        let began = clock.now();
        let policy = Policy::DEFAULT.with_first_delay(10 * minute);
        let mut waits = [Duration::ZERO; 8];
        for wait in &mut waits {
            let before = clock.now();
            let mut attempts = Attempts::new(&policy, clock.clone());
            clock.block_on(attempts.first_pause());
            *wait = clock.now().saturating_sub(before);
            assert_eq!(attempts.remaining(), Some(minute));
            assert!(*wait <= 10 * minute, "{wait:?}");
        }
        assert!(waits.iter().any(|wait| *wait > minute), "{waits:?}");
        assert!(clock.now().saturating_sub(began) > minute);
    }

    #[test]
    fn without_a_first_delay_nothing_is_waited_for() {
        let clock = VirtualClock::new();
        let began = clock.now();
        let mut attempts = Attempts::new(&Policy::DEFAULT, clock.clone());
        clock.block_on(attempts.first_pause());
        assert_eq!(clock.now(), began);
    }
}
