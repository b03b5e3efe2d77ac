//! The error of a call without a response.

use std::error::Error as StdError;
use std::fmt;
use std::ops::Deref;

use backoff_http::{ErrorChain, RetryMark};

use crate::attempt::HookError;
use crate::body::BodyTooLong;
use crate::host::HeldBack;

/// The error of a call without a response: the error of the last attempt, as reqwest made it.
///
/// It [derefs](Deref) to the error of reqwest, and `?` converts it to that. The text names every cause, down to the root.
/// The [source](StdError::source) of a call that exhausted its retries is a [`RetryMark`], which tells outer layers not to
/// retry it again. Otherwise it is the error of reqwest.
///
/// # Examples
///
/// ```
/// use backoff_reqwest::{Client, Policy, RetryMark};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let _ = rustls::crypto::ring::default_provider().install_default();
/// let policy = Policy::DEFAULT.with_max_attempts(1);
/// let client = Client::builder(policy).with_http(|http| http.no_proxy()).build()?;
/// let error = client.get("http://127.0.0.1:1/").send().await.unwrap_err();
/// assert!(error.is_connect());
/// assert!(RetryMark::find(&error).is_some());
/// # Ok(())
/// # }
/// ```
pub struct Error {
    error: reqwest::Error,
    mark: Option<RetryMark>,
}

impl Error {
    pub(crate) const fn new(error: reqwest::Error, mark: Option<RetryMark>) -> Self {
        Self { error, mark }
    }

    /// Returns the error as reqwest made it, whose [source](StdError::source) is its cause also if this one is marked.
    #[must_use]
    pub const fn as_reqwest(&self) -> &reqwest::Error {
        &self.error
    }
}

impl Deref for Error {
    type Target = reqwest::Error;

    fn deref(&self) -> &reqwest::Error {
        &self.error
    }
}

/// Returns the error as reqwest made it, without the mark: an outer layer that gets this one may retry again.
impl From<Error> for reqwest::Error {
    fn from(error: Error) -> Self {
        error.error
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut last = String::new();
        // An error of this crate is carried by one of reqwest, about a body that there is none of.
        let is_carried = ErrorChain::of(&self.error).any(is_ours);
        let chain = ErrorChain::of(&self.error);
        for error in chain.skip_while(|error| is_carried && !is_ours(*error)) {
            let text = error.to_string();
            // An `io::Error` has the text of the error that it holds.
            if text == last {
                continue;
            }
            let separator = if last.is_empty() { "" } else { ": " };
            write!(f, "{separator}{text}")?;
            last = text;
        }
        Ok(())
    }
}

impl BodyTooLong {
    /// Finds it among an error and its causes.
    #[must_use]
    pub fn find(error: &(dyn StdError + 'static)) -> Option<Self> {
        // The source of a marked error is its mark.
        let error = match error.downcast_ref::<Error>() {
            Some(error) => error.as_reqwest(),
            None => error,
        };
        ErrorChain::of(error).find_map(|cause| cause.downcast_ref().copied())
    }
}

fn is_ours(error: &(dyn StdError + 'static)) -> bool {
    error.is::<BodyTooLong>() || error.is::<HeldBack>() || error.is::<HookError>()
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("error", &self.error)
            .field("mark", &self.mark)
            .finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.mark {
            Some(mark) => Some(mark),
            None => Some(&self.error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use backoff_http::{Evidence, Fault};
    use std::io;
    use std::pin::Pin;
    use std::task::{Context, Poll};

    #[tokio::test]
    async fn a_layer_around_finds_the_mark_or_the_evidence() {
        let refused = async || {
            let _ = rustls::crypto::ring::default_provider().install_default();
            let http = reqwest::Client::builder().no_proxy().build();
            let outcome = http.expect("a client").get("http://127.0.0.1:1/").send();
            outcome.await.expect_err("nobody listens")
        };
        let marked = Error::new(refused().await, Some(RetryMark::after(3)));
        assert_eq!(RetryMark::find(&marked), Some(RetryMark::after(3)));

        let error = Error::new(refused().await, None);
        assert_eq!(RetryMark::find(&error), None);
        assert_eq!(Evidence::of_error(&error), Evidence::of(Fault::Refused));
        assert_eq!(
            error.to_string().matches("error sending request").count(),
            1
        );
    }

    #[tokio::test]
    async fn the_text_names_each_cause_once() {
        struct Failing;

        impl http_body::Body for Failing {
            type Data = bytes::Bytes;
            type Error = io::Error;

            fn poll_frame(
                self: Pin<&mut Self>,
                _: &mut Context<'_>,
            ) -> Poll<Option<io::Result<http_body::Frame<bytes::Bytes>>>> {
                let held = io::Error::from(io::ErrorKind::ConnectionReset);
                Poll::Ready(Some(Err(io::Error::other(held))))
            }
        }

        let body = reqwest::Body::wrap(Failing);
        let response = reqwest::Response::from(http::Response::new(body));
        let error = response.bytes().await.expect_err("a body that fails");
        let text = Error::new(error, None).to_string();
        assert_eq!(text.matches("connection reset").count(), 1, "{text}");
        assert!(text.ends_with("connection reset"), "{text}");
    }
}
