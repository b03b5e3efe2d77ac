//! Request methods, and which of them may be repeated.

use core::fmt;

/// A request method, which says whether a request may be repeated.
///
/// Methods are case-sensitive (RFC 9110, section 9.1). A method that is not listed here is [`Other`](Self::Other),
/// which counts as neither safe nor idempotent, because nothing is known about it.
///
/// # Examples
///
/// ```
/// use backoff_http::Method;
///
/// assert!(Method::parse("PUT").is_idempotent());
/// assert!(!Method::Post.is_idempotent());
/// assert_eq!(Method::parse("BREW"), Method::Other);
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt-1", derive(defmt::Format))]
pub enum Method {
    /// `CONNECT`: neither safe nor idempotent.
    Connect,
    /// `DELETE`: idempotent.
    Delete,
    /// `GET`: safe.
    Get,
    /// `HEAD`: safe.
    Head,
    /// `OPTIONS`: safe.
    Options,
    /// Any other method.
    Other,
    /// `PATCH`: neither safe nor idempotent (RFC 5789, section 2).
    Patch,
    /// `POST`: neither safe nor idempotent.
    Post,
    /// `PUT`: idempotent.
    Put,
    /// `QUERY`: safe (draft-ietf-httpbis-safe-method-w-body, section 2).
    Query,
    /// `TRACE`: safe.
    Trace,
}

impl Method {
    /// Returns the method with this name.
    #[must_use]
    pub fn parse(name: &str) -> Self {
        match name {
            "CONNECT" => Self::Connect,
            "DELETE" => Self::Delete,
            "GET" => Self::Get,
            "HEAD" => Self::Head,
            "OPTIONS" => Self::Options,
            "PATCH" => Self::Patch,
            "POST" => Self::Post,
            "PUT" => Self::Put,
            "QUERY" => Self::Query,
            "TRACE" => Self::Trace,
            _ => Self::Other,
        }
    }

    /// Returns whether the method only reads (RFC 9110, section 9.2.1).
    #[must_use]
    pub const fn is_safe(self) -> bool {
        Methods::SAFE.contains(self)
    }

    /// Returns whether several identical requests have the same effect as one (RFC 9110, section 9.2.2).
    ///
    /// This holds for every safe method, for `PUT` and for `DELETE`.
    #[must_use]
    pub const fn is_idempotent(self) -> bool {
        Methods::IDEMPOTENT.contains(self)
    }

    /// Returns the name of the method, or `another method` for [`Other`](Self::Other).
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Connect => "CONNECT",
            Self::Delete => "DELETE",
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Options => "OPTIONS",
            Self::Other => "another method",
            Self::Patch => "PATCH",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Query => "QUERY",
            Self::Trace => "TRACE",
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(feature = "http-1")]
impl From<&http::Method> for Method {
    fn from(method: &http::Method) -> Self {
        Self::parse(method.as_str())
    }
}

/// A set of methods.
///
/// # Examples
///
/// ```
/// use backoff_http::{Method, Methods};
///
/// const READS: Methods = Methods::of(&[Method::Get, Method::Head]);
/// assert!(READS.contains(Method::Get));
/// assert!(!READS.contains(Method::Put));
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt-1", derive(defmt::Format))]
pub struct Methods(u16);

impl Methods {
    /// Every method, including those that are not listed in [`Method`].
    pub const ALL: Self = Self(u16::MAX);

    /// The idempotent methods (RFC 9110, section 9.2.2).
    pub const IDEMPOTENT: Self = Self::SAFE.with(Method::Delete).with(Method::Put);

    /// No method.
    pub const NONE: Self = Self(0);

    /// The safe methods (RFC 9110, section 9.2.1).
    pub const SAFE: Self = Self::of(&[
        Method::Get,
        Method::Head,
        Method::Options,
        Method::Query,
        Method::Trace,
    ]);

    /// Creates the set of these methods.
    #[must_use]
    pub const fn of(mut methods: &[Method]) -> Self {
        let mut set = Self::NONE;
        while let [method, rest @ ..] = methods {
            set = set.with(*method);
            methods = rest;
        }
        set
    }

    /// Adds a method to the set.
    #[must_use]
    pub const fn with(self, method: Method) -> Self {
        Self(self.0 | 1 << method as u16)
    }

    /// Removes a method from the set.
    #[must_use]
    pub const fn without(self, method: Method) -> Self {
        Self(self.0 & !(1 << method as u16))
    }

    /// Returns whether the method is in the set.
    #[inline]
    #[must_use]
    pub const fn contains(self, method: Method) -> bool {
        self.0 >> (method as u16) & 1 == 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn to_add_a_member_or_to_remove_another_method_changes_nothing() {
        let set = Methods::of(&[Method::Get, Method::Put]);
        assert_eq!(set.with(Method::Put), set);
        assert_eq!(set.without(Method::Post), set);
    }

    #[test]
    fn safety_and_idempotency_are_those_of_rfc_9110() {
        let cases = [
            ("GET", true, true),
            ("HEAD", true, true),
            ("OPTIONS", true, true),
            ("TRACE", true, true),
            ("QUERY", true, true),
            ("PUT", false, true),
            ("DELETE", false, true),
            ("POST", false, false),
            ("PATCH", false, false),
            ("CONNECT", false, false),
            ("get", false, false),
            ("", false, false),
        ];
        for (name, safe, idempotent) in cases {
            let method = Method::parse(name);
            assert_eq!(
                (method.is_safe(), method.is_idempotent()),
                (safe, idempotent),
                "{name}"
            );
        }
    }

    #[test]
    fn every_name_is_read_back() {
        for name in [
            "CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY", "TRACE",
        ] {
            assert_eq!(Method::parse(name).as_str(), name);
        }
    }

    #[test]
    fn a_set_holds_what_was_put_into_it() {
        let set = Methods::NONE
            .with(Method::Post)
            .with(Method::Get)
            .without(Method::Get);
        assert!(set.contains(Method::Post) && !set.contains(Method::Get));
        assert!(Methods::ALL.contains(Method::Other));
    }
}
