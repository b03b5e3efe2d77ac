//! A place in the body of a response.

use core::fmt;

use super::json::Scalars;
use super::text::{ROOM, unescaped};
use super::xml::Texts;

/// A place in the body of a response, where a server names an error or a delay.
///
/// Bodies are read where they are: without an allocation, without recursion however deeply they are nested, and in a time that is
/// linear in their length. A body that was cut off is read up to there.
///
/// # Examples
///
/// ```
/// use backoff_http::BodyField;
///
/// let body = br#"{"error": {"code": 429, "details": [{"retryDelay": "1.2s"}]}}"#;
/// assert!(BodyField::Json("error.code").has(body, |value| value == b"429"));
/// assert!(BodyField::Json("error.details[].retryDelay").has(body, |value| value == b"1.2s"));
///
/// let body = b"<Error><Code>SlowDown</Code></Error>";
/// assert!(BodyField::Xml("Code").has(body, |value| value == b"SlowDown"));
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[cfg_attr(feature = "defmt-1", derive(defmt::Format))]
pub enum BodyField {
    /// A string, a number, or `true`, `false` or `null` in JSON (RFC 8259), by its path.
    ///
    /// A path names the members of objects, from the outside to the inside, with a `.` between them. `[]` stands for
    /// each element of an array: `errors[].extensions.code`. An array around the whole body needs no `[]`. A member
    /// whose name has a `.` or a `[` in it cannot be named.
    Json(&'static str),
    /// The text of each XML element with this name, at any depth, without a namespace prefix. Text in a CDATA section is
    /// not found.
    Xml(&'static str),
}

impl BodyField {
    /// Returns whether any value at this place satisfies a condition.
    ///
    /// The values come in the order of the body, and without their escapes. A string that has escapes and more than
    /// 128 bytes without them is left out: no name of an error and no delay is that long.
    pub fn has(self, body: &[u8], mut condition: impl FnMut(&[u8]) -> bool) -> bool {
        let mut room = [0; ROOM];
        match self {
            Self::Json(path) => Scalars::of(body, path)
                .any(|raw| unescaped(raw, &mut room).is_some_and(&mut condition)),
            Self::Xml(element) => Texts::of(body, element).any(condition),
        }
    }

    /// Returns the path, or the name of the element.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Json(path) => path,
            Self::Xml(element) => element,
        }
    }
}

impl fmt::Display for BodyField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
