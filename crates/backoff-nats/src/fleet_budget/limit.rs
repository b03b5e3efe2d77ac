//! How many retries a fleet may make.

use std::time::Duration;

/// How many retries a fleet may make, and how its processes lease them. All processes must agree on it.
///
/// # Examples
///
/// ```
/// use backoff_nats::FleetLimit;
/// use std::time::Duration;
///
/// // One retry for ten calls. At most 5,000 retries are saved up.
/// static LIMIT: FleetLimit = FleetLimit::ratio(1, 10, 5_000).with_lease(20).with_interval(Duration::from_secs(2));
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct FleetLimit {
    pub(super) retries: u32,
    pub(super) calls: u32,
    pub(super) capacity: u64,
    pub(super) reserve: u64,
    pub(super) lease: u64,
    pub(super) interval: Duration,
    pub(super) lifetime: Duration,
}

impl FleetLimit {
    /// Allows `retries` for each `calls` of the fleet, and saves up to `capacity` retries for later. No calls count as
    /// one.
    ///
    /// A process leases 10 retries at a time, reports each second, and may spend a lease for 10 s. The fleet starts
    /// without retries.
    #[must_use]
    pub const fn ratio(retries: u32, calls: u32, capacity: u64) -> Self {
        Self {
            retries,
            calls: if calls == 0 { 1 } else { calls },
            capacity,
            reserve: 0,
            lease: 10,
            interval: Duration::from_secs(1),
            lifetime: Duration::from_secs(10),
        }
    }

    /// Sets how many retries a fleet has before its first call, at most the capacity.
    #[must_use]
    pub const fn with_reserve(mut self, retries: u64) -> Self {
        self.reserve = if retries < self.capacity {
            retries
        } else {
            self.capacity
        };
        self
    }

    /// Sets how many retries a process leases at most; 0 counts as 1.
    ///
    /// More of them carry a process over a longer time between two reports. They are also what the fleet exceeds its
    /// budget by at most, for each process that dies.
    #[must_use]
    pub const fn with_lease(mut self, retries: u64) -> Self {
        self.lease = if retries == 0 { 1 } else { retries };
        self
    }

    /// Sets how often a process reports, at least 10 ms. It reports sooner when half of its lease is spent.
    ///
    /// Each report reads and writes the ledger once. Let processes divided by seconds stay below what the store can
    /// compare and set on one key.
    #[must_use]
    pub const fn with_interval(mut self, interval: Duration) -> Self {
        const SHORTEST: Duration = Duration::from_millis(10);
        self.interval = if interval.as_nanos() < SHORTEST.as_nanos() {
            SHORTEST
        } else {
            interval
        };
        self
    }

    /// Sets how long a process may spend a lease without reporting; less than four intervals count as that.
    ///
    /// If the store is out of reach for longer, the process turns to its local limit. If a process is silent for this
    /// time and one more interval, as seen by another one, its lease returns to the fleet. Both measure on their own
    /// monotonic clock, so differences between clocks do not matter.
    #[must_use]
    pub const fn with_lifetime(mut self, lifetime: Duration) -> Self {
        self.lifetime = lifetime;
        self
    }

    pub(super) fn lifetime(&self) -> Duration {
        self.lifetime.max(self.interval.saturating_mul(4))
    }
}
