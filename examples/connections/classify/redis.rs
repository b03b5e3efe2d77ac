//! `redis::RedisError`.

use backoff_tokio::Failure;
use redis::{ErrorKind, RedisError, RetryMethod};

/// Classifies an error by the crate's own word, [`RedisError::retry_method`].
///
/// One answer differs: the crate would reconnect after a rejected password, which does not mend it.
#[must_use]
pub fn redis(error: &RedisError) -> Failure {
    match (error.kind(), error.retry_method()) {
        (ErrorKind::AuthenticationFailed, _) | (_, RetryMethod::NoRetry) => Failure::permanent(),
        _ => Failure::transient(),
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[test]
    fn errors_have_their_meaning() {
        let io = |kind: io::ErrorKind| RedisError::from(io::Error::from(kind));
        let of = |kind| RedisError::from((kind, "said by the test"));
        let cases = [
            (io(io::ErrorKind::ConnectionRefused), Failure::transient()),
            (io(io::ErrorKind::ConnectionReset), Failure::transient()),
            (io(io::ErrorKind::PermissionDenied), Failure::permanent()),
            (of(ErrorKind::AuthenticationFailed), Failure::permanent()),
            (of(ErrorKind::InvalidClientConfig), Failure::permanent()),
            (of(ErrorKind::Parse), Failure::transient()),
            (
                of(redis::ServerErrorKind::BusyLoading.into()),
                Failure::transient(),
            ),
            (
                of(redis::ServerErrorKind::ReadOnly.into()),
                Failure::permanent(),
            ),
            (
                of(redis::ServerErrorKind::TryAgain.into()),
                Failure::transient(),
            ),
        ];
        for (error, expected) in cases {
            assert_eq!(redis(&error), expected, "{error}");
        }
    }
}
