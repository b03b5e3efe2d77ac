//! Failed responses as errors.

use http::Response;

/// Makes an error of a response that failed.
///
/// # Examples
///
/// ```no_run
/// use backoff_ureq::{Client, ErrorForStatus, Policy};
///
/// let client = Client::new(Policy::DEFAULT);
/// let mut page = client.get("https://example.org/").send()?.error_for_status()?;
/// println!("{}", page.body_mut().read_to_string()?);
/// # Ok::<(), ureq::Error>(())
/// ```
pub trait ErrorForStatus: Sized {
    /// Returns the response, or an error if its status is 4xx or 5xx.
    ///
    /// # Errors
    ///
    /// Returns [`ureq::Error::StatusCode`] if the status is 4xx or 5xx.
    fn error_for_status(self) -> Result<Self, ureq::Error>;
}

impl<B> ErrorForStatus for Response<B> {
    fn error_for_status(self) -> Result<Self, ureq::Error> {
        let status = self.status();
        if status.is_client_error() || status.is_server_error() {
            return Err(ureq::Error::StatusCode(status.as_u16()));
        }
        Ok(self)
    }
}
