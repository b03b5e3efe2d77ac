//! The rules, as data.

use super::body_rule::BodyRule;
use super::fault::{self, FaultRule};
use super::grpc::GrpcRules;
use super::header::HeaderRule;
use super::status_rule::StatusRule;
use super::status_table;
use crate::delay::DelayRules;
use crate::request::Methods;

/// The rules that say what each outcome of a request means. They are data, so you can change them.
///
/// A response is classified in this order, and the first line that applies decides:
///
/// | condition | classification |
/// |---|---|
/// | It is a success: by its `grpc-status`, if [that is read](Self::with_grpc) and present, or else by its status. | Accepted, except by a matching [header rule](Self::with_headers) or body rule if [every response is read](Self::reading_every_response). |
/// | `grpc-retry-pushback-ms` is negative or malformed. | Permanent. |
/// | A header rule matches. | The kind of the rule. |
/// | A [body rule](Self::with_bodies) matches, and the body was read. | The kind of the rule. |
/// | It has a `grpc-status`, and that is read. | The kind of that status. |
/// | Otherwise | The [class of the status](crate::StatusClass::of), given the hint and the `Idempotency-Key`. |
///
/// A failure that would be retried is permanent if the request [must not be repeated](Self::with_methods). After a
/// [redirect](crate::RequestInfo::as_redirected), no status and no error proves that the request was not processed.
///
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
/// let is_retried = |method, status| RULES.classify_response(RequestInfo::new(method), status, &(), now).is_retryable();
///
/// assert!(is_retried(Method::Get, 409));
/// assert!(!is_retried(Method::Get, 500));
/// assert!(!is_retried(Method::Post, 503));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Rules<'r> {
    pub(crate) statuses: Table<'r, StatusRule>,
    pub(crate) faults: Table<'r, FaultRule>,
    pub(crate) headers: Table<'r, HeaderRule>,
    pub(crate) bodies: Table<'r, BodyRule>,
    pub(crate) body_limit: usize,
    pub(crate) methods: Methods,
    pub(crate) delays: DelayRules,
    pub(crate) grpc: Option<GrpcRules>,
    pub(crate) every_response: bool,
    pub(crate) refusals: bool,
}

impl Rules<'_> {
    /// The default rules: the tables at [`StatusClass::of`](crate::StatusClass::of) and [`Fault`](crate::Fault), for
    /// idempotent methods. `x-should-retry` overrides them.
    pub const DEFAULT: Self = Self::of(
        status_table::BY_DEFAULT,
        fault::BY_DEFAULT,
        HeaderRule::SHOULD_RETRY,
    );
}

impl<'r> Rules<'r> {
    /// Creates rules for idempotent methods from these tables. An outcome that they do not cover is permanent.
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
            bodies: Table::of(&[]),
            body_limit: BODY_LIMIT,
            methods: Methods::IDEMPOTENT,
            delays: DelayRules::DEFAULT,
            grpc: None,
            every_response: false,
            refusals: true,
        }
    }

    /// Puts these rules for statuses before the existing ones. The first rule that covers a status decides.
    ///
    /// A second call replaces the rules of the first.
    #[must_use]
    pub const fn with_statuses(mut self, statuses: &'r [StatusRule]) -> Self {
        self.statuses.first = statuses;
        self
    }

    /// Puts these rules for faults before the existing ones. The first rule that covers a fault decides.
    ///
    /// A second call replaces the rules of the first.
    #[must_use]
    pub const fn with_faults(mut self, faults: &'r [FaultRule]) -> Self {
        self.faults.first = faults;
        self
    }

    /// Puts these rules for headers before the existing ones. The first rule that matches decides.
    ///
    /// A second call replaces the rules of the first.
    #[must_use]
    pub const fn with_headers(mut self, headers: &'r [HeaderRule]) -> Self {
        self.headers.first = headers;
        self
    }

    /// Puts these rules for bodies before the existing ones. The first rule that matches decides.
    ///
    /// A rule for a header comes before all rules for bodies. A second call replaces the rules of the first.
    ///
    /// Bodies are read only for rules that ask for them: [`wanted_body`](Self::wanted_body) says which, and how far.
    #[must_use]
    pub const fn with_bodies(mut self, bodies: &'r [BodyRule]) -> Self {
        self.bodies.first = bodies;
        self
    }

    /// Puts rules for bodies into a preset.
    pub(crate) const fn and_bodies(mut self, bodies: &'r [BodyRule]) -> Self {
        self.bodies.then = bodies;
        self
    }

    /// Sets how many bytes of a body are read at most. The default is 65,536 (64 KiB); 0 reads no body.
    ///
    /// What decides stands at the beginning of an error, which rarely has more than 4 KiB.
    #[must_use]
    pub const fn with_body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = bytes;
        self
    }

    /// Sets the methods of requests that may be repeated even if they may have been processed. The default is
    /// [`Methods::IDEMPOTENT`].
    ///
    /// A request with another method is repeated only if it certainly was not processed (for example because it was
    /// [refused](Self::without_refusals)), or if it has an `Idempotency-Key`.
    #[must_use]
    pub const fn with_methods(mut self, methods: Methods) -> Self {
        self.methods = methods;
        self
    }

    /// Treats a refusal like any other failure: a request is repeated only if its method, an `Idempotency-Key` or the
    /// caller allows it.
    ///
    /// A refusal is a status of 429 or 425, a status of your own with
    /// [`as_refusal`](crate::StatusRule::as_refusal), or a refused stream of HTTP/2. By default it counts as proof that
    /// the request was not processed, because a rate limiter stands before the handler. Turn it off for a server that
    /// processes a part of a request before it counts it.
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_http::{Method, RequestInfo, Rules};
    ///
    /// static CAREFUL: Rules = Rules::DEFAULT.without_refusals();
    /// let post = RequestInfo::new(Method::Post);
    /// assert!(Rules::DEFAULT.classify_response(post, 429, &(), None).is_retryable());
    /// assert!(!CAREFUL.classify_response(post, 429, &(), None).is_retryable());
    /// ```
    #[must_use]
    pub const fn without_refusals(mut self) -> Self {
        self.refusals = false;
        self
    }

    /// Sets which fields are read for a delay, and how. The default is [`DelayRules::DEFAULT`].
    #[must_use]
    pub const fn with_delays(mut self, delays: DelayRules) -> Self {
        self.delays = delays;
        self
    }

    /// Returns which fields are read for a delay, and how.
    #[must_use]
    pub const fn delays(&self) -> DelayRules {
        self.delays
    }

    /// Reads the header `grpc-status`, and classifies by it instead of the status.
    ///
    /// A success by this header, or by the status if the header is missing, stays a success whatever
    /// `grpc-retry-pushback-ms` is. Header rules change it only if
    /// [every response is read](Self::reading_every_response).
    #[must_use]
    pub const fn with_grpc(mut self, grpc: GrpcRules) -> Self {
        self.grpc = Some(grpc);
        self
    }

    /// Applies the rules for headers and bodies to successes too, for services that report failures with a status of 200.
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

/// Bytes of a body that are read at most, unless rules say otherwise.
const BODY_LIMIT: usize = 64 * 1024;

/// The lines of a preset, and the lines that a user puts before them.
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
