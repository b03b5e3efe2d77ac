//! What was found about an outcome, and why.

use core::fmt;

use backoff_core::{Failure, FailureKind, Verdict};

use super::classified_by::ClassifiedBy;
use crate::delay::ServerDelay;
use crate::mark::RetryMark;

/// What [`Rules`](crate::Rules) found about an outcome: the failure that it is, if any, and why.
///
/// A classification is a [`Verdict`], so that a closure which judges an outcome may return it.
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
/// assert_eq!(classification.reason(), ClassifiedBy::Status(429));
/// assert_eq!(classification.to_string(), "throttled: status 429, retry-after 2s");
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt-1", derive(defmt::Format))]
pub struct Classification {
    failure: Option<Failure>,
    reason: ClassifiedBy,
    asked: ServerDelay,
}

impl Classification {
    #[inline]
    pub(crate) const fn accepted(status: u16) -> Self {
        Self {
            failure: None,
            reason: ClassifiedBy::Status(status),
            asked: ServerDelay::NONE,
        }
    }

    pub(crate) const fn failed(failure: Failure, reason: ClassifiedBy) -> Self {
        Self {
            failure: Some(failure),
            reason,
            asked: ServerDelay::NONE,
        }
    }

    pub(crate) const fn with_server_delay(self, asked: ServerDelay) -> Self {
        Self { asked, ..self }
    }

    /// The same classification of a request whose body is gone: what was to be retried is permanent.
    ///
    /// A body that is read from a stream can be sent only once.
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_http::{RequestInfo, Method, ClassifiedBy, Rules};
    ///
    /// let classification = Rules::DEFAULT.classify_response(RequestInfo::new(Method::Put), 503, &(), None);
    /// assert_eq!(classification.with_spent_body().reason(), ClassifiedBy::SpentBody);
    ///
    /// let accepted = Rules::DEFAULT.classify_response(RequestInfo::new(Method::Put), 204, &(), None);
    /// assert_eq!(accepted.with_spent_body(), accepted);
    /// ```
    #[must_use]
    pub fn with_spent_body(self) -> Self {
        if self.is_retryable() {
            Self::failed(Failure::permanent(), ClassifiedBy::SpentBody)
                .with_server_delay(self.asked)
        } else {
            self
        }
    }

    /// The failure that the outcome is; `None` if it is to be accepted.
    #[must_use]
    pub const fn failure(self) -> Option<Failure> {
        self.failure
    }

    /// Whether another attempt makes sense.
    #[must_use]
    pub fn is_retryable(self) -> bool {
        self.failure
            .is_some_and(|failure| failure.kind() != FailureKind::Permanent)
    }

    /// What the response says about the time of another attempt, and what of that was not understood.
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
    ///     "transient: status 503, retry-after ignored: not a number that it can have",
    /// );
    /// ```
    #[must_use]
    pub const fn server_delay(&self) -> &ServerDelay {
        &self.asked
    }

    /// What the classification rests on.
    #[must_use]
    pub const fn reason(self) -> ClassifiedBy {
        self.reason
    }
}

impl Verdict for Classification {
    fn failure(self) -> Option<Failure> {
        self.failure
    }
}

/// A failure that is not to be retried again.
impl From<RetryMark> for Classification {
    fn from(_: RetryMark) -> Self {
        Self::failed(Failure::permanent(), ClassifiedBy::AlreadyRetried)
    }
}

impl fmt::Display for Classification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.failure {
            None => write!(f, "accepted: {}", self.reason)?,
            Some(failure) => write!(f, "{}: {}", failure.kind(), self.reason)?,
        }
        if let (Some(source), Some(delay)) = (self.asked.source(), self.asked.delay()) {
            write!(f, ", {source} {delay:?}")?;
        }
        if let Some((source, error)) = self.asked.ignored() {
            write!(f, ", {source} ignored: {error}")?;
        }
        Ok(())
    }
}
