//! The rules that outcomes are judged by.

use core::time::Duration;

use backoff_core::{Failure, FailureKind};

use crate::call::Call;
use crate::evidence::{Evidence, Fault, Sent};
use crate::finding::{Finding, Reason};
use crate::headers::Headers;
use crate::http_date::HttpDate;
use crate::method::Methods;
use crate::retry_after::RetryAfter;
use crate::status::{BY_DEFAULT, Meaning, StatusRule};

/// What each outcome of a request means, as data that can be changed.
///
/// # Examples
///
/// ```
/// use backoff_http::{Call, HttpDate, Meaning, Method, Rules, StatusRule};
///
/// static RULES: Rules = Rules::DEFAULT.with_statuses(&[
///     StatusRule::one(409, Meaning::Transient),
///     StatusRule::one(500, Meaning::Permanent),
/// ]);
/// let now = HttpDate::from_unix(0);
/// let judge = |method, status| RULES.judge_response(Call::new(method), status, &(), now).is_retryable();
///
/// assert!(judge(Method::Get, 409));
/// assert!(!judge(Method::Get, 500));
/// assert!(!judge(Method::Post, 503));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Rules<'r> {
    statuses: &'r [StatusRule],
    base: &'r [StatusRule],
    methods: Methods,
}

impl Rules<'_> {
    /// The rules of [`Meaning::of`] and [`Fault::kind`], for idempotent methods.
    pub const DEFAULT: Self = Self {
        statuses: &[],
        base: BY_DEFAULT,
        methods: Methods::IDEMPOTENT,
    };
}

impl<'r> Rules<'r> {
    /// Puts these rules before those that there are; of the rules that cover a status, the first one holds.
    ///
    /// It replaces what an earlier call gave.
    #[must_use]
    pub const fn with_statuses(mut self, statuses: &'r [StatusRule]) -> Self {
        self.statuses = statuses;
        self
    }

    /// Changes which methods may be repeated although the request may have been processed.
    #[must_use]
    pub const fn with_methods(mut self, methods: Methods) -> Self {
        self.methods = methods;
        self
    }

    /// Judges a response.
    #[inline]
    pub fn judge_response<H: Headers + ?Sized>(
        &self,
        call: Call,
        status: u16,
        headers: &H,
        now: HttpDate,
    ) -> Finding {
        match self.meaning(status) {
            Meaning::Accepted => Finding::accepted(status),
            meaning => self.judge_failed(call, status, meaning, headers, now),
        }
    }

    /// Judges an error that came instead of a response, or in the middle of one.
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_http::{Call, Fault, Method, Rules};
    /// use backoff_core::Failure;
    /// use core::time::Duration;
    ///
    /// let post = Call::new(Method::Post);
    /// let refused = Rules::DEFAULT.judge_error(post, Fault::Refused);
    /// assert_eq!(refused.failure(), Some(Failure::doubtful().with_min_delay(Duration::from_secs(1))));
    ///
    /// let reset = Rules::DEFAULT.judge_error(post, Fault::Reset);
    /// assert_eq!(reset.to_string(), "permanent: POST without an Idempotency-Key is not repeated");
    /// ```
    pub fn judge_error(&self, call: Call, evidence: impl Into<Evidence>) -> Finding {
        let evidence = evidence.into();
        let kind = evidence.fault().kind();
        if kind != FailureKind::Permanent
            && evidence.sent() != Sent::Never
            && !self.may_repeat(call)
        {
            return Finding::failed(Failure::permanent(), Reason::Unrepeatable(call.method()));
        }
        let failure = match evidence.fault() {
            Fault::Refused => Failure::new(kind).with_min_delay(AFTER_REFUSAL),
            _ => Failure::new(kind),
        };
        Finding::failed(failure, Reason::Evidence(evidence))
    }

