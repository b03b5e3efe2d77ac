//! Which of a server's delays are read, and how.

use core::fmt;

use crate::http_date::{DateError, HttpDate};

/// A field by which a server says how long to wait.
///
/// They are asked in this order, and the first that holds a delay decides; one that is malformed is passed
/// over, with a [reason](crate::ServerDelay::ignored).
///
/// | field | value | source |
/// |---|---|---|
/// | `grpc-retry-pushback-ms` | milliseconds; negative or malformed: do not retry | gRPC proposal A6, "Pushback" |
/// | `retry-after-ms` | milliseconds | `OpenAI` and other SDKs made by Stainless; Azure SDKs: before `Retry-After` |
/// | `x-ms-retry-after-ms` | milliseconds | Azure SDKs: after `retry-after-ms`, before `Retry-After` |
/// | `x-amz-retry-after` | milliseconds | AWS SDKs, standard mode 2.1 |
/// | `Retry-After` | seconds or a date | RFC 9110, section 10.2.3 |
/// | `RateLimit` | the longest `t` of the items with `r=0` | draft-ietf-httpapi-ratelimit-headers; `Retry-After` wins |
/// | `RateLimit-Reset` | seconds, if `RateLimit-Remaining` is 0 or missing | the same draft up to version 06 |
/// | `X-RateLimit-Reset-After` | seconds, if `X-RateLimit-Remaining` is 0 or missing | Discord |
/// | `X-RateLimit-Reset` | as [chosen](DelayRules::with_x_rate_limit_reset), if `X-RateLimit-Remaining` is 0 or missing | GitHub, Discord, Reddit and many more |
///
/// What remains is the number up to the first `;` or `,`, and where that is no number, 0. Lines that differ are
/// ambiguous, and the reset is not used.
///
/// # Examples
///
/// ```
/// # use backoff_http::DelayField;
/// assert_eq!(DelayField::RetryAfterMs.to_string(), "retry-after-ms");
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[cfg_attr(feature = "defmt-1", derive(defmt::Format))]
#[non_exhaustive]
pub enum DelayField {
    /// `grpc-retry-pushback-ms`
    GrpcRetryPushback,
    /// `retry-after-ms`
    RetryAfterMs,
    /// `x-ms-retry-after-ms`
    XMsRetryAfterMs,
    /// `x-amz-retry-after`
    XAmzRetryAfter,
    /// `Retry-After`
    RetryAfter,
    /// `RateLimit`
    RateLimit,
    /// `RateLimit-Reset`
    RateLimitReset,
    /// `X-RateLimit-Reset-After`
    XRateLimitResetAfter,
    /// `X-RateLimit-Reset`
    XRateLimitReset,
}

impl DelayField {
    /// Every field, in the order in which they are asked.
    pub(crate) const IN_ORDER: [Self; 9] = [
        Self::GrpcRetryPushback,
        Self::RetryAfterMs,
        Self::XMsRetryAfterMs,
        Self::XAmzRetryAfter,
        Self::RetryAfter,
        Self::RateLimit,
        Self::RateLimitReset,
        Self::XRateLimitResetAfter,
        Self::XRateLimitReset,
    ];

    /// The name of the field, in lower case.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::GrpcRetryPushback => "grpc-retry-pushback-ms",
            Self::RetryAfterMs => "retry-after-ms",
            Self::XMsRetryAfterMs => "x-ms-retry-after-ms",
            Self::XAmzRetryAfter => "x-amz-retry-after",
            Self::RetryAfter => "retry-after",
            Self::RateLimit => "ratelimit",
            Self::RateLimitReset => "ratelimit-reset",
            Self::XRateLimitResetAfter => "x-ratelimit-reset-after",
            Self::XRateLimitReset => "x-ratelimit-reset",
        }
    }
}

impl fmt::Display for DelayField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How closely a value has to keep to its specification.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt-1", derive(defmt::Format))]
pub enum Strictness {
    /// Fractions of seconds, and dates as servers really write them
    /// ([`HttpDate::parse_lenient`](crate::HttpDate::parse_lenient)).
    Lenient,
    /// Whole seconds, and the three forms of RFC 9110
    /// ([`HttpDate::parse`](crate::HttpDate::parse)).
    Strict,
}

// Inlined, so that a profile which is known to the compiler links no reader of the other: 3.8 KB in firmware, by
// `scripts/size-gate`.
impl Strictness {
    /// Reads a date where there may be no clock, and so no year of two digits.
    #[inline]
    pub(crate) fn date(self, text: &[u8], now: Option<HttpDate>) -> Result<HttpDate, DateError> {
        match self {
            Self::Lenient => HttpDate::parse_lenient_at(text, now),
            Self::Strict => HttpDate::parse_at(text, now),
        }
    }

