//! Puts the mark of a layer that retries on the outcome that its caller gets.

use core::error::Error;
use std::boxed::Box;

use http::Extensions;

use crate::mark::{RetriesExhausted, RetryMark};

impl RetryMark {
    /// Puts the mark into the extensions of a response, unless an inner layer has put its own there.
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_http::RetryMark;
    ///
    /// let mut response = http::Response::new(());
    /// RetryMark::after(3).insert_into(response.extensions_mut());
    /// RetryMark::after(1).insert_into(response.extensions_mut()); // an outer layer
    /// assert_eq!(response.extensions().get(), Some(&RetryMark::after(3)));
    /// ```
    #[cfg_attr(docsrs, doc(cfg(all(feature = "http-1", feature = "std"))))]
    pub fn insert_into(self, extensions: &mut Extensions) {
        extensions.get_or_insert(self);
    }

    /// Puts the mark around an error, as a [`RetriesExhausted`]. Returns the error as it is if an inner layer has marked
    /// it.
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_http::RetryMark;
    ///
    /// let error = RetryMark::after(3).wrap("connection reset".into());
    /// let error = RetryMark::after(1).wrap(error); // an outer layer
    /// assert_eq!(RetryMark::find(&*error), Some(RetryMark::after(3)));
    /// ```
    #[cfg_attr(docsrs, doc(cfg(all(feature = "http-1", feature = "std"))))]
    #[must_use]
    pub fn wrap(self, error: Box<dyn Error + Send + Sync>) -> Box<dyn Error + Send + Sync> {
        match Self::find(&*error) {
            Some(_) => error,
            None => Box::new(RetriesExhausted::new(self, error)),
        }
    }
}
