//! How an outcome is classified.

use core::time::Duration;

use backoff_core::{Failure, FailureKind};

use super::classification::Classification;
use super::classified_by::ClassifiedBy;
use super::fault::FaultRule;
use super::grpc::GrpcStatus;
use super::rules::Rules;
use super::status::{StatusClass, StatusRule};
use crate::date::HttpDate;
use crate::delay::ServerDelay;
use crate::evidence::{Evidence, Fault, Sent};
use crate::field::Headers;
use crate::request::RequestInfo;

impl Rules<'_> {
    /// Judges a response.
    ///
    /// `now` is the time that dates in the headers are compared with; a device without a clock gives `None`.
    #[inline]
    pub fn classify_response<H: Headers + ?Sized>(
        &self,
        call: RequestInfo,
        status: u16,
        headers: &H,
        now: impl Into<Option<HttpDate>>,
    ) -> Classification {
        let meaning = self.meaning(status);
        if meaning == StatusClass::Accepted && !self.every_response && self.grpc.is_none() {
            return Classification::accepted(status);
        }
        self.classify_headers(call, status, meaning, headers, now.into())
    }

    /// Judges an error that came instead of a response, or in the middle of one.
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_http::{RequestInfo, Fault, Method, Rules};
    /// use backoff_core::Failure;
    /// use core::time::Duration;
    ///
    /// let post = RequestInfo::new(Method::Post);
    /// let refused = Rules::DEFAULT.classify_error(post, Fault::Refused);
    /// assert_eq!(refused.failure(), Some(Failure::doubtful().with_min_delay(Duration::from_secs(1))));
    ///
    /// let reset = Rules::DEFAULT.classify_error(post, Fault::Reset);
    /// assert_eq!(reset.to_string(), "permanent: POST without an Idempotency-Key is not repeated");
    /// ```
    pub fn classify_error(
        &self,
        call: RequestInfo,
        evidence: impl Into<Evidence>,
    ) -> Classification {
        let evidence = evidence.into();
        let rule = self.faults.iter().find(|rule| rule.covers(evidence));
        let kind = rule.map_or(FailureKind::Permanent, FaultRule::kind);
        if kind == FailureKind::Permanent {
            return Classification::failed(Failure::permanent(), ClassifiedBy::Evidence(evidence));
        }
        if !self.may_repeat(call, evidence.sent() == Sent::Never) {
            return Classification::failed(
                Failure::permanent(),
                ClassifiedBy::Unrepeatable(call.method()),
            );
        }
        let failure = match evidence.fault() {
            Fault::Refused => Failure::new(kind).with_min_delay(AFTER_REFUSAL),
            _ => Failure::new(kind),
        };
        Classification::failed(failure, ClassifiedBy::Evidence(evidence))
    }

    /// Judges a response whose headers count.
    #[inline(never)]
    fn classify_headers<H: Headers + ?Sized>(
        &self,
        call: RequestInfo,
        status: u16,
        meaning: StatusClass,
        headers: &H,
        now: Option<HttpDate>,
    ) -> Classification {
        let asked = ServerDelay::read(headers, self.delays, now);
        let of_status = meaning.kind(asked.delay().is_some(), call.has_idempotency_key());
        let (kind, reason) = self.kind(status, of_status, headers);
        let Some(kind) = kind else {
            return Classification::accepted(status);
        };
        if asked.forbids_retry() {
            return Classification::failed(Failure::permanent(), ClassifiedBy::Pushback)
                .with_server_delay(asked);
        }
        if kind == FailureKind::Permanent {
            return Classification::failed(Failure::permanent(), reason).with_server_delay(asked);
        }
        if !self.may_repeat(call, meaning == StatusClass::Unprocessed) {
            return Classification::failed(
                Failure::permanent(),
                ClassifiedBy::Unrepeatable(call.method()),
            )
            .with_server_delay(asked);
        }
        let failure = Failure::new(kind);
        let failure = asked
            .delay()
            .map_or(failure, |delay| failure.with_retry_after(delay));
        Classification::failed(failure, reason).with_server_delay(asked)
    }

    /// The kind of a response and what it rests on, given the kind of its status.
    fn kind<H: Headers + ?Sized>(
        &self,
        status: u16,
        of_status: Option<FailureKind>,
        headers: &H,
    ) -> (Option<FailureKind>, ClassifiedBy) {
        let grpc = self.grpc.and_then(|rules| {
            GrpcStatus::read(headers)
                .map(|status| (rules.kind(status), ClassifiedBy::GrpcStatus(status)))
        });
        let (kind, reason) = grpc.unwrap_or((of_status, ClassifiedBy::Status(status)));
        if kind.is_none() && !self.every_response {
            return (kind, reason);
        }
        let Some(rule) = self.headers.iter().find(|rule| rule.matches(headers)) else {
            return (kind, reason);
        };
        let is_retried = kind.is_some_and(|kind| kind != FailureKind::Permanent);
        if is_retried && rule.kind() == FailureKind::Transient {
            return (kind, reason);
        }
        (Some(rule.kind()), ClassifiedBy::Header(rule.name()))
    }

    /// Whether a request may be sent again, given whether the last server did not process it.
    fn may_repeat(&self, call: RequestInfo, unprocessed: bool) -> bool {
        unprocessed && !call.is_redirected()
            || call.is_known_idempotent()
            || call.has_idempotency_key()
            || self.methods.contains(call.method())
    }

    #[inline]
    fn meaning(&self, status: u16) -> StatusClass {
        StatusRule::find(self.statuses.first, status)
            .or_else(|| StatusRule::find(self.statuses.then, status))
            .unwrap_or(StatusClass::Permanent)
    }
}

/// A refused connection means that nobody listens, and a server that restarts takes a while until it does.
/// The value is the first delay of gRPC's connection backoff (connection-backoff.md, `INITIAL_BACKOFF`).
const AFTER_REFUSAL: Duration = Duration::from_secs(1);
