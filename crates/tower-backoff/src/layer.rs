//! The layer, and all that can be set.

use std::error::Error;

use backoff_core::{Policy, PolicyRef, Unlimited};
use backoff_driver::{Event, NoObserver, Observe};
use backoff_http::{Classification, Evidence, Rules};
use backoff_tokio::Tokio;
use http::Uri;
use tower_layer::Layer;

use crate::replay::Cloned;
use crate::service::Retry;
use crate::settings::Settings;

/// Retries the requests of any service that takes [`http::Request`] and returns [`http::Response`].
///
/// | setting | default |
/// |---|---|
/// | [rules](Self::with_rules) | [`Rules::DEFAULT`] |
/// | [budget](Self::with_budget) | none |
/// | [observer](Self::on_event) | none |
/// | [bodies that can be sent again](Self::with_replay) | all: every body is cloned |
/// | [idempotent requests](Self::with_idempotent) | by method and `Idempotency-Key` |
/// | [evidence of errors](Self::with_evidence) | [`Evidence::of_error`] |
/// | [number of the attempt](Self::with_attempt_numbers) | not sent |
/// | [runtime](Self::with_runtime) | tokio |
///
/// # Examples
///
/// ```
/// use http::{Request, Response};
/// use std::convert::Infallible;
/// use tower::{ServiceBuilder, ServiceExt, service_fn};
/// use tower_backoff::{Policy, RetryLayer, TokenBudget};
///
/// static BUDGET: TokenBudget = TokenBudget::aws_2_1();
///
/// # #[tokio::main(flavor = "current_thread", start_paused = true)]
/// # async fn main() -> Result<(), tower_backoff::BoxError> {
/// let service = ServiceBuilder::new()
///     .layer(RetryLayer::new(Policy::DEFAULT).with_budget(&BUDGET).with_attempt_numbers())
///     .service_fn(|request: Request<String>| async move {
///         let status = if request.headers()["retry-attempt"] == "3" { 200 } else { 503 };
///         Ok::<_, Infallible>(Response::builder().status(status).body(()).unwrap())
///     });
/// let response = service.oneshot(Request::new(String::new())).await?;
/// assert_eq!(response.status(), 200);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct RetryLayer<P = &'static Policy, B = Unlimited, O = NoObserver, C = Cloned, R = Tokio> {
    settings: Settings<P, B, O, C, R>,
}

impl<P: PolicyRef> RetryLayer<P> {
    /// Retries by a policy, owned, borrowed or in an `Arc`, and the [default rules](Rules::DEFAULT), on tokio.
    ///
    /// Each call holds a clone of the policy.
    ///
    /// # Examples
    ///
    /// A policy that is made when the program runs:
    ///
    /// ```
    /// use std::env;
    /// use tower_backoff::{Policy, RetryLayer};
    ///
    /// let attempts = env::var("ATTEMPTS").ok().and_then(|attempts| attempts.parse().ok());
    /// let policy = Policy::DEFAULT.with_max_attempts(attempts.unwrap_or(3));
    /// let layer = RetryLayer::new(policy);
    /// # drop(layer);
    /// ```
    #[must_use]
    pub const fn new(policy: P) -> Self {
        let settings = Settings::new(policy);
        Self { settings }
    }
}

impl<P, B, O, C, R> RetryLayer<P, B, O, C, R> {
    /// Classifies outcomes by `rules`.
    #[must_use]
    pub fn with_rules(mut self, rules: &'static Rules<'static>) -> Self {
        self.settings.rules = self.settings.rules.with_rules(rules);
        self
    }

    /// Says which requests may be repeated whatever their method is: calls of gRPC by their path, for instance.
    ///
    /// # Examples
    ///
    /// ```
    /// use tower_backoff::{Policy, RetryLayer};
    ///
    /// let layer = RetryLayer::new(&Policy::DEFAULT).with_idempotent(|uri| uri.path() == "/shop.Orders/Get");
    /// # drop(layer);
    /// ```
    #[must_use]
    pub fn with_idempotent(mut self, idempotent: fn(&Uri) -> bool) -> Self {
        self.settings.idempotent = idempotent;
        self
    }

