//! What happened to a call.

mod record;
mod stable;

use core::fmt;
use core::time::Duration;

use backoff_core::{Failure, GiveUp, nanos};

pub use record::{Record, Reporting};
pub use stable::Stable;

/// What happened to a call so far, or in all once it is over.
///
/// # Examples
///
/// ```
/// use backoff_driver::test_util::{Script, VirtualClock};
/// use backoff_driver::{Attempts, Completion};
/// use backoff_core::Policy;
///
/// let script = Script::fails(2, "reset").then(42);
/// let mut attempts = Attempts::new(&Policy::DEFAULT, VirtualClock::new());
/// assert_eq!(attempts.call(|| script.play()), Ok(42));
///
/// let report = attempts.report();
/// assert_eq!(report.attempts(), 3);
/// assert_eq!(report.slept(), report.elapsed()); // the script takes no time
/// assert_eq!(report.completion(), Some(Completion::Accepted));
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct Report {
    /// In nanoseconds, here and below: half the size of a `Duration`, because an open call keeps its report. While the call
    /// goes on, this is when its last pause ends; once it has ended, its end if that `is_timed`.
    elapsed: u64,
    slept: u64,
    last_hint: u64,
    attempts: u32,
    hinted: bool,
    is_timed: bool,
    is_past_first_delay: bool,
    completion: Option<Completion>,
}

const _: () = assert!(size_of::<Report>() <= 32);

/// How a call ended.
///
/// # Examples
///
/// ```
/// use backoff_core::GiveUp;
/// use backoff_driver::{Completion, Report};
///
/// fn page_somebody(report: &Report) -> bool {
///     match report.completion() {
///         Some(Completion::GaveUp(GiveUp::Budget)) => false, // others have been paged
///         Some(Completion::Interrupted | Completion::GaveUp(_)) => true,
///         _ => false,
///     }
/// }
/// # assert!(!page_somebody(&Report::default()));
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Completion {
    /// The classifier accepted the outcome.
    Accepted,
    /// The caller [cancelled](crate::Attempts::cancel) the call.
    Cancelled,
    /// The last outcome was a failure.
    GaveUp(GiveUp),
    /// The deadline passed during the last attempt, which was interrupted.
    Interrupted,
}

impl Report {
    pub(crate) const fn new() -> Self {
        Self {
            elapsed: 0,
            slept: 0,
            last_hint: 0,
            attempts: 0,
            hinted: false,
            is_timed: false,
            is_past_first_delay: false,
            completion: None,
        }
    }

    /// Returns the number of the last attempt that ended, also if it was accepted or interrupted.
    ///
    /// Attempts before a [resumption](crate::Attempts::resume) count. If the call began anew after a
    /// [stable attempt](crate::Attempts::stable_after), attempts count from there.
    #[must_use]
    pub const fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Returns the time from the start of the first attempt until the call ended or, while it goes on, until now.
    ///
    /// The end of a call that succeeds with its first attempt is when its report is made: it reads no clock before.
    #[must_use]
    pub const fn elapsed(&self) -> Duration {
        nanos::to_duration(self.elapsed)
    }

    /// Returns the sum of the waits between attempts. The wait
    /// [before the first](backoff_core::Policy::with_first_delay) is not one of them.
    ///
    /// A wait that goes on counts until now. One that the caller ended early counts until the next attempt ended, or until
    /// the call was [cancelled](crate::Attempts::cancel), and never longer than it was decided to be.
    #[must_use]
    pub const fn slept(&self) -> Duration {
        nanos::to_duration(self.slept)
    }

    /// Returns the last delay that a server asked for, obeyed or not.
    #[must_use]
    pub const fn last_hint(&self) -> Option<Duration> {
        if self.hinted {
            Some(nanos::to_duration(self.last_hint))
        } else {
            None
        }
    }

    /// Returns whether the call ended with a failure that was retried, or would have been within other limits.
    ///
    /// A layer around this one that retries it again multiplies the attempts, and undoes the limits.
    ///
    /// # Examples
    ///
    /// ```
    /// # use backoff_core::{FailureKind, Policy};
    /// # use backoff_driver::{test_util::{Script, VirtualClock}, Attempts};
    /// let script = Script::fails(9, "reset").then(42);
    /// let mut attempts = Attempts::new(&Policy::DEFAULT, VirtualClock::new());
    /// assert!(attempts.call(|| script.play()).is_err());
    /// assert!(attempts.report().is_exhausted());
    ///
    /// let mut attempts = Attempts::new(&Policy::DEFAULT, VirtualClock::new())
    ///     .when(|_: &&str| FailureKind::Permanent);
    /// assert!(attempts.call(|| script.play()).is_err());
    /// assert!(!attempts.report().is_exhausted());
    /// ```
    #[must_use]
    pub const fn is_exhausted(&self) -> bool {
        match self.completion {
            None | Some(Completion::Accepted | Completion::Cancelled) => false,
            Some(Completion::GaveUp(GiveUp::Permanent)) => self.attempts > 1,
            Some(Completion::Interrupted | Completion::GaveUp(_)) => true,
        }
    }

    /// Returns how the call ended; `None` while it goes on.
    #[must_use]
    pub const fn completion(&self) -> Option<Completion> {
        self.completion
    }
}

impl Report {
    #[inline]
    fn note_hint(&mut self, failure: Failure) {
        if let Some(hint) = failure.retry_after() {
            self.last_hint = nanos::from_duration(hint);
            self.hinted = true;
        }
    }

    /// What was really slept, after a pause that may have been ended early.
    #[inline]
    const fn slept_by(&self, elapsed: u64) -> u64 {
        self.slept
            .saturating_sub(self.elapsed.saturating_sub(elapsed))
    }

    /// The report of a call that goes on, or ends now.
    pub(crate) const fn at(&self, elapsed: u64) -> Self {
        if self.is_timed {
            return *self;
        }
        let slept = self.slept_by(elapsed);
        Self {
            elapsed,
            slept,
            ..*self
        }
    }

    /// Notes when the call ended.
    #[inline]
    const fn end_at(&mut self, elapsed: u64) {
        *self = self.at(elapsed);
        self.is_timed = true;
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { attempts, .. } = self;
        let (elapsed, slept) = (self.elapsed(), self.slept());
        let s = if *attempts == 1 { "" } else { "s" };
        write!(f, "{attempts} attempt{s} in {elapsed:.3?}")?;
        if !slept.is_zero() {
            write!(f, ", {slept:.3?} of it waiting")?;
        }
        match self.completion {
            None => Ok(()),
            Some(Completion::Accepted) => f.write_str("; succeeded"),
            Some(Completion::Cancelled) => f.write_str("; cancelled"),
            Some(Completion::GaveUp(reason)) => write!(f, "; gave up: {reason}"),
            Some(Completion::Interrupted) => f.write_str("; interrupted at the deadline"),
        }
    }
}
