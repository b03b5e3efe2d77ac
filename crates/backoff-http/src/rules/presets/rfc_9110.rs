//! The rules of RFC 9110.

use crate::delay::{DelayField, DelayRules, Strictness};
use crate::rules::fault;
use crate::rules::rules::Rules;
use crate::rules::status;

impl Rules<'_> {
    /// RFC 9110 to the letter: the statuses, faults and methods of [`DEFAULT`](Self::DEFAULT), `Retry-After` in
    /// whole seconds or as a date, and no other field.
    ///
    /// The rules for firmware: a field that a `static` of these does not read costs no flash.
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
    pub const RFC_9110: Self = Rules::of(status::BY_DEFAULT, fault::BY_DEFAULT, &[]).with_delays(
        DelayRules::NONE
            .with(DelayField::RetryAfter)
            .with_strictness(Strictness::Strict),
    );
}
