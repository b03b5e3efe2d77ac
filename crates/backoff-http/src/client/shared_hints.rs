//! What hosts asked all calls to wait for.

use core::time::Duration;
use std::string::String;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::vec::Vec;

use crate::rules::Classification;

/// What hosts asked for: a delay that one call is told by `Retry-After`, or by another field, holds back all calls to the
/// same host that share this.
///
/// It knows a bounded number of hosts, 64 unless told otherwise. If it is full, the host whose delay ends first makes room, so
/// that a client which talks to ever new hosts does not grow. A delay counts for an hour at most: one absurd value of a
/// proxy must not shut a host off for as long as the program runs.
///
/// A host is named by its authority, such as `example.org:443`. Times are of a monotonic clock, from any origin, the same for
/// all calls.
///
/// # Examples
///
/// ```
/// use backoff_http::{HttpDate, Method, RequestInfo, Rules, SharedHints};
/// use std::time::Duration;
///
/// let hints = SharedHints::default();
/// let headers = [("retry-after", "2")];
/// let told = Rules::DEFAULT.classify_response(RequestInfo::new(Method::Get), 429, &headers, HttpDate::from_unix(0));
///
/// hints.note("example.org:443", &told, Duration::from_secs(10)); // a response at 10 s
/// let (left, _) = hints.held("example.org:443", Duration::from_millis(10_300)).unwrap();
/// assert_eq!(left, Duration::from_millis(1_700));
/// assert!(hints.held("example.net:443", Duration::from_secs(11)).is_none());
/// assert!(hints.held("example.org:443", Duration::from_secs(12)).is_none());
/// ```
#[derive(Debug)]
#[cfg_attr(docsrs, doc(cfg(all(feature = "http-1", feature = "std"))))]
pub struct SharedHints {
    hosts: Mutex<Vec<Told>>,
    capacity: usize,
}

#[derive(Debug)]
struct Told {
    authority: String,
    until: Duration,
    classification: Classification,
}

/// More hosts than a program throttles itself for at the same time; a search among them takes about a microsecond.
const CAPACITY: usize = 64;

/// The longest delay that is shared. The limits of most APIs are counted by the hour or shorter (GitHub, "Rate limits for the
/// REST API"); one that is longer is still obeyed by the call that was told.
const LONGEST: Duration = Duration::from_secs(3_600);

impl SharedHints {
    /// Knows at most `capacity` hosts at the same time, and at least 1.
    #[must_use]
    pub const fn new(capacity: usize) -> Self {
        Self {
            hosts: Mutex::new(Vec::new()),
            capacity: if capacity == 0 { 1 } else { capacity },
        }
    }

    /// Notes what a host asked for in a response that was classified at `now`. A failure without a delay is no news.
    pub fn note(&self, authority: &str, classification: &Classification, now: Duration) {
        let delay = classification.server_delay().delay().unwrap_or_default();
        if delay.is_zero() || classification.failure().is_none() {
            return;
        }
        let until = now.saturating_add(delay.min(LONGEST));
        let classification = *classification;
        let mut hosts = self.lock();
        hosts.retain(|told| told.until > now);
        if let Some(told) = hosts.iter_mut().find(|told| told.authority == authority) {
            if until > told.until {
                told.until = until;
                told.classification = classification;
            }
            return;
        }
        let told = Told {
            authority: authority.into(),
            until,
            classification,
        };
        if hosts.len() < self.capacity {
            hosts.push(told);
        } else if let Some(first) = hosts.iter_mut().min_by_key(|told| told.until) {
            *first = told;
        }
    }

    /// Returns how long a host still asks to wait, and the classification of the response that asked; `None` if it does not.
    #[must_use]
    pub fn held(&self, authority: &str, now: Duration) -> Option<(Duration, Classification)> {
        let hosts = self.lock();
        let told = hosts.iter().find(|told| told.authority == authority)?;
        let left = told.until.checked_sub(now).filter(|left| !left.is_zero())?;
        Some((left, told.classification))
    }

    /// A thread that panicked while it held the lock left the table as it was.
    fn lock(&self) -> MutexGuard<'_, Vec<Told>> {
        self.hosts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for SharedHints {
    fn default() -> Self {
        Self::new(CAPACITY)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::date::HttpDate;
    use crate::request::{Method, RequestInfo};
    use crate::rules::Rules;

    const fn secs(secs: u64) -> Duration {
        Duration::from_secs(secs)
    }

    fn told(status: u16, seconds: &str) -> Classification {
        let headers = [("retry-after", seconds)];
        let now = HttpDate::from_unix(0);
        Rules::DEFAULT.classify_response(RequestInfo::new(Method::Get), status, &headers, now)
    }

    #[test]
    fn only_a_failure_with_a_delay_holds_back() {
        let cases = [
            (429, "5", Some(secs(5))),
            (503, "5", Some(secs(5))),
            (429, "0", None),
            (429, "soon", None),
            (200, "5", None),
        ];
        for (status, value, expected) in cases {
            let hints = SharedHints::default();
            hints.note("a:80", &told(status, value), secs(100));
            let left = hints.held("a:80", secs(100)).map(|(left, _)| left);
            assert_eq!(left, expected, "{status} {value}");
        }
    }

    #[test]
    fn the_longest_delay_counts_whatever_the_order() {
        for order in [["30", "60"], ["60", "30"]] {
            let hints = SharedHints::default();
            for seconds in order {
                hints.note("a:80", &told(503, seconds), secs(1));
            }
            let left = hints.held("a:80", secs(1)).map(|(left, _)| left);
            assert_eq!(left, Some(secs(60)), "{order:?}");
        }
    }

    #[test]
    fn an_absurd_delay_counts_for_an_hour() {
        for seconds in ["7200", "99999999999"] {
            let hints = SharedHints::default();
            hints.note("a:80", &told(503, seconds), secs(1));
            let left = hints.held("a:80", secs(1)).map(|(left, _)| left);
            assert_eq!(left, Some(LONGEST), "{seconds}");
        }
    }

    #[test]
    fn the_table_is_bounded_and_the_delay_that_ends_first_makes_room() {
        let hints = SharedHints::new(2);
        for (host, seconds) in [("a", "50"), ("b", "10"), ("c", "30")] {
            hints.note(host, &told(429, seconds), secs(0));
        }
        let held = ["a", "b", "c"].map(|host| hints.held(host, secs(1)).is_some());
        assert_eq!(held, [true, false, true]);
        // What has ended makes room by itself.
        hints.note("d", &told(429, "9"), secs(40));
        assert_eq!(hints.lock().len(), 2);
        hints.note("e", &told(429, "9"), secs(u64::MAX));
        assert!(hints.held("e", secs(u64::MAX)).is_none() || hints.lock().len() == 1);
    }
}
