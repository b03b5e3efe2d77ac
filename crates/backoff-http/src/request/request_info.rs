//! What a classifier knows of a request.

use super::method::Method;

/// What the classifier needs to know of a request: its method, and whether it has an `Idempotency-Key`.
///
/// The key (draft-ietf-httpapi-idempotency-key-header) names the operation, so that a server which receives it twice
/// acts only once. Send the same key in each attempt.
///
/// # Examples
///
/// ```
/// use backoff_http::{RequestInfo, Method};
///
/// let order = RequestInfo::new(Method::Post).with_idempotency_key();
/// assert!(order.has_idempotency_key());
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt-1", derive(defmt::Format))]
pub struct RequestInfo {
    method: Method,
    keyed: bool,
    known_idempotent: bool,
    redirected: bool,
}

impl RequestInfo {
    /// Describes a request by this method, without an `Idempotency-Key`.
    #[must_use]
    pub const fn new(method: Method) -> Self {
        Self {
            method,
            keyed: false,
            known_idempotent: false,
            redirected: false,
        }
    }

    /// Says that the request has an `Idempotency-Key`.
    #[must_use]
    pub const fn with_idempotency_key(self) -> Self {
        Self {
            keyed: true,
            ..self
        }
    }

    /// Says that repeating the request does no harm, whatever its method is.
    ///
    /// Examples are a `POST` that only reads, like a query of GraphQL, and a gRPC method that is documented to be
    /// idempotent.
    #[must_use]
    pub const fn as_idempotent(self) -> Self {
        Self {
            known_idempotent: true,
            ..self
        }
    }

    /// Says that a redirect was followed, or may have been, so the outcome is that of another request.
    ///
    /// The first server did process the request. So nothing that the last server does proves the opposite: neither a
    /// refused connection, nor a refused stream, nor a 425 or a 429.
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_http::{RequestInfo, Fault, Method, Rules};
    ///
    /// let post = RequestInfo::new(Method::Post);
    /// let classify = |request| Rules::DEFAULT.classify_error(request, Fault::Refused);
    /// assert!(classify(post).is_retryable());
    /// assert!(!classify(post.as_redirected()).is_retryable());
    /// ```
    #[must_use]
    pub const fn as_redirected(self) -> Self {
        Self {
            redirected: true,
            ..self
        }
    }

    /// Returns the method of the request.
    #[must_use]
    pub const fn method(self) -> Method {
        self.method
    }

    /// Returns whether the request has an `Idempotency-Key`.
    #[must_use]
    pub const fn has_idempotency_key(self) -> bool {
        self.keyed
    }

    /// Returns whether the caller said that repeating the request does no harm.
    #[must_use]
    pub const fn is_known_idempotent(self) -> bool {
        self.known_idempotent
    }

    /// Returns whether the caller said that a redirect was followed.
    #[must_use]
    pub const fn is_redirected(self) -> bool {
        self.redirected
    }
}

impl From<Method> for RequestInfo {
    fn from(method: Method) -> Self {
        Self::new(method)
    }
}

#[cfg(feature = "http-1")]
static IDEMPOTENCY_KEY: http::HeaderName = http::HeaderName::from_static("idempotency-key");

#[cfg(feature = "http-1")]
impl RequestInfo {
    /// Reads the method, and whether there is an `Idempotency-Key` that is not empty.
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_http::{Method, RequestInfo};
    /// use http::Request;
    ///
    /// let order = Request::post("/orders").header("Idempotency-Key", "\"7\"").body(())?;
    /// let info = RequestInfo::of(order.method(), order.headers());
    /// assert_eq!(info, RequestInfo::new(Method::Post).with_idempotency_key());
    /// # Ok::<(), http::Error>(())
    /// ```
    #[cfg_attr(docsrs, doc(cfg(feature = "http-1")))]
    #[must_use]
    pub fn of(method: &http::Method, headers: &http::HeaderMap) -> Self {
        let info = Self::new(method.into());
        match headers.get(&IDEMPOTENCY_KEY) {
            Some(key) if !key.is_empty() => info.with_idempotency_key(),
            _ => info,
        }
    }
}

#[cfg(feature = "http-1")]
impl<B> From<&http::Request<B>> for RequestInfo {
    /// Reads the method, and whether there is an `Idempotency-Key` that is not empty.
    fn from(request: &http::Request<B>) -> Self {
        Self::of(request.method(), request.headers())
    }
}

#[cfg(all(test, feature = "http-1"))]
mod tests {
    use super::*;

    #[test]
    fn an_empty_key_is_not_a_key() {
        for (key, keyed) in [(None, false), (Some(""), false), (Some("\"7\""), true)] {
            let mut request = http::Request::post("/orders");
            if let Some(key) = key {
                request = request.header("Idempotency-Key", key);
            }
            let request = RequestInfo::from(&request.body(()).expect("a legal request"));
            assert_eq!(
                (request.method(), request.has_idempotency_key()),
                (Method::Post, keyed),
                "{key:?}"
            );
        }
    }
}
