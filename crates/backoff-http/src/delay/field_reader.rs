//! Reads the delay that one field of a response asks for.

use core::time::Duration;

use super::delay_field::DelayField;
use super::delay_rules::{DelayRules, ResetMeaning};
use super::error::DelayError;
use super::rate_limit::ServiceLimit;
use super::retry_after::RetryAfter;
use crate::date::HttpDate;
use crate::field::{Headers, Unit, digits, split, sum, time, trim};

/// Longest delay that is believed: 10^9 s, about 31 years. Earliest moment that is believed: 9 September 2001.
///
/// No number of seconds is both, so a moment is never taken for a delay, nor a delay for a moment.
const LONGEST: Duration = Duration::from_secs(1_000_000_000);

/// Latest moment that is believed: 16 November 5138. As milliseconds the same number is 3 March 1973, so no
/// present moment in milliseconds passes for one in seconds.
const LATEST: Duration = Duration::from_secs(100_000_000_000);

/// What the fields of a response are read from and by.
pub(crate) struct FieldReader<'h, H: ?Sized> {
    pub(crate) headers: &'h H,
    pub(crate) rules: DelayRules,
    pub(crate) now: Option<HttpDate>,
}

impl<H: Headers + ?Sized> FieldReader<'_, H> {
    /// Reads the delay of one field, or returns `None` if the field is missing or says that there is nothing to
    /// wait for.
    pub(crate) fn read(&self, field: DelayField) -> Result<Option<Duration>, DelayError> {
        match field {
            DelayField::GrpcRetryPushback => self.pushback(),
            DelayField::RetryAfterMs | DelayField::XMsRetryAfterMs | DelayField::XAmzRetryAfter => {
                self.delta(field, Unit::Millisecond)
            }
            DelayField::RetryAfter => self.retry_after(),
            DelayField::RateLimit => self.rate_limit(),
            DelayField::RateLimitReset => {
                self.reset(field, ResetMeaning::Delta, "ratelimit-remaining")
            }
            DelayField::XRateLimitResetAfter => {
                self.reset(field, ResetMeaning::Delta, "x-ratelimit-remaining")
            }
            DelayField::XRateLimitReset => {
                self.reset(field, self.rules.reset, "x-ratelimit-remaining")
            }
        }
    }

    /// Reads a signed 32-bit integer. Anything else forbids a retry, and so does a second line (gRPC proposal A6).
    fn pushback(&self) -> Result<Option<Duration>, DelayError> {
        let mut lines = self.headers.lines(DelayField::GrpcRetryPushback.as_str());
        let Some(value) = lines.next() else {
            return Ok(None);
        };
        if lines.next().is_some() {
            return Err(DelayError::Repeated);
        }
        let millis = digits(trim(value)).filter(|millis| i32::try_from(*millis).is_ok());
        millis
            .map(Duration::from_millis)
            .map(Some)
            .ok_or(DelayError::Number)
    }

    fn delta(&self, field: DelayField, unit: Unit) -> Result<Option<Duration>, DelayError> {
        let Some(value) = self.single(field)? else {
            return Ok(None);
        };
        let delay = time(value, unit, self.rules.fractions());
        believable(delay.ok_or(DelayError::Number)?).map(Some)
    }

    fn retry_after(&self) -> Result<Option<Duration>, DelayError> {
        let Some(value) = self.single(DelayField::RetryAfter)? else {
            return Ok(None);
        };
        let Some(seconds) = digits(value) else {
            return self.retry_after_other(value).map(Some);
        };
        believable(Duration::from_secs(seconds)).map(Some)
    }

    /// Reads a `Retry-After` that is not a whole number of seconds.
    fn retry_after_other(&self, value: &[u8]) -> Result<Duration, DelayError> {
        let (strictness, fractions) = (self.rules.strictness, self.rules.fractions());
        let present = self.present();
        match RetryAfter::parse_other(value, strictness, fractions, present.ok())? {
            RetryAfter::Delay(delay) => believable(delay),
            RetryAfter::Date(date) => Ok(date.since(present?)),
        }
    }

    /// Finds the longest window of the limits that are used up. The other limits do not ask for a delay, nor does
    /// one without a window.
    fn rate_limit(&self) -> Result<Option<Duration>, DelayError> {
        let longest = ServiceLimit::read(self.headers)?
            .filter(|limit| limit.available() == 0)
            .filter_map(|limit| limit.window())
            .max();
        longest.map(believable).transpose()
    }

    /// Reads the time until a quota is reset, if the quota is used up.
    fn reset(
        &self,
        field: DelayField,
        meaning: ResetMeaning,
        remaining: &'static str,
    ) -> Result<Option<Duration>, DelayError> {
        if self.headers.first(field.as_str()).is_none() || self.remains(remaining)? {
            return Ok(None);
        }
        let unit = match meaning {
            ResetMeaning::Delta => return self.delta(field, Unit::Second),
            ResetMeaning::Epoch => Unit::Second,
            ResetMeaning::EpochMillis => Unit::Millisecond,
        };
        let Some(value) = self.single(field)? else {
            return Ok(None);
        };
        let moment = time(value, unit, self.rules.fractions()).ok_or(DelayError::Number)?;
        if !(LONGEST..=LATEST).contains(&moment) {
            return Err(DelayError::NotAMoment);
        }
        let present = u64::try_from(self.present()?.unix()).unwrap_or(0);
        let seconds = moment.as_secs().checked_sub(present);
        let nanos = moment.subsec_nanos().into();
        let delay = seconds.map(|seconds| sum(seconds, Unit::Second, nanos));
        Ok(Some(delay.unwrap_or(Duration::ZERO)))
    }

    /// Returns whether something of a quota is left: a number above zero, up to the first `;` or `,`.
    ///
    /// Docker Hub sends the window of the quota behind the number, `76;w=21600`; others send a second number.
    fn remains(&self, name: &'static str) -> Result<bool, DelayError> {
        let mut lines = self.headers.lines(name).map(trim);
        let left = lines.next().unwrap_or_default();
        if lines.any(|line| line != left) {
            return Err(DelayError::Repeated);
        }
        let (left, _) = split(left, |byte| !matches!(byte, b';' | b','));
        // Some servers count in fractions.
        let left = time(trim(left), Unit::Second, true);
        Ok(left.is_some_and(|left| !left.is_zero()))
    }

    /// Returns the value of a field, or `None` if the field is missing. Several equal lines are one.
    fn single(&self, field: DelayField) -> Result<Option<&[u8]>, DelayError> {
        let mut lines = self.headers.lines(field.as_str()).map(trim);
        let Some(value) = lines.next() else {
            return Ok(None);
        };
        if lines.any(|line| line != value) {
            return Err(DelayError::Repeated);
        }
        if value.is_empty() {
            return Err(DelayError::Empty);
        }
        Ok(Some(value))
    }

    /// Returns the time that moments are compared with: the caller's, or that of the response's `Date`.
    fn present(&self) -> Result<HttpDate, DelayError> {
        if let (Some(now), false) = (self.now, self.rules.server_clock) {
            return Ok(now);
        }
        let date = self.headers.first("date").map(trim);
        let date = date.and_then(|date| self.rules.strictness.date(date, self.now).ok());
        date.or(self.now).ok_or(DelayError::NoClock)
    }
}

fn believable(delay: Duration) -> Result<Duration, DelayError> {
    if delay > LONGEST {
        Err(DelayError::TooLong)
    } else {
        Ok(delay)
    }
}
