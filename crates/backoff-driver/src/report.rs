//! What happened to a call, once it is over.

use core::fmt;
use core::time::Duration;

use backoff_core::{Failure, GiveUp, nanos};

/// What happened to a call so far, or in all once it is over.
///
/// # Examples
///
/// ```
/// use backoff_driver::test_util::{Script, VirtualClock};
/// use backoff_driver::{Attempts, Completion};
/// use backoff_core::Policy;
/// # use rand_xoshiro::{rand_core::SeedableRng, Xoshiro128PlusPlus};
/// # let random = Xoshiro128PlusPlus::seed_from_u64(1);
///
/// let script = Script::fails(2, "reset").then(42);
/// let mut attempts = Attempts::new(&Policy::DEFAULT, VirtualClock::new(), random);
/// assert_eq!(attempts.call(|| script.play()), Ok(42));
///
/// let report = attempts.report();
/// assert_eq!(report.attempts(), 3);
/// assert_eq!(report.slept(), report.elapsed()); // the script takes no time
/// assert_eq!(report.completion(), Some(Completion::Accepted));
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct Report {
    /// Nanoseconds here and below, half the size of a `Duration`: an open call keeps its report.
    elapsed: u64,
    slept: u64,
    last_hint: u64,
    attempts: u32,
    hinted: bool,
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
    /// The deadline passed during the last attempt, which was cut off.
    Interrupted,
    /// The last outcome was a failure.
    GaveUp(GiveUp),
}

impl Report {
    /// The number of the last attempt that has come to its end, one that was accepted or cut off included.
    ///
    /// The attempts before a [resumption](crate::Attempts::resume) count.
    #[must_use]
    pub const fn attempts(&self) -> u32 {
        self.attempts
    }

    /// From the start of the first attempt until the call ended or, while it goes on, until now.
    #[must_use]
    pub const fn elapsed(&self) -> Duration {
        nanos::to_duration(self.elapsed)
    }

    /// The sum of the waits between attempts.
    #[must_use]
    pub const fn slept(&self) -> Duration {
        nanos::to_duration(self.slept)
    }

    /// The last delay that a server asked for, obeyed or not.
    #[must_use]
    pub const fn last_hint(&self) -> Option<Duration> {
        if self.hinted {
            Some(nanos::to_duration(self.last_hint))
        } else {
            None
        }
    }

    /// Whether the call ended with a failure that was retried, or would have been within other limits.
    ///
    /// A layer around this one that retries it again multiplies the attempts, and undoes the limits.
    ///
    /// # Examples
    ///
    /// ```
    /// # use backoff_core::{FailureKind, Policy};
    /// # use backoff_driver::{test_util::{Script, VirtualClock}, Attempts};
    /// # use rand_xoshiro::{rand_core::SeedableRng, Xoshiro128PlusPlus};
    /// # let random = || Xoshiro128PlusPlus::seed_from_u64(1);
    /// let script = Script::fails(9, "reset").then(42);
    /// let mut attempts = Attempts::new(&Policy::DEFAULT, VirtualClock::new(), random());
    /// assert!(attempts.call(|| script.play()).is_err());
    /// assert!(attempts.report().is_exhausted());
    ///
    /// let mut attempts = Attempts::new(&Policy::DEFAULT, VirtualClock::new(), random())
    ///     .when(|_: &&str| FailureKind::Permanent);
    /// assert!(attempts.call(|| script.play()).is_err());
    /// assert!(!attempts.report().is_exhausted());
    /// ```
    #[must_use]
    pub const fn is_exhausted(&self) -> bool {
        match self.completion {
            None | Some(Completion::Accepted) => false,
            Some(Completion::GaveUp(GiveUp::Permanent)) => self.attempts > 1,
            Some(Completion::Interrupted | Completion::GaveUp(_)) => true,
        }
    }

    /// How the call ended; `None` while it goes on.
    #[must_use]
    pub const fn completion(&self) -> Option<Completion> {
        self.completion
    }
}

impl Report {
    #[inline]
    fn hear(&mut self, failure: Failure) {
        if let Some(hint) = failure.retry_after() {
            self.last_hint = nanos::from_duration(hint);
            self.hinted = true;
        }
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
            Some(Completion::Interrupted) => f.write_str("; cut off at the deadline"),
            Some(Completion::GaveUp(reason)) => write!(f, "; gave up: {reason}"),
        }
    }
}

/// What a call keeps of its history: [`Report`] all of it, `()` nothing.
///
/// Sealed: these are the two there are.
pub trait Ledger: Sealed {
    /// What a finished call yields.
    type Yield<O>;

    /// Notes that an attempt is followed by a wait.
    #[doc(hidden)]
    fn retried(&mut self, attempt: u32, failure: Failure, after: Duration);

    /// Notes that the call is over.
    #[doc(hidden)]
    fn ended(&mut self, attempt: u32, failure: Option<Failure>, completion: Completion);

    /// Whether the call is known to be over.
    #[doc(hidden)]
    fn has_ended(&self) -> bool;

    /// Joins the history to the outcome. Only a ledger that wants the elapsed time asks for it.
    #[doc(hidden)]
    fn close<O>(&self, outcome: O, elapsed: impl FnOnce() -> Duration) -> Self::Yield<O>;
}

pub trait Sealed {}

impl Sealed for () {}

impl Ledger for () {
    type Yield<O> = O;

    #[inline]
    fn retried(&mut self, _attempt: u32, _failure: Failure, _after: Duration) {}

    #[inline]
    fn ended(&mut self, _attempt: u32, _failure: Option<Failure>, _ending: Completion) {}

    /// The future is the only one to keep nothing, and knows its end by itself.
    #[inline]
    fn has_ended(&self) -> bool {
        false
    }

    #[inline]
    fn close<O>(&self, outcome: O, _elapsed: impl FnOnce() -> Duration) -> O {
        outcome
    }
}

impl Sealed for Report {}

impl Ledger for Report {
    type Yield<O> = (O, Report);

    #[inline]
    fn retried(&mut self, attempt: u32, failure: Failure, after: Duration) {
        self.attempts = attempt;
        self.slept = self.slept.saturating_add(nanos::from_duration(after));
        self.hear(failure);
    }

    #[inline]
    fn ended(&mut self, attempt: u32, failure: Option<Failure>, completion: Completion) {
        self.attempts = attempt;
        if let Some(failure) = failure {
            self.hear(failure);
        }
        self.completion = Some(completion);
    }

    #[inline]
    fn has_ended(&self) -> bool {
        self.completion.is_some()
    }

    #[inline]
    fn close<O>(&self, outcome: O, elapsed: impl FnOnce() -> Duration) -> (O, Report) {
        (
            outcome,
            Report {
                elapsed: nanos::from_duration(elapsed()),
                ..*self
            },
        )
    }
}
