//! What errors of the standard library and of HTTP clients prove, with `std`.

use core::error::Error;
use std::io;

use crate::evidence::{Evidence, Fault, Sent};

impl Evidence {
    /// What an error and its sources prove.
    ///
    /// It knows [`io::Error`], and the errors of the clients whose features are enabled. Of the faults that it
    /// finds, the one nearest to the cause counts; that the request was never sent has to be proved by one of
    /// them.
    ///
    /// | error | evidence |
    /// |---|---|
    /// | `io::Error` | by its [kind](#impl-From%3CErrorKind%3E-for-Evidence) |
    /// | h2: `REFUSED_STREAM` from the server; a `GOAWAY` that leaves the stream behind | stream refused, never sent |
    /// | h2: another reset by the server | connection reset, may have been sent |
    /// | h2: any other error that is not one of input or output | broken response, may have been sent |
    /// | hyper: canceled | connection reset, never sent: the request was still waiting for the connection |
    /// | hyper: incomplete message, connection closed | connection reset, may have been sent |
    /// | hyper: an error of the user's, such as a body that fails | invalid request, may have been sent |
    /// | hyper: parse error | broken response, response begun |
    /// | hyper-util, reqwest: no connection | no connection, or what is within; never sent |
    /// | reqwest: builder error | invalid request, never sent |
    /// | reqwest: timeout | timed out; never sent if it was the connection's |
    /// | reqwest: redirect error | too many redirects, response begun |
    /// | reqwest: decode error, upgrade error | broken response, response begun |
    /// | reqwest: body error | connection reset, may have been sent |
    /// | reqwest: status error, of `error_for_status` | unknown fault, response begun: judge its status instead, by [`Rules::classify_response`](crate::Rules::classify_response) |
    /// | anything else | unknown fault, may have been sent |
    ///
    /// An error is about the last request that was sent. Where a client or a layer within follows redirects, that
    /// is not the first one, which has been answered: say so with
    /// [`RequestInfo::as_redirected`](crate::RequestInfo::as_redirected), or let the redirects be followed outside.
    ///
    /// Data that is not understood while a connection is made is a TLS handshake that failed: so rustls tells
    /// of a certificate. What native-tls tells is no connection, like any other that could not be made.
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
        let mut clue = Clue::NONE;
        let mut next = Some(error);
        while let Some(error) = next {
            clue = clue.with_cause(Clue::of(error));
            next = source(error);
        }
        clue.evidence()
    }
}

/// What is within an error. An `io::Error` hides the error that it was made of from `source`.
pub(crate) fn source<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e (dyn Error + 'static)> {
    #[cfg(feature = "h2-0-4")]
    if let Some(io) = error
        .downcast_ref::<h2::Error>()
        .and_then(h2::Error::get_io)
    {
        return Some(io);
    }
    match error
        .downcast_ref::<io::Error>()
        .and_then(io::Error::get_ref)
    {
        Some(inner) => Some(inner),
        None => error.source(),
    }
}

/// What an error says, or several errors that caused one another.
#[derive(Clone, Copy, Debug)]
struct Clue {
    fault: Option<Fault>,
    sent: Option<Sent>,
}

impl Clue {
    const NONE: Self = Self {
        fault: None,
        sent: None,
    };

    const fn fault(fault: Fault) -> Self {
        Self {
            fault: Some(fault),
            sent: None,
        }
    }

    const fn sent(mut self, sent: Sent) -> Self {
        self.sent = Some(sent);
        self
    }

    /// What both an error and its cause say.
    fn with_cause(self, cause: Self) -> Self {
        let fault = match (self.fault, cause.fault) {
            (Some(Fault::Connect), Some(Fault::Protocol)) => Some(Fault::Certificate),
            // That there is no connection says less than whatever comes with it.
            (Some(known), None | Some(Fault::Connect)) => Some(known),
            (_, found) => found,
        };
        let sent = match (self.sent, cause.sent) {
            (None | Some(Sent::Maybe), Some(proved)) => Some(proved),
            (known, _) => known,
        };
        Self { fault, sent }
    }

    fn evidence(self) -> Evidence {
        let evidence = Evidence::of(self.fault.unwrap_or(Fault::Other));
        self.sent.map_or(evidence, |sent| evidence.with_sent(sent))
    }

