//! Statuses of gRPC, as a client of tonic gets them.

use core::error::Error as _;
use core::time::Duration;

use backoff_core::{Failure, FailureKind};
use tonic::{Code, Status};
use tonic_types::StatusExt;

use super::classification::Classification;
use super::grpc::{GrpcRules, GrpcStatus};
use super::rules::Rules;
use crate::evidence::{Evidence, Fault};
use crate::field::Headers;
use crate::request::RequestInfo;
use crate::rules::ClassifiedBy;

impl Rules<'_> {
    /// Classifies a status of tonic.
    ///
    /// | status | classification |
    /// |---|---|
    /// | made by the client, because there was no response | by the [evidence](Evidence::of_error) of its source |
    /// | `grpc-retry-pushback-ms` in its metadata is negative or malformed | permanent |
    /// | `RESOURCE_EXHAUSTED` with a `RetryInfo` in its details | throttled |
    /// | any other | by its code, as [`with_grpc`](Self::with_grpc) says; without that, `UNAVAILABLE` is transient |
    ///
    /// A `RetryInfo` (`google/rpc/error_details.proto`) "describes when the clients can retry a failed request", so
    /// `RESOURCE_EXHAUSTED` is a passing limit where the server attaches one, and a lasting one where it does not
    /// (OTLP specification, section "OTLP/gRPC Throttling"). Its delay is a hint, and so is that of
    /// `grpc-retry-pushback-ms` (gRPC, proposal A6). The longer one counts.
    ///
    /// Every call of gRPC is a `POST`. Say [`as_idempotent`](RequestInfo::as_idempotent) for one that may be repeated.
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_http::{Method, RequestInfo, Rules};
    /// use tonic::Status;
    ///
    /// const READ: RequestInfo = RequestInfo::new(Method::Post).as_idempotent();
    ///
    /// // backoff_tokio::retry(&POLICY, || client.get(request)).when(is_transient)
    /// let is_transient = |status: &Status| Rules::AIP_194.classify_tonic(READ, status);
    ///
    /// let found = is_transient(&Status::unavailable("restarting"));
    /// assert_eq!(found.to_string(), "transient: gRPC status UNAVAILABLE");
    /// assert!(!is_transient(&Status::invalid_argument("no such city")).is_retryable());
    /// ```
    #[cfg_attr(docsrs, doc(cfg(feature = "tonic-0-14")))]
    #[must_use]
    pub fn classify_tonic(&self, request: RequestInfo, status: &Status) -> Classification {
        if let Some(source) = status.source() {
            let evidence = Evidence::of_error(source);
            if evidence.fault() != Fault::Other {
                return self.classify_error(request, evidence);
            }
        }
        let grpc = Some(self.grpc.unwrap_or(UNAVAILABLE));
        let rules = Self { grpc, ..*self };
        let found = rules.classify_response(request, 200, &Metadata(status), None);
        let again = status
            .get_details_retry_info()
            .and_then(|info| info.retry_delay);
        match (again, found.failure()) {
            (Some(again), Some(_)) if !found.server_delay().forbids_retry() => {
                self.with_retry_info(request, status.code(), found, again)
            }
            _ => found,
        }
    }

    /// Adds the delay of a `RetryInfo` to what the status says without it.
    fn with_retry_info(
        &self,
        request: RequestInfo,
        code: Code,
        found: Classification,
        again: Duration,
    ) -> Classification {
        let hint = found.server_delay().delay().unwrap_or_default().max(again);
        let exhausted = code == Code::ResourceExhausted && self.may_repeat(request, false);
        let kind = match found.failure().map(Failure::kind) {
            Some(FailureKind::Permanent) if exhausted => FailureKind::Throttled,
            Some(kind) if kind != FailureKind::Permanent => kind,
            _ => return found,
        };
        let failure = Failure::new(kind).with_retry_after(hint);
        let by_code = ClassifiedBy::GrpcStatus(GrpcStatus::of_tonic(code));
        let mut hinted = found;
        hinted.fail(failure, by_code);
        hinted
    }
}

/// The status that "the service is currently unavailable" stands for, and that AIP-194 retries.
const UNAVAILABLE: GrpcRules = GrpcRules::NONE.with(GrpcStatus::Unavailable);

impl GrpcStatus {
    /// Returns the status of a code of tonic.
    fn of_tonic(code: Code) -> Self {
        let headers = [("grpc-status", digits(code))];
        Self::read(&headers).unwrap_or(Self::Unknown)
    }
}

/// A code as the header `grpc-status` has it.
fn digits(code: Code) -> &'static str {
    const DIGITS: [&str; 17] = [
        "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16",
    ];
    let number = usize::try_from(i32::from(code)).unwrap_or(usize::MAX);
    DIGITS.get(number).copied().unwrap_or("2")
}

