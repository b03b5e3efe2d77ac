//! The time of day, which the server and the workers share.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The time since the Unix epoch; zero on a machine whose clock is set to a time before it.
pub(crate) fn unix_now() -> Duration {
    unix(SystemTime::now())
}

/// The time from the Unix epoch until `time`; zero for a time before it.
pub(crate) fn unix(time: SystemTime) -> Duration {
    time.duration_since(UNIX_EPOCH).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_before_the_epoch_counts_as_the_epoch() {
        let day = Duration::from_secs(86_400);
        assert_eq!(unix(UNIX_EPOCH - day), Duration::ZERO);
        assert_eq!(unix(UNIX_EPOCH + day), day);
    }
}
