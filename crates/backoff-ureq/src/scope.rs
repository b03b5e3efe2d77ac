//! What the caller says of one request.

use std::time::Duration;

use backoff_http::RequestInfo;

/// What the caller says of one request.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Scope {
    /// Repeating the request does no harm.
    pub(crate) idempotent: bool,
    /// Whether the body of the response belongs to the attempt.
    pub(crate) reading: Reading,
    /// The timeout of an attempt, in place of the policy's.
    pub(crate) timeout: Option<Duration>,
}

/// Whether the body of a response belongs to the attempt.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) enum Reading {
    /// It is read by the caller, within the time of the attempt.
    #[default]
    Limited,
    /// It is read by the caller, for as long as the server is not silent.
    Streamed,
    /// It is read by the attempt, up to a number of bytes.
    Whole(u64),
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
