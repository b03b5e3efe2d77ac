//! A request of the client.

use std::sync::Arc;
use std::time::Duration;

use backoff_tokio::{Budget, Exponential, Schedule, Unlimited};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Body, Response};

use crate::error::Error;
use crate::report::Report;
use crate::scope::Scope;
use crate::sender::Sender;

/// A request that is ready to be sent. Made by the methods of [`Client`](crate::Client).
#[must_use = "a request does nothing unless it is sent"]
#[derive(Debug)]
pub struct RequestBuilder<S = Exponential, B = Unlimited> {
    sender: Arc<Sender<S, B>>,
    http: reqwest::RequestBuilder,
    scope: Scope,
}

impl<S, B> RequestBuilder<S, B> {
    pub(crate) fn new(sender: Arc<Sender<S, B>>, http: reqwest::RequestBuilder) -> Self {
        Self {
            sender,
            http,
            scope: Scope::default(),
        }
    }

    /// Adds a header.
    pub fn header<K, V>(self, name: K, value: V) -> Self
    where
        HeaderName: TryFrom<K>,
        <HeaderName as TryFrom<K>>::Error: Into<http::Error>,
        HeaderValue: TryFrom<V>,
        <HeaderValue as TryFrom<V>>::Error: Into<http::Error>,
    {
        self.with(|http| http.header(name, value))
    }

    /// Sets headers, in place of those of the same names.
    pub fn headers(self, headers: HeaderMap) -> Self {
        self.with(|http| http.headers(headers))
    }

    /// Sets the body. One that is a stream can be sent only once, so that the request is never retried.
    pub fn body(self, body: impl Into<Body>) -> Self {
        self.with(|http| http.body(body))
    }

    /// Sets a JSON body.
    #[cfg(feature = "json")]
    #[cfg_attr(docsrs, doc(cfg(feature = "json")))]
    pub fn json<T: serde::Serialize + ?Sized>(self, body: &T) -> Self {
        self.with(|http| http.json(body))
    }

    /// Shortens how long one attempt of this request may take, body included. A longer time than the client's has no
    /// effect.
    pub fn timeout(self, timeout: Duration) -> Self {
        self.with(|http| http.timeout(timeout))
    }

    /// Does anything else that reqwest's builder can do: a query, a form, authentication.
    ///
    /// # Examples
    ///
    /// ```
    /// # use backoff_reqwest::{Client, Policy};
    /// # let _ = rustls::crypto::ring::default_provider().install_default();
    /// # let client = Client::new(Policy::DEFAULT)?;
    /// let request = client.get("https://example.org/").with(|http| http.bearer_auth("token"));
    /// # drop(request);
    /// # Ok::<(), reqwest::Error>(())
    /// ```
    pub fn with(
        self,
        change: impl FnOnce(reqwest::RequestBuilder) -> reqwest::RequestBuilder,
    ) -> Self {
        Self {
            http: change(self.http),
            ..self
        }
    }

    /// Gives the request this `Idempotency-Key`, such as one that outlives the process.
    pub fn idempotency_key(self, key: &str) -> Self {
        self.header("idempotency-key", key)
    }

    /// Says that repeating the request does no harm, whatever its method is.
    pub fn as_idempotent(mut self) -> Self {
        self.scope.idempotent = true;
        self
    }

    /// Makes the body of the response a part of the attempt: it is read at once and kept in memory. A body that breaks
    /// off is then a failure like any other.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use backoff_reqwest::{Client, Policy};
    /// # async fn run(client: Client) -> Result<(), reqwest::Error> {
    /// let page = client.get("https://example.org/").whole_response().send().await?.text().await?;
    /// # drop(page);
    /// # Ok(())
    /// # }
    /// ```
    pub fn whole_response(mut self) -> Self {
        self.scope.whole = true;
        self
    }
}

impl<S: Schedule, B: Budget> RequestBuilder<S, B> {
    /// Sends the request, and again as the policy and the rules say.
    ///
    /// Returns the outcome of the last attempt, as it was. As with reqwest, a response is a response whatever its status:
    /// [`error_for_status`](Response::error_for_status) makes an error of a failed one. Read the body of the response
    /// within the timeout of the attempt and the deadline of the call.
    ///
    /// If the deadline interrupts an attempt, or passes during a wait, the outcome is the last one before. Its body is what
    /// arrived during the wait, at most 16 KiB.
    ///
    /// # Errors
    ///
    /// Returns the error of the last attempt if it produced no response.
    pub async fn send(self) -> Result<Response, Error> {
        match self.http.build() {
            Ok(request) => self.sender.send(request, self.scope).await,
            Err(error) => Err(Error::new(error, None)),
        }
    }

    /// Sends the request as [`send`](Self::send) does, and returns a report beside the outcome.
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_reqwest::{Client, Completion, GiveUp, Policy};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), reqwest::Error> {
    /// # let _ = rustls::crypto::ring::default_provider().install_default();
    /// let policy = Policy::DEFAULT.with_max_attempts(1);
    /// let client = Client::builder(policy).with_http(|http| http.no_proxy()).build()?;
    /// let (outcome, report) = client.get("http://127.0.0.1:1/").send_reported().await;
    /// assert!(outcome.is_err());
    /// assert_eq!(report.completion(), Some(Completion::GaveUp(GiveUp::Attempts)));
    /// assert_eq!(report.classification().to_string(), "transient: connection refused, never sent");
    /// # Ok(())
    /// # }
    /// ```
    pub async fn send_reported(self) -> (Result<Response, Error>, Report) {
        match self.http.build() {
            Ok(request) => self.sender.send_reported(request, self.scope).await,
            Err(error) => {
                let report = self.sender.not_built(&error);
                (Err(Error::new(error, None)), report)
            }
        }
    }
}
