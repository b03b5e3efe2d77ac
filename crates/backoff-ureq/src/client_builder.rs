//! The builder of the client.

use std::fmt;
use std::time::Duration;

use backoff_http::{Exchange, Rules};
use backoff_std::{Event, Exponential, NoObserver, Observe, PolicyRef, Unlimited};
use ureq::Agent;
use ureq::config::ConfigBuilder;
use ureq::typestate::AgentScope;

use crate::client::Client;
use crate::settings::Settings;

/// Sets how a [`Client`] sends and retries its requests. Made by [`Client::builder`].
///
/// | setting | default |
/// |---|---|
/// | timeout of a connection, and of resolving a name | 5 s each; [`with_http`](Self::with_http) |
/// | timeout of a read, and of a write | 20 s each; [`with_http`](Self::with_http) |
/// | timeout of an attempt, body included | that of the policy, or 30 s |
/// | deadline of a call | that of the policy |
/// | [budget](Self::with_budget) | none |
/// | [observers](Self::on_event) | none |
/// | [rules](Self::with_rules) | [`Rules::DEFAULT`] |
/// | [`Idempotency-Key`](Self::with_idempotency_keys) | only where a request has one |
/// | [number of the attempt](Self::with_attempt_numbers) | not sent |
///
/// # Examples
///
/// ```
/// use backoff_ureq::{Client, Policy, Rules, StatusClass, StatusRule};
///
/// static RULES: Rules = Rules::DEFAULT.with_statuses(&[StatusRule::one(409, StatusClass::Transient)]);
///
/// let client = Client::builder(Policy::DEFAULT).with_rules(&RULES).with_idempotency_keys().build();
/// # drop(client);
/// ```
#[must_use = "a builder does nothing until it builds a client"]
pub struct ClientBuilder<S = Exponential, B = Unlimited, O = NoObserver> {
    http: ConfigBuilder<AgentScope>,
    settings: Settings<S, B, O>,
}

/// Long enough for a packet that is lost twice while the connection is made, which takes 1 s + 2 s to repeat (RFC
/// 6298, sections 2 and 5), and for a slow TLS handshake after that.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// A resolver asks another server after 5 s (resolv.conf(5), `RES_TIMEOUT`).
const RESOLVE_TIMEOUT: Duration = Duration::from_secs(5);

/// The silence of a server that is still at work, as gRPC has it: the acknowledgement timeout of its keepalive
/// pings (gRPC, `doc/keepalive.md`, `GRPC_ARG_KEEPALIVE_TIMEOUT_MS`).
const SILENCE: Duration = Duration::from_secs(20);

impl<S: Clone> Client<S> {
    /// Makes a client with default settings, by a policy that is owned, borrowed or in an `Arc`.
    pub fn new(policy: impl PolicyRef<Schedule = S>) -> Self {
        Self::builder(policy).build()
    }

    /// Begins a client, by a policy that is owned, borrowed or in an `Arc`. The client holds a copy of it.
    ///
    /// # Examples
    ///
    /// A policy that is made when the program runs:
    ///
    /// ```
    /// use backoff_ureq::{Client, Policy};
    /// use std::env;
    ///
    /// let attempts = env::var("ATTEMPTS").ok().and_then(|attempts| attempts.parse().ok());
    /// let policy = Policy::DEFAULT.with_max_attempts(attempts.unwrap_or(3));
    /// let client = Client::builder(policy).build();
    /// # drop(client);
    /// ```
    pub fn builder(policy: impl PolicyRef<Schedule = S>) -> ClientBuilder<S> {
        ClientBuilder {
            http: Agent::config_builder()
                .timeout_connect(Some(CONNECT_TIMEOUT))
                .timeout_per_read(Some(SILENCE))
                .timeout_per_write(Some(SILENCE))
                .timeout_resolve(Some(RESOLVE_TIMEOUT)),
            settings: Settings::new(&policy),
        }
    }
}

impl<S, B, O> ClientBuilder<S, B, O> {
    /// Changes settings of the inner agent: a user agent, a proxy, certificates, its timeouts.
    ///
    /// The builder of ureq has the timeouts from the table at [`ClientBuilder`]. These of its settings have no effect:
    /// [`http_status_as_error`](ConfigBuilder::http_status_as_error), because a response is a response whatever its status;
    /// [`timeout_global`](ConfigBuilder::timeout_global), which is replaced by that of each attempt; and
    /// [`save_redirect_history`](ConfigBuilder::save_redirect_history), because the client follows redirects itself.
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_ureq::{Client, Policy};
    /// use std::time::Duration;
    ///
    /// let second = Some(Duration::from_secs(1));
    /// let client = Client::builder(Policy::DEFAULT)
    ///     .with_http(|http| http.user_agent("shop/1.0").timeout_connect(second))
    ///     .build();
    /// # drop(client);
    /// ```
    pub fn with_http(
        mut self,
        change: impl FnOnce(ConfigBuilder<AgentScope>) -> ConfigBuilder<AgentScope>,
    ) -> Self {
        self.http = change(self.http);
        self
    }

    /// Classifies outcomes by `rules`.
    pub fn with_rules(mut self, rules: &'static Rules<'static>) -> Self {
        self.settings = self.settings.with_rules(rules);
        self
    }

    /// Asks `budget` before each retry. All clones of the client share it; give a reference to one, or an `Arc` of one, that
    /// other clients share too.
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_ureq::{Client, Policy, TokenBudget};
    ///
    /// let client = Client::builder(Policy::DEFAULT).with_budget(TokenBudget::aws_2_1()).build();
    /// # drop(client);
    /// ```
    pub fn with_budget<D>(self, budget: D) -> ClientBuilder<S, D, O> {
        ClientBuilder {
            http: self.http,
            settings: self.settings.with_budget(budget),
        }
    }

    /// Tells a closure of every retry and of the end of each call: which request, what came back, what follows.
    ///
    /// Each call gets a clone of it. It is told after the observers that were added before.
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_ureq::{Client, Policy};
    ///
    /// let client = Client::builder(Policy::DEFAULT).on_event(|event| eprintln!("{}", event.line())).build();
    /// # drop(client);
    /// ```
    pub fn on_event<M>(self, observer: M) -> ClientBuilder<S, B, (O, M)>
    where
        M: FnMut(&Event<'_, Exchange<'_>>),
    {
        self.with_observer(observer)
    }

    /// Tells `observer`, anything that is [`Observe`], of every retry and of the end of each call.
    ///
    /// Each call gets a clone of it. It is told after the observers that were added before.
    pub fn with_observer<M>(self, observer: M) -> ClientBuilder<S, B, (O, M)>
    where
        M: for<'e> Observe<Exchange<'e>>,
    {
        ClientBuilder {
            http: self.http,
            settings: self.settings.with_observer(observer),
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
    pub fn build(self) -> Client<S, B, O> {
        Client::from_parts(self.http.build().into(), self.settings)
    }
}

impl<S: fmt::Debug, B: fmt::Debug, O> fmt::Debug for ClientBuilder<S, B, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("policy", &self.settings.policy)
            .field("budget", &self.settings.budget)
            .finish_non_exhaustive()
    }
}
