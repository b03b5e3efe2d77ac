//! What the caller says of one request.

use std::time::Duration;

use backoff_http::RequestInfo;

/// What the caller says of one request.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Scope {
    /// Repeating the request does no harm.
    pub(crate) idempotent: bool,
    /// The body of the response is a part of the attempt, and has at most this number of bytes.
    pub(crate) whole: Option<usize>,
    /// The longest time from the start of the call to the headers of the last response, in place of the policy's.
    pub(crate) deadline: Option<Duration>,
    /// The longest time from the start of the call to the end of the body of the response.
    pub(crate) download: Option<Duration>,
    /// The caller wants a report.
    pub(crate) reported: bool,
}

impl Scope {
    pub(crate) const fn describe(self, info: RequestInfo) -> RequestInfo {
        if self.idempotent {
            info.as_idempotent()
        } else {
            info
        }
    }
}
