//! The middleware for `reqwest-middleware`.

use std::error::Error as StdError;
use std::io;
use std::time::Duration;

use backoff_http::{RetriesExhausted, RetryMark, Rules};
use backoff_tokio::{Budget, Exponential, PolicyRef, Schedule, Unlimited};
use http::Extensions;
use reqwest::{Request, Response};
use reqwest_middleware::{Error, Middleware, Next, Result};
use tokio::time;

use crate::call::Call;
use crate::scope::Scope;
use crate::settings::Settings;
use crate::transport::Transport;

/// Retries requests within a client of `reqwest-middleware`, through the middleware that follows.
///
/// Its settings are those of [`ClientBuilder`](crate::ClientBuilder), apart from those of the inner client. Each attempt
/// runs the middleware that follows, within the timeout of an attempt and the deadline.
///
/// The outcome of a call that exhausted its retries is marked, so that outer layers do not retry it again: a response by
/// [`RetryMark`] in its extensions, an error as the source of [`RetriesExhausted`].
///
/// # Examples
///
/// ```
/// use backoff_reqwest::{Policy, RetryMiddleware, no_retries};
/// use reqwest_middleware::ClientBuilder;
///
/// # let _ = rustls::crypto::ring::default_provider().install_default();
/// let http = reqwest::Client::builder().retry(no_retries()).build()?;
/// let client = ClientBuilder::new(http).with(RetryMiddleware::new(Policy::DEFAULT)).build();
/// # drop(client);
/// # Ok::<(), reqwest::Error>(())
/// ```
#[cfg_attr(docsrs, doc(cfg(feature = "reqwest-middleware-0-5")))]
#[derive(Clone, Copy, Debug)]
pub struct RetryMiddleware<S = Exponential, B = Unlimited> {
    settings: Settings<S, B>,
}

impl<S: Clone> RetryMiddleware<S> {
    /// Retries by a policy that is owned, borrowed or in an `Arc`, and the [default rules](Rules::DEFAULT). It holds a
    /// copy of the policy.
    #[must_use]
    pub fn new(policy: impl PolicyRef<Schedule = S>) -> Self {
        let settings = Settings::new(&policy);
        Self { settings }
    }
}

impl<S, B> RetryMiddleware<S, B> {
    /// Classifies outcomes by `rules`.
    #[must_use]
    pub fn with_rules(self, rules: &'static Rules<'static>) -> Self {
        let settings = self.settings.with_rules(rules);
        Self { settings }
    }

    /// Asks `budget` before each retry; see [`ClientBuilder::with_budget`](crate::ClientBuilder::with_budget).
    #[must_use]
    pub fn with_budget<D>(self, budget: D) -> RetryMiddleware<S, D> {
        let settings = self.settings.with_budget(budget);
        RetryMiddleware { settings }
    }

    /// Gives each `POST` and each `PATCH` a key; see
    /// [`ClientBuilder::with_idempotency_keys`](crate::ClientBuilder::with_idempotency_keys).
    #[must_use]
    pub fn with_idempotency_keys(self) -> Self {
        let settings = self.settings.with_idempotency_keys();
        Self { settings }
    }

    /// Sends the number of each attempt in the header [`retry-attempt`](crate::ATTEMPT_HEADER); the first attempt is 1.
    #[must_use]
    pub fn with_attempt_numbers(self) -> Self {
        let settings = self.settings.with_attempt_numbers();
        Self { settings }
    }
}

#[async_trait::async_trait]
impl<S, B> Middleware for RetryMiddleware<S, B>
where
    S: Schedule + Send + Sync + 'static,
    B: Budget<Held: Send> + Send + Sync + 'static,
{
    async fn handle(
        &self,
        request: Request,
        extensions: &mut Extensions,
        next: Next<'_>,
    ) -> Result<Response> {
        let chain = Chain { next, extensions };
        let mut call = Call::new(&self.settings);
        let outcome = call.run(chain, request, Scope::default()).await;
        let mark = call.mark(&outcome);
        match (outcome.result, mark) {
            (Ok(mut response), Some(mark)) => {
                mark.insert_into(response.extensions_mut());
                Ok(response)
            }
            (Err(error), Some(mark)) if RetryMark::find(Chain::error(&error)).is_none() => {
                let error: Box<dyn StdError + Send + Sync> = match error {
                    Error::Middleware(error) => error.into(),
                    Error::Reqwest(error) => error.into(),
                };
                Err(Error::middleware(RetriesExhausted::new(mark, error)))
            }
            (result, _) => result,
        }
    }
}

/// The rest of the chain.
struct Chain<'a, 'e> {
    next: Next<'a>,
    extensions: &'e mut Extensions,
}

impl Transport for Chain<'_, '_> {
    type Error = Error;

    /// Limits the middleware too, which knows nothing of the timeout of the request.
    async fn send(&mut self, request: Request) -> Result<Response> {
        let limit = request.timeout().copied().unwrap_or(Duration::MAX);
        let attempt = self.next.clone().run(request, self.extensions);
        match time::timeout(limit, attempt).await {
            Ok(outcome) => outcome,
            Err(_) => Err(Error::middleware(io::Error::from(io::ErrorKind::TimedOut))),
        }
    }

    fn error(error: &Error) -> &(dyn StdError + 'static) {
        match error {
            Error::Middleware(error) => error.as_ref(),
            Error::Reqwest(error) => error,
        }
    }
}
