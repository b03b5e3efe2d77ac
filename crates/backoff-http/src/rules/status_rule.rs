//! Rules about status codes.

use super::status_class::StatusClass;

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

    /// Returns whether the rule says what holds without it: other 4xx are permanent, as is what no rule covers.
    pub(crate) const fn is_implied(self) -> bool {
        matches!(self.class, StatusClass::Permanent) && self.last < 500
    }

    /// Returns the rule about the codes of both, or `None` if they mean different things or are not consecutive.
    pub(crate) const fn joined(self, next: Self) -> Option<Self> {
        let alike = self.class as u8 == next.class as u8 && self.refusal == next.refusal;
        if alike && self.last.saturating_add(1) == next.first {
            Some(Self {
                last: next.last,
                ..self
            })
        } else {
            None
        }
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
