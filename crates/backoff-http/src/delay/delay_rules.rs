//! Which fields are read for a delay, and how.

use super::body_delay::BodyDelay;
use super::delay_field::DelayField;
use super::limit_field::{LimitField, ResetMeaning};
use super::strictness::Strictness;

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
    pub(crate) bodies: &'static [BodyDelay],
    fields: u16,
    pub(crate) limits: &'static [LimitField],
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
        bodies: &[],
        fields: 0,
        limits: &[],
        strictness: Strictness::Lenient,
        whole: false,
        reset: ResetMeaning::Epoch,
        server_clock: false,
    };

    /// Reads one more field. For a field of your own, use [`with_limits`](Self::with_limits).
    #[must_use]
    pub const fn with(mut self, field: DelayField) -> Self {
        self.fields |= field.bit();
        self
    }

    /// Stops reading a field.
    #[must_use]
    pub const fn without(mut self, field: DelayField) -> Self {
        self.fields &= !field.bit();
        self
    }

    /// Reads `X-RateLimit-Reset`, whose number has this meaning.
    #[must_use]
    pub const fn with_x_rate_limit_reset(mut self, meaning: ResetMeaning) -> Self {
        self.reset = meaning;
        self.with(DelayField::XRateLimitReset)
    }

    /// Reads these fields too, for limits of a vendor that this crate does not know. A second call replaces them.
    ///
    /// If the response says that some of these limits are used up, the longest delay of those counts. Otherwise it is the
    /// longest of those for which the response does not say what is left.
    #[must_use]
    pub const fn with_limits(mut self, limits: &'static [LimitField]) -> Self {
        self.limits = limits;
        self
    }

    /// Returns the fields that were added by [`with_limits`](Self::with_limits).
    #[must_use]
    pub const fn limits(self) -> &'static [LimitField] {
        self.limits
    }

    /// Reads these places in bodies too. A second call replaces them.
    ///
    /// They are read by [`Rules::classify_with_body`](crate::Rules::classify_with_body) only.
    #[must_use]
    pub const fn with_bodies(mut self, bodies: &'static [BodyDelay]) -> Self {
        self.bodies = bodies;
        self
    }

    /// Returns the places in bodies that were added by [`with_bodies`](Self::with_bodies).
    #[must_use]
    pub const fn bodies(self) -> &'static [BodyDelay] {
        self.bodies
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

    /// Compares moments with the `Date` of the response, if it has one, instead of the caller's clock. The `Age` that the
    /// response spent in caches is added to it (RFC 9111, section 4.2.3).
    ///
    /// Use this if the caller's clock may be wrong: the delay until a moment then does not depend on whether both
    /// clocks agree.
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

    /// Returns whether a field of this crate's table is read. For [`DelayField::Body`] and [`DelayField::Limit`] it returns `false`.
    #[must_use]
    pub const fn reads(self, field: DelayField) -> bool {
        self.fields & field.bit() != 0
    }
}

impl Default for DelayRules {
    fn default() -> Self {
        Self::DEFAULT
    }
}
