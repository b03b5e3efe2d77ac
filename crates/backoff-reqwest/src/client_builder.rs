//! The builder of the client.

use std::sync::Arc;
use std::time::Duration;

use backoff_http::{Exchange, Rules, SharedHints};
use backoff_tokio::{Event, Exponential, Observe, PolicyRef, Unlimited};
use reqwest::Request;

use crate::attempt::{self, BoxError, Hook};
use crate::client::Client;
use crate::settings::Settings;

/// Sets how a [`Client`] sends and retries its requests. Made by [`Client::builder`].
///
/// | setting | default |
/// |---|---|
/// | timeout of a connection | 5 s; [`with_http`](Self::with_http) |
/// | timeout of a read | 20 s; [`with_http`](Self::with_http) |
/// | redirects that an attempt follows | 10, without key and number to other hosts; [`redirects`](crate::redirects) |
/// | timeout of an attempt, until the headers of its response | that of the policy, or 30 s |
/// | deadline of a call | that of the policy |
/// | [policy of a host](Self::with_host_policy) | that of the client |
/// | [budget](Self::with_budget) | none |
/// | [hints that calls share](Self::with_shared_hints) | none |
/// | [rules](Self::with_rules) | [`Rules::DEFAULT`] |
/// | [observers](Self::on_event) | none |
/// | [hooks before each attempt](Self::on_attempt) | none |
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
    settings: Settings<S>,
    budgets: B,
}

/// How many redirects an attempt follows: as many as reqwest does by default (reqwest, `redirect::Policy`).
const REDIRECTS: u32 = 10;

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
                .read_timeout(READ_TIMEOUT)
                .redirect(attempt::redirects(REDIRECTS)),
            settings: Settings::new(&policy),
            budgets: Unlimited,
        }
    }
}

impl<S, B> ClientBuilder<S, B> {
    /// Changes settings of the inner client: a user agent, a proxy, certificates, its timeouts.
    ///
    /// The builder of reqwest has the timeouts of a connection and of a read, and the redirects, from the table at
    /// [`ClientBuilder`]. Its own retries are off whatever you set, because two layers that retry multiply. If you set its
    /// total [timeout](reqwest::ClientBuilder::timeout), that limits each attempt together with the body of its response.
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

