//! What a response says about the next attempt.

use core::time::Duration;

use super::delay_field::DelayField;
use super::delay_rules::DelayRules;
use super::error::DelayError;
use super::field_reader::FieldReader;
use crate::date::HttpDate;
use crate::field::Headers;

/// What the fields of a response say about the next attempt.
///
/// # Examples
///
/// ```
/// use backoff_http::{DelayError, DelayRules, DelayField, HttpDate, ServerDelay};
/// use core::time::Duration;
///
/// let headers = [("retry-after-ms", "soon"), ("Retry-After", "20")];
/// let server_delay = ServerDelay::read(&headers, DelayRules::DEFAULT, HttpDate::from_unix(0));
///
/// assert_eq!(server_delay.delay(), Some(Duration::from_secs(20)));
/// assert_eq!(server_delay.field(), Some(DelayField::RetryAfter));
/// assert_eq!(server_delay.ignored(), Some((DelayField::RetryAfterMs, DelayError::Number)));
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt-1", derive(defmt::Format))]
pub struct ServerDelay {
    delay: Option<(DelayField, Duration)>,
    ignored: Option<(DelayField, DelayError)>,
    forbids_retry: bool,
}

impl ServerDelay {
    /// What a response without any of the fields says.
    pub(crate) const NONE: Self = Self {
        delay: None,
        ignored: None,
        forbids_retry: false,
    };

    /// Reads the fields of a response in the order of [`DelayField`].
    ///
    /// A malformed, negative or ambiguous value is ignored. So is a delay above 10^9 s (31 years), because it is a
    /// moment or a mistake. A moment that has passed is a delay of zero.
    ///
    /// `now` is the time that moments are compared with. On a device without a clock, pass `None`: moments are then
    /// compared with the `Date` of the response. The same time completes a year of two digits.
    pub fn read<H: Headers + ?Sized>(
        headers: &H,
        rules: DelayRules,
        now: impl Into<Option<HttpDate>>,
    ) -> Self {
        let reader = FieldReader {
            headers,
            rules,
            now: now.into(),
        };
        // Not `NONE`: firmware would link a `memcpy` of 594 bytes only to copy it.
        let mut answer = Self {
            delay: None,
            ignored: None,
            forbids_retry: false,
        };
        for field in DelayField::IN_ORDER {
            if !rules.reads(field) {
                continue;
            }
            match reader.read(field) {
                Ok(None) => {}
                Ok(Some(delay)) => {
                    answer.delay = Some((field, delay));
                    break;
                }
                Err(error) => {
                    answer.ignored = answer.ignored.or(Some((field, error)));
                    if field == DelayField::GrpcRetryPushback {
                        answer.forbids_retry = true;
                        break;
                    }
                }
            }
        }
        answer
    }

    /// Returns the delay that the server asks for, if any.
    #[must_use]
    pub fn delay(&self) -> Option<Duration> {
        self.delay.map(|(_, delay)| delay)
    }

    /// Returns the field that the delay comes from.
    #[must_use]
    pub fn field(&self) -> Option<DelayField> {
        self.delay.map(|(field, _)| field)
    }

    /// Returns the first field that was ignored, and why.
    #[must_use]
    pub const fn ignored(&self) -> Option<(DelayField, DelayError)> {
        self.ignored
    }

    /// Returns whether the server forbids a retry, by a negative or malformed `grpc-retry-pushback-ms` (gRPC proposal
    /// A6).
    #[must_use]
    pub const fn forbids_retry(&self) -> bool {
        self.forbids_retry
    }
}
