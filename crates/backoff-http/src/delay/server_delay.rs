//! What a response says about the next attempt.

use core::time::Duration;

use super::delay_field::DelayField;
use super::delay_rules::DelayRules;
use super::error::DelayError;
use super::field_reader::{Delay, FieldReader, Left, present};
use super::limit_field::{LimitField, ResetMeaning};
use crate::date::HttpDate;
use crate::field::{Headers, NameSet, Unit, split, trim};

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
    /// Returns what a response without any of the fields says.
    ///
    /// Not a constant: firmware would link a `memcpy` of 594 bytes only to copy it.
    #[inline]
    pub(crate) const fn none() -> Self {
        Self {
            delay: None,
            ignored: None,
            forbids_retry: false,
        }
    }

    /// Reads the fields of a response. The longest delay counts, of all lines of all fields.
    ///
    /// A malformed, negative or ambiguous value is ignored. A number that is too large to be represented saturates, so
    /// that a policy finds it too long. A moment that has passed is a delay of zero.
    ///
    /// `now` is the time that moments are compared with. On a device without a clock, pass `None`: moments are then
    /// compared with the `Date` of the response and its `Age`. The same time completes a year of two digits.
    pub fn read<H: Headers + ?Sized>(
        headers: &H,
        rules: DelayRules,
        now: impl Into<Option<HttpDate>>,
    ) -> Self {
        let mut answer = Self::none();
        answer.read_all((headers, headers.names()), rules, now.into());
        answer
    }

    /// Reads the fields of a response into an empty answer.
    #[inline]
    pub(crate) fn read_all<H: Headers + ?Sized>(
        &mut self,
        (headers, names): (&H, NameSet),
        rules: DelayRules,
        now: Option<HttpDate>,
    ) {
        let reader = FieldReader {
            headers,
            names,
            fractions: rules.fractions(),
            present: present(headers, rules, now),
        };
        if rules.reads(DelayField::GrpcRetryPushback)
            && reader.may_have(const { DelayField::GrpcRetryPushback.names() })
        {
            let pushback = reader.pushback();
            self.forbids_retry = matches!(pushback, Some(Err(_)));
            if let Some(delay) = pushback {
                self.take_shared(DelayField::GrpcRetryPushback, delay);
            }
        }
        // One after another, and not in a loop, so that firmware does not link what its rules do not read.
        if rules.reads(DelayField::RetryAfterMs)
            && reader.may_have(const { DelayField::RetryAfterMs.names() })
        {
            self.take_delta(&reader, DelayField::RetryAfterMs, Unit::Millisecond);
        }
        if rules.reads(DelayField::XMsRetryAfterMs)
            && reader.may_have(const { DelayField::XMsRetryAfterMs.names() })
        {
            self.take_delta(&reader, DelayField::XMsRetryAfterMs, Unit::Millisecond);
        }
        if rules.reads(DelayField::XAmzRetryAfter)
            && reader.may_have(const { DelayField::XAmzRetryAfter.names() })
        {
            self.take_delta(&reader, DelayField::XAmzRetryAfter, Unit::Millisecond);
        }
        if rules.reads(DelayField::RetryAfter)
            && reader.may_have(const { DelayField::RetryAfter.names() })
        {
            for line in headers.lines(const { DelayField::RetryAfter.as_str() }) {
                let mut rest = trim(line);
                let is_list = rules.strictness.is_list(rest);
                loop {
                    let (value, after) = if is_list {
                        let (value, after) = split(rest, |byte| *byte != b',');
                        (trim(value), after)
                    } else {
                        (rest, &[][..])
                    };
                    let delay = reader.retry_after(value, rules.strictness);
                    self.take(DelayField::RetryAfter, delay);
                    match after {
                        [_, after @ ..] => rest = after,
                        [] => break,
                    }
                }
            }
        }
        if rules.reads(DelayField::RateLimit)
            && reader.may_have(const { DelayField::RateLimit.names() })
        {
            if let Some(delay) = reader.rate_limit(rules.strictness) {
                self.take_shared(DelayField::RateLimit, delay);
            }
        }
        if rules.reads(DelayField::RateLimitReset)
            && reader.may_have(const { DelayField::RateLimitReset.names() })
        {
            self.take_delta(&reader, DelayField::RateLimitReset, Unit::Second);
        }
        if rules.reads(DelayField::XRateLimitResetAfter)
            && reader.may_have(const { DelayField::XRateLimitResetAfter.names() })
        {
            self.take_delta(&reader, DelayField::XRateLimitResetAfter, Unit::Second);
        }
        if rules.reads(DelayField::XRateLimitReset)
            && reader.may_have(const { DelayField::XRateLimitReset.names() })
        {
            self.take_reset(&reader, rules.reset);
        }
        if !rules.limits.is_empty() {
            self.take_limits(&reader, rules.limits);
        }
    }

    /// Reads what a body asks for, beside what the headers ask for.
    pub(crate) fn read_body<H: Headers + ?Sized>(
        &mut self,
        headers: &H,
        body: &[u8],
        rules: DelayRules,
        now: Option<HttpDate>,
    ) {
        if rules.bodies.is_empty() {
            return;
        }
        let reader = FieldReader {
            headers,
            names: headers.names(),
            fractions: rules.fractions(),
            present: present(headers, rules, now),
        };
        for delay in rules.bodies {
            delay.field().has(body, |value| {
                let asked = reader.reset(trim(value), delay.meaning());
                self.take_shared(DelayField::Body(delay.field()), asked);
                false // all of them
            });
        }
    }

    /// Takes the lines of a field that holds a number of units.
    #[inline(never)]
    fn take_delta<H: Headers + ?Sized>(
        &mut self,
        reader: &FieldReader<'_, H>,
        field: DelayField,
        unit: Unit,
    ) {
        for value in reader.headers.lines(field.as_str()).map(trim) {
            match reader.left(field.remaining()) {
                Ok(Left::Something) => {}
                Ok(_) => self.take_shared(field, reader.delta(value, unit)),
                Err(error) => self.take_shared(field, Err(error)),
            }
        }
    }

    /// Takes the lines of `X-RateLimit-Reset`.
    fn take_reset<H: Headers + ?Sized>(
        &mut self,
        reader: &FieldReader<'_, H>,
        meaning: ResetMeaning,
    ) {
        let field = DelayField::XRateLimitReset;
        let limit = LimitField::new(field.as_str(), meaning);
        let limit = match field.remaining() {
            Some(remaining) => limit.with_remaining(remaining),
            None => limit,
        };
        self.take_limit(reader, field, &limit, &[Left::Nothing, Left::Unknown]);
    }

    /// Takes the limits of the user: those that are used up, or else those that do not say whether they are.
    fn take_limits<H: Headers + ?Sized>(
        &mut self,
        reader: &FieldReader<'_, H>,
        limits: &'static [LimitField],
    ) {
        for wanted in [Left::Nothing, Left::Unknown] {
            let mut found = false;
            for limit in limits {
                found |= self.take_limit(reader, DelayField::Limit(limit.name()), limit, &[wanted]);
            }
            if found {
                return;
            }
        }
    }

    /// Takes the lines of a limit's field, if what is left of the limit is among this. Returns whether it has a delay.
    #[inline(never)]
    fn take_limit<H: Headers + ?Sized>(
        &mut self,
        reader: &FieldReader<'_, H>,
        field: DelayField,
        limit: &LimitField,
        wanted: &[Left],
    ) -> bool {
        if !reader.may_have(NameSet::of(limit.name())) {
            return false;
        }
        let mut found = false;
        for value in reader.headers.lines(limit.name()).map(trim) {
            match reader.left(limit.remaining()) {
                Ok(left) if wanted.contains(&left) => {
                    let delay = reader.reset(value, limit.meaning());
                    found |= delay.is_ok();
                    self.take_shared(field, delay);
                }
                Ok(_) => {}
                Err(error) => self.take_shared(field, Err(error)),
            }
        }
        found
    }

    /// Does what [`take`](Self::take) does, once for all fields but `Retry-After`.
    #[inline(never)]
    fn take_shared(&mut self, field: DelayField, delay: Delay) {
        self.take(field, delay);
    }

    /// Keeps the longest delay, and the first error.
    #[allow(
        clippy::inline_always,
        reason = "measured: otherwise firmware links a `memcpy` of 594 bytes to move the answer"
    )]
    #[inline(always)]
    fn take(&mut self, field: DelayField, delay: Delay) {
        match delay {
            Ok(delay) if self.delay.is_none_or(|(_, longest)| delay > longest) => {
                self.delay = Some((field, delay));
            }
            Ok(_) => {}
            Err(error) => self.ignored = self.ignored.or(Some((field, error))),
        }
    }

    /// Returns the delay that the server asks for, if any.
    #[must_use]
    pub fn delay(&self) -> Option<Duration> {
        self.delay.map(|(_, delay)| delay)
    }

    /// Returns the field that the delay comes from. Of several equally long delays it is the first.
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
