//! The error of an attempt that ran out of time.

use core::fmt;
use core::time::Duration;

/// An attempt was interrupted because its time was over.
///
/// An error type of yours that implements `From<TimedOut>` needs no [`on_timeout`](crate::RetryFuture::on_timeout).
/// `std::io::Error` does (with the feature `std`; its kind is `TimedOut`), and boxed errors and `anyhow::Error` do by
/// themselves.
///
/// # Examples
///
/// ```
/// use backoff_driver::TimedOut;
///
/// #[derive(Debug)]
/// enum Error {
///     Refused,
///     TimedOut,
/// }
///
/// impl From<TimedOut> for Error {
///     fn from(_: TimedOut) -> Self {
///         Self::TimedOut
///     }
/// }
/// # let _ = Error::Refused;
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct TimedOut {
    after: Duration,
    deadline: bool,
}

impl TimedOut {
    pub(crate) const fn attempt(after: Duration) -> Self {
        Self {
            after,
            deadline: false,
        }
    }

    pub(crate) const fn deadline(after: Duration) -> Self {
        Self {
            after,
            deadline: true,
        }
    }

    /// Returns the limit that was reached: the policy's timeout of an attempt or, if
    /// [`is_deadline`](Self::is_deadline), its deadline, which counts from the start of the call.
    #[must_use]
    pub const fn after(self) -> Duration {
        self.after
    }

    /// Returns whether the deadline of the call interrupted the attempt, and not the timeout of an attempt.
    #[must_use]
    pub const fn is_deadline(self) -> bool {
        self.deadline
    }
}

impl fmt::Display for TimedOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { after, deadline } = self;
        if *deadline {
            write!(f, "timed out at the deadline of {after:?}")
        } else {
            write!(f, "timed out after {after:?}")
        }
    }
}

impl core::error::Error for TimedOut {}

#[cfg(feature = "std")]
impl From<TimedOut> for std::io::Error {
    fn from(cut: TimedOut) -> Self {
        Self::new(std::io::ErrorKind::TimedOut, cut)
    }
}

/// An outcome that can be made of [`TimedOut`]: every `Result` whose error can.
#[diagnostic::on_unimplemented(
    message = "an interrupted attempt needs an outcome, and `{Self}` cannot be made from `TimedOut`",
    label = "the policy's timeout and deadline interrupt attempts",
    note = "give one: `.on_timeout(|cut| Err(..))`",
    note = "or implement `From<TimedOut>` for the error",
    note = "or let attempts run to their end: `.uninterrupted()`"
)]
pub trait FromTimeout {
    /// Makes the outcome of an attempt that was interrupted.
    fn from_timeout(cut: TimedOut) -> Self;
}

#[diagnostic::do_not_recommend]
impl<T, E: From<TimedOut>> FromTimeout for Result<T, E> {
    fn from_timeout(cut: TimedOut) -> Self {
        Err(cut.into())
    }
}
