//! What went wrong instead of a complete response.

use core::fmt;

use super::sent::Sent;

/// What went wrong instead of a complete response.
///
/// | fault | kind by default | sent, if nothing else is known |
/// |---|---|---|
/// | [`Certificate`](Self::Certificate), [`InvalidRequest`](Self::InvalidRequest), [`ProxyRefused`](Self::ProxyRefused) | permanent | never |
/// | [`Connect`](Self::Connect), [`Dns`](Self::Dns), [`Overflow`](Self::Overflow), [`RefusedStream`](Self::RefusedStream) | transient | never |
/// | [`Refused`](Self::Refused) | transient, with a minimum delay of 1 s | never |
/// | [`Reset`](Self::Reset), [`Timeout`](Self::Timeout), [`TlsAlert`](Self::TlsAlert) | transient | maybe |
/// | [`EnhanceYourCalm`](Self::EnhanceYourCalm) | throttled | maybe |
/// | [`Other`](Self::Other) | doubtful | maybe |
/// | [`Protocol`](Self::Protocol) | doubtful | response begun |
/// | [`Redirects`](Self::Redirects) | permanent | response begun |
///
/// # Examples
///
/// ```
/// use backoff_http::Fault;
///
/// assert_eq!(Fault::Refused.to_string(), "connection refused");
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt-1", derive(defmt::Format))]
#[non_exhaustive]
pub enum Fault {
    /// The TLS handshake failed, for example because the certificate is not trusted.
    Certificate,
    /// The connection failed for a reason that is not listed here.
    Connect,
    /// The host name could not be resolved.
    Dns,
    /// The server says that the client causes excessive load, by `ENHANCE_YOUR_CALM` (RFC 9113, section 7) or
    /// `H3_EXCESSIVE_LOAD` (RFC 9114, section 8.1).
    EnhanceYourCalm,
    /// The request cannot be sent at all: its URL or a header is invalid.
    InvalidRequest,
    /// A fault that is not listed here.
    Other,
    /// The client had no room for the request, because a pool or a queue is full.
    Overflow,
    /// The response is not HTTP, or is incomplete.
    Protocol,
    /// A proxy refused the connection, and would refuse the next one too: it needs other credentials, or forbids the
    /// host. [`of_connect_status`](Self::of_connect_status) tells it from a passing trouble of the proxy.
    ProxyRefused,
    /// There were too many redirects.
    Redirects,
    /// The connection was refused: no server listens, for example because it restarts, or a firewall rejects it.
    Refused,
    /// The server says that it did not process the request: by `REFUSED_STREAM`, or by a `GOAWAY` with a lower last
    /// stream (RFC 9113, section 8.7). In HTTP/3 it is `H3_REQUEST_REJECTED` (RFC 9114, section 4.1.1).
    RefusedStream,
    /// The connection was closed or reset before a response arrived.
    Reset,
    /// The attempt, or a part of it, timed out.
    Timeout,
    /// The server ended the TLS connection by an alert about a trouble of its own, or of the network, that passes.
    TlsAlert,
}

impl Fault {
    /// Every fault, in the order of their names.
    pub const ALL: [Self; 15] = [
        Self::Certificate,
        Self::Connect,
        Self::Dns,
        Self::EnhanceYourCalm,
        Self::InvalidRequest,
        Self::Other,
        Self::Overflow,
        Self::Protocol,
        Self::ProxyRefused,
        Self::Redirects,
        Self::Refused,
        Self::RefusedStream,
        Self::Reset,
        Self::Timeout,
        Self::TlsAlert,
    ];

    /// Returns what a TLS alert of the server means, by the number of its description (RFC 8446, section 6).
    ///
    /// | alert | fault |
    /// |---|---|
    /// | `close_notify` (0), `user_canceled` (90): the server closes the connection | [`TlsAlert`](Self::TlsAlert) |
    /// | `bad_record_mac` (20), `record_overflow` (22), `decode_error` (50): "messages were corrupted in the network" | [`TlsAlert`](Self::TlsAlert) |
    /// | `internal_error` (80): "an internal error unrelated to the peer or the correctness of the protocol" | [`TlsAlert`](Self::TlsAlert) |
    /// | any other: about a certificate, an identity, or what both sides support | [`Certificate`](Self::Certificate) |
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_http::Fault;
    ///
    /// assert_eq!(Fault::of_tls_alert(80), Fault::TlsAlert); // internal_error
    /// assert_eq!(Fault::of_tls_alert(45), Fault::Certificate); // certificate_expired
    /// ```
    #[must_use]
    pub const fn of_tls_alert(description: u8) -> Self {
        match description {
            0 | 20 | 22 | 50 | 80 | 90 => Self::TlsAlert,
            _ => Self::Certificate,
        }
    }

