//! `std::io::Error`.

use std::io::{Error, ErrorKind};

use backoff_tokio::Failure;

/// Classifies an error of a socket by its kind. What a kind means is in the documentation of [`ErrorKind`].
///
/// A name that was not found in DNS has no kind of its own, and is doubtful. A connection that must survive an outage of DNS
/// sets `with_doubtful_limit(u32::MAX)` in its policy.
#[must_use]
pub fn io(error: &Error) -> Failure {
    match error.kind() {
        ErrorKind::AddrNotAvailable // no port is free for one more connection: connect(2), EADDRNOTAVAIL
        | ErrorKind::BrokenPipe
        | ErrorKind::ConnectionAborted
        | ErrorKind::ConnectionRefused // the server is not up yet
        | ErrorKind::ConnectionReset
        | ErrorKind::HostUnreachable
        | ErrorKind::Interrupted
        | ErrorKind::NetworkDown
        | ErrorKind::NetworkUnreachable
        | ErrorKind::NotConnected
        | ErrorKind::ResourceBusy
        | ErrorKind::TimedOut
        | ErrorKind::UnexpectedEof
        | ErrorKind::WouldBlock => Failure::transient(),
        ErrorKind::AlreadyExists
        | ErrorKind::InvalidData
        | ErrorKind::InvalidInput
        | ErrorKind::NotFound // a socket in the file system
        | ErrorKind::PermissionDenied
        | ErrorKind::Unsupported => Failure::permanent(),
        _ => Failure::doubtful(),
    }
}

#[cfg(test)]
mod tests {
    use std::net::{TcpListener, TcpStream};

    use super::*;

    #[test]
    fn kinds_have_their_meaning() {
        let cases = [
            (ErrorKind::ConnectionRefused, Failure::transient()),
            (ErrorKind::TimedOut, Failure::transient()),
            (ErrorKind::InvalidInput, Failure::permanent()),
            (ErrorKind::PermissionDenied, Failure::permanent()),
            (ErrorKind::Other, Failure::doubtful()),
        ];
        for (kind, expected) in cases {
            assert_eq!(io(&kind.into()), expected, "{kind:?}");
        }
    }

    #[test]
    fn a_port_that_is_closed_is_transient_and_an_invalid_address_is_permanent() {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let address = listener.local_addr().expect("its address");
        drop(listener);
        let refused = TcpStream::connect(address).expect_err("closed");
        assert_eq!(io(&refused), Failure::transient(), "{refused}");
        let invalid = TcpStream::connect("no port").expect_err("invalid");
        assert_eq!(io(&invalid), Failure::permanent(), "{invalid}");
    }
}
