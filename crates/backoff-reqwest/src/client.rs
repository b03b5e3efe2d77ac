//! The client.

use std::sync::Arc;

use backoff_tokio::{Exponential, Policy, Schedule, Unlimited};
use reqwest::{IntoUrl, Method, Request, Response};

use crate::error::Error;
use crate::host::Budgets;
use crate::request_builder::RequestBuilder;
use crate::scope::Scope;
use crate::sender::Sender;
use crate::settings::Settings;

/// An HTTP client that pools connections, limits every attempt, and retries.
///
/// Make one with [`Client::new`] or [`Client::builder`], and keep it: it holds the pool. A clone costs one atomic
/// increment and shares the pool, the policy and the budget.
///
/// # Examples
///
/// ```no_run
/// use backoff_reqwest::{Client, Policy};
///
/// # async fn run() -> Result<(), reqwest::Error> {
/// let client = Client::new(Policy::DEFAULT)?;
/// let page = client.get("https://example.org/").send().await?.error_for_status()?.text().await?;
/// # drop(page);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Client<S = Exponential, B = Unlimited> {
    sender: Arc<Sender<S, B>>,
}

impl<S, B> Client<S, B> {
    pub(crate) fn from_parts(http: reqwest::Client, settings: Settings<S>, budgets: B) -> Self {
        let budgets = Arc::new(budgets);
        let sender = Arc::new(Sender {
            http,
            settings,
            budgets,
        });
        Self { sender }
    }

    /// Returns the inner client, which does not retry.
    #[must_use]
    pub fn http(&self) -> &reqwest::Client {
        &self.sender.http
    }

    /// Returns the policy, for hosts that have none of their own. One without a timeout of an attempt was given one of 30 s.
    #[must_use]
    pub fn policy(&self) -> &Policy<S> {
        self.sender.settings.policy()
    }

    /// Begins a request by any method.
    pub fn request(&self, method: Method, url: impl IntoUrl) -> RequestBuilder<S, B> {
        let http = self.sender.http.request(method, url);
        RequestBuilder::new(self.sender.clone(), http)
    }

    /// Begins a `DELETE`.
    pub fn delete(&self, url: impl IntoUrl) -> RequestBuilder<S, B> {
        self.request(Method::DELETE, url)
    }

    /// Begins a `GET`.
    pub fn get(&self, url: impl IntoUrl) -> RequestBuilder<S, B> {
        self.request(Method::GET, url)
    }

    /// Begins a `HEAD`.
    pub fn head(&self, url: impl IntoUrl) -> RequestBuilder<S, B> {
        self.request(Method::HEAD, url)
    }

    /// Begins a `PATCH`.
    pub fn patch(&self, url: impl IntoUrl) -> RequestBuilder<S, B> {
        self.request(Method::PATCH, url)
    }

    /// Begins a `POST`.
    pub fn post(&self, url: impl IntoUrl) -> RequestBuilder<S, B> {
        self.request(Method::POST, url)
    }

    /// Begins a `PUT`.
    pub fn put(&self, url: impl IntoUrl) -> RequestBuilder<S, B> {
        self.request(Method::PUT, url)
    }
}

impl<S: Schedule + Clone, B: Budgets> Client<S, B> {
    /// Sends a request that was built elsewhere, and retries it; see [`RequestBuilder::send`]. Its own
    /// [timeout](Request::timeout), if it has one, is that of an attempt ([`RequestBuilder::timeout`]).
    ///
    /// # Errors
    ///
    /// Returns the error of the last attempt if it produced no response.
    pub async fn execute(&self, request: Request) -> Result<Response, Error> {
        let (outcome, _) = self.sender.send(request, Scope::default()).await;
        outcome
    }
}

impl<S, B> Clone for Client<S, B> {
    fn clone(&self) -> Self {
        let sender = self.sender.clone();
        Self { sender }
    }
}