    /// Returns what an error code of HTTP/2 means, by its number (RFC 9113, section 7).
    ///
    /// | code | fault | why |
    /// |---|---|---|
    /// | `NO_ERROR` (0), `INTERNAL_ERROR` (2), `SETTINGS_TIMEOUT` (4), `STREAM_CLOSED` (5), `CANCEL` (8), `CONNECT_ERROR` (10) | [`Reset`](Self::Reset) | the server or the connection behind it ended the stream |
    /// | `COMPRESSION_ERROR` (9) | [`Reset`](Self::Reset) | the state of this connection is lost; a new one begins anew |
    /// | `PROTOCOL_ERROR` (1), `FLOW_CONTROL_ERROR` (3), `FRAME_SIZE_ERROR` (6) | [`Protocol`](Self::Protocol) | one side breaks the protocol, and may do so again |
    /// | `REFUSED_STREAM` (7) | [`RefusedStream`](Self::RefusedStream) | "refused the stream prior to performing any application processing" |
    /// | `ENHANCE_YOUR_CALM` (11) | [`EnhanceYourCalm`](Self::EnhanceYourCalm) | the peer "might be generating excessive load" |
    /// | `INADEQUATE_SECURITY` (12) | [`Certificate`](Self::Certificate) | TLS does not meet the server's requirements |
    /// | `HTTP_1_1_REQUIRED` (13) | [`InvalidRequest`](Self::InvalidRequest) | the request cannot be sent by HTTP/2 |
    /// | any other | [`Reset`](Self::Reset) | counts as `INTERNAL_ERROR` |
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_http::Fault;
    ///
    /// assert_eq!(Fault::of_h2_code(7), Fault::RefusedStream);
    /// assert_eq!(Fault::of_h2_code(11), Fault::EnhanceYourCalm);
    /// ```
    #[must_use]
    pub const fn of_h2_code(code: u32) -> Self {
        match code {
            1 | 3 | 6 => Self::Protocol,
            7 => Self::RefusedStream,
            11 => Self::EnhanceYourCalm,
            12 => Self::Certificate,
            13 => Self::InvalidRequest,
            _ => Self::Reset,
        }
    }

    /// Returns how far a request with this fault got, if nothing else is known.
    pub(crate) const fn sent(self) -> Sent {
        match self {
            Self::Certificate
            | Self::Connect
            | Self::Dns
            | Self::InvalidRequest
            | Self::Overflow
            | Self::ProxyRefused
            | Self::Refused
            | Self::RefusedStream => Sent::Never,
            Self::EnhanceYourCalm | Self::Other | Self::Reset | Self::Timeout | Self::TlsAlert => {
                Sent::Maybe
            }
            Self::Protocol | Self::Redirects => Sent::ResponseBegun,
        }
    }

    /// Returns the fault in a few words.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Certificate => "TLS handshake failed",
            Self::Connect => "no connection",
            Self::Dns => "host name not resolved",
            Self::EnhanceYourCalm => "excessive load",
            Self::InvalidRequest => "invalid request",
            Self::Other => "unknown fault",
            Self::Overflow => "no room in the client",
            Self::Protocol => "broken response",
            Self::ProxyRefused => "refused by a proxy",
            Self::Redirects => "too many redirects",
            Self::Refused => "connection refused",
            Self::RefusedStream => "stream refused",
            Self::Reset => "connection reset",
            Self::Timeout => "timed out",
            Self::TlsAlert => "passing TLS alert",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_faults_are_listed_once_in_their_order() {
        // A new fault needs a line here: put it into the list, too.
        for (place, fault) in Fault::ALL.into_iter().enumerate() {
            let expected = match fault {
                Fault::Certificate => 0,
                Fault::Connect => 1,
                Fault::Dns => 2,
                Fault::EnhanceYourCalm => 3,
                Fault::InvalidRequest => 4,
                Fault::Other => 5,
                Fault::Overflow => 6,
                Fault::Protocol => 7,
                Fault::ProxyRefused => 8,
                Fault::Redirects => 9,
                Fault::Refused => 10,
                Fault::RefusedStream => 11,
                Fault::Reset => 12,
                Fault::Timeout => 13,
                Fault::TlsAlert => 14,
            };
            assert_eq!(place, expected, "{fault}");
        }
    }

    #[test]
    fn each_code_of_http_2_has_its_fault() {
        use Fault::{Certificate, EnhanceYourCalm, InvalidRequest, Protocol, RefusedStream, Reset};
        // RFC 9113, section 7, in the order of the codes, and two that are not assigned.
        let faults = [
            Reset,
            Protocol,
            Reset,
            Protocol,
            Reset,
            Reset,
            Protocol,
            RefusedStream,
            Reset,
            Reset,
            Reset,
            EnhanceYourCalm,
            Certificate,
            InvalidRequest,
            Reset,
            Reset,
        ];
        for (code, fault) in (0..).zip(faults) {
            assert_eq!(Fault::of_h2_code(code), fault, "{code}");
        }
        assert_eq!(Fault::of_h2_code(u32::MAX), Reset);
    }
}
