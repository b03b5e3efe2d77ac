//! What happens during a call.

use core::time::Duration;

use backoff_core::{DelayOrigin, Failure, GiveUp};

/// Something that happened to a call, with the outcome that caused it.
///
/// Its `Display` is one line for a log.
///
/// # Examples
///
/// ```
/// use backoff_driver::Event;
///
/// fn log<T>(event: &Event<'_, Result<T, std::io::Error>>) {
///     match event {
///         Event::Retrying { outcome: Err(error), delay, .. } => println!("{error}; again in {delay:?}"),
///         other => println!("{other}"),
///     }
/// }
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a, O: ?Sized> {
    /// The call ends with a failure.
    #[non_exhaustive]
    GaveUp {
        /// The attempt that failed; the first is 1.
        attempt: u32,
        /// Since the first attempt began.
        elapsed: Duration,
        /// How the classifier classified the outcome.
        failure: Failure,
        /// Why there is no further attempt.
        reason: GiveUp,
        /// The outcome of the attempt.
        outcome: &'a O,
    },
    /// The deadline passed during an attempt, which was interrupted; the call ends.
    #[non_exhaustive]
    Interrupted {
        /// The attempt that was interrupted; the first is 1.
        attempt: u32,
        /// Since the first attempt began.
        elapsed: Duration,
        /// What the call ends with: in the closure forms the outcome of an earlier attempt, if there is one.
        outcome: &'a O,
    },
    /// An attempt failed that had lasted long enough to begin a new call; see
    /// [`stable_after`](crate::Attempts::stable_after).
    ///
    /// An event of the new call follows, whose attempt is 1.
    #[non_exhaustive]
    Renewed {
        /// The attempt that lasted, as a number of the call that it ends; the first is 1.
        attempt: u32,
        /// Since the first attempt of that call began.
        elapsed: Duration,
        /// The outcome of the attempt.
        outcome: &'a O,
    },
    /// An attempt failed, and another follows after a wait.
    #[non_exhaustive]
    Retrying {
        /// The attempt that failed; the first is 1.
        attempt: u32,
        /// Since the first attempt began.
        elapsed: Duration,
        /// How the classifier classified the outcome.
        failure: Failure,
        /// The wait that begins now.
        delay: Duration,
        /// What determined the wait: the schedule, a hint of the server, or the deadline.
        origin: DelayOrigin,
        /// The outcome of the attempt.
        outcome: &'a O,
    },
    /// The call ends with an outcome that the classifier accepts.
    #[non_exhaustive]
    Succeeded {
        /// The attempt that succeeded; the first is 1.
        attempt: u32,
        /// Since the first attempt began.
        elapsed: Duration,
        /// The outcome of the attempt.
        outcome: &'a O,
    },
}

impl<'a, O: ?Sized> Event<'a, O> {
    /// Returns the attempt that the event follows; the first is 1.
    #[must_use]
    pub const fn attempt(&self) -> u32 {
        match self {
            Self::GaveUp { attempt, .. }
            | Self::Interrupted { attempt, .. }
            | Self::Renewed { attempt, .. }
            | Self::Retrying { attempt, .. }
            | Self::Succeeded { attempt, .. } => *attempt,
        }
    }

    /// Returns the time since the first attempt began.
    #[must_use]
    pub const fn elapsed(&self) -> Duration {
        match self {
            Self::GaveUp { elapsed, .. }
            | Self::Interrupted { elapsed, .. }
            | Self::Renewed { elapsed, .. }
            | Self::Retrying { elapsed, .. }
            | Self::Succeeded { elapsed, .. } => *elapsed,
        }
    }

    /// Returns the outcome that caused it.
    #[must_use]
    pub const fn outcome(&self) -> &'a O {
        match self {
            Self::GaveUp { outcome, .. }
            | Self::Interrupted { outcome, .. }
            | Self::Renewed { outcome, .. }
            | Self::Retrying { outcome, .. }
            | Self::Succeeded { outcome, .. } => outcome,
        }
    }
}