/// The headers of the response that a status came from.
struct Metadata<'s>(&'s Status);

impl Headers for Metadata<'_> {
    fn lines<'h>(&'h self, name: &'h str) -> impl Iterator<Item = &'h [u8]> {
        let code = (name == "grpc-status").then(|| digits(self.0.code()).as_bytes());
        let headers: &http::HeaderMap = self.0.metadata().as_ref();
        let others = headers.get_all(name).iter();
        code.into_iter()
            .chain(others.map(http::HeaderValue::as_bytes))
    }
}

#[cfg(test)]
mod tests {
    use std::string::ToString;
    use std::{io, vec};

    use tonic::metadata::MetadataMap;
    use tonic_types::{ErrorDetails, StatusExt};

    use super::*;
    use crate::request::Method;

    const READ: RequestInfo = RequestInfo::new(Method::Post).as_idempotent();
    const WRITE: RequestInfo = RequestInfo::new(Method::Post);

    fn status(code: Code, seconds: Option<u64>, pushback: Option<&str>) -> Status {
        let mut metadata = MetadataMap::new();
        if let Some(pushback) = pushback {
            let value = pushback.parse().expect("a legal value");
            metadata.insert("grpc-retry-pushback-ms", value);
        }
        let delay = seconds.map(Duration::from_secs);
        let details = match seconds {
            Some(_) => ErrorDetails::with_retry_info(delay),
            None => ErrorDetails::new(),
        };
        Status::with_error_details_and_metadata(code, "not now", details, metadata)
    }

    #[test]
    fn a_retry_info_is_a_hint_and_makes_an_exhausted_resource_a_passing_one() {
        use Code::{Aborted, ResourceExhausted, Unavailable};
        let seconds = |seconds| Some(Duration::from_secs(seconds));
        // Code, RetryInfo in seconds, pushback, whether it is retried, and the hint.
        let cases = [
            (Unavailable, None, None, true, None),
            (Unavailable, Some(3), None, true, seconds(3)),
            (Unavailable, Some(3), Some("5000"), true, seconds(5)),
            (Unavailable, Some(7), Some("5000"), true, seconds(7)),
            (Unavailable, Some(3), Some("-1"), false, None),
            (Unavailable, None, Some("5000"), true, seconds(5)),
            (ResourceExhausted, None, None, false, None),
            (ResourceExhausted, Some(3), None, true, seconds(3)),
            (ResourceExhausted, Some(3), Some("-1"), false, None),
            (Aborted, Some(3), None, false, None),
        ];
        for (code, info, pushback, is_retried, hint) in cases {
            let status = status(code, info, pushback);
            let found = Rules::AIP_194.classify_tonic(READ, &status);
            let case = std::format!("{code:?} {info:?} {pushback:?}: {found}");
            assert_eq!(found.is_retryable(), is_retried, "{case}");
            let found_hint = found.failure().and_then(Failure::retry_after);
            assert_eq!(found_hint, hint, "{case}");
            let written = Rules::AIP_194.classify_tonic(WRITE, &status);
            assert!(!written.is_retryable(), "{case}: may have been processed");
        }
    }

    #[test]
    fn every_code_has_the_number_of_the_header() {
        for number in 0..17 {
            let code = Code::from(number);
            assert_eq!(digits(code), number.to_string(), "{code:?}");
        }
        let found = Rules::DEFAULT.classify_tonic(READ, &Status::internal("broken"));
        assert!(
            !found.is_retryable() && found.failure().is_some(),
            "{found}"
        );
        let found = Rules::DEFAULT.classify_tonic(READ, &Status::unavailable("not now"));
        assert!(found.is_retryable(), "{found}");
    }

    #[test]
    fn a_status_that_the_client_made_is_what_its_source_proves() {
        let refused = || io::Error::from(io::ErrorKind::ConnectionRefused);
        let cases = [
            (Status::from_error(refused().into()), true),
            (Status::from_error("strange".into()), false),
        ];
        for (status, is_retried) in cases {
            let found = Rules::AIP_194.classify_tonic(WRITE, &status);
            assert_eq!(found.is_retryable(), is_retried, "{status:?}: {found}");
        }
    }

    #[test]
    fn details_that_are_damaged_say_nothing() {
        let damaged = Status::with_details(Code::Unavailable, "not now", vec![0xff; 9].into());
        let found = Rules::AIP_194.classify_tonic(READ, &damaged);
        assert_eq!(found.failure(), Some(Failure::transient()), "{found}");
    }
}
