//! The client.

use std::sync::Arc;

use backoff_http::Exchange;
use backoff_std::{Budget, Exponential, NoObserver, Observe, Policy, Schedule, Unlimited};
use http::{Method, Request, Response, Uri};
use ureq::{Agent, Body};

use crate::error::Error;
use crate::payload::Payload;
use crate::request_builder::RequestBuilder;
use crate::scope::Scope;
use crate::sender::Sender;
use crate::settings::Settings;

/// An HTTP client that pools connections, limits every attempt, and retries.
///
/// Make one with [`Client::new`] or [`Client::builder`], and keep it: it holds the pool. A clone costs one atomic
/// increment and shares the pool, the policy and the budget. Threads may use it at the same time.
///
/// # Examples
///
/// ```no_run
/// use backoff_ureq::{Client, ErrorForStatus, Policy};
///
/// let client = Client::new(Policy::DEFAULT);
/// let mut page = client.get("https://example.org/").send()?.error_for_status()?;
/// println!("{}", page.body_mut().read_to_string()?);
/// # Ok::<(), ureq::Error>(())
/// ```
#[derive(Debug)]
pub struct Client<S = Exponential, B = Unlimited, O = NoObserver> {
    sender: Arc<Sender<S, B, O>>,
}

impl<S, B, O> Client<S, B, O> {
    pub(crate) fn from_parts(http: Agent, settings: Settings<S, B, O>) -> Self {
        let sender = Arc::new(Sender { http, settings });
        Self { sender }
    }

    /// Returns the inner agent, which does not retry.
    #[must_use]
    pub fn http(&self) -> &Agent {
        &self.sender.http
    }

    /// Returns the policy. One without a timeout of an attempt was given one of 30 s.
    #[must_use]
    pub fn policy(&self) -> &Policy<S> {
        &self.sender.settings.policy
    }

    /// Begins a request by any method.
    pub fn request<U>(&self, method: Method, uri: U) -> RequestBuilder<S, B, O>
    where
        Uri: TryFrom<U>,
        <Uri as TryFrom<U>>::Error: Into<http::Error>,
    {
        RequestBuilder::new(
            self.sender.clone(),
            Request::builder().method(method).uri(uri),
        )
    }

    /// Begins a `DELETE`.
    pub fn delete<U>(&self, uri: U) -> RequestBuilder<S, B, O>
    where
        Uri: TryFrom<U>,
        <Uri as TryFrom<U>>::Error: Into<http::Error>,
    {
        self.request(Method::DELETE, uri)
    }

    /// Begins a `GET`.
    pub fn get<U>(&self, uri: U) -> RequestBuilder<S, B, O>
    where
        Uri: TryFrom<U>,
        <Uri as TryFrom<U>>::Error: Into<http::Error>,
    {
        self.request(Method::GET, uri)
    }

    /// Begins a `HEAD`.
    pub fn head<U>(&self, uri: U) -> RequestBuilder<S, B, O>
    where
        Uri: TryFrom<U>,
        <Uri as TryFrom<U>>::Error: Into<http::Error>,
    {
        self.request(Method::HEAD, uri)
    }

    /// Begins a `PATCH`.
    pub fn patch<U>(&self, uri: U) -> RequestBuilder<S, B, O>
    where
        Uri: TryFrom<U>,
        <Uri as TryFrom<U>>::Error: Into<http::Error>,
    {
        self.request(Method::PATCH, uri)
    }

    /// Begins a `POST`.
    pub fn post<U>(&self, uri: U) -> RequestBuilder<S, B, O>
    where
        Uri: TryFrom<U>,
        <Uri as TryFrom<U>>::Error: Into<http::Error>,
    {
        self.request(Method::POST, uri)
    }

    /// Begins a `PUT`.
    pub fn put<U>(&self, uri: U) -> RequestBuilder<S, B, O>
    where
        Uri: TryFrom<U>,
        <Uri as TryFrom<U>>::Error: Into<http::Error>,
    {
        self.request(Method::PUT, uri)
    }
}

impl<S, B, O> Client<S, B, O>
where
    S: Schedule,
    B: Budget,
    O: for<'e> Observe<Exchange<'e>> + Clone,
{
    /// Sends a request that was built elsewhere, and retries it; see [`RequestBuilder::send`]. Its extensions are not sent.
    ///
    /// # Errors
    ///
    /// Returns the error of the last attempt if it produced no response.
    pub fn execute(&self, request: Request<impl Into<Payload>>) -> Result<Response<Body>, Error> {
        self.sender
            .send(request.map(Into::into), Scope::default())
            .0
    }
}

impl<S, B, O> Clone for Client<S, B, O> {
    fn clone(&self) -> Self {
        let sender = self.sender.clone();
        Self { sender }
    }
}
