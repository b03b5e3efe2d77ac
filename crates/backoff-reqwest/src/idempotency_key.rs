//! The `Idempotency-Key` of a request.

use backoff_http::ensure_idempotency_key;
use reqwest::Request;
use reqwest::header::HeaderMap;

const NAME: &str = "idempotency-key";

/// Gives a `POST` or a `PATCH` a key, unless it has one that is not empty.
pub(crate) fn ensure(request: &mut Request) {
    let method = request.method().clone();
    ensure_idempotency_key(&method, request.headers_mut());
}

/// Returns whether a request has a key that is not empty.
pub(crate) fn is_keyed(headers: &HeaderMap) -> bool {
    headers.get(NAME).is_some_and(|key| !key.is_empty())
}
