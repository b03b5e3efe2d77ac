//! Delays that a body asks for.

use super::limit_field::ResetMeaning;
use crate::body::BodyField;

/// A place in the body of a response that asks for a delay, and what its value means.
///
/// Bodies are read by [`Rules::classify_with_body`](crate::Rules::classify_with_body). Of a delay in the headers and one in
/// the body, the longest counts.
///
/// # Examples
///
/// ```
/// use backoff_http::{BodyDelay, BodyField, DelayRules, Method, RequestInfo, ResetMeaning, Rules};
///
/// const DELAYS: &[BodyDelay] = &[BodyDelay::new(BodyField::Json("wait_ms"), ResetMeaning::DeltaMillis)];
/// static RULES: Rules = Rules::DEFAULT.with_delays(DelayRules::DEFAULT.with_bodies(DELAYS));
///
/// let get = RequestInfo::new(Method::Get);
/// let busy = RULES.classify_with_body(get, 503, &(), br#"{"wait_ms": 1500}"#, None);
/// assert_eq!(busy.to_string(), "throttled: status 503, wait_ms 1.5s");
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt-1", derive(defmt::Format))]
pub struct BodyDelay {
    field: BodyField,
    meaning: ResetMeaning,
}

impl BodyDelay {
    /// Says what the value at a place means. If there are several values, the longest delay counts.
    #[must_use]
    pub const fn new(field: BodyField, meaning: ResetMeaning) -> Self {
        Self { field, meaning }
    }

    /// Returns the place.
    #[must_use]
    pub const fn field(&self) -> BodyField {
        self.field
    }

    /// Returns what the value means.
    #[must_use]
    pub const fn meaning(&self) -> ResetMeaning {
        self.meaning
    }
}
