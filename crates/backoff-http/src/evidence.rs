//! What is known about a request that got no whole response.

use core::fmt;

/// How far a request came.
///
/// # Examples
///
/// ```
/// # use backoff_http::{Evidence, Fault, Sent};
/// assert_eq!(Evidence::of(Fault::Refused).sent(), Sent::Never);
/// assert_eq!(Sent::Maybe.to_string(), "may have been sent");
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt-1", derive(defmt::Format))]
pub enum Sent {
    /// The server may have got the request, and may have acted on it.
    Maybe,
    /// The server provably did not act on the request: it can be repeated by any method.
    Never,
    /// A response had begun, so that the server did get the request.
    ResponseBegun,
}

impl Sent {
    /// The state in a few words.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Maybe => "may have been sent",
            Self::Never => "never sent",
            Self::ResponseBegun => "response begun",
        }
    }
}

impl fmt::Display for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

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
    const fn sent(self) -> Sent {
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

/// What an error of a client proves: the fault, and how far the request came.
///
/// # Examples
///
/// A timeout may have hit a request that was already under way; the timeout of a connection cannot.
///
/// ```
/// # use backoff_http::{Evidence, Fault, Sent};
/// let timeout = Evidence::of(Fault::Timeout);
/// assert_eq!(timeout.sent(), Sent::Maybe);
/// assert_eq!(timeout.with_sent(Sent::Never).to_string(), "timed out, never sent");
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt-1", derive(defmt::Format))]
pub struct Evidence {
    fault: Fault,
    sent: Sent,
}

impl Evidence {
    /// What a fault proves by itself; the table is at [`Fault`].
    #[must_use]
    pub const fn of(fault: Fault) -> Self {
        Self {
            fault,
            sent: fault.sent(),
        }
    }

    /// The same fault, where it is known how far the request came.
    #[must_use]
    pub const fn with_sent(self, sent: Sent) -> Self {
        Self { sent, ..self }
    }

    /// What went wrong.
    #[must_use]
    pub const fn fault(self) -> Fault {
        self.fault
    }

    /// How far the request came.
    #[must_use]
    pub const fn sent(self) -> Sent {
        self.sent
    }
}

impl From<Fault> for Evidence {
    fn from(fault: Fault) -> Self {
        Self::of(fault)
    }
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}", self.fault, self.sent)
    }
}