    fn of(error: &(dyn Error + 'static)) -> Self {
        if let Some(error) = error.downcast_ref::<io::Error>() {
            return Self::of_io(error.kind());
        }
        #[cfg(feature = "h2-0-4")]
        if let Some(error) = error.downcast_ref() {
            return Self::of_h2(error);
        }
        #[cfg(feature = "hyper-1")]
        if let Some(error) = error.downcast_ref() {
            return Self::of_hyper(error);
        }
        #[cfg(feature = "hyper-util-0-1")]
        if let Some(error) = error.downcast_ref::<hyper_util::client::legacy::Error>() {
            let clue = Self::fault(Fault::Connect).sent(Sent::Never);
            return if error.is_connect() { clue } else { Self::NONE };
        }
        #[cfg(feature = "reqwest-0-13")]
        if let Some(error) = error.downcast_ref() {
            return Self::of_reqwest(error);
        }
        Self::NONE
    }

    fn of_io(kind: io::ErrorKind) -> Self {
        use io::ErrorKind;
        match kind {
            ErrorKind::ConnectionRefused => Self::fault(Fault::Refused),
            ErrorKind::AddrNotAvailable => Self::fault(Fault::Connect),
            ErrorKind::HostUnreachable | ErrorKind::NetworkDown | ErrorKind::NetworkUnreachable => {
                Self::fault(Fault::Connect).sent(Sent::Maybe)
            }
            ErrorKind::BrokenPipe
            | ErrorKind::ConnectionAborted
            | ErrorKind::ConnectionReset
            | ErrorKind::NotConnected
            | ErrorKind::UnexpectedEof => Self::fault(Fault::Reset),
            ErrorKind::TimedOut | ErrorKind::WouldBlock => Self::fault(Fault::Timeout),
            ErrorKind::InvalidData => Self::fault(Fault::Protocol),
            ErrorKind::InvalidInput => Self::fault(Fault::InvalidRequest),
            _ => Self::NONE,
        }
    }

    /// A `GOAWAY` reaches a stream as its error only if the server says that it did not process it: streams
    /// up to the last one of the `GOAWAY` go on, and end with an error of the connection if that breaks.
    #[cfg(feature = "h2-0-4")]
    fn of_h2(error: &h2::Error) -> Self {
        let refused = error.is_reset() && error.reason() == Some(h2::Reason::REFUSED_STREAM);
        if error.is_remote() && (refused || error.is_go_away()) {
            Self::fault(Fault::RefusedStream).sent(Sent::Never)
        } else if error.is_remote() && error.is_reset() {
            Self::fault(Fault::Reset)
        } else if error.is_io() {
            Self::NONE
        } else {
            Self::fault(Fault::Protocol).sent(Sent::Maybe)
        }
    }

    #[cfg(feature = "hyper-1")]
    fn of_hyper(error: &hyper::Error) -> Self {
        if error.is_canceled() {
            Self::fault(Fault::Reset).sent(Sent::Never)
        } else if error.is_timeout() {
            Self::fault(Fault::Timeout)
        } else if error.is_parse() {
            Self::fault(Fault::Protocol).sent(Sent::ResponseBegun)
        } else if error.is_incomplete_message() || error.is_closed() {
            Self::fault(Fault::Reset)
        } else if error.is_user() {
            Self::fault(Fault::InvalidRequest).sent(Sent::Maybe)
        } else {
            Self::NONE
        }
    }

    #[cfg(feature = "reqwest-0-13")]
    fn of_reqwest(error: &reqwest::Error) -> Self {
        let clue = if error.is_builder() {
            Self::fault(Fault::InvalidRequest)
        } else if error.is_redirect() {
            Self::fault(Fault::Redirects)
        } else if error.is_decode() || error.is_upgrade() {
            Self::fault(Fault::Protocol)
        } else if error.is_status() {
            Self::fault(Fault::Other).sent(Sent::ResponseBegun)
        } else if error.is_timeout() {
            Self::fault(Fault::Timeout)
        } else if error.is_dns() {
            Self::fault(Fault::Dns)
        } else if error.is_connect() {
            Self::fault(Fault::Connect)
        } else if error.is_body() {
            Self::fault(Fault::Reset)
        } else {
            Self::NONE
        };
        if error.is_connect() {
            clue.sent(Sent::Never)
        } else {
            clue
        }
    }
}

/// Takes a kind of error for what it is once the connection stands.
///
/// | kind | evidence |
/// |---|---|
/// | `ConnectionRefused` | connection refused, never sent |
/// | `AddrNotAvailable` | no connection, never sent |
/// | `HostUnreachable`, `NetworkUnreachable`, `NetworkDown` | no connection, may have been sent: a route can also be lost later |
/// | `BrokenPipe`, `ConnectionAborted`, `ConnectionReset`, `NotConnected`, `UnexpectedEof` | connection reset, may have been sent |
/// | `TimedOut`, `WouldBlock` | timed out, may have been sent; the latter ends the timeout of a blocking socket |
/// | `InvalidData` | broken response, response begun |
/// | `InvalidInput` | invalid request, never sent |
/// | any other | unknown fault, may have been sent |
impl From<io::ErrorKind> for Evidence {
    fn from(kind: io::ErrorKind) -> Self {
        Clue::of_io(kind).evidence()
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

    #[test]
    fn the_cause_counts_and_so_does_the_first_proof() {
        let connect = Clue::fault(Fault::Connect).sent(Sent::Never);
        let timeout = Clue::fault(Fault::Timeout).sent(Sent::Never);
        let canceled = Clue::fault(Fault::Reset).sent(Sent::Never);
        let parse = Clue::fault(Fault::Protocol).sent(Sent::ResponseBegun);
        let cases = [
            (
                connect,
                Clue::of_io(ErrorKind::ConnectionRefused),
                Fault::Refused,
                Sent::Never,
            ),
            (
                connect,
                Clue::of_io(ErrorKind::ConnectionReset),
                Fault::Reset,
                Sent::Never,
            ),
            (
                connect,
                Clue::of_io(ErrorKind::InvalidData),
                Fault::Certificate,
                Sent::Never,
            ),
            (connect, Clue::NONE, Fault::Connect, Sent::Never),
            (timeout, connect, Fault::Timeout, Sent::Never),
            (canceled, parse, Fault::Protocol, Sent::Never),
            (
                parse,
                Clue::of_io(ErrorKind::ConnectionReset),
                Fault::Reset,
                Sent::ResponseBegun,
            ),
            (Clue::NONE, Clue::NONE, Fault::Other, Sent::Maybe),
        ];
        for (error, cause, fault, sent) in cases {
            let evidence = error.with_cause(cause).evidence();
            assert_eq!(
                (evidence.fault(), evidence.sent()),
                (fault, sent),
                "{error:?}, {cause:?}"
            );
        }
    }
}
