//! The request of the next attempt.

use std::mem;

use reqwest::Request;

use super::prefixed::spent;

/// Whether a request can be sent again: its body is there, or it has none.
pub(crate) fn is_repeatable(request: &Request) -> bool {
    request.body().is_none_or(|body| body.as_bytes().is_some())
}

/// Takes a request to send it, and leaves that of the next attempt in its place. The body of one that is not
/// [repeatable](is_repeatable) is spent then.
pub(crate) fn take(request: &mut Request) -> Request {
    // One without a body is cloned here, because reqwest makes a table for a timeout that is not there.
    let cloned = request.body().and_then(|_| request.try_clone());
    let next = cloned.unwrap_or_else(|| without_body(request));
    mem::replace(request, next)
}

fn without_body(request: &Request) -> Request {
    let mut head = Request::new(request.method().clone(), request.url().clone());
    head.headers_mut().clone_from(request.headers());
    *head.version_mut() = request.version();
    if request.body().is_some() {
        *head.body_mut() = Some(spent());
    }
    head
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::Version;
    use reqwest::header::HeaderValue;
    use reqwest::{Body, Method};

    #[test]
    fn the_request_of_the_next_attempt_is_the_same_unless_its_body_is_spent() {
        let bodies = [
            (None, None::<&[u8]>, true),
            (Some("order".into()), Some(b"order"), true),
            (Some(spent()), None, false),
        ];
        for (body, expected, repeatable) in bodies {
            let url = "http://localhost/orders?7".parse().expect("a legal URL");
            let mut request = Request::new(Method::PUT, url);
            request
                .headers_mut()
                .insert("x-own", HeaderValue::from_static("7"));
            *request.version_mut() = Version::HTTP_10;
            *request.body_mut() = body;
            assert_eq!(is_repeatable(&request), repeatable);
            let sent = take(&mut request);
            for request in [&sent, &request] {
                assert_eq!(request.method(), Method::PUT);
                assert_eq!(request.url().as_str(), "http://localhost/orders?7");
                assert_eq!(request.headers()["x-own"], "7");
                assert_eq!(request.version(), Version::HTTP_10);
                let bytes = request.body().and_then(Body::as_bytes);
                assert_eq!(bytes, expected);
            }
            assert_eq!(is_repeatable(&request), repeatable);
        }
    }
}
