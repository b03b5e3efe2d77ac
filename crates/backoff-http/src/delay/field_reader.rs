//! Reads the delays that the lines of a response's fields ask for.

use core::time::Duration;

use super::delay_field::DelayField;
use super::delay_rules::DelayRules;
use super::error::DelayError;
use super::limit_field::ResetMeaning;
use super::rate_limit;
use super::retry_after::RetryAfter;
use super::strictness::Strictness;
use crate::date::HttpDate;
use crate::field::{Headers, NameSet, Unit, digits, of_parts, split, time, trim, with_units};

/// Earliest moment that is believed: 9 September 2001. A smaller number is a delay that was mistaken for a moment.
const EARLIEST: Duration = Duration::from_secs(1_000_000_000);

/// Longest delay of `grpc-retry-pushback-ms`, a signed 32-bit integer of milliseconds (gRPC proposal A6).
const LONGEST_PUSHBACK: Duration = Duration::from_millis(i32::MAX as u64);

/// What one line of a field asks for.
pub(crate) type Delay = Result<Duration, DelayError>;

/// What is left of a limit.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Left {
    Nothing,
    Something,
    Unknown,
}

/// What the fields of a response are read from, and how.
pub(crate) struct FieldReader<'h, H: ?Sized> {
    pub(crate) headers: &'h H,
    /// The names that may occur.
    pub(crate) names: NameSet,
    /// Whether a number may have a fraction.
    pub(crate) fractions: bool,
    /// The time that moments are compared with.
    pub(crate) present: Option<HttpDate>,
}

impl<H: Headers + ?Sized> FieldReader<'_, H> {
    /// Returns whether a field may occur.
    #[inline]
    pub(crate) const fn may_have(&self, name: NameSet) -> bool {
        self.names.may_have(name)
    }

    /// Reads a signed 32-bit integer. Anything else forbids a retry, and so does a second line (gRPC proposal A6).
    pub(crate) fn pushback(&self) -> Option<Delay> {
        let mut lines = self
            .headers
            .lines(const { DelayField::GrpcRetryPushback.as_str() });
        let value = trim(lines.next()?);
        if lines.next().is_some() {
            return Some(Err(DelayError::Repeated));
        }
        let delay = time(value, Unit::Millisecond, false);
        let delay = delay.filter(|delay| *delay <= LONGEST_PUSHBACK);
        Some(delay.ok_or(DelayError::Number))
    }

    /// Reads a line of `Retry-After`.
    #[inline]
    pub(crate) fn retry_after(&self, value: &[u8], strictness: Strictness) -> Delay {
        if let Some(seconds) = digits(value) {
            return Ok(Duration::from_secs(seconds));
        }
        match RetryAfter::parse_other(value, strictness, self.fractions, self.present)? {
            RetryAfter::Delay(delay) => Ok(delay),
            RetryAfter::Date(date) => {
                let present = self.present.ok_or(DelayError::NoClock)?;
                Ok(date.since(present))
            }
        }
    }

    /// Finds the longest window of the limits that are used up. The other limits do not ask for a delay, nor does
    /// one without a window.
    pub(crate) fn rate_limit(&self, strictness: Strictness) -> Option<Delay> {
        let lines = || self.headers.lines(const { DelayField::RateLimit.as_str() });
        let longest = match rate_limit::longest_window(lines()) {
            Err(_) if strictness == Strictness::Lenient => rate_limit::earlier_draft(lines()),
            longest => longest,
        };
        longest.transpose()
    }

    /// Reads a line of a field whose value has this meaning.
    pub(crate) fn reset(&self, value: &[u8], meaning: ResetMeaning) -> Delay {
        match meaning {
            _ if value.is_empty() => Err(DelayError::Empty),
            ResetMeaning::Delta => self.delta(value, Unit::Second),
            ResetMeaning::DeltaMillis => self.delta(value, Unit::Millisecond),
            ResetMeaning::Duration => with_units(value).ok_or(DelayError::Number),
            ResetMeaning::Epoch => self.until(self.delta(value, Unit::Second)?),
            ResetMeaning::EpochMillis => self.until(self.delta(value, Unit::Millisecond)?),
            ResetMeaning::Moment => {
                let present = self.present.ok_or(DelayError::NoClock)?;
                let date = Strictness::Lenient.date(value, Some(present));
                date.map(|date| date.since(present))
                    .map_err(DelayError::Date)
            }
        }
    }

    /// Reads a number of units.
    pub(crate) fn delta(&self, value: &[u8], unit: Unit) -> Delay {
        match time(value, unit, self.fractions) {
            Some(delay) => Ok(delay),
            None if value.is_empty() => Err(DelayError::Empty),
            None => Err(DelayError::Number),
        }
    }

    /// Returns the time until a moment since 1970.
    fn until(&self, moment: Duration) -> Delay {
        if moment < EARLIEST {
            return Err(DelayError::NotAMoment);
        }
        let present = self.present.ok_or(DelayError::NoClock)?;
        let present = u64::try_from(present.unix()).unwrap_or(0);
        let seconds = moment.as_secs().checked_sub(present);
        let delay = seconds.map(|seconds| of_parts(seconds, moment.subsec_nanos()));
        Ok(delay.unwrap_or(Duration::ZERO))
    }

    /// Returns what is left of a limit, by the field with this name: a number, up to the first `;` or `,`.
    ///
    /// Docker Hub sends the window of the quota behind the number, `76;w=21600`; others send a second number.
    pub(crate) fn left(&self, remaining: Option<&str>) -> Result<Left, DelayError> {
        let Some(name) = remaining else {
            return Ok(Left::Unknown);
        };
        let mut lines = self.headers.lines(name);
        let Some(left) = lines.next().map(trim) else {
            return Ok(Left::Unknown);
        };
        if lines.any(|line| trim(line) != left) {
            return Err(DelayError::Repeated);
        }
        let (left, _) = split(left, |byte| !matches!(byte, b';' | b','));
        // Some servers count in fractions.
        let left = time(trim(left), Unit::Second, true);
        Ok(match left {
            Some(left) if !left.is_zero() => Left::Something,
            _ => Left::Nothing,
        })
    }
}

/// Returns the time that moments are compared with: the caller's, or that of the server when it answered.
///
/// That is the `Date` of the response and the `Age` that it spent in caches since (RFC 9111, section 4.2.3). An `Age` that
/// is not a number is ignored (RFC 9111, section 5.1).
#[inline]
pub(crate) fn present<H: Headers + ?Sized>(
    headers: &H,
    rules: DelayRules,
    now: Option<HttpDate>,
) -> Option<HttpDate> {
    if now.is_some() && !rules.server_clock {
        return now;
    }
    let date = headers.first("date").map(trim);
    let date = date.and_then(|date| rules.strictness.date(date, now).ok());
    let age = || headers.first("age").and_then(|age| digits(trim(age)));
    date.map(|date| date.after(age().unwrap_or(0))).or(now)
}
