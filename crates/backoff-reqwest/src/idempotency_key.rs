//! The `Idempotency-Key` of a request (draft-ietf-httpapi-idempotency-key-header).

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Request};
use uuid::Uuid;

static NAME: HeaderName = HeaderName::from_static("idempotency-key");

/// Gives a `POST` or a `PATCH` a key, unless it has one that is not empty.
pub(crate) fn ensure(request: &mut Request) {
    if is_keyed(request.headers()) || !matches!(*request.method(), Method::POST | Method::PATCH) {
        return;
    }
    // A UUID in quotes is a legal value.
    if let Ok(key) = HeaderValue::try_from(format!("\"{}\"", Uuid::new_v4())) {
        request.headers_mut().insert(&NAME, key);
    }
}

/// Whether a request has a key that is not empty.
pub(crate) fn is_keyed(headers: &HeaderMap) -> bool {
    headers.get(&NAME).is_some_and(|key| !key.is_empty())
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
            let url = "http://localhost/".parse().expect("a legal URL");
            let mut request = Request::new(method.clone(), url);
            if let Some(key) = key {
                request
                    .headers_mut()
                    .insert(&NAME, HeaderValue::from_static(key));
            }
            ensure(&mut request);
            let before = request.headers().get(&NAME).cloned();
            ensure(&mut request);
            let given = request.headers().get(&NAME).cloned();
            assert_eq!(given, before, "{method} {key:?}: changed");
            let text = given.as_ref().and_then(|key| key.to_str().ok());
            assert_eq!(
                text.is_some() && text != key,
                is_new,
                "{method} {key:?}: {text:?}"
            );
            if let Some(text) = text.filter(|_| is_new) {
                assert_eq!(text.len(), 38, "{text}");
            }
        }
    }
}