    /// Says what an error of the inner service proves, in place of [`Evidence::of_error`]. That knows the errors of the
    /// standard library and, behind features, of h2, hyper and hyper-util.
    ///
    /// # Examples
    ///
    /// ```
    /// use tower::load_shed::error::Overloaded;
    /// use tower_backoff::{Evidence, Fault, Policy, RetryLayer};
    ///
    /// let layer = RetryLayer::new(&Policy::DEFAULT).with_evidence(|error| {
    ///     if error.is::<Overloaded>() { Fault::Overflow.into() } else { Evidence::of_error(error) }
    /// });
    /// # drop(layer);
    /// ```
    #[must_use]
    pub fn with_evidence(mut self, evidence: fn(&(dyn Error + 'static)) -> Evidence) -> Self {
        self.settings.rules = self.settings.rules.with_evidence(evidence);
        self
    }

    /// Sends the number of each attempt in the header [`retry-attempt`](crate::ATTEMPT_HEADER); the first attempt is 1.
    #[must_use]
    pub fn with_attempt_numbers(mut self) -> Self {
        self.settings.rules = self.settings.rules.with_attempt_numbers();
        self
    }

    /// Asks `budget` before each retry: a reference to one that all clones share, and perhaps other clients.
    #[must_use]
    pub fn with_budget<D>(self, budget: D) -> RetryLayer<P, D, O, C, R> {
        self.replace(|_, observer, replay, runtime| (budget, observer, replay, runtime))
    }

    /// Tells a closure of every retry and of the end of each call, with the classification of the outcome.
    ///
    /// Each call gets a clone of it. Replaces an earlier observer.
    ///
    /// # Examples
    ///
    /// ```
    /// use tower_backoff::{Policy, RetryLayer};
    ///
    /// let layer = RetryLayer::new(&Policy::DEFAULT).on_event(|event| eprintln!("{event}"));
    /// # drop(layer);
    /// ```
    #[must_use]
    pub fn on_event<M>(self, observer: M) -> RetryLayer<P, B, M, C, R>
    where
        M: FnMut(&Event<'_, Classification>),
    {
        self.with_observer(observer)
    }

    /// Tells `observer`, anything that is [`Observe`], of every retry and of the end of each call.
    ///
    /// Each call gets a clone of it. Replaces an earlier observer.
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_driver::Counters;
    /// use tower_backoff::{Policy, RetryLayer};
    ///
    /// static COUNTERS: Counters = Counters::new();
    ///
    /// let layer = RetryLayer::new(&Policy::DEFAULT).with_observer(&COUNTERS);
    /// # drop(layer);
    /// ```
    #[must_use]
    pub fn with_observer<M>(self, observer: M) -> RetryLayer<P, B, M, C, R>
    where
        M: Observe<Classification>,
    {
        self.replace(|budget, _, replay, runtime| (budget, observer, replay, runtime))
    }

    /// Copies bodies by this function, or by anything that is [`Replay`](crate::Replay).
    #[must_use]
    pub fn with_replay<D>(self, replay: D) -> RetryLayer<P, B, O, D, R> {
        self.replace(|budget, observer, _, runtime| (budget, observer, replay, runtime))
    }

    /// Waits on another runtime: any [`Sleeper`](backoff_driver::Sleeper).
    #[must_use]
    pub fn with_runtime<N>(self, runtime: N) -> RetryLayer<P, B, O, C, N> {
        self.replace(|budget, observer, replay, _| (budget, observer, replay, runtime))
    }

    fn replace<B2, O2, C2, R2>(
        self,
        change: impl FnOnce(B, O, C, R) -> (B2, O2, C2, R2),
    ) -> RetryLayer<P, B2, O2, C2, R2> {
        let settings = self.settings.replace(change);
        RetryLayer { settings }
    }
}

impl<V, P, B, O, C, R> Layer<V> for RetryLayer<P, B, O, C, R>
where
    Self: Clone,
{
    type Service = Retry<V, P, B, O, C, R>;

    fn layer(&self, service: V) -> Self::Service {
        Retry::new(service, self.clone().settings)
    }
}
