//! Where a request goes.

use http::{Method, Uri};

/// Where a request goes, as observers are told: its method, host, port and path. It has no query and no credentials, so that
/// they reach no log.
///
/// # Examples
///
/// ```
/// use backoff_http::Target;
/// use http::{Method, Uri};
///
/// let uri = Uri::from_static("https://key@example.org/users?token=7");
/// let target = Target::of(&Method::GET, &uri);
/// assert_eq!((target.method(), target.host(), target.path()), ("GET", "example.org", "/users"));
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(docsrs, doc(cfg(all(feature = "http-1", feature = "std"))))]
pub struct Target<'e> {
    method: &'e str,
    host: &'e str,
    port: Option<u16>,
    path: &'e str,
}

impl<'e> Target<'e> {
    /// Names a method, a host and a path without a query. A host that is not known is an empty text.
    #[must_use]
    pub const fn new(method: &'e str, host: &'e str, path: &'e str) -> Self {
        Self {
            method,
            host,
            port: None,
            path,
        }
    }

    /// Names the port.
    #[must_use]
    pub const fn with_port(mut self, port: u16) -> Self {
        self.port = Some(port);
        self
    }

    /// Reads a method and a URI.
    #[must_use]
    pub fn of(method: &'e Method, uri: &'e Uri) -> Self {
        Self {
            method: method.as_str(),
            host: uri.host().unwrap_or(""),
            port: uri.port_u16(),
            path: uri.path(),
        }
    }

    /// Returns the method.
    #[must_use]
    pub const fn method(&self) -> &'e str {
        self.method
    }

    /// Returns the host, empty if it is not known.
    #[must_use]
    pub const fn host(&self) -> &'e str {
        self.host
    }

    /// Returns the port, if the URI names one.
    #[must_use]
    pub const fn port(&self) -> Option<u16> {
        self.port
    }

    /// Returns the path.
    #[must_use]
    pub const fn path(&self) -> &'e str {
        self.path
    }
}
