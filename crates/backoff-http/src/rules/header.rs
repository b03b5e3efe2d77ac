//! Rules about single headers of a response.

use backoff_core::FailureKind;

use super::error_name::error_name;
use crate::field::{self, Headers, NameSet};

/// What a header of a response means, whatever the status is.
///
/// The kind of the rule replaces the kind of the status, with one exception. A rule with
/// [`FailureKind::Transient`] only asks for a retry, so a status that is retried anyway keeps its own kind.
///
/// # Examples
///
/// ```
/// use backoff_http::{RequestInfo, HeaderRule, HttpDate, Method, Rules};
/// use backoff_core::FailureKind;
///
/// static RULES: Rules = Rules::DEFAULT.with_headers(&[
///     HeaderRule::is("x-maintenance", "planned", FailureKind::Permanent),
/// ]);
/// let headers = [("X-Maintenance", "planned")];
/// let classification = RULES.classify_response(RequestInfo::new(Method::Get), 503, &headers, HttpDate::from_unix(0));
/// assert_eq!(classification.to_string(), "permanent: header x-maintenance");
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt-1", derive(defmt::Format))]
pub struct HeaderRule {
    name: &'static str,
    value: Pattern,
    kind: FailureKind,
}

#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt-1", derive(defmt::Format))]
enum Pattern {
    Any,
    Exactly(&'static str),
    Naming(&'static [&'static str]),
    StartingWith(&'static str),
}

impl HeaderRule {
    /// The header by which a server asks for a retry or forbids it (SDKs made by Stainless).
    pub(crate) const SHOULD_RETRY: &'static [Self] = &[
        Self::is("x-should-retry", "true", FailureKind::Transient),
        Self::is("x-should-retry", "false", FailureKind::Permanent),
    ];

    /// Creates a rule about a header with any value. The name is in lower case.
    #[must_use]
    pub const fn present(name: &'static str, kind: FailureKind) -> Self {
        Self {
            name,
            value: Pattern::Any,
            kind,
        }
    }

    /// Creates a rule about a header with this value. The name is in lower case.
    #[must_use]
    pub const fn is(name: &'static str, value: &'static str, kind: FailureKind) -> Self {
        Self {
            name,
            value: Pattern::Exactly(value),
            kind,
        }
    }

    /// Creates a rule about a header whose value starts with this text. The name is in lower case.
    #[must_use]
    pub const fn starts_with(name: &'static str, value: &'static str, kind: FailureKind) -> Self {
        Self {
            name,
            value: Pattern::StartingWith(value),
            kind,
        }
    }

    /// Creates a rule about a header that names one of these errors. The name of the header is in lower case.
    ///
    /// A namespace before the error, up to the last `#`, and an address behind it, from the first `:` on, are ignored
    /// (Smithy, "AWS JSON 1.1 protocol", operation error serialization).
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_http::HeaderRule;
    /// use backoff_core::FailureKind;
    ///
    /// let rule = HeaderRule::names("x-amzn-errortype", &["SlowDown", "Throttling"], FailureKind::Throttled);
    /// assert!(rule.matches(&[("x-amzn-errortype", "com.example#Throttling:http://example.com/")]));
    /// assert!(!rule.matches(&[("x-amzn-errortype", "AccessDenied")]));
    /// ```
    #[must_use]
    pub const fn names(
        name: &'static str,
        errors: &'static [&'static str],
        kind: FailureKind,
    ) -> Self {
        Self {
            name,
            value: Pattern::Naming(errors),
            kind,
        }
    }

    /// Returns the name of the header.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Returns the kind of failure that the header means.
    #[must_use]
    pub const fn kind(&self) -> FailureKind {
        self.kind
    }

    /// Does what [`matches`](Self::matches) does, given the names that may occur.
    #[inline]
    pub(crate) fn matches_among<H: Headers + ?Sized>(&self, headers: &H, names: NameSet) -> bool {
        names.may_have(NameSet::of(self.name)) && self.matches(headers)
    }

    /// Returns whether any line of the headers matches.
    pub fn matches<H: Headers + ?Sized>(&self, headers: &H) -> bool {
        headers
            .lines(self.name)
            .map(field::trim)
            .any(|value| match self.value {
                Pattern::Any => true,
                Pattern::Exactly(expected) => value == expected.as_bytes(),
                Pattern::Naming(errors) => {
                    let name = error_name(value);
                    errors.iter().any(|error| error.as_bytes() == name)
                }
                Pattern::StartingWith(start) => value.starts_with(start.as_bytes()),
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_matches_a_line_of_its_header() {
        let any = HeaderRule::present("x-a", FailureKind::Transient);
        let exact = HeaderRule::is("x-a", "yes", FailureKind::Transient);
        let prefix = HeaderRule::starts_with("x-a", "ye", FailureKind::Transient);
        let cases = [
            ("yes", [true, true, true]),
            (" yes ", [true, true, true]),
            ("Yes", [true, false, false]),
            ("yeah", [true, false, true]),
            ("", [true, false, false]),
        ];
        for (value, expected) in cases {
            let headers = [("X-A", value)];
            let matches = [any, exact, prefix].map(|rule| rule.matches(&headers));
            assert_eq!(matches, expected, "{value}");
            assert!(!any.matches(&[("X-B", value)]));
        }
    }
}
