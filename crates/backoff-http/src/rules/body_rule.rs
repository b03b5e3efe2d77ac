//! Rules about the bodies of responses.

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
    errors: &'static [&'static str],
    kind: FailureKind,
    refusal: bool,
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
        Self {
            field,
            errors,
            kind,
            refusal: false,
        }
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

    /// Returns whether a body names one of the errors.
    #[must_use]
    pub fn matches(&self, body: &[u8]) -> bool {
        self.field.has(body, |value| {
            let name = error_name(value);
            self.errors.iter().any(|error| error.as_bytes() == name)
        })
    }
}
