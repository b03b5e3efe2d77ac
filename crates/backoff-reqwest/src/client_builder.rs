//! How requests are retried.

use std::time::Duration;

use backoff_http::{RequestInfo, Rules};
use backoff_tokio::{Exponential, Policy, Unlimited};
use reqwest::Request;

use crate::client::Client;
use crate::hops;
use crate::key;

/// How requests are retried: a policy, rules, and what each attempt says of itself.
///
/// It makes [`Client`]s, and with the feature `reqwest-middleware-0-5` it is a middleware.
///
/// | setting | default |
/// |---|---|
/// | timeout of a connection | 5 s, of [`client_with`](Self::client_with) |
/// | timeout of a read | 20 s, of [`client_with`](Self::client_with) |
/// | timeout of an attempt, body included | that of the policy; 30 s, where it has none |
/// | deadline of a call | that of the policy |
/// | [budget](Self::with_budget) | none |
/// | [rules](Self::with_rules) | [`Rules::DEFAULT`] |
/// | [`Idempotency-Key`](Self::with_idempotency_keys) | only where a request has one |
/// | [number of the attempt](Self::with_attempt_numbers) | not sent |
///
/// # Examples
///
/// ```
/// use backoff_reqwest::{StatusClass, Policy, Retries, Rules, StatusRule};
///
/// static POLICY: Policy = Policy::DEFAULT;
/// static RULES: Rules = Rules::DEFAULT.with_statuses(&[StatusRule::one(409, StatusClass::Transient)]);
///
/// let retries = Retries::new(&POLICY).with_rules(&RULES).with_idempotency_keys();
/// # drop(retries);
/// ```
#[derive(Debug)]
pub struct Retries<S: 'static = Exponential, B = Unlimited> {
    pub(crate) policy: &'static Policy<S>,
    pub(crate) rules: &'static Rules<'static>,
    pub(crate) budget: B,
    pub(crate) attempt_timeout: Duration,
    keys: bool,
    pub(crate) numbers: bool,
}

/// Long enough for a packet that is lost twice while the connection is made, which takes 1 s + 2 s to repeat (RFC
/// 6298, sections 2 and 5), and for a slow TLS handshake after that.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// The silence of a server that is still at work, as gRPC has it: the acknowledgement timeout of its keepalive
/// pings (gRPC, `doc/keepalive.md`, `GRPC_ARG_KEEPALIVE_TIMEOUT_MS`).
const READ_TIMEOUT: Duration = Duration::from_secs(20);

/// Half of the default deadline, so that an attempt that stalls leaves room for another.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(30);

impl<S: Copy> Retries<S> {
    /// Retries by this policy and the [default rules](Rules::DEFAULT).
    #[must_use]
    pub const fn new(policy: &'static Policy<S>) -> Self {
        let attempt_timeout = match policy.timeout_per_attempt() {
            Some(timeout) => timeout,
            None => ATTEMPT_TIMEOUT,
        };
        Self {
            policy,
            rules: &Rules::DEFAULT,
            budget: Unlimited,
            attempt_timeout,
            keys: false,
            numbers: false,
        }
    }
}

impl<S, B> Retries<S, B> {
    /// Judges outcomes by these rules.
    #[must_use]
    pub const fn with_rules(mut self, rules: &'static Rules<'static>) -> Self {
        self.rules = rules;
        self
    }

    /// Asks this budget before each retry: usually a reference to one that all calls to a service share.
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_reqwest::{Policy, Retries, TokenBudget};
    ///
    /// static BUDGET: TokenBudget = TokenBudget::aws_2_1();
    ///
    /// let retries = Retries::new(&Policy::DEFAULT).with_budget(&BUDGET);
    /// # drop(retries);
    /// ```
    #[must_use]
    pub fn with_budget<D>(self, budget: D) -> Retries<S, D> {
        let Self {
            policy,
            rules,
            attempt_timeout,
            keys,
            numbers,
            ..
        } = self;
        Retries {
            policy,
            rules,
            budget,
            attempt_timeout,
            keys,
            numbers,
        }
    }

    /// Gives each `POST` and each `PATCH` an `Idempotency-Key`, the same in all of its attempts, so that they
    /// are retried like other requests.
    ///
    /// Only for servers that know the header: others act on each attempt that reaches them. The key is a random
    /// UUID as a quoted string (draft-ietf-httpapi-idempotency-key-header, section 2.1). A request that has a
    /// key already keeps it.
    #[must_use]
    pub const fn with_idempotency_keys(mut self) -> Self {
        self.keys = true;
        self
    }

    /// Sends the number of each attempt as [`retry-attempt`](crate::ATTEMPT_HEADER); the first is 1.
    #[must_use]
    pub const fn with_attempt_numbers(mut self) -> Self {
        self.numbers = true;
        self
    }

    /// Makes a client with default settings.
    ///
    /// # Errors
    ///
    /// Those of [`reqwest::ClientBuilder::build`].
    pub fn client(self) -> Result<Client<S, B>, reqwest::Error> {
        self.client_with(|http| http)
    }

    /// Makes a client whose reqwest client has settings of its own: a user agent, a proxy, certificates.
    ///
    /// `settings` gets a builder with the timeouts for connections and reads of the table at [`Retries`], which
    /// it may change. reqwest's own retries are always off, since two layers that retry would multiply. Its total
    /// [timeout](reqwest::ClientBuilder::timeout) has no effect: each attempt is given the timeout of the table.
    ///
    /// # Errors
    ///
    /// Those of [`reqwest::ClientBuilder::build`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use backoff_reqwest::{Policy, Retries};
    /// # use std::time::Duration;
    /// # let _ = rustls::crypto::ring::default_provider().install_default();
    /// let client = Retries::new(&Policy::DEFAULT)
    ///     .client_with(|http| http.user_agent("shop/1.0").pool_max_idle_per_host(4).connect_timeout(Duration::from_secs(1)))?;
    /// # drop(client);
    /// # Ok::<(), reqwest::Error>(())
    /// ```
    pub fn client_with(
        self,
        settings: impl FnOnce(reqwest::ClientBuilder) -> reqwest::ClientBuilder,
    ) -> Result<Client<S, B>, reqwest::Error> {
        let http = reqwest::Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(READ_TIMEOUT);
        let http = settings(http).retry(hops::no_retries()).build()?;
        Ok(Client::of(http, self))
    }

    /// Puts a key on a request that is to have one, and says what is known of the request.
    pub(crate) fn prepare(&self, request: &mut Request) -> RequestInfo {
        let method = request.method().into();
        if self.keys {
            key::ensure(request);
        }
        let call = RequestInfo::new(method);
        if key::is_on(request) {
            call.with_idempotency_key()
        } else {
            call
        }
    }
}

impl<S, B: Clone> Clone for Retries<S, B> {
    fn clone(&self) -> Self {
        let budget = self.budget.clone();
        Self { budget, ..*self }
    }
}

impl<S, B: Copy> Copy for Retries<S, B> {}