    /// Judges a response whose status is not accepted.
    #[inline(never)]
    fn judge_failed<H: Headers + ?Sized>(
        &self,
        call: Call,
        status: u16,
        meaning: Meaning,
        headers: &H,
        now: HttpDate,
    ) -> Finding {
        let hint = headers
            .first("retry-after")
            .and_then(|value| RetryAfter::parse(value, now).ok())
            .map(|retry_after| retry_after.delay(now));
        let Some(kind) = meaning.kind(hint.is_some(), call.has_idempotency_key()) else {
            return Finding::accepted(status);
        };
        let reason = Reason::Status(status);
        if kind == FailureKind::Permanent {
            return Finding::failed(Failure::permanent(), reason);
        }
        if meaning != Meaning::Unprocessed && !self.may_repeat(call) {
            return Finding::failed(Failure::permanent(), Reason::Unrepeatable(call.method()));
        }
        let failure = Failure::new(kind);
        Finding::failed(
            hint.map_or(failure, |hint| failure.with_retry_after(hint)),
            reason,
        )
    }

    /// Whether a request may be sent again that may have been processed.
    fn may_repeat(&self, call: Call) -> bool {
        call.has_idempotency_key() || self.methods.contains(call.method())
    }

    #[inline]
    fn meaning(&self, status: u16) -> Meaning {
        StatusRule::find(self.statuses, status)
            .or_else(|| StatusRule::find(self.base, status))
            .unwrap_or(Meaning::Permanent)
    }
}

/// A refused connection means that nobody listens, and a server that restarts takes a while until it does.
/// The value is the first delay of gRPC's connection backoff (connection-backoff.md, `INITIAL_BACKOFF`).
const AFTER_REFUSAL: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::method::Method;

    const NOW: HttpDate = HttpDate::from_unix(784_111_717);

    #[test]
    fn a_request_that_is_not_idempotent_is_repeated_only_if_unsent_or_keyed() {
        let (get, post) = (Call::new(Method::Get), Call::new(Method::Post));
        let keyed = post.with_idempotency_key();
        let unsent = Evidence::of(Fault::Timeout).with_sent(Sent::Never);
        let begun = Evidence::of(Fault::Reset).with_sent(Sent::ResponseBegun);
        let cases = [
            (get, Evidence::of(Fault::Reset), true),
            (post, Evidence::of(Fault::Reset), false),
            (keyed, Evidence::of(Fault::Reset), true),
            (post, Evidence::of(Fault::Timeout), false),
            (post, unsent, true),
            (post, Evidence::of(Fault::RefusedStream), true),
            (post, Evidence::of(Fault::Refused), true),
            (get, begun, true),
            (post, begun, false),
            (keyed, Evidence::of(Fault::Certificate), false),
        ];
        for (call, evidence, retry) in cases {
            let finding = Rules::DEFAULT.judge_error(call, evidence);
            assert_eq!(finding.is_retryable(), retry, "{call:?}: {evidence}");
        }
        let responses = [
            (get, 503, true),
            (post, 503, false),
            (keyed, 503, true),
            (post, 429, false),
            (post, 425, true),
        ];
        for (call, status, retry) in responses {
            let finding = Rules::DEFAULT.judge_response(call, status, &(), NOW);
            assert_eq!(finding.is_retryable(), retry, "{call:?}: {status}");
        }
    }

    #[test]
    fn a_hint_goes_with_the_failure() {
        let second = Duration::from_secs(1);
        let cases = [
            (429, "1", Failure::throttled().with_retry_after(second)),
            (
                503,
                "Sun, 06 Nov 1994 08:48:38 GMT",
                Failure::throttled().with_retry_after(second),
            ),
            (
                503,
                "0",
                Failure::throttled().with_retry_after(Duration::ZERO),
            ),
            (503, "soon", Failure::transient()),
            (429, "soon", Failure::throttled()),
            (404, "1", Failure::permanent()),
        ];
        for (status, value, expected) in cases {
            let headers = [("Retry-After", value)];
            let finding =
                Rules::DEFAULT.judge_response(Call::new(Method::Get), status, &headers, NOW);
            assert_eq!(finding.failure(), Some(expected), "{status}, {value}");
        }
    }
}
