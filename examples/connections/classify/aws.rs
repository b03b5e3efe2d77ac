//! The errors of the AWS SDK.

use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use backoff_http::aws_error_kind;
use backoff_tokio::Failure;

/// Classifies an error that a service of AWS returned, by its code. Every error type of the SDK has `ProvideErrorMetadata`.
///
/// The table is that of [`aws_error_kind`], which names its source. A code that is not in it is permanent, as in the SDK: its
/// own retries also look at the status of the response, which you find by `backoff_http`.
///
/// The SDK retries by itself. Turn that off before you retry around it, or the attempts multiply:
/// `RetryConfig::disabled()`.
#[must_use]
pub fn aws(error: &impl ProvideErrorMetadata) -> Failure {
    let kind = error.code().and_then(aws_error_kind);
    kind.map_or(Failure::permanent(), Failure::new)
}

#[cfg(test)]
mod tests {
    use aws_smithy_types::error::ErrorMetadata;

    use super::*;

    #[test]
    fn codes_have_their_meaning() {
        let cases = [
            (Some("SlowDown"), Failure::throttled()),
            (Some("ThrottlingException"), Failure::throttled()),
            (Some("RequestTimeout"), Failure::transient()),
            (Some("NoSuchBucket"), Failure::permanent()),
            (None, Failure::permanent()),
        ];
        for (code, expected) in cases {
            let mut error = ErrorMetadata::builder();
            if let Some(code) = code {
                error = error.code(code);
            }
            assert_eq!(aws(&error.build()), expected, "{code:?}");
        }
    }
}
