//! How long a server asks its clients to wait.

use core::time::Duration;

use super::delay_field::DelayField;
use super::delay_rules::DelayRules;
use super::error::DelayError;
use super::field_reader::FieldReader;
use crate::date::HttpDate;
use crate::field::Headers;

/// What a response says about the time of another attempt.
///
/// # Examples
///
/// ```
/// use backoff_http::{DelayError, DelayRules, DelayField, HttpDate, ServerDelay};
/// use core::time::Duration;
///
/// let headers = [("retry-after-ms", "soon"), ("Retry-After", "20")];
/// let asked = ServerDelay::read(&headers, DelayRules::DEFAULT, HttpDate::from_unix(0));
///
/// assert_eq!(asked.delay(), Some(Duration::from_secs(20)));
/// assert_eq!(asked.source(), Some(DelayField::RetryAfter));
/// assert_eq!(asked.ignored(), Some((DelayField::RetryAfterMs, DelayError::Number)));
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt-1", derive(defmt::Format))]
pub struct ServerDelay {
    found: Option<(DelayField, Duration)>,
    ignored: Option<(DelayField, DelayError)>,
    forbids: bool,
}

impl ServerDelay {
    /// A response that says nothing.
    pub(crate) const NONE: Self = Self {
        found: None,
        ignored: None,
        forbids: false,
    };

    /// Reads the fields of a response in the order of [`DelayField`].
    ///
    /// A value over 10^9 s where a delay is expected is a moment or a mistake: it is ignored. So is every value
    /// that is malformed, negative or ambiguous. A moment that has passed is a delay of zero.
    ///
    /// `now` may be `None`, on a device without a clock: then a moment counts from the response's `Date`. What a
    /// moment counts from also completes a year of two digits.
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
        // Not `NONE`, which would be copied: in firmware that would be all that needs a `memcpy` of 594 bytes.
        let mut answer = Self {
            found: None,
            ignored: None,
            forbids: false,
        };
        for source in DelayField::IN_ORDER {
            if !rules.reads(source) {
                continue;
            }
            match reader.read(source) {
                Ok(None) => {}
                Ok(Some(delay)) => {
                    answer.found = Some((source, delay));
                    break;
                }
                Err(error) => {
                    answer.ignored = answer.ignored.or(Some((source, error)));
                    if source == DelayField::GrpcRetryPushback {
                        answer.forbids = true;
                        break;
                    }
                }
            }
        }
        answer
    }

    /// How long the server asks to wait, if it does.
    #[must_use]
    pub fn delay(&self) -> Option<Duration> {
        self.found.map(|(_, delay)| delay)
    }

    /// The field that the delay comes from.
    #[must_use]
    pub fn source(&self) -> Option<DelayField> {
        self.found.map(|(source, _)| source)
    }

    /// The first field that was not understood, and why.
    #[must_use]
    pub const fn ignored(&self) -> Option<(DelayField, DelayError)> {
        self.ignored
    }

    /// Whether the server asks for no other attempt, by a `grpc-retry-pushback-ms` that is negative or
    /// malformed (gRPC proposal A6).
    #[must_use]
    pub const fn forbids_retry(&self) -> bool {
        self.forbids
    }
}
