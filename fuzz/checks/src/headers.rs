//! The delays that a response asks for: any headers under any rules, against a reader that goes through the
//! documented table field by field, with `sfv` to read structured fields.

use core::time::Duration;

use arbitrary::Arbitrary;
use backoff_http::{
    DateError, DelayError, DelayField, DelayRules, HttpDate, ResetMeaning, RetryAfter, ServerDelay,
    Strictness,
};

use crate::Check;
use crate::input::rest;
use crate::retry_after::{amount, trim};

/// A response, and the rules that it is read by.
#[derive(Arbitrary, Debug)]
pub struct Case {
    rules: Rules,
    now: Option<i64>,
    /// Lines of `name: value`.
    #[arbitrary(with = rest)]
    text: Vec<u8>,
}

/// Rules as they were asked for.
#[derive(Arbitrary, Debug)]
struct Rules {
    /// Bit by bit, in the order of the table.
    sources: u16,
    strict: bool,
    /// Whole numbers only, as in the strict profile.
    whole: bool,
    server_clock: bool,
    reset: Reset,
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum Reset {
    Delta,
    Epoch,
    EpochMillis,
}

/// A header with its value.
pub(crate) type Line = (String, Vec<u8>);

/// The headers in a text: what stands before the first colon of a line is the name.
pub(crate) fn lines(text: &[u8]) -> Vec<Line> {
    let lines = text.split(|byte| *byte == b'\n');
    let pairs = lines.filter_map(|line| {
        let colon = line.iter().position(|byte| *byte == b':')?;
        Some((
            String::from_utf8(line[..colon].to_vec()).ok()?,
            line[colon + 1..].to_vec(),
        ))
    });
    pairs.collect()
}

/// Whether a text may have a string in it that is made of more than ASCII.
fn may_hold_display_string(text: &[u8]) -> bool {
    text.windows(2)
        .any(|pair| pair[0] == b'%' && matches!(pair[1], b'8'..=b'9' | b'a'..=b'f'))
}

const SECOND: u32 = 1_000_000_000;

const MILLISECOND: u32 = 1_000_000;

/// A delay above is none, a moment below is none.
const LIMIT: Duration = Duration::from_secs(1_000_000_000);

/// A moment above is none.
const LAST: Duration = Duration::from_secs(100_000_000_000);

const TABLE: [(DelayField, &str); 9] = [
    (DelayField::GrpcRetryPushback, "grpc-retry-pushback-ms"),
    (DelayField::RetryAfterMs, "retry-after-ms"),
    (DelayField::XMsRetryAfterMs, "x-ms-retry-after-ms"),
    (DelayField::XAmzRetryAfter, "x-amz-retry-after"),
    (DelayField::RetryAfter, "retry-after"),
    (DelayField::RateLimit, "ratelimit"),
    (DelayField::RateLimitReset, "ratelimit-reset"),
    (DelayField::XRateLimitResetAfter, "x-ratelimit-reset-after"),
    (DelayField::XRateLimitReset, "x-ratelimit-reset"),
];

impl Check for Case {
    fn check(&self) {
        let lines = lines(&self.text);
        let now = self.now.map(HttpDate::from_unix);
        let asked = ServerDelay::read(lines.as_slice(), self.rules.made(), now);
        if may_hold_display_string(&self.text) {
            return; // of which UTF-8 is not checked, other than by the reference
        }
        let reader = Reader {
            rules: &self.rules,
            now,
            lines: &lines,
        };
        let expected = reader.read();
        assert_eq!(asked.field().zip(asked.delay()), expected.found);
        let is_dated = |error| matches!(error, DelayError::Date(_));
        match (asked.ignored(), expected.ignored) {
            // Without a clock the reference does not know what is wrong with a date.
            (Some((source, error)), Some((other, known))) if now.is_none() && is_dated(known) => {
                let is_right = is_dated(error) || error == DelayError::NoClock;
                assert!(source == other && is_right, "{source}: {error}");
            }
            (ignored, expected) => assert_eq!(ignored, expected),
        }
        assert_eq!(asked.forbids_retry(), expected.forbids);
    }
}

impl Rules {
    fn made(&self) -> DelayRules {
        let mut rules = DelayRules::NONE.with_x_rate_limit_reset(match self.reset {
            Reset::Delta => ResetMeaning::Delta,
            Reset::Epoch => ResetMeaning::Epoch,
            Reset::EpochMillis => ResetMeaning::EpochMillis,
        });
        for (bit, (source, _)) in TABLE.into_iter().enumerate() {
            rules = if self.reads(bit) {
                rules.with(source)
            } else {
                rules.without(source)
            };
        }
        if self.strict {
            rules = rules.with_strictness(Strictness::Strict);
        }
        if self.whole {
            rules = rules.without_fractions();
        }
        if self.server_clock {
            rules.with_server_clock()
        } else {
            rules
        }
    }

