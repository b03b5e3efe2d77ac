//! Rules about the bodies of responses.

use core::time::Duration;

use backoff_core::FailureKind;

use super::error_name::error_name;
use crate::body::BodyField;

/// What an error that the body of a response names means, whatever the status is.
///
/// The kind of the rule replaces the kind of the status, with one exception. A rule with
/// [`FailureKind::Transient`] only asks for a retry, so a status that is retried anyway keeps its own kind.
///
/// # Examples
///
/// ```
/// use backoff_core::FailureKind;
/// use backoff_http::{BodyField, BodyRule, Method, RequestInfo, Rules};
///
/// static RULES: Rules = Rules::DEFAULT.with_bodies(&[
///     BodyRule::names(BodyField::Json("error.code"), &["insufficient_quota"], FailureKind::Permanent),
/// ]);
/// let post = RequestInfo::new(Method::Post);
/// let body = br#"{"error": {"message": "You exceeded your current quota", "code": "insufficient_quota"}}"#;
/// let unpaid = RULES.classify_with_body(post, 429, &(), body, None);
/// assert_eq!(unpaid.to_string(), "permanent: body error.code");
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt-1", derive(defmt::Format))]
pub struct BodyRule {
    field: BodyField,
    value: Pattern,
    kind: FailureKind,
    refusal: bool,
    min_delay: Duration,
}

#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt-1", derive(defmt::Format))]
enum Pattern {
    Mentioning(&'static str),
    Naming(&'static [&'static str]),
}

impl BodyRule {
    /// Creates a rule about a body that names one of these errors at a place. Numbers, `true`, `false` and `null` are
    /// errors too, as they are written.
    ///
    /// A namespace before the error, up to the last `#`, and an address behind it, from the first `:` on, are ignored
    /// (Smithy, "AWS JSON 1.1 protocol", operation error serialization).
    #[must_use]
    pub const fn names(
        field: BodyField,
        errors: &'static [&'static str],
        kind: FailureKind,
    ) -> Self {
        Self::new(field, Pattern::Naming(errors), kind)
    }

    /// Creates a rule about a body whose message at a place has this text in it, in any case of its ASCII letters.
    ///
    /// Use it where a server has no code for the error. The text may change without notice.
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_core::FailureKind;
    /// use backoff_http::{BodyField, BodyRule};
    ///
    /// let rule = BodyRule::mentions(BodyField::Json("message"), "rate limit", FailureKind::Throttled);
    /// assert!(rule.matches(br#"{"message": "Rate limit exceeded"}"#));
    /// assert!(!rule.matches(br#"{"message": "Not found"}"#));
    /// ```
    #[must_use]
    pub const fn mentions(field: BodyField, text: &'static str, kind: FailureKind) -> Self {
        Self::new(field, Pattern::Mentioning(text), kind)
    }

    const fn new(field: BodyField, value: Pattern, kind: FailureKind) -> Self {
        Self {
            field,
            value,
            kind,
            refusal: false,
            min_delay: Duration::ZERO,
        }
    }

    /// Waits at least this long after such an error. The default is no minimum.
    #[must_use]
    pub const fn with_min_delay(mut self, delay: Duration) -> Self {
        self.min_delay = delay;
        self
    }

    /// Says that a server which names these errors has not processed the request.
    ///
    /// The request may then be repeated whatever its method is, unless a
    /// [redirect](crate::RequestInfo::as_redirected) was followed, or the rules are
    /// [without refusals](crate::Rules::without_refusals).
    #[must_use]
    pub const fn as_refusal(mut self) -> Self {
        self.refusal = true;
        self
    }

    /// Returns the place that names the error.
    #[must_use]
    pub const fn field(&self) -> BodyField {
        self.field
    }

    /// Returns the kind of failure that the error means.
    #[must_use]
    pub const fn kind(&self) -> FailureKind {
        self.kind
    }

    /// Returns whether a server which names the error has not processed the request.
    #[must_use]
    pub const fn is_refusal(&self) -> bool {
        self.refusal
    }

    /// Returns the minimum delay after such an error.
    #[must_use]
    pub const fn min_delay(&self) -> Duration {
        self.min_delay
    }

    /// Returns whether a body has such an error.
    #[must_use]
    pub fn matches(&self, body: &[u8]) -> bool {
        match self.value {
            Pattern::Mentioning(text) => self.field.has(body, |value| mentions(value, text)),
            Pattern::Naming(errors) => self.field.has(body, |value| {
                let name = error_name(value);
                errors.iter().any(|error| error.as_bytes() == name)
            }),
        }
    }
}

/// Returns whether a value has a text in it.
fn mentions(mut value: &[u8], text: &str) -> bool {
    loop {
        match value.get(..text.len()) {
            None => return false,
            Some(part) if part.eq_ignore_ascii_case(text.as_bytes()) => return true,
            Some(_) => value = value.get(1..).unwrap_or_default(),
        }
    }
}
