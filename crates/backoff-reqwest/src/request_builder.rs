//! A request of the client.

use std::sync::Arc;
use std::time::Duration;

use backoff_http::{Exchange, Rules};
use backoff_tokio::{Event, Exponential, PolicyRef, Schedule, Unlimited};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Body, Request, Response};

use crate::attempt::{BoxError, Hook};
use crate::body::DEFAULT_LIMIT;
use crate::error::Error;
use crate::host::Budgets;
use crate::report::Report;
use crate::scope::Scope;
use crate::sender::Sender;
use crate::settings::Settings;

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

    /// Sets how long one attempt of this request may take, in place of the policy's timeout: shorter or longer.
    ///
    /// Like the policy's, it ends with the headers of the response, unless the body is a
    /// [part of the attempt](Self::whole_response). The deadline of the call stays; see [`with_deadline`](Self::with_deadline).
    pub fn timeout(self, timeout: Duration) -> Self {
        self.with(|http| http.timeout(timeout))
    }

    /// Sets the deadline of this call: the longest time from its start to the headers of the last response. It replaces the
    /// policy's, also that of a [policy of its own](Self::with_policy).
    pub fn with_deadline(mut self, deadline: Duration) -> Self {
        self.scope.deadline = Some(deadline);
        self
    }

    /// Ends the call, and the reading of the body of its response, at the latest this long after the call began.
    ///
    /// Without it, a body that you stream may take any time, as long as the server is never silent for longer than the
    /// timeout of a read.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use backoff_reqwest::Client;
    /// # use std::time::Duration;
    /// # async fn run(client: Client) -> Result<(), reqwest::Error> {
    /// let request = client.get("https://example.org/image.iso").download_deadline(Duration::from_secs(600));
    /// let mut response = request.send().await?;
    /// while let Some(chunk) = response.chunk().await? {
    ///     println!("{} bytes", chunk.len());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn download_deadline(mut self, deadline: Duration) -> Self {
        self.scope.download = Some(deadline);
        self
    }

    /// Does anything else that reqwest's builder can do: a query, a form, authentication.
    ///
    /// A multipart form in memory of up to 4 MiB is sent again like other bodies. A longer one, and one with a file or a
    /// stream, is sent once.
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

    /// Makes the body of the response a part of the attempt: it is read at once and kept in memory, up to 4 MiB. A body that
    /// breaks off is then a failure like any other.
    ///
    /// A failed response stays what it is, also if its body breaks off: its status and its headers decide what follows.
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
    pub fn whole_response(self) -> Self {
        self.whole_response_up_to(DEFAULT_LIMIT)
    }

    /// Makes the body of the response a part of the attempt, as [`whole_response`](Self::whole_response) does, with another
    /// limit in bytes.
    ///
    /// A success with a longer body is the error [`BodyTooLong`](crate::BodyTooLong), and is not repeated. Bytes count
    /// after decompression, so that a small body which unpacks to a large one is caught too.
    pub fn whole_response_up_to(mut self, bytes: usize) -> Self {
        self.scope.whole = Some(bytes);
        self
    }
}

/// What a request changes of its client's settings.
impl<S: Clone, B> RequestBuilder<S, B> {
    /// Retries this request by another policy.
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_reqwest::{Client, Policy};
    ///
    /// static PATIENT: Policy = Policy::DEFAULT.with_max_attempts(20);
    ///
    /// # let _ = rustls::crypto::ring::default_provider().install_default();
    /// # let client = Client::new(Policy::DEFAULT)?;
    /// let request = client.get("https://example.org/").with_policy(&PATIENT);
    /// # drop(request);
    /// # Ok::<(), reqwest::Error>(())
    /// ```
    pub fn with_policy<N: Clone>(
        self,
        policy: impl PolicyRef<Schedule = N>,
    ) -> RequestBuilder<N, B> {
        let sender = Sender {
            http: self.sender.http.clone(),
            settings: self.sender.settings.clone().with_policy(&policy),
            budgets: self.sender.budgets.clone(),
        };
        RequestBuilder {
            sender: Arc::new(sender),
            http: self.http,
            scope: self.scope,
        }
    }

    /// Classifies the outcomes of this request by `rules`.
    pub fn with_rules(self, rules: &'static Rules<'static>) -> Self {
        self.change(|settings| settings.with_rules(rules))
    }

    /// Asks `budget` before each retry of this request, in place of the client's.
    pub fn with_budget<D>(self, budget: D) -> RequestBuilder<S, D> {
        let sender = Sender {
            http: self.sender.http.clone(),
            settings: self.sender.settings.clone(),
            budgets: Arc::new(budget),
        };
        RequestBuilder {
            sender: Arc::new(sender),
            http: self.http,
            scope: self.scope,
        }
    }

    /// Tells a closure of every retry and of the end of this call, after the observers of the client.
    pub fn on_event<M>(self, observer: M) -> Self
    where
        M: FnMut(&Event<'_, Exchange<'_>>) + Clone + Send + Sync + 'static,
    {
        self.change(|mut settings| {
            settings.observers.add(move || observer.clone());
            settings
        })
    }

    /// Changes the request of each attempt before it is sent, after the hooks of the client; see
    /// [`ClientBuilder::on_attempt`](crate::ClientBuilder::on_attempt).
    pub fn on_attempt<F, A>(self, hook: F) -> Self
    where
        F: Fn(Request, u32) -> A + Send + Sync + 'static,
        A: Future<Output = Result<Request, BoxError>> + Send + 'static,
    {
        self.change(|mut settings| {
            settings.hooks.push(Hook::new(hook));
            settings
        })
    }

    fn change(mut self, change: impl FnOnce(Settings<S>) -> Settings<S>) -> Self {
        let mut sender = (*self.sender).clone();
        sender.settings = change(sender.settings);
        self.sender = Arc::new(sender);
        self
    }
}

impl<S: Schedule + Clone, B: Budgets> RequestBuilder<S, B> {
    /// Sends the request, and again as the policy and the rules say.
    ///
    /// Returns the outcome of the last attempt, as it was. As with reqwest, a response is a response whatever its status:
    /// [`error_for_status`](Response::error_for_status) makes an error of a failed one. You may read the body of the response
    /// for as long as you like, unless there is a [`download_deadline`](Self::download_deadline).
    ///
    /// If the deadline interrupts an attempt, or passes during a wait, the outcome is the last one before. Its body is what
    /// arrived during the wait, at most 16 KiB.
    ///
    /// # Errors
    ///
    /// Returns the error of the last attempt if it produced no response.
    pub async fn send(self) -> Result<Response, Error> {
        match self.http.build() {
            Ok(request) => {
                let (outcome, _) = self.sender.send(request, self.scope).await;
                outcome
            }
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
        let request = match self.http.build() {
            Ok(request) => request,
            Err(error) => {
                let report = self.sender.not_built(&error);
                return (Err(Error::new(error, None)), report);
            }
        };
        let scope = Scope {
            reported: true,
            ..self.scope
        };
        self.sender.send(request, scope).await
    }
}
