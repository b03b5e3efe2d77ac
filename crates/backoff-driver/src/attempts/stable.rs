//! An attempt that lasted begins a new call.

use core::time::Duration;

use backoff_core::{CallEnd, Failure, FailureKind, PolicyRef, nanos};

use super::Attempts;
use super::call_state::CallState;
use crate::handler::Handle;
use crate::observe::Event;
use crate::report::Record;
use crate::runtime::Runtime;

impl<P: PolicyRef, R: Runtime, H> Attempts<P, R, H> {
    /// Begins a new call where the attempt that failed had lasted long enough.
    #[inline]
    pub(super) fn renew_if_stable<O: ?Sized>(
        &mut self,
        outcome: &O,
        failure: Failure,
        now: Duration,
    ) where
        H: Handle<O>,
    {
        if !<H::Record as Record>::TIMES_ATTEMPTS
            || failure.kind() == FailureKind::Permanent
            || !self.handler.record().is_stable(nanos::from_duration(now))
        {
            return;
        }
        let (attempt, elapsed) = (self.attempt(), self.elapsed());
        self.handler.observe(&Event::Renewed {
            attempt,
            elapsed,
            outcome,
        });
        self.state = CallState::begun(nanos::from_duration(now));
        self.handler.record().reset();
        self.handler.end(CallEnd::Succeeded);
        self.handler.begin(now);
    }
}
