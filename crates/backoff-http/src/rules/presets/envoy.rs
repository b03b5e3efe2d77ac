//! The rules of the proxy Envoy.

use backoff_core::FailureKind;

use super::tables::{ACCEPTED, EVERY_FAULT};
use crate::evidence::{Fault, Sent};
use crate::request::Methods;
use crate::rules::fault::FaultRule;
use crate::rules::header::HeaderRule;
use crate::rules::rules::Rules;
use crate::rules::status_class::StatusClass;
use crate::rules::status_rule::StatusRule;

/// A set of Envoy's groups of failures, with the names of `x-envoy-retry-on`. Use it with [`Rules::envoy`].
///
/// Envoy only retries the groups that you name, and then for every method. Unless your own rules say otherwise, it
/// never retries a request for which it had no room ([`Fault::Overflow`]), nor a response with `x-envoy-overloaded`.
///
/// Source: Envoy, "Router", `x-envoy-retry-on`; `retry_state_impl.cc`.
///
/// # Examples
///
/// ```
/// use backoff_http::{RequestInfo, EnvoyRetryOn, Fault, HttpDate, StatusClass, Method, Rules, StatusRule};
///
/// const GROUPS: EnvoyRetryOn = EnvoyRetryOn::GATEWAY_ERROR.and(EnvoyRetryOn::RETRIABLE_4XX);
/// let rules = Rules::envoy(GROUPS);
/// let is_retried = |status| rules.classify_response(RequestInfo::new(Method::Post), status, &(), None).is_retryable();
/// assert!(is_retried(503) && is_retried(409));
/// assert!(!is_retried(500) && !is_retried(429));
/// ```
///
/// Three settings of Envoy are tables of their own: `retriable-status-codes` is [`Rules::with_statuses`],
/// `retriable-headers` is [`Rules::with_headers`] with [`Rules::reading_every_response`], and `x-envoy-retry-grpc-on` is
/// [`Rules::with_grpc`].
///
/// The order of the conditions is that of [`Rules`]. It differs from Envoy's in two places:
///
/// - Your own header rules come before those about `x-envoy-overloaded` and `x-envoy-ratelimited`. If a response can
///   match both, repeat these before your own, like in the example below.
/// - A `grpc-status` counts before the status if it is read. So [`FIVE_XX`](Self::FIVE_XX) with [`Rules::with_grpc`] does
///   not retry a 503 with a `grpc-status` of 13. Envoy does.
///
/// ```
/// use backoff_core::FailureKind;
/// use backoff_http::{RequestInfo, EnvoyRetryOn, HeaderRule, Method, Rules};
///
/// const RULES: Rules = Rules::envoy(EnvoyRetryOn::NONE)
///     .with_headers(&[
///         HeaderRule::present("x-envoy-overloaded", FailureKind::Permanent),
///         HeaderRule::present("x-envoy-ratelimited", FailureKind::Permanent),
///         HeaderRule::present("x-upstream-broken", FailureKind::Transient),
///     ])
///     .reading_every_response();
/// let headers = [("x-upstream-broken", "1"), ("x-envoy-overloaded", "true")];
/// let classify = |count| RULES.classify_response(RequestInfo::new(Method::Get), 200, &headers[..count], None);
/// assert!(classify(1).is_retryable());
/// assert!(!classify(2).is_retryable());
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt-1", derive(defmt::Format))]
pub struct EnvoyRetryOn(u8);

impl EnvoyRetryOn {
    /// `connect-failure`: the connection failed or timed out.
    pub const CONNECT_FAILURE: Self = Self(1);
    /// `envoy-ratelimited`: a response with `x-envoy-ratelimited`, which is permanent without this group.
    pub const ENVOY_RATELIMITED: Self = Self(1 << 1);
    /// `5xx`: every status from 500 to 599, and every connection error.
    pub const FIVE_XX: Self = Self(1 << 2);
    /// `gateway-error`: 502, 503, 504, and every connection error.
    pub const GATEWAY_ERROR: Self = Self(1 << 3);
    /// No group: nothing is retried.
    pub const NONE: Self = Self(0);
    /// `refused-stream`: the server refused the stream.
    pub const REFUSED_STREAM: Self = Self(1 << 4);
    /// `reset`: every connection error.
    pub const RESET: Self = Self(1 << 5);
    /// `retriable-4xx`: 409.
    pub const RETRIABLE_4XX: Self = Self(1 << 6);

    /// Joins the groups of two sets.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    const fn has(self, group: Self) -> bool {
        self.0 & group.0 != 0
    }

    const fn statuses(self) -> &'static [StatusRule] {
        let all = if self.has(Self::FIVE_XX) {
            SERVER_ERRORS
        } else if self.has(Self::GATEWAY_ERROR) {
            GATEWAY_ERRORS
        } else {
            NO_ERRORS
        };
        match all {
            [_, rest @ ..] if !self.has(Self::RETRIABLE_4XX) => rest,
            _ => all,
        }
    }

    const fn faults(self) -> &'static [FaultRule] {
        if self.has(Self::FIVE_XX.and(Self::GATEWAY_ERROR).and(Self::RESET)) {
            return EVERY_FAULT;
        }
        match (
            CONNECTING,
            self.has(Self::REFUSED_STREAM),
            self.has(Self::CONNECT_FAILURE),
        ) {
            (all, true, true) => all,
            ([_, connecting @ ..], false, true) => connecting,
            ([refused_stream, ..], true, false) => core::slice::from_ref(refused_stream),
            _ => &[],
        }
    }

    const fn headers(self) -> &'static [HeaderRule] {
        if self.has(Self::ENVOY_RATELIMITED) {
            RATELIMITED_TOO
        } else {
            NOT_RATELIMITED
        }
    }
}

