//! `rumqttc::ConnectionError`.

use backoff_tokio::Failure;
use rumqttc::{ConnectReturnCode, ConnectionError, StateError};

/// Classifies why `EventLoop::poll` failed.
#[must_use]
pub fn mqtt(error: &ConnectionError) -> Failure {
    match error {
        ConnectionError::Io(error) | ConnectionError::MqttState(StateError::Io(error)) => {
            super::io(error)
        }
        ConnectionError::ConnectionRefused(code) => refused(*code),
        // The client was dropped: there is nothing left to send.
        ConnectionError::RequestsDone => Failure::permanent(),
        // An end of the connection, a timeout, or a broker that breaks the protocol. The next connection starts afresh.
        _ => Failure::transient(),
    }
}

/// The return codes of CONNACK (MQTT 3.1.1, section 3.2.2.3).
fn refused(code: ConnectReturnCode) -> Failure {
    match code {
        ConnectReturnCode::Success | ConnectReturnCode::ServiceUnavailable => Failure::transient(),
        ConnectReturnCode::BadClientId
        | ConnectReturnCode::BadUserNamePassword
        | ConnectReturnCode::NotAuthorized
        | ConnectReturnCode::RefusedProtocolVersion => Failure::permanent(),
    }
}

#[cfg(test)]
mod tests {
    use std::io::ErrorKind;

    use super::*;

    #[test]
    fn errors_have_their_meaning() {
        use ConnectReturnCode::{BadUserNamePassword, NotAuthorized, ServiceUnavailable};
        let (transient, permanent) = (Failure::transient(), Failure::permanent());
        let cases = [
            (
                ConnectionError::Io(ErrorKind::ConnectionRefused.into()),
                transient,
            ),
            (
                ConnectionError::Io(ErrorKind::InvalidInput.into()),
                permanent,
            ),
            (
                ConnectionError::MqttState(StateError::AwaitPingResp),
                transient,
            ),
            (
                ConnectionError::MqttState(StateError::ConnectionAborted),
                transient,
            ),
            (ConnectionError::NetworkTimeout, transient),
            (
                ConnectionError::ConnectionRefused(ServiceUnavailable),
                transient,
            ),
            (
                ConnectionError::ConnectionRefused(BadUserNamePassword),
                permanent,
            ),
            (ConnectionError::ConnectionRefused(NotAuthorized), permanent),
            (ConnectionError::RequestsDone, permanent),
        ];
        for (error, expected) in cases {
            assert_eq!(mqtt(&error), expected, "{error}");
        }
    }
}
