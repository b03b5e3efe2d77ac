//! A moment, as HTTP names it.

use core::time::Duration;

/// A moment in whole seconds, as an HTTP-date names it.
///
/// # Examples
///
/// ```
/// use backoff_http::HttpDate;
/// use core::time::Duration;
///
/// let now = HttpDate::from_unix(784_111_775);
/// for text in [
///     "Sun, 06 Nov 1994 08:49:37 GMT",
///     "Sunday, 06-Nov-94 08:49:37 GMT",
///     "Sun Nov  6 08:49:37 1994",
/// ] {
///     let date = HttpDate::parse(text.as_bytes(), now)?;
///     assert_eq!(date.unix(), 784_111_777);
///     assert_eq!(date.since(now), Duration::from_secs(2));
/// }
/// # Ok::<(), backoff_http::DateError>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[cfg_attr(feature = "defmt-1", derive(defmt::Format))]
pub struct HttpDate(i64);

impl HttpDate {
    /// Creates the moment this many seconds after 1970-01-01T00:00:00Z; a negative number is before it.
    #[must_use]
    pub const fn from_unix(seconds: i64) -> Self {
        Self(seconds)
    }

    /// Returns the seconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn unix(self) -> i64 {
        self.0
    }

    /// Returns the moment this many seconds later, or the latest moment that a date can hold.
    pub(crate) const fn after(self, seconds: u64) -> Self {
        Self(self.0.saturating_add_unsigned(seconds))
    }

    /// Returns the time from `earlier` to this moment, or zero if `earlier` is later.
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_http::HttpDate;
    /// use core::time::Duration;
    ///
    /// let now = HttpDate::from_unix(1_000);
    /// assert_eq!(HttpDate::from_unix(1_060).since(now), Duration::from_secs(60));
    /// assert_eq!(HttpDate::from_unix(940).since(now), Duration::ZERO);
    /// ```
    #[must_use]
    pub const fn since(self, earlier: Self) -> Duration {
        let seconds = self.0.saturating_sub(earlier.0);
        if seconds > 0 {
            Duration::from_secs(seconds.unsigned_abs())
        } else {
            Duration::ZERO
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_between_two_dates_saturates() {
        let (first, last) = (HttpDate(i64::MIN), HttpDate(i64::MAX));
        assert_eq!(last.since(first), Duration::from_secs(u64::MAX / 2));
        assert_eq!(first.since(last), Duration::ZERO);
    }
}
