//! An error with the mark of the layer that gave it up, with `std`.

use core::error::Error;
use core::fmt;
use std::boxed::Box;

use crate::retried::Retried;

/// An error with the [mark](Retried) of the layer that gave it up.
///
/// For layers whose callers take any error. The error within is the [source](Error::source).
///
/// # Examples
///
/// ```
/// use backoff_http::{GivenUp, Retried};
/// use std::error::Error;
/// use std::io;
///
/// let error = GivenUp::new(Retried::after(3), io::Error::from(io::ErrorKind::ConnectionReset));
/// assert_eq!(error.to_string(), "given up after 3 attempts");
/// assert!(error.source().is_some_and(|source| source.is::<io::Error>()));
/// assert_eq!(Retried::find(&error), Some(Retried::after(3)));
/// ```
#[derive(Debug)]
pub struct GivenUp {
    mark: Retried,
    error: Box<dyn Error + Send + Sync>,
}

impl GivenUp {
    /// Marks an error.
    #[must_use]
    pub fn new(mark: Retried, error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        let error = error.into();
        Self { mark, error }
    }

    /// The mark.
    #[must_use]
    pub const fn mark(&self) -> Retried {
        self.mark
    }

    /// The error as it was.
    #[must_use]
    pub fn into_inner(self) -> Box<dyn Error + Send + Sync> {
        self.error
    }
}

impl fmt::Display for GivenUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.mark.fmt(f)
    }
}

impl Error for GivenUp {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn it_speaks_as_its_mark_and_has_the_error_for_its_source() {
        let mark = Retried::after(3);
        let error = GivenUp::new(mark, "reset");
        assert_eq!((error.mark(), error.to_string()), (mark, mark.to_string()));
        assert_eq!(
            error.source().map(ToString::to_string).as_deref(),
            Some("reset")
        );
        assert_eq!(error.into_inner().to_string(), "reset");
    }
}
