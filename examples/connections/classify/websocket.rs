//! `tungstenite::Error`.

use backoff_http::{Method, RequestInfo, Rules};
use backoff_tokio::Failure;
use tokio_tungstenite::tungstenite::Error;

/// Classifies an error of a WebSocket. A server that refuses the handshake does so by an HTTP response (RFC 6455, section
/// 4.1), which means what it means anywhere: 503 and 429 are retried, perhaps after its `Retry-After`, and 401 is not.
#[must_use]
pub fn websocket(error: &Error) -> Failure {
    match error {
        Error::Http(response) => {
            let (status, headers) = (response.status().as_u16(), response.headers());
            let get = RequestInfo::new(Method::Get);
            let classification = Rules::DEFAULT.classify_response(get, status, headers, None);
            // A response that is no failure does not open a WebSocket either.
            classification.failure().unwrap_or(Failure::permanent())
        }
        Error::Io(error) => super::io(error),
        Error::AlreadyClosed | Error::ConnectionClosed | Error::Protocol(_) => Failure::transient(),
        // A message that is too long, an invalid URL, a fault of TLS or of this program.
        _ => Failure::permanent(),
    }
}

#[cfg(test)]
mod tests {
    use std::io::ErrorKind;
    use std::time::Duration;

    use tokio_tungstenite::tungstenite::http::Response;

    use super::*;

    fn refused(status: u16, retry_after: Option<&str>) -> Error {
        let mut response = Response::builder().status(status);
        if let Some(delay) = retry_after {
            response = response.header("retry-after", delay);
        }
        Error::Http(Box::new(response.body(None).expect("a response")))
    }

    #[test]
    fn errors_have_their_meaning() {
        let busy = Failure::throttled().with_retry_after(Duration::from_secs(7));
        let cases = [
            (refused(503, Some("7")), busy),
            (refused(401, None), Failure::permanent()),
            (refused(200, None), Failure::permanent()),
            (
                Error::Io(ErrorKind::ConnectionReset.into()),
                Failure::transient(),
            ),
            (Error::ConnectionClosed, Failure::transient()),
            (Error::AttackAttempt, Failure::permanent()),
        ];
        for (error, expected) in cases {
            assert_eq!(websocket(&error), expected, "{error}");
        }
    }
}
