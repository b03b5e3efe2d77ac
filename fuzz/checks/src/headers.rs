//! The delays that a response asks for: any headers under any rules, against a reader that goes through the
//! documented table field by field and line by line, with `sfv` to read structured fields.

use core::time::Duration;

use arbitrary::{Arbitrary, Unstructured};
use backoff_http::{
    DateError, DelayError, DelayField, DelayRules, HttpDate, LimitField, ResetMeaning, RetryAfter,
    ServerDelay, Strictness,
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
    #[arbitrary(with = meaning)]
    reset: ResetMeaning,
    /// How many of the user's limits are read.
    limits: u8,
}

const MEANINGS: [ResetMeaning; 6] = [
    ResetMeaning::Delta,
    ResetMeaning::DeltaMillis,
    ResetMeaning::Duration,
    ResetMeaning::Epoch,
    ResetMeaning::EpochMillis,
    ResetMeaning::Moment,
];

fn meaning(u: &mut Unstructured<'_>) -> arbitrary::Result<ResetMeaning> {
    u.choose(&MEANINGS).copied()
}

/// What a user may add. One of them is also in the table.
const LIMITS: &[LimitField] = &[
    LimitField::new("x-a", ResetMeaning::Duration).with_remaining("ratelimit-remaining"),
    LimitField::new("x-ratelimit-reset", ResetMeaning::Moment)
        .with_remaining("x-ratelimit-remaining"),
    LimitField::new("retry-after-ms", ResetMeaning::EpochMillis),
];

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

/// A moment below is none.
const EARLIEST: Duration = Duration::from_secs(1_000_000_000);

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
        let mut rules = DelayRules::NONE
            .with_x_rate_limit_reset(self.reset)
            .with_limits(self.limits());
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

    fn limits(&self) -> &'static [LimitField] {
        &LIMITS[..usize::from(self.limits) % (LIMITS.len() + 1)]
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

impl Expected {
    fn add(&mut self, source: DelayField, delay: Result<Duration, DelayError>) {
        match delay {
            Ok(delay) if self.found.is_none_or(|(_, longest)| longest < delay) => {
                self.found = Some((source, delay));
            }
            Ok(_) => {}
            Err(error) => {
                self.ignored.get_or_insert((source, error));
            }
        }
    }
}

struct Reader<'c> {
    rules: &'c Rules,
    now: Option<HttpDate>,
    lines: &'c [Line],
}

