//! The loop as one call.

use core::future::pending;

use backoff_core::{PolicyRef, nanos};

use super::Attempts;
use super::settle::Next;
use crate::handler::Handle;
use crate::limits::{Interrupt, Timing};
use crate::runtime::{BlockingSleeper, Runtime, Sleeper};

impl<P: PolicyRef, R: Runtime, H> Attempts<P, R, H> {
    /// Runs the loop over an async closure, which may borrow: `&mut` captures are lent to each attempt.
    ///
    /// Attempts are limited as by [`limit`](Self::limit). When the deadline interrupts one, the last outcome before it is
    /// returned if there is one. Await it where it is made; to spawn it, write the loop or use [`retry`](crate::retry).
    ///
    /// # Examples
    ///
    /// ```
    /// # use backoff_driver::test_util::VirtualClock;
    /// use backoff_core::Policy;
    /// use backoff_driver::Attempts;
    /// use std::io;
    ///
    /// # let clock = VirtualClock::new();
    /// let mut calls = 0;
    /// let outcome = clock.block_on(Attempts::new(&Policy::DEFAULT, clock.clone()).run(async || {
    ///     calls += 1;
    ///     if calls < 3 { Err(io::Error::from(io::ErrorKind::ConnectionReset)) } else { Ok(calls) }
    /// }));
    /// assert_eq!(outcome.unwrap(), 3);
    /// ```
    pub async fn run<O>(&mut self, mut operation: impl AsyncFnMut() -> O) -> O
    where
        R: Sleeper,
        H: Handle<O> + Interrupt<O> + Timing,
    {
        self.first_pause().await;
        let (mut last, mut began) = (None, None);
        loop {
            let ended = self.timeout_since(began, operation()).await;
            let (delay, outcome) = match self.settle(ended, last.take()) {
                Some(Next::Final(outcome)) => return outcome,
                Some(Next::Pause { delay, outcome }) => (delay, outcome),
                None => pending().await,
            };
            self.sleep(delay).await;
            let Some(elapsed) = self.start_of_next(&outcome) else {
                return outcome;
            };
            began = Some(nanos::to_duration(elapsed));
            last = H::keep(outcome, 0).map(H::kept);
        }
    }

    /// Runs the loop on this thread, which is blocked between attempts.
    ///
    /// Nothing interrupts an attempt on a thread: give its socket the [time that it has](Self::attempt_timeout).
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_core::Policy;
    /// use backoff_driver::Attempts;
    /// use backoff_driver::test_util::{Script, VirtualClock};
    ///
    /// let script = Script::fails(2, "reset").then(42);
    /// let mut attempts = Attempts::new(&Policy::DEFAULT, VirtualClock::new());
    /// assert_eq!(attempts.call(|| script.play()), Ok(42));
    /// ```
    pub fn call<O>(&mut self, mut operation: impl FnMut() -> O) -> O
    where
        R: BlockingSleeper,
        H: Handle<O>,
    {
        self.block_first_pause();
        loop {
            let outcome = operation();
            let Some(delay) = self.delay_after(&outcome) else {
                return outcome;
            };
            self.runtime.block(delay);
            if !self.recheck(&outcome) {
                return outcome;
            }
        }
    }
}
