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

/// Something that happened to a call, with the outcome that made it happen.
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
    /// The deadline passed during an attempt, which was cut off; the call ends.
    #[non_exhaustive]
    Interrupted {
        /// The attempt that was cut off; the first is 1.
        attempt: u32,
        /// Since the first attempt began.
        elapsed: Duration,
        /// What the call ends with: the outcome of an earlier attempt, if there is one.
        outcome: &'a O,
    },
    /// The call ends with a failure.
    #[non_exhaustive]
    GaveUp {
        /// The attempt that failed; the first is 1.
        attempt: u32,
        /// Since the first attempt began.
        elapsed: Duration,
        /// What the classifier said of the outcome.
        failure: Failure,
        /// Why there is no further attempt.
        reason: GiveUp,
        /// What the attempt came to.
        outcome: &'a O,
    },
    /// An attempt failed, and another follows after a wait.
    #[non_exhaustive]
    Retrying {
        /// The attempt that failed; the first is 1.
        attempt: u32,
        /// Since the first attempt began.
        elapsed: Duration,
        /// What the classifier said of the outcome.
        failure: Failure,
        /// The wait that begins now.
        delay: Duration,
        /// Whether the wait is the policy's own or the server's.
        origin: DelayOrigin,
        /// What the attempt came to.
        outcome: &'a O,
    },
    /// The call ends with an outcome that the classifier accepts.
    #[non_exhaustive]
    Succeeded {
        /// The attempt that succeeded; the first is 1.
        attempt: u32,
        /// Since the first attempt began.
        elapsed: Duration,
        /// What the attempt came to.
        outcome: &'a O,
    },
}

impl<'a, O: ?Sized> Event<'a, O> {
    /// The attempt that the event follows; the first is 1.
    #[must_use]
    pub const fn attempt(&self) -> u32 {
        match self {
            Self::Interrupted { attempt, .. }
            | Self::GaveUp { attempt, .. }
            | Self::Retrying { attempt, .. }
            | Self::Succeeded { attempt, .. } => *attempt,
        }
    }

    /// The time since the first attempt began.
    #[must_use]
    pub const fn elapsed(&self) -> Duration {
        match self {
            Self::Interrupted { elapsed, .. }
            | Self::GaveUp { elapsed, .. }
            | Self::Retrying { elapsed, .. }
            | Self::Succeeded { elapsed, .. } => *elapsed,
        }
    }

    /// The outcome that made it happen.
    #[must_use]
    pub const fn outcome(&self) -> &'a O {
        match self {
            Self::Interrupted { outcome, .. }
            | Self::GaveUp { outcome, .. }
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

/// Hears of the events of a call.
///
/// Every `FnMut(&Event<'_, O>)` is an observer, and so is a pair of observers, the first of which hears first.
///
/// There are ready-made ones:
///
/// | observer | feature | tells |
/// |---|---|---|
/// | [`Counters`] | | an exporter of metrics, by atomic integers that may be `static` |
/// | `Defmt` | `defmt-1` | the log of a microcontroller |
/// | `History` | `heapless-0-9` | the caller, of the last failures, when the call is over |
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
    message = "`{Self}` does not hear of calls whose outcome is `{O}`",
    label = "not an observer of `{O}`",
    note = "an observer is a function over `&Event<'_, {O}>`, a type that is `Observe`, or a pair of observers"
)]
pub trait Observe<O: ?Sized> {
    /// Whether anybody listens; where nobody does, a success reads no clock.
    const LISTENS: bool = true;

    /// Whether anybody asks how long a success took; where nobody does, a success reads no clock, and its
    /// [`elapsed`](Event::elapsed) is zero.
    const TIMES_SUCCESS: bool = Self::LISTENS;

    /// Hears of one event.
    fn observe(&mut self, event: &Event<'_, O>);
}

impl<O: ?Sized, F: FnMut(&Event<'_, O>)> Observe<O> for F {
    #[inline]
    fn observe(&mut self, event: &Event<'_, O>) {
        self(event);
    }
}

/// Both hear of every event, the first one first.
impl<O: ?Sized, A: Observe<O>, B: Observe<O>> Observe<O> for (A, B) {
    const LISTENS: bool = A::LISTENS || B::LISTENS;
    const TIMES_SUCCESS: bool = A::TIMES_SUCCESS || B::TIMES_SUCCESS;

    #[inline]
    fn observe(&mut self, event: &Event<'_, O>) {
        self.0.observe(event);
        self.1.observe(event);
    }
}

/// The observer of those who name none.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct NoObserver;

impl<O: ?Sized> Observe<O> for NoObserver {
    const LISTENS: bool = false;

    #[inline]
    fn observe(&mut self, _event: &Event<'_, O>) {}
}