    fn has_fractions(&self) -> bool {
        !self.strict && !self.whole
    }

    fn reads(&self, bit: usize) -> bool {
        self.sources >> bit & 1 == 1
    }
}

#[derive(Default)]
struct Expected {
    found: Option<(DelayField, Duration)>,
    ignored: Option<(DelayField, DelayError)>,
    forbids: bool,
}

struct Reader<'c> {
    rules: &'c Rules,
    now: Option<HttpDate>,
    lines: &'c [Line],
}

impl Reader<'_> {
    /// The first field of the table that holds a delay decides, and the first that is malformed is reported.
    fn read(&self) -> Expected {
        let mut expected = Expected::default();
        let asked = TABLE
            .into_iter()
            .enumerate()
            .filter(|(bit, _)| self.rules.reads(*bit));
        for (_, (source, name)) in asked {
            match self.field(source, name) {
                Ok(None) => {}
                Ok(Some(delay)) => {
                    expected.found = Some((source, delay));
                    return expected;
                }
                Err(error) => {
                    expected.ignored.get_or_insert((source, error));
                    if source == DelayField::GrpcRetryPushback {
                        expected.forbids = true;
                        return expected;
                    }
                }
            }
        }
        expected
    }

    fn field(&self, source: DelayField, name: &str) -> Result<Option<Duration>, DelayError> {
        let values = self.values(name);
        let Some((first, others)) = values.split_first() else {
            return Ok(None);
        };
        if source == DelayField::GrpcRetryPushback {
            return pushback(first, others.len()).map(Some);
        }
        if source == DelayField::RateLimit {
            return rate_limit(&values);
        }
        if name.ends_with("reset") || name.ends_with("reset-after") {
            let remaining = if name.starts_with('x') {
                "x-ratelimit-remaining"
            } else {
                "ratelimit-remaining"
            };
            if self.remains(remaining)? {
                return Ok(None);
            }
        }
        if others.iter().any(|other| other != first) {
            return Err(DelayError::Repeated);
        }
        if first.is_empty() {
            return Err(DelayError::Empty);
        }
        self.value(source, first).map(Some)
    }

    /// Whether the number before the first `;` or `,` is above zero. No number is zero.
    fn remains(&self, name: &str) -> Result<bool, DelayError> {
        let values = self.values(name);
        let Some(first) = values.first() else {
            return Ok(false);
        };
        if values.iter().any(|value| value != first) {
            return Err(DelayError::Repeated);
        }
        let mut parts = first.split(|byte| b";,".contains(byte));
        let number = trim(parts.next().unwrap_or_default());
        Ok(amount(number, SECOND, true).is_some_and(|left| left > Duration::ZERO))
    }

    /// The delay that the only value of a field stands for.
    fn value(&self, source: DelayField, value: &[u8]) -> Result<Duration, DelayError> {
        let number =
            |unit| amount(value, unit, self.rules.has_fractions()).ok_or(DelayError::Number);
        match (source, self.rules.reset) {
            (DelayField::RetryAfter, _) => match self.retry_after(value)? {
                RetryAfter::Date(date) => Ok(date.since(self.present()?)),
                RetryAfter::Delay(delay) => plausible(delay),
            },
            (DelayField::XRateLimitReset, Reset::Epoch) => self.until(number(SECOND)?),
            (DelayField::XRateLimitReset, Reset::EpochMillis) => self.until(number(MILLISECOND)?),
            (
                DelayField::RateLimitReset
                | DelayField::XRateLimitResetAfter
                | DelayField::XRateLimitReset,
                _,
            ) => plausible(number(SECOND)?),
            _ => plausible(number(MILLISECOND)?),
        }
    }

    fn retry_after(&self, value: &[u8]) -> Result<RetryAfter, DelayError> {
        let parse = if self.rules.strict {
            RetryAfter::parse
        } else {
            RetryAfter::parse_lenient
        };
        if !self.rules.has_fractions()
            && value.contains(&b'.')
            && amount(value, SECOND, true).is_some()
        {
            return Err(DelayError::Number);
        }
        match self.present() {
            Ok(present) => parse(value, present),
            Err(error) => without_clock(|now| parse(value, now), error),
        }
    }

    fn until(&self, moment: Duration) -> Result<Duration, DelayError> {
        if moment < LIMIT || moment > LAST {
            return Err(DelayError::NotAMoment);
        }
        let present = u64::try_from(self.present()?.unix()).unwrap_or(0);
        let delay = moment.saturating_sub(Duration::from_secs(present));
        // From 584 years on, no fraction counts.
        let is_endless = delay.as_secs() >= u64::MAX / 1_000_000_000;
        Ok(if is_endless {
            Duration::from_secs(delay.as_secs())
        } else {
            delay
        })
    }

    /// The caller's clock, or the first `Date` where that is preferred or there is no other.
    fn present(&self) -> Result<HttpDate, DelayError> {
        if let (Some(now), false) = (self.now, self.rules.server_clock) {
            return Ok(now);
        }
        let parse = if self.rules.strict {
            HttpDate::parse
        } else {
            HttpDate::parse_lenient
        };
        let dates = self.values("date");
        let date = dates.first().and_then(|date| match self.now {
            Some(now) => parse(date, now).ok(),
            None => without_clock(|now| parse(date, now), DateError::Form).ok(),
        });
        date.or(self.now).ok_or(DelayError::NoClock)
    }

    fn values(&self, name: &str) -> Vec<&[u8]> {
        let lines = self
            .lines
            .iter()
            .filter(|(line, _)| line.to_ascii_lowercase() == name);
        lines.map(|(_, value)| trim(value)).collect()
    }
}

