//! Classifies outcomes by the rules.

use core::time::Duration;

use backoff_core::{Failure, FailureKind};

use super::classification::Classification;
use super::classified_by::ClassifiedBy;
use super::fault::FaultRule;
use super::grpc::GrpcStatus;
use super::rules::Rules;
use super::status_class::StatusClass;
use super::status_rule::StatusRule;
use crate::date::HttpDate;
use crate::delay::ServerDelay;
use crate::evidence::{Evidence, Fault, Sent};
use crate::field::Headers;
use crate::request::RequestInfo;

impl Rules<'_> {
    /// Classifies a response.
    ///
    /// `now` is the time that dates in the headers are compared with. On a device without a clock, pass `None`.
    #[inline]
    pub fn classify_response<H: Headers + ?Sized>(
        &self,
        request: RequestInfo,
        status: u16,
        headers: &H,
        now: impl Into<Option<HttpDate>>,
    ) -> Classification {
        let rule = self.rule(status);
        if rule.class() == StatusClass::Accepted && !self.every_response && self.grpc.is_none() {
            return Classification::accepted(status);
        }
        self.classify_headers(request, status, rule, headers, now.into())
    }

    /// Classifies an error: no response arrived, or only a part of one.
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
    /// assert_eq!(refused.failure(), Some(Failure::transient().with_min_delay(Duration::from_secs(1))));
    ///
    /// let reset = Rules::DEFAULT.classify_error(post, Fault::Reset);
    /// assert_eq!(reset.to_string(), "permanent: POST without an Idempotency-Key is not repeated");
    /// ```
    pub fn classify_error(
        &self,
        request: RequestInfo,
        evidence: impl Into<Evidence>,
    ) -> Classification {
        let evidence = evidence.into();
        let rule = self.faults.iter().find(|rule| rule.covers(evidence));
        let kind = rule.map_or(FailureKind::Permanent, FaultRule::kind);
        if kind == FailureKind::Permanent {
            return Classification::failed(Failure::permanent(), ClassifiedBy::Evidence(evidence));
        }
        let refused = evidence.fault() == Fault::RefusedStream;
        let unsent = evidence.sent() == Sent::Never && (self.refusals || !refused);
        if !self.may_repeat(request, unsent) {
            return Classification::failed(
                Failure::permanent(),
                ClassifiedBy::Unrepeatable(request.method()),
            );
        }
        let failure = match evidence.fault() {
            Fault::Refused => Failure::new(kind).with_min_delay(AFTER_REFUSAL),
            _ => Failure::new(kind),
        };
        Classification::failed(failure, ClassifiedBy::Evidence(evidence))
    }

    /// Classifies a response whose headers matter.
    #[inline(never)]
    fn classify_headers<H: Headers + ?Sized>(
        &self,
        request: RequestInfo,
        status: u16,
        rule: StatusRule,
        headers: &H,
        now: Option<HttpDate>,
    ) -> Classification {
        let server_delay = ServerDelay::read(headers, self.delays, now);
        let delay = server_delay.delay();
        let of_status = rule
            .class()
            .kind(delay.is_some(), request.has_idempotency_key());
        let (kind, classified_by) = self.kind(status, of_status, headers);
        let Some(kind) = kind else {
            return Classification::accepted(status);
        };
        let refused = self.refusals && rule.is_refusal();
        let (failure, classified_by) = if server_delay.forbids_retry() {
            (Failure::permanent(), ClassifiedBy::Pushback)
        } else if kind == FailureKind::Permanent {
            (Failure::permanent(), classified_by)
        } else if !self.may_repeat(request, refused) {
            let method = request.method();
            (Failure::permanent(), ClassifiedBy::Unrepeatable(method))
        } else {
            let failure = Failure::new(kind);
            let hinted = delay.map_or(failure, |delay| failure.with_retry_after(delay));
            (hinted, classified_by)
        };
        Classification::failed(failure, classified_by).with_server_delay(server_delay)
    }

    /// Returns the kind of a response and what decided it, given the kind of its status.
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
        let (kind, classified_by) = grpc.unwrap_or((of_status, ClassifiedBy::Status(status)));
        if kind.is_none() && !self.every_response {
            return (kind, classified_by);
        }
        let Some(rule) = self.headers.iter().find(|rule| rule.matches(headers)) else {
            return (kind, classified_by);
        };
        let is_retried = kind.is_some_and(|kind| kind != FailureKind::Permanent);
        if is_retried && rule.kind() == FailureKind::Transient {
            return (kind, classified_by);
        }
        (Some(rule.kind()), ClassifiedBy::Header(rule.name()))
    }

    /// Returns whether a request may be sent again, given whether the last server left it unprocessed.
    fn may_repeat(&self, request: RequestInfo, unprocessed: bool) -> bool {
        unprocessed && !request.is_redirected()
            || request.is_known_idempotent()
            || request.has_idempotency_key()
            || self.methods.contains(request.method())
    }

    #[inline]
    fn rule(&self, status: u16) -> StatusRule {
        StatusRule::find(self.statuses.first, status)
            .or_else(|| StatusRule::find(self.statuses.then, status))
            .unwrap_or(StatusRule::one(status, StatusClass::Permanent))
    }
}

/// Minimum delay after a refused connection, because a server that restarts takes a while until it listens again.
///
/// The value is the first delay of gRPC's connection backoff (connection-backoff.md, `INITIAL_BACKOFF`).
const AFTER_REFUSAL: Duration = Duration::from_secs(1);
