//! The wait before the first attempt.

use core::time::Duration;

use backoff_core::PolicyRef;

use super::Attempts;
use super::call_state::CallState;
use crate::handler::Recording;
use crate::report::Record;
use crate::runtime::{BlockingSleeper, Runtime, Sleeper};

impl<P: PolicyRef, R: Sleeper, H: Recording> Attempts<P, R, H> {
    /// Waits before the first attempt, as [`Policy::with_first_delay`](backoff_core::Policy::with_first_delay) says, and
    /// begins the call then: its deadline does not count this wait.
    ///
    /// Call it before the loop. [`run`](Self::run), [`call`](Self::call) and the other closure forms wait by themselves,
    /// and none of them waits twice. Without such a setting, after the first attempt, and in a call that was
    /// [resumed](Self::resume), it does nothing. Dropping the future cancels the wait.
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
        if let Some(wait) = self.draw_first_delay() {
            self.runtime.sleep(wait).await;
            self.begin_delayed();
        }
    }
}

impl<P: PolicyRef, R: BlockingSleeper, H: Recording> Attempts<P, R, H> {
    /// Blocks this thread before the first attempt, as [`first_pause`](Self::first_pause) waits.
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_core::Policy;
    /// use backoff_driver::Attempts;
    /// use backoff_driver::test_util::{Script, VirtualClock};
    /// use core::time::Duration;
    ///
    /// let policy = Policy::DEFAULT.with_first_delay(Duration::from_secs(60));
    /// let script = Script::fails(2, "reset").then(42);
    /// let mut attempts = Attempts::new(&policy, VirtualClock::new());
    /// attempts.block_first_pause();
    /// let outcome = loop {
    ///     let outcome = script.play();
    ///     let Some(delay) = attempts.delay_after(&outcome) else { break outcome };
    ///     # let _ = delay;
    ///     // .. block for the delay, with the tool that your thread has
    /// };
    /// assert_eq!(outcome, Ok(42));
    /// ```
    pub fn block_first_pause(&mut self) {
        if let Some(wait) = self.draw_first_delay() {
            self.runtime.block(wait);
            self.begin_delayed();
        }
    }
}

impl<P: PolicyRef, R: Runtime, H: Recording> Attempts<P, R, H> {
    /// Draws the wait before the first attempt. Returns `None` if the policy sets no wait, or if it is over.
    #[inline]
    pub(crate) fn draw_first_delay(&mut self) -> Option<Duration> {
        if !self.policy.policy().has_first_delay() || !self.is_before_first_delay() {
            return None;
        }
        let random = self.runtime.random();
        Some(self.policy.policy().draw_first_delay(random))
    }

    /// The wait before the first attempt of a future, which begins its call afterwards.
    #[inline]
    pub(crate) fn first_sleep(&mut self) -> R::Sleep
    where
        R: Sleeper,
    {
        let random = self.runtime.random();
        self.handler.record().end_first_delay();
        let wait = self.policy.policy().draw_first_delay(random);
        self.runtime.sleep(wait)
    }

    /// Whether the policy has a wait before the first attempt.
    #[inline]
    pub(crate) fn has_first_delay(&self) -> bool {
        self.policy.policy().has_first_delay()
    }

    /// Whether the policy lets the call wait before its first attempt, and that has not begun.
    #[cold]
    pub(crate) fn is_before_first_delay(&mut self) -> bool {
        let attempt = self.attempt();
        let record = self.handler.record();
        self.policy.policy().has_first_delay()
            && attempt == 1
            && !record.has_ended()
            && !record.is_past_first_delay()
    }

    /// Begins the call after the wait before its first attempt.
    #[cold]
    pub(crate) fn begin_delayed(&mut self) {
        self.state = CallState::begin(&self.runtime);
        self.handler.record().end_first_delay();
        self.note_start();
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
