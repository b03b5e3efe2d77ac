//! A walk over an error and what caused it.

use core::error::Error;
use core::iter::FusedIterator;
#[cfg(feature = "std")]
use std::io;

/// Iterates over an error and its causes, from the outside in. The first item is the error itself.
///
/// [`Error::source`] alone misses errors: that of an `io::Error` which was made from another error is the *source* of
/// the other error, not the error. With the feature `std`, this iterator steps into each `io::Error`. With the feature
/// `h2-0-4`, it also steps from an `h2::Error` into the `io::Error` that it holds, and with `ureq-3` from a `ureq::Error`
/// into its cause.
///
/// # Examples
///
/// ```
/// # #[cfg(feature = "std")] {
/// use backoff_http::{ErrorChain, RetryMark};
/// use std::io;
///
/// let error = io::Error::other(RetryMark::after(3));
/// let mut marks = ErrorChain::of(&error).filter_map(|cause| cause.downcast_ref());
/// assert_eq!(marks.next(), Some(&RetryMark::after(3)));
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct ErrorChain<'e> {
    next: Option<&'e (dyn Error + 'static)>,
}

impl<'e> ErrorChain<'e> {
    /// Starts at this error.
    #[must_use]
    pub const fn of(error: &'e (dyn Error + 'static)) -> Self {
        Self { next: Some(error) }
    }
}

impl<'e> Iterator for ErrorChain<'e> {
    type Item = &'e (dyn Error + 'static);

    fn next(&mut self) -> Option<Self::Item> {
        let error = self.next?;
        self.next = cause(error);
        Some(error)
    }
}

impl FusedIterator for ErrorChain<'_> {}

/// Returns the error that another holds, even if its `source` skips it.
fn cause<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e (dyn Error + 'static)> {
    #[cfg(feature = "h2-0-4")]
    if let Some(io) = error
        .downcast_ref::<h2::Error>()
        .and_then(h2::Error::get_io)
    {
        return Some(io);
    }
    #[cfg(feature = "ureq-3")]
    if let Some(held) = error.downcast_ref().and_then(super::ureq::held_by_ureq) {
        return Some(held);
    }
    #[cfg(feature = "std")]
    if let Some(held) = error
        .downcast_ref::<io::Error>()
        .and_then(io::Error::get_ref)
    {
        return Some(held);
    }
    error.source()
}

#[cfg(all(test, feature = "std"))]
mod tests {
    use super::*;
    use std::string::{String, ToString};
    use std::vec::Vec;

    #[derive(Debug)]
    struct Outer(io::Error);

    impl core::fmt::Display for Outer {
        fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
            f.write_str("outer")
        }
    }

    impl Error for Outer {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(&self.0)
        }
    }

    #[test]
    fn the_walk_steps_into_an_io_error_and_ends_at_the_root() {
        let reset = || io::Error::from(io::ErrorKind::ConnectionReset);
        let cases: [(&dyn Error, &[&str]); 4] = [
            (&core::fmt::Error, &["fmt"]),
            (&reset(), &["io"]),
            (&io::Error::other(core::fmt::Error), &["io", "fmt"]),
            (
                &Outer(io::Error::other(Outer(reset()))),
                &["outer", "io", "outer", "io"],
            ),
        ];
        for (error, expected) in cases {
            let mut chain = ErrorChain::of(error);
            let kinds: Vec<_> = chain.by_ref().map(kind).collect();
            assert_eq!(kinds, expected, "{error:?}");
            assert!(chain.next().is_none(), "{error:?}");
        }
    }

    fn kind(error: &(dyn Error + 'static)) -> String {
        if error.is::<io::Error>() {
            "io".to_string()
        } else if error.is::<core::fmt::Error>() {
            "fmt".to_string()
        } else {
            error.to_string()
        }
    }
}
