//! What an error of the standard library or of a client proves, with its causes.

use core::error::Error;
use std::io;

use super::error_chain::ErrorChain;
use super::evidence::Evidence;
use super::partial_evidence::PartialEvidence;

impl Evidence {
    /// Returns what an error and its causes ([`ErrorChain`]) prove.
    ///
    /// It knows [`io::Error`], and the errors of the clients whose features are enabled. The fault is the one nearest
    /// to the root cause. `Sent::Never` needs an error that proves it.
    ///
    /// | error | evidence |
    /// |---|---|
    /// | `io::Error` | by its [kind](#impl-From%3CErrorKind%3E-for-Evidence) |
    /// | h2: a `GOAWAY` that leaves the stream behind | stream refused, or the fault of its code; never sent |
    /// | h2: a reset by the server | by its code ([`Fault::of_h2_code`](crate::Fault::of_h2_code)) |
    /// | h2: any other error that is not one of input or output | broken response, may have been sent |
    /// | hyper: canceled | connection reset, never sent: the request was waiting for a connection |
    /// | hyper: incomplete message, connection closed | connection reset, may have been sent |
    /// | hyper: an error of the caller, such as a body that fails | invalid request, may have been sent |
    /// | hyper: parse error | broken response, response begun |
    /// | hyper-util, reqwest: a proxy answers `CONNECT` by 407 | refused by a proxy, never sent |
    /// | hyper-util, reqwest: no connection, or any other answer of a proxy | no connection, or the fault of a cause; never sent |
    /// | reqwest: builder error | invalid request, never sent |
    /// | reqwest: timeout | timed out; never sent if it timed out while connecting |
    /// | reqwest: redirect error | too many redirects, response begun |
    /// | reqwest: decode error, upgrade error | broken response, response begun |
    /// | reqwest: body error | connection reset, may have been sent |
    /// | reqwest: status error, of `error_for_status` | unknown fault, response begun; classify its status instead, by [`Rules::classify_response`](crate::Rules::classify_response) |
    /// | rustls: an alert of the server | TLS handshake failed or passing TLS alert, by [`Fault::of_tls_alert`](crate::Fault::of_tls_alert) |
    /// | rustls: invalid certificate | TLS handshake failed, never sent |
    /// | ureq: a timeout while resolving the name or connecting | timed out, never sent |
    /// | ureq: any other timeout | timed out; response begun if the body timed out |
    /// | ureq: host not found, connection failed | host name not resolved, no connection; never sent |
    /// | ureq: a proxy answers `CONNECT` by another status than 200 | by [`Fault::of_connect_status`](crate::Fault::of_connect_status), never sent |
    /// | ureq: invalid URL or header, `https` without TLS | invalid request, never sent |
    /// | ureq: redirect error | too many redirects, response begun |
    /// | ureq: protocol error | broken response, response begun |
    /// | ureq: body over its limit | invalid request, response begun |
    /// | anything else | unknown fault, may have been sent |
    ///
    /// The error is about the last request that was sent. If a client follows redirects, that is not the first
    /// request, which did get a response. Then call [`RequestInfo::as_redirected`](crate::RequestInfo::as_redirected),
    /// or follow redirects outside of the retries.
    ///
    /// Invalid data while connecting counts as a TLS handshake that failed, because rustls reports a bad certificate
    /// like this. With the feature `rustls-0-23`, an alert about a passing trouble of the server does not. A bad certificate with native-tls is "no connection", like other failures to connect.
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_http::{Evidence, Fault, Sent};
    /// use std::io;
    ///
    /// let error = io::Error::other(io::Error::from(io::ErrorKind::ConnectionReset));
    /// let evidence = Evidence::of_error(&error);
    /// assert_eq!((evidence.fault(), evidence.sent()), (Fault::Reset, Sent::Maybe));
    /// ```
    #[must_use]
    pub fn of_error(error: &(dyn Error + 'static)) -> Self {
        ErrorChain::of(error)
            .map(PartialEvidence::of)
            .fold(PartialEvidence::NONE, PartialEvidence::with_cause)
            .evidence()
    }
}

/// Returns what a kind of error proves by itself.
///
/// | kind | evidence |
/// |---|---|
/// | `ConnectionRefused` | connection refused, never sent |
/// | `AddrNotAvailable` | no connection, never sent |
/// | `HostUnreachable`, `NetworkUnreachable`, `NetworkDown` | no connection, may have been sent: the route can also be lost later |
/// | `BrokenPipe`, `ConnectionAborted`, `ConnectionReset`, `NotConnected`, `UnexpectedEof` | connection reset, may have been sent |
/// | `TimedOut`, `WouldBlock` | timed out, may have been sent; a blocking socket reports its timeout as `WouldBlock` |
/// | `InvalidData` | broken response, response begun |
/// | `InvalidInput` | invalid request, never sent |
/// | any other | unknown fault, may have been sent |
impl From<io::ErrorKind> for Evidence {
    fn from(kind: io::ErrorKind) -> Self {
        PartialEvidence::of_io(kind).evidence()
    }
}

impl From<&io::Error> for Evidence {
    fn from(error: &io::Error) -> Self {
        Self::of_error(error)
    }
}

#[cfg(feature = "h2-0-4")]
impl From<&h2::Error> for Evidence {
    fn from(error: &h2::Error) -> Self {
        Self::of_error(error)
    }
}

#[cfg(feature = "hyper-1")]
impl From<&hyper::Error> for Evidence {
    fn from(error: &hyper::Error) -> Self {
        Self::of_error(error)
    }
}

#[cfg(feature = "hyper-util-0-1")]
impl From<&hyper_util::client::legacy::Error> for Evidence {
    fn from(error: &hyper_util::client::legacy::Error) -> Self {
        Self::of_error(error)
    }
}

#[cfg(feature = "reqwest-0-13")]
impl From<&reqwest::Error> for Evidence {
    fn from(error: &reqwest::Error) -> Self {
        Self::of_error(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::{Fault, Sent};
    use io::ErrorKind;

    #[test]
    fn a_kind_of_error_proves_what_it_can() {
        let cases = [
            (ErrorKind::ConnectionRefused, Fault::Refused, Sent::Never),
            (ErrorKind::AddrNotAvailable, Fault::Connect, Sent::Never),
            (ErrorKind::InvalidInput, Fault::InvalidRequest, Sent::Never),
            (ErrorKind::HostUnreachable, Fault::Connect, Sent::Maybe),
            (ErrorKind::ConnectionReset, Fault::Reset, Sent::Maybe),
            (ErrorKind::UnexpectedEof, Fault::Reset, Sent::Maybe),
            (ErrorKind::TimedOut, Fault::Timeout, Sent::Maybe),
            (ErrorKind::InvalidData, Fault::Protocol, Sent::ResponseBegun),
            (ErrorKind::OutOfMemory, Fault::Other, Sent::Maybe),
        ];
        for (kind, fault, sent) in cases {
            let expected = Evidence::of(fault).with_sent(sent);
            assert_eq!(Evidence::from(kind), expected, "{kind:?}");
            let error = io::Error::other(io::Error::other(io::Error::from(kind)));
            assert_eq!(Evidence::from(&error), expected, "{kind:?} within");
        }
    }
}
