//! The rules of RFC 9110.

use crate::delay::{DelayField, DelayRules, Strictness};
use crate::rules::fault;
use crate::rules::rules::Rules;
use crate::rules::status_table;

impl Rules<'_> {
    /// The rules of RFC 9110: the statuses, faults and methods of [`DEFAULT`](Self::DEFAULT), with `Retry-After` in
    /// whole seconds or as a date, and no other field.
    ///
    /// Use them in firmware, as a `static`: the readers of the other fields are not linked.
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_http::{RequestInfo, HttpDate, Method, Rules};
    ///
    /// let get = RequestInfo::new(Method::Get);
    /// let headers = [("retry-after-ms", "500"), ("Retry-After", "1")];
    /// let classification = Rules::RFC_9110.classify_response(get, 503, &headers, None);
    /// assert_eq!(classification.to_string(), "throttled: status 503, retry-after 1s");
    /// ```
    pub const RFC_9110: Self = Rules::of(status_table::BY_DEFAULT, fault::BY_DEFAULT, &[])
        .with_delays(
            DelayRules::NONE
                .with(DelayField::RetryAfter)
                .with_strictness(Strictness::Strict),
        );
}
