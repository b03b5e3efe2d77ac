//! The time of the operating system, and dates as text.

use core::fmt;
use core::time::Duration;
use std::time::{SystemTime, UNIX_EPOCH};

use super::http_date::HttpDate;

impl HttpDate {
    /// Returns the time of the operating system's clock.
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_http::HttpDate;
    ///
    /// assert!(HttpDate::now() > HttpDate::from_unix(1_700_000_000));
    /// ```
    #[must_use]
    pub fn now() -> Self {
        SystemTime::now().into()
    }

    /// Converts the moment to a [`SystemTime`], or returns `None` if that cannot hold it.
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_http::HttpDate;
    /// use std::time::UNIX_EPOCH;
    ///
    /// assert_eq!(HttpDate::from_unix(0).system_time(), Some(UNIX_EPOCH));
    /// ```
    #[must_use]
    pub fn system_time(self) -> Option<SystemTime> {
        let distance = Duration::from_secs(self.unix().unsigned_abs());
        if self.unix() < 0 {
            UNIX_EPOCH.checked_sub(distance)
        } else {
            UNIX_EPOCH.checked_add(distance)
        }
    }
}

/// Rounds down to whole seconds.
impl From<SystemTime> for HttpDate {
    fn from(time: SystemTime) -> Self {
        let seconds = |distance: Duration| i64::try_from(distance.as_secs()).unwrap_or(i64::MAX);
        Self::from_unix(match time.duration_since(UNIX_EPOCH) {
            Ok(after) => seconds(after),
            Err(error) => {
                let before = error.duration();
                -seconds(before) - i64::from(before.subsec_nanos() > 0)
            }
        })
    }
}

/// Writes an IMF-fixdate (RFC 9110, section 5.6.7). A moment before 1970 or after 9999 is written as seconds.
///
/// # Examples
///
/// ```
/// use backoff_http::HttpDate;
///
/// assert_eq!(HttpDate::from_unix(784_111_777).to_string(), "Sun, 06 Nov 1994 08:49:37 GMT");
/// assert_eq!(HttpDate::from_unix(-1).to_string(), "-1 s");
/// ```
impl fmt::Display for HttpDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.system_time() {
            // `httpdate` supports only these moments.
            Some(time) if (0..=LAST).contains(&self.unix()) => {
                httpdate::HttpDate::from(time).fmt(f)
            }
            _ => write!(f, "{} s", self.unix()),
        }
    }
}

/// 9999-12-31T23:59:59Z.
const LAST: i64 = 253_402_300_799;

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn every_moment_can_be_written_and_an_imf_fixdate_is_read_back() {
        let cases = [
            (i64::MIN, None),
            (-1, None),
            (0, Some("Thu, 01 Jan 1970 00:00:00 GMT")),
            (LAST, Some("Fri, 31 Dec 9999 23:59:59 GMT")),
            (LAST + 1, None),
            (i64::MAX, None),
        ];
        for (unix, expected) in cases {
            let date = HttpDate::from_unix(unix);
            let seconds = std::format!("{unix} s");
            assert_eq!(date.to_string(), expected.unwrap_or(&seconds));
            if let Some(text) = expected {
                assert_eq!(HttpDate::parse(text.as_bytes(), date), Ok(date), "{text}");
            }
        }
    }

    #[test]
    fn a_system_time_is_rounded_down() {
        let cases = [(0, 999, 0), (5, 0, 5), (-5, 0, -5), (-5, 1, -5)];
        for (seconds, millis, expected) in cases {
            let whole = HttpDate::from_unix(seconds)
                .system_time()
                .expect("a near moment");
            let date = HttpDate::from(whole + Duration::from_millis(millis));
            assert_eq!(date.unix(), expected, "{seconds} s {millis} ms");
        }
    }
}
