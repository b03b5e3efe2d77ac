//! The middleware for `reqwest-middleware`.

use std::error::Error as StdError;
use std::io;
use std::sync::Arc;

use backoff_http::{Exchange, RetriesExhausted, RetryMark, Rules, SharedHints};
use backoff_tokio::{
    Event, Exponential, NoObserver, Observe, PolicyRef, Schedule, TimedOut, Unlimited,
};
use http::Extensions;
use reqwest::{Request, Response, Url};
use reqwest_middleware::{Error, Middleware, Next, Result};

use crate::attempt::BoxError;
use crate::call::{self, Finished};
use crate::host::Budgets;
use crate::scope::Scope;
use crate::sender::budget_of;
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
/// use backoff_reqwest::{Policy, RetryMiddleware, no_retries, redirects};
/// use reqwest_middleware::ClientBuilder;
///
/// # let _ = rustls::crypto::ring::default_provider().install_default();
/// let http = reqwest::Client::builder().retry(no_retries()).redirect(redirects(10)).build()?;
/// let client = ClientBuilder::new(http).with(RetryMiddleware::new(Policy::DEFAULT)).build();
/// # drop(client);
/// # Ok::<(), reqwest::Error>(())
/// ```
#[cfg_attr(docsrs, doc(cfg(feature = "reqwest-middleware-0-5")))]
#[derive(Debug)]
pub struct RetryMiddleware<S = Exponential, B = Unlimited> {
    settings: Settings<S>,
    budgets: Arc<B>,
}

/// A clone shares the budget.
impl<S: Clone, B> Clone for RetryMiddleware<S, B> {
    fn clone(&self) -> Self {
        Self {
            settings: self.settings.clone(),
            budgets: self.budgets.clone(),
        }
    }
}

impl<S: Clone> RetryMiddleware<S> {
    /// Retries by a policy that is owned, borrowed or in an `Arc`, and the [default rules](Rules::DEFAULT). It holds a
    /// copy of the policy.
    #[must_use]
    pub fn new(policy: impl PolicyRef<Schedule = S>) -> Self {
        Self {
            settings: Settings::new(&policy),
            budgets: Arc::new(Unlimited),
        }
    }

    /// Uses another policy for requests to a host; see
    /// [`ClientBuilder::with_host_policy`](crate::ClientBuilder::with_host_policy).
    #[must_use]
    pub fn with_host_policy(mut self, host: &str, policy: impl PolicyRef<Schedule = S>) -> Self {
        self.settings = self.settings.with_host_policy(host, &policy);
        self
    }
}

impl<S, B> RetryMiddleware<S, B> {
    /// Classifies outcomes by `rules`.
    #[must_use]
    pub fn with_rules(mut self, rules: &'static Rules<'static>) -> Self {
        self.settings = self.settings.with_rules(rules);
        self
    }

    /// Asks `budget` before each retry; see [`ClientBuilder::with_budget`](crate::ClientBuilder::with_budget).
    #[must_use]
    pub fn with_budget<D>(self, budget: D) -> RetryMiddleware<S, D> {
        RetryMiddleware {
            settings: self.settings,
            budgets: Arc::new(budget),
        }
    }

    /// Lets all calls to a host wait that asked one of them to; see
    /// [`ClientBuilder::with_shared_hints`](crate::ClientBuilder::with_shared_hints).
    #[must_use]
    pub fn with_shared_hints(mut self, hints: Arc<SharedHints>) -> Self {
        self.settings.hints = Some(hints);
        self
    }

    /// Tells a closure of every retry and of the end of each call. Observers add up; see
    /// [`ClientBuilder::on_event`](crate::ClientBuilder::on_event).
    #[must_use]
    pub fn on_event<M>(self, observer: M) -> Self
    where
        M: FnMut(&Event<'_, Exchange<'_>>) + Clone + Send + Sync + 'static,
    {
        self.with_observer(observer)
    }

    /// Tells `observer` of every retry and of the end of each call. Each call gets a clone of it. Observers add up.
    #[must_use]
    pub fn with_observer<M>(self, observer: M) -> Self
    where
        M: for<'e> Observe<Exchange<'e>> + Clone + Send + Sync + 'static,
    {
        self.with_call_observer(move || observer.clone())
    }

    /// Makes an observer for each call, when it begins. Observers add up; see
    /// [`ClientBuilder::with_call_observer`](crate::ClientBuilder::with_call_observer).
    #[must_use]
    pub fn with_call_observer<M>(mut self, make: impl Fn() -> M + Send + Sync + 'static) -> Self
    where
        M: for<'e> Observe<Exchange<'e>> + Send + 'static,
    {
        self.settings.observers.add(make);
        self
    }

    /// Gives each `POST` and each `PATCH` a key; see
    /// [`ClientBuilder::with_idempotency_keys`](crate::ClientBuilder::with_idempotency_keys).
    #[must_use]
    pub fn with_idempotency_keys(mut self) -> Self {
        self.settings = self.settings.with_idempotency_keys();
        self
    }

    /// Sends the number of each attempt in the header [`retry-attempt`](crate::ATTEMPT_HEADER); the first attempt is 1.
    #[must_use]
    pub fn with_attempt_numbers(mut self) -> Self {
        self.settings = self.settings.with_attempt_numbers();
        self
    }
}

#[async_trait::async_trait]
impl<S, B> Middleware for RetryMiddleware<S, B>
where
    S: Schedule + Clone + Send + Sync + 'static,
    B: Budgets + 'static,
{
    async fn handle(
        &self,
        mut request: Request,
        extensions: &mut Extensions,
        next: Next<'_>,
    ) -> Result<Response> {
        let request = &mut request;
        let chain = Chain { next, extensions };
        let (settings, scope) = (&self.settings, Scope::default());
        let budget = budget_of(&self.budgets, request);
        let finished = if settings.observers.is_empty() {
            call::run(settings, budget, NoObserver, chain, request, scope).await
        } else {
            let observers = settings.observers.of_call();
            let call = call::run(settings, budget, observers, chain, request, scope);
            Box::pin(call).await
        };
        marked(finished)
    }
}

fn marked(finished: Finished<Chain<'_, '_>>) -> Result<Response> {
    match (finished.result, finished.mark) {
        (Ok(mut response), Some(mark)) => {
            mark.insert_into(response.extensions_mut());
            Ok(response)
        }
        (Err(error), Some(mark)) if RetryMark::find(Chain::error(&error)).is_none() => {
            let error: BoxError = match error {
                Error::Middleware(error) => error.into(),
                Error::Reqwest(error) => error.into(),
            };
            Err(Error::middleware(RetriesExhausted::new(mark, error)))
        }
        (result, _) => result,
    }
}

/// The rest of the chain.
struct Chain<'a, 'e> {
    next: Next<'a>,
    extensions: &'e mut Extensions,
}

impl Transport for Chain<'_, '_> {
    type Error = Error;

    fn send(&mut self, request: Request) -> impl Future<Output = Result<Response>> + Send {
        self.next.clone().run(request, self.extensions)
    }

    async fn late(&self, _url: Url, cut: TimedOut) -> Result<Response> {
        let error = io::Error::new(io::ErrorKind::TimedOut, cut);
        Err(Error::middleware(error))
    }

    async fn fail(error: BoxError) -> Result<Response> {
        Err(Error::middleware(io::Error::other(error)))
    }

    fn error(error: &Error) -> &(dyn StdError + 'static) {
        match error {
            Error::Middleware(error) => error.as_ref(),
            Error::Reqwest(error) => error,
        }
    }
}