    /// Whether a text is in the form of a date, given a clock.
    #[inline]
    pub(crate) fn is_dated(self, text: &[u8]) -> bool {
        self.date(text, Some(HttpDate::from_unix(0))) != Err(DateError::Form)
    }
}

/// What the number in an `X-RateLimit-Reset` is; every vendor means one of these.
///
/// A number that cannot be what it is said to be is not used: seconds or milliseconds of a delay above 10^9 s,
/// which is 31 years and every moment since 2001; a moment below 10^9 s, which is every delay; and a moment above
/// 10^11 s, which is the year 5138 and in milliseconds every moment since 1973.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt-1", derive(defmt::Format))]
pub enum ResetMeaning {
    /// Seconds from now on (Reddit).
    Delta,
    /// Seconds since 1970 (GitHub, Discord).
    Epoch,
    /// Milliseconds since 1970.
    EpochMillis,
}

/// Which delays of a server are read, and how.
///
/// # Examples
///
/// GitHub says when a limit is lifted in seconds since 1970.
///
/// ```
/// use backoff_http::{DelayRules, HttpDate, ResetMeaning, ServerDelay};
/// use core::time::Duration;
///
/// const GITHUB: DelayRules = DelayRules::DEFAULT.with_x_rate_limit_reset(ResetMeaning::Epoch);
///
/// let headers = [("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1767312030")];
/// let now = HttpDate::from_unix(1_767_312_000);
/// assert_eq!(ServerDelay::read(&headers, GITHUB, now).delay(), Some(Duration::from_secs(30)));
/// assert_eq!(ServerDelay::read(&headers, DelayRules::DEFAULT, now).delay(), None);
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt-1", derive(defmt::Format))]
pub struct DelayRules {
    sources: u16,
    pub(crate) dates: Strictness,
    whole: bool,
    pub(crate) reset: ResetMeaning,
    pub(crate) server_clock: bool,
}

impl DelayRules {
    /// Reads every field but `X-RateLimit-Reset`, whose meaning has to be chosen, in the lenient profile,
    /// by the caller's clock.
    pub const DEFAULT: Self = Self::NONE
        .with(DelayField::GrpcRetryPushback)
        .with(DelayField::RetryAfterMs)
        .with(DelayField::XMsRetryAfterMs)
        .with(DelayField::XAmzRetryAfter)
        .with(DelayField::RetryAfter)
        .with(DelayField::RateLimit)
        .with(DelayField::RateLimitReset)
        .with(DelayField::XRateLimitResetAfter);

    /// Reads no field.
    pub const NONE: Self = Self {
        sources: 0,
        dates: Strictness::Lenient,
        whole: false,
        reset: ResetMeaning::Epoch,
        server_clock: false,
    };

    /// Reads one field more.
    #[must_use]
    pub const fn with(mut self, source: DelayField) -> Self {
        self.sources |= 1 << source as u16;
        self
    }

    /// Does not read a field.
    #[must_use]
    pub const fn without(mut self, source: DelayField) -> Self {
        self.sources &= !(1 << source as u16);
        self
    }

    /// Reads `X-RateLimit-Reset`, as what it is here.
    #[must_use]
    pub const fn with_x_rate_limit_reset(mut self, meaning: ResetMeaning) -> Self {
        self.reset = meaning;
        self.with(DelayField::XRateLimitReset)
    }

    /// Sets how closely values have to keep to their specification; lenient by default.
    #[must_use]
    pub const fn with_strictness(mut self, profile: Strictness) -> Self {
        self.dates = profile;
        self
    }

    /// Reads whole numbers only, also where the profile is, or will be, lenient about dates.
    #[must_use]
    pub const fn without_fractions(mut self) -> Self {
        self.whole = true;
        self
    }

    /// Takes the time of the response's `Date` for the present, where it has one, also to complete a year of two
    /// digits; only those of the `Date` itself are completed by the caller's clock.
    ///
    /// Then a delay until a moment does not depend on whether both clocks agree, and a device whose clock is not
    /// set can keep it. It is longer by the age of a response that comes from a cache.
    #[must_use]
    pub const fn with_server_clock(mut self) -> Self {
        self.server_clock = true;
        self
    }

    /// Whether a number may have a fraction.
    pub(crate) const fn fractions(self) -> bool {
        !self.whole && matches!(self.dates, Strictness::Lenient)
    }

    /// Whether a field is read.
    #[must_use]
    pub const fn reads(self, source: DelayField) -> bool {
        self.sources >> (source as u16) & 1 == 1
    }
}

impl Default for DelayRules {
    fn default() -> Self {
        Self::DEFAULT
    }
}
