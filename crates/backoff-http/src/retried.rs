//! How two layers that retry know of each other.

use core::error::Error;
use core::fmt;

use backoff_core::Failure;

use crate::classification::{Classification, ClassifiedBy};
#[cfg(feature = "std")]
use crate::error_chain::source;
use crate::field;
#[cfg(feature = "std")]
use crate::given_up::RetriesExhausted;
use crate::headers::Headers;

/// The name of the request header that carries the number of the attempt, where it is sent; the first is 1.
///
/// # Examples
///
/// A server that sees that a request is a repetition:
///
/// ```
/// use backoff_http::{attempt, ATTEMPT_HEADER};
/// assert_eq!(ATTEMPT_HEADER, "retry-attempt");
/// assert_eq!(attempt(&[("Retry-Attempt", "3")]), Some(3));
/// assert_eq!(attempt(&[("Retry-Attempt", "0")]), None);
/// ```
pub const ATTEMPT_HEADER: &str = "retry-attempt";

/// The number of the attempt that a request says it is; `None` if it says nothing, or nothing that makes sense.
#[must_use]
pub fn attempt<H: Headers + ?Sized>(headers: &H) -> Option<u32> {
    let number = field::digits(field::trim(headers.first(ATTEMPT_HEADER)?))?;
    u32::try_from(number).ok().filter(|attempt| *attempt > 0)
}

/// A number as the text of a header, without an allocator: the value of [`ATTEMPT_HEADER`].
///
/// # Examples
///
/// ```
/// # use backoff_http::AttemptText;
/// assert_eq!(AttemptText::new(4_294_967_295).as_str(), "4294967295");
/// assert_eq!(AttemptText::new(1).as_str(), "1");
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct AttemptText {
    /// The digits, at the end.
    digits: [u8; 10],
    length: usize,
}

impl AttemptText {
    /// Writes the number of an attempt.
    #[must_use]
    pub fn new(attempt: u32) -> Self {
        let mut text = Self {
            digits: [b'0'; 10],
            length: 0,
        };
        let mut rest = attempt;
        for digit in text.digits.iter_mut().rev() {
            *digit = b'0' + (rest % 10) as u8;
            rest /= 10;
            text.length += 1;
            if rest == 0 {
                break;
            }
        }
        text
    }

    /// The number in decimal digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let digits = self
            .digits
            .split_at_checked(10_usize.saturating_sub(self.length));
        digits
            .and_then(|(_, digits)| core::str::from_utf8(digits).ok())
            .unwrap_or("0")
    }
}

/// The mark that a layer which retries leaves on an outcome that it gave up, so that no layer around it retries
/// the same again.
///
/// It travels as the source of an error, or among the extensions of a response. Three attempts within three
/// attempts would otherwise be nine.
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
/// assert_eq!(Classification::from(mark).reason(), ClassifiedBy::AlreadyRetried);
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt-1", derive(defmt::Format))]
pub struct RetryMark {
    attempts: u32,
}

impl RetryMark {
    /// The mark of a layer that made so many attempts.
    #[must_use]
    pub const fn after(attempts: u32) -> Self {
        Self { attempts }
    }

    /// How many attempts were made.
    #[must_use]
    pub const fn attempts(self) -> u32 {
        self.attempts
    }

    /// Looks for the mark in an error and in its sources, with `std` also in what an `io::Error` was made of.
    #[must_use]
    pub fn find(error: &(dyn Error + 'static)) -> Option<Self> {
        let mut next = Some(error);
        while let Some(error) = next {
            if let Some(mark) = error.downcast_ref() {
                return Some(*mark);
            }
            #[cfg(feature = "std")]
            if let Some(error) = error.downcast_ref::<RetriesExhausted>() {
                return Some(error.mark());
            }
            next = source(error);
        }
        None
    }
}

#[cfg(not(feature = "std"))]
fn source<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e (dyn Error + 'static)> {
    error.source()
}

impl fmt::Display for RetryMark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let s = if self.attempts == 1 { "" } else { "s" };
        write!(f, "given up after {} attempt{s}", self.attempts)
    }
}

impl Error for RetryMark {}

/// A failure that is not to be retried again.
impl From<RetryMark> for Classification {
    fn from(_: RetryMark) -> Self {
        Self::failed(Failure::permanent(), ClassifiedBy::AlreadyRetried)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn a_number_is_written_as_it_is_read() {
        for number in [1, 9, 10, 99, 100, 4_294_967_295] {
            let text = AttemptText::new(number);
            assert_eq!(text.as_str(), number.to_string());
            assert_eq!(attempt(&[(ATTEMPT_HEADER, text.as_str())]), Some(number));
        }
        for value in ["", "0", "-1", "x", "4294967296"] {
            assert_eq!(attempt(&[(ATTEMPT_HEADER, value)]), None, "{value}");
        }
    }
    #[cfg(feature = "std")]
    #[test]
    fn an_io_error_does_not_hide_the_mark() {
        use std::io::{Error, ErrorKind};
        let mark = RetryMark::after(2);
        let errors = [
            Error::other(mark),
            Error::new(ErrorKind::ConnectionReset, mark),
            Error::other(Error::other(mark)),
            Error::other(RetriesExhausted::new(mark, "reset")),
            Error::other(RetriesExhausted::new(
                RetryMark::after(2),
                Error::other(RetryMark::after(9)),
            )),
        ];
        for error in errors {
            assert_eq!(RetryMark::find(&error), Some(mark), "{error:?}");
        }
        assert_eq!(RetryMark::find(&Error::other("reset")), None);
    }
}
