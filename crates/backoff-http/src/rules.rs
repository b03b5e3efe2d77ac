//! The rules that outcomes are judged by.

use core::time::Duration;

use backoff_core::{Failure, FailureKind};

use crate::call::RequestInfo;
use crate::classification::{Classification, ClassifiedBy};
use crate::delay_rules::DelayRules;
use crate::evidence::{Evidence, Fault, Sent};
use crate::fault_rule::{self, FaultRule};
use crate::grpc::{GrpcRules, GrpcStatus};
use crate::header_rule::HeaderRule;
use crate::headers::Headers;
use crate::http_date::HttpDate;
use crate::method::Methods;
use crate::server_delay::ServerDelay;
use crate::status::{self, StatusClass, StatusRule};

/// What each outcome of a request means, as data that can be changed.
///
/// A response is judged in this order, and the first line that speaks decides:
///
/// | asked | answer |
/// |---|---|
/// | is it a success: by its `grpc-status`, where that is [asked for](Self::with_grpc), or else by its status? | not a failure; of the headers, only [rules](Self::with_headers) are asked, where [every response is read](Self::reading_every_response) |
/// | `grpc-retry-pushback-ms` negative or malformed? | permanent |
/// | does a header rule match? | the kind of the rule |
/// | a `grpc-status`, where it is asked for? | its kind |
/// | the status | what it [means](StatusClass::of), given the hint and the `Idempotency-Key` |
///
/// What is to be retried by then becomes permanent if the request [may not be repeated](Self::with_methods). After
/// a [redirect](RequestInfo::as_redirected), no status and no error proves that it was not processed.
/// Rules may differ by host: keep a `Rules` for each.
///
/// # Examples
///
/// ```
/// use backoff_http::{RequestInfo, HttpDate, StatusClass, Method, Rules, StatusRule};
///
/// static RULES: Rules = Rules::DEFAULT.with_statuses(&[
///     StatusRule::one(409, StatusClass::Transient),
///     StatusRule::one(500, StatusClass::Permanent),
/// ]);
/// let now = HttpDate::from_unix(0);
/// let judge = |method, status| RULES.classify_response(RequestInfo::new(method), status, &(), now).is_retryable();
///
/// assert!(judge(Method::Get, 409));
/// assert!(!judge(Method::Get, 500));
/// assert!(!judge(Method::Post, 503));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Rules<'r> {
    statuses: Table<'r, StatusRule>,
    faults: Table<'r, FaultRule>,
    headers: Table<'r, HeaderRule>,
    methods: Methods,
    delays: DelayRules,
    grpc: Option<GrpcRules>,
    every_response: bool,
}

impl Rules<'_> {
    /// The rules of [`StatusClass::of`] and of the table at [`Fault`], for idempotent methods, with `x-should-retry`
    /// obeyed.
    pub const DEFAULT: Self = Self::of(
        status::BY_DEFAULT,
        fault_rule::BY_DEFAULT,
        HeaderRule::SHOULD_RETRY,
    );
}

impl<'r> Rules<'r> {
    /// Rules for idempotent methods by these tables; what they do not cover is permanent.
    #[must_use]
    pub const fn of(
        statuses: &'r [StatusRule],
        faults: &'r [FaultRule],
        headers: &'r [HeaderRule],
    ) -> Self {
        Self {
            statuses: Table::of(statuses),
            faults: Table::of(faults),
            headers: Table::of(headers),
            methods: Methods::IDEMPOTENT,
            delays: DelayRules::DEFAULT,
            grpc: None,
            every_response: false,
        }
    }

    /// Puts these rules before those that there are; of the rules that cover a status, the first one holds.
    ///
    /// They replace what an earlier call gave.
    #[must_use]
    pub const fn with_statuses(mut self, statuses: &'r [StatusRule]) -> Self {
        self.statuses.first = statuses;
        self
    }

    /// Puts these rules before those that there are; of the rules that cover a fault, the first one holds.
    ///
    /// They replace what an earlier call gave.
    #[must_use]
    pub const fn with_faults(mut self, faults: &'r [FaultRule]) -> Self {
        self.faults.first = faults;
        self
    }

    /// Puts these rules before those that there are; of the rules that match, the first one holds.
    ///
    /// They replace what an earlier call gave.
    #[must_use]
    pub const fn with_headers(mut self, headers: &'r [HeaderRule]) -> Self {
        self.headers.first = headers;
        self
    }

    /// Changes which methods may be repeated although the request may have been processed.
    ///
    /// A request by another method is repeated only if it was provably not processed, or with an
    /// `Idempotency-Key`.
    #[must_use]
    pub const fn with_methods(mut self, methods: Methods) -> Self {
        self.methods = methods;
        self
    }

    /// Changes which delays of the server are read, and how.
    #[must_use]
    pub const fn with_delays(mut self, delays: DelayRules) -> Self {
        self.delays = delays;
        self
    }

    /// Which delays of the server are read, and how.
    #[must_use]
    pub const fn delays(&self) -> DelayRules {
        self.delays
    }

    /// Judges the header `grpc-status`, where a response has it, before the status.
    ///
    /// A call that succeeds by it, or by its status if there is no such header, stays a success, whatever the
    /// header rules say and whatever `grpc-retry-pushback-ms` is.
    #[must_use]
    pub const fn with_grpc(mut self, grpc: GrpcRules) -> Self {
        self.grpc = Some(grpc);
        self
    }

    /// Asks the header rules about successes too, for services that report failures with a status of 200.
    #[must_use]
    pub const fn reading_every_response(mut self) -> Self {
        self.every_response = true;
        self
    }

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

impl Default for Rules<'_> {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// The lines that a user puts before those of a preset.
#[derive(Clone, Copy, Debug)]
struct Table<'r, T> {
    first: &'r [T],
    then: &'r [T],
}

impl<'r, T> Table<'r, T> {
    const fn of(then: &'r [T]) -> Self {
        Self { first: &[], then }
    }

    fn iter(&self) -> impl Iterator<Item = &'r T> {
        self.first.iter().chain(self.then)
    }
}

/// A refused connection means that nobody listens, and a server that restarts takes a while until it does.
/// The value is the first delay of gRPC's connection backoff (connection-backoff.md, `INITIAL_BACKOFF`).
const AFTER_REFUSAL: Duration = Duration::from_secs(1);