impl Rules<'_> {
    /// Creates the rules of Envoy for these groups of failures.
    #[must_use]
    pub const fn envoy(groups: EnvoyRetryOn) -> Self {
        Rules::of(groups.statuses(), groups.faults(), groups.headers()).with_methods(Methods::ALL)
    }
}

/// The group `retriable-4xx`.
const CONFLICT: StatusRule = StatusRule::one(409, StatusClass::Transient);

const NO_ERRORS: &[StatusRule] = &[CONFLICT, ACCEPTED];

const GATEWAY_ERRORS: &[StatusRule] = &[
    CONFLICT,
    ACCEPTED,
    StatusRule::range(502, 504, StatusClass::Transient),
];

const SERVER_ERRORS: &[StatusRule] = &[
    CONFLICT,
    ACCEPTED,
    StatusRule::range(500, 599, StatusClass::Transient),
];

/// The group `refused-stream`, followed by the faults of `connect-failure`.
const CONNECTING: &[FaultRule] = &[
    FaultRule::new(Fault::RefusedStream, FailureKind::Transient),
    FaultRule::new(Fault::Certificate, FailureKind::Transient),
    FaultRule::new(Fault::Connect, FailureKind::Transient),
    FaultRule::new(Fault::Dns, FailureKind::Transient),
    FaultRule::new(Fault::Refused, FailureKind::Transient),
    FaultRule::new(Fault::Reset, FailureKind::Transient).when(Sent::Never),
    FaultRule::new(Fault::Timeout, FailureKind::Transient).when(Sent::Never),
    FaultRule::new(Fault::TlsAlert, FailureKind::Transient).when(Sent::Never),
];

const OVERLOADED: HeaderRule = HeaderRule::present("x-envoy-overloaded", FailureKind::Permanent);

const NOT_RATELIMITED: &[HeaderRule] = &[
    OVERLOADED,
    HeaderRule::present("x-envoy-ratelimited", FailureKind::Permanent),
];

const RATELIMITED_TOO: &[HeaderRule] = &[
    OVERLOADED,
    HeaderRule::present("x-envoy-ratelimited", FailureKind::Throttled),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::Evidence;
    use crate::request::{Method, RequestInfo};

    const POST: RequestInfo = RequestInfo::new(Method::Post);

    #[test]
    fn to_join_a_group_twice_changes_nothing() {
        let set = EnvoyRetryOn::RESET.and(EnvoyRetryOn::FIVE_XX);
        assert_eq!(set.and(EnvoyRetryOn::RESET), set);
    }

    #[test]
    fn a_group_retries_its_statuses_and_faults() {
        use EnvoyRetryOn as On;
        let unconnected = Evidence::of(Fault::Timeout).with_sent(Sent::Never);
        let evidence = [
            Fault::Reset.into(),
            Fault::Refused.into(),
            unconnected,
            Fault::RefusedStream.into(),
            Fault::Overflow.into(),
        ];
        let cases = [
            (On::NONE, [false; 4], [false; 5]),
            (
                On::FIVE_XX,
                [true, true, false, false],
                [true, true, true, true, false],
            ),
            (
                On::GATEWAY_ERROR,
                [false, true, false, false],
                [true, true, true, true, false],
            ),
            (On::RESET, [false; 4], [true, true, true, true, false]),
            (
                On::CONNECT_FAILURE,
                [false; 4],
                [false, true, true, false, false],
            ),
            (
                On::REFUSED_STREAM,
                [false; 4],
                [false, false, false, true, false],
            ),
            (
                On::REFUSED_STREAM.and(On::CONNECT_FAILURE),
                [false; 4],
                [false, true, true, true, false],
            ),
            (On::RETRIABLE_4XX, [false, false, true, false], [false; 5]),
            (
                On::FIVE_XX.and(On::RETRIABLE_4XX),
                [true, true, true, false],
                [true, true, true, true, false],
            ),
        ];
        for (groups, statuses, faults) in cases {
            let rules = Rules::envoy(groups);
            let retried = [500, 503, 409, 429].map(|status| {
                rules
                    .classify_response(POST, status, &(), None)
                    .is_retryable()
            });
            assert_eq!(retried, statuses, "{groups:?}");
            let retried =
                evidence.map(|evidence| rules.classify_error(POST, evidence).is_retryable());
            assert_eq!(retried, faults, "{groups:?}");
        }
    }

    #[test]
    fn an_overloaded_proxy_is_never_retried_and_one_that_limits_only_by_its_group() {
        let both = EnvoyRetryOn::FIVE_XX.and(EnvoyRetryOn::ENVOY_RATELIMITED);
        let cases = [
            (EnvoyRetryOn::FIVE_XX, "x-envoy-overloaded", false),
            (EnvoyRetryOn::FIVE_XX, "x-envoy-ratelimited", false),
            (EnvoyRetryOn::FIVE_XX, "x-envoy-other", true),
            (both, "x-envoy-overloaded", false),
            (both, "x-envoy-ratelimited", true),
        ];
        for (groups, header, retry) in cases {
            let classification =
                Rules::envoy(groups).classify_response(POST, 503, &[(header, "true")], None);
            assert_eq!(classification.is_retryable(), retry, "{groups:?}, {header}");
        }
    }
}
