//! How far a request got.

use core::fmt;

/// How far a request got.
///
/// # Examples
///
/// ```
/// use backoff_http::{Evidence, Fault, Sent};
///
/// assert_eq!(Evidence::of(Fault::Refused).sent(), Sent::Never);
/// assert_eq!(Sent::Maybe.to_string(), "may have been sent");
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt-1", derive(defmt::Format))]
pub enum Sent {
    /// The server may have received the request, and may have processed it.
    Maybe,
    /// The server certainly did not process the request, so it can be repeated whatever its method is.
    Never,
    /// A response had begun, so the server did receive the request.
    ResponseBegun,
}

impl Sent {
    /// Returns the state in a few words.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Maybe => "may have been sent",
            Self::Never => "never sent",
            Self::ResponseBegun => "response begun",
        }
    }
}

impl fmt::Display for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
