//! What errors of the standard library and of HTTP clients prove.

use core::error::Error;
use std::io;

use super::fault::Fault;
use super::partial_evidence::PartialEvidence;
use super::sent::Sent;

impl PartialEvidence {
    pub(crate) fn of(error: &(dyn Error + 'static)) -> Self {
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

    pub(crate) fn of_io(kind: io::ErrorKind) -> Self {
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
