//! One request with reqwest, and whether its outcome allows another.

use std::error::Error as StdError;
use std::fmt::{self, Display};
use std::{io, iter};

use backoff_http::{Classification, Evidence, Fault, HttpDate, RequestInfo, Rules};
use backoff_tokio::TimedOut;
use reqwest::header::HeaderMap;
use reqwest::{ClientBuilder, Method, StatusCode, Url};

/// A request that can be sent again and again.
pub(crate) struct Client {
    http: reqwest::Client,
    method: Method,
    url: Url,
    rules: &'static Rules<'static>,
}

/// The outcome of an attempt.
pub(crate) type Outcome = Result<Answer, Error>;

/// A whole response.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

/// Why there is no whole response.
#[derive(Debug)]
pub(crate) enum Error {
    Http(reqwest::Error),
    TimedOut(TimedOut),
}

/// Settings for a server on this machine, for which neither a proxy nor a certificate is needed.
pub(crate) fn on_this_machine() -> ClientBuilder {
    reqwest::Client::builder().no_proxy().tls_certs_only([])
}

impl Client {
    pub(crate) fn new(
        http: ClientBuilder,
        method: Method,
        url: Url,
        rules: &'static Rules<'static>,
    ) -> Result<Self, Error> {
        // An error says that there is a provider already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = http
            .user_agent(concat!("backoff-fetch/", env!("CARGO_PKG_VERSION")))
            .retry(reqwest::retry::never()) // two layers that retry would multiply
            .build()?;
        Ok(Self {
            http,
            method,
            url,
            rules,
        })
    }

    /// Makes one attempt, body included: a response that breaks off is a failure too.
    pub(crate) async fn send(&self) -> Outcome {
        let request = self.http.request(self.method.clone(), self.url.clone());
        let response = request.send().await?;
        Ok(Answer {
            status: response.status(),
            headers: response.headers().clone(),
            body: response.bytes().await?.into(),
        })
    }

    /// Classifies an outcome by the rules of the settings.
    pub(crate) fn classify(&self, outcome: &Outcome) -> Classification {
        let call = RequestInfo::new((&self.method).into());
        match outcome {
            Ok(Answer {
                status, headers, ..
            }) => self
                .rules
                .classify_response(call, status.as_u16(), headers, HttpDate::now()),
            Err(error) => self.rules.classify_error(call, error.evidence()),
        }
    }
}

impl Display for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.url)
    }
}

impl Error {
    fn evidence(&self) -> Evidence {
        match self {
            Self::Http(error) => error.into(),
            Self::TimedOut(_) => Fault::Timeout.into(),
        }
    }
}

/// An error and what caused it, down to the root.
///
/// The source of an [`io::Error`] is that of the error within it; the error within is the cause.
fn causes<'e>(
    error: &'e (dyn StdError + 'static),
) -> impl Iterator<Item = &'e (dyn StdError + 'static)> {
    iter::successors(Some(error), |&error| {
        match error.downcast_ref().and_then(io::Error::get_ref) {
            Some(within) => Some(within),
            None => error.source(),
        }
    })
}

/// The fault and its root cause. What is between them names the layers of the client.
impl Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Http(error) => {
                let fault = self.evidence().fault().as_str();
                let root = causes(error)
                    .last()
                    .map_or_else(String::new, ToString::to_string);
                if root.to_lowercase().starts_with(fault) {
                    f.write_str(&root)
                } else {
                    write!(f, "{fault}: {root}")
                }
            }
            Self::TimedOut(error) => error.fmt(f),
        }
    }
}

impl StdError for Error {}

impl From<reqwest::Error> for Error {
    fn from(error: reqwest::Error) -> Self {
        Self::Http(error)
    }
}

impl From<TimedOut> for Error {
    fn from(error: TimedOut) -> Self {
        Self::TimedOut(error)
    }
}