impl Reader<'_> {
    /// The longest delay counts, and the first malformed line is reported.
    fn read(&self) -> Expected {
        let mut expected = Expected::default();
        for (bit, (source, name)) in TABLE.into_iter().enumerate() {
            if self.rules.reads(bit) {
                for delay in self.field(source, name) {
                    let forbids = source == DelayField::GrpcRetryPushback && delay.is_err();
                    expected.forbids |= forbids;
                    expected.add(source, delay);
                }
            }
        }
        for limit in self.deciding_limits() {
            for delay in self.limit(limit) {
                expected.add(DelayField::Limit(limit.name()), delay);
            }
        }
        expected
    }

    /// The limits that are used up if any of them has a delay, or else those of which nothing is known as well.
    fn deciding_limits(&self) -> Vec<&'static LimitField> {
        let used_up = |limit: &LimitField| match limit.remaining() {
            Some(name) if !self.values(name).is_empty() => self.remains(name) != Ok(true),
            _ => false,
        };
        let known = |limit: &LimitField| {
            limit
                .remaining()
                .is_some_and(|name| !self.values(name).is_empty())
        };
        let limits = self.rules.limits();
        let (first, rest): (Vec<&LimitField>, Vec<&LimitField>) =
            limits.iter().partition(|limit| used_up(limit));
        let decides = first
            .iter()
            .any(|limit| self.limit(limit).iter().any(Result::is_ok));
        let unknown = rest.into_iter().filter(|limit| !known(limit) && !decides);
        first.into_iter().chain(unknown).collect()
    }

    fn limit(&self, limit: &LimitField) -> Vec<Result<Duration, DelayError>> {
        let read = |value: &&[u8]| match limit.remaining().map(|name| self.remains(name)) {
            Some(Err(error)) => Err(error),
            _ => self.reset(limit.meaning(), value),
        };
        self.values(limit.name()).iter().map(read).collect()
    }

    /// What each line of a field asks for, or all of them together.
    fn field(&self, source: DelayField, name: &str) -> Vec<Result<Duration, DelayError>> {
        let values = self.values(name);
        let Some((first, others)) = values.split_first() else {
            return Vec::new();
        };
        if source == DelayField::GrpcRetryPushback {
            return vec![pushback(first, others.len())];
        }
        if source == DelayField::RateLimit {
            let read = rate_limit(&values).transpose();
            let earlier = if self.rules.strict {
                None
            } else {
                earlier_draft(&values)
            };
            return match (read, earlier) {
                (Some(Err(_)), Some((remaining, reset))) => (remaining == 0).then_some(Ok(reset)),
                (read, _) => read,
            }
            .into_iter()
            .collect();
        }
        if name.ends_with("reset") || name.ends_with("reset-after") {
            let remaining = if name.starts_with('x') {
                "x-ratelimit-remaining"
            } else {
                "ratelimit-remaining"
            };
            match self.remains(remaining) {
                Ok(true) => return Vec::new(),
                Ok(false) => {}
                Err(error) => return vec![Err(error); values.len()],
            }
        }
        values
            .iter()
            .flat_map(|value| self.list(source, value))
            .map(|value| self.value(source, value))
            .collect()
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

    /// The values of a line: several only for a list of numbers in `Retry-After`.
    fn list<'v>(&self, source: DelayField, value: &'v [u8]) -> Vec<&'v [u8]> {
        let is_list = value.iter().all(|byte| b"0123456789.-, \t".contains(byte));
        if source == DelayField::RetryAfter && is_list && !self.rules.strict {
            value.split(|byte| *byte == b',').map(trim).collect()
        } else {
            vec![value]
        }
    }

    /// The delay that a line stands for.
    fn value(&self, source: DelayField, value: &[u8]) -> Result<Duration, DelayError> {
        match source {
            DelayField::RetryAfter => match self.retry_after(value)? {
                RetryAfter::Date(date) => Ok(date.since(self.present()?)),
                RetryAfter::Delay(delay) => Ok(delay),
            },
            DelayField::XRateLimitReset => self.reset(self.rules.reset, value),
            DelayField::RateLimitReset | DelayField::XRateLimitResetAfter => {
                self.reset(ResetMeaning::Delta, value)
            }
            _ => self.reset(ResetMeaning::DeltaMillis, value),
        }
    }

    fn reset(&self, meaning: ResetMeaning, value: &[u8]) -> Result<Duration, DelayError> {
        if value.is_empty() {
            return Err(DelayError::Empty);
        }
        let number =
            |unit| amount(value, unit, self.rules.has_fractions()).ok_or(DelayError::Number);
        match meaning {
            ResetMeaning::Delta => number(SECOND),
            ResetMeaning::DeltaMillis => number(MILLISECOND),
            ResetMeaning::Duration => with_units(value).ok_or(DelayError::Number),
            ResetMeaning::Epoch => self.until(number(SECOND)?),
            ResetMeaning::EpochMillis => self.until(number(MILLISECOND)?),
            _ => {
                let present = self.present()?;
                let date = HttpDate::parse_lenient(value, present).map_err(DelayError::Date)?;
                Ok(date.since(present))
            }
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
        if moment < EARLIEST {
            return Err(DelayError::NotAMoment);
        }
        let present = u64::try_from(self.present()?.unix()).unwrap_or(0);
        Ok(moment.saturating_sub(Duration::from_secs(present)))
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
        let ages = self.values("age");
        let age = ages.first().and_then(|age| amount(age, SECOND, false));
        let age = age.map_or(0, |age| i64::try_from(age.as_secs()).unwrap_or(i64::MAX));
        let date = date.map(|date| HttpDate::from_unix(date.unix().saturating_add(age)));
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

/// Numbers with units, as the language Go writes them.
pub(crate) fn with_units(value: &[u8]) -> Option<Duration> {
    let text = core::str::from_utf8(value).ok()?;
    if text == "0" {
        return Some(Duration::ZERO);
    }
    let (mut rest, mut sum) = (text, Duration::ZERO);
    while rest == text || !rest.is_empty() {
        let end = rest.find(|letter: char| !letter.is_ascii_digit() && letter != '.')?;
        let (number, after) = rest.split_at(end);
        let end = after.find(|letter: char| letter.is_ascii_digit() || letter == '.');
        let (unit, after) = after.split_at(end.unwrap_or(after.len()));
        let number = |unit| amount(number.as_bytes(), unit, true);
        let time = match unit {
            "h" => number(SECOND)?.saturating_mul(3_600),
            "m" => number(SECOND)?.saturating_mul(60),
            "s" => number(SECOND)?,
            "ms" => number(MILLISECOND)?,
            "us" | "\u{b5}s" | "\u{3bc}s" => number(1_000)?,
            "ns" => number(1)?,
            _ => return None,
        };
        sum = sum.saturating_add(time);
        rest = after;
    }
    Some(sum)
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
    Ok(longest.map(Duration::from_secs))
}

/// `limit=100, remaining=0, reset=50`: what remains, and the reset.
fn earlier_draft(values: &[&[u8]]) -> Option<(u64, Duration)> {
    let (mut remaining, mut reset) = (0, None);
    for member in values
        .iter()
        .flat_map(|value| value.split(|byte| *byte == b','))
        .filter(|member| !trim(member).is_empty())
    {
        let equals = member.iter().position(|byte| *byte == b'=')?;
        let value = member[equals + 1..].split(|byte| *byte == b';').next()?;
        let number = amount(trim(value), SECOND, false)?.as_secs();
        match trim(member).split(|byte| *byte == b'=').next()? {
            b"remaining" => remaining = number,
            b"reset" => reset = Some(number),
            _ => {}
        }
    }
    Some((remaining, Duration::from_secs(reset?)))
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
