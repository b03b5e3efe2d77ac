//! What the status codes mean for a retry.

use backoff_core::FailureKind;

/// What a status code means for a retry.
///
/// Some codes depend on what comes with them: a hint (a delay that the server asks for), or the `Idempotency-Key` of the
/// request.
///
/// # Examples
///
/// ```
/// use backoff_http::StatusClass;
/// use backoff_core::FailureKind;
///
/// assert_eq!(StatusClass::of(503), StatusClass::ThrottledIfHinted);
/// assert_eq!(StatusClass::of(503).kind(true, false), Some(FailureKind::Throttled));
/// assert_eq!(StatusClass::of(503).kind(false, false), Some(FailureKind::Transient));
/// assert_eq!(StatusClass::of(204).kind(false, false), None);
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt-1", derive(defmt::Format))]
pub enum StatusClass {
    /// Not a failure.
    Accepted,
    /// A failure that may be permanent.
    Doubtful,
    /// Permanent; doubtful if the request has an `Idempotency-Key`.
    DoubtfulIfKeyed,
    /// A failure that a retry does not repair.
    Permanent,
    /// The server asks for fewer requests.
    Throttled,
    /// Throttled with a hint, transient without a hint.
    ThrottledIfHinted,
    /// Throttled with a hint, permanent without a hint.
    ThrottledOnlyIfHinted,
    /// A failure that is likely to pass.
    Transient,
}

impl StatusClass {
    /// Returns what a status code means by default.
    ///
    /// | status | class | because |
    /// |---|---|---|
    /// | below 400 | accepted | not an error (RFC 9110, section 15) |
    /// | 408 | transient | the request did not arrive completely (RFC 9110, section 15.5.9) |
    /// | 409 | doubtful if keyed | the first such request is still being processed (draft-ietf-httpapi-idempotency-key-header, section 2.7) |
    /// | 425 | transient, a refusal | the server refused to act on early data (RFC 8470, section 5.2) |
    /// | 429 | throttled, a refusal | too many requests (RFC 6585, section 4) |
    /// | other 4xx | permanent | the request is at fault |
    /// | 500 | doubtful | a bug of the server as often as a passing problem |
    /// | 501, 505 | permanent | the server cannot do it (RFC 9110, sections 15.6.2 and 15.6.6) |
    /// | 503, 529 | throttled if hinted | overload or maintenance (RFC 9110, section 15.6.4) |
    /// | other 5xx | transient | mostly a problem of a gateway |
    /// | 600 and above, below 100 | permanent | not a status code |
    #[inline]
    #[must_use]
    pub const fn of(status: u16) -> Self {
        match StatusRule::find(BY_DEFAULT, status) {
            Some(rule) => rule.class,
            None => Self::Permanent,
        }
    }

    /// Returns the kind of failure, or `None` if the status is accepted.
    ///
    /// `hinted` says whether the response has a hint, and `keyed` whether the request has an `Idempotency-Key`.
    #[inline]
    #[must_use]
    pub const fn kind(self, hinted: bool, keyed: bool) -> Option<FailureKind> {
        Some(match self {
            Self::Accepted => return None,
            Self::Doubtful => FailureKind::Doubtful,
            Self::DoubtfulIfKeyed if keyed => FailureKind::Doubtful,
            Self::Throttled => FailureKind::Throttled,
            Self::ThrottledIfHinted | Self::ThrottledOnlyIfHinted if hinted => {
                FailureKind::Throttled
            }
            Self::ThrottledIfHinted | Self::Transient => FailureKind::Transient,
            Self::DoubtfulIfKeyed | Self::Permanent | Self::ThrottledOnlyIfHinted => {
                FailureKind::Permanent
            }
        })
    }
}

/// The table of [`StatusClass::of`]. The most frequent codes come first.
pub(crate) const BY_DEFAULT: &[StatusRule] = &[
    StatusRule::range(100, 399, StatusClass::Accepted),
    StatusRule::one(503, StatusClass::ThrottledIfHinted),
    StatusRule::one(429, StatusClass::Throttled).as_refusal(),
    StatusRule::one(500, StatusClass::Doubtful),
    StatusRule::one(501, StatusClass::Permanent),
    StatusRule::one(505, StatusClass::Permanent),
    StatusRule::one(529, StatusClass::ThrottledIfHinted),
    StatusRule::range(502, 599, StatusClass::Transient),
    StatusRule::one(408, StatusClass::Transient),
    StatusRule::one(409, StatusClass::DoubtfulIfKeyed),
    StatusRule::one(425, StatusClass::Transient).as_refusal(),
];

