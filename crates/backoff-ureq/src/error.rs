//! The error of a call without a response.

use std::error::Error as StdError;
use std::fmt;
use std::ops::Deref;

use backoff_http::RetryMark;

/// The error of a call without a response: the error of the last attempt, as ureq made it.
///
/// It [derefs](Deref) to the error of ureq, and `?` converts it to that. The [source](StdError::source) of a call that
/// exhausted its retries is a [`RetryMark`], which tells outer layers not to retry it again. Otherwise it is the error of
/// ureq.
///
/// # Examples
///
/// ```
/// use backoff_ureq::{Client, Policy, RetryMark};
///
/// let policy = Policy::DEFAULT.with_max_attempts(1);
/// let client = Client::builder(policy).with_http(|http| http.proxy(None)).build();
/// let error = client.get("http://127.0.0.1:1/").send().unwrap_err();
/// assert!(matches!(*error, ureq::Error::Io(_)));
/// assert!(RetryMark::find(&error).is_some());
/// ```
#[derive(Debug)]
pub struct Error {
    error: ureq::Error,
    mark: Option<RetryMark>,
}

impl Error {
    pub(crate) const fn new(error: ureq::Error, mark: Option<RetryMark>) -> Self {
        Self { error, mark }
    }
}

impl Deref for Error {
    type Target = ureq::Error;

    fn deref(&self) -> &ureq::Error {
        &self.error
    }
}

/// Returns the error as ureq made it, without the mark: an outer layer that gets this one may retry again.
impl From<Error> for ureq::Error {
    fn from(error: Error) -> Self {
        error.error
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
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
