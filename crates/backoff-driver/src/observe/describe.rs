//! What an outcome tells observers that write.

use core::fmt;

/// Describes an outcome to the observers that write lines and spans: `Log`, `Tracing`, `Defmt` and
/// [`Event::line`](crate::Event::line).
///
/// A `Result` is described by its error. An outcome of HTTP (`Exchange` of `backoff-http`) adds its [`Attributes`].
///
/// # Examples
///
/// ```
/// use backoff_driver::{Attributes, Describe};
/// use core::fmt::Display;
///
/// struct Reply {
///     code: u16,
///     host: &'static str,
/// }
///
/// impl Describe for Reply {
///     fn cause(&self) -> Option<&dyn Display> {
///         (self.code >= 400).then_some(&self.code as _)
///     }
///
///     fn attributes(&self) -> Attributes<'_> {
///         let mut attributes = Attributes::NONE;
///         attributes.server = Some(self.host);
///         attributes
///     }
/// }
///
/// let reply = Reply { code: 503, host: "mail.example.org" };
/// assert_eq!(reply.cause().map(ToString::to_string).as_deref(), Some("503"));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not describe itself to an observer that writes",
    label = "cannot be written",
    note = "a `Result` describes itself if its error is `Display`; for others, call the observer's `write` in `on_event`"
)]
pub trait Describe {
    /// Returns why the outcome is a failure; `None` for a value.
    ///
    /// A call that is retried after a value is polling: the operation works, and its result is not ready yet. Observers do
    /// not warn of it.
    fn cause(&self) -> Option<&dyn fmt::Display>;

    /// Returns what the operation was, by the names of OpenTelemetry; nothing by default.
    fn attributes(&self) -> Attributes<'_> {
        Attributes::NONE
    }
}

impl<T, E: fmt::Display> Describe for Result<T, E> {
    fn cause(&self) -> Option<&dyn fmt::Display> {
        self.as_ref().err().map(|error| error as _)
    }
}

/// What an outcome tells of its operation, each by the name that OpenTelemetry gives it.
///
/// The names are those of the [conventions for HTTP
/// spans](https://opentelemetry.io/docs/specs/semconv/http/http-spans/), version 1.23 and later. A query and credentials
/// have no place here.
///
/// # Examples
///
/// See [`Describe`].
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Attributes<'a> {
    /// `backoff.delay_field`: the field of the response that asked for the delay, such as `retry-after`.
    pub delay_field: Option<&'a str>,
    /// `error.type`: a status, or a few words from a fixed set. `None` for a success.
    pub error_type: Option<&'a dyn fmt::Display>,
    /// `http.request.method`
    pub method: Option<&'a str>,
    /// `url.path`
    pub path: Option<&'a str>,
    /// `server.port`
    pub port: Option<u16>,
    /// `server.address`: the name of the host, or its address.
    pub server: Option<&'a str>,
    /// `http.response.status_code`
    pub status: Option<u16>,
}

impl Attributes<'_> {
    /// Nothing is known of the operation.
    pub const NONE: Self = Self {
        delay_field: None,
        error_type: None,
        method: None,
        path: None,
        port: None,
        server: None,
        status: None,
    };
}

impl fmt::Debug for Attributes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attributes")
            .field("method", &self.method)
            .field("server", &self.server)
            .field("port", &self.port)
            .field("path", &self.path)
            .field("status", &self.status)
            .field("delay_field", &self.delay_field)
            .finish_non_exhaustive()
    }
}

/// What is known of the request: `GET example.org:8080/users`. Empty if nothing is known.
impl fmt::Display for Attributes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let gap = if self.method.is_some() && self.server.or(self.path).is_some() {
            " "
        } else {
            ""
        };
        let (method, server) = (self.method.unwrap_or(""), self.server.unwrap_or(""));
        write!(f, "{method}{gap}{server}")?;
        if let (Some(_), Some(port)) = (self.server, self.port) {
            write!(f, ":{port}")?;
        }
        f.write_str(self.path.unwrap_or(""))
    }
}

#[cfg(test)]
mod tests {
    use std::string::ToString;

    use super::*;

    #[test]
    fn what_is_known_of_a_request_is_written_and_nothing_else() {
        let (get, host, path) = (Some("GET"), Some("example.org"), Some("/users"));
        let cases = [
            ((None, None, None, None), ""),
            ((get, None, None, None), "GET"),
            ((get, host, None, path), "GET example.org/users"),
            ((get, host, Some(8080), path), "GET example.org:8080/users"),
            ((get, None, Some(8080), path), "GET /users"),
            ((None, host, None, None), "example.org"),
        ];
        for ((method, server, port, path), expected) in cases {
            let mut attributes = Attributes::NONE;
            attributes.method = method;
            attributes.server = server;
            attributes.port = port;
            attributes.path = path;
            assert_eq!(attributes.to_string(), expected, "{attributes:?}");
        }
    }

    #[test]
    fn a_result_is_described_by_its_error() {
        let cases = [(Err("reset"), Some("reset")), (Ok(1), None)];
        for (outcome, expected) in cases {
            let cause = outcome.cause().map(ToString::to_string);
            assert_eq!(cause.as_deref(), expected, "{outcome:?}");
        }
    }
}
