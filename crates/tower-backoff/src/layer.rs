//! The layer, and all that can be set.

use std::error::Error;

use backoff_core::{Exponential, Policy, Unlimited};
use backoff_driver::NoObserver;
use backoff_http::{Evidence, Rules};
use backoff_tokio::Tokio;
use http::Uri;
use tower_layer::Layer;

use crate::replay::Cloned;
use crate::service::Retry;

/// Retries the requests of any service that takes [`http::Request`] and gives [`http::Response`].
///
/// | setting | default |
/// |---|---|
/// | [rules](Self::with_rules) | [`Rules::DEFAULT`] |
/// | [budget](Self::with_budget) | none |
/// | [bodies](Self::cloning) | cloned |
/// | [idempotent requests](Self::with_idempotent) | by method and `Idempotency-Key` |
/// | [evidence of errors](Self::with_evidence) | [`Evidence::of_error`] |
/// | [number of the attempt](Self::with_attempt_numbers) | not sent |
/// | [clock](Self::with_clock) | tokio's |
///
/// # Examples
///
/// ```
/// use tower_backoff::{Policy, RetryLayer, TokenBudget};
/// use tower::{ServiceBuilder, ServiceExt, service_fn};
/// use http::{Request, Response};
/// use std::convert::Infallible;
///
/// static POLICY: Policy = Policy::DEFAULT;
/// static BUDGET: TokenBudget = TokenBudget::aws_2_1();
///
/// # #[tokio::main(flavor = "current_thread", start_paused = true)]
/// # async fn main() -> Result<(), tower_backoff::BoxError> {
/// let service = ServiceBuilder::new()
///     .layer(RetryLayer::new(&POLICY).with_budget(&BUDGET).with_attempt_numbers())
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
pub struct RetryLayer<
    S: 'static = Exponential,
    B = Unlimited,
    L = NoObserver,
    C = Cloned,
    Z = Tokio,
> {
    pub(crate) policy: &'static Policy<S>,
    pub(crate) rules: &'static Rules<'static>,
    pub(crate) budget: B,
    pub(crate) observer: L,
    pub(crate) replay: C,
    pub(crate) clock: Z,
    pub(crate) idempotent: fn(&Uri) -> bool,
    pub(crate) evidence: fn(&(dyn Error + 'static)) -> Evidence,
    pub(crate) numbers: bool,
}

impl<S> RetryLayer<S> {
    /// Retries by this policy and the [default rules](Rules::DEFAULT), on tokio.
    #[must_use]
    pub fn new(policy: &'static Policy<S>) -> Self {
        Self {
            policy,
            rules: &Rules::DEFAULT,
            budget: Unlimited,
            observer: NoObserver,
            replay: Cloned,
            clock: Tokio,
            idempotent: |_| false,
            evidence: Evidence::of_error,
            numbers: false,
        }
    }
}

impl<S, B, L, C, Z> RetryLayer<S, B, L, C, Z> {
    /// Judges outcomes by these rules.
    #[must_use]
    pub const fn with_rules(mut self, rules: &'static Rules<'static>) -> Self {
        self.rules = rules;
        self
    }

    /// Says which requests do no harm when they are repeated, whatever their method is: calls of gRPC by their
    /// path, for instance.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tower_backoff::{Policy, RetryLayer};
    /// let layer = RetryLayer::new(&Policy::DEFAULT).with_idempotent(|uri| uri.path() == "/shop.Orders/Get");
    /// # drop(layer);
    /// ```
    #[must_use]
    pub const fn with_idempotent(mut self, idempotent: fn(&Uri) -> bool) -> Self {
        self.idempotent = idempotent;
        self
    }

    /// Says what an error of the service within proves, in place of [`Evidence::of_error`], which knows the
    /// errors of the standard library and, behind features, of h2, hyper and hyper-util.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tower_backoff::{Evidence, Fault, Policy, RetryLayer};
    /// use tower::load_shed::error::Overloaded;
    ///
    /// let layer = RetryLayer::new(&Policy::DEFAULT).with_evidence(|error| {
    ///     if error.is::<Overloaded>() { Fault::Overflow.into() } else { Evidence::of_error(error) }
    /// });
    /// # drop(layer);
    /// ```
    #[must_use]
    pub const fn with_evidence(mut self, evidence: fn(&(dyn Error + 'static)) -> Evidence) -> Self {
        self.evidence = evidence;
        self
    }

    /// Sends the number of each attempt as [`retry-attempt`](crate::ATTEMPT_HEADER); the first is 1.
    #[must_use]
    pub const fn with_attempt_numbers(mut self) -> Self {
        self.numbers = true;
        self
    }

    /// Asks this budget before each retry: a reference to one that all clones share, and maybe others.
    #[must_use]
    pub fn with_budget<D>(self, budget: D) -> RetryLayer<S, D, L, C, Z> {
        self.replace(|_, observer, replay, clock| (budget, observer, replay, clock))
    }

    /// Tells `observer` of every retry and of the end of each call, with the classification that it rests on.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tower_backoff::{Event, Classification, Policy, RetryLayer};
    /// let layer = RetryLayer::new(&Policy::DEFAULT).on_event(|event: &Event<'_, Classification>| eprintln!("{event}"));
    /// # drop(layer);
    /// ```
    #[must_use]
    pub fn on_event<M>(self, observer: M) -> RetryLayer<S, B, M, C, Z> {
        self.replace(|budget, _, replay, clock| (budget, observer, replay, clock))
    }

    /// Copies bodies by this function, or anything that is [`Replay`](crate::Replay).
    #[must_use]
    pub fn cloning<D>(self, replay: D) -> RetryLayer<S, B, L, D, Z> {
        self.replace(|budget, observer, _, clock| (budget, observer, replay, clock))
    }

    /// Waits by the clock of another runtime.
    #[must_use]
    pub fn with_clock<Y>(self, clock: Y) -> RetryLayer<S, B, L, C, Y> {
        self.replace(|budget, observer, replay, _| (budget, observer, replay, clock))
    }

    /// Exchanges what has a type of its own.
    fn replace<B2, L2, C2, Z2>(
        self,
        change: impl FnOnce(B, L, C, Z) -> (B2, L2, C2, Z2),
    ) -> RetryLayer<S, B2, L2, C2, Z2> {
        let (budget, observer, replay, clock) =
            change(self.budget, self.observer, self.replay, self.clock);
        RetryLayer {
            policy: self.policy,
            rules: self.rules,
            budget,
            observer,
            replay,
            clock,
            idempotent: self.idempotent,
            evidence: self.evidence,
            numbers: self.numbers,
        }
    }
}

impl<V, S, B, L, C, Z> Layer<V> for RetryLayer<S, B, L, C, Z>
where
    Self: Clone,
{
    type Service = Retry<V, S, B, L, C, Z>;

    fn layer(&self, service: V) -> Self::Service {
        Retry::new(service, self.clone())
    }
}
