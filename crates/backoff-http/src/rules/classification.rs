//! What an outcome means for a retry, and why.

use core::fmt;

use backoff_core::{Failure, FailureKind, Verdict};

use super::classified_by::ClassifiedBy;
use crate::date::HttpDate;
use crate::delay::{DelayRules, ServerDelay};
use crate::field::{Headers, NameSet};
use crate::mark::RetryMark;

/// What an outcome means for a retry, and why. Created by [`Rules`](crate::Rules).
///
/// A classification is a [`Verdict`], so a closure that classifies outcomes for a policy may return it.
///
/// # Examples
///
/// ```
/// use backoff_http::{RequestInfo, HttpDate, Method, ClassifiedBy, Rules};
/// use backoff_core::Failure;
/// use core::time::Duration;
///
/// let now = HttpDate::from_unix(0);
/// let headers = [("retry-after", "2")];
/// let classification = Rules::DEFAULT.classify_response(RequestInfo::new(Method::Get), 429, &headers, now);
///
/// assert_eq!(classification.failure(), Some(Failure::throttled().with_retry_after(Duration::from_secs(2))));
/// assert_eq!(classification.classified_by(), ClassifiedBy::Status(429));
/// assert_eq!(classification.to_string(), "throttled: status 429, retry-after 2s");
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt-1", derive(defmt::Format))]
pub struct Classification {
    failure: Option<Failure>,
    classified_by: ClassifiedBy,
    server_delay: ServerDelay,
}

impl Classification {
    #[inline]
    pub(crate) const fn accepted(status: u16) -> Self {
        Self {
            failure: None,
            classified_by: ClassifiedBy::Status(status),
            server_delay: ServerDelay::none(),
        }
    }

    pub(crate) const fn failed(failure: Failure, classified_by: ClassifiedBy) -> Self {
        Self {
            failure: Some(failure),
            classified_by,
            server_delay: ServerDelay::none(),
        }
    }

    /// Reads what the response says about the next attempt.
    ///
    /// In place, because firmware would link a `memcpy` of 594 bytes to move it.
    #[inline]
    pub(crate) fn read_delay<H: Headers + ?Sized>(
        &mut self,
        headers: (&H, NameSet),
        rules: DelayRules,
        now: Option<HttpDate>,
    ) {
        self.server_delay.read_all(headers, rules, now);
    }

    /// Reads what the body says about the next attempt.
    pub(crate) fn read_body_delay<H: Headers + ?Sized>(
        &mut self,
        headers: &H,
        body: &[u8],
        rules: DelayRules,
        now: Option<HttpDate>,
    ) {
        self.server_delay.read_body(headers, body, rules, now);
    }

    /// Forgets what the response says about the next attempt, because there is none after a success.
    #[inline]
    pub(crate) const fn forget_delay(&mut self) {
        self.server_delay = ServerDelay::none();
    }

    #[inline]
    pub(crate) const fn fail(&mut self, failure: Failure, classified_by: ClassifiedBy) {
        self.failure = Some(failure);
        self.classified_by = classified_by;
    }

    const fn with_server_delay(self, server_delay: ServerDelay) -> Self {
        Self {
            server_delay,
            ..self
        }
    }

    /// Classifies a response whose body is longer than the caller accepts: a permanent failure, because another attempt
    /// would get the same body.
    #[must_use]
    pub const fn of_long_body() -> Self {
        Self::failed(Failure::permanent(), ClassifiedBy::LongBody)
    }

    /// Makes a retryable failure permanent, because the body of the request cannot be sent again.
    ///
    /// Use it for a body that is read from a stream.
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_http::{RequestInfo, Method, ClassifiedBy, Rules};
    ///
    /// let classification = Rules::DEFAULT.classify_response(RequestInfo::new(Method::Put), 503, &(), None);
    /// assert_eq!(classification.with_spent_body().classified_by(), ClassifiedBy::SpentBody);
    ///
    /// let accepted = Rules::DEFAULT.classify_response(RequestInfo::new(Method::Put), 204, &(), None);
    /// assert_eq!(accepted.with_spent_body(), accepted);
    /// ```
    #[must_use]
    pub fn with_spent_body(self) -> Self {
        if self.is_retryable() {
            Self::failed(Failure::permanent(), ClassifiedBy::SpentBody)
                .with_server_delay(self.server_delay)
        } else {
            self
        }
    }

    /// Returns the failure, or `None` if the outcome is accepted.
    #[must_use]
    pub const fn failure(self) -> Option<Failure> {
        self.failure
    }

    /// Returns whether the outcome is a failure that another attempt may repair.
    #[must_use]
    pub fn is_retryable(self) -> bool {
        self.failure
            .is_some_and(|failure| failure.kind() != FailureKind::Permanent)
    }

    /// Returns what the response says about the next attempt, including the field that was ignored.
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_http::{RequestInfo, HttpDate, Method, Rules};
    ///
    /// let now = HttpDate::from_unix(0);
    /// let headers = [("retry-after", "-1")];
    /// let classification = Rules::DEFAULT.classify_response(RequestInfo::new(Method::Get), 503, &headers, now);
    ///
    /// assert_eq!(classification.server_delay().delay(), None);
    /// assert_eq!(
    ///     classification.to_string(),
    ///     "transient: status 503, retry-after ignored: invalid number",
    /// );
    /// ```
    #[must_use]
    pub const fn server_delay(&self) -> &ServerDelay {
        &self.server_delay
    }

    /// Returns what decided the classification.
    #[must_use]
    pub const fn classified_by(self) -> ClassifiedBy {
        self.classified_by
    }
}

impl Verdict for Classification {
    fn failure(self) -> Option<Failure> {
        self.failure
    }
}

/// Creates a permanent failure: an inner layer has retried already.
impl From<RetryMark> for Classification {
    fn from(_: RetryMark) -> Self {
        Self::failed(Failure::permanent(), ClassifiedBy::AlreadyRetried)
    }
}

impl fmt::Display for Classification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.failure {
            None => write!(f, "accepted: {}", self.classified_by)?,
            Some(failure) => write!(f, "{}: {}", failure.kind(), self.classified_by)?,
        }
        if let (Some(field), Some(delay)) = (self.server_delay.field(), self.server_delay.delay()) {
            write!(f, ", {field} {delay:?}")?;
        }
        if let Some((field, error)) = self.server_delay.ignored() {
            write!(f, ", {field} ignored: {error}")?;
        }
        Ok(())
    }
}
