//! A request of the client.

use std::sync::Arc;
use std::time::Duration;

use backoff_http::Exchange;
use backoff_std::{Budget, Exponential, NoObserver, Observe, Schedule, Unlimited};
use form_urlencoded::Serializer;
use http::header::CONTENT_TYPE;
use http::request::Builder;
use http::{HeaderName, HeaderValue, Response, Uri};
use ureq::Body;

use crate::error::Error;
use crate::payload::Payload;
use crate::report::Report;
use crate::scope::{Reading, Scope};
use crate::sender::Sender;

/// A request that is ready to be sent. Made by the methods of [`Client`](crate::Client).
#[must_use = "a request does nothing unless it is sent"]
#[derive(Debug)]
pub struct RequestBuilder<S = Exponential, B = Unlimited, O = NoObserver> {
    sender: Arc<Sender<S, B, O>>,
    http: Builder,
    query: String,
    payload: Payload,
    scope: Scope,
}

impl<S, B, O> RequestBuilder<S, B, O> {
    pub(crate) fn new(sender: Arc<Sender<S, B, O>>, http: Builder) -> Self {
        Self {
            sender,
            http,
            query: String::new(),
            payload: Payload::default(),
            scope: Scope::default(),
        }
    }

    /// Adds a header.
    pub fn header<K, V>(mut self, name: K, value: V) -> Self
    where
        HeaderName: TryFrom<K>,
        <HeaderName as TryFrom<K>>::Error: Into<http::Error>,
        HeaderValue: TryFrom<V>,
        <HeaderValue as TryFrom<V>>::Error: Into<http::Error>,
    {
        self.http = self.http.header(name, value);
        self
    }

    /// Adds a parameter to the query of the URI, and encodes it.
    pub fn query(mut self, name: &str, value: &str) -> Self {
        let query = std::mem::take(&mut self.query);
        self.query = Serializer::new(query).append_pair(name, value).finish();
        self
    }

    /// Sets the body. One from a [reader](Payload::reader) can be sent only once, so that the request is never retried.
    pub fn body(mut self, body: impl Into<Payload>) -> Self {
        self.payload = body.into();
        self
    }

    /// Sets a body of parameters, as a form sends them.
    pub fn form<'p>(self, pairs: impl IntoIterator<Item = (&'p str, &'p str)>) -> Self {
        let text = Serializer::new(String::new()).extend_pairs(pairs).finish();
        self.header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(text)
    }

    /// Sets a JSON body.
    ///
    /// # Errors
    ///
    /// Returns the error of `serde_json` if the value cannot be written.
    #[cfg(feature = "json")]
    #[cfg_attr(docsrs, doc(cfg(feature = "json")))]
    pub fn json<T: serde::Serialize + ?Sized>(self, body: &T) -> Result<Self, serde_json::Error> {
        let text = serde_json::to_vec(body)?;
        Ok(self.header(CONTENT_TYPE, "application/json").body(text))
    }

    /// Sets how long one attempt of this request may take, body included, in place of the policy's timeout. The deadline
    /// still counts.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.scope.timeout = Some(timeout);
        self
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

    /// Reads the body of the response for as long as it takes, as for a download: when the headers have arrived, only the
    /// silence of the server is limited.
    ///
    /// Until then, each phase of an attempt (connecting, sending, waiting for the response) may take the time of the attempt.
    pub fn streamed(mut self) -> Self {
        self.scope.reading = Reading::Streamed;
        self
    }

    /// Makes the body of the response a part of the attempt: it is read at once and kept in memory, at most `limit` bytes of
    /// it. A body that breaks off is then a failure like any other.
    ///
    /// A body that is longer is [`ureq::Error::BodyExceedsLimit`], which is not retried. A response that failed keeps its
    /// status, whatever its body is.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use backoff_ureq::{Client, Policy};
    /// let client = Client::new(Policy::DEFAULT);
    /// let mut page = client.get("https://example.org/").whole_response(1_000_000).send()?;
    /// println!("{}", page.body_mut().read_to_string()?);
    /// # Ok::<(), ureq::Error>(())
    /// ```
    pub fn whole_response(mut self, limit: u64) -> Self {
        self.scope.reading = Reading::Whole(limit);
        self
    }
}

impl<S, B, O> RequestBuilder<S, B, O>
where
    S: Schedule,
    B: Budget,
    O: for<'e> Observe<Exchange<'e>> + Clone,
{
    /// Sends the request, and again as the policy and the rules say.
    ///
    /// Returns the outcome of the last attempt, as it was. A response is a response whatever its status:
    /// [`error_for_status`](crate::ErrorForStatus::error_for_status) makes an error of a failed one. Read the body of the
    /// response within the timeout of the attempt and the deadline of the call, or say [`streamed`](Self::streamed).
    ///
    /// If the deadline interrupts an attempt, or passes during a wait, the outcome is the last one before, with at most
    /// 16 KiB of its body.
    ///
    /// # Errors
    ///
    /// Returns the error of the last attempt if it produced no response.
    pub fn send(self) -> Result<Response<Body>, Error> {
        self.send_reported().0
    }

    /// Sends the request as [`send`](Self::send) does, and returns a report beside the outcome.
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_ureq::{Client, Completion, GiveUp, Policy};
    ///
    /// let policy = Policy::DEFAULT.with_max_attempts(1);
    /// let client = Client::builder(policy).with_http(|http| http.proxy(None)).build();
    /// let (outcome, report) = client.get("http://127.0.0.1:1/").send_reported();
    /// assert!(outcome.is_err());
    /// assert_eq!(report.completion(), Some(Completion::GaveUp(GiveUp::Attempts)));
    /// assert_eq!(report.classification().to_string(), "transient: connection refused, never sent");
    /// ```
    pub fn send_reported(self) -> (Result<Response<Body>, Error>, Report) {
        let Self {
            sender,
            http,
            query,
            payload,
            scope,
        } = self;
        let request = http.body(payload).and_then(|mut request| {
            let uri = with_query(request.uri(), &query)?;
            *request.uri_mut() = uri;
            Ok(request)
        });
        match request {
            Ok(request) => sender.send(request, scope),
            Err(error) => sender.not_built(error),
        }
    }
}

/// Appends parameters to the query of a URI.
fn with_query(uri: &Uri, added: &str) -> Result<Uri, http::Error> {
    if added.is_empty() {
        return Ok(uri.clone());
    }
    let path = match uri.query() {
        Some(query) if !query.is_empty() => format!("{}?{query}&{added}", uri.path()),
        _ => format!("{}?{added}", uri.path()),
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(path.parse()?);
    Ok(Uri::from_parts(parts)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_encoded_and_added_to_those_of_the_uri() {
        let cases = [
            ("http://a/", "", "http://a/"),
            ("http://a", "b=c", "http://a/?b=c"),
            ("http://a/d?e=f", "b=c", "http://a/d?e=f&b=c"),
            ("http://a/d?", "b=c", "http://a/d?b=c"),
        ];
        for (uri, added, expected) in cases {
            let uri: Uri = uri.parse().expect("a legal URI");
            let found = with_query(&uri, added).expect("a legal URI");
            assert_eq!(found.to_string(), expected);
        }
    }
}
