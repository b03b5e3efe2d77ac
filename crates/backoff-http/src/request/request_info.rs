//! What a classifier needs to know about a request.

use super::method::Method;

/// A request, as far as repeating it is concerned: its method, and whether it has an `Idempotency-Key`.
///
/// The key (draft-ietf-httpapi-idempotency-key-header) names the operation, so that a server that gets it
/// twice acts once. It has to be the same in each attempt.
///
/// # Examples
///
/// ```
/// # use backoff_http::{RequestInfo, Method};
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
    /// A request by this method, without an `Idempotency-Key`.
    #[must_use]
    pub const fn new(method: Method) -> Self {
        Self {
            method,
            keyed: false,
            known_idempotent: false,
            redirected: false,
        }
    }

    /// The same request with an `Idempotency-Key`.
    #[must_use]
    pub const fn with_idempotency_key(self) -> Self {
        Self {
            keyed: true,
            ..self
        }
    }

    /// The same request, of which the caller knows that repeating it does no harm, whatever its method is.
    ///
    /// So it is with a `POST` that only asks, as in GraphQL, and with a call by gRPC that is documented to be
    /// idempotent.
    #[must_use]
    pub const fn as_idempotent(self) -> Self {
        Self {
            known_idempotent: true,
            ..self
        }
    }

    /// The same request, whose redirect was followed, or may have been: what came in the end is about another
    /// request.
    ///
    /// The first server did act, so that nothing proves that the request was not processed: neither that the
    /// last server refused the connection or the stream, nor its 425.
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_http::{RequestInfo, Fault, Method, Rules};
    ///
    /// let post = RequestInfo::new(Method::Post);
    /// let judge = |call| Rules::DEFAULT.classify_error(call, Fault::Refused);
    /// assert!(judge(post).is_retryable());
    /// assert!(!judge(post.as_redirected()).is_retryable());
    /// ```
    #[must_use]
    pub const fn as_redirected(self) -> Self {
        Self {
            redirected: true,
            ..self
        }
    }

    /// The method of the request.
    #[must_use]
    pub const fn method(self) -> Method {
        self.method
    }

    /// Whether the request has an `Idempotency-Key`.
    #[must_use]
    pub const fn has_idempotency_key(self) -> bool {
        self.keyed
    }

    /// Whether the caller knows that repeating the request does no harm.
    #[must_use]
    pub const fn is_known_idempotent(self) -> bool {
        self.known_idempotent
    }

    /// Whether a redirect of the request was followed.
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
impl<B> From<&http::Request<B>> for RequestInfo {
    /// Looks at the method, and for an `Idempotency-Key` that is not empty.
    fn from(request: &http::Request<B>) -> Self {
        let keyed = request
            .headers()
            .get("idempotency-key")
            .is_some_and(|key| !key.is_empty());
        Self {
            keyed,
            ..Self::new(request.method().into())
        }
    }
}

#[cfg(all(test, feature = "http-1"))]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_one_that_is_not_empty() {
        for (key, keyed) in [(None, false), (Some(""), false), (Some("\"7\""), true)] {
            let mut request = http::Request::post("/orders");
            if let Some(key) = key {
                request = request.header("Idempotency-Key", key);
            }
            let call = RequestInfo::from(&request.body(()).expect("a legal request"));
            assert_eq!(
                (call.method(), call.has_idempotency_key()),
                (Method::Post, keyed),
                "{key:?}"
            );
        }
    }
}
