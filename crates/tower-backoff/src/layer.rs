//! The layer, and all that can be set.

mod any_request;
mod http_request;

use backoff_core::{Policy, PolicyRef, Unlimited};
use backoff_driver::NoObserver;
use backoff_tokio::Tokio;
use tower_layer::Layer;

use crate::http_request::Http;
use crate::service::Retry;
use crate::settings::Settings;

/// Retries the requests of a service: those of HTTP ([`http::Request`]), or [any others](Self::when).
///
/// | setting | default |
/// |---|---|
/// | [rules](Self::with_rules) | [`Rules::DEFAULT`](crate::Rules::DEFAULT) |
/// | [budget](Self::with_budget) | none |
/// | [observers](Self::on_event) | none |
/// | [bodies that can be sent again](Self::with_replay) | all: every body is cloned |
/// | [idempotent requests](Self::with_idempotent) | by method and `Idempotency-Key` |
/// | [evidence of errors](Self::with_evidence) | [`Evidence::of_error`](crate::Evidence::of_error) |
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
pub struct RetryLayer<
    P = &'static Policy,
    B = Unlimited,
    O = NoObserver,
    H = Http<'static>,
    R = Tokio,
> {
    settings: Settings<P, B, O, H, R>,
}

impl<P: PolicyRef> RetryLayer<P> {
    /// Retries by a policy, owned, borrowed or in an `Arc`, and the [default rules](crate::Rules::DEFAULT), on tokio.
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

impl<P, B, O, H, R> RetryLayer<P, B, O, H, R> {
    /// Asks `budget` before each retry: a reference to one or an `Arc` of one, which all clones share, and perhaps other
    /// clients.
    #[must_use]
    pub fn with_budget<D>(self, budget: D) -> RetryLayer<P, D, O, H, R> {
        self.replace(|_, observer, protocol, runtime| (budget, observer, protocol, runtime))
    }

    /// Waits on another runtime: any [`Sleeper`](backoff_driver::Sleeper).
    #[must_use]
    pub fn with_runtime<N>(self, runtime: N) -> RetryLayer<P, B, O, H, N> {
        self.replace(|budget, observer, protocol, _| (budget, observer, protocol, runtime))
    }

    fn add_observer<M>(self, added: M) -> RetryLayer<P, B, (O, M), H, R> {
        self.replace(|budget, observer, protocol, runtime| {
            (budget, (observer, added), protocol, runtime)
        })
    }

    fn map_protocol<N>(self, map: impl FnOnce(H) -> N) -> RetryLayer<P, B, O, N, R> {
        self.replace(|budget, observer, protocol, runtime| {
            (budget, observer, map(protocol), runtime)
        })
    }

    fn replace<B2, O2, H2, R2>(
        self,
        change: impl FnOnce(B, O, H, R) -> (B2, O2, H2, R2),
    ) -> RetryLayer<P, B2, O2, H2, R2> {
        let settings = self.settings.replace(change);
        RetryLayer { settings }
    }
}

impl<V, P, B, O, H, R> Layer<V> for RetryLayer<P, B, O, H, R>
where
    Self: Clone,
{
    type Service = Retry<V, P, B, O, H, R>;

    fn layer(&self, service: V) -> Self::Service {
        Retry::new(service, self.clone().settings)
    }
}