/// What does not depend on the clock; what does is a date with a year of two digits, which has no meaning then.
fn without_clock<T: PartialEq, E>(
    read: impl Fn(HttpDate) -> Result<T, E>,
    form: E,
) -> Result<T, E> {
    let [early, late] = [0, 7_000_000_000].map(|now| read(HttpDate::from_unix(now)).ok());
    match (early, late) {
        (Some(early), Some(late)) if early == late => Ok(early),
        (None, None) => read(HttpDate::from_unix(0)),
        _ => Err(form),
    }
}

fn plausible(delay: Duration) -> Result<Duration, DelayError> {
    if delay > LIMIT {
        Err(DelayError::TooLong)
    } else {
        Ok(delay)
    }
}

/// gRPC proposal A6: one integer of 32 bits with a sign, and it is not negative.
fn pushback(value: &[u8], others: usize) -> Result<Duration, DelayError> {
    if others > 0 {
        return Err(DelayError::Repeated);
    }
    let millis = amount(value, MILLISECOND, false).ok_or(DelayError::Number)?;
    if millis.as_millis() > 2_147_483_647 {
        Err(DelayError::Number)
    } else {
        Ok(millis)
    }
}

/// The longest `t` among the items with `r=0`; every item is a string with an `r`, or the field is ignored.
fn rate_limit(values: &[&[u8]]) -> Result<Option<Duration>, DelayError> {
    let mut longest = None;
    for value in values {
        let list: sfv::List = sfv::Parser::new(*value)
            .parse()
            .map_err(|_| DelayError::Structure)?;
        for entry in &list {
            let sfv::ListEntry::Item(item) = entry else {
                return Err(DelayError::Structure);
            };
            let (left, window) = limit(item).ok_or(DelayError::Structure)?;
            if left == 0 {
                longest = longest.max(window);
            }
        }
    }
    longest
        .map(|seconds| plausible(Duration::from_secs(seconds)))
        .transpose()
}

fn limit(item: &sfv::Item) -> Option<(u64, Option<u64>)> {
    item.bare_item.as_string()?;
    let natural = |value: &sfv::BareItem| u64::try_from(i64::from(value.as_integer()?)).ok();
    let left = natural(item.params.get("r")?)?;
    let window = match item.params.get("t") {
        Some(window) => Some(natural(window)?),
        None => None,
    };
    Some((left, window))
}
