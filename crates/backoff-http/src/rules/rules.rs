//! The rules that outcomes are judged by.

use super::fault::{self, FaultRule};
use super::grpc::GrpcRules;
use super::header::HeaderRule;
use super::status::{self, StatusRule};
use crate::delay::DelayRules;
use crate::request::Methods;

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
    pub(crate) statuses: Table<'r, StatusRule>,
    pub(crate) faults: Table<'r, FaultRule>,
    pub(crate) headers: Table<'r, HeaderRule>,
    pub(crate) methods: Methods,
    pub(crate) delays: DelayRules,
    pub(crate) grpc: Option<GrpcRules>,
    pub(crate) every_response: bool,
}

impl Rules<'_> {
    /// The rules of [`StatusClass::of`] and of the table at [`Fault`], for idempotent methods, with `x-should-retry`
    /// obeyed.
    pub const DEFAULT: Self = Self::of(
        status::BY_DEFAULT,
        fault::BY_DEFAULT,
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
}

impl Default for Rules<'_> {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// The lines that a user puts before those of a preset.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Table<'r, T> {
    pub(crate) first: &'r [T],
    pub(crate) then: &'r [T],
}

impl<'r, T> Table<'r, T> {
    const fn of(then: &'r [T]) -> Self {
        Self { first: &[], then }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &'r T> {
        self.first.iter().chain(self.then)
    }
}
