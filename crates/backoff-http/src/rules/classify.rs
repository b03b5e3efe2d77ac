//! Classifies outcomes by the rules.

use core::time::Duration;

use backoff_core::{Failure, FailureKind};

use super::body_rule::BodyRule;
use super::classification::Classification;
use super::classified_by::ClassifiedBy;
use super::fault::FaultRule;
use super::grpc::GrpcStatus;
use super::rules::Rules;
use super::status_class::StatusClass;
use super::status_rule::StatusRule;
use crate::date::HttpDate;
use crate::evidence::{Evidence, Fault, Sent};
use crate::field::{Headers, NameSet};
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
        let mut found = Classification::accepted(status);
        self.classify_headers::<H, false>(&mut found, request, rule, (headers, &[]), now.into());
        found
    }

    /// Classifies a response by its headers and its body, or the beginning of it.
    ///
    /// [`wanted_body`](Self::wanted_body) says whether the rules need the body, and how many bytes of it. Without a body
    /// (`&[]`), this is [`classify_response`](Self::classify_response).
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_http::{Method, RequestInfo, Rules};
    ///
    /// let get = RequestInfo::new(Method::Get);
    /// let body = br#"{"ok":false,"error_code":429,"parameters":{"retry_after":35}}"#;
    /// let flooded = Rules::TELEGRAM.classify_with_body(get, 429, &(), body, None);
    /// assert_eq!(flooded.to_string(), "throttled: status 429, parameters.retry_after 35s");
    /// ```
    pub fn classify_with_body<H: Headers + ?Sized>(
        &self,
        request: RequestInfo,
        status: u16,
        headers: &H,
        body: &[u8],
        now: impl Into<Option<HttpDate>>,
    ) -> Classification {
        let rule = self.rule(status);
        if rule.class() == StatusClass::Accepted && !self.every_response && self.grpc.is_none() {
            return Classification::accepted(status);
        }
        let mut found = Classification::accepted(status);
        self.classify_headers::<H, true>(&mut found, request, rule, (headers, body), now.into());
        found
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

    /// Classifies a response whose headers matter, given what its status means so far.
    ///
    /// In place, because firmware would link a `memcpy` of 594 bytes to return the classification.
    #[inline(never)]
    fn classify_headers<H: Headers + ?Sized, const BODY: bool>(
        &self,
        found: &mut Classification,
        request: RequestInfo,
        rule: StatusRule,
        (headers, body): (&H, &[u8]),
        now: Option<HttpDate>,
    ) {
        let names = headers.names();
        found.read_delay((headers, names), self.delays, now);
        if BODY {
            found.read_body_delay(headers, body, self.delays, now);
        }
        let delay = found.server_delay().delay();
        let is_keyed = request.has_idempotency_key();
        let of_status = rule.class().kind(delay.is_some(), is_keyed);
        let (kind, classified_by, body_rule) =
            self.kind::<H, BODY>(found.classified_by(), of_status, (headers, names), body);
        let refused =
            self.refusals && (rule.is_refusal() || body_rule.is_some_and(BodyRule::is_refusal));
        match kind {
            None => found.forget_delay(),
            Some(_) if found.server_delay().forbids_retry() => {
                found.fail(Failure::permanent(), ClassifiedBy::Pushback);
            }
            Some(FailureKind::Permanent) => found.fail(Failure::permanent(), classified_by),
            Some(_) if !self.may_repeat(request, refused) => {
                let method = request.method();
                found.fail(Failure::permanent(), ClassifiedBy::Unrepeatable(method));
            }
            Some(kind) => {
                let failure = match body_rule {
                    Some(rule) => Failure::new(kind).with_min_delay(rule.min_delay()),
                    None => Failure::new(kind),
                };
                let hinted = delay.map_or(failure, |delay| failure.with_retry_after(delay));
                found.fail(hinted, classified_by);
            }
        }
    }

    /// Returns the kind of a response, what decided it, and the rule that matches its body, given the kind of its status.
    fn kind<H: Headers + ?Sized, const BODY: bool>(
        &self,
        status: ClassifiedBy,
        of_status: Option<FailureKind>,
        (headers, names): (&H, NameSet),
        body: &[u8],
    ) -> (Option<FailureKind>, ClassifiedBy, Option<&BodyRule>) {
        let grpc = self.grpc.and_then(|rules| {
            GrpcStatus::read(headers)
                .map(|status| (rules.kind(status), ClassifiedBy::GrpcStatus(status)))
        });
        let (kind, classified_by) = grpc.unwrap_or((of_status, status));
        if kind.is_none() && !self.every_response {
            return (kind, classified_by, None);
        }
        let of_header = self
            .headers
            .iter()
            .find(|rule| rule.matches_among(headers, names));
        let of_body = match of_header {
            None if BODY => self.body_rule(body),
            _ => None,
        };
        let (ruled, by) = match (of_header, of_body) {
            (Some(rule), _) => (rule.kind(), ClassifiedBy::Header(rule.name())),
            (None, Some(rule)) => (rule.kind(), ClassifiedBy::Body(rule.field())),
            (None, None) => return (kind, classified_by, None),
        };
        let is_retried = kind.is_some_and(|kind| kind != FailureKind::Permanent);
        if is_retried && ruled == FailureKind::Transient {
            return (kind, classified_by, of_body);
        }
        (Some(ruled), by, of_body)
    }

    /// Returns whether a request may be sent again, given whether the last server left it unprocessed.
    pub(super) fn may_repeat(&self, request: RequestInfo, unprocessed: bool) -> bool {
        unprocessed && !request.is_redirected()
            || request.is_known_idempotent()
            || request.has_idempotency_key()
            || self.methods.contains(request.method())
    }

    /// Returns the rule for a status.
    #[allow(
        clippy::inline_always,
        reason = "measured: a success takes 23 instructions instead of 43"
    )]
    #[inline(always)]
    pub(crate) fn rule(&self, status: u16) -> StatusRule {
        StatusRule::find(self.statuses.first, status)
            .or_else(|| StatusRule::find(self.statuses.then, status))
            .unwrap_or(StatusRule::one(status, StatusClass::Permanent))
    }
}

/// Minimum delay after a refused connection, because a server that restarts takes a while until it listens again.
///
/// The value is the first delay of gRPC's connection backoff (connection-backoff.md, `INITIAL_BACKOFF`).
const AFTER_REFUSAL: Duration = Duration::from_secs(1);
