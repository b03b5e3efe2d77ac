//! The request that follows a redirect.

use http::header::{
    AUTHORIZATION, CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_LENGTH, CONTENT_LOCATION,
    CONTENT_TYPE, COOKIE, HOST, LOCATION, PROXY_AUTHORIZATION, TRANSFER_ENCODING,
};
use http::{HeaderMap, HeaderName, Method, Response, StatusCode, Uri};
use iri_string::types::{UriAbsoluteString, UriReferenceStr};

/// A request without its body.
#[derive(Clone, Debug)]
pub(crate) struct Head {
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
    /// Whether the body is sent with it.
    pub(crate) has_body: bool,
}

/// Names the request for the server that it is meant for.
const OF_THE_SERVER: [HeaderName; 6] = [
    AUTHORIZATION,
    COOKIE,
    HOST,
    PROXY_AUTHORIZATION,
    HeaderName::from_static("idempotency-key"),
    HeaderName::from_static(backoff_http::ATTEMPT_HEADER),
];

/// Describes the body.
const OF_THE_BODY: [HeaderName; 6] = [
    CONTENT_ENCODING,
    CONTENT_LANGUAGE,
    CONTENT_LENGTH,
    CONTENT_LOCATION,
    CONTENT_TYPE,
    TRANSFER_ENCODING,
];

impl Head {
    /// Returns the request that follows this response, or `None` if it redirects nowhere (RFC 9110, section 15.4).
    ///
    /// 303 makes a `GET` of any request but a `HEAD`, and 301 and 302 make one of a `POST`, as other clients do. Another
    /// server gets neither credentials nor the key and the number of the attempt. `Authorization` is kept for the same
    /// server if `keeps_authorization`.
    pub(crate) fn redirected<B>(
        &self,
        response: &Response<B>,
        keeps_authorization: bool,
    ) -> Option<Self> {
        let becomes_get = match response.status() {
            StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND => self.method == Method::POST,
            StatusCode::SEE_OTHER => !matches!(self.method, Method::GET | Method::HEAD),
            StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT => false,
            _ => return None,
        };
        let location = response.headers().get(LOCATION)?.to_str().ok()?;
        let uri = resolve(location, &self.uri)?;
        let mut next = self.clone();
        if becomes_get {
            next.method = Method::GET;
            next.has_body = false;
            remove(&mut next.headers, &OF_THE_BODY);
        }
        let is_same = uri.scheme() == self.uri.scheme() && uri.authority() == self.uri.authority();
        if !is_same {
            remove(&mut next.headers, &OF_THE_SERVER);
        } else if !keeps_authorization {
            next.headers.remove(AUTHORIZATION);
        }
        next.uri = uri;
        Some(next)
    }
}

fn remove(headers: &mut HeaderMap, names: &[HeaderName]) {
    for name in names {
        headers.remove(name);
    }
}

/// Resolves a reference against the URI of the request (RFC 3986, section 5).
fn resolve(location: &str, base: &Uri) -> Option<Uri> {
    let location = UriReferenceStr::new(location).ok()?;
    let base = UriAbsoluteString::try_from(base.to_string()).ok()?;
    let resolved = location.resolve_against(&base).to_string();
    // A fragment is for the user, and is not sent.
    let resolved = resolved.split('#').next()?;
    let uri: Uri = resolved.parse().ok()?;
    let is_http = matches!(uri.scheme_str(), Some("http" | "https"));
    (is_http && uri.authority().is_some()).then_some(uri)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(method: Method, uri: &str) -> Head {
        let mut headers = HeaderMap::new();
        for name in OF_THE_SERVER.into_iter().chain([CONTENT_TYPE]) {
            headers.insert(name, "a".parse().expect("a legal value"));
        }
        Head {
            method,
            uri: uri.parse().expect("a legal URI"),
            headers,
            has_body: true,
        }
    }

    fn response(status: u16, location: &str) -> Response<()> {
        let response = Response::builder().status(status);
        let response = response.header(LOCATION, location).body(());
        response.expect("a legal response")
    }

    #[test]
    fn a_redirect_says_which_method_follows() {
        let cases = [
            (301, Method::POST, Some((Method::GET, false))),
            (302, Method::POST, Some((Method::GET, false))),
            (301, Method::PUT, Some((Method::PUT, true))),
            (303, Method::PUT, Some((Method::GET, false))),
            (303, Method::HEAD, Some((Method::HEAD, true))),
            (307, Method::POST, Some((Method::POST, true))),
            (308, Method::PATCH, Some((Method::PATCH, true))),
            (300, Method::GET, None),
            (304, Method::GET, None),
            (201, Method::POST, None),
        ];
        for (status, method, expected) in cases {
            let next = head(method.clone(), "http://a/").redirected(&response(status, "/b"), true);
            let next = next.map(|next| (next.method, next.has_body));
            assert_eq!(next, expected, "{status} {method}");
        }
    }

    #[test]
    fn a_location_is_resolved_and_an_invalid_one_leads_nowhere() {
        let cases = [
            ("/b?c#d", Some("http://a:81/b?c")),
            ("b", Some("http://a:81/x/b")),
            ("../b", Some("http://a:81/b")),
            ("?q", Some("http://a:81/x/y?q")),
            ("//c/d", Some("http://c/d")),
            ("https://c/d", Some("https://c/d")),
            ("", Some("http://a:81/x/y?z")),
            ("mailto:a@b", None),
            ("ftp://c/d", None),
            ("a b", None),
            ("http://[", None),
        ];
        for (location, expected) in cases {
            let found = resolve(location, &"http://a:81/x/y?z".parse().expect("a legal URI"));
            let found = found.map(|uri| uri.to_string());
            assert_eq!(found.as_deref(), expected, "{location}");
        }
    }

    #[test]
    fn another_server_gets_neither_credentials_nor_the_key() {
        let cases = [
            ("/b", true, 6),
            ("/b", false, 5),
            ("http://a:81/b", true, 0),
            ("https://a/b", true, 0),
            ("//c/", true, 0),
        ];
        for (location, keeps, expected) in cases {
            let first = head(Method::PUT, "http://a/");
            let next = first.redirected(&response(307, location), keeps);
            let headers = next.expect("a redirect").headers;
            let kept = OF_THE_SERVER
                .into_iter()
                .filter(|name| headers.contains_key(name));
            assert_eq!(kept.count(), expected, "{location} {keeps}");
            assert!(headers.contains_key(CONTENT_TYPE), "{location}");
        }
    }
}
