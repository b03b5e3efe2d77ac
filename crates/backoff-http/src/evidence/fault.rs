//! What went wrong on the way to a response or back.

use core::fmt;

use super::sent::Sent;

/// What went wrong on the way to a response or back.
///
/// | fault | kind by default | sent, unless said otherwise |
/// |---|---|---|
/// | [`Certificate`](Self::Certificate), [`InvalidRequest`](Self::InvalidRequest) | permanent | never |
/// | [`Connect`](Self::Connect), [`Dns`](Self::Dns), [`Overflow`](Self::Overflow), [`RefusedStream`](Self::RefusedStream) | transient | never |
/// | [`Refused`](Self::Refused) | doubtful, and not before a longer delay | never |
/// | [`Reset`](Self::Reset), [`Timeout`](Self::Timeout) | transient | maybe |
/// | [`Other`](Self::Other) | doubtful | maybe |
/// | [`Protocol`](Self::Protocol) | doubtful | response begun |
/// | [`Redirects`](Self::Redirects) | permanent | response begun |
///
/// # Examples
///
/// ```
/// # use backoff_http::Fault;
/// assert_eq!(Fault::Refused.to_string(), "connection refused");
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt-1", derive(defmt::Format))]
#[non_exhaustive]
pub enum Fault {
    /// The TLS handshake failed, as for a certificate that is not trusted.
    Certificate,
    /// No connection could be made, for a reason that is not listed here.
    Connect,
    /// The name of the host could not be resolved.
    Dns,
    /// The request cannot be sent to anybody: an invalid URL, a header that is none.
    InvalidRequest,
    /// A fault that is not listed here.
    Other,
    /// The client itself had no room for the request: a limit of a pool or of a queue.
    Overflow,
    /// The answer is not HTTP, or breaks off.
    Protocol,
    /// There were too many redirects.
    Redirects,
    /// The connection was refused: nobody listens, or a firewall says so.
    Refused,
    /// The server says that it did not process the request: `REFUSED_STREAM`, or a stream above the last one
    /// of a `GOAWAY` (RFC 9113, section 8.7; HTTP/3's `H3_REQUEST_REJECTED`, RFC 9114, section 4.1.1).
    RefusedStream,
    /// The connection was closed or reset before a response came.
    Reset,
    /// The time for the attempt, or for a part of it, ran out.
    Timeout,
}

impl Fault {
    /// How far a request with this fault came, where nothing else is known.
    pub(crate) const fn sent(self) -> Sent {
        match self {
            Self::Certificate
            | Self::Connect
            | Self::Dns
            | Self::InvalidRequest
            | Self::Overflow
            | Self::Refused
            | Self::RefusedStream => Sent::Never,
            Self::Other | Self::Reset | Self::Timeout => Sent::Maybe,
            Self::Protocol | Self::Redirects => Sent::ResponseBegun,
        }
    }

    /// The fault in a few words.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Certificate => "TLS handshake failed",
            Self::Connect => "no connection",
            Self::Dns => "host name not resolved",
            Self::InvalidRequest => "invalid request",
            Self::Other => "unknown fault",
            Self::Overflow => "no room in the client",
            Self::Protocol => "broken response",
            Self::Redirects => "too many redirects",
            Self::Refused => "connection refused",
            Self::RefusedStream => "stream refused",
            Self::Reset => "connection reset",
            Self::Timeout => "timed out",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
