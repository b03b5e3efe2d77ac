//! What a status code means for a retry.

use backoff_core::FailureKind;

/// What a status code means for a retry.
///
/// Some codes depend on what comes with them: a hint (a delay that the server asks for), or the `Idempotency-Key` of the
/// request.
///
/// # Examples
///
/// ```
/// use backoff_http::StatusClass;
/// use backoff_core::FailureKind;
///
/// assert_eq!(StatusClass::of(503), StatusClass::ThrottledIfHinted);
/// assert_eq!(StatusClass::of(503).kind(true, false), Some(FailureKind::Throttled));
/// assert_eq!(StatusClass::of(503).kind(false, false), Some(FailureKind::Transient));
/// assert_eq!(StatusClass::of(204).kind(false, false), None);
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt-1", derive(defmt::Format))]
pub enum StatusClass {
    /// Not a failure.
    Accepted,
    /// A failure that may be permanent.
    Doubtful,
    /// Permanent; doubtful if the request has an `Idempotency-Key`.
    DoubtfulIfKeyed,
    /// A failure that a retry does not repair.
    Permanent,
    /// The server asks for fewer requests.
    Throttled,
    /// Throttled with a hint, transient without a hint.
    ThrottledIfHinted,
    /// Throttled with a hint, permanent without a hint.
    ThrottledOnlyIfHinted,
    /// A failure that is likely to pass.
    Transient,
}

impl StatusClass {
    /// Returns the kind of failure, or `None` if the status is accepted.
    ///
    /// `hinted` says whether the response has a hint, and `keyed` whether the request has an `Idempotency-Key`.
    #[inline]
    #[must_use]
    pub const fn kind(self, hinted: bool, keyed: bool) -> Option<FailureKind> {
        Some(match self {
            Self::Accepted => return None,
            Self::Doubtful => FailureKind::Doubtful,
            Self::DoubtfulIfKeyed if keyed => FailureKind::Doubtful,
            Self::Throttled => FailureKind::Throttled,
            Self::ThrottledIfHinted | Self::ThrottledOnlyIfHinted if hinted => {
                FailureKind::Throttled
            }
            Self::ThrottledIfHinted | Self::Transient => FailureKind::Transient,
            Self::DoubtfulIfKeyed | Self::Permanent | Self::ThrottledOnlyIfHinted => {
                FailureKind::Permanent
            }
        })
    }
}
