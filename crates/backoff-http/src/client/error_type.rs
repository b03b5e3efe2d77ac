//! The `error.type` of OpenTelemetry.

use core::fmt;

use crate::evidence::Fault;
use crate::rules::{Classification, ClassifiedBy};

/// The `error.type` of a failed attempt: a status, or an identifier from a fixed set (OpenTelemetry, semantic conventions for
/// HTTP spans, `error.type`: "predictable", "low cardinality").
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum ErrorType {
    Identifier(&'static str),
    Status(u16),
}

impl ErrorType {
    /// The type of an error without a response.
    pub(crate) const fn of(classification: Classification) -> Self {
        match classification.classified_by() {
            ClassifiedBy::Evidence(evidence) => Self::Identifier(identifier(evidence.fault())),
            ClassifiedBy::Status(status) => Self::Status(status),
            _ => Self::Identifier(OTHER),
        }
    }
}

/// The value of the conventions for an error that has no identifier.
const OTHER: &str = "_OTHER";

/// `timeout` and `name_resolution_error` are examples of the conventions; the others are in their style.
const fn identifier(fault: Fault) -> &'static str {
    match fault {
        Fault::Certificate => "tls_handshake_error",
        Fault::Connect => "connection_error",
        Fault::Dns => "name_resolution_error",
        Fault::EnhanceYourCalm => "enhance_your_calm",
        Fault::InvalidRequest => "invalid_request",
        Fault::Overflow => "client_overload",
        Fault::Protocol => "protocol_error",
        Fault::ProxyRefused => "proxy_refused",
        Fault::Redirects => "too_many_redirects",
        Fault::Refused => "connection_refused",
        Fault::RefusedStream => "stream_refused",
        Fault::Reset => "connection_reset",
        Fault::Timeout => "timeout",
        Fault::TlsAlert => "tls_alert",
        Fault::Other => OTHER,
    }
}

impl fmt::Display for ErrorType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Identifier(identifier) => f.write_str(identifier),
            Self::Status(status) => status.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mark::RetryMark;
    use crate::request::{Method, RequestInfo};
    use crate::rules::Rules;
    use std::string::ToString;

    #[test]
    fn a_fault_has_an_identifier_and_what_has_none_is_other() {
        let get = RequestInfo::new(Method::Get);
        let fault = |fault: Fault| Rules::DEFAULT.classify_error(get, fault);
        let cases = [
            (fault(Fault::Timeout), "timeout"),
            (fault(Fault::Dns), "name_resolution_error"),
            (fault(Fault::Other), "_OTHER"),
            (RetryMark::after(3).into(), "_OTHER"),
        ];
        for (classification, expected) in cases {
            let found = ErrorType::of(classification).to_string();
            assert_eq!(found, expected, "{classification}");
        }
    }
}
