//! The mark by which an outer layer knows that an inner layer has retried.

use core::error::Error;
use core::fmt;

/// The mark of a layer that exhausted its retries. An outer layer that finds it does not retry again.
///
/// It travels as the source of an error, or in the extensions of a response. Without it, three attempts inside of
/// three attempts would be nine.
///
/// # Examples
///
/// ```
/// use backoff_http::{Classification, ClassifiedBy, RetryMark};
/// use backoff_core::Failure;
/// use std::error::Error;
/// use std::fmt;
///
/// #[derive(Debug)]
/// struct Unreachable(RetryMark);
///
/// impl fmt::Display for Unreachable {
///     fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
///         f.write_str("the service cannot be reached")
///     }
/// }
/// impl Error for Unreachable {
///     fn source(&self) -> Option<&(dyn Error + 'static)> {
///         Some(&self.0)
///     }
/// }
///
/// let error = Unreachable(RetryMark::after(3));
/// let mark = RetryMark::find(&error).unwrap();
/// assert_eq!(mark.to_string(), "given up after 3 attempts");
/// assert_eq!(Classification::from(mark).failure(), Some(Failure::permanent()));
/// assert_eq!(Classification::from(mark).classified_by(), ClassifiedBy::AlreadyRetried);
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt-1", derive(defmt::Format))]
pub struct RetryMark {
    attempts: u32,
}

impl RetryMark {
    /// Creates the mark of a layer that made this number of attempts.
    #[must_use]
    pub const fn after(attempts: u32) -> Self {
        Self { attempts }
    }

    /// Returns the number of attempts that were made.
    #[must_use]
    pub const fn attempts(self) -> u32 {
        self.attempts
    }
}

impl fmt::Display for RetryMark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let s = if self.attempts == 1 { "" } else { "s" };
        write!(f, "given up after {} attempt{s}", self.attempts)
    }
}

impl Error for RetryMark {}
