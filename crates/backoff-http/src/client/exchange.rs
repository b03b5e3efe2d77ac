//! One attempt of a request, as observers are told of it.

use core::error::Error;
use core::fmt;
use std::string::{String, ToString};

use backoff_core::{Classify, Failure};
use http::StatusCode;

use super::classified::Classified;
use super::error_type::ErrorType;
use super::target::Target;
#[cfg(feature = "observe")]
use crate::delay::DelayField;
use crate::evidence::ErrorChain;
use crate::rules::{Classification, ClassifiedBy};

/// One attempt of a request: where it went, what came back, and what that means. Clients that retry tell it to their
/// observers, as the outcome of each event.
///
/// It borrows all that it tells, so that it costs nothing where no observer listens. With the feature `observe` it
/// describes itself: `Log`, `Tracing` and `Event::line` of the driver write it.
///
/// # Examples
///
/// ```
/// use backoff_http::{ClientRules, Exchange, RequestInfo, Target};
/// use http::{Extensions, HeaderMap, Method, StatusCode, Uri};
///
/// let (method, uri) = (Method::GET, Uri::from_static("http://example.org/users"));
/// let info = RequestInfo::of(&method, &HeaderMap::new());
/// let status = StatusCode::SERVICE_UNAVAILABLE;
/// let found = ClientRules::DEFAULT.classify_response(info, status, &HeaderMap::new(), &Extensions::new());
///
/// let exchange = Exchange::response(Target::of(&method, &uri), status, &found);
/// assert_eq!(exchange.status(), Some(503));
/// assert_eq!(exchange.to_string(), "status 503");
/// ```
#[derive(Clone, Copy, Debug)]
#[cfg_attr(docsrs, doc(cfg(all(feature = "http-1", feature = "std"))))]
pub struct Exchange<'e> {
    target: Target<'e>,
    status: Option<u16>,
    error: Option<&'e (dyn Error + 'static)>,
    classification: &'e Classification,
    error_type: Option<ErrorType>,
}

impl<'e> Exchange<'e> {
    /// Tells of an attempt that got a response.
    #[must_use]
    pub fn response(
        target: Target<'e>,
        status: StatusCode,
        classification: &'e Classification,
    ) -> Self {
        let status = status.as_u16();
        let failed = classification.failure().is_some();
        Self {
            target,
            status: Some(status),
            error: None,
            classification,
            error_type: failed.then_some(ErrorType::Status(status)),
        }
    }

    /// Tells of an attempt that ended with an error.
    #[must_use]
    pub fn error(
        target: Target<'e>,
        error: &'e (dyn Error + 'static),
        classification: &'e Classification,
    ) -> Self {
        Self {
            target,
            status: None,
            error: Some(error),
            classification,
            error_type: Some(ErrorType::of(*classification)),
        }
    }

    /// Returns where the request went.
    #[must_use]
    pub const fn target(&self) -> Target<'e> {
        self.target
    }

    /// Returns the status of the response, if there is one.
    #[must_use]
    pub const fn status(&self) -> Option<u16> {
        self.status
    }

    /// Returns the error of an attempt without a response.
    #[must_use]
    pub const fn cause(&self) -> Option<&'e (dyn Error + 'static)> {
        self.error
    }

    /// Returns what the outcome means, and which field of the response asked for a delay.
    #[must_use]
    pub const fn classification(&self) -> &'e Classification {
        self.classification
    }
}

impl Classify<Exchange<'_>> for Classified {
    #[inline]
    fn classify(&self, exchange: &Exchange<'_>) -> Option<Failure> {
        exchange.classification.failure()
    }
}

/// What came back: a status, or an error with all of its causes; then why it is classified so, where that says more. URLs in
/// errors of reqwest are left out, because they have a query.
impl fmt::Display for Exchange<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(status) = self.status {
            write!(f, "status {status}")?;
        }
        if let Some(error) = self.error {
            write_chain(f, error)?;
        }
        match self.classification.classified_by() {
            ClassifiedBy::Status(_) => {}
            ClassifiedBy::Evidence(evidence) => write!(f, " ({evidence})")?,
            other => write!(f, " ({other})")?,
        }
        match self.classification.server_delay().ignored() {
            Some((field, error)) => write!(f, ", {field} ignored: {error}"),
            None => Ok(()),
        }
    }
}

fn write_chain(f: &mut fmt::Formatter<'_>, error: &(dyn Error + 'static)) -> fmt::Result {
    let mut last = String::new();
    for error in ErrorChain::of(error).take(LONGEST) {
        let text = text_of(error);
        // An `io::Error` has the text of the error that it holds, and one of ureq ends with that.
        if !last.is_empty() && last.ends_with(&text) {
            continue;
        }
        let separator = if last.is_empty() { "" } else { ": " };
        write!(f, "{separator}{text}")?;
        last = text;
    }
    Ok(())
}

