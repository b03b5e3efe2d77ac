//! What the caller says of one request.

use backoff_http::RequestInfo;

/// What the caller says of one request.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Scope {
    /// Repeating the request does no harm.
    pub(crate) idempotent: bool,
    /// The body of the response is a part of the attempt.
    pub(crate) whole: bool,
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
