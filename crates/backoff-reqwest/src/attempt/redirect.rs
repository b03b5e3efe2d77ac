//! Redirects, to other hosts too, where a request may carry what is meant for the first host only.

use std::time::Duration;

use reqwest::header::{self, HeaderMap, HeaderName};
use reqwest::redirect::{self, Action, Attempt};
use reqwest::{Method, Request, Response, Url};

use super::hops::{Hops, watch};
use crate::transport::Transport;

/// Follows at most `max` redirects in one attempt. A redirect to another host carries neither `Idempotency-Key` nor the
/// number of the attempt.
///
/// It is the redirect policy of a [`Client`](crate::Client), with a `max` of 10. Give it to a client of reqwest that is made
/// for `RetryMiddleware`. A redirect policy of your own replaces it: stop there at other hosts if requests have keys.
///
/// # Examples
///
/// ```
/// use backoff_reqwest::{Client, Policy, redirects};
///
/// # let _ = rustls::crypto::ring::default_provider().install_default();
/// let client = Client::builder(Policy::DEFAULT).with_http(|http| http.redirect(redirects(3))).build()?;
/// # drop(client);
/// # Ok::<(), reqwest::Error>(())
/// ```
#[must_use]
pub fn redirects(max: u32) -> redirect::Policy {
    redirect::Policy::custom(move |attempt| decide(max, attempt))
}

fn decide(max: u32, attempt: Attempt<'_>) -> Action {
    if max == 0 {
        return attempt.stop();
    }
    let status = attempt.status();
    let is_elsewhere = attempt
        .previous()
        .last()
        .is_some_and(|previous| !is_same_host(previous, attempt.url()));
    let decided = Hops::change(|hops| {
        let number = hops.redirect(status);
        (number, is_elsewhere && number <= max && hops.stop())
    });
    // Without an attempt of ours around it, reqwest's own count decides; it includes the first URL.
    let followed = attempt.previous().len().try_into().unwrap_or(u32::MAX);
    let (number, is_ours) = decided.unwrap_or((followed, false));
    if is_ours {
        attempt.stop()
    } else if number > max {
        attempt.error("too many redirects")
    } else {
        attempt.follow()
    }
}

fn is_same_host(one: &Url, other: &Url) -> bool {
    one.scheme() == other.scheme()
        && one.host_str() == other.host_str()
        && one.port_or_known_default() == other.port_or_known_default()
}

/// Follows a redirect that was left to us, and returns what its end is.
pub(super) async fn follow<T: Transport>(
    transport: &mut T,
    response: Response,
    original: &Request,
    left: Option<Duration>,
    hops: &mut Hops,
) -> Result<Response, T::Error> {
    match next(&response, original, *hops) {
        Some(mut next) => {
            if let Some(left) = left {
                *next.timeout_mut() = Some(left);
            }
            watch(hops, transport.send(next)).await
        }
        None => Ok(response),
    }
}

/// The request after a redirect to another host, as RFC 9110, section 15.4, has it; `None` if there is none.
fn next(response: &Response, original: &Request, hops: Hops) -> Option<Request> {
    let location = response.headers().get(header::LOCATION)?;
    // Not only ASCII: reqwest follows a location in UTF-8 too.
    let location = str::from_utf8(location.as_bytes()).ok()?;
    let url = response.url().join(location).ok()?;
    let becomes_get = match *original.method() {
        Method::GET | Method::HEAD => false,
        Method::POST => hops.see_other() || hops.moved(),
        _ => hops.see_other(),
    };
    let mut request = if becomes_get {
        let mut request = Request::new(Method::GET, url);
        request.headers_mut().clone_from(original.headers());
        *request.version_mut() = original.version();
        remove(request.headers_mut(), &OF_A_BODY);
        request
    } else {
        let mut request = original.try_clone()?; // unless its body is spent
        *request.url_mut() = url;
        request
    };
    remove(request.headers_mut(), &FOR_ONE_HOST);
    Some(request)
}

fn remove(headers: &mut HeaderMap, names: &[HeaderName]) {
    for name in names {
        headers.remove(name);
    }
}

/// The key and the number, and what reqwest does not send to another host either (reqwest, `remove_sensitive_headers`).
static FOR_ONE_HOST: [HeaderName; 8] = [
    HeaderName::from_static("idempotency-key"),
    HeaderName::from_static(backoff_http::ATTEMPT_HEADER),
    header::AUTHORIZATION,
    header::COOKIE,
    HeaderName::from_static("cookie2"),
    header::HOST,
    header::PROXY_AUTHORIZATION,
    header::WWW_AUTHENTICATE,
];

/// RFC 9110, section 15.4: "content-specific header fields".
static OF_A_BODY: [HeaderName; 6] = [
    header::CONTENT_ENCODING,
    header::CONTENT_LANGUAGE,
    header::CONTENT_LENGTH,
    header::CONTENT_LOCATION,
    header::CONTENT_TYPE,
    header::TRANSFER_ENCODING,
];