/// A line of a table that says what status codes mean.
///
/// # Examples
///
/// ```
/// use backoff_http::{StatusClass, StatusRule};
///
/// const MINE: &[StatusRule] = &[
///     StatusRule::one(409, StatusClass::Transient),
///     StatusRule::range(520, 527, StatusClass::Doubtful),
/// ];
/// assert!(MINE[1].covers(520) && MINE[1].covers(527) && !MINE[1].covers(528));
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt-1", derive(defmt::Format))]
pub struct StatusRule {
    first: u16,
    last: u16,
    class: StatusClass,
    refusal: bool,
}

impl StatusRule {
    /// Says what one code means.
    #[must_use]
    pub const fn one(status: u16, class: StatusClass) -> Self {
        Self::range(status, status, class)
    }

    /// Says what the codes from `first` to `last` mean, both included.
    #[must_use]
    pub const fn range(first: u16, last: u16, class: StatusClass) -> Self {
        Self {
            first,
            last,
            class,
            refusal: false,
        }
    }

    /// Says that a server which answers by these codes has not processed the request.
    ///
    /// The request may then be repeated whatever its method is, unless a
    /// [redirect](crate::RequestInfo::as_redirected) was followed, or the rules are
    /// [without refusals](crate::Rules::without_refusals).
    ///
    /// # Examples
    ///
    /// A rate limiter that answers by 420:
    ///
    /// ```
    /// use backoff_http::{Method, RequestInfo, Rules, StatusClass, StatusRule};
    ///
    /// static RULES: Rules = Rules::DEFAULT.with_statuses(&[
    ///     StatusRule::one(420, StatusClass::Throttled).as_refusal(),
    /// ]);
    /// let post = RequestInfo::new(Method::Post);
    /// assert!(RULES.classify_response(post, 420, &(), None).is_retryable());
    /// ```
    #[must_use]
    pub const fn as_refusal(mut self) -> Self {
        self.refusal = true;
        self
    }

    /// Returns the first rule that covers the code.
    #[inline]
    pub(crate) const fn find(mut rules: &[Self], status: u16) -> Option<Self> {
        while let [rule, rest @ ..] = rules {
            if rule.covers(status) {
                return Some(*rule);
            }
            rules = rest;
        }
        None
    }

    /// Returns whether the rule covers this code.
    #[inline]
    #[must_use]
    pub const fn covers(self, status: u16) -> bool {
        self.first <= status && status <= self.last
    }

    /// Returns what the codes mean.
    #[inline]
    #[must_use]
    pub const fn class(self) -> StatusClass {
        self.class
    }

    /// Returns whether the server has not processed a request that it answers by these codes.
    #[inline]
    #[must_use]
    pub const fn is_refusal(self) -> bool {
        self.refusal
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_the_kind_of_the_table() {
        use FailureKind::{Doubtful, Permanent, Throttled, Transient};
        let expected = |status: u16, hinted: bool, keyed: bool| match (status, hinted, keyed) {
            (100..=399, ..) => None,
            (500, ..) | (409, _, true) => Some(Doubtful),
            (429, ..) | (503 | 529, true, _) => Some(Throttled),
            (408 | 425 | 502..=504 | 506..=599, ..) => Some(Transient),
            _ => Some(Permanent),
        };
        // Miri takes minutes for all of them.
        let last = if cfg!(miri) { 700 } else { u16::MAX };
        for status in 0..=last {
            for (hinted, keyed) in [(false, false), (false, true), (true, false), (true, true)] {
                let kind = StatusClass::of(status).kind(hinted, keyed);
                assert_eq!(
                    kind,
                    expected(status, hinted, keyed),
                    "{status} {hinted} {keyed}"
                );
            }
        }
    }
}
