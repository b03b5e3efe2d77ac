//! The status of a gRPC call that comes in the headers of a response.

use core::fmt;

use backoff_core::FailureKind;

use crate::field::{self, Headers};

/// A status code of gRPC (gRPC, `doc/statuscodes.md`).
///
/// A call that fails before its first message has a "trailers-only" response: the code is in its headers, as
/// `grpc-status`, beside an HTTP status of 200.
///
/// # Examples
///
/// ```
/// use backoff_http::GrpcStatus;
///
/// assert_eq!(GrpcStatus::read(&[("grpc-status", "14")]), Some(GrpcStatus::Unavailable));
/// assert_eq!(GrpcStatus::read(&[("grpc-status", "99")]), Some(GrpcStatus::Unknown));
/// assert_eq!(GrpcStatus::read(&()), None);
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt-1", derive(defmt::Format))]
#[repr(u8)]
pub enum GrpcStatus {
    /// 0: no error.
    Ok = 0,
    /// 1: cancelled by the caller.
    Cancelled,
    /// 2: an error of another kind.
    Unknown,
    /// 3: the argument is invalid in any state of the system.
    InvalidArgument,
    /// 4: the deadline passed before the call ended.
    DeadlineExceeded,
    /// 5: the entity does not exist.
    NotFound,
    /// 6: the entity exists already.
    AlreadyExists,
    /// 7: the caller is not permitted to do this.
    PermissionDenied,
    /// 8: a quota or the disk space is used up.
    ResourceExhausted,
    /// 9: the system is not in the required state.
    FailedPrecondition,
    /// 10: aborted, for example by a conflict of transactions.
    Aborted,
    /// 11: past the valid range.
    OutOfRange,
    /// 12: not implemented.
    Unimplemented,
    /// 13: an invariant is broken.
    Internal,
    /// 14: the service is currently unavailable.
    Unavailable,
    /// 15: data is lost or damaged.
    DataLoss,
    /// 16: the caller is not authenticated.
    Unauthenticated,
}

/// Every status with its name, in the order of the numbers.
const ALL: [(GrpcStatus, &str); 17] = [
    (GrpcStatus::Ok, "OK"),
    (GrpcStatus::Cancelled, "CANCELLED"),
    (GrpcStatus::Unknown, "UNKNOWN"),
    (GrpcStatus::InvalidArgument, "INVALID_ARGUMENT"),
    (GrpcStatus::DeadlineExceeded, "DEADLINE_EXCEEDED"),
    (GrpcStatus::NotFound, "NOT_FOUND"),
    (GrpcStatus::AlreadyExists, "ALREADY_EXISTS"),
    (GrpcStatus::PermissionDenied, "PERMISSION_DENIED"),
    (GrpcStatus::ResourceExhausted, "RESOURCE_EXHAUSTED"),
    (GrpcStatus::FailedPrecondition, "FAILED_PRECONDITION"),
    (GrpcStatus::Aborted, "ABORTED"),
    (GrpcStatus::OutOfRange, "OUT_OF_RANGE"),
    (GrpcStatus::Unimplemented, "UNIMPLEMENTED"),
    (GrpcStatus::Internal, "INTERNAL"),
    (GrpcStatus::Unavailable, "UNAVAILABLE"),
    (GrpcStatus::DataLoss, "DATA_LOSS"),
    (GrpcStatus::Unauthenticated, "UNAUTHENTICATED"),
];

impl GrpcStatus {
    /// Reads the header `grpc-status`, or returns `None` if it is missing. Any value that is not a known code is
    /// [`Unknown`](Self::Unknown).
    #[must_use]
    pub fn read<H: Headers + ?Sized>(headers: &H) -> Option<Self> {
        let value = headers.first("grpc-status")?;
        let number = field::digits(field::trim(value)).and_then(|code| usize::try_from(code).ok());
        let known = number
            .and_then(|code| ALL.get(code))
            .map(|(status, _)| *status);
        Some(known.unwrap_or(Self::Unknown))
    }

    /// Returns the status with this name, in capitals like in `doc/statuscodes.md`.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        ALL.iter()
            .find(|(_, known)| *known == name)
            .map(|(status, _)| *status)
    }

    /// Returns the name of the status, in capitals.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        ALL.get(self as usize).map_or("UNKNOWN", |(_, name)| name)
    }
}

impl fmt::Display for GrpcStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The gRPC statuses that are retried.
///
/// # Examples
///
/// ```
/// use backoff_http::{GrpcRules, GrpcStatus};
/// use backoff_core::FailureKind;
///
/// const RULES: GrpcRules = GrpcRules::NONE.with(GrpcStatus::Unavailable);
/// assert_eq!(RULES.kind(GrpcStatus::Unavailable), Some(FailureKind::Transient));
/// assert_eq!(RULES.kind(GrpcStatus::Internal), Some(FailureKind::Permanent));
/// assert_eq!(RULES.kind(GrpcStatus::Ok), None);
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt-1", derive(defmt::Format))]
pub struct GrpcRules(u32);

impl GrpcRules {
    /// Retries no status. Add statuses by [`with`](Self::with).
    pub const NONE: Self = Self(0);

    /// Retries one more status.
    #[must_use]
    pub const fn with(self, status: GrpcStatus) -> Self {
        Self(self.0 | 1 << status as u32)
    }

    /// Returns the kind of failure that a status means, or `None` for [`GrpcStatus::Ok`].
    ///
    /// A status in the set is transient, or throttled if it is [`GrpcStatus::ResourceExhausted`]. A status that is not
    /// in the set is permanent.
    #[must_use]
    pub const fn kind(self, status: GrpcStatus) -> Option<FailureKind> {
        match (status, self.0 >> (status as u32) & 1 == 1) {
            (GrpcStatus::Ok, _) => None,
            (_, false) => Some(FailureKind::Permanent),
            (GrpcStatus::ResourceExhausted, true) => Some(FailureKind::Throttled),
            (_, true) => Some(FailureKind::Transient),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn every_status_is_read_by_number_and_by_name() {
        for (number, (status, name)) in ALL.into_iter().enumerate() {
            assert_eq!(status as usize, number, "{name}");
            assert_eq!(
                GrpcStatus::read(&[("grpc-status", number.to_string())]),
                Some(status)
            );
            assert_eq!(GrpcStatus::parse(name), Some(status));
            assert_eq!(status.to_string(), name);
        }
        for value in ["17", "-1", "", "x", "99999999999999999999"] {
            let headers = [("grpc-status", value)];
            assert_eq!(
                GrpcStatus::read(&headers),
                Some(GrpcStatus::Unknown),
                "{value}"
            );
        }
    }

    #[test]
    fn a_status_is_retried_if_it_is_in_the_set() {
        use GrpcStatus::{Aborted, Internal, ResourceExhausted, Unavailable};
        let set = GrpcRules::NONE.with(Unavailable).with(ResourceExhausted);
        assert_eq!(set.with(Unavailable), set);
        let cases = [
            (GrpcRules::NONE, Unavailable, Some(FailureKind::Permanent)),
            (set, Unavailable, Some(FailureKind::Transient)),
            (set, ResourceExhausted, Some(FailureKind::Throttled)),
            (set, Aborted, Some(FailureKind::Permanent)),
            (set, Internal, Some(FailureKind::Permanent)),
            (set.with(GrpcStatus::Ok), GrpcStatus::Ok, None),
        ];
        for (rules, status, kind) in cases {
            assert_eq!(rules.kind(status), kind, "{status} by {rules:?}");
        }
    }
}