    /// Asks `budget` before each retry. All clones of the client share it. Give a reference or an `Arc` to share it with
    /// other clients too, and [`HostBudgets`](crate::HostBudgets), or a reference to them, for one budget per host.
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
            settings: self.settings,
            budgets: budget,
        }
    }

    /// Lets all calls to a host wait that asked one of them to, by `Retry-After` or another field: first attempts too.
    ///
    /// A call that is held back waits as if it had been told itself, with the jitter of its policy and within its limits. If
    /// the policy does not allow such a wait, the call ends with [`HeldBack`](crate::HeldBack), and nothing is sent. Clones
    /// of the client share the hints; give the same to other clients that shall share them too.
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_reqwest::{Client, Policy};
    /// use std::sync::Arc;
    ///
    /// # let _ = rustls::crypto::ring::default_provider().install_default();
    /// let client = Client::builder(Policy::DEFAULT).with_shared_hints(Arc::default()).build()?;
    /// # drop(client);
    /// # Ok::<(), reqwest::Error>(())
    /// ```
    pub fn with_shared_hints(mut self, hints: Arc<SharedHints>) -> Self {
        self.settings.hints = Some(hints);
        self
    }

    /// Tells a closure of every retry and of the end of each call: which request, what came back, what follows.
    ///
    /// Each call gets a clone of it. Observers add up: each of them is told of every event, in the order in which they were
    /// added.
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_reqwest::{Client, Policy};
    ///
    /// # let _ = rustls::crypto::ring::default_provider().install_default();
    /// // GET example.org:443/: attempt 1 failed (throttled) after 31.204ms: status 429; retrying in 2.051s, as the server
    /// // asked (retry-after)
    /// let client = Client::builder(Policy::DEFAULT).on_event(|event| eprintln!("{}", event.line())).build()?;
    /// # drop(client);
    /// # Ok::<(), reqwest::Error>(())
    /// ```
    pub fn on_event<M>(self, observer: M) -> Self
    where
        M: FnMut(&Event<'_, Exchange<'_>>) + Clone + Send + Sync + 'static,
    {
        self.with_observer(observer)
    }

    /// Tells `observer`, anything that is [`Observe`], of every retry and of the end of each call. Each call gets a clone of
    /// it. Observers add up.
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_reqwest::{Client, Counters, Policy};
    ///
    /// static COUNTERS: Counters = Counters::new();
    ///
    /// # let _ = rustls::crypto::ring::default_provider().install_default();
    /// let client = Client::builder(Policy::DEFAULT).with_observer(&COUNTERS).build()?;
    /// # drop(client);
    /// # Ok::<(), reqwest::Error>(())
    /// ```
    pub fn with_observer<M>(self, observer: M) -> Self
    where
        M: for<'e> Observe<Exchange<'e>> + Clone + Send + Sync + 'static,
    {
        self.with_call_observer(move || observer.clone())
    }

    /// Makes an observer for each call, when it begins: a `Tracing`, whose span is that of one call. Observers add up.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[cfg(feature = "tracing-0-1")] {
    /// use backoff_reqwest::{Client, Policy, Tracing};
    ///
    /// # let _ = rustls::crypto::ring::default_provider().install_default();
    /// let client = Client::builder(Policy::DEFAULT).with_call_observer(|| Tracing::new("shop")).build()?;
    /// # drop(client);
    /// # }
    /// # Ok::<(), reqwest::Error>(())
    /// ```
    pub fn with_call_observer<M>(mut self, make: impl Fn() -> M + Send + Sync + 'static) -> Self
    where
        M: for<'e> Observe<Exchange<'e>> + Send + 'static,
    {
        self.settings.observers.add(make);
        self
    }

    /// Changes the request of each attempt before it is sent, for what must be fresh each time: a token, a signature, a
    /// date.
    ///
    /// The hook takes the request and the number of the attempt, from 1, and returns the request. The timeout of the attempt
    /// covers it. The request has its `Idempotency-Key` and its number by then. If the hook fails, the attempt fails with
    /// [`HookError`](crate::HookError) and is not sent. Hooks add up, in the order in which they were added.
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_reqwest::reqwest::header::{AUTHORIZATION, HeaderValue};
    /// use backoff_reqwest::{BoxError, Client, Policy};
    ///
    /// async fn fresh_token() -> Result<String, BoxError> {
    ///     Ok("Bearer 7".to_owned())
    /// }
    ///
    /// # let _ = rustls::crypto::ring::default_provider().install_default();
    /// let client = Client::builder(Policy::DEFAULT)
    ///     .on_attempt(|mut request, _attempt| async {
    ///         let token = HeaderValue::try_from(fresh_token().await?)?;
    ///         request.headers_mut().insert(AUTHORIZATION, token);
    ///         Ok(request)
    ///     })
    ///     .build()?;
    /// # drop(client);
    /// # Ok::<(), reqwest::Error>(())
    /// ```
    pub fn on_attempt<F, A>(mut self, hook: F) -> Self
    where
        F: Fn(Request, u32) -> A + Send + Sync + 'static,
        A: Future<Output = Result<Request, BoxError>> + Send + 'static,
    {
        self.settings.hooks.push(Hook::new(hook));
        self
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
        let http = self.http.retry(attempt::no_retries()).build()?;
        Ok(Client::from_parts(http, self.settings, self.budgets))
    }
}

impl<S: Clone, B> ClientBuilder<S, B> {
    /// Uses another policy for requests to a host, named with or without its port: `api.example.org`,
    /// `localhost:8080`. The name with the port counts first, and of equal names the last.
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_reqwest::{Client, Policy};
    ///
    /// # let _ = rustls::crypto::ring::default_provider().install_default();
    /// let patient = Policy::DEFAULT.with_max_attempts(10);
    /// let client = Client::builder(Policy::DEFAULT).with_host_policy("slow.example.org", patient).build()?;
    /// # drop(client);
    /// # Ok::<(), reqwest::Error>(())
    /// ```
    pub fn with_host_policy(mut self, host: &str, policy: impl PolicyRef<Schedule = S>) -> Self {
        self.settings = self.settings.with_host_policy(host, &policy);
        self
    }
}
