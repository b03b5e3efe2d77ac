//! What errors of ureq prove.

use core::error::Error;

use super::fault::Fault;
use super::partial_evidence::PartialEvidence;
use super::sent::Sent;

impl PartialEvidence {
    /// ureq says neither how far a request got nor whether a redirect was followed, except for a timeout.
    pub(super) fn of_ureq(error: &ureq::Error) -> Self {
        use ureq::Error as E;
        match error {
            E::BadUri(_) | E::Http(_) | E::InvalidProxyUrl | E::RequireHttpsOnly(_) => {
                Self::of_fault(Fault::InvalidRequest)
            }
            E::TlsRequired => Self::of_fault(Fault::InvalidRequest),
            // Reading more of the response does not make it shorter.
            E::BodyExceedsLimit(_) => {
                Self::of_fault(Fault::InvalidRequest).with_sent(Sent::ResponseBegun)
            }
            E::ConnectProxyFailed(reason) => of_proxy(reason),
            E::ConnectionFailed => Self::of_fault(Fault::Connect).with_sent(Sent::Never),
            E::HostNotFound => Self::of_fault(Fault::Dns).with_sent(Sent::Never),
            E::LargeResponseHeader(..) | E::Protocol(_) => Self::of_fault(Fault::Protocol),
            E::RedirectFailed | E::TooManyRedirects => Self::of_fault(Fault::Redirects),
            E::StatusCode(_) => Self::of_fault(Fault::Other).with_sent(Sent::ResponseBegun),
            E::Timeout(phase) => of_timeout(*phase),
            E::Tls(_) => Self::of_fault(Fault::Certificate),
            // Its cause says more if it is an alert. Any other means that the server does not speak TLS, or not ours.
            #[cfg(feature = "rustls-0-23")]
            E::Io(error)
                if error
                    .get_ref()
                    .and_then(|held| held.downcast_ref::<rustls::Error>())
                    .is_some() =>
            {
                Self::of_fault(Fault::Connect).with_sent(Sent::Maybe)
            }
            _ => Self::NONE,
        }
    }
}

fn of_timeout(phase: ureq::Timeout) -> PartialEvidence {
    use ureq::Timeout;
    let timeout = PartialEvidence::of_fault(Fault::Timeout);
    match phase {
        Timeout::Connect | Timeout::Resolve => timeout.with_sent(Sent::Never),
        Timeout::RecvBody => timeout.with_sent(Sent::ResponseBegun),
        _ => timeout,
    }
}

/// A proxy that refused to connect, by its status, which ureq gives as text: "proxy server responded 407/407".
fn of_proxy(reason: &str) -> PartialEvidence {
    let mut numbers = reason.split(|character: char| !character.is_ascii_digit());
    let status = numbers.find(|number| number.len() == 3);
    let fault = status
        .and_then(|status| status.parse().ok())
        .map_or(Fault::Connect, Fault::of_connect_status);
    PartialEvidence::of_fault(fault).with_sent(Sent::Never)
}

/// Returns the error that one of ureq holds: its `source` is always `None`.
pub(super) fn held_by_ureq(error: &ureq::Error) -> Option<&(dyn Error + 'static)> {
    match error {
        ureq::Error::Io(error) => Some(error),
        ureq::Error::Other(error) => Some(&**error),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, ErrorKind};
    use std::string::ToString;

    use ureq::{Error, Timeout};

    use super::*;
    use crate::evidence::{ErrorChain, Evidence};
    use crate::mark::RetryMark;

    #[test]
    fn an_error_of_ureq_proves_what_it_can() {
        let proxy = |status: u16| {
            Error::ConnectProxyFailed(std::format!("proxy server responded {status}/{status}"))
        };
        let io = |kind: ErrorKind| Error::Io(kind.into());
        let cases = [
            (
                io(ErrorKind::ConnectionRefused),
                Fault::Refused,
                Sent::Never,
            ),
            (io(ErrorKind::ConnectionReset), Fault::Reset, Sent::Maybe),
            (io(ErrorKind::UnexpectedEof), Fault::Reset, Sent::Maybe),
            (
                Error::Timeout(Timeout::Resolve),
                Fault::Timeout,
                Sent::Never,
            ),
            (
                Error::Timeout(Timeout::Connect),
                Fault::Timeout,
                Sent::Never,
            ),
            (
                Error::Timeout(Timeout::SendBody),
                Fault::Timeout,
                Sent::Maybe,
            ),
            (Error::Timeout(Timeout::Global), Fault::Timeout, Sent::Maybe),
            (
                Error::Timeout(Timeout::RecvBody),
                Fault::Timeout,
                Sent::ResponseBegun,
            ),
            (Error::HostNotFound, Fault::Dns, Sent::Never),
            (Error::ConnectionFailed, Fault::Connect, Sent::Never),
            (
                Error::BadUri("/".to_string()),
                Fault::InvalidRequest,
                Sent::Never,
            ),
            (Error::TlsRequired, Fault::InvalidRequest, Sent::Never),
            (
                Error::TooManyRedirects,
                Fault::Redirects,
                Sent::ResponseBegun,
            ),
            (Error::StatusCode(503), Fault::Other, Sent::ResponseBegun),
            (
                Error::BodyExceedsLimit(9),
                Fault::InvalidRequest,
                Sent::ResponseBegun,
            ),
            (
                Error::Tls("invalid dns name"),
                Fault::Certificate,
                Sent::Never,
            ),
            (proxy(407), Fault::ProxyRefused, Sent::Never),
            (proxy(403), Fault::ProxyRefused, Sent::Never),
            (proxy(429), Fault::Connect, Sent::Never),
            (proxy(502), Fault::Connect, Sent::Never),
            (
                Error::ConnectProxyFailed("proxy server did not respond".to_string()),
                Fault::Connect,
                Sent::Never,
            ),
        ];
        for (error, fault, sent) in cases {
            let expected = Evidence::of(fault).with_sent(sent);
            assert_eq!(Evidence::of_error(&error), expected, "{error:?}");
            let within = io::Error::other(error);
            assert_eq!(Evidence::of_error(&within), expected, "{within:?}");
        }
    }

    #[test]
    fn the_walk_steps_into_an_error_of_ureq() {
        let error = Error::Other(RetryMark::after(3).into());
        assert_eq!(RetryMark::find(&error), Some(RetryMark::after(3)));
        let error = Error::Io(io::Error::other(RetryMark::after(2)));
        assert_eq!(RetryMark::find(&error), Some(RetryMark::after(2)));
        assert_eq!(ErrorChain::of(&Error::HostNotFound).count(), 1);
    }
}
