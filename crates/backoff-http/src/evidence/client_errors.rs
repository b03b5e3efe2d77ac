//! What errors of the standard library and of HTTP clients prove.

use core::error::Error;
use std::io;
#[cfg(feature = "hyper-util-0-1")]
use std::string::ToString as _;

use super::fault::Fault;
use super::partial_evidence::PartialEvidence;
use super::sent::Sent;

impl PartialEvidence {
    /// Returns what an error proves without its causes.
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
        #[cfg(feature = "rustls-0-23")]
        if let Some(error) = error.downcast_ref() {
            return Self::of_rustls(error);
        }
        #[cfg(feature = "hyper-util-0-1")]
        if let Some(error) = error.downcast_ref::<hyper_util::client::legacy::Error>() {
            let unconnected = Self::of_fault(Fault::Connect).with_sent(Sent::Never);
            return if error.is_connect() {
                unconnected
            } else {
                Self::NONE
            };
        }
        #[cfg(feature = "reqwest-0-13")]
        if let Some(error) = error.downcast_ref() {
            return Self::of_reqwest(error);
        }
        // The type of this error is private, and it has no status: only its text says 407 (hyper-util 0.1,
        // `TunnelError::ProxyAuthRequired`).
        #[cfg(feature = "hyper-util-0-1")]
        if error.to_string() == "tunnel error: proxy authorization required" {
            return Self::of_fault(Fault::ProxyRefused).with_sent(Sent::Never);
        }
        #[cfg(feature = "ureq-3")]
        if let Some(error) = error.downcast_ref() {
            return Self::of_ureq(error);
        }
        Self::NONE
    }

    pub(crate) fn of_io(kind: io::ErrorKind) -> Self {
        use io::ErrorKind;
        match kind {
            ErrorKind::ConnectionRefused => Self::of_fault(Fault::Refused),
            ErrorKind::AddrNotAvailable => Self::of_fault(Fault::Connect),
            ErrorKind::HostUnreachable | ErrorKind::NetworkDown | ErrorKind::NetworkUnreachable => {
                Self::of_fault(Fault::Connect).with_sent(Sent::Maybe)
            }
            ErrorKind::BrokenPipe
            | ErrorKind::ConnectionAborted
            | ErrorKind::ConnectionReset
            | ErrorKind::NotConnected
            | ErrorKind::UnexpectedEof => Self::of_fault(Fault::Reset),
            ErrorKind::TimedOut | ErrorKind::WouldBlock => Self::of_fault(Fault::Timeout),
            ErrorKind::InvalidData => Self::of_fault(Fault::Protocol),
            ErrorKind::InvalidInput => Self::of_fault(Fault::InvalidRequest),
            _ => Self::NONE,
        }
    }

    /// A stream ends with the error of a `GOAWAY` only if the server did not process it. The other streams continue,
    /// and end with the error of the connection if that breaks.
    #[cfg(feature = "h2-0-4")]
    fn of_h2(error: &h2::Error) -> Self {
        let reason = error.reason().filter(|_| error.is_remote());
        let fault = reason.map(|reason| Fault::of_h2_code(reason.into()));
        match fault {
            Some(Fault::Reset) if error.is_go_away() => {
                Self::of_fault(Fault::RefusedStream).with_sent(Sent::Never)
            }
            Some(fault) if error.is_go_away() => Self::of_fault(fault).with_sent(Sent::Never),
            Some(Fault::Protocol) => Self::of_fault(Fault::Protocol).with_sent(Sent::Maybe),
            Some(fault) => Self::of_fault(fault),
            None if error.is_io() => Self::NONE,
            None => Self::of_fault(Fault::Protocol).with_sent(Sent::Maybe),
        }
    }

    /// Any other error than an alert of the server is one that the client found in the handshake, such as a certificate
    /// that it does not trust, or in what came after.
    #[cfg(feature = "rustls-0-23")]
    fn of_rustls(error: &rustls::Error) -> Self {
        match error {
            rustls::Error::AlertReceived(alert) => {
                Self::of_fault(Fault::of_tls_alert((*alert).into()))
            }
            rustls::Error::InvalidCertificate(_) => Self::of_fault(Fault::Certificate),
            _ => Self::NONE,
        }
    }

    #[cfg(feature = "hyper-1")]
    fn of_hyper(error: &hyper::Error) -> Self {
        if error.is_canceled() {
            Self::of_fault(Fault::Reset).with_sent(Sent::Never)
        } else if error.is_timeout() {
            Self::of_fault(Fault::Timeout)
        } else if error.is_parse() {
            Self::of_fault(Fault::Protocol).with_sent(Sent::ResponseBegun)
        } else if error.is_incomplete_message() || error.is_closed() {
            Self::of_fault(Fault::Reset)
        } else if error.is_user() {
            Self::of_fault(Fault::InvalidRequest).with_sent(Sent::Maybe)
        } else {
            Self::NONE
        }
    }

    #[cfg(feature = "reqwest-0-13")]
    fn of_reqwest(error: &reqwest::Error) -> Self {
        let evidence = if error.is_builder() {
            Self::of_fault(Fault::InvalidRequest)
        } else if error.is_redirect() {
            Self::of_fault(Fault::Redirects)
        } else if error.is_decode() || error.is_upgrade() {
            Self::of_fault(Fault::Protocol)
        } else if error.is_status() {
            Self::of_fault(Fault::Other).with_sent(Sent::ResponseBegun)
        } else if error.is_timeout() {
            Self::of_fault(Fault::Timeout)
        } else if error.is_dns() {
            Self::of_fault(Fault::Dns)
        } else if error.is_connect() {
            Self::of_fault(Fault::Connect)
        } else if error.is_body() {
            Self::of_fault(Fault::Reset)
        } else {
            Self::NONE
        };
        if error.is_connect() {
            evidence.with_sent(Sent::Never)
        } else {
            evidence
        }
    }
}
