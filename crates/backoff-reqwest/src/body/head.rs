//! A response without its body.

use reqwest::header::HeaderMap;
use reqwest::{Body, Response, ResponseBuilderExt, StatusCode, Url, Version};

/// A response without its body.
pub(crate) struct Head {
    status: StatusCode,
    version: Version,
    headers: HeaderMap,
    extensions: http::Extensions,
    url: Url,
}

impl Head {
    pub(crate) fn of(response: &Response) -> Self {
        Self {
            status: response.status(),
            version: response.version(),
            headers: response.headers().clone(),
            extensions: response.extensions().clone(),
            url: response.url().clone(),
        }
    }

    pub(crate) const fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    pub(crate) const fn extensions(&self) -> &http::Extensions {
        &self.extensions
    }

    pub(crate) fn with(self, body: impl Into<Body>) -> Response {
        let with_url = http::Response::builder().url(self.url).body(());
        // Nothing but a URL was given, which is always accepted.
        let mut response = with_url.unwrap_or_default().map(|()| body.into());
        *response.status_mut() = self.status;
        *response.version_mut() = self.version;
        *response.headers_mut() = self.headers;
        response.extensions_mut().extend(self.extensions);
        response.into()
    }
}
