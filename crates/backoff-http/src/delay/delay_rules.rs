//! Which fields are read for a delay, and how.

use super::delay_field::DelayField;
use super::strictness::Strictness;

/// What the number in an `X-RateLimit-Reset` counts. Vendors disagree, so you must choose.
///
/// A number that cannot be what you chose is ignored:
///
/// - a delay above 10^9 s (31 years), because every moment since 2001 is above it
/// - a moment below 10^9 s (2001), because every believable delay is below it
/// - a moment above 10^11 s (the year 5138), because every moment since 1973 in milliseconds is above it
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt-1", derive(defmt::Format))]
pub enum ResetMeaning {
    /// Seconds from now (Reddit).
    Delta,
    /// Seconds since 1970 (GitHub, Discord).
    Epoch,
    /// Milliseconds since 1970.
    EpochMillis,
}

/// Which fields are read for a delay, and how.
///
/// # Examples
///
/// GitHub sends the moment at which a limit is lifted, in seconds since 1970:
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
    fields: u16,
    pub(crate) strictness: Strictness,
    whole: bool,
    pub(crate) reset: ResetMeaning,
    pub(crate) server_clock: bool,
}

impl DelayRules {
    /// Reads every field except `X-RateLimit-Reset`, whose meaning you must choose. Values are read leniently, and
    /// moments are compared with the caller's clock.
    pub const DEFAULT: Self = Self::NONE
        .with(DelayField::GrpcRetryPushback)
        .with(DelayField::RetryAfterMs)
        .with(DelayField::XMsRetryAfterMs)
        .with(DelayField::XAmzRetryAfter)
        .with(DelayField::RetryAfter)
        .with(DelayField::RateLimit)
        .with(DelayField::RateLimitReset)
        .with(DelayField::XRateLimitResetAfter);

    /// Reads no field. Add fields by [`with`](Self::with).
    pub const NONE: Self = Self {
        fields: 0,
        strictness: Strictness::Lenient,
        whole: false,
        reset: ResetMeaning::Epoch,
        server_clock: false,
    };

    /// Reads one more field.
    #[must_use]
    pub const fn with(mut self, field: DelayField) -> Self {
        self.fields |= 1 << field as u16;
        self
    }

    /// Stops reading a field.
    #[must_use]
    pub const fn without(mut self, field: DelayField) -> Self {
        self.fields &= !(1 << field as u16);
        self
    }

    /// Reads `X-RateLimit-Reset`, whose number has this meaning.
    #[must_use]
    pub const fn with_x_rate_limit_reset(mut self, meaning: ResetMeaning) -> Self {
        self.reset = meaning;
        self.with(DelayField::XRateLimitReset)
    }

    /// Sets how closely values must follow their specification. The default is [`Strictness::Lenient`].
    #[must_use]
    pub const fn with_strictness(mut self, strictness: Strictness) -> Self {
        self.strictness = strictness;
        self
    }

    /// Reads whole numbers only, even where dates are read leniently.
    #[must_use]
    pub const fn without_fractions(mut self) -> Self {
        self.whole = true;
        self
    }

    /// Compares moments with the `Date` of the response, if it has one, instead of the caller's clock.
    ///
    /// Use this if the caller's clock may be wrong: the delay until a moment then does not depend on whether both
    /// clocks agree. For a response from a cache the delay is too long by the age of the response.
    ///
    /// The `Date` also completes years of two digits in other fields. A year of two digits in the `Date` itself is
    /// completed by the caller's clock.
    #[must_use]
    pub const fn with_server_clock(mut self) -> Self {
        self.server_clock = true;
        self
    }

    /// Returns whether a number may have a fraction.
    pub(crate) const fn fractions(self) -> bool {
        !self.whole && matches!(self.strictness, Strictness::Lenient)
    }

    /// Returns whether a field is read.
    #[must_use]
    pub const fn reads(self, field: DelayField) -> bool {
        self.fields >> (field as u16) & 1 == 1
    }
}

impl Default for DelayRules {
    fn default() -> Self {
        Self::DEFAULT
    }
}
