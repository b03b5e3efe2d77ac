//! The header that tells a server the number of the attempt.

use crate::field::{self, Headers};

/// The name of the request header that carries the number of the attempt. The first attempt is 1.
///
/// # Examples
///
/// A server reads the number of the attempt:
///
/// ```
/// use backoff_http::{attempt, ATTEMPT_HEADER};
///
/// assert_eq!(ATTEMPT_HEADER, "retry-attempt");
/// assert_eq!(attempt(&[("Retry-Attempt", "3")]), Some(3));
/// assert_eq!(attempt(&[("Retry-Attempt", "0")]), None);
/// ```
pub const ATTEMPT_HEADER: &str = "retry-attempt";

/// Returns the number of the attempt from the headers of a request, or `None` if it is missing or not a number from 1
/// to [`u32::MAX`].
#[must_use]
pub fn attempt<H: Headers + ?Sized>(headers: &H) -> Option<u32> {
    let number = field::digits(field::trim(headers.first(ATTEMPT_HEADER)?))?;
    u32::try_from(number).ok().filter(|attempt| *attempt > 0)
}

/// The value of [`ATTEMPT_HEADER`]: the number of an attempt as text, without an allocator.
///
/// # Examples
///
/// ```
/// use backoff_http::AttemptText;
///
/// assert_eq!(AttemptText::new(4_294_967_295).as_str(), "4294967295");
/// assert_eq!(AttemptText::new(1).as_str(), "1");
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct AttemptText {
    /// The digits are at the end.
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

    /// Returns the number in decimal digits.
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn a_number_that_is_written_is_read_back() {
        for number in [1, 9, 10, 99, 100, 4_294_967_295] {
            let text = AttemptText::new(number);
            assert_eq!(text.as_str(), number.to_string());
            assert_eq!(attempt(&[(ATTEMPT_HEADER, text.as_str())]), Some(number));
        }
        for value in ["", "0", "-1", "x", "4294967296"] {
            assert_eq!(attempt(&[(ATTEMPT_HEADER, value)]), None, "{value}");
        }
    }
}
