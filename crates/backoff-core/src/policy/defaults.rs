//! The limits of a policy that sets none.

use core::time::Duration;

use crate::nanos;

/// How long a call goes on at most: 60 s, in nanoseconds.
pub(super) const DEADLINE: u64 = nanos::from_duration(Duration::from_secs(60));

/// How often doubtful failures are retried.
pub(super) const DOUBTFUL_LIMIT: u32 = 2;

/// How many attempts are made, the first included.
pub(super) const MAX_ATTEMPTS: u32 = 5;

/// The longest hint that is obeyed: 120 s, the `DEFAULT_BACKOFF_MAX` of urllib3, in nanoseconds.
pub(super) const MAX_HINT: u64 = nanos::from_duration(Duration::from_secs(120));
