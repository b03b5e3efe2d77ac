//! The rules of Telegram.

use crate::body::BodyField;
use crate::delay::{BodyDelay, DelayRules, ResetMeaning};
use crate::rules::rules::Rules;

impl Rules<'_> {
    /// The rules of Telegram's Bot API: [`DEFAULT`](Self::DEFAULT), and the delay in the [body](BodyDelay::TELEGRAM) of a
    /// 429.
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_http::{Method, RequestInfo, Rules};
    ///
    /// let post = RequestInfo::new(Method::Post);
    /// let body = br#"{"ok":false,"error_code":429,"parameters":{"retry_after":35}}"#;
    /// let flooded = Rules::TELEGRAM.classify_with_body(post, 429, &(), body, None);
    /// assert_eq!(flooded.to_string(), "throttled: status 429, parameters.retry_after 35s");
    /// ```
    pub const TELEGRAM: Self =
        Rules::DEFAULT.with_delays(DelayRules::DEFAULT.with_bodies(BodyDelay::TELEGRAM));
}

impl BodyDelay {
    /// The delay of Telegram's Bot API: "In case of exceeding flood control, the number of seconds left to wait before the
    /// request can be repeated" (Telegram Bot API, "`ResponseParameters`").
    pub const TELEGRAM: &'static [Self] = &[Self::new(
        BodyField::Json("parameters.retry_after"),
        ResetMeaning::Delta,
    )];
}
