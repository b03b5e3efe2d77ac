//! Which of a server's delays are read, and how.

use super::delay_field::DelayField;
use super::strictness::Strictness;

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
