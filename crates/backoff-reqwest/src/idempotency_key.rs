//! The `Idempotency-Key` of a request.

use backoff_http::ensure_idempotency_key;
use reqwest::Request;

/// Gives a `POST` or a `PATCH` a key, unless it has one that is not empty.
pub(crate) fn ensure(request: &mut Request) {
    let method = request.method().clone();
    ensure_idempotency_key(&method, request.headers_mut());
}
