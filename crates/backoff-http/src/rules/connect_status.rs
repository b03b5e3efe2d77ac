//! What a proxy's refusal of a connection means.

use super::status_class::StatusClass;
use crate::evidence::Fault;

impl Fault {
    /// Returns what it means that a proxy answers `CONNECT` by this status, which is not 2xx (RFC 9110, section 9.3.6).
    ///
    /// A status that is [permanent](StatusClass::of) for a request is so for a connection: 407 needs other credentials, and
    /// 403 forbids the host. Any other is a passing trouble of the proxy, or of the host behind it: 502, 503, 504.
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_http::Fault;
    ///
    /// assert_eq!(Fault::of_connect_status(407), Fault::ProxyRefused);
    /// assert_eq!(Fault::of_connect_status(503), Fault::Connect);
    /// ```
    #[must_use]
    pub const fn of_connect_status(status: u16) -> Self {
        match StatusClass::of(status) {
            StatusClass::DoubtfulIfKeyed
            | StatusClass::Permanent
            | StatusClass::ThrottledOnlyIfHinted => Self::ProxyRefused,
            _ => Self::Connect,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_judged_by_its_status() {
        let cases = [
            (
                Fault::ProxyRefused,
                [400, 401, 403, 404, 405, 407, 451, 501, 511],
            ),
            (
                Fault::Connect,
                [408, 425, 429, 500, 502, 503, 504, 521, 529],
            ),
        ];
        for (expected, statuses) in cases {
            for status in statuses {
                assert_eq!(Fault::of_connect_status(status), expected, "{status}");
            }
        }
    }
}
