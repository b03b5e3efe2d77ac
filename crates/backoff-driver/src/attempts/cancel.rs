//! The end of a call without an outcome.

use backoff_core::{Budget, CallEnd, PolicyRef};

use super::Attempts;
use crate::handler::Handler;
use crate::report::{Report, Reporting};
use crate::runtime::Runtime;

impl<P: PolicyRef, R: Runtime, C, O, K: Reporting, B: Budget, T>
    Attempts<P, R, Handler<C, O, K, B, T>>
{
    /// Ends a call without an outcome, and returns what happened: for a loop that stops waiting, as at a shutdown.
    ///
    /// The report counts what was really slept. Nothing changes in a call that has already ended.
    ///
    /// # Examples
    ///
    /// ```
    /// # use backoff_driver::test_util::VirtualClock;
    /// use backoff_core::{Jitter, Policy};
    /// use backoff_driver::{Attempts, Completion, Sleeper};
    /// use core::time::Duration;
    ///
    /// # let clock = VirtualClock::new();
    /// let policy = Policy::constant(Duration::from_secs(10)).with_jitter(Jitter::None);
    /// let mut attempts = Attempts::new(&policy, clock.clone());
    /// let pause = attempts.pause_after(&Err::<(), _>("reset"));
    /// clock.advance(Duration::from_secs(3));
    /// drop(pause); // a select! took another branch
    ///
    /// let report = attempts.cancel();
    /// assert_eq!(report.slept(), Duration::from_secs(3));
    /// assert_eq!(report.completion(), Some(Completion::Cancelled));
    /// ```
    pub fn cancel(&mut self) -> Report {
        let elapsed = self.elapsed_nanos();
        if !self.handler.record.has_ended() {
            self.handler.record.cancelled(elapsed);
            self.handler.account.end(CallEnd::Cancelled);
        }
        self.report()
    }
}