/// The longest chain of causes that is written: twice what a client of HTTP over TLS and a proxy has.
const LONGEST: usize = 16;

/// The text of an error without its causes, and without a URL.
fn text_of(error: &(dyn Error + 'static)) -> String {
    let text = error.to_string();
    #[cfg(feature = "reqwest-0-13")]
    if let Some(url) = error
        .downcast_ref::<reqwest::Error>()
        .and_then(reqwest::Error::url)
    {
        return text.replace(&std::format!(" for url ({url})"), "");
    }
    text
}

#[cfg(feature = "observe")]
#[cfg_attr(docsrs, doc(cfg(feature = "observe")))]
impl backoff_driver::Describe for Exchange<'_> {
    fn cause(&self) -> Option<&dyn fmt::Display> {
        self.classification.failure().map(|_| self as _)
    }

    fn attributes(&self) -> backoff_driver::Attributes<'_> {
        let mut attributes = backoff_driver::Attributes::NONE;
        let field = self.classification.server_delay().field();
        attributes.delay_field = field.map(DelayField::as_str);
        attributes.error_type = self.error_type.as_ref().map(|kind| kind as _);
        attributes.method = Some(self.target.method());
        attributes.path = Some(self.target.path());
        attributes.port = self.target.port();
        attributes.server = Some(self.target.host()).filter(|host| !host.is_empty());
        attributes.status = self.status;
        attributes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::Fault;
    use crate::request::{Method, RequestInfo};
    use crate::rules::Rules;
    use core::time::Duration;
    use std::io;

    const GET: Target<'static> = Target::new("GET", "example.org", "/users");

    #[test]
    fn a_response_says_its_status_and_why_it_is_not_retried() {
        let cases = [
            (
                Method::Get,
                503,
                "soon",
                "status 503, retry-after ignored: ",
            ),
            (
                Method::Post,
                503,
                "2",
                "status 503 (POST without an Idempotency-Key is not repeated)",
            ),
            (Method::Get, 429, "2", "status 429"),
            (Method::Get, 200, "2", "status 200"),
        ];
        for (method, status, value, expected) in cases {
            let found = Rules::DEFAULT.classify_response(
                RequestInfo::new(method),
                status,
                &[("retry-after", value)],
                None,
            );
            let status = StatusCode::from_u16(status).expect("a status");
            let exchange = Exchange::response(GET, status, &found);
            let text = exchange.to_string();
            assert!(text.starts_with(expected), "{method:?} {status}: {text}");
            assert_eq!(Classified.classify(&exchange), found.failure(), "{text}");
        }
    }

    #[test]
    fn an_error_names_its_causes_once_and_what_it_proves() {
        let reset = io::Error::from(io::ErrorKind::ConnectionReset);
        let error = io::Error::other(reset);
        let found = Rules::DEFAULT.classify_error(RequestInfo::new(Method::Get), Fault::Reset);
        let exchange = Exchange::error(GET, &error, &found);
        assert_eq!(
            exchange.to_string(),
            "connection reset (connection reset, may have been sent)"
        );
        assert_eq!(exchange.status(), None);
        assert!(exchange.cause().is_some_and(<dyn Error>::is::<io::Error>));
    }

    #[cfg(feature = "observe")]
    #[test]
    fn it_describes_itself_by_the_names_of_opentelemetry() {
        use backoff_driver::Describe;

        let headers = [("retry-after", "2")];
        let info = RequestInfo::new(Method::Get);
        let found = Rules::DEFAULT.classify_response(info, 429, &headers, None);
        assert_eq!(found.server_delay().delay(), Some(Duration::from_secs(2)));
        let exchange =
            Exchange::response(GET.with_port(8080), StatusCode::TOO_MANY_REQUESTS, &found);
        let attributes = exchange.attributes();
        assert_eq!(attributes.to_string(), "GET example.org:8080/users");
        assert_eq!(attributes.delay_field, Some("retry-after"));
        assert_eq!(attributes.status, Some(429));
        let error_type = attributes.error_type.map(ToString::to_string);
        assert_eq!(error_type.as_deref(), Some("429"));

        let accepted = Rules::DEFAULT.classify_response(info, 200, &headers, None);
        let exchange = Exchange::response(GET, StatusCode::OK, &accepted);
        assert!(exchange.attributes().error_type.is_none() && Describe::cause(&exchange).is_none());
    }
}
