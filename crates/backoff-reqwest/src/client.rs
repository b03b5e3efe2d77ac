//! The client.

use backoff_http::RetryMark;
use backoff_tokio::{Budget, Exponential, Policy, Schedule, Unlimited};
use reqwest::{IntoUrl, Method, Request, Response};

use crate::call::{self, Transport};
use crate::error::Error;
use crate::report::Report;
use crate::request::{RequestBuilder, Scope};
use crate::retries::Retries;

/// An HTTP client that pools connections, never waits for ever, and retries.
///
/// Make one and keep it: clones share its pool.
///
/// # Examples
///
/// ```no_run
/// use backoff_reqwest::{Client, Policy};
///
/// static POLICY: Policy = Policy::DEFAULT;
///
/// # async fn run() -> Result<(), reqwest::Error> {
/// let client = Client::new(&POLICY)?;
/// let page = client.get("https://example.org/").send().await?.error_for_status()?.text().await?;
/// # drop(page);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Client<S: 'static = Exponential, B = Unlimited> {
    http: reqwest::Client,
    retries: Retries<S, B>,
}

impl<S: Copy> Client<S> {
    /// A client with default settings; [`Retries`] has others.
    ///
    /// # Errors
    ///
    /// Those of [`reqwest::ClientBuilder::build`].
    pub fn new(policy: &'static Policy<S>) -> Result<Self, reqwest::Error> {
        Retries::new(policy).client()
    }
}

impl<S, B> Client<S, B> {
    pub(crate) const fn of(http: reqwest::Client, retries: Retries<S, B>) -> Self {
        Self { http, retries }
    }

    /// The client within, which does not retry.
    #[must_use]
    pub const fn http(&self) -> &reqwest::Client {
        &self.http
    }
}

impl<S, B: Clone> Client<S, B> {
    /// Begins a request by any method.
    pub fn request(&self, method: Method, url: impl IntoUrl) -> RequestBuilder<S, B> {
        RequestBuilder::new(self.clone(), self.http.request(method, url))
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

impl<S: Schedule, B: Budget + Clone> Client<S, B> {
    /// Sends a request that was built elsewhere, and retries it; see [`RequestBuilder::send`].
    ///
    /// # Errors
    ///
    /// That of the last attempt, if it came to no response.
    pub async fn execute(&self, request: Request) -> Result<Response, Error> {
        self.execute_reported(request, Scope::default()).await.0
    }

    pub(crate) async fn execute_reported(
        &self,
        request: Request,
        scope: Scope,
    ) -> (Result<Response, Error>, Report) {
        let (outcome, report) = call::run(&self.retries, &self.http, request, scope).await;
        let mark = report.mark();
        let outcome = match outcome {
            Ok(response) => Ok(marked(response, mark)),
            Err(error) => Err(Error::new(error, mark)),
        };
        (outcome, report)
    }

    pub(crate) fn not_built(&self, error: reqwest::Error) -> (Result<Response, Error>, Report) {
        let report = call::not_built(&self.retries, &error);
        (Err(Error::new(error, None)), report)
    }
}

/// Puts the mark for the layers around this one on a response that ends a call, unless a layer within did.
pub(crate) fn marked(mut response: Response, mark: Option<RetryMark>) -> Response {
    if let Some(mark) = mark {
        response.extensions_mut().get_or_insert(mark);
    }
    response
}

impl Transport for &reqwest::Client {
    type Error = reqwest::Error;

    fn send(
        &mut self,
        request: Request,
    ) -> impl Future<Output = Result<Response, reqwest::Error>> + Send {
        (*self).execute(request)
    }

    fn broken(error: reqwest::Error) -> reqwest::Error {
        error
    }

    fn cause(error: &reqwest::Error) -> &(dyn std::error::Error + 'static) {
        error
    }
}

impl<S, B: Clone> Clone for Client<S, B> {
    fn clone(&self) -> Self {
        Self {
            http: self.http.clone(),
            retries: self.retries.clone(),
        }
    }
}
