//! The longest body that is kept in memory.

use std::error::Error;
use std::fmt;

/// The longest body that is kept in memory, in bytes: of a response by `whole_response`, and of a form. 4 MiB is the longest message that gRPC accepts by
/// default (gRPC, `GRPC_ARG_MAX_RECEIVE_MESSAGE_LENGTH`).
pub(crate) const DEFAULT_LIMIT: usize = 4 * 1024 * 1024;

/// The body of a response is longer than the caller accepts
/// ([`whole_response_up_to`](crate::RequestBuilder::whole_response_up_to)).
///
/// It is a cause of the [`Error`](crate::Error) of the call. Bytes count as they are read, so after decompression. The request
/// is not repeated: it would get the same body.
///
/// # Examples
///
/// ```
/// use backoff_reqwest::{BodyTooLong, Error};
///
/// fn explain(error: &Error) -> String {
///     match BodyTooLong::find(error) {
///         Some(too_long) => format!("more than {} bytes", too_long.limit()),
///         None => error.to_string(),
///     }
/// }
/// # let _ = explain;
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct BodyTooLong {
    limit: usize,
}

impl BodyTooLong {
    pub(crate) const fn new(limit: usize) -> Self {
        Self { limit }
    }

    /// Returns the limit that the body passed, in bytes.
    #[must_use]
    pub const fn limit(self) -> usize {
        self.limit
    }
}

impl fmt::Display for BodyTooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let limit = self.limit;
        write!(
            f,
            "the body of the response is longer than {limit} bytes; accept more by `whole_response_up_to`, or stream it"
        )
    }
}

impl Error for BodyTooLong {}
