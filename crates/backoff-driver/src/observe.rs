//! What happens during a call, as it happens.

#[cfg(any(target_has_atomic = "ptr", feature = "portable-atomic-1"))]
mod counters;
#[cfg(feature = "defmt-1")]
mod defmt;
#[cfg(feature = "heapless-0-9")]
mod history;
mod line;
#[cfg(feature = "log-0-4")]
mod log;
#[cfg(feature = "tracing-0-1")]
mod tracing;

use core::fmt;
use core::time::Duration;

use backoff_core::{DelayOrigin, Failure, GiveUp};

use self::line::Line;

#[cfg(any(target_has_atomic = "ptr", feature = "portable-atomic-1"))]
pub use counters::Counters;
#[cfg(feature = "defmt-1")]
pub use defmt::Defmt;
#[cfg(feature = "heapless-0-9")]
pub use history::{FailedAttempt, History};
#[cfg(feature = "log-0-4")]
pub use log::Log;
#[cfg(feature = "tracing-0-1")]
pub use tracing::Tracing;

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

impl<O: ?Sized> fmt::Display for Event<'_, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Line::new(self, None).fmt(f)
    }
}

/// Is told of the events of a call.
///
/// Every `FnMut(&Event<'_, O>)` is an observer, and so is a pair of observers: the first one is told first.
///
/// These are ready-made:
///
/// | observer | feature | for |
/// |---|---|---|
/// | [`Counters`] | | exporters of metrics: atomic integers that may be `static` |
/// | `Defmt` | `defmt-1` | the log of a microcontroller |
/// | `History` | `heapless-0-9` | the last failures, to read after the call |
/// | `Log` | `log-0-4` | the `log` of an application |
/// | `Tracing` | `tracing-0-1` | a subscriber of `tracing`: a span per call, an event per retry |
///
/// # Examples
///
/// ```
/// use backoff_driver::{Event, Observe};
///
/// #[derive(Default)]
/// struct Retries(u64);
///
/// impl<O> Observe<O> for Retries {
///     fn observe(&mut self, event: &Event<'_, O>) {
///         self.0 += u64::from(matches!(event, Event::Retrying { .. }));
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not observe calls whose outcome is `{O}`",
    label = "not an observer of `{O}`",
    note = "an observer is a function over `&Event<'_, {O}>`, a type that is `Observe`, or a pair of observers"
)]
pub trait Observe<O: ?Sized> {
    /// Takes one event.
    fn observe(&mut self, event: &Event<'_, O>);

    /// Whether events are observed at all. If not, a success reads no clock.
    #[doc(hidden)]
    const LISTENS: bool = true;

    /// Whether it matters how long a success took. If not, a success reads no clock, and its `elapsed` is zero.
    #[doc(hidden)]
    const TIMES_SUCCESS: bool = Self::LISTENS;
}

impl<O: ?Sized, F: FnMut(&Event<'_, O>)> Observe<O> for F {
    #[inline]
    fn observe(&mut self, event: &Event<'_, O>) {
        self(event);
    }
}

/// Both are told of every event, the first one first.
impl<O: ?Sized, A: Observe<O>, B: Observe<O>> Observe<O> for (A, B) {
    const LISTENS: bool = A::LISTENS || B::LISTENS;
    const TIMES_SUCCESS: bool = A::TIMES_SUCCESS || B::TIMES_SUCCESS;

    #[inline]
    fn observe(&mut self, event: &Event<'_, O>) {
        self.0.observe(event);
        self.1.observe(event);
    }
}

/// The default observer: it ignores every event.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct NoObserver;

impl<O: ?Sized> Observe<O> for NoObserver {
    const LISTENS: bool = false;

    #[inline]
    fn observe(&mut self, _event: &Event<'_, O>) {}
}
