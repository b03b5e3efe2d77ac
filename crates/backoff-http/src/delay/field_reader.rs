//! The delay that one field of a response asks for.

use core::time::Duration;

use super::delay_field::DelayField;
use super::delay_rules::{DelayRules, ResetMeaning};
use super::error::DelayError;
use super::rate_limit::ServiceLimit;
use super::retry_after::RetryAfter;
use crate::date::HttpDate;
use crate::field::{self, Headers, Unit};

/// A delay above is none: 31 years; and a moment below is none: 9 September 2001.
const LONGEST: Duration = Duration::from_secs(1_000_000_000);

/// A moment above is none: 16 November 5138. In milliseconds, it was 3 March 1973.
const LAST: Duration = Duration::from_secs(100_000_000_000);

pub(crate) struct FieldReader<'h, H: ?Sized> {
    pub(crate) headers: &'h H,
    pub(crate) rules: DelayRules,
    pub(crate) now: Option<HttpDate>,
}

impl<H: Headers + ?Sized> FieldReader<'_, H> {
    /// The delay of one field; `None` if it is not there, or says that there is nothing to wait for.
    pub(crate) fn read(&self, source: DelayField) -> Result<Option<Duration>, DelayError> {
        match source {
            DelayField::GrpcRetryPushback => self.pushback(),
            DelayField::RetryAfterMs | DelayField::XMsRetryAfterMs | DelayField::XAmzRetryAfter => {
                self.delta(source, Unit::Millisecond)
            }
            DelayField::RetryAfter => self.retry_after(),
            DelayField::RateLimit => self.rate_limit(),
            DelayField::RateLimitReset => {
                self.reset(source, ResetMeaning::Delta, "ratelimit-remaining")
            }
            DelayField::XRateLimitResetAfter => {
                self.reset(source, ResetMeaning::Delta, "x-ratelimit-remaining")
            }
            DelayField::XRateLimitReset => {
                self.reset(source, self.rules.reset, "x-ratelimit-remaining")
            }
        }
    }

    /// gRPC proposal A6: a signed 32-bit integer; anything else, as also a second value, is a no.
    fn pushback(&self) -> Result<Option<Duration>, DelayError> {
        let mut lines = self.headers.lines(DelayField::GrpcRetryPushback.as_str());
        let Some(value) = lines.next() else {
            return Ok(None);
        };
        if lines.next().is_some() {
            return Err(DelayError::Repeated);
        }
        let millis =
            field::digits(field::trim(value)).filter(|millis| i32::try_from(*millis).is_ok());
        millis
            .map(Duration::from_millis)
            .map(Some)
            .ok_or(DelayError::Number)
    }

    fn delta(&self, source: DelayField, unit: Unit) -> Result<Option<Duration>, DelayError> {
        let Some(value) = self.single(source)? else {
            return Ok(None);
        };
        let delay = field::time(value, unit, self.rules.fractions());
        plausible(delay.ok_or(DelayError::Number)?).map(Some)
    }

    fn retry_after(&self) -> Result<Option<Duration>, DelayError> {
        let Some(value) = self.single(DelayField::RetryAfter)? else {
            return Ok(None);
        };
        let Some(seconds) = field::digits(value) else {
            return self.retry_after_other(value).map(Some);
        };
        plausible(Duration::from_secs(seconds)).map(Some)
    }

    /// Reads what is not a whole number of seconds.
    fn retry_after_other(&self, value: &[u8]) -> Result<Duration, DelayError> {
        let (dates, fractions) = (self.rules.dates, self.rules.fractions());
        let present = self.present();
        match RetryAfter::parse_other(value, dates, fractions, present.ok())? {
            RetryAfter::Delay(delay) => plausible(delay),
            RetryAfter::Date(date) => Ok(date.since(present?)),
        }
    }

    /// What is used up is there again after the longest of its windows. A limit that is not used up, or that
    /// gives no window, says nothing.
    fn rate_limit(&self) -> Result<Option<Duration>, DelayError> {
        let longest = ServiceLimit::read(self.headers)?
            .filter(|limit| limit.available() == 0)
            .filter_map(|limit| limit.window())
            .max();
        longest.map(plausible).transpose()
    }

    /// A reset is worth waiting for only where nothing remains.
    fn reset(
        &self,
        source: DelayField,
        meaning: ResetMeaning,
        remaining: &'static str,
    ) -> Result<Option<Duration>, DelayError> {
        if self.headers.first(source.as_str()).is_none() || self.remains(remaining)? {
            return Ok(None);
        }
        let unit = match meaning {
            ResetMeaning::Delta => return self.delta(source, Unit::Second),
            ResetMeaning::Epoch => Unit::Second,
            ResetMeaning::EpochMillis => Unit::Millisecond,
        };
        let Some(value) = self.single(source)? else {
            return Ok(None);
        };
        let moment = field::time(value, unit, self.rules.fractions()).ok_or(DelayError::Number)?;
        if !(LONGEST..=LAST).contains(&moment) {
            return Err(DelayError::NotAMoment);
        }
        let present = u64::try_from(self.present()?.unix()).unwrap_or(0);
        let seconds = moment.as_secs().checked_sub(present);
        let nanos = moment.subsec_nanos().into();
        let delay = seconds.map(|seconds| field::sum(seconds, Unit::Second, nanos));
        Ok(Some(delay.unwrap_or(Duration::ZERO)))
    }

    /// Whether something of a quota is left: a number above zero, also where the window of the quota or another
    /// number follows, as in `76;w=21600` (Docker Hub).
    fn remains(&self, name: &'static str) -> Result<bool, DelayError> {
        let mut lines = self.headers.lines(name).map(field::trim);
        let left = lines.next().unwrap_or_default();
        if lines.any(|line| line != left) {
            return Err(DelayError::Repeated);
        }
        let (left, _) = field::split(left, |byte| !matches!(byte, b';' | b','));
        // Some count in fractions.
        let left = field::time(field::trim(left), Unit::Second, true);
        Ok(left.is_some_and(|left| !left.is_zero()))
    }

    /// The value of a field that has one; `None` if it is not there.
    fn single(&self, source: DelayField) -> Result<Option<&[u8]>, DelayError> {
        let mut lines = self.headers.lines(source.as_str()).map(field::trim);
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

    /// The time from which a moment counts.
    fn present(&self) -> Result<HttpDate, DelayError> {
        if let (Some(now), false) = (self.now, self.rules.server_clock) {
            return Ok(now);
        }
        let date = self.headers.first("date").map(field::trim);
        let date = date.and_then(|date| self.rules.dates.date(date, self.now).ok());
        date.or(self.now).ok_or(DelayError::NoClock)
    }
}

fn plausible(delay: Duration) -> Result<Duration, DelayError> {
    if delay > LONGEST {
        Err(DelayError::TooLong)
    } else {
        Ok(delay)
    }
}
