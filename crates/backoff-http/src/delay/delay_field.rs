//! The fields that ask for a delay.

use core::fmt;

use crate::body::BodyField;
use crate::field::NameSet;

/// A field by which a server asks for a delay.
///
/// The longest delay of a response counts, of all fields and of all their lines: an earlier attempt would come before
/// the moment that some line asks to wait for. A malformed line is skipped, and
/// [`ServerDelay::ignored`](crate::ServerDelay::ignored) says what is wrong with the first one, in this order:
///
/// | field | value | source |
/// |---|---|---|
/// | `grpc-retry-pushback-ms` | milliseconds; negative or malformed: do not retry | gRPC proposal A6, "Pushback" |
/// | `retry-after-ms` | milliseconds | `OpenAI` and other SDKs made by Stainless; Azure SDKs: before `Retry-After` |
/// | `x-ms-retry-after-ms` | milliseconds | Azure SDKs: after `retry-after-ms`, before `Retry-After` |
/// | `x-amz-retry-after` | milliseconds | AWS SDKs, standard mode 2.1 |
/// | `Retry-After` | seconds or a date | RFC 9110, section 10.2.3 |
/// | `RateLimit` | the longest `t` of the items with `r=0`; leniently also `limit=100, remaining=0, reset=50` | draft-ietf-httpapi-ratelimit-headers; up to version 07 |
/// | `RateLimit-Reset` | seconds, if `RateLimit-Remaining` is 0 or missing | the same draft up to version 06 |
/// | `X-RateLimit-Reset-After` | seconds, if `X-RateLimit-Remaining` is 0 or missing | Discord |
/// | `X-RateLimit-Reset` | as [chosen](crate::DelayRules::with_x_rate_limit_reset), if `X-RateLimit-Remaining` is 0 or missing | GitHub, Discord, Reddit and many more |
/// | a [field in the body](crate::BodyDelay) | as chosen | |
/// | a [field of your own](crate::LimitField) | as chosen | |
///
/// What remains of a quota is the number up to the first `;` or `,`; text that is not a number counts as 0. If the
/// lines of that field differ, they are ambiguous, and the reset is not used.
///
/// # Examples
///
/// ```
/// use backoff_http::DelayField;
///
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
    /// A place in the body ([`DelayRules::with_bodies`](crate::DelayRules::with_bodies)).
    Body(BodyField),
    /// A field of your own, with this name ([`DelayRules::with_limits`](crate::DelayRules::with_limits)).
    Limit(&'static str),
}

impl DelayField {
    /// Returns the bit of the field in a set of fields. A field of the user's own and one in the body have none.
    pub(crate) const fn bit(self) -> u16 {
        match self {
            Self::GrpcRetryPushback => 1,
            Self::RetryAfterMs => 1 << 1,
            Self::XMsRetryAfterMs => 1 << 2,
            Self::XAmzRetryAfter => 1 << 3,
            Self::RetryAfter => 1 << 4,
            Self::RateLimit => 1 << 5,
            Self::RateLimitReset => 1 << 6,
            Self::XRateLimitResetAfter => 1 << 7,
            Self::XRateLimitReset => 1 << 8,
            Self::Body(_) | Self::Limit(_) => 0,
        }
    }

    /// Returns the set of its name.
    pub(crate) const fn names(self) -> NameSet {
        NameSet::of(self.as_str())
    }

    /// Returns the name of the field that says what is left of the same limit.
    pub(crate) const fn remaining(self) -> Option<&'static str> {
        match self {
            Self::RateLimitReset => Some("ratelimit-remaining"),
            Self::XRateLimitResetAfter | Self::XRateLimitReset => Some("x-ratelimit-remaining"),
            _ => None,
        }
    }

    /// Returns the name of the field, in lower case, or its place in the body.
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
            Self::Body(field) => field.as_str(),
            Self::Limit(name) => name,
        }
    }
}

impl fmt::Display for DelayField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
