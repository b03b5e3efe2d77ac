//! The builder of the client.

use std::time::Duration;

use backoff_http::Rules;
use backoff_tokio::{Exponential, PolicyRef, Unlimited};

use crate::client::Client;
use crate::hops;
use crate::settings::Settings;

/// Sets how a [`Client`] sends and retries its requests. Made by [`Client::builder`].
///
/// | setting | default |
/// |---|---|
/// | timeout of a connection | 5 s; [`with_http`](Self::with_http) |
/// | timeout of a read | 20 s; [`with_http`](Self::with_http) |
/// | timeout of an attempt, body included | that of the policy, or 30 s |
/// | deadline of a call | that of the policy |
/// | [budget](Self::with_budget) | none |
/// | [rules](Self::with_rules) | [`Rules::DEFAULT`] |
/// | [`Idempotency-Key`](Self::with_idempotency_keys) | only where a request has one |
/// | [number of the attempt](Self::with_attempt_numbers) | not sent |
///
/// # Examples
///
/// ```
/// use backoff_reqwest::{Client, Policy, Rules, StatusClass, StatusRule};
///
/// static RULES: Rules = Rules::DEFAULT.with_statuses(&[StatusRule::one(409, StatusClass::Transient)]);
///
/// # let _ = rustls::crypto::ring::default_provider().install_default();
/// let client = Client::builder(Policy::DEFAULT).with_rules(&RULES).with_idempotency_keys().build()?;
/// # drop(client);
/// # Ok::<(), reqwest::Error>(())
/// ```
#[derive(Debug)]
#[must_use = "a builder does nothing until it builds a client"]
pub struct ClientBuilder<S = Exponential, B = Unlimited> {
    http: reqwest::ClientBuilder,
    settings: Settings<S, B>,
}

/// Long enough for a packet that is lost twice while the connection is made, which takes 1 s + 2 s to repeat (RFC
/// 6298, sections 2 and 5), and for a slow TLS handshake after that.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// The silence of a server that is still at work, as gRPC has it: the acknowledgement timeout of its keepalive
/// pings (gRPC, `doc/keepalive.md`, `GRPC_ARG_KEEPALIVE_TIMEOUT_MS`).
const READ_TIMEOUT: Duration = Duration::from_secs(20);

impl<S: Clone> Client<S> {
    /// Makes a client with default settings, by a policy that is owned, borrowed or in an `Arc`.
    ///
    /// # Errors
    ///
    /// Returns the error of [`reqwest::ClientBuilder::build`].
    pub fn new(policy: impl PolicyRef<Schedule = S>) -> Result<Self, reqwest::Error> {
        Self::builder(policy).build()
    }

    /// Begins a client, by a policy that is owned, borrowed or in an `Arc`. The client holds a copy of it.
    ///
    /// # Examples
    ///
    /// A policy that is made when the program runs:
    ///
    /// ```
    /// use backoff_reqwest::{Client, Policy};
    /// use std::env;
    ///
    /// # let _ = rustls::crypto::ring::default_provider().install_default();
    /// let attempts = env::var("ATTEMPTS").ok().and_then(|attempts| attempts.parse().ok());
    /// let policy = Policy::DEFAULT.with_max_attempts(attempts.unwrap_or(3));
    /// let client = Client::builder(policy).build()?;
    /// # drop(client);
    /// # Ok::<(), reqwest::Error>(())
    /// ```
    pub fn builder(policy: impl PolicyRef<Schedule = S>) -> ClientBuilder<S> {
        ClientBuilder {
            http: reqwest::Client::builder()
                .connect_timeout(CONNECT_TIMEOUT)
                .read_timeout(READ_TIMEOUT),
            settings: Settings::new(&policy),
        }
    }
}

impl<S, B> ClientBuilder<S, B> {
    /// Changes settings of the inner client: a user agent, a proxy, certificates, its timeouts.
    ///
    /// The builder of reqwest has the timeouts of a connection and of a read from the table at [`ClientBuilder`]. Two of
    /// its settings have no effect: its own retries are off, because two layers that retry multiply, and its total
    /// [timeout](reqwest::ClientBuilder::timeout) is replaced by that of each attempt.
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_reqwest::{Client, Policy};
    /// use std::time::Duration;
    ///
    /// # let _ = rustls::crypto::ring::default_provider().install_default();
    /// let client = Client::builder(Policy::DEFAULT)
    ///     .with_http(|http| http.user_agent("shop/1.0").connect_timeout(Duration::from_secs(1)))
    ///     .build()?;
    /// # drop(client);
    /// # Ok::<(), reqwest::Error>(())
    /// ```
    pub fn with_http(
        mut self,
        change: impl FnOnce(reqwest::ClientBuilder) -> reqwest::ClientBuilder,
    ) -> Self {
        self.http = change(self.http);
        self
    }

    /// Classifies outcomes by `rules`.
    pub fn with_rules(mut self, rules: &'static Rules<'static>) -> Self {
        self.settings = self.settings.with_rules(rules);
        self
    }

    /// Asks `budget` before each retry. All clones of the client share it; give a reference to one that other clients
    /// share too.
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_reqwest::{Client, Policy, TokenBudget};
    ///
    /// # let _ = rustls::crypto::ring::default_provider().install_default();
    /// let client = Client::builder(Policy::DEFAULT).with_budget(TokenBudget::aws_2_1()).build()?;
    /// # drop(client);
    /// # Ok::<(), reqwest::Error>(())
    /// ```
    pub fn with_budget<D>(self, budget: D) -> ClientBuilder<S, D> {
        ClientBuilder {
            http: self.http,
            settings: self.settings.with_budget(budget),
        }
    }

    /// Gives each `POST` and each `PATCH` an `Idempotency-Key`, the same in all of its attempts, so that they are
    /// retried like other requests.
    ///
    /// Only for servers that know the header: others act on each attempt that reaches them. The key is a random UUID as
    /// a quoted string (draft-ietf-httpapi-idempotency-key-header, section 2.1). A request that has a key keeps it.
    pub fn with_idempotency_keys(mut self) -> Self {
        self.settings = self.settings.with_idempotency_keys();
        self
    }

    /// Sends the number of each attempt in the header [`retry-attempt`](crate::ATTEMPT_HEADER); the first attempt is 1.
    pub fn with_attempt_numbers(mut self) -> Self {
        self.settings = self.settings.with_attempt_numbers();
        self
    }

    /// Makes the client.
    ///
    /// # Errors
    ///
    /// Returns the error of [`reqwest::ClientBuilder::build`].
    pub fn build(self) -> Result<Client<S, B>, reqwest::Error> {
        let http = self.http.retry(hops::no_retries()).build()?;
        Ok(Client::from_parts(http, self.settings))
    }
}
