//! The `Idempotency-Key` of a request (draft-ietf-httpapi-idempotency-key-header).

use std::format;

use http::{HeaderMap, HeaderName, HeaderValue, Method};
use uuid::Uuid;

use crate::request::RequestInfo;

static NAME: HeaderName = HeaderName::from_static("idempotency-key");

/// Gives a `POST` or a `PATCH` an `Idempotency-Key`, unless it has one that is not empty.
///
/// The key is a random UUID as a quoted string (draft-ietf-httpapi-idempotency-key-header, section 2.1). Send the same key
/// in each attempt.
///
/// # Examples
///
/// ```
/// use backoff_http::ensure_idempotency_key;
///
/// let mut order = http::Request::post("/orders").body(())?;
/// let method = order.method().clone();
/// ensure_idempotency_key(&method, order.headers_mut());
/// assert_eq!(order.headers()["idempotency-key"].len(), 38);
/// # Ok::<(), http::Error>(())
/// ```
#[cfg_attr(docsrs, doc(cfg(feature = "uuid-1")))]
pub fn ensure_idempotency_key(method: &Method, headers: &mut HeaderMap) {
    let is_keyed = RequestInfo::of(method, headers).has_idempotency_key();
    if is_keyed || !matches!(*method, Method::POST | Method::PATCH) {
        return;
    }
    // A UUID in quotes is a legal value.
    if let Ok(key) = HeaderValue::try_from(format!("\"{}\"", Uuid::new_v4())) {
        headers.insert(&NAME, key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_given_once_and_only_where_it_means_something() {
        let cases = [
            (Method::POST, None, true),
            (Method::PATCH, None, true),
            (Method::POST, Some(""), true),
            (Method::POST, Some("\"mine\""), false),
            (Method::GET, None, false),
            (Method::PUT, None, false),
        ];
        for (method, key, is_new) in cases {
            let mut headers = HeaderMap::new();
            if let Some(key) = key {
                headers.insert(&NAME, HeaderValue::from_static(key));
            }
            ensure_idempotency_key(&method, &mut headers);
            let before = headers.get(&NAME).cloned();
            ensure_idempotency_key(&method, &mut headers);
            let given = headers.get(&NAME).cloned();
            assert_eq!(given, before, "{method} {key:?}: changed");
            let text = given.as_ref().and_then(|key| key.to_str().ok());
            assert_eq!(
                text.is_some() && text != key,
                is_new,
                "{method} {key:?}: {text:?}"
            );
        }
    }
}
